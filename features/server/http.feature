Feature: HTTP in front of MCP

  What protects a server from web pages that its user happens to visit, from the network, and from gateways that read
  another part of the request than the server does.

  @RS-HTTP-01 @must:2025-03-26+
  Rule: A request from a foreign origin is refused

    - MCP 2025-03-26 transports, Security Warning
    - MCP 2026-07-28 streamable HTTP, Security & Endpoint

    Any page that a user visits can send requests to servers on the user's machine or network, and by DNS rebinding read
    the answers too. What tells such a request apart is the origin that the browser names.

    Note: Host is left as it is, and the token is valid: only the origin can be the reason. Refused is what is not
    served, also by a JSON-RPC error; the status is RS-HTTP-02. Which origins are valid is for the server to define:
    `allowed_origins = ["*"]` takes the rule away, and `null` and origins on the host of the server count as foreign only
    when the operator has declared which are allowed. Two Origin fields at once are not judged: no browser sends them,
    and the specification speaks of one.

    Fix: Compare `Origin`, where it is present, as a whole with a list of allowed origins: scheme, host and port. Refuse
    everything else, `null` and several values included.

    Scenario Outline: One foreign origin
      Given tools/list is accepted with a valid token
      When a web page of <origin> sends tools/list with a valid token
      Then the page is not served

      Examples:
        | origin                   |
        | http://evil.example      |
        | null                     |
        | a host that begins alike |
        | another port             |
        | the other scheme         |

  @follows:RS-HTTP-01
  @RS-HTTP-02 @must:2025-11-25+
  Rule: A foreign origin is answered with HTTP 403

    - MCP 2025-11-25 transports, Security Warning
    - MCP 2026-07-28 streamable HTTP, Security & Endpoint

    A 401 would send the page to log in, and a 400 reads as a broken request. The 403 says that from there nothing will
    be served.

    Note: Where the page is served, RS-HTTP-01 says so, and this rule does not apply.

    Fix: Check `Origin` before the token, and answer 403 where it is not allowed.

    Scenario Outline: One foreign origin
      Given tools/list is accepted with a valid token
      When a web page of <origin> sends tools/list with a valid token
      Then the page is refused with 403

      Examples:
        | origin                   |
        | http://evil.example      |
        | null                     |
        | a host that begins alike |

  @follows:RS-TOKEN-01
  @RS-HTTP-03 @must:2025-03-26+ @derived
  Rule: Requests from an allowed origin are served

    - MCP 2025-11-25 transports, Security Warning

    A check that refuses the server's own web client shuts out the people whom it is there to protect.

    Note: It applies where the operator names the origins that may call. That a request without an origin is served,
    RS-TOKEN-01 says.

    Fix: Let a request without `Origin` pass the check, and list the origin of each web client that is allowed, with its
    scheme and port.

    Scenario: From an allowed origin
      Given tools/list is accepted with a valid token
      When a web page of each allowed origin sends a request with a valid token
      Then the request is accepted

  @RS-HTTP-04 @should:2025-06-18+ @derived
  Rule: A server on this machine refuses requests for a host that is not local

    - MCP 2025-06-18 transports, Security Warning
    - MCP 2026-07-28 streamable HTTP, Security & Endpoint

    A page whose name an attacker points at this machine sends no foreign origin. The name in Host gives it away.

    Fix: On a server for one machine, accept `localhost`, `127.0.0.1` and `[::1]` with its own port in `Host`, and
    answer any other name with a 4xx.

    Scenario: For evil.example
      Given tools/list is accepted with a valid token
      When a client addresses tools/list with a valid token to the host evil.example
      Then the request is refused

  @RS-HTTP-05 @should:2025-03-26+
  Rule: A server that runs locally listens on loopback only

    - MCP 2025-03-26 transports, Security Warning

    A socket that is bound to all interfaces is open to everybody in the same network, in a café as well as at home.

    Fix: Bind to 127.0.0.1 or ::1 unless the operator asks for more. In a container, publish the port on loopback.

    Scenario: Its listening sockets
      When the listening sockets of the server are looked at
      Then all of them are bound to loopback

  @RS-HTTP-06 @must:2026-07-28
  Rule: A request whose header fields and content differ is refused

    - MCP 2026-07-28 streamable HTTP, Server Validation

    A gateway that decides by the header field lets through what the server then reads in the content: a harmless tool
    outside, and another one inside.

    Note: Where the scope is missing as well, a refusal for that is as good. So is a 4xx without any JSON-RPC:
    intermediaries may compare the two as well, and need not know JSON-RPC (Server Validation, note).

    Fix: Compare `Mcp-Method` with `method`, and `Mcp-Name`, decoded where it is in Base64, with `params.name` or
    `params.uri`. Where they differ, answer 400 with the JSON-RPC error -32020.

    Scenario Outline: With a token that suffices for one of the two
      Given a scoped operation that succeeds with its scopes
      When a client names <header> in the header and <content> in the body, with only the base scopes
      Then the mismatch or the missing scope is refused

      Examples:
        | header                       | content           |
        | the harmless tool            | the scoped tool   |
        | the harmless tool in Base64  | the scoped tool   |
        | the scoped tool              | the harmless tool |

    Scenario: Without regard to scopes
      Given tools/call is accepted with a valid token
      When a client names another tool in the header than in the body, with a valid token
      Then the mismatch is refused

    Scenario: With a token that suffices for both
      Given a scoped operation that succeeds with its scopes
      When a client names the harmless tool in the header and the scoped tool in the body, with all its scopes
      Then the mismatch is refused

  @follows:RS-CHALLENGE-01
  @RS-HTTP-07 @should:2025-03-26+
  Rule: Nobody is served without a token unless it is declared public

    - MCP 2025-03-26 transports, Security Warning
    - MCP 2026-07-28 streamable HTTP, Security & Endpoint

    A server that serves anybody is open to every process on its machine and to everybody in its network.

    Fix: Demand a token for every operation, the handshake included, and answer 401 without one. What is public on
    purpose belongs in the subject file.

    Scenario Outline: Without a token
      When an outsider tries <operation>
      Then nobody is served

      Examples:
        | operation  |
        | tools/list |
        | tools/call |

      @in:..2025-11-25
      Examples: with a handshake
        | operation  |
        | initialize |

      @in:2026-07-28
      Examples: stateless
        | operation       |
        | server/discover |

  @RS-HTTP-08 @must:2026-07-28
  Rule: A request that lacks a required header field, or whose method or version differs from the content, is refused

    - MCP 2026-07-28 streamable HTTP, Server Validation
    - MCP 2026-07-28 streamable HTTP, Protocol Version Header

    A gateway that counts, routes or forbids by method goes by the field. Where the server does not look whether it is
    there and right, the client that writes the request chooses what the gateway sees.

    Note: The token is valid and the tool is harmless. A missing MCP-Protocol-Version is not probed: a server may take
    such a request for one of 2025-03-26. A 4xx without any JSON-RPC is as good as the error of the server, see
    RS-HTTP-06, and to a version in the content that it does not implement the server may say that. Fields for
    parameters (`Mcp-Param-…`) are not probed.

    Fix: Before a message is dispatched, require `Mcp-Method`, and `Mcp-Name` for `tools/call`, `resources/read` and
    `prompts/get`, and compare `Mcp-Method` with `method` and `MCP-Protocol-Version` with the version in `_meta`.
    Answer 400 with the JSON-RPC error -32020.

    Scenario Outline: With a valid token
      Given tools/call is accepted with a valid token
      When a client sends tools/call with a valid token, and <difference>
      Then the mismatch is refused

      Examples:
        | difference                                     |
        | another method in the header than in the body  |
        | another version in the body than in the header |
        | no Mcp-Method                                  |
        | no Mcp-Name                                    |

  @RS-HTTP-09 @should:2025-03-26+ @derived
  Rule: A page of another origin that may call passes the preflight of its browser

    - Fetch standard, CORS protocol

    Before a browser sends a token to another origin it asks by OPTIONS, without one. A server that asks for a token there
    shuts out the pages that it allows.

    Note: It applies where the operator names an origin other than the server's own in `allowed_origins`, or the server
    allows one in its answers.

    Fix: Answer OPTIONS before the token is checked, with 204, `Access-Control-Allow-Origin` and an
    `Access-Control-Allow-Headers` that names `Authorization`: `*` does not stand for it.

    Scenario: Before a request with a token
      When a browser asks whether a page of another origin may call, and the page calls without a token
      Then the browser lets the page send its token

  @follows:RS-HTTP-09
  @RS-HTTP-10 @should:2025-03-26+ @derived
  Rule: A page of another origin that may call can read the challenge

    - Fetch standard, CORS protocol
    - RFC 9728 section 5.1

    A browser hides `WWW-Authenticate` from pages of other origins unless the server says otherwise. Without it a client in
    a page does not learn where to log in.

    Note: It applies where the operator names an origin other than the server's own in `allowed_origins`, or the server
    allows one in its answers.

    Fix: Send `Access-Control-Allow-Origin` and `Access-Control-Expose-Headers: WWW-Authenticate` with the 401 too, and
    `Mcp-Session-Id` among them where there are sessions.

    Scenario: The 401
      When a browser asks whether a page of another origin may call, and the page calls without a token
      Then the page can read the challenge

  @RS-HTTP-11 @should-not:2025-03-26+ @derived
  Rule: Pages of any origin are not allowed to send the cookies of a user

    - Fetch standard, CORS protocol
    - MCP 2025-03-26 transports, Security Warning

    A server that repeats whatever origin it is told and allows credentials lets any page that a user visits act with the
    cookies of that user, if not now then from the day on which some page of the server sets one.

    Fix: Leave `Access-Control-Allow-Credentials` out: tokens are no credentials in its sense. Name allowed origins from
    a list and do not repeat `Origin`.

    Scenario: An unknown page
      When a browser asks whether a page of another origin may call, and the page calls without a token
      Then no unknown page may send cookies

  @RS-HTTP-12 @should-not:2025-03-26+ @derived
  Rule: What a user is answered is not marked for caches that users share

    - RFC 9111 section 3.5
    - RFC 9111 section 5.2.2

    A shared cache may keep an answer to a request with a token only where it is told so. Told so, it may give one user
    what another user asked for.

    Fix: Send `Cache-Control: no-store`, or `private`, with whatever a token was needed for.

    Scenario Outline: With a valid token
      Given <operation> is accepted with a valid token
      When a client sends <operation> with a valid token
      Then the answer is not marked for shared caches

      Examples:
        | operation  |
        | tools/list |
        | tools/call |
