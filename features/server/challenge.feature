Feature: Refusing a request and saying what is needed

  An MCP server refuses a request that carries no usable token with HTTP 401, and says in the challenge how to get one.

  @RS-CHALLENGE-01 @must:2025-03-26+
  Rule: A protected operation called without credentials is refused with HTTP 401

    - MCP 2025-03-26 authorization, Authorization Flow
    - MCP 2026-07-28 authorization, Error Handling
    - OAuth 2.1-13 section 5.3.1

    What is carried out without a token is open to whoever can reach the server. To an honest client the 401 is the sign
    to log in, so that without it no login begins.

    Note: An endpoint that redirects within its origin, as frameworks do that want a slash at the end, is judged by that
    redirect. Everything else is sent to where it leads.

    Fix: Check for a token in one place, before anything is dispatched, for every method and every operation,
    `initialize` and notifications included, and answer 401 where there is none. Serve the endpoint under the URL that
    clients are told, without a redirect.

    Scenario Outline: Without a token
      When a client sends <operation> without a token
      Then the answer is 401
      And no result is returned

      Examples:
        | operation  |
        | tools/list |
        | tools/call |

      @in:..2025-11-25
      Examples: with a handshake
        | operation      |
        | initialize     |
        | a notification |

      @in:2026-07-28
      Examples: stateless
        | operation            |
        | server/discover      |
        | subscriptions/listen |

    @in:..2025-11-25
    Scenario Outline: Without a token, where a server need not offer the operation
      When a client sends <operation> without a token
      Then the answer is 401, or 405 because the server does not offer it
      And no result is returned

      Examples:
        | operation               |
        | the GET stream          |
        | the DELETE of a session |

    Scenario: Without a token, where the endpoint redirects
      When a client sends an operation without a token to the endpoint as it was named
      Then the answer is 401
      And no result is returned

  @follows:RS-CHALLENGE-10,RS-CHALLENGE-01,RS-JWT-04
  @RS-CHALLENGE-02 @must:2025-03-26+
  Rule: Every 401 carries a WWW-Authenticate header field

    - RFC 9110 section 15.5.2
    - OAuth 2.1-13 section 5.3.1
    - RFC 6750 section 3

    A 401 without a challenge tells a client that it is not welcome, and not what to do about it. One that has a token
    that expired is left without a way on.

    Note: Each kind of token that is refused is tried, because servers often refuse them at different places. Whether
    the answer is a 401 at all, RS-CHALLENGE-01 and RS-CHALLENGE-10 say.

    Fix: Send `WWW-Authenticate: Bearer …` with every 401, whatever produces it: a gateway or a framework with a 401 of
    its own included. Where a gateway renames the field (Amazon API Gateway: `x-amzn-remapped-www-authenticate`), have it
    set the field itself, in a gateway response or a response parameter mapping.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the answer carries a challenge

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the answer carries a challenge

      Examples: at every revision
        | token                                           |
        | 32 random bytes                                 |
        | an ID token                                     |
        | a token that has expired                        |
        | a token with a broken signature                 |
        | a token whose claims were changed after signing |
        | a token signed by another key                   |
        | an unsigned token with alg none                 |
        | a token signed with HS256 and the public key    |

      @in:2025-06-18..2026-07-28
      Examples: since tokens have an audience
        | token                       |
        | a token for another host    |
        | a token without an audience |

  @follows:RS-CHALLENGE-02,RS-CHALLENGE-04,RS-CHALLENGE-01
  @RS-CHALLENGE-03 @must:2025-03-26+
  Rule: The challenge uses the Bearer scheme with at least one parameter

    - RFC 6750 section 3
    - OAuth 2.1-13 section 5.3.1

    Clients look for the Bearer scheme and read its parameters. Another scheme, or the word alone, tells them nothing.

    Note: A server whose challenges are for DPoP alone takes no Bearer tokens, and the rule does not apply to it.

    Fix: Send `Bearer`, a space and at least one parameter, such as `resource_metadata="…"`. Challenges of other schemes
    may stand beside it.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge uses Bearer with at least one parameter

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the challenge uses Bearer with at least one parameter

      Examples:
        | token                           |
        | 32 random bytes                 |
        | a token with a broken signature |

  @RS-CHALLENGE-04 @must:2025-03-26+
  Rule: The challenge is well-formed

    - RFC 9110 section 11.6.1
    - RFC 6750 section 3
    - OAuth 2.1-13 section 5.3.1

    A client that cannot parse the challenge finds neither the metadata nor the scopes. What is copied into it unescaped
    lets whoever sent it write parameters of their own.

    Note: Every challenge can be read by the grammar, repeats no parameter, and keeps scope, error, error_description
    and error_uri within their character sets.

    Fix: Put values in double quotes, name each parameter once, separate parameters by commas, and keep to printable
    ASCII without `"` and `\`. Copy nothing of the token or of a parser's message into `error_description`.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge is well-formed

    Scenario Outline: With an unusable token
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the challenge is well-formed

      Examples:
        | token                           |
        | a JSON text                     |
        | 32 random bytes                 |
        | a token with a broken signature |
        | a token signed by another key   |

  @follows:RS-PRM-01,RS-CHALLENGE-10,RS-CHALLENGE-02,RS-CHALLENGE-03,RS-CHALLENGE-01
  @RS-CHALLENGE-05 @must:2025-06-18
  Rule: The challenge names the protected resource metadata

    - MCP 2025-06-18 authorization, Authorization Server Location
    - RFC 9728 section 5.1

    At this revision a client learns from the challenge where to log in. One that knows nothing but the URL of the
    server gets no further without it.

    Note: From 2025-11-25 this is one of two ways, see RS-CHALLENGE-06.

    Fix: Add `resource_metadata="https://HOST/.well-known/oauth-protected-resource/PATH"` to the challenge of every 401,
    also of those that answer an expired or a forged token.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge has resource_metadata

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the challenge has resource_metadata

      Examples:
        | token                                           |
        | an ID token                                     |
        | a token that has expired                        |
        | a token with a broken signature                 |
        | an unsigned token with alg none                 |
        | a token signed with HS256 and the public key    |
        | a token for another host                        |
        | a token without an audience                     |

  @follows:RS-PRM-01
  @RS-CHALLENGE-06 @must:2025-11-25+
  Rule: The challenge or a well-known URI leads to the protected resource metadata

    - MCP 2025-11-25 authorization, Protected Resource Metadata Discovery Requirements
    - MCP 2026-07-28 authorization server discovery, Protected Resource Metadata Discovery Requirements

    A client that finds the metadata nowhere cannot tell which authorization server to go to, so that no user can log
    in.

    Note: Where the server publishes none at all, RS-PRM-01 says so, and this rule does not apply. A place where servers
    put it by mistake is looked at too: behind the path of the endpoint.

    Fix: Name the metadata as `resource_metadata` in the challenge, or serve it at
    `/.well-known/oauth-protected-resource`, followed by the path of the endpoint or at the root. To do both serves
    every client.

    Scenario: Every way is tried
      When a client looks for the protected resource metadata
      Then metadata that is published stands where clients look

  @follows:RS-PRM-01
  @RS-CHALLENGE-07 @must:2025-06-18+
  Rule: The URL in the challenge leads to the protected resource metadata

    - RFC 9728 section 5.1
    - RFC 9728 section 3.2

    A link that leads nowhere is worse than none: a client follows it and does not go on to the well-known URIs.

    Note: The value is fetched exactly as sent; redirects are followed, and the last answer is judged. A relative
    reference, another scheme than http and https, a port where nothing listens, a name that does not resolve, and from
    a server elsewhere the loopback of the client lead nowhere. Where no way leads to any metadata, RS-PRM-01 says so.

    Fix: Put the absolute URL of the document into `resource_metadata`, as clients see it from outside, and answer it
    with 200 and the JSON, without a login. Behind a proxy, build it from a configured public URL.

    Scenario: The URL is fetched
      When a client looks for the protected resource metadata
      Then the URL in the challenge leads to the metadata

  @RS-CHALLENGE-08 @should-not:2025-03-26+
  Rule: A challenge to a request without credentials carries no error

    - RFC 6750 section 3.1
    - OAuth 2.1-13 section 5.3.2

    An error says that something about the token was wrong. A client that sent none may take it for the end of its
    login, and give up instead of beginning one.

    Fix: Leave `error`, `error_description` and `error_uri` out of the challenge when the request carried no
    credentials.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge carries no error

  @follows:RS-CHALLENGE-10,RS-CHALLENGE-02,RS-CHALLENGE-03
  @RS-CHALLENGE-09 @should:2025-03-26+
  Rule: The challenge to a refused token says invalid_token

    - RFC 6750 section 3.1
    - OAuth 2.1-13 section 5.3.2

    By invalid_token a client knows that a new token or a refresh helps, and that nothing was wrong with the request.

    Fix: Add `error="invalid_token"` to the challenge whenever a token was sent and refused: expired, forged, of another
    kind, or for another audience.

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the challenge has error "invalid_token"

      Examples: at every revision
        | token                                          |
        | an ID token                                    |
        | a token that has expired                       |
        | a token with a broken signature                |
        | a token whose claims were changed after signing |
        | a token signed by another key                  |
        | an unsigned token with alg none                |
        | a token signed with HS256 and the public key   |

      @in:2025-06-18..2026-07-28
      Examples: since tokens have an audience
        | token                     |
        | a token for another host  |
        | a token without an audience |

  @follows:RS-JWT-04,RS-AUD-01,RS-AUD-02,RS-JWT-14,RS-JWT-01,RS-JWT-02,RS-TOKEN-08
  @RS-CHALLENGE-10 @must:2025-03-26+
  Rule: Invalid and expired tokens are answered with HTTP 401

    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - MCP 2026-07-28 authorization, Access Token Usage, Token Handling

    Only a 401 sends a client back to the authorization server. With any other status it is left with a dead token and
    no way on.

    Note: Never with 400, 403, 404, a redirect or 5xx, and not with 200 and an error in the content. This rule alone
    judges the form of the refusal; whether a token is refused, the rule about this token says, and where it is served
    this one does not apply.

    Fix: Turn whatever goes wrong in the check of a token into 401, issuer and audience included, and catch the errors
    of the JWT library, so that none of them ends as 500.

    Scenario Outline: With a token that must be refused
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the refusal is a 401

      Examples: at every revision
        | token                                          |
        | an ID token                                    |
        | a token that has expired                       |
        | a token with a broken signature                |
        | a token whose claims were changed after signing |
        | a token signed by another key                  |
        | an unsigned token with alg none                |
        | a token signed with HS256 and the public key   |

      @in:2025-06-18..2026-07-28
      Examples: since tokens have an audience
        | token                     |
        | a token for another host  |
        | a token without an audience |

  @follows:RS-CHALLENGE-02,RS-CHALLENGE-03,RS-CHALLENGE-01
  @RS-CHALLENGE-11 @should:2025-11-25+
  Rule: The challenge says which scopes are needed

    - MCP 2025-11-25 authorization, Protected Resource Metadata Discovery Requirements
    - MCP 2026-07-28 authorization, Scope Selection Strategy
    - RFC 6750 section 3

    Without it clients ask for everything that the metadata lists, so that users grant more than is needed, and an
    authorization server may refuse it all for one scope that the client may not have.

    Fix: Add `scope="…"` to the challenge of the 401, with the scopes that the request needs and no others, spelt as
    they stand in tokens. On Cognito a custom scope has the identifier of its resource server before it.

    Scenario: Without a token
      Given tools/list needs a scope
      When a client sends tools/list without a token
      Then the challenge names a scope

  @RS-CHALLENGE-12 @should:2025-11-25+
  Rule: The scopes in a challenge are chosen in the same way each time

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors
    - MCP 2026-07-28 authorization, Scope Selection Strategy

    A client that is asked for other scopes each time sends its user to the login each time, and never knows what is
    enough.

    Note: The same request is sent ten times, every other time over a connection of its own. The order of scopes does
    not matter.

    Fix: Take the scopes of a challenge from one table by operation, which all instances of the server share, and not
    from chance, load or what the caller did before.

    Scenario: Without a token
      When an outsider sends tools/list ten times
      Then every challenge names the same scopes

    Scenario: Without the scopes of an operation
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation ten times with only the base scopes
      Then every challenge names the same scopes

  @RS-CHALLENGE-13 @should-not:2026-07-28
  Rule: The server does not ask for offline_access

    - MCP 2026-07-28 authorization, Refresh Tokens

    Refresh tokens concern the client and the authorization server. A server that asks for them makes users agree to
    access while they are away, which it does not need.

    Fix: Leave `offline_access` out of `scope` in challenges and out of `scopes_supported`. A client that wants a
    refresh token adds it by itself.

    Scenario: In the challenge
      When a client sends tools/list without a token
      Then the challenge does not name offline_access

    Scenario: In the metadata
      When a client looks for the protected resource metadata
      Then scopes_supported does not hold offline_access

  @follows:RS-TOKEN-13,RS-CHALLENGE-10,RS-TOKEN-05
  @RS-CHALLENGE-14 @should:2025-03-26+
  Rule: Malformed credentials are refused for their form

    - RFC 6750 section 3.1
    - OAuth 2.1-13 section 5.3.2
    - MCP 2026-07-28 authorization, Error Handling

    By invalid_request whoever wrote the client sees that the header field is broken. A 401 sends the client to log in
    again, after which its next request is as broken as the last.

    Note: Two fields, and two words behind the scheme, are malformed credentials: 400 with invalid_request. Nothing
    behind the scheme, and characters that no token has, may also be taken for a malformed token, which RFC 6750 lists
    under invalid_token: 401 is as good. What is too long may be refused for that with 413 or 431. Whether anything of
    it is served, RS-CHALLENGE-22 says.

    Fix: Look at the form of the credentials before the token: one `Authorization` field, and behind `Bearer` one word.
    Otherwise answer 400 with `error="invalid_request"` in the challenge. A word that is no token is refused like any
    other bad token, with 401 and `error="invalid_token"`.

    Scenario Outline: Malformed in one way
      Given tools/list is accepted with a valid token
      When a client sends tools/list, its credentials being <credentials>
      Then the credentials are refused for their form

      Examples:
        | credentials                  |
        | Bearer and nothing else      |
        | Bearer and two words         |
        | characters that no token has |
        | two Authorization fields     |
        | a token of 64 KiB            |

  @follows:RS-SCOPE-01
  @RS-CHALLENGE-15 @must:..2025-06-18 @should:2025-11-25+
  Rule: A valid token without the scope of an operation is refused with HTTP 403

    - MCP 2025-03-26 authorization, Error Handling
    - MCP 2025-11-25 authorization, Error Handling
    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors
    - MCP 2026-07-28 authorization, Error Handling
    - RFC 6750 section 3.1

    A client that sees no 403 does not know that it can ask for more. A scope that is checked inside a tool comes too
    late for the status.

    Note: From 2025-11-25 the table of Error Handling (MUST) and the section Runtime Insufficient Scope Errors (SHOULD)
    disagree; the weaker one is followed. That the operation is not carried out, RS-SCOPE-01 demands.

    Fix: Check the scopes of an operation, for `tools/call` by the name of the tool, while the status is still open, and
    answer 403 where one is missing. A JSON-RPC error behind a 200 is not it.

    Scenario: Without the further scopes
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes
      Then the missing scope is answered with 403

  @follows:RS-CHALLENGE-15
  @RS-CHALLENGE-16 @should:2025-11-25+
  Rule: The 403 carries a challenge that says insufficient_scope

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors
    - RFC 6750 section 3.1

    A bare 403 may mean that this user may never do this. By insufficient_scope a client knows that a token with more
    scopes helps, and starts the step-up.

    Fix: Send `WWW-Authenticate: Bearer error="insufficient_scope", scope="…", resource_metadata="…"` with the 403.

    Scenario: Without the further scopes
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes
      Then the 403 says insufficient_scope

  @follows:RS-CHALLENGE-15,RS-CHALLENGE-16
  @RS-CHALLENGE-17 @should:2025-11-25+
  Rule: The challenge of the 403 names the scopes that the operation needs

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors
    - RFC 6750 section 3.1

    A client that is not told what is lacking asks for everything, or for the same again.

    Note: It may name more than is needed, and need not repeat what the token has; with both together the operation
    succeeds.

    Fix: Put the scopes that the operation needs into `scope` in the challenge of the 403, with spaces between them,
    spelt as they stand in tokens. On Cognito that is with the identifier of the resource server before them.

    Scenario: The scopes that are lacking
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes
      Then the 403 names the scopes that were lacking

    Scenario: With what is named
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with only the base scopes, and then with what the challenge names as well
      Then the request is accepted

  @follows:RS-CHALLENGE-15,RS-CHALLENGE-16,RS-CHALLENGE-02,RS-CHALLENGE-03,RS-CHALLENGE-07
  @RS-CHALLENGE-18 @should:2025-11-25+
  Rule: The challenge of the 403 names the same metadata as that of a 401

    - MCP 2025-11-25 authorization, Runtime Insufficient Scope Errors

    The metadata leads a client to the authorization server. Where the 403 names another document or none, the step-up
    fails although the login worked.

    Note: Where neither challenge names any, because a well-known URI serves the metadata alone, the rule does not
    apply. A 403 that names the metadata where the 401 does not is as good.

    Fix: Build the challenges of 401 and 403 in one place, with the same `resource_metadata`.

    Scenario: Both challenges
      Given a scoped operation that succeeds with its scopes
      When a client sends tools/list without a token, and calls the scoped operation with only the base scopes
      Then the challenges of the 401 and the 403 name the same metadata

  @follows:RS-CHALLENGE-15,RS-CHALLENGE-16
  @RS-CHALLENGE-19 @should:2026-07-28
  Rule: All scopes that an operation needs are asked for in one challenge

    - MCP 2026-07-28 authorization, Runtime Insufficient Scope Errors

    One missing scope after the other costs the user a login each.

    Fix: Find all scopes that the operation needs before refusing, and name them together in `scope`.

    Scenario: With none of its scopes
      Given an operation that needs two scopes
      And a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with none of its scopes
      Then the 403 names all scopes of the operation

  @follows:RS-CHALLENGE-01
  @RS-CHALLENGE-20 @should:2025-06-18+ @derived
  Rule: A refusal tells an outsider nothing about methods, tools and arguments

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction

    Different answers tell an outsider which tools there are, which methods are known and how arguments are read, and so
    where to look for a way in.

    Note: A server that decides about the token first gives the same answer to whatever an outsider asks for. Which answer
    that is, RS-CHALLENGE-01 says.

    Fix: Decide about the token before the content is parsed and the method is looked up, so that the refusal depends on
    nothing but the credentials.

    Scenario: Four requests without a token
      When an outsider asks for a tool, for one that does not exist, for an unknown method, and with broken arguments
      Then every refusal looks the same

  @follows:RS-CHALLENGE-01,RS-TOKEN-05
  @RS-CHALLENGE-22 @must:2025-03-26+
  Rule: Credentials of another scheme open nothing

    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements
    - MCP 2026-07-28 authorization, Access Token Usage, Token Requirements
    - OAuth 2.1-13 section 5.2

    A check that asks whether there is an `Authorization` field, and not what stands in it, is passed by every client that sends one.
    So is one that leaves what it does not know to a proxy that is not there.

    Note: The credentials hold no token in any form. Those that are empty or malformed are for RS-TOKEN-13, and tokens at
    other places for RS-TOKEN-16.

    Fix: Let a request pass only where a token was found, checked and accepted. Whatever else stands in the field is a
    refusal.

    Scenario Outline: Credentials of one scheme
      When a client sends tools/list, its credentials being <credentials>
      Then these credentials open nothing

      Examples:
        | credentials                      |
        | Basic with a name and a password |
        | Negotiate and no ticket          |
        | a scheme that no server knows    |

  @follows:RS-CHALLENGE-01
  @RS-CHALLENGE-23 @must:2025-03-26+
  Rule: No spelling of the path leads past the check

    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements
    - MCP 2025-03-26 authorization, Authorization Flow
    - MCP 2026-07-28 authorization, Access Token Usage, Token Requirements

    Where the check goes by the path as it is written and the router by the path as it is meant, an attacker writes the
    path so that only the router knows it.

    Note: Judged is whether the request is served, not in which form it is refused: most spellings lead nowhere. Where the
    plain request is served without a token, RS-CHALLENGE-01 says so, and this rule does not apply.

    Fix: Have the check run for whatever the handler of MCP is called for: in the handler, or as a middleware of its
    route, and not by a comparison of paths before the router. In a proxy, protect everything and list what is public.

    Scenario Outline: The path of the endpoint
      When a client without a token asks with <spelling>
      Then nothing is given out

      Examples:
        | spelling                                     |
        | a slash more or less at the end of the path  |
        | a doubled slash in the path                  |
        | the path in other case                       |
        | an escaped letter in the path                |
        | escaped slashes in the path                  |
        | a parameter in the path                      |
        | an extension at the end of the path          |
        | a path below the endpoint                    |

  @follows:RS-CHALLENGE-01
  @RS-CHALLENGE-24 @must:2025-03-26+
  Rule: No header field stands in place of a token

    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements
    - MCP 2026-07-28 authorization, Access Token Usage, Token Requirements
    - OAuth 2.1-13 section 5.2

    A server that was written to stand behind a proxy may believe what the proxy tells it in header fields. An attacker who
    reaches the server past the proxy, or through a proxy that passes them on, writes them as well.

    Note: The fields of one kind that different proxies use are sent together. Where the plain request is served without
    a token, RS-CHALLENGE-01 says so, and this rule does not apply.

    Fix: Check the token whatever these fields say. Where a proxy checks it and tells who has logged in, have it remove
    the fields that a client sends, and let the server accept connections of the proxy only.

    Scenario Outline: Fields of one kind
      When a client without a token asks with <field>
      Then nothing is given out

      Examples:
        | field                             |
        | a public path as the original URL |
        | another method in its place       |
        | a user who has logged in          |
        | an identity that a gateway attests |
        | the address of this machine       |
        | the scheme and host of the proxy  |
        | an origin that may call           |

  @follows:RS-CHALLENGE-01
  @RS-CHALLENGE-25 @must:2025-03-26+
  Rule: No method, content type or form of message leads past the check

    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements
    - MCP 2026-07-28 authorization, Access Token Usage, Token Requirements
    - MCP security best practices, Session Hijacking

    A check that reads the message to see whether it takes a token, and reads it otherwise than the server does, is
    passed by a message that the two read differently. One that covers the methods and types that clients use is passed
    by the others.

    Note: Judged is whether the request is served: a result, a stream, a notification that is taken, or the effect of a
    call, where it can be read back. Where the plain request is served without a token, RS-CHALLENGE-01 says so, and this
    rule does not apply.

    Fix: Check the token before the content is parsed, for every HTTP method, content type and protocol version. Exempt
    at most OPTIONS, answer it without looking at its content, and carry nothing out.

    Scenario Outline: Written otherwise
      When a client without a token asks with <what>
      Then nothing is given out

      Examples:
        | what                                    |
        | the method OPTIONS                      |
        | text as content type                    |
        | a form as content type                  |
        | no content type                         |
        | an old protocol version                 |
        | a harmless method before its own        |
        | a harmless method behind its own        |
        | no id                                   |
        | an unknown notification in its place    |
        | a harmless message before it in a batch |

      @in:..2025-11-25
      Examples: with a handshake
        | what                                       |
        | the method HEAD                            |
        | notifications/initialized in its place     |

  @follows:RS-CHALLENGE-01
  @RS-CHALLENGE-26 @must:2025-03-26+
  Rule: The message endpoint of the older transport takes no message without a token

    - MCP 2025-03-26 authorization, Access Token Usage, Token Requirements
    - MCP 2025-03-26 transports, Backwards Compatibility
    - MCP security best practices, Session Hijacking

    The HTTP+SSE transport of 2024-11-05 is often kept beside the newer one. Its stream is opened with a token, and its
    messages go to an endpoint that knows its sessions by an id in the query. Where that endpoint asks for no token,
    an attacker who has read the id in a log acts as the user.

    Note: The stream is opened with a valid token, at `/sse` and below the endpoint; the message goes to the address
    that its first event names. Where neither opens a stream, the rule does not apply.

    Fix: Put the message endpoint behind the same check as the stream, and compare the user of the token with that of
    the session. Or take the older transport down.

    Scenario: A stream that is open
      Given tools/list is accepted with a valid token
      When a client without a token sends tools/list to the message endpoint of an open event stream
      Then no message gets through without a token

  @RS-CHALLENGE-27 @may:2025-11-25+ @derived
  Rule: A challenge does not ask for every scope that there is

    - MCP 2025-11-25 authorization, Scope Selection Strategy
    - MCP security best practices, Scope Minimization

    Clients ask for what the challenge names. Where that is the whole catalogue, each user grants everything at the first
    login, and a stolen token opens everything.

    Note: The scopes of the challenge of tools/list are compared with `scopes_supported` and with the declared
    `base_scopes`. Where the metadata lists nothing that the request does not need, the rule does not apply.

    Fix: Name the scopes that the request needs, and ask for further ones by the 403 of the operation that needs them.

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the challenge does not ask for all that the metadata lists
