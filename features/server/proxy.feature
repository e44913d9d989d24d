Feature: Servers that stand before a third-party authorization server

  A server with one client id at a third-party authorization server, and many clients of its own, is a deputy that can be
  confused. The rules bind such proxies only. Probing them takes the third party's place, and logins and consent at pages
  that differ from proxy to proxy; without a description of these pages the rules are inconclusive.

  @RS-PROXY-01 @must:2025-06-18+
  Rule: A user consents to each registered client before the browser is sent to the third party

    - MCP 2025-06-18 authorization, Confused Deputy
    - MCP security best practices, Confused Deputy Problem

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody registers two clients and consents to the first one only
      Then the proxy is judged as the rule has it

  @RS-PROXY-02 @must:2025-06-18+
  Rule: The consent page names the client, the scopes and the redirect URI

    - MCP security best practices, Consent UI Requirements

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody reads the consent page of a client
      Then the proxy is judged as the rule has it

  @RS-PROXY-03 @must:2025-06-18+
  Rule: The consent page resists request forgery and framing

    - MCP security best practices, Consent UI Requirements

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody sends the consent form without its token and from another session
      Then the proxy is judged as the rule has it

  @RS-PROXY-04 @must:2025-06-18+
  Rule: Consent cookies are host-bound, protected, and bound to the client

    - MCP security best practices, Consent Cookie Security

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody replays and alters a consent cookie
      Then the proxy is judged as the rule has it

  @RS-PROXY-05 @must:2025-06-18+
  Rule: A redirect URI matches the registered one as an exact string

    - MCP security best practices, Redirect URI Validation

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody asks for authorization with redirect URIs that resemble the registered one
      Then the proxy is judged as the rule has it

  @RS-PROXY-06 @must:2025-06-18+
  Rule: The state towards the third party is random, checked, single-use and short-lived

    - MCP security best practices, OAuth State Parameter Validation

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody comes back with a missing, another, a used and a stranger's state
      Then the proxy is judged as the rule has it

  @RS-PROXY-07 @must-not:2025-06-18+
  Rule: The state cookie is not set before consent was given

    - MCP security best practices, OAuth State Parameter Validation

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody stops at the consent page
      Then the proxy is judged as the rule has it

  @RS-PROXY-08 @must:2025-03-26
  Rule: Tokens of the server die with the third-party session they stand on

    - MCP 2025-03-26 authorization, Third-Party Authorization Flow, Session Binding

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody uses a token whose third-party session was revoked
      Then the proxy is judged as the rule has it
