Feature: Protected resource metadata

  An MCP server publishes which authorization servers issue tokens for it (RFC 9728), so that a client that knows only
  the server's URL can find them.

  @follows:RS-PRM-02
  @RS-PRM-01 @must:2025-06-18+
  Rule: The server publishes protected resource metadata that is readable without credentials

    - MCP 2025-06-18 authorization, Authorization Server Location
    - RFC 9728 section 3
    - RFC 9728 section 3.2

    A client has no token yet when it looks for the metadata. Behind a login, the document that says where to log in
    helps nobody.

    Note: Redirects are followed. Where nothing is found, this rule alone says so, and those about the document do not
    apply. A document at the root that names another path of the same host is a neighbour's.

    Fix: Answer GET for `/.well-known/oauth-protected-resource`, followed by the path of the endpoint, with 200 and the
    JSON, and exempt it from the check for tokens.

    Scenario: Every way is tried
      When a client looks for the protected resource metadata
      Then the metadata is published

  @RS-PRM-02 @must:2025-06-18+
  Rule: The metadata is served with status 200 as application/json

    - RFC 9728 section 3.2

    Clients go by status and content type. JSON under another type is text to them.

    Note: Redirects are followed, and the last answer is judged. A page for people is no metadata, which RS-PRM-01 tells.

    Fix: Answer 200 with `Content-Type: application/json`, and see that no catch-all page answers in its place.

    Scenario: Every way is tried
      When a client looks for the protected resource metadata
      Then the metadata is JSON by its content type

  @RS-PRM-03 @must:2025-06-18+
  Rule: The metadata names at least one authorization server

    - MCP 2025-06-18 authorization, Authorization Server Location
    - MCP 2026-07-28 authorization server discovery, Authorization Server Location
    - RFC 9728 section 2

    This is what the document is for. Without an entry a client does not know where to log in.

    Fix: Name at least one issuer in `authorization_servers`, an array of strings. On Cognito it is
    `https://cognito-idp.REGION.amazonaws.com/POOL_ID`.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then authorization_servers has at least one entry

  @RS-PRM-04 @must:2025-06-18+
  Rule: The resource is an absolute https URL without fragment

    - RFC 9728 section 1.2
    - RFC 9728 section 2

    The identifier ends up as the audience of tokens and is the address that clients hold the server to. One by plain
    http can be claimed by whoever is on the way.

    Note: Plain http is accepted on the loopback of a test installation.

    Fix: Set `resource` to the public https URL of the endpoint, with scheme and host and without `#`.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then resource is an absolute https URL without fragment

  @follows:RS-PRM-04
  @RS-PRM-05 @must:2025-06-18+
  Rule: A document at a well-known URI names the resource that the URI was derived from

    - RFC 9728 section 3.3, first paragraph

    Clients throw a document away that names another resource than the one they looked for. That is how they keep one
    server from speaking for another.

    Note: Compared code point by code point, but for the slash of an empty path. The root well-known URI is derived from
    the origin. A document there that names the endpoint instead is not judged: MCP lets it stand at the root, where
    RFC 9728 wants that of the origin. Nor is one that names another path of the host, which is a neighbour's.

    Fix: Let the document at `/.well-known/oauth-protected-resource/mcp` say `https://HOST/mcp` as `resource`, with the
    same scheme, host, port and path to the letter. Derive both from one setting.

    Scenario: Every document at a well-known URI
      When a client looks for the protected resource metadata
      Then resource at each well-known URI is the identifier that the URI was derived from

  @follows:RS-PRM-05,RS-PRM-04
  @RS-PRM-06 @must:2025-06-18+
  Rule: A document reached through the challenge names the URL of the request

    - RFC 9728 section 3.3, second paragraph
    - RFC 9728 section 6

    Clients throw a document away that names another resource than the URL they called. Otherwise a server could have
    them fetch tokens for somebody else's server, and collect these.

    Note: Where the URL ends in a slash, a resource without it is right too: MCP has the slash left out (Canonical
    Server URI).

    Fix: Set `resource` to the URL of the endpoint as clients see it, to the letter. Behind a proxy, configure the
    public URL instead of taking the inner one.

    Scenario: The document behind the challenge
      When a client looks for the protected resource metadata
      Then resource behind the challenge is the URL of the request

  @follows:RS-PRM-01
  @RS-PRM-07 @must:2025-06-18 @should:2025-11-25+
  Rule: The metadata stands at the well-known URI that is made of its resource

    - RFC 9728 section 3
    - MCP 2025-06-18 authorization, Authorization Server Location
    - MCP 2025-11-25 authorization, Protected Resource Metadata Discovery Requirements

    Clients that find no link in a challenge look here first.

    Note: RFC 9728 knows no other place. Since 2025-11-25 MCP also accepts the root, or a place that only the challenge
    names.

    Fix: Insert `/.well-known/oauth-protected-resource` between host and path: for `https://HOST/mcp` the document is at
    `https://HOST/.well-known/oauth-protected-resource/mcp`. Behind a gateway that hands on nothing outside a prefix, such
    as a stage of Amazon API Gateway, no server can do that: give the API a domain of its own without the prefix, or a
    route for the well-known path beside it. Until then the link in the challenge is what clients go by, and from
    2025-11-25 on it is enough.

    Scenario: The place that its resource says
      When a client looks for the protected resource metadata
      Then the metadata stands at the well-known URI that is made of its resource

  @follows:RS-PRM-05,RS-PRM-06
  @RS-PRM-08 @should-not:2025-06-18+
  Rule: The resource has no query

    - RFC 9728 section 1.2
    - RFC 8707 section 2

    The identifier is compared to the letter and becomes the audience of tokens. A query is reordered and re-encoded on
    its way, and no longer fits.

    Fix: Leave the query out of `resource`. What tells servers on one host apart belongs in the path.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then resource has no query

  @follows:RS-PRM-05,RS-PRM-06
  @RS-PRM-09 @should:2025-06-18+
  Rule: The resource has no slash at its end unless the slash makes a difference

    - MCP 2025-06-18 authorization, Canonical Server URI

    Clients compare the resource with the URL that they were given, which usually has no slash at its end.

    Note: Of an endpoint that ends in a slash the slash is part of the identifier (RFC 9728 section 3.3), and the rule
    does not apply.

    Fix: Write `resource` without the slash at the end, and use the same spelling for `aud`.

    Scenario: The resource without the slash
      When a client asks each resource without the slash at its end
      Then resource has no slash at its end that makes no difference

  @follows:RS-PRM-03
  @RS-PRM-10 @must:2025-06-18+
  Rule: Members without values are left out of the metadata

    - RFC 9728 section 3.2

    A client cannot tell whether null or an empty list means none, all or unknown. Some refuse the whole document over
    it.

    Note: An empty bearer_methods_supported is excepted: it says that a token cannot be sent (RFC 9728 section 2).

    Fix: Leave members without a value out when the JSON is written; most serializers write null for them unless they
    are told not to.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then no member is null or an empty array

  @RS-PRM-11 @must:2025-06-18+
  Rule: Each authorization server is named by its issuer identifier

    - RFC 9728 section 2
    - RFC 8414 section 2

    From the issuer identifier clients build the addresses of the authorization server's metadata. The URL of a login
    page or of a token endpoint leads to none.

    Note: An https URL without query and fragment; plain http is accepted on the loopback of a test installation.

    Fix: Name each authorization server as `iss` in its tokens has it. On Cognito that is
    `https://cognito-idp.REGION.amazonaws.com/POOL_ID`, and not the domain of the hosted login.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then every entry of authorization_servers is an issuer identifier

  @follows:RS-PRM-11,RS-PRM-18
  @RS-PRM-12 @must:2025-06-18+ @derived
  Rule: Each authorization server that is named has metadata with that very issuer

    - RFC 9728 section 5, step 6
    - RFC 8414 section 3.3
    - MCP 2026-07-28 authorization server discovery, Authorization Server Metadata Discovery

    Clients refuse metadata that names another issuer than the one they looked for, because that is how one
    authorization server is passed off as another.

    Note: Looked for at the two or three well-known URIs in the order that MCP lays down, and compared code point by
    code point. The pages of a hosted login are no issuer. An address where nothing answers leads to none. What that
    metadata holds binds the authorization server; that the MCP server names one that clients can use follows from it.

    Fix: Copy the value from `issuer` in the metadata of the authorization server, to the letter and with its slash at
    the end, if it has one. On Cognito it stands in `/.well-known/openid-configuration` below the issuer.

    Scenario: Every authorization server that is named
      When a client looks for the metadata of every authorization server that is named
      Then every one has metadata with the issuer that was named

  @RS-PRM-13 @should:2025-06-18+
  Rule: The metadata lists the scopes of basic use

    - RFC 9728 section 2
    - MCP 2025-11-25 authorization, Scope Selection Strategy

    Clients that are not told by a challenge ask for what is listed here. Without a list they ask for nothing in
    particular, and get a token that may suffice for nothing.

    Fix: List in `scopes_supported` what basic use takes, and no more: further scopes are asked for by the challenge of
    a 403.

    Scenario: Every document that is found
      Given a server that makes use of scopes
      When a client looks for the protected resource metadata
      Then scopes_supported is published

  @RS-PRM-14 @should-not:2025-06-18+ @derived
  Rule: The metadata does not offer to take tokens from the query

    - RFC 9728 section 2
    - MCP 2026-07-28 authorization, Token Requirements

    A URL ends up in logs and histories, and with it the token. MCP permits only the header field.

    Fix: Set `bearer_methods_supported` to `["header"]`, or leave it out.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then bearer_methods_supported offers the header and not the query

  @RS-PRM-15 @must:2025-06-18+
  Rule: Optional members of the metadata obey their rules

    - RFC 9728 section 2
    - RFC 9728 section 2.2

    Clients act on these members. Keys that are fetched by http can be exchanged on the way, and metadata whose
    signature nobody can check proves nothing.

    Note: The key set is served over https, none is no signing algorithm, and signed metadata is a signed JWT with an
    issuer.

    Fix: Publish only what clients need, and leave the rest out. Where they are there: `jwks_uri` is https, no list of
    algorithms holds `none`, and `signed_metadata` is a signed JWT with `iss`.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then optional members obey their rules

  @follows:RS-AUD-05,RS-AUD-11
  @RS-PRM-16 @should:2025-06-18+ @derived
  Rule: The server does not take its own name from the request

    - MCP 2025-06-18 authorization, Token Audience Binding and Validation
    - MCP 2025-06-18 transports, Security Warning

    Whoever can choose the name under which a server publishes itself can choose where its clients log in. A cache in
    between keeps the answer for others.

    Fix: Build `resource` and `resource_metadata` from a configured public URL. Where a proxy has to be believed, accept
    its forwarding fields from this proxy alone, and only names on a list.

    Scenario Outline: In the name of evil.example
      When a client asks for a challenge and for the metadata with <field> <value>
      Then nothing repeats evil.example

      Examples:
        | field            | value             |
        | Host             | evil.example      |
        | X-Forwarded-Host | evil.example      |
        | Forwarded        | host=evil.example |

  @RS-PRM-17 @may:2025-06-18+
  Rule: An authorization server that lists protected resources lists this one

    - RFC 9728 section 4

    A client that starts at the authorization server can check there whether this server is one of its own. A list
    without it speaks against it.

    Note: Few authorization servers publish such a list, and Cognito is none of them; where there is none, the rule does
    not apply.

    Fix: Have the resource added to `protected_resources` in the metadata of the authorization server, spelt as in
    `resource`.

    Scenario: Every authorization server that is named
      When a client looks for the metadata of every authorization server that is named
      Then those that list protected resources list this one

  @RS-PRM-18 @must:2025-06-18+ @derived
  Rule: The authorization servers that are named are those whose tokens are accepted

    - RFC 9728 section 2
    - MCP 2025-06-18 authorization, Authorization Server Location

    A client that logs in where the metadata sends it gets a token that this server refuses, and has nowhere else to go.

    Note: The `iss` of a token that the server accepts is looked for among `authorization_servers`. RFC 9728 lets a
    server leave some of its authorization servers out, so that this follows from what the list is for.

    Fix: Name the issuer against which tokens are checked, to the letter, and take both from one setting.

    Scenario: The issuer of an accepted token
      Given tools/list is accepted with a valid token
      When a client looks for the protected resource metadata
      Then the issuer of the valid token is among authorization_servers

  @RS-PRM-19 @should-not:2025-06-18+
  Rule: Signed metadata holds no signed metadata

    - RFC 9728 section 2.2

    A client that reads metadata out of metadata has to decide which of them counts, and RFC 9728 recommends that it
    refuses both.

    Fix: Leave `signed_metadata` out of the claims before the metadata is signed.

    Scenario: Every document that is found
      When a client looks for the protected resource metadata
      Then signed metadata holds no signed metadata
