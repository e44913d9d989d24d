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

  @follows:RS-TOKEN-01
  @RS-TOKEN-02 @must:2025-03-26+
  Rule: The scheme is matched without regard to case

    - OAuth 2.1-13 section 5.1.1
    - RFC 9110 section 11.1

    Libraries spell the scheme as they like, and HTTP makes no difference between the spellings.

    Note: Spaces between the scheme and the token are RS-TOKEN-14.

    Fix: Compare the word `Bearer` without regard to case.

    Scenario Outline: Spelling
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, behind the scheme "<scheme>"
      Then the request is accepted

      Examples:
        | scheme   |
        | bearer␠  |
        | BEARER␠  |
        | bEaReR␠  |

  @follows:RS-CHALLENGE-01
  @RS-TOKEN-03 @must:2025-03-26+
  Rule: A token in the query is ignored

    - OAuth 2.1-13 section 5.1
    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements

    A URL is written to logs, histories and Referer fields, where other people read the token.

    Note: OAuth 2.1 speaks of a query parameter without a name, so several names are tried. A token in the query beside
    one in the header field is RS-TOKEN-15.

    Fix: Read the token from `Authorization` alone. Turn the `access_token` query parameter of the framework off, and
    let other parameters pass unread.

    Scenario Outline: A valid token in the query only
      Given tools/list is accepted with a valid token
      And tools/list is refused without a token
      When a client sends tools/list with a valid token, only in <place>
      Then the token is refused

      Examples:
        | place                            |
        | the query parameter access_token |
        | the query parameter token        |
        | the query parameter api_key      |
        | the query parameter bearer       |

  @follows:RS-CHALLENGE-01
  @RS-TOKEN-04 @must:2025-03-26+
  Rule: A token is needed on every request, whatever went before

    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - MCP 2026-07-28 authorization, Access Token Usage, Token Handling
    - MCP 2026-07-28 basic, Statelessness
    - OAuth 2.1-13 section 5
    - OAuth 2.1-13 section 5.3.1

    A server that checks at the beginning alone goes on serving an attacker who gets hold of the session or the
    connection, and a client whose token has expired since. OAuth 2.1 has the resource server validate the token by which
    a protected resource is accessed; MCP tells clients to send it with every request, so that the server can.

    Note: The second request comes from the same client, and at revisions with sessions in the same session.

    Fix: Check the token of every HTTP request before it is dispatched, and not in the handler of `initialize` or when a
    session is opened.

    Scenario: An authorized request and the same without a token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, and right after it the same without one
      Then the answer is 401
      And no result is returned

  @follows:RS-JWT-04,RS-JWT-07,RS-CHALLENGE-10
  @RS-TOKEN-05 @must:2025-03-26+
  Rule: A string that is no valid token is refused, and the server does not fail over it

    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - MCP 2026-07-28 authorization, Access Token Usage, Token Handling
    - OAuth 2.1-13 section 5.2
    - OAuth 2.1-13 section 5.3.2

    Such strings come from broken clients, and from attackers who look for weak spots. One that makes the server fail is
    a way to stop it.

    Note: This rule judges the form of the refusal as well. MCP has invalid tokens answered with 401, and OAuth 2.1 counts
    malformed ones among them; a syntax error may be answered with 400, and great length with 413, 414 or 431. A 5xx, a
    403, a redirect, and a 200 with an error inside are none of these. To hang up on a token of 64 kB or a megabyte is a
    refusal, as long as the server goes on serving.

    Fix: Treat whatever cannot be parsed as an invalid token: 401 and a challenge. Catch the errors of the JWT library
    where the token is checked. Limit the size of header fields in the HTTP server, and let it answer 431.

    Scenario Outline: With something that is no token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <string>
      Then the string is refused as no token

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

    Scenario Outline: With something at which parsers fail
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the string is refused as no token

      Examples:
        | token                                          |
        | a token of five parts                          |
        | a stranger's token whose kid is a number       |
        | a stranger's token whose kid is null           |
        | a stranger's token whose kid is an array       |
        | a stranger's token whose kid is a piece of SQL |
        | a stranger's token whose kid is __proto__      |
        | a stranger's token whose kid is constructor    |
        | a stranger's token whose kid has line breaks   |
        | a stranger's token whose kid has 8 KiB         |
        | a stranger's token of 8 kB                     |

    Scenario Outline: Of a length that no server reads to its end
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>, and right after it with a valid one
      Then the long token is turned away, and the valid one is accepted

      Examples:
        | token                       |
        | a stranger's token of 64 kB |
        | a stranger's token of 1 MB  |

  @follows:RS-JWT-04,RS-AUD-01,RS-AUD-02,RS-JWT-14,RS-JWT-01,RS-JWT-02,RS-TOKEN-08
  @RS-TOKEN-06 @must:2025-06-18+
  Rule: A refused request has no effect and returns no data

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction
    - MCP 2026-07-28 authorization security considerations, Access Token Privilege Restriction

    A refusal that comes after the work protects nothing.

    Note: The effect is read back with a valid token, so a tool that runs while its token is still being checked is
    noticed. A token with which tools/list is served is not refused: the rule about this token says so, and this one does
    not apply to it. The same holds where another tool is served without a token (RS-CHALLENGE-01).

    Fix: Finish the check of the token before anything is dispatched. Do not run it beside the tool, or when the answer
    is written.

    Scenario Outline: A tool with an effect
      Given a tool whose effect can be read back
      And tools/list is refused with <token>
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

    Scenario: A tool with an effect, without any token
      Given a tool whose effect can be read back
      And tools/call is refused without a token
      When a client calls the tool without a token
      Then the tool had no effect
      And no result is returned

  @RS-TOKEN-07 @must:2025-03-26+ @derived
  Rule: A presented token is never repeated in an answer

    - MCP 2025-06-18 authorization, Token Theft
    - MCP 2026-07-28 authorization security considerations, Token Theft
    - OAuth 2.1-13 section 1.4

    Answers are logged, and shown to users and to models. An attacker who finds a token there can use it until it
    expires. MCP has servers follow the practices of OAuth for tokens in storage, and OAuth has access tokens kept
    confidential in transit and storage; that an answer repeats none follows from both.

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

  @follows:RS-AUD-01,RS-TOKEN-09
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

  @follows:RS-JWT-04
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

  @follows:RS-TOKEN-09
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

  @follows:RS-CHALLENGE-01
  @RS-TOKEN-12 @must:2025-03-26
  Rule: In a batch every message is authorized for itself

    - MCP 2025-03-26 transports, Sending Messages to the Server
    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - OAuth 2.1-13 section 5

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

  @follows:RS-CHALLENGE-01,RS-TOKEN-05
  @RS-TOKEN-13 @must:2025-03-26+
  Rule: A request whose credentials are empty or malformed is not served

    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - MCP 2026-07-28 authorization, Access Token Usage, Token Handling
    - OAuth 2.1-13 section 5

    A server that splits the header field and looks at what is left may take an empty text for a token that need not be
    checked, or check one of two texts and believe the other.

    Note: The form of the refusal is RS-CHALLENGE-14. With two header fields, one of which is right, a server may take the
    right one; RFC 9110 section 5.3 forbids clients to send both, and says nothing of what a server does.

    Fix: Serve a request only after a token was found and verified: what is empty, has a space in it or comes without the
    scheme is no token.

    Scenario Outline: With credentials that hold no token
      Given tools/list is accepted with a valid token
      And tools/list is refused without a token
      When a client sends tools/list, its credentials being <credentials>
      Then the token is refused

      Examples:
        | credentials                  |
        | Bearer and nothing else      |
        | Bearer and two words         |
        | characters that no token has |

  @follows:RS-TOKEN-01
  @RS-TOKEN-14 @should:2025-03-26+ @derived
  Rule: More than one space may stand between the scheme and the token

    - OAuth 2.1-13 section 5.1.1
    - RFC 9110 section 11.4

    The grammar of both texts has one or more spaces there. A server that splits at single spaces turns a good token away
    and tells its client that the token is bad.

    Note: It follows from the grammar alone; the prose of OAuth 2.1 speaks of case and of nothing else, and known clients
    send one space.

    Fix: Skip every space that follows the scheme.

    Scenario: Two spaces
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, behind the scheme "Bearer␠␠"
      Then the request is accepted

  @follows:RS-TOKEN-01
  @RS-TOKEN-15 @should:2025-03-26+
  Rule: A string in the query does not spoil a token in the header field

    - OAuth 2.1-13 section 5.1
    - OAuth 2.1-13 section 5.3.2

    A server that reads the query first refuses a good token because of a parameter that it has to ignore.

    Note: OAuth 2.1 has servers ignore access tokens in the query, and lists a second way of sending one as a malformed
    request. So both are right: to serve the request, and to refuse it with 400.

    Fix: Read the token from `Authorization` alone. A server that refuses a token sent twice answers 400.

    Scenario: Another string in the query beside a valid token in the header field
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a valid token, and another string in the query
      Then the request is accepted, or refused with 400

  @follows:RS-CHALLENGE-01
  @RS-TOKEN-16 @should:2025-03-26+ @derived
  Rule: A token is taken from the Authorization header field alone

    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements
    - MCP 2026-07-28 authorization, Access Token Usage, Token Requirements
    - OAuth 2.1-13 section 5.1
    - OAuth 2.1-13 section 7.1.3.5

    Each further place is one that gateways, logs and other checks do not know of. A browser sends cookies with requests
    of other sites' pages, and a server that takes a token from there serves these pages in the name of its user.

    Note: MCP tells clients to use the header field, and no sentence forbids a server to look elsewhere; OAuth 2.1 even
    lets it read form content. The token that is tried is valid. The query is RS-TOKEN-03.

    Fix: Read `Authorization`, and from it what follows `Bearer`. Turn other places off: cookies, content, fields such as
    `X-Api-Key`, the passwords of Basic.

    Scenario Outline: A valid token elsewhere
      Given tools/list is accepted with a valid token
      And tools/list is refused without a token
      When a client sends tools/list with a valid token, only in <place>
      Then the token is refused

      Examples:
        | place                                 |
        | a cookie                              |
        | the JSON content                      |
        | the form content                      |
        | the field X-Api-Key                   |
        | the field X-Access-Token              |
        | the field Proxy-Authorization         |
        | Authorization without a scheme        |
        | Authorization behind the scheme Token |
        | Authorization as Basic password       |

  @follows:RS-TOKEN-08,RS-TOKEN-09
  @RS-TOKEN-17 @should:2025-03-26+ @derived
  Rule: An ID token is told from an access token by more than its audience

    - RFC 8725 sections 3.11 and 3.12
    - RFC 9068 section 5

    Where a client and the server share an identifier, the ID tokens of this client have the right audience, and the
    audience alone does not keep them out.

    Note: The token is signed by the issuer and names this server as its audience; that it is an ID token is all that is
    wrong. It has what ID tokens have (nonce, at_hash, the type JWT) and lacks what access tokens of this issuer have. No
    source says by what a server tells the two apart, and an honest issuer rarely issues such a token.

    Fix: Require what only access tokens have: `token_use` with the value `access` on Cognito, `typ` with at+jwt where
    the issuer sends it, otherwise `scope` or `client_id`.

    Scenario: With an ID token that names this server
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with an ID token for this resource
      Then the token is refused

  @follows:RS-JWT-04
  @RS-TOKEN-18 @must:2025-03-26+
  Rule: Where the issuer cannot be asked about a token, the token is not accepted

    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - MCP 2026-07-28 authorization, Access Token Usage, Token Handling
    - OAuth 2.1-13 section 5
    - RFC 7662 section 2

    A server that goes on without the answer of its issuer serves every attacker who waits for an outage, or who brings
    one about.

    Note: Applies where the server asks the issuer about tokens (RFC 7662). The issuer answers 503 when it is asked about
    this one token, which a stranger has signed. Any answer without a result is right, a 503 included; the next request,
    with a valid token, shows that the server is there.

    Fix: Take an error, a time-out and an unreadable answer of the introspection endpoint for a token that is not valid,
    or answer 503.

    Scenario: With a token about which the issuer gives no answer
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a token about which the issuer gives no answer, and right after it with a valid one
      Then the first token is not served, and the valid one is accepted
