Feature: The hosted login

  @AS-AUTHZ-01 @must:2025-03-26+
  Rule: The authorization code grant with PKCE works from end to end

    - OAuth 2.1-13 section 4.1

    Scenario: A user logs in
      When a user logs in at the hosted pages
      Then the browser comes back with one code

    Scenario: The code is redeemed
      When the client redeems the code
      Then the token response is JSON with access_token and token_type

  @AS-AUTHZ-02 @must:2025-03-26+
  Rule: The state comes back unchanged and once

    - OAuth 2.1-13 section 4.1.2

    Scenario: A user logs in
      When a user logs in at the hosted pages
      Then the state comes back unchanged and once

  @AS-AUTHZ-07 @must:2025-03-26+
  Rule: The user is authenticated before a code is issued

    - OAuth 2.1-13 section 3.1

    Scenario: A user agent without a session
      When a user agent that has not logged in sends an authorization request
      Then no code is issued

  @AS-TOKEN-01 @must:2025-03-26+
  Rule: A token response is JSON with access_token and token_type

    - OAuth 2.1-13 section 3.2.3

    Scenario: The code is redeemed
      When the client redeems the code
      Then the token response is JSON with access_token and token_type

  @AS-CODE-01 @must:2025-03-26+
  Rule: A code works once

    - OAuth 2.1-13 section 4.1.3

    Scenario: The code is redeemed again
      When the client redeems the code a second time
      Then the code is refused with invalid_grant

  @AS-PKCE-03 @must:2025-03-26+
  Rule: A code verifier that does not match is refused

    - OAuth 2.1-13 section 4.1.3
    - RFC 7636 section 4.6

    Scenario: Another verifier
      When the client redeems the code with another code_verifier
      Then the code is refused with invalid_grant
