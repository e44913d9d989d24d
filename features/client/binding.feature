Feature: Keeping credentials with the authorization server that issued them

  @CL-BIND-01 @must:2026-07-28
  Rule: What a client is given when it registers is kept apart by issuer

    - MCP 2026-07-28 authorization server discovery, Authorization Server Location
    - MCP 2026-07-28 client registration, Authorization Server Binding

    Client identifiers are unique to the authorization server that issued them, and a host may have several: tenants,
    realms, user pools. A client that looks them up by the host, or by the URL of the MCP server, asks one tenant for a
    code in the name of a client of another. At best the login fails; at worst the identifier belongs to another
    party's client there, and the user consents to that one.

    Note: Two issuers on one host, `/tenant1` and `/tenant2`, give the client two identifiers. It meets them by way of
    one MCP server that moves from the first to the second, and by way of two servers. Only an identifier that the other
    issuer gave breaks the rule. The URL of a client metadata document is good everywhere; to a client that uses one the
    rule does not apply. A client that did not come to both was not seen.

    Fix: Key stored registrations by the `issuer` of the authorization server, exactly as its metadata has it: not by
    its host, not by the URL of the MCP server, and not normalized. Look the registration up anew whenever the protected
    resource metadata was read.

    Scenario: One server, moving to another issuer on the same host
      When the client meets a server that moves to another issuer of the same host
      Then the client presents to each issuer a client identifier that this issuer gave it

    Scenario: Two servers, with an issuer each on the same host
      When the client meets two servers with an issuer each on the same host
      Then the client presents to each issuer a client identifier that this issuer gave it

  @follows:CL-BIND-01
  @CL-BIND-02 @must-not:2026-07-28
  Rule: Credentials of one authorization server are not presented to another

    - MCP 2026-07-28 client registration, Authorization Server Binding
    - MCP 2026-07-28 authorization server discovery, Authorization Server Location

    An attacker who can change what an MCP server publishes can name an authorization server of their own. A client that
    takes the credentials of the last one along hands them its identifier and its secret, with which they can pose as
    the client.

    Note: A server moves from one issuer to another on another host, where both register clients; and a server names
    another issuer than the client was told credentials for. Presented is what an authorization or a token request
    carries, in the query, in the form or by HTTP Basic. A client that stops has presented nothing. The URL of a client
    metadata document is good everywhere; to a client that uses one the rule does not apply.

    Fix: Keep identifier, secret and `issuer` together, and read all three for the issuer that the metadata names, once
    it is known. If nothing is stored for it, register there, or stop with an error where the credentials were
    configured.

    Scenario: A server that moves to another host
      When the client meets a server that moves to an issuer on another host
      Then the client presents to no issuer what another one gave it

    Scenario: Credentials that were registered beforehand
      When the client meets a server that names another issuer than the credentials belong to
      Then the client presents to no issuer what another one gave it

  @follows:CL-BIND-01
  @CL-BIND-03 @must:2026-07-28
  Rule: A client that registers itself registers anew when the server names another issuer

    - MCP 2026-07-28 client registration, Authorization Server Binding

    A server may move to another authorization server at any time. A client that does not register there is locked out,
    or goes on where the server no longer takes its tokens.

    Note: A server moves to another issuer after the first call, and that one offers registration. A client that has
    read the new metadata and sends its user to any issuer without having registered with the new one breaks the rule. A
    client that stops there was not seen to do either. To one that identifies itself by a metadata document, or did not
    register with the first issuer, the rule does not apply.

    Fix: Look for a stored registration under the `issuer` that the metadata names now. When there is none, register at
    its `registration_endpoint` before the authorization request.

    Scenario: One server, moving to another issuer on the same host
      When the client meets a server that moves to another issuer of the same host
      Then the client registers with the issuer that the metadata names now

  @follows:CL-BIND-02
  @CL-BIND-04 @should:2026-07-28
  Rule: Credentials that were registered beforehand are not used once the server names another issuer

    - MCP 2026-07-28 client registration, Authorization Server Binding

    An operator or attacker who controls what an MCP server publishes can send its users to any authorization server. A
    client that takes its credentials along shows its identifier, and its secret, to the one that was named. Going on
    without a word where the credentials belong leaves the user with a login that the server no longer takes.

    Note: The client is told an identifier, a secret and the issuer that they belong to, and the metadata of the MCP
    server names another issuer, from the beginning or after the first login. What counts is what follows once the
    client has read that metadata: an authorization request with the identifier, to whichever issuer, or a token request
    with it to another one. A client that stops, asks its user, or registers with the other issuer keeps the rule.
    Refreshing a token where it came from is let pass. To a client that cannot be told an issuer the rule does not
    apply.

    Fix: Keep the issuer in the configuration beside the client identifier and the secret. Before anything is sent,
    compare it with `authorization_servers` of the protected resource metadata, character by character. When it is not
    there, stop with an error that names both issuers.

    Scenario: From the beginning
      When the client meets a server that names another issuer than the credentials belong to
      Then the client does not go on with credentials that belong to another issuer than the metadata names

    Scenario: After the first login
      When the client meets a server that leaves the issuer that the credentials belong to
      Then the client does not go on with credentials that belong to another issuer than the metadata names

  @follows:CL-BIND-01
  @CL-BIND-05 @must:2026-07-28 @derived
  Rule: A client that comes back to an issuer finds its own registration there again

    - MCP 2026-07-28 client registration, Authorization Server Binding

    That registrations are kept by issuer shows when there is more than one to keep. A client that has room for one
    forgets the first when it registers with the second, and takes the second along when it comes back: the first issuer
    is asked in the name of a client that it does not know, or that is another party's.

    Note: A server moves from one issuer to another of the same host, and back. What counts is the identifier with which
    the client comes back: the one that the first issuer gave it before, or a new one of that issuer, keeps the rule;
    the one that the second issuer gave it breaks it.

    Fix: Keep one registration for each `issuer`, and do not overwrite that of another when a new one is stored.

    Scenario: One server, moving to another issuer and back
      When the client meets a server that moves to another issuer and back
      Then the client comes back to the first issuer with a client identifier of that issuer
