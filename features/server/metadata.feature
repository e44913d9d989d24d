Feature: Protected resource metadata

  An MCP server publishes which authorization servers issue tokens for it (RFC 9728), so that a client that knows only
  the server's URL can find them.

  @RS-PRM-01 @must:2025-06-18+
  Rule: The server publishes protected resource metadata that is readable without credentials

    - MCP 2025-06-18 authorization, Authorization Server Location
    - RFC 9728 section 3
    - RFC 9728 section 3.2

    A client has no token yet when it looks for the metadata.

    Scenario: Every way is tried
      When a client looks for the protected resource metadata
      Then some way leads to the metadata

  @RS-PRM-02 @must:2025-06-18+
  Rule: The metadata is served with status 200 as application/json

    - RFC 9728 section 3.2

    Scenario: Every way is tried
      When a client looks for the protected resource metadata
      Then the metadata is JSON by its content type

  @RS-PRM-03 @must:2025-06-18+
  Rule: The metadata names at least one authorization server

    - MCP 2025-06-18 authorization, Authorization Server Location
    - MCP 2026-07-28 authorization server discovery, Authorization Server Location
    - RFC 9728 section 2

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then authorization_servers has at least one entry

  @RS-PRM-04 @must:2025-06-18+
  Rule: The resource is an absolute https URL without fragment

    - RFC 9728 section 1.2
    - RFC 9728 section 2

    Plain http is accepted on the loopback of a test installation.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then resource is an absolute https URL without fragment

  @RS-PRM-05 @must:2025-06-18+
  Rule: A document at a well-known URI names the resource that the URI was derived from

    - RFC 9728 section 3.3, first paragraph

    Compared code point by code point. The root well-known URI is derived from the origin. A document there that names the
    endpoint instead is not judged: MCP lets it stand at the root, where RFC 9728 wants that of the origin.

    Scenario: Every document at a well-known URI
      When a client looks for the protected resource metadata
      Then resource at each well-known URI is the identifier that the URI was derived from

  @RS-PRM-06 @must:2025-06-18+
  Rule: A document reached through the challenge names the URL of the request

    - RFC 9728 section 3.3, second paragraph
    - RFC 9728 section 6

    Scenario: The document behind the challenge
      When a client looks for the protected resource metadata
      Then resource behind the challenge is the URL of the request

  @RS-PRM-07 @should:2025-06-18+
  Rule: A server whose endpoint has a path serves its metadata at the well-known URI with that path

    - RFC 9728 section 3
    - MCP 2025-11-25 authorization, Protected Resource Metadata Discovery Requirements

    RFC 9728 knows no other place; MCP also accepts the root or a place that only the challenge names.

    Scenario: The path-suffixed well-known URI
      When a client looks for the protected resource metadata
      Then the path-suffixed well-known URI leads to the metadata

  @RS-PRM-08 @should-not:2025-06-18+
  Rule: The resource has no query

    - RFC 9728 section 1.2
    - RFC 8707 section 2

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then resource has no query

  @RS-PRM-09 @should:2025-06-18+
  Rule: The resource has no slash at its end unless the slash makes a difference

    - MCP 2025-06-18 authorization, Canonical Server URI

    Clients compare the resource with the URL that they were given, which usually has none.

    Scenario: The resource without the slash
      When a client asks each resource without the slash at its end
      Then resource has no slash at its end that makes no difference

  @RS-PRM-10 @must:2025-06-18+
  Rule: Members without values are left out of the metadata

    - RFC 9728 section 3.2

    An empty bearer_methods_supported is excepted: it says that a token cannot be sent (RFC 9728 section 2).

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then no member is null or an empty array

  @RS-PRM-11 @must:2025-06-18+
  Rule: Each authorization server is named by its issuer identifier

    - RFC 9728 section 2
    - RFC 8414 section 2

    An https URL without query and fragment; plain http is accepted on the loopback of a test installation.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then every entry of authorization_servers is an issuer identifier

  @RS-PRM-12 @must:2025-06-18+
  Rule: Each authorization server that is named has metadata with that very issuer

    - RFC 9728 section 5, step 6
    - RFC 8414 section 3.3
    - MCP 2026-07-28 authorization server discovery, Authorization Server Metadata Discovery

    Looked for at the two or three well-known URIs in the order that MCP lays down, and compared code point by code
    point. The pages of a hosted login are no issuer.

    Scenario: Every authorization server that is named
      When a client looks for the metadata of every authorization server that is named
      Then every one has metadata with the issuer that was named

  @RS-PRM-13 @should:2025-06-18+
  Rule: The metadata lists the scopes of basic use

    - RFC 9728 section 2
    - MCP 2025-11-25 authorization, Scope Selection Strategy

    Scenario: Every document that is found
      Given a server that makes use of scopes
      When a client looks for the protected resource metadata
      Then scopes_supported is published

  @RS-PRM-14 @should-not:2025-06-18+ @derived
  Rule: The metadata does not offer to take tokens from the query

    - RFC 9728 section 2
    - MCP 2026-07-28 authorization, Token Requirements

    MCP permits only the header.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then bearer_methods_supported offers the header and not the query

  @RS-PRM-15 @must:2025-06-18+
  Rule: Optional members of the metadata obey their rules

    - RFC 9728 section 2
    - RFC 9728 section 2.2

    The key set is served over https, none is no signing algorithm, and signed metadata is a signed JWT with an issuer
    and without signed metadata inside.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then optional members obey their rules

  @RS-PRM-16 @should:2025-06-18+ @derived
  Rule: The server does not take its own name from the request

    - MCP 2025-06-18 authorization, Token Audience Binding and Validation
    - MCP 2025-06-18 transports, Security Warning

    Whoever can choose the name under which a server publishes itself can choose where its clients log in.

    Scenario Outline: In the name of evil.example
      When a client asks for a challenge and for the metadata with <field> <value>
      Then nothing repeats evil.example

      Examples:
        | field            | value             |
        | Host             | evil.example      |
        | X-Forwarded-Host | evil.example      |
        | Forwarded        | host=evil.example |

  @RS-PRM-17 @may:2025-06-18+
  Rule: An authorization server that lists protected resources lists this one

    - RFC 9728 section 4

    Scenario: Every authorization server that is named
      When a client looks for the metadata of every authorization server that is named
      Then those that list protected resources list this one
