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
