Feature: Asking for a token for one resource

  @CL-RES-01 @must:2025-06-18+
  Rule: The authorization request names the resource

    - MCP 2025-06-18 authorization, Resource Parameter Implementation
    - RFC 8707 section 2.1

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client names the resource in each authorization request

  @CL-RES-02 @must:2025-06-18+
  Rule: The token request names the same resource

    - MCP 2025-06-18 authorization, Resource Parameter Implementation
    - RFC 8707 section 2.2

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client names the resource in each token request

  @follows:CL-RES-01,CL-RES-02
  @CL-RES-04 @must:2025-06-18+
  Rule: The resource is the identifier that the server publishes, byte for byte

    - MCP 2025-06-18 authorization, Canonical Server URI
    - RFC 9728 section 3.3
    - RFC 8707 section 2

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client names as resource the identifier in the protected resource metadata, byte for byte
