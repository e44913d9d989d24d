Feature: Extensions

  Extensions bind those who declare them; a server goes on to serve those who do not know them.

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

    Scenario: DPoP
      Given a server that takes part in DPoP
      When somebody presents a proof that is broken in any of its parts
      Then the request is judged as the extension has it

  @EXT-DPOP-07 @must:2025-11-25+
  Rule: Proofs whose time is more than five minutes off are refused

    - MCP extension io.modelcontextprotocol/auth/dpop, MCP Server Validation
    - MCP extension io.modelcontextprotocol/auth/dpop, Stateless Operation

    Scenario: DPoP
      Given a server that takes part in DPoP
      When somebody presents a proof made six minutes ago or six minutes ahead
      Then the request is judged as the extension has it

  @EXT-DPOP-08 @must:2025-11-25+
  Rule: The key of the proof is the one that the token is bound to

    - RFC 9449 section 6
    - RFC 9449 section 7.1

    Scenario: DPoP
      Given a server that takes part in DPoP
      When somebody presents a good proof by another key
      Then the request is judged as the extension has it

  @EXT-DPOP-09 @must:2025-11-25+
  Rule: A token bound to a key is refused as a plain bearer token

    - RFC 9449 section 7.2

    Scenario: DPoP
      Given a server that takes part in DPoP
      When somebody presents a bound token behind the Bearer scheme
      Then the request is judged as the extension has it

  @EXT-DPOP-10 @must:2025-11-25+
  Rule: Refusals are 401 with a DPoP challenge that names the error

    - MCP extension io.modelcontextprotocol/auth/dpop, MCP Server Validation
    - RFC 9449 section 7.1

    Scenario: DPoP
      Given a server that takes part in DPoP
      When somebody presents a broken proof, and looks at the challenge
      Then the request is judged as the extension has it

  @EXT-DPOP-11 @must:2025-11-25+
  Rule: The audience of a bound token is validated

    - MCP extension io.modelcontextprotocol/auth/dpop, Integration with MCP Security Model

    Scenario: DPoP
      Given a server that takes part in DPoP
      When somebody presents a bound token for another audience
      Then the request is judged as the extension has it

  @EXT-DPOP-12 @should:2025-11-25+
  Rule: Proofs cannot be replayed

    - MCP extension io.modelcontextprotocol/auth/dpop, Replay Detection
    - RFC 9449 section 11.1

    Scenario: DPoP
      Given a server that takes part in DPoP
      When somebody presents the same proof twice
      Then the request is judged as the extension has it
