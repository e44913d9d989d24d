Feature: Keeping users apart

  Who calls is what the verified token of this one request says: not the session it names, not the connection it came
  by, and nothing that the client writes into it.

  @follows:RS-CHALLENGE-01
  @RS-ISO-01 @must:2025-06-18+
  Rule: Every inbound request is verified, whatever its method and whatever kind of message it carries

    - MCP security best practices, Session Hijacking
    - MCP 2026-07-28 security best practices, State Handle Hijacking

    A method, a path or a kind of message that the check does not cover is a way in beside it.

    Note: Looked for are also the two endpoints of the older HTTP+SSE transport, which is often hosted beside the newer
    one and forgotten. A method that the server does not know may be refused as such. What counts as served is a JSON-RPC
    result, an event stream, a message that is taken (2xx without content) or the end of a session: a page that answers
    every path with 200 serves nothing.

    Fix: Put the check before the router, so that it covers every method and every path. Take the endpoints of HTTP+SSE
    down, or put them behind the same check.

    Scenario Outline: Without a token
      Given tools/list is accepted with a valid token
      When <request> comes in without a token
      Then nothing gets through

      Examples:
        | request                             |
        | a POST of a request                 |
        | a POST of a notification            |
        | a POST of a response                |
        | a GET                               |
        | a DELETE                            |
        | a PUT                               |
        | a PATCH                             |
        | a GET of the old event stream       |
        | a POST to the old message endpoint  |

  @follows:RS-CHALLENGE-01,RS-TOKEN-04
  @RS-ISO-02 @must-not:2025-06-18..2025-11-25
  Rule: A session id is no means of authentication

    - MCP security best practices, Session Hijacking

    A session id stands in a header field of each request, gets into logs, and may be guessed. If it were enough,
    whoever has it would be the user.

    Fix: Verify the token of each request, also where `Mcp-Session-Id` names an open session, and answer 401 without
    one.

    Scenario Outline: The id of an open session without a token
      Given a session of a user
      When the session id is presented with <operation> and without a token
      Then nothing is served

      Examples:
        | operation               |
        | tools/list              |
        | tools/call              |
        | the GET stream          |
        | the DELETE of a session |

  @RS-ISO-03 @should:2025-06-18..2025-11-25
  Rule: A session is bound to the user who opened it

    - MCP security best practices, Session Hijacking

    Another user who learns the id could read the user's answers from the stream, or end the session.

    Note: The other user's token is as good as the first one's: it opens a session of its own. Judged is what becomes of
    the first user's session and messages. A server that keys sessions by user and id may well answer the other user; that
    it refuses is RS-ISO-16. A stream is resumed from an event of the first user's, where the server gives its events ids.

    Fix: Keep `iss` and `sub` of the token with the session and compare them on every request, GET and DELETE included.
    To any other user the session does not exist: 404.

    Scenario: Another user ends it
      Given a session of a user
      And another user who can open a session
      When the other user sends the DELETE of a session in the first session
      Then the session still serves the user who opened it

    Scenario: Another user resumes a stream of it
      Given a session of a user with streams that can be resumed
      And another user who can open a session
      When the other user resumes the first stream in the first session
      Then no message of the first user's comes

  @RS-ISO-04 @must:2025-03-26..2025-11-25
  Rule: Session ids are unpredictable and consist of visible ASCII characters

    - MCP 2025-03-26 transports, Session Management
    - MCP security best practices, Session Hijacking

    Ids that can be told from each other's lead strangers to open sessions. Characters beyond visible ASCII break header
    fields and logs on the way.

    Note: A sample of ids is looked at. What varies between them must come to as much as 64 random bits; the estimate
    allows for the size of the sample. That an id cannot be guessed is a MUST since 2025-06-18; before it is RS-ISO-19.

    Fix: Take 128 bits from a cryptographic random source and write them in hex or base64url, or use random UUIDs
    (version 4): no counters, no times, no names.

    Scenario: Characters
      When a client opens many sessions
      Then each session id consists of characters from 0x21 to 0x7E

    @in:2025-06-18..2025-11-25
    Scenario: What varies
      When a client opens many sessions
      Then no session id can be guessed from the others

  @follows:RS-CHALLENGE-01
  @RS-ISO-05 @must-not:2026-07-28
  Rule: A state handle is no means of authentication

    - MCP 2026-07-28 security best practices, State Handle Hijacking

    A handle is an ordinary argument. It passes through prompts, logs and other tools, and whoever picks it up would be
    the user.

    Fix: Verify the token of each request. A handle says what to work on, and never who asks.

    Scenario: A handle without a token
      Given a state handle of a user
      When the handle is used without a token
      Then nothing is served

  @RS-ISO-06 @should:2026-07-28
  Rule: A state handle is bound to the user who got it

    - MCP 2026-07-28 security best practices, State Handle Hijacking
    - MCP 2026-07-28 tools, Stateful Tools

    Another user who learns or guesses a handle would read and change what is behind it.

    Fix: Store state under the user and the handle together, the user being `iss` and `sub` of the verified token, and
    answer anybody else as if there were no such handle.

    Scenario: A handle with the token of another user
      Given a state handle of a user
      When the handle is used by another user
      Then nothing is served

  @RS-ISO-07 @should:2026-07-28
  Rule: State handles come from a secure random source

    - MCP 2026-07-28 security best practices, State Handle Hijacking

    Handles that count up, or that hold a time, can be tried one after the other.

    Fix: Take 128 bits from a cryptographic random source for each handle, and let handles expire.

    Scenario: What varies
      Given a state handle of a user
      When a client gets many state handles
      Then no state handle can be guessed from the others

  @RS-ISO-08 @must:2026-07-28
  Rule: A requestState that was altered is refused

    - MCP 2026-07-28 multi round-trip requests, Server Requirements (Basic Workflow)

    The state comes back by way of the client, where it can be rewritten: to skip a question, or to go on with something
    else than was asked about.

    Note: Integrity may go unprotected only where tampering can cause nothing worse than a failed request, which the
    operator says by naming no tool that demands input.

    Fix: Protect `requestState` with an HMAC or authenticated encryption under a key of the server, verify it before
    anything in it is read, and answer with an error where that fails.

    Scenario Outline: Altered on the way back
      Given a demand for input with a requestState
      When the call is repeated with a requestState that is <alteration>
      Then nothing is served

      Examples:
        | alteration                    |
        | changed in the middle         |
        | shortened by its second half  |
        | replaced by another text      |

  @RS-ISO-09 @should:2026-07-28
  Rule: A requestState is good only for the user and the request it was made for

    - MCP 2026-07-28 multi round-trip requests, Server Requirements (Basic Workflow)

    A state that is good everywhere lets one user go on with what another one confirmed, or confirm one thing and have
    another done.

    Note: A short expiry belongs to it as well; how short is the server's choice, so it is not waited for.

    Fix: Put the user, the method, a digest of the arguments and a short expiry into what `requestState` protects, and
    compare each when it comes back.

    Scenario Outline: Taken elsewhere
      Given a demand for input with a requestState
      When the call is repeated <elsewhere>
      Then nothing is served

      Examples:
        | elsewhere               |
        | by another user         |
        | with other arguments    |

  @RS-ISO-10 @must:2025-11-25+
  Rule: A task belongs to the user who created it

    - MCP 2025-11-25 tasks, Task Isolation and Access Control
    - MCP extension io.modelcontextprotocol/tasks, Auth binding

    Where nobody looks at who asks, the id of a task is enough to read its result or to stop it.

    Fix: Keep `iss` and `sub` of the token with the task. To anybody else `tasks/get`, `tasks/result`, `tasks/update`
    and `tasks/cancel` answer as for an unknown task, and `tasks/list` leaves it out.

    Scenario Outline: Another user
      Given a task of a user
      When another user sends <method> for that task
      Then nothing of the task is served

      Examples: at every revision
        | method       |
        | tasks/get    |
        | tasks/cancel |

      @in:2025-11-25
      Examples: at the revision that has them in its core
        | method       |
        | tasks/result |
        | tasks/list   |

      @in:2026-07-28
      Examples: as an extension
        | method       |
        | tasks/update |

  @RS-ISO-11 @must-not:2025-03-26+
  Rule: Who calls is never taken from earlier requests on the connection

    - MCP 2025-03-26 authorization, Token Requirements
    - MCP 2026-07-28 basic, Statelessness
    - OAuth 2.1-13 section 5.2

    Proxies and pools send the requests of several users over one connection. Whoever came first would lend their name
    to the next.

    Note: Where the revision has sessions, each user comes in a session of their own. Before 2026-07-28 no sentence speaks
    of the connection: a token that is not looked at because an earlier one was is a token that is not validated.

    Fix: Take the user from the token of the request at hand. Keep nothing about callers on the connection, or in a
    variable that outlives the request.

    Scenario: Two users in turn on one connection
      Given a tool that tells two users apart
      When both users call it in turn on one connection
      Then each answer is that of the user whose token was presented

  @RS-ISO-12 @must-not:2025-11-25+
  Rule: Who calls is taken from the verified token, not from values that the client supplies

    - MCP 2025-11-25 elicitation, Identifying the User

    Whatever the client writes can be made up. A server that believes a name in it acts for whomever the caller likes.

    Note: The values are those in which the answers for two users differ, under the names they have there. A request
    that is refused because of them keeps the rule.

    Fix: Take the user from `iss` and `sub` of the verified token, and from nothing else: not from arguments, `_meta`,
    cookies, or header fields such as `X-User`.

    Scenario Outline: Another user's name
      Given a tool that tells two users apart
      When a user calls it with another user's values in <place>
      Then each answer is that of the user whose token was presented, or a refusal

      Examples:
        | place         |
        | the arguments |
        | _meta         |
        | header fields |
        | cookies       |

  @follows:RS-ISO-12
  @RS-ISO-14 @should-not:2026-07-28
  Rule: clientInfo decides nothing about who calls

    - MCP 2026-07-28 basic, Per-request protocol fields

    A client says of itself what it likes. The field is for display and logs.

    Note: Name and further members are those in which the answers for two users differ.

    Fix: Take the user from `iss` and `sub` of the verified token. Log `clientInfo`, and do not look at it otherwise.

    Scenario: Another user's name
      Given a tool that tells two users apart
      When a user calls it with another user's values in clientInfo
      Then each answer is that of the user whose token was presented, or a refusal

  @RS-ISO-15 @must-not:2025-06-18..2025-11-25
  Rule: A session does not lend its user to others

    - MCP security best practices, Session Hijacking

    Where the user is remembered with the session and the token of the request is only checked for being good, any user
    who learns an id acts as the one who opened the session.

    Note: The other user calls the tool that tells who calls. A refusal keeps the rule, and so does the other user's own
    answer.

    Fix: Take the user from the token of each request. What is kept with a session is compared with it, and never used in
    its place.

    Scenario: Another user asks in it who calls
      Given a tool that tells two users apart
      And a session of a user
      When the other user asks in the first session who calls
      Then no answer is the first user's

  @follows:RS-ISO-03,RS-ISO-15
  @RS-ISO-16 @should:2025-06-18..2025-11-25 @derived
  Rule: A session is not there for any user but its own

    - MCP security best practices, Session Hijacking

    What is served is not always seen: messages that one user puts into another's session, or takes from its stream, show
    nowhere. A server that refuses has nothing to go wrong behind the check.

    Note: The sources ask for the binding and not for the refusal, see RS-ISO-03 and RS-ISO-15.

    Fix: Keep `iss` and `sub` of the token with the session, and answer 404 to any other user, on every method.

    Scenario Outline: Another user in an open session
      Given a session of a user
      And another user who can open a session
      When the other user sends <operation> in the first session
      Then nothing is served

      Examples:
        | operation               |
        | tools/list              |
        | tools/call              |
        | the GET stream          |
        | the DELETE of a session |

  @RS-ISO-17 @should:2025-03-26..2025-11-25 @derived
  Rule: A new token of the same user continues a session

    - MCP 2025-03-26 transports, Session Management
    - MCP security best practices, Session Hijacking
    - OAuth 2.1-13 section 4.3

    Access tokens are short-lived. A session that is good for the very token only that opened it breaks each time the
    client refreshes, and clients that are answered 401 send their user to log in again.

    Note: The second token is what a client gets when it refreshes: the same user, client, scopes and audience. It is
    accepted in a session of its own first.

    Fix: Bind the session to `iss` and `sub` of the token, not to the token, its `jti` or its hash.

    Scenario: The client has refreshed
      Given a session of a user
      And tools/list is accepted with a token that the same user got later
      When the user goes on in the session with a second token
      Then the session serves its user

  @RS-ISO-18 @should:2025-06-18..2025-11-25 @derived
  Rule: A session id is chosen by the server

    - MCP security best practices, Session Hijacking
    - MCP 2025-06-18 transports, Session Management

    An attacker who can have a client use a chosen id knows the id of the session that comes of it.

    Note: Refusing such a request, or opening the session under another id, keeps the rule.

    Fix: Make the id at `initialize`, and take none from the request.

    Scenario: An id of the client's own choosing
      Given a session of a user
      When a client opens a session under an id of its own choosing
      Then the server does not adopt the id

  @RS-ISO-19 @should:2025-03-26
  Rule: Session ids are globally unique and cryptographically secure

    - MCP 2025-03-26 transports, Session Management

    Ids that can be told from each other's lead strangers to open sessions.

    Note: A sample of ids is looked at, as for RS-ISO-04.

    Fix: Take 128 bits from a cryptographic random source and write them in hex or base64url, or use random UUIDs
    (version 4): no counters, no times, no names.

    Scenario: What varies
      When a client opens many sessions
      Then no session id can be guessed from the others

  @RS-ISO-20 @must-not:2025-03-26..2025-11-25
  Rule: Messages of one stream are not replayed on another

    - MCP 2025-03-26 transports, Resumability and Redelivery
    - MCP 2025-11-25 transports, Resumability and Redelivery

    A store of events that forgets to which stream each belongs hands the answers of one request, or of one client, to
    whichever stream is resumed.

    Note: Two requests are answered on a stream each, and the first one is resumed from its first event. A server that
    answers with JSON, or gives its events no ids, has nothing to resume.

    Fix: Store with each event the stream it belongs to, and replay by `Last-Event-ID` those of the same stream only.

    Scenario: The first of two streams is resumed
      Given a session of a user with streams that can be resumed
      When the user resumes the first stream
      Then no message of the second stream comes

  @RS-ISO-21 @should-not:2025-11-25
  Rule: Tasks are not listed where requestors cannot be told apart

    - MCP 2025-11-25 tasks, Task Isolation and Access Control

    A list of tasks shows every requestor the tasks of all others, however well their ids are made.

    Note: A client without a token asks for the list.

    Fix: Take a token for `tasks/list`, or leave the capability `tasks.list` out.

    Scenario: Without a token
      When a client without a token lists the tasks
      Then nothing gets through

  @RS-ISO-22 @must:2026-07-28
  Rule: A requestState that must be used once is used once

    - MCP 2026-07-28 multi round-trip requests, Server Requirements (Basic Workflow)

    Integrity and expiry do not make a state single-use: what was redeemed with it could be redeemed again.

    Note: Which tool sends such a state is declared; where none is, the rule does not apply.

    Fix: Remember on the server which states were used, until they expire, in a store that all instances share.

    Scenario: The same state twice
      Given a requestState that must be used once and was used
      When the call is repeated with the requestState that was used
      Then nothing is served

  @follows:RS-CHALLENGE-01
  @RS-ISO-23 @must:2025-03-26+
  Rule: Nothing that the server offers is served without a token

    - MCP 2025-03-26 authorization, Authorization Flow
    - MCP security best practices, Session Hijacking
    - MCP 2026-07-28 security best practices, State Handle Hijacking

    A check that stands in one handler guards this handler. Tools that were added later, resources and prompts lie open
    beside it.

    Note: What the server offers is asked with a valid token first, and what succeeds is the control: the tools that
    call themselves read-only and need no arguments, those that are declared, resources, prompts, completion, logging,
    `ping` where its answer holds something, subscriptions. What is declared as public is left out. Where `tools/list`
    itself is served without a token, RS-CHALLENGE-01 says so, and this rule does not apply.

    Fix: Put the check before the dispatch of JSON-RPC methods, so that a method that is added later is guarded as well.

    Scenario: All that is offered
      Given what the server offers
      When a client without a token asks for all of it
      Then nothing gets through

  @follows:RS-JWT-04
  @RS-ISO-24 @must:2025-03-26+
  Rule: Nothing that the server offers is served with a bad token

    - MCP 2025-03-26 authorization, Token Handling
    - MCP 2025-06-18 authorization, Token Handling
    - OAuth 2.1-13 section 5.2

    A handler that looks whether there is a token, and not whether it is good, serves every caller.

    Note: The token has a broken signature. What is declared as public is left to RS-ISO-25; where `tools/list` itself is
    served with the token, the rules about tokens say so, and this one does not apply.

    Fix: Verify the token in one place, before the dispatch of JSON-RPC methods.

    Scenario: All that is offered
      Given what the server offers
      When a client with a bad token asks for all of it
      Then nothing gets through

  @RS-ISO-25 @must:2025-03-26+
  Rule: A bad token at a public operation is refused, not ignored

    - MCP 2025-03-26 authorization, Token Handling
    - MCP 2025-06-18 authorization, Token Handling

    A client whose token has expired takes what it is shown for what its user may see, and never learns that it should
    refresh. Servers that fall back to an anonymous caller do so at operations that show more to users, too.

    Note: “Invalid or expired tokens MUST receive a HTTP 401 response” makes no exception for operations that need no
    token. Operations that the server does not serve without a token are no matter here, nor is a server that accepts the
    bad token where one is needed.

    Fix: Where an `Authorization` field is there, verify it, at public operations too, and answer 401 with
    `error="invalid_token"` when that fails. Only a request without the field is anonymous.

    Scenario Outline: A public operation with a bad token
      Given operations that are public, and others that are not
      When a client asks for what is public with <token>
      Then the token is not ignored

      Examples:
        | token                           |
        | a token that has expired        |
        | a token with a broken signature |
