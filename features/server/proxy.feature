Feature: Servers that stand before a third-party authorization server

  A server with one client id at a third-party authorization server, and many clients of its own, is a deputy that can be
  confused. The rules bind such proxies only. The harness plays the third party, which approves at once, and a browser that
  keeps cookies; what it cannot know is which button consents. Without that the rules are inconclusive. Every scenario
  stands on a way through the proxy that gets to the third party or back to the client, as a client and its user would.

  @RS-PROXY-01 @must:2025-06-18+
  Rule: A user consents to each registered client before the browser is sent to the third party

    - MCP 2025-06-18 authorization, Confused Deputy
    - MCP security best practices, Confused Deputy Problem

    The third party remembers that the user agreed to the proxy, and does not ask again. Without a consent of the
    proxy's own, an attacker registers a client, sends the user a link, and gets a code for the user's account.

    Note: Two clients register, and one browser comes with both. A page that asks again for a client that was consented
    to is fine. A redirect to the third party or to the client before a page that asks for this client is not.

    Fix: Keep the `client_id` values that each user has approved, and show a consent page of the proxy for any other
    before the browser is sent on.

    Scenario: Two clients in one browser
      Given a server that is a proxy before a third-party authorization server
      When somebody registers two clients and consents to the first one only
      Then each client is consented to before the browser is sent to the third party

  @RS-PROXY-02 @must:2025-11-25+
  Rule: The consent page names the client, the scopes and the redirect URI

    - MCP security best practices, Consent UI Requirements

    Users can refuse only what they recognize. A page that does not say where the code goes is confirmed by habit.

    Note: The scopes are those of the request to the third party that follows the consent; a page that shows them in
    other words is described in the subject file. Of the redirect URI, the host will do.

    Fix: Show the name of the client, the scopes that are asked for at the third party, and the whole redirect URI, each
    escaped as text.

    Scenario: A consent page
      Given a server that is a proxy before a third-party authorization server
      When somebody reads the consent page of a client
      Then the page names the client, the scopes and the redirect URI

  @RS-PROXY-03 @must:2025-11-25+
  Rule: The consent page resists request forgery and framing

    - MCP security best practices, Consent UI Requirements

    A form that can be sent from elsewhere is confirmed without a click, and a page that can be framed by a click that
    the user meant for something else.

    Note: A forged form comes from another origin, without the cookies that browsers keep from such requests. It sends
    first what anybody could guess, and then what the attacker's own session was given.

    Fix: Put a random value that is bound to the session into the form and compare it, and send
    `Content-Security-Policy: frame-ancestors 'none'` or `X-Frame-Options: DENY`.

    Scenario: In a frame
      Given a server that is a proxy before a third-party authorization server
      When somebody reads the consent page of a client
      Then the page cannot be shown in a frame

    Scenario: By a form on another site
      Given a server that is a proxy before a third-party authorization server
      When another site sends the consent form from the user's browser, without its token and with one of another session
      Then no consent comes of it

  @RS-PROXY-04 @must:2025-11-25+
  Rule: Consent cookies are host-bound, protected, and bound to the client

    - MCP security best practices, Consent Cookie Security

    A cookie that anybody can write, or that says no more than that there was a consent, is consent to every client.

    Note: Concerned are the cookies without which the user is asked again; a server that always asks has none. Over
    plain http a server may leave out `Secure` and the prefix that asks for it; whether it does so by https is then
    inconclusive. Altered is the value: in the middle, at its end, and the client in it, where that can be read.

    Fix: Begin its name with `__Host-`, set `Path=/`, `Secure`, `HttpOnly` and `SameSite=Lax` and no `Domain`, sign it or
    keep the decision on the server, and bind it to the `client_id`.

    Scenario: A consent that is remembered
      Given a server that is a proxy before a third-party authorization server
      When somebody consents, and comes again with the cookies as they are, altered, and exchanged for another client's
      Then the cookies that remember the consent are protected, and good for nothing else

  @RS-PROXY-05 @must:2025-03-26+
  Rule: A redirect URI that the client did not register is refused

    - MCP 2025-03-26 authorization, Security Considerations
    - MCP 2025-03-26 authorization, Third-Party Authorization Flow, Security Considerations
    - MCP 2025-06-18 authorization, Open Redirection
    - MCP security best practices, Redirect URI Validation

    The code goes to the redirect URI. A pattern that fits more than one address also fits an attacker's.

    Note: A page that asks for consent is not yet an acceptance: the harness consents and sees where that leads. At
    2025-03-26 redirect URIs are to be validated, and those on another host are judged; from 2025-06-18 an authorization
    server, which the proxy is to its clients, compares them exactly.

    Fix: Compare `redirect_uri` as a string with those that the client registered: no prefix, no wildcard, no
    normalization. Otherwise show an error, and do not redirect.

    Scenario Outline: A redirect URI <resemblance>
      Given a server that is a proxy before a third-party authorization server
      When a client asks for authorization with its redirect URI <resemblance>
      Then the redirect URI is refused

      Examples: on another host
        | resemblance                   |
        | at a host that begins alike   |
        | at a host of an attacker      |

      @in:2025-06-18+
      Examples: on the same host, or below it
        | resemblance                   |
        | with a slash at its end       |
        | with a further path segment   |
        | with a query                  |
        | with a fragment               |
        | with its path in upper case   |
        | with its host in upper case   |
        | with a detour by dot segments |
        | with another port             |
        | with the other scheme         |
        | with user information         |
        | at a subdomain                |

  @RS-PROXY-06 @must:2025-11-25+
  Rule: The state towards the third party is random, checked, single-use and short-lived

    - MCP security best practices, OAuth State Parameter Validation

    The state ties what comes back from the third party to the browser that was sent there. One that can be guessed,
    left out or used again lets somebody complete their login in another person's browser.

    Note: How long a state lives is not waited for.

    Fix: Make a random `state` for each request, keep it for this browser, compare it at the callback, and delete it at
    its first use or after ten minutes.

    Scenario Outline: A callback with <what>
      Given a server that is a proxy before a third-party authorization server
      When somebody comes back from the third party with <what>
      Then no code reaches the client

      Examples:
        | what                                             |
        | no state                                         |
        | another state                                    |
        | a state that was used                            |
        | the state of another browser                     |
        | the state of another browser, on the way oneself |

    Scenario: Many states
      Given a server that is a proxy before a third-party authorization server
      When browsers are sent to the third party many times
      Then no state can be guessed from the others

  @RS-PROXY-07 @must-not:2025-11-25+
  Rule: The state cookie is not set before consent was given

    - MCP security best practices, OAuth State Parameter Validation

    A cookie that is there before the consent is there as well when an attacker sends the browser past the page,
    straight to the third party. The callback then finds everything in order.

    Note: Judged by the callback: a browser that is set back to what it was at the consent page must not get through
    with the state that came with consent. Cookies that it has before, as those against request forgery, are no concern.
    Nothing can be said where the callback takes any browser, or a cookie that cannot be read and may name a session.

    Fix: Set the cookie for `state` in the answer to the approved consent form, together with the redirect to the third
    party, and not before.

    Scenario: A browser as it was before consent
      Given a server that is a proxy before a third-party authorization server
      When somebody calls back with the cookies of the consent page and the state that came with consent
      Then the callback is rejected, because a cookie is missing that comes with consent

  @RS-PROXY-08 @must:2025-03-26
  Rule: Tokens of the server die with the third-party session they stand on

    - MCP 2025-03-26 authorization, Third-Party Authorization Flow, Session Binding

    Whoever takes back the access at the third party expects that it ends. Tokens of the proxy that live on keep the
    door open.

    Note: The third party's tokens are opaque. After the revocation its introspection calls them inactive, and its API
    refuses them.

    Fix: Keep for each token the third-party session that it stands on, ask for the state of that session before the
    token is honoured, and refuse it with 401 once the session has ended.

    Scenario: A session that was revoked
      Given a server that is a proxy before a third-party authorization server
      When somebody uses a token whose third-party session was revoked
      Then the token of the proxy serves nobody any more
