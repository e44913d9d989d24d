Feature: How a token reaches the server

  @RS-TOKEN-01 @must:2025-03-26+
  Rule: A valid token in the Authorization header field is accepted

    - OAuth 2.1-13 section 5.1.1
    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements

    A server that refuses everything is safe and of no use.

    Note: Every refusal elsewhere stands on this: a server that refuses everything keeps no rule.

    Fix: Look up why the token was refused. Most often it is `iss` or `aud`, a scope that the login did not grant, the
    clock, or keys that cannot be fetched. On Cognito `aud` is there only when the authorization request had `resource`.

    Scenario Outline: With a valid token
      When a client sends <operation> with a valid token
      Then the request is accepted

      Examples:
        | operation  |
        | tools/list |
        | tools/call |

  @RS-TOKEN-02 @must:2025-03-26+
  Rule: The scheme is matched without regard to case, and one or more spaces may follow it

    - OAuth 2.1-13 section 5.1.1
    - RFC 9110 section 11.1
    - RFC 9110 section 11.4

    Libraries spell the scheme as they like, and HTTP makes no difference between the spellings.

    Fix: Compare the word `Bearer` without regard to case, and skip every space that follows it.

    Scenario Outline: Spelling
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, behind the scheme "<scheme>"
      Then the request is accepted

      Examples:
        | scheme   |
        | bearer␠  |
        | BEARER␠  |
        | bEaReR␠  |
        | Bearer␠␠ |

  @RS-TOKEN-03 @must:2025-03-26+
  Rule: A token in the query is ignored

    - OAuth 2.1-13 section 5.1
    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements

    A URL is written to logs, histories and Referer fields, and a token in it is soon somebody else's.

    Fix: Read the token from `Authorization` alone. Turn the `access_token` query parameter of the framework off, and
    let other parameters pass unread.

    Scenario: A valid token in the query only
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, in the query only
      Then the answer is 401
      And no result is returned

    Scenario: Another string in the query beside a valid token in the header field
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, and another string in the query
      Then the request is accepted

  @RS-TOKEN-04 @must:2025-03-26+
  Rule: A token is needed on every request, whatever went before

    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements
    - MCP 2026-07-28 authorization, Access Token Usage, Token Requirements
    - MCP 2026-07-28 basic, Statelessness

    A check at the beginning alone lets anybody go on who gets hold of the session or the connection, and everybody
    whose token has expired since.

    Note: The second request comes from the same client, and at revisions with sessions in the same session.

    Fix: Check the token of every HTTP request before it is dispatched, and not in the handler of `initialize` or when a
    session is opened.

    Scenario: An authorized request and the same without a token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, and right after it the same without one
      Then the answer is 401
      And no result is returned

  @RS-TOKEN-05 @must:2025-03-26+
  Rule: A string that is no valid token is refused

    - MCP 2026-07-28 authorization, Access Token Usage, Token Handling
    - OAuth 2.1-13 section 5.2

    Such strings come from broken clients, and from people who look for weak spots. One that makes the server fail is a
    way to stop it.

    Note: A syntax error may be answered with 400, and great length with 413 or 431; a 5xx is no refusal. To hang up on
    a token of a megabyte is one, as long as the server goes on serving.

    Fix: Treat whatever cannot be parsed as an invalid token: 401 and a challenge. Limit the size of header fields in
    the HTTP server, and let it answer 431.

    Scenario Outline: With something that is no token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <string>
      Then the token is refused

      Examples:
        | string                                         |
        | 32 random bytes                                |
        | three dots                                     |
        | a header and a signature with nothing between  |
        | a JSON text                                    |
        | characters no token may have                   |
        | the word null                                  |
        | the word undefined                             |
        | a valid token with one character dropped       |

    Scenario Outline: Of great length
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused, if only for its length

      Examples:
        | token                       |
        | a stranger's token of 8 kB  |
        | a stranger's token of 64 kB |

    Scenario: Of a length that nobody reads to its end
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a stranger's token of 1 MB, and right after it with a valid one
      Then the long token is turned away, and the valid one is accepted

  @RS-TOKEN-06 @must:2025-06-18+
  Rule: A refused request has no effect and returns no data

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction
    - MCP 2026-07-28 authorization security considerations, Access Token Privilege Restriction

    A refusal that comes after the work protects nothing.

    Note: The effect is read back with a valid token, so a tool that runs while its token is still being checked is
    noticed.

    Fix: Finish the check of the token before anything is dispatched. Do not run it beside the tool, or when the answer
    is written.

    Scenario Outline: A tool with an effect
      Given a tool whose effect can be read back
      When a client calls the tool with <token>
      Then the tool had no effect
      And no result is returned

      Examples:
        | token                           |
        | a token with a broken signature |
        | a token for another host        |
        | an ID token                     |
        | a token that has expired        |
        | an unsigned token with alg none |
        | a token signed with HS256 and the public key |
        | a token without an audience     |

  @RS-TOKEN-07 @must:2025-03-26+ @derived
  Rule: A presented token is never repeated in an answer

    - OAuth 2.1-13 section 1.4
    - OAuth 2.1-13 section 7.1.3.1

    Answers are logged, and shown to users and to models. Whoever finds a token there can use it until it expires.

    Fix: Put neither the token nor the `Authorization` field into error messages, `error_description`, debug pages or
    results of tools. The reason for a refusal says enough.

    Scenario Outline: With any token
      When a client sends tools/call with <token>
      Then no piece of the token comes back

      Examples:
        | token                           |
        | a valid token                   |
        | a token with a broken signature |
        | 32 random bytes                 |

  @RS-TOKEN-08 @must-not:2025-03-26+
  Rule: An ID token is not accepted as an access token

    - MCP 2025-06-18 authorization, Access Token Usage, Token Handling
    - RFC 8725 section 3.12
    - RFC 9068 section 5

    An ID token tells a client who logged in. It goes round more freely than an access token, says nothing about scopes,
    and every client of the issuer that the user ever logged in to has one.

    Note: On Cognito both come from one issuer and one key set, and are told apart by token_use.

    Fix: On Cognito require `token_use` to be `access`. Elsewhere compare `aud` with the identifier of the server, and
    `typ` with at+jwt where the issuer sends it.

    Scenario: With the ID token of the same login
      Given tools/list is accepted with a valid token
      When a client sends tools/list with an ID token
      Then the token is refused

  @RS-TOKEN-09 @must-not:2025-03-26+
  Rule: A refresh token or an authorization code is not accepted as an access token

    - MCP 2025-06-18 authorization, Access Token Usage, Token Handling
    - OAuth 2.1-13 section 1.3.2

    Both are meant for the authorization server alone. A refresh token lives for days or months, and a code is seen in a
    URL.

    Note: The code has not been redeemed, and the refresh token is in use.

    Fix: Accept access tokens only. Where tokens are introspected, look at what kind the answer is about and at its
    `aud`, and not at `active` alone.

    Scenario Outline: With what is meant for the authorization server
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <credential>
      Then the token is refused

      Examples:
        | credential            |
        | a refresh token       |
        | an authorization code |

  @RS-TOKEN-10 @should:2025-03-26+
  Rule: A revoked token is refused

    - OAuth 2.1-13 section 5.3.2
    - RFC 7009
    - RFC 7662

    Whoever revokes a token, because a device was lost, expects that it stops working.

    Note: Applies where the server asks the issuer about tokens. A JWT that is validated on its own stays good until it
    expires, and on Cognito revocation shows at Cognito's own endpoints alone.

    Fix: Ask the introspection endpoint (RFC 7662) and keep its answer for seconds, not for the life of the token.
    Refuse with 401 when `active` is false.

    Scenario: With a token that the issuer has revoked
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a revoked token
      Then the token is refused

  @RS-TOKEN-11 @must:2025-03-26+
  Rule: The endpoint is served by https only, except on the own machine

    - OAuth 2.1-13 section 1.5
    - RFC 9728 section 7.1

    By plain http whoever is on the way reads the token, and can use it.

    Note: Not to listen, to redirect or to refuse without looking at the request are all right.

    Fix: Serve the endpoint by https alone. Close the port of plain http, or redirect from it without processing the
    request.

    Scenario: By plain http
      Given the endpoint is not on this machine
      And the endpoint answers tools/list
      When a client sends tools/list by plain http
      Then the request is not processed

  @RS-TOKEN-12 @must:2025-03-26 @derived
  Rule: In a batch every message is authorized for itself

    - MCP 2025-03-26 transports, Sending Messages to the Server
    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling

    A message that needs no authorization must not open the door for its neighbour.

    Note: Batches exist in this revision only.

    Fix: Check the token before the batch is taken apart, and refuse the whole batch with 401. Or check each message as
    if it had come alone.

    Scenario Outline: Without a token
      Given <batch> is accepted with a valid token
      When a client sends <batch> without a token
      Then the protected message has no result

      Examples:
        | batch                          |
        | a batch of ping and tools/list |
        | a batch of tools/list and ping |
