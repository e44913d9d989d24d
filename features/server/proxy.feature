Feature: Servers that stand before a third-party authorization server

  A server with one client id at a third-party authorization server, and many clients of its own, is a deputy that can be
  confused. The rules bind such proxies only. Probing them takes the third party's place, and logins and consent at pages
  that differ from proxy to proxy; without a description of these pages the rules are inconclusive.

  @RS-PROXY-01 @must:2025-06-18+
  Rule: A user consents to each registered client before the browser is sent to the third party

    - MCP 2025-06-18 authorization, Confused Deputy
    - MCP security best practices, Confused Deputy Problem

    The third party remembers that the user agreed to the proxy, and does not ask again. Without a consent of the
    proxy's own, an attacker registers a client, sends the user a link, and gets a code for the user's account.

    Fix: Keep the `client_id` values that each user has approved, and show a consent page of the proxy for any other
    before the browser is sent on.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody registers two clients and consents to the first one only
      Then the proxy is judged as the rule has it

  @RS-PROXY-02 @must:2025-06-18+
  Rule: The consent page names the client, the scopes and the redirect URI

    - MCP security best practices, Consent UI Requirements

    Users can refuse only what they recognize. A page that does not say where the code goes is confirmed by habit.

    Fix: Show the name of the client, the scopes that are asked for at the third party, and the whole redirect URI, each
    escaped as text.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody reads the consent page of a client
      Then the proxy is judged as the rule has it

  @RS-PROXY-03 @must:2025-06-18+
  Rule: The consent page resists request forgery and framing

    - MCP security best practices, Consent UI Requirements

    A form that can be sent from elsewhere is confirmed without a click, and a page that can be framed by a click that
    the user meant for something else.

    Fix: Put a random value that is bound to the session into the form and compare it, and send
    `Content-Security-Policy: frame-ancestors 'none'` or `X-Frame-Options: DENY`.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody sends the consent form without its token and from another session
      Then the proxy is judged as the rule has it

  @RS-PROXY-04 @must:2025-06-18+
  Rule: Consent cookies are host-bound, protected, and bound to the client

    - MCP security best practices, Consent Cookie Security

    A cookie that anybody can write, or that says no more than that there was a consent, is consent to every client.

    Fix: Begin its name with `__Host-`, set `Secure`, `HttpOnly` and `SameSite=Lax`, sign it or keep the decision on the
    server, and bind it to the `client_id`.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody replays and alters a consent cookie
      Then the proxy is judged as the rule has it

  @RS-PROXY-05 @must:2025-06-18+
  Rule: A redirect URI matches the registered one as an exact string

    - MCP security best practices, Redirect URI Validation

    The code goes to the redirect URI. A pattern that fits more than one address also fits an attacker's.

    Fix: Compare `redirect_uri` as a string with those that the client registered: no prefix, no wildcard, no
    normalization. Otherwise show an error, and do not redirect.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody asks for authorization with redirect URIs that resemble the registered one
      Then the proxy is judged as the rule has it

  @RS-PROXY-06 @must:2025-06-18+
  Rule: The state towards the third party is random, checked, single-use and short-lived

    - MCP security best practices, OAuth State Parameter Validation

    The state ties what comes back from the third party to the browser that was sent there. One that can be guessed,
    left out or used again lets somebody complete their login in another person's browser.

    Fix: Make a random `state` for each request, keep it for this browser, compare it at the callback, and delete it at
    its first use or after ten minutes.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody comes back with a missing, another, a used and a stranger's state
      Then the proxy is judged as the rule has it

  @RS-PROXY-07 @must-not:2025-06-18+
  Rule: The state cookie is not set before consent was given

    - MCP security best practices, OAuth State Parameter Validation

    A cookie that is there before the consent is there as well when an attacker sends the browser past the page,
    straight to the third party. The callback then finds everything in order.

    Fix: Set the cookie for `state` in the answer to the approved consent form, together with the redirect to the third
    party, and not before.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody stops at the consent page
      Then the proxy is judged as the rule has it

  @RS-PROXY-08 @must:2025-03-26
  Rule: Tokens of the server die with the third-party session they stand on

    - MCP 2025-03-26 authorization, Third-Party Authorization Flow, Session Binding

    Whoever takes back the access at the third party expects that it ends. Tokens of the proxy that live on keep the
    door open.

    Fix: Keep for each token the third-party session that it stands on, ask for the state of that session before the
    token is honoured, and refuse it with 401 once the session has ended.

    Scenario: A proxy
      Given a server that is a proxy before a third-party authorization server
      When somebody uses a token whose third-party session was revoked
      Then the proxy is judged as the rule has it
