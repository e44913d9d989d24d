Feature: HTTP in front of MCP

  What protects a server from web pages that its user happens to visit, from the network, and from gateways that read
  another part of the request than the server does.

  @RS-HTTP-01 @must:2025-03-26+
  Rule: A request from a foreign origin is refused

    - MCP 2025-03-26 transports, Security Warning
    - MCP 2026-07-28 streamable HTTP, Security & Endpoint

    Any page that a user visits can send requests to servers on the user's machine or network, and by DNS rebinding read
    the answers too. What tells such a request apart is the origin that the browser names.

    Note: Host is left as it is, and the token is valid: only the origin can be the reason. Origins on the host of the
    server count as foreign only when the operator has declared which are allowed. Two Origin fields at once are not
    judged: no browser sends them, and the specification speaks of one.

    Fix: Compare `Origin`, where it is present, as a whole with a list of allowed origins: scheme, host and port. Refuse
    everything else, `null` and several values included.

    Scenario Outline: One foreign origin
      Given tools/list is accepted with a valid token
      When a web page of <origin> sends tools/list with a valid token
      Then the request is refused

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

    Fix: Check `Origin` before the token, and answer 403 where it is not allowed.

    Scenario Outline: One foreign origin
      Given tools/list is accepted with a valid token
      When a web page of <origin> sends tools/list with a valid token
      Then the answer is 403

      Examples:
        | origin                   |
        | http://evil.example      |
        | null                     |
        | a host that begins alike |

  @follows:RS-TOKEN-01
  @RS-HTTP-03 @must:2025-03-26+ @derived
  Rule: Requests without an origin and from an allowed one are served

    - MCP 2025-11-25 transports, Security Warning

    Clients that are no browsers send no origin. A check that refuses these, or the server's own web client, shuts out
    the people whom it is there to protect.

    Fix: Let a request without `Origin` pass the check, and list the origin of each web client that is allowed, with its
    scheme and port.

    Scenario: Without Origin
      When a client sends tools/list with a valid token
      Then the request is accepted

    Scenario: From an allowed origin
      When a web page of each allowed origin sends a request with a valid token
      Then the request is accepted

  @RS-HTTP-04 @should:2025-06-18+ @derived
  Rule: A server on this machine refuses requests for a host that is not local

    - MCP security best practices, Local MCP Server Compromise

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

    Note: Where the scope is missing as well, a refusal for that is as good.

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
    - MCP security best practices, Local MCP Server Compromise

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
