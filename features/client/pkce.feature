Feature: Logging in with proof of possession of the code

  @CL-401-01 @must:2025-03-26+
  Rule: A client that is answered 401 starts authorization and comes back with a token

    - MCP 2025-03-26 authorization, Authorization Flow
    - MCP 2026-07-28 authorization, Authorization Flow

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client answers the 401 with an authorization request and then sends a token

  @CL-PKCE-01 @must:2025-03-26+
  Rule: Each authorization request carries a code challenge

    - MCP 2025-03-26 authorization, Implementation Requirements
    - OAuth 2.1-13 section 4.1.1

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client sends a code_challenge with each authorization request

  @follows:CL-PKCE-01
  @CL-PKCE-02 @must:2025-03-26+
  Rule: The code challenge method is S256

    - OAuth 2.1-13 section 4.1.1
    - MCP 2025-11-25 authorization, Authorization Code Protection

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client says code_challenge_method S256 in each authorization request

  @follows:CL-PKCE-01
  @CL-PKCE-03 @must:2025-03-26+
  Rule: The token request carries the code verifier of its authorization request

    - OAuth 2.1-13 section 4.1.3
    - RFC 7636 sections 4.5 and 4.6

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client sends with each token request the code_verifier of its authorization request

  @follows:CL-PKCE-03
  @CL-PKCE-04 @must:2025-03-26+
  Rule: The code verifier has 43 to 128 unreserved characters

    - OAuth 2.1-13 section 4.1.1
    - RFC 7636 section 4.1

    Scenario: An honest server and an honest authorization server
      When the client meets an honest server and an honest authorization server
      Then the client makes each code_verifier of 43 to 128 unreserved characters
