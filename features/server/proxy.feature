Feature: Servers that stand before a third-party authorization server

  A server with one client id at a third-party authorization server, and many clients of its own, is a deputy that can be
  confused. The rules bind such proxies only. The harness plays the third party, which approves at once, and a browser that
  keeps cookies; what it cannot know is which button consents. Without that the rules are inconclusive. Every scenario
  stands on a way through the proxy that gets to the third party or back to the client, as a client and its user would.

  @RS-PROXY-01 @must:2025-06-18+
  Rule: A user consents to each registered client before the browser is sent to the third party

    - MCP 2025-06-18 authorization, Confused Deputy
    - MCP security best practices, Confused Deputy Problem

    Two clients register, and one browser comes with both. A page that asks again for a client that was consented to is
    fine. A redirect to the third party or to the client before a page that asks for this client is not.

    Scenario: Two clients in one browser
      Given a server that is a proxy before a third-party authorization server
      When somebody registers two clients and consents to the first one only
      Then each client is consented to before the browser is sent to the third party

  @RS-PROXY-02 @must:2025-06-18+
  Rule: The consent page names the client, the scopes and the redirect URI

    - MCP security best practices, Consent UI Requirements

    The scopes are those of the request to the third party that follows the consent; a page that shows them in other words
    is described in the subject file. Of the redirect URI, the host will do.

    Scenario: A consent page
      Given a server that is a proxy before a third-party authorization server
      When somebody reads the consent page of a client
      Then the page names the client, the scopes and the redirect URI

  @RS-PROXY-03 @must:2025-06-18+
  Rule: The consent page resists request forgery and framing

    - MCP security best practices, Consent UI Requirements

    A forged form comes from another origin, without the cookies that browsers keep from such requests. It sends first what
    anybody could guess, and then what the attacker's own session was given.

    Scenario: In a frame
      Given a server that is a proxy before a third-party authorization server
      When somebody reads the consent page of a client
      Then the page cannot be shown in a frame

    Scenario: By a form on another site
      Given a server that is a proxy before a third-party authorization server
      When another site sends the consent form from the user's browser, without its token and with one of another session
      Then no consent comes of it

  @RS-PROXY-04 @must:2025-06-18+
  Rule: Consent cookies are host-bound, protected, and bound to the client

    - MCP security best practices, Consent Cookie Security

    Concerned are the cookies without which the user is asked again; a server that always asks has none. How they are set
    is judged over plain http as well. Altered is the value: in the middle, at its end, and the client in it, where that
    can be read.

    Scenario: A consent that is remembered
      Given a server that is a proxy before a third-party authorization server
      When somebody consents, and comes again with the cookies as they are, altered, and exchanged for another client's
      Then the cookies that remember the consent are protected, and good for nothing else

  @RS-PROXY-05 @must:2025-06-18+
  Rule: A redirect URI matches the registered one as an exact string

    - MCP security best practices, Redirect URI Validation

    A page that asks for consent is not yet an acceptance: the harness consents and sees where that leads.

    Scenario Outline: A redirect URI <resemblance>
      Given a server that is a proxy before a third-party authorization server
      When a client asks for authorization with its redirect URI <resemblance>
      Then the redirect URI is refused

      Examples:
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
        | at a host that begins alike   |

  @RS-PROXY-06 @must:2025-06-18+
  Rule: The state towards the third party is random, checked, single-use and short-lived

    - MCP security best practices, OAuth State Parameter Validation

    How long a state lives is not waited for.

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

  @RS-PROXY-07 @must-not:2025-06-18+
  Rule: The state cookie is not set before consent was given

    - MCP security best practices, OAuth State Parameter Validation

    Judged by the callback: a browser that is set back to what it was at the consent page must not get through with the
    state that came with consent. Cookies that it has before, as those against request forgery, are no concern. Nothing can
    be said where the callback takes any browser, or a cookie that cannot be read and may name a session.

    Scenario: A browser as it was before consent
      Given a server that is a proxy before a third-party authorization server
      When somebody calls back with the cookies of the consent page and the state that came with consent
      Then the callback is rejected, because a cookie is missing that comes with consent

  @RS-PROXY-08 @must:2025-03-26
  Rule: Tokens of the server die with the third-party session they stand on

    - MCP 2025-03-26 authorization, Third-Party Authorization Flow, Session Binding

    The third party's tokens are opaque. After the revocation its introspection calls them inactive, and its API refuses
    them.

    Scenario: A session that was revoked
      Given a server that is a proxy before a third-party authorization server
      When somebody uses a token whose third-party session was revoked
      Then the token of the proxy serves nobody any more
