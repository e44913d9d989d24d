Feature: Tokens of others

  A token is for one party. A server that hands the client's token on, or takes a token that was made for somebody else,
  turns one grant into another.

  @RS-PASS-01 @must-not:2025-06-18+
  Rule: The server does not forward the client's token to an upstream API

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction
    - MCP security best practices, Token Passthrough

    With the client's token the upstream API, or whoever breaks in there, can act as the user here. The API in turn is
    deceived about who calls it.

    Note: The harness listens where the server was told its upstream API is.

    Fix: Get a token of the server's own for the upstream API, by client credentials, token exchange or a login of the
    user there. Copy no `Authorization` field from the incoming request to the outgoing one.

    Scenario: A tool that calls the upstream API
      Given a tool that calls an upstream API
      When a client calls that tool with a valid token
      Then the upstream API is called, and never with the client's token

  @follows:RS-JWT-04,RS-JWT-06
  @RS-PASS-02 @must-not:2025-06-18+
  Rule: A token issued for an upstream API is not accepted

    - MCP 2025-06-18 authorization, Token Handling
    - MCP security best practices, Token Passthrough

    Such a token shows that the user let some client use the upstream API. It does not show that they let anybody use
    this server, and every other client of that API has one.

    Note: The token comes from the upstream API's own authorization server. One of the server's own issuer for another
    audience is the matter of RS-AUD-01.

    Fix: Accept tokens of the server's own issuers alone, with this server as `aud`. That a token works at the upstream
    API is no proof.

    Scenario: With a token of an upstream's authorization server
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a token of an upstream's authorization server
      Then the token is refused

  @RS-PASS-03 @must-not:2025-11-25+
  Rule: Third-party credentials got by URL elicitation never reach the client

    - MCP 2025-11-25 elicitation, URL Mode Elicitation for OAuth Flows

    The user gave these credentials to the server alone. A client that sees them can use them without the server, and
    keep them.

    Note: The harness plays the third party, whose tokens are marked, and opens the URL in the user's browser. Where a
    page of the server asks for a login, the declared account logs in. Pages elsewhere are not dealt with: what stands
    behind them is inconclusive.

    Fix: Redeem the third party's code on the server, keep the tokens there under the user, and put them into no result,
    no error message and no URL.

    Scenario: A third-party login
      Given a tool that elicits something
      When a user completes the third-party login that it leads to
      Then no mark of a third-party token reaches the client

  @follows:RS-CHALLENGE-01
  @RS-PASS-04 @must-not:2025-11-25+
  Rule: URL elicitation is not used to authorize the user to the server itself

    - MCP 2025-11-25 elicitation, URL Mode Elicitation for OAuth Flows

    A login by elicitation leaves the client without a token, so that nothing shows on later requests who sends them.

    Fix: Answer a request without a token with 401 and a challenge. Use URL elicitation for logins at third parties
    only.

    Scenario Outline: Without a token, from a client that supports elicitation
      Given tools/list is accepted with a valid token
      When a client that supports elicitation sends <operation> and no token
      Then nothing is elicited

      Examples:
        | operation  |
        | tools/list |
        | tools/call |

  @RS-PASS-05 @must:2025-11-25+
  Rule: Whoever opens an elicitation URL is verified to be the user it was made for

    - MCP 2025-11-25 elicitation, Phishing

    Somebody starts a login and sends its URL to a victim. When the victim completes it, the victim's account at the
    third party is bound to the attacker.

    Note: What is bound to whom shows when the first user calls the tool again: does it demand the URL still? That it
    does not when the user opens the URL is the control. Other parameters in the URL are tried by RS-PASS-08.

    Fix: Let the URL lead to a page of the server that has the user log in, on Cognito by the hosted pages of the same
    pool, and compare `sub` with that of the user it was made for before going on to the third party.

    Scenario Outline: The browser of <somebody>
      Given a tool that elicits something
      When <somebody> opens the URL in a browser of their own
      Then nothing gets bound to the first user

      Examples:
        | somebody                |
        | another user            |
        | nobody who is logged in |

  @RS-PASS-06 @must-not:2025-11-25+
  Rule: Elicitation URLs contain neither secrets nor personal data

    - MCP 2025-11-25 elicitation, Safe URL Handling

    Such a URL is shown, logged and kept in histories, and may be opened by somebody else.

    Note: Looked for are the presented token, JWTs, mail addresses, user information before the host, and parameters
    named like secrets.

    Fix: Put a random id into the URL, and keep on the server what it stands for.

    Scenario: What is elicited
      Given a tool that elicits something
      When a client that supports elicitation calls the tool
      Then no elicitation URL carries a secret or a mail address

  @RS-PASS-07 @must-not:2025-06-18+
  Rule: Secrets are not asked for by form elicitation

    - MCP 2025-06-18 elicitation, Security Considerations
    - MCP 2025-11-25 elicitation, Form Mode Security

    What is typed into such a form passes through the client, and may get into logs and prompts.

    Note: Judged by the properties asked for: those of format `password`, and those whose name ends in the name of a
    secret, such as `api_key`. What a form asks for in other words is not noticed.

    Fix: Ask for secrets on a page of the server, to which URL elicitation leads, or have the user authorize the server
    by OAuth.

    Scenario: What is elicited
      Given a tool that elicits something
      When a client that supports elicitation calls the tool
      Then no form asks for a secret

  @follows:RS-PASS-05
  @RS-PASS-08 @must:2025-11-25+
  Rule: The check of who opens an elicitation URL withstands changes of the URL

    - MCP 2025-11-25 elicitation, Phishing

    Where the URL says whose it is, the attacker who got it writes the victim's name into it and sends it on: the victim
    passes the check, and the victim's account at the third party is bound to the attacker.

    Note: The URL is altered to name the other user, who then opens it: values of the first user in it become those of the
    other one, and parameters that name a user are added. That the URL works for the user as it is, is the control.

    Fix: Keep on the server for whom the URL was made, under a random id that is all the URL carries, and compare that user
    with the one who is logged in. Read no user from the URL.

    Scenario: Altered to name the one who opens it
      Given a tool that elicits something
      When another user opens the URL, altered to name that user
      Then nothing gets bound to the first user

  @RS-PASS-09 @must-not:2025-11-25+
  Rule: An elicitation URL is not authenticated by itself

    - MCP 2025-11-25 elicitation, Safe URL Handling

    The client has the URL before the user does, and so have the logs on its way. If it opens what is the user's, each of
    them can be the user.

    Note: A browser that has never logged in opens the URL. What it is shown must not hold what is known of the user: the
    name of the account, and the claims of the token that name a person.

    Fix: Have the user log in at the page to which the URL leads, and show nothing of theirs before.

    Scenario: A browser without a login
      Given a tool that elicits something
      When a browser without a login opens the URL
      Then no page shows whose URL it is

  @RS-PASS-10 @should:2025-03-26+ @derived
  Rule: Refusals do not show the inside of the server

    - OAuth 2.1-13 section 5.3.1
    - RFC 6750 section 5.2

    Stack traces name files and versions to an attacker, and claims that are shown to the holder of a bad token tell what
    the token would have said to the server alone.

    Note: Looked for are traces of the common languages, and the claims that name a person, client or token. Asked with
    bad tokens, and with a message that cannot be read.

    Fix: Answer with `error` and a fixed `error_description`, and write the rest into the log.

    Scenario Outline: With a bad token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then nothing of the inside is shown

      Examples:
        | token                            |
        | a token that has expired         |
        | a token with a broken signature  |
        | a token for another host         |
        | three dots                       |
        | a JSON text                      |

    Scenario: With a message that cannot be read
      Given tools/list is accepted with a valid token
      When half a message comes in with a valid token
      Then nothing of the inside is shown
