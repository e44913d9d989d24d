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

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the challenge has resource_metadata

      Examples:
        | token                                           |
        | an ID token                                     |
        | a token that has expired                        |
        | a token with a broken signature                 |
        | an unsigned token with alg none                 |
        | a token signed with HS256 and the public key    |
        | a token for another host                        |
        | a token without an audience                     |

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

  @RS-CHALLENGE-11 @should:2025-11-25+
  Rule: The challenge says which scopes are needed

    - MCP 2025-11-25 authorization, Protected Resource Metadata Discovery Requirements
    - MCP 2026-07-28 authorization, Scope Selection Strategy
    - RFC 6750 section 3

    Without it clients ask for everything that the metadata lists, and an authorization server may refuse it all for one
    scope that the client may not have.

    Scenario: Without a token
      Given tools/list needs a scope
      When a client sends tools/list without a token
      Then the challenge names a scope

  @RS-CHALLENGE-12 @should:2025-11-25+
  Rule: The scopes in a challenge are chosen in the same way each time

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors
    - MCP 2026-07-28 authorization, Scope Selection Strategy

    The same request is sent ten times, every other time over a connection of its own. The order of scopes does not
    matter.

    Scenario: Without a token
      When an outsider sends tools/list ten times
      Then every challenge names the same scopes

    Scenario: Without the scopes of an operation
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation ten times with only the base scopes
      Then every challenge names the same scopes

  @RS-CHALLENGE-13 @should-not:2026-07-28
  Rule: The server does not ask for offline_access

    - MCP 2026-07-28 authorization, Refresh Tokens

    Refresh tokens concern the client and the authorization server.

    Scenario: In the challenge
      When a client sends tools/list without a token
      Then the challenge does not name offline_access

    Scenario: In the metadata
      When a client looks for the protected resource metadata
      Then scopes_supported does not hold offline_access

  @RS-CHALLENGE-14 @should:2025-03-26+
  Rule: Malformed credentials are answered with 400 and invalid_request

    - RFC 6750 section 3.1
    - OAuth 2.1-13 section 5.3.2
    - MCP 2026-07-28 authorization, Error Handling

    MCP names the status for a malformed authorization request and leaves open what is malformed and what is merely
    invalid, so a 401 breaks no more than this recommendation. A field that is too large may also be answered with 431.

    Scenario Outline: Malformed in one way
      Given tools/list is accepted with a valid token
      When a client sends tools/list, its credentials being <credentials>
      Then the answer is 400 with invalid_request

      Examples:
        | credentials                  |
        | Bearer and nothing else      |
        | Bearer and two words         |
        | characters that no token has |
        | two Authorization fields     |
        | a token of 64 KiB            |

  @RS-CHALLENGE-15 @must:2025-03-26+
  Rule: A valid token without the scope of an operation is refused with HTTP 403

    - MCP 2025-03-26 authorization, Error Handling
    - MCP 2026-07-28 authorization, Error Handling
    - RFC 6750 section 3.1

    A scope that is checked inside a tool comes too late for the status, and a client that sees no 403 does not know
    that it can ask for more.

    Scenario: Without the further scopes
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes
      Then the answer is 403
      And no result is returned

  @RS-CHALLENGE-16 @should:2025-11-25+
  Rule: The 403 carries a challenge that says insufficient_scope

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors
    - RFC 6750 section 3.1

    Scenario: Without the further scopes
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes
      Then the 403 says insufficient_scope

  @RS-CHALLENGE-17 @should:2025-11-25+
  Rule: The challenge of the 403 names the scopes that the operation needs

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors
    - RFC 6750 section 3.1

    It may name more than is needed, and need not repeat what the token has; with both together the operation succeeds.

    Scenario: The scopes that are lacking
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes
      Then the 403 names the scopes that were lacking

    Scenario: With what is named
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes, and then with what the challenge names as well
      Then the request is accepted

  @RS-CHALLENGE-18 @should:2025-11-25+
  Rule: The challenge of the 403 names the same metadata as that of a 401

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors

    Scenario: Both challenges
      Given a scoped operation that succeeds with its scopes
      When a client sends tools/list without a token, and calls the scoped operation with only the base scopes
      Then the challenges of the 401 and the 403 name the same metadata

  @RS-CHALLENGE-19 @should:2026-07-28
  Rule: All scopes that an operation needs are asked for in one challenge

    - MCP 2026-07-28 authorization, Runtime Insufficient Scope Errors

    One missing scope after the other costs a login each.

    Scenario: With none of its scopes
      Given an operation that needs two scopes
      And a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with none of its scopes
      Then the 403 names all scopes of the operation

  @RS-CHALLENGE-20 @should:2025-06-18+ @derived
  Rule: A refusal tells an outsider nothing about methods, tools and arguments

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction

    Whoever decides about the token first gives the same answer to whatever an outsider asks for.

    Scenario: Four requests without a token
      When an outsider asks for a tool, for one that does not exist, for an unknown method, and with broken arguments
      Then every refusal looks the same
