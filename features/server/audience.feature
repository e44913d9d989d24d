Feature: Tokens that are meant for this server

  @follows:RS-TOKEN-09
  @RS-AUD-01 @must:2025-06-18+
  Rule: A token of the trusted issuer that is meant for another resource is refused

    - MCP 2025-06-18 authorization, Access Token Usage, Token Handling
    - RFC 8707 section 2
    - RFC 9068 section 4
    - RFC 7519 section 4.1.3

    A token that another service of the same issuer was given, or that leaked there, would open this server as well. The
    audience is the one part of a token that says for whom it was made.

    Note: Signature, issuer, expiry and scope are right; only the audience is another. Some of the tokens name this server
    in a claim that is no audience. That the answer is 401 and not 403 is RS-CHALLENGE-10.

    Fix: Compare `aud` with the identifier of this server on every request; many libraries skip the check unless they
    are told which audience to expect. On Cognito `aud` is the `resource` of the authorization request, and a look at
    `client_id` is no substitute.

    Scenario Outline: With a token for somebody else
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                       |
        | a token for another host                    |
        | a token for another path on the same origin |
        | a token for another port                    |
        | a token for the issuer itself               |
        | a token for the client that asked for it    |
        | a token for an upstream API                 |
        | a token for two other resources             |
        | a token whose audience is account           |
        | a token for another host whose client_id names this server |
        | a token for another host whose azp names this server |

  @follows:RS-AUD-01,RS-TOKEN-09
  @RS-AUD-02 @must:2025-06-18+
  Rule: A token without an audience is refused

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction
    - RFC 8725 section 3.9

    A server that looks at the audience only where there is one accepts every token that has none, whoever it was made
    for.

    Note: A server that has another sound way to know that it is the recipient has to declare it.

    Fix: Require `aud`, as a string or as an array of strings with something in it, before it is compared. Cognito
    leaves `aud` out when the authorization request had no `resource`: refuse such a token with 401.

    Scenario Outline: With a token that names nobody
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                   |
        | a token without an audience             |
        | a token whose audience is null          |
        | a token whose audience is a number      |
        | a token whose audience is an object     |
        | a token whose audience is an empty array |
        | a token whose audience is an empty string |
        | a token without an audience whose client_id names this server |

  @follows:RS-TOKEN-01
  @RS-AUD-03 @should:2025-06-18+ @derived
  Rule: The audience may be a string or an array

    - RFC 7519 section 4.1.3

    Issuers write the audience in either form, and may change from one to the other. A server that reads only one turns
    good tokens away.

    Note: RFC 7519 says what an issuer may write. No sentence binds a server to the form that its own issuer does not use.
    Whether a token for several audiences is accepted is for the server to decide, and is not judged.

    Fix: Read `aud` as a string or as an array of strings, and look for the identifier of the server among them.

    Scenario Outline: With an audience in either form
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the request is accepted

      Examples:
        | token                                    |
        | a token whose audience is a string       |
        | a token whose audience is an array of one |

  @follows:RS-AUD-01,RS-TOKEN-09
  @RS-AUD-04 @must:2025-06-18+
  Rule: The audience is matched exactly

    - RFC 9068 section 4
    - RFC 7519 section 4.1.3
    - MCP 2025-06-18 authorization, Access Token Privilege Restriction

    Where part of a name is enough, an attacker takes a name that has this part, such as the same host with
    `.evil.example` behind it, and uses here what was issued for there.

    Note: A trailing slash and letter case of the host are not judged here: MCP asks for some tolerance there. Case of
    the path is RS-AUD-10, and what lies above the resource RS-AUD-08.

    Fix: Compare the whole string with one of the identifiers of this server, with scheme and host in lower case on both
    sides: no prefix, no search within the text, no splitting at spaces, no path below, no query cut off.

    Scenario Outline: With a token for something that looks alike
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                          |
        | a token for a longer name                      |
        | a token for a path below                       |
        | a token for the resource with a query          |
        | a token for the other scheme                   |
        | a token for a host that begins alike           |
        | a token with the host as user name of another  |
        | a token with the origin as user name of another |
        | a token with the resource in the query of another |
        | a token with several names in one string       |

  @follows:RS-AUD-01
  @RS-AUD-05 @must:2025-06-18+
  Rule: The expected audience does not follow the request

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction
    - MCP 2025-06-18 authorization, Token Audience Binding and Validation

    A client chooses the Host and the forwarding fields of its requests. If the server takes its own name from there, a
    token for the attacker's host passes, because the request says that this is that host.

    Note: The token names the host with https; with http it is RS-AUD-11. A server that accepts the token without the field
    is RS-AUD-01, and this rule does not apply to it.

    Fix: Take the expected audience from the configuration, never from `Host`, `X-Forwarded-Host` or `Forwarded`.

    Scenario Outline: With a token for the host that the request names
      Given tools/list is accepted with a valid token
      And tools/list is refused with a token for evil.example
      When a client sends tools/list with a token for evil.example, and <field>
      Then the token is refused

      Examples:
        | field                          |
        | Host: evil.example             |
        | X-Forwarded-Host: evil.example |
        | Forwarded: host=evil.example   |

  @follows:RS-TOKEN-01
  @RS-AUD-06 @should:2025-06-18+ @derived
  Rule: Upper case in the scheme or host of an audience is tolerated

    - MCP 2025-06-18 authorization, Canonical Server URI
    - RFC 3986 section 6.2.2.1

    The scheme and the host of a URL mean the same in any case. A user who typed the address in capitals would get
    tokens that nobody takes.

    Note: MCP asks for this tolerance of the URI of a server; that it holds for the audience, which is this URI, is derived.
    In tension with exact comparison, which RFC 9728 asks for. A trailing slash is treated in the same spirit: it is
    neither asked for nor held against a server.

    Fix: Lower the case of scheme and host on both sides before comparing, and of nothing else: paths are sensitive to
    case.

    Scenario Outline: With the same name in other letters
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the request is accepted

      Examples:
        | token                                                       |
        | a token for the same resource with its host in upper case   |
        | a token for the same resource with its scheme in upper case |

  @follows:RS-PRM-05,RS-PRM-06,RS-PRM-04,RS-TOKEN-01
  @RS-AUD-07 @must:2025-06-18+ @derived
  Rule: The audience that is accepted is the resource that is published

    - MCP 2025-06-18 authorization, Access Token Usage, Token Handling
    - RFC 9728 section 3.3

    A server that publishes one identifier and enforces another sends every client round in a circle of logins: the
    token that it asked for is refused, so the client asks again.

    Fix: Keep the identifier in one setting, and use it both for `resource` in the metadata and for the check of `aud`.

    Scenario: With a token for what the metadata names
      Given tools/list is accepted with a valid token
      When a client sends tools/list with a token for the published resource, as the metadata names it
      Then the request is accepted

  @follows:RS-AUD-04,RS-AUD-01,RS-TOKEN-09
  @RS-AUD-08 @should:2025-06-18+ @derived
  Rule: What lies above the resource is no name of it

    - RFC 8707 section 2
    - RFC 9068 section 4

    Several servers under one origin may share an issuer. A token for the whole origin, or for what lies above, was given
    for something else than this server alone.

    Note: RFC 8707 lets a resource be a base URI, and a server may have several names; documented servers accept the
    origin on purpose. So the rule applies where the operator declares one identifier (`resource`), and is a note even
    there.

    Fix: Compare the whole string with the identifier of this server. A server that means to answer to its origin as well
    declares so, and keeps neighbours with other duties off this origin.

    Scenario Outline: With a token for what lies above
      Given a server with one declared identifier
      And tools/list is accepted with a valid token
      And tools/list is refused with a token for another path on the same origin
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                       |
        | a token for the parent path |
        | a token for the bare origin |

  @follows:RS-TOKEN-09,RS-AUD-01
  @RS-AUD-09 @must:2025-03-26 @derived
  Rule: An audience that names another recipient is not ignored

    - MCP 2025-03-26 authorization, Access Token Usage, Token Handling
    - OAuth 2.1-13 section 5.2
    - RFC 7519 section 4.1.3
    - RFC 9068 section 4

    A token that another service of the same issuer was given, or that leaked there, would open this server as well.

    Note: This revision does not name the audience. OAuth 2.1 has a server check that a token is authorized for what is
    asked, and RFC 7519 has a reader that is not in the audience reject the token. From 2025-06-18 it is RS-AUD-01, and no
    longer derived.

    Fix: Where a token has `aud`, compare it with the identifier of this server.

    Scenario Outline: With a token for somebody else
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                       |
        | a token for another host                    |
        | a token for another path on the same origin |
        | a token for another port                    |
        | a token for the issuer itself               |
        | a token for an upstream API                 |
        | a token for two other resources             |

  @follows:RS-AUD-04,RS-AUD-01,RS-TOKEN-09
  @RS-AUD-10 @should:2025-06-18+ @derived
  Rule: Upper case in the path of an audience makes another name

    - RFC 3986 section 6.2.2.1
    - RFC 7519 section 4.1.3

    Paths are compared with regard to case, so `/MCP` and `/mcp` may be two servers. A server that takes one for the other
    accepts what was issued for its neighbour.

    Note: Hosts that serve two paths which differ in case alone are rare, and many routers do not tell them apart.

    Fix: Lower the case of scheme and host, and of nothing else.

    Scenario: With the path in other letters
      Given tools/list is accepted with a valid token
      And tools/list is refused with a token for another path on the same origin
      When a client sends tools/list with a token for the same resource with its path in upper case
      Then the token is refused

  @follows:RS-AUD-05,RS-AUD-01
  @RS-AUD-11 @must:2025-06-18+
  Rule: The expected audience does not follow the request where its scheme is that of the connection

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction
    - MCP 2025-06-18 authorization, Token Audience Binding and Validation

    Behind a proxy that ends TLS a server sees plain http. One that makes its own name of the connection and of Host
    expects an audience with http.

    Note: The same as RS-AUD-05, with a token that names the host with http. Some authorization servers issue no token for
    such a resource.

    Fix: Take the expected audience from the configuration, never from `Host`, `X-Forwarded-Host` or `Forwarded`.

    Scenario Outline: With a token for the host that the request names
      Given tools/list is accepted with a valid token
      And tools/list is refused with a token for evil.example over http
      When a client sends tools/list with a token for evil.example over http, and <field>
      Then the token is refused

      Examples:
        | field                          |
        | Host: evil.example             |
        | X-Forwarded-Host: evil.example |
        | Forwarded: host=evil.example   |

  @follows:RS-AUD-01,RS-AUD-02
  @RS-AUD-12 @should:2025-06-18+ @derived
  Rule: The claim resource does not stand for the audience

    - MCP 2025-06-18 authorization, Access Token Privilege Restriction
    - RFC 7519 section 4.1.3
    - RFC 9068 section 3

    Where `aud` says for whom a token is, another claim that says otherwise is a second answer to the same question, and
    an issuer that copies the parameter `resource` there unchecked lets the client give it.

    Note: MCP lets a server verify in another way that it is the recipient, and an issuer may mean this claim so. A server
    that is told so by its issuer is right; this is worth knowing, and no more.

    Fix: Read `aud` alone. Where the issuer has no other way to name the recipient than a claim of its own, say so in the
    documentation of the server.

    Scenario Outline: With resource naming this server
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                              |
        | a token for another host whose resource claim names this server    |
        | a token without an audience whose resource claim names this server |
