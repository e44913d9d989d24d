Feature: Refusing a request and saying what is needed

  An MCP server refuses a request that carries no usable token with HTTP 401, and says in the challenge how to get one.

  @RS-CHALLENGE-01 @must:2025-03-26+
  Rule: A protected operation called without credentials is refused with HTTP 401

    - MCP 2025-03-26 authorization, Authorization Flow
    - MCP 2026-07-28 authorization, Error Handling
    - OAuth 2.1-13 section 5.3.1

    Scenario Outline: Without a token
      When a client sends <operation> without a token
      Then the answer is 401
      And no result is returned

      Examples:
        | operation  |
        | tools/list |
        | tools/call |

      @in:..2025-11-25
      Examples: with a handshake
        | operation      |
        | initialize     |
        | a notification |

      @in:2026-07-28
      Examples: stateless
        | operation            |
        | server/discover      |
        | subscriptions/listen |

    @in:..2025-11-25
    Scenario Outline: Without a token, where a server need not offer the operation
      When a client sends <operation> without a token
      Then the answer is 401, or 405 because the server does not offer it
      And no result is returned

      Examples:
        | operation               |
        | the GET stream          |
        | the DELETE of a session |

  @RS-CHALLENGE-02 @must:2025-03-26+
  Rule: Every 401 carries a WWW-Authenticate header field

    - RFC 9110 section 15.5.2
    - OAuth 2.1-13 section 5.3.1
    - RFC 6750 section 3

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the answer carries a challenge

    Scenario Outline: With an unusable token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the answer carries a challenge

      Examples:
        | token                            |
        | 32 random bytes                  |
        | a token with a broken signature  |

  @RS-CHALLENGE-03 @must:2025-03-26+
  Rule: The challenge uses the Bearer scheme with at least one parameter

    - RFC 6750 section 3
    - OAuth 2.1-13 section 5.3.1

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge uses Bearer with at least one parameter

  @RS-CHALLENGE-04 @must:2025-03-26+
  Rule: The challenge is well-formed

    - RFC 9110 section 11.6.1
    - RFC 6750 section 3
    - OAuth 2.1-13 section 5.3.1

    Every challenge can be read by the grammar, repeats no parameter, and keeps scope, error, error_description and
    error_uri within their character sets.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge is well-formed

    Scenario Outline: With an unusable token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the challenge is well-formed

      Examples:
        | token                           |
        | a JSON text                     |
        | 32 random bytes                 |
        | a token with a broken signature |
        | a token signed by another key   |

  @RS-CHALLENGE-05 @must:2025-06-18
  Rule: The challenge names the protected resource metadata

    - MCP 2025-06-18 authorization, Authorization Server Location
    - RFC 9728 section 5.1

    From 2025-11-25 this is one of two ways, see RS-CHALLENGE-06.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge has resource_metadata

  @RS-CHALLENGE-06 @must:2025-11-25+
  Rule: The challenge or a well-known URI leads to the protected resource metadata

    - MCP 2025-11-25 authorization, Protected Resource Metadata Discovery Requirements
    - MCP 2026-07-28 authorization server discovery, Protected Resource Metadata Discovery Requirements

    Scenario: Every way is tried
      When a client looks for the protected resource metadata
      Then some way leads to the metadata

  @RS-CHALLENGE-07 @must:2025-06-18+
  Rule: The URL in the challenge leads to the protected resource metadata

    - RFC 9728 section 5.1
    - RFC 9728 section 3.2

    The value is fetched exactly as sent, without following redirects.

    Scenario: The URL is fetched
      When a client looks for the protected resource metadata
      Then the URL in the challenge leads to the metadata

  @RS-CHALLENGE-08 @should-not:2025-03-26+
  Rule: A challenge to a request without credentials carries no error

    - RFC 6750 section 3.1
    - OAuth 2.1-13 section 5.3.2

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge carries no error

  @RS-CHALLENGE-09 @should:2025-03-26+
  Rule: The challenge to a refused token says invalid_token

    - RFC 6750 section 3.1
    - OAuth 2.1-13 section 5.3.2

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the challenge has error "invalid_token"

      Examples: at every revision
        | token                                          |
        | an ID token                                    |
        | a token that has expired                       |
        | a token with a broken signature                |
        | a token whose claims were changed after signing |
        | a token signed by another key                  |
        | an unsigned token with alg none                |
        | a token signed with HS256 and the public key   |

      @in:2025-06-18..2026-07-28
      Examples: since tokens have an audience
        | token                     |
        | a token for another host  |
        | a token without an audience |

  @RS-CHALLENGE-10 @must:2025-03-26+
  Rule: Invalid and expired tokens are answered with HTTP 401

    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - MCP 2026-07-28 authorization, Access Token Usage, Token Handling

    Never with 400, 403 or 5xx: only a 401 sends a client back to the authorization server.

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the answer is 401
      And no result is returned

      Examples: at every revision
        | token                                          |
        | an ID token                                    |
        | a token that has expired                       |
        | a token with a broken signature                |
        | a token whose claims were changed after signing |
        | a token signed by another key                  |
        | an unsigned token with alg none                |
        | a token signed with HS256 and the public key   |

      @in:2025-06-18..2026-07-28
      Examples: since tokens have an audience
        | token                     |
        | a token for another host  |
        | a token without an audience |
