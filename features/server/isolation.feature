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
    one and forgotten. A method that the server does not know may be refused as such.

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

    Somebody else who learns the id could read the user's answers from the stream, put messages into the session, or end
    it.

    Note: The other user's token is as good as the first one's: it opens a session of its own. Afterwards the session
    must still serve the user who opened it.

    Fix: Keep `iss` and `sub` of the token with the session and compare them on every request, GET and DELETE included.
    To anybody else the session does not exist: 404.

    Scenario Outline: Another user in an open session
      Given a session of a user
      And another user who can open a session
      When the other user sends <operation> in the first session
      Then nothing is served
      And the session still serves the user who opened it

      Examples:
        | operation                                      |
        | tools/list                                     |
        | tools/call                                     |
        | the GET stream                                 |
        | the GET stream from an earlier event onward    |
        | the DELETE of a session                        |

  @RS-ISO-04 @must:2025-03-26..2025-11-25
  Rule: Session ids are unpredictable and consist of visible ASCII characters

    - MCP 2025-03-26 transports, Session Management
    - MCP security best practices, Session Hijacking

    Ids that can be told from each other's lead strangers to open sessions. Characters beyond visible ASCII break header
    fields and logs on the way.

    Note: A sample of ids is looked at. What varies between them must come to as much as 64 random bits; the estimate
    allows for the size of the sample. That an id cannot be guessed is a MUST since 2025-06-18.

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

  @RS-ISO-11 @must-not:2026-07-28
  Rule: Who calls is never taken from earlier requests on the connection

    - MCP 2026-07-28 basic, Statelessness

    Proxies and pools send the requests of several users over one connection. Whoever came first would lend their name
    to the next.

    Fix: Take the user from the token of the request at hand. Keep nothing about callers on the connection, or in a
    variable that outlives the request.

    Scenario: Two users in turn on one connection
      Given a tool that tells two users apart
      When both users call it in turn on one connection
      Then each answer is that of the user whose token was presented

  @RS-ISO-12 @must-not:2025-11-25+
  Rule: Who calls is taken from the verified token, not from values that the client supplies

    - MCP 2025-11-25 elicitation, Identifying the User
    - MCP 2026-07-28 basic, General fields

    Whatever the client writes can be made up. A server that believes a name in it acts for whomever the caller likes.

    Note: The values are those in which the answers for two users differ, under the names they have there. A request
    that is refused because of them keeps the rule.

    Fix: Take the user from `iss` and `sub` of the verified token, and from nothing else: not from arguments, `_meta`,
    `clientInfo`, cookies, or header fields such as `X-User`.

    Scenario Outline: Another user's name
      Given a tool that tells two users apart
      When a user calls it with another user's values in <place>
      Then each answer is that of the user whose token was presented, or a refusal

      Examples: at every revision
        | place         |
        | the arguments |
        | _meta         |
        | header fields |
        | cookies       |

      @in:2026-07-28
      Examples: where each request names its client
        | place      |
        | clientInfo |
