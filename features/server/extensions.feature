Feature: Extensions

  Extensions bind those who declare them; a server goes on to serve those who do not know them. DPoP (RFC 9449) binds a
  token to a key; a server takes part in it when its operator does not say otherwise and a good proof is accepted.

  @EXT-NEG-02 @must:2026-07-28
  Rule: A client that lacks an extension is served by the core protocol or refused with a proper error

    - MCP 2026-07-28 versioning, Extension Negotiation

    Scenario Outline: Extensions of the client
      Given tools/list is accepted with a valid token
      When a client with <extensions> sends tools/list
      Then it is served or refused with a proper error

      Examples:
        | extensions                   |
        | no extensions                |
        | an extension nobody knows    |

  @EXT-CC-09 @must:2025-11-25+
  Rule: Tokens by client credentials are validated like any other

    - MCP extension io.modelcontextprotocol/oauth-client-credentials, Extension Requirements

    Such a token names the client as its subject and no user. It must not pass with anything wrong about it.

    Scenario Outline: With something wrong
      Given a token by client credentials is accepted
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                  |
        | a token by client credentials that has expired         |
        | a token by client credentials with a changed claim     |
        | a token by client credentials signed by another key    |
        | a token by client credentials for another host         |
        | a token by client credentials of another issuer        |

  @EXT-DPOP-06 @must:2025-11-25+
  Rule: Every proof is checked completely

    - MCP extension io.modelcontextprotocol/auth/dpop, MCP Server Validation
    - RFC 9449 section 4.3

    Each proof is wrong in one way; a good one is accepted.

    Scenario Outline: A broken proof
      Given a server that takes part in DPoP
      When a bound token is presented with <proof>
      Then the answer is 401
      And no result is returned

      Examples:
        | proof                            |
        | no proof                         |
        | two good proofs                  |
        | a proof of type JWT              |
        | an unsigned proof                |
        | a proof that says HS256          |
        | a proof that shows a private key |
        | a proof with a broken signature  |
        | a proof without jti              |
        | a proof for another method       |
        | a proof for another URL          |
        | a proof for no token             |
        | a proof for another token        |

  @EXT-DPOP-07 @must:2025-11-25+
  Rule: Proofs whose time is more than five minutes off are refused

    - MCP extension io.modelcontextprotocol/auth/dpop, MCP Server Validation
    - MCP extension io.modelcontextprotocol/auth/dpop, Stateless Operation

    Scenario Outline: Too old or too new
      Given a server that takes part in DPoP
      When a bound token is presented with <proof>
      Then the answer is 401
      And no result is returned

      Examples:
        | proof                          |
        | a proof made six minutes ago   |
        | a proof made six minutes ahead |

  @EXT-DPOP-08 @must:2025-11-25+
  Rule: The key of the proof is the one that the token is bound to

    - RFC 9449 section 6
    - RFC 9449 section 7.1

    Scenario: Another key
      Given a server that takes part in DPoP
      When a bound token is presented with a good proof by another key
      Then the answer is 401
      And no result is returned

  @EXT-DPOP-09 @must:2025-11-25+
  Rule: A token bound to a key is refused as a plain bearer token

    - RFC 9449 section 7.2

    Scenario Outline: Behind Bearer
      Given a server that takes part in DPoP
      When a bound token is presented behind Bearer with <proof>
      Then the answer is 401
      And no result is returned

      Examples:
        | proof        |
        | no proof     |
        | a good proof |

  @EXT-DPOP-10 @must:2025-11-25+
  Rule: Refusals are 401 with a DPoP challenge that names the error

    - MCP extension io.modelcontextprotocol/auth/dpop, MCP Server Validation
    - RFC 9449 section 7.1

    Scenario: The challenge
      Given a server that takes part in DPoP
      When a bound token is presented with a proof with a broken signature
      Then the answer is 401
      And the challenge is one for DPoP and names the error

  @EXT-DPOP-11 @must:2025-11-25+
  Rule: The audience of a bound token is validated

    - MCP extension io.modelcontextprotocol/auth/dpop, Integration with MCP Security Model

    Scenario: Another audience
      Given a server that takes part in DPoP
      When a bound token for another host is presented with a good proof
      Then the answer is 401
      And no result is returned

  @EXT-DPOP-12 @should:2025-11-25+
  Rule: Proofs cannot be replayed

    - MCP extension io.modelcontextprotocol/auth/dpop, Replay Detection
    - RFC 9449 section 11.1

    Scenario: The same proof twice
      Given a server that takes part in DPoP
      When a bound token is presented with the same proof twice
      Then the answer is 401
      And no result is returned
