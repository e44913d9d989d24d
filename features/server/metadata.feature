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

    Compared code point by code point. The root well-known URI is derived from the origin.

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
