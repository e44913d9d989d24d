Feature: Servers that are their own authorization server

  Revision 2025-03-26 knows no protected resource metadata: the authorization server is looked for at the root of the MCP
  server's host. What is served there decides whether a server is its own authorization server; of one that serves
  nothing, these rules say nothing. A path that nobody has tells a catch-all page from an endpoint.

  A server may hand on the metadata of an authorization server elsewhere, so that clients of this revision find it. Which
  issuer they name is not judged: RFC 8414 section 3.3 has clients refuse metadata whose issuer is not the place where
  they were found, and this revision lets them be found nowhere else. Nor is what that authorization server does.

  @RS-LEGACY-01 @must:2025-03-26
  Rule: Authorization metadata, if served, is served at the root of the host

    - MCP 2025-03-26 authorization, Authorization Base URL

    Clients of this revision look at the root of the host and nowhere else.

    Note: This holds whatever path the MCP endpoint has.

    Fix: Serve `/.well-known/oauth-authorization-server` at the root of the host, and not below the path of the endpoint
    or with that path behind it.

    Scenario: Metadata at the root and below the path
      When a client looks for an authorization server at the host
      Then authorization metadata that is served is served at the root

  @follows:RS-LEGACY-01,RS-LEGACY-03
  @RS-LEGACY-02 @should:2025-03-26
  Rule: The server publishes authorization server metadata

    - MCP 2025-03-26 authorization, Server Metadata Discovery
    - RFC 8414 section 2

    From the metadata clients learn where the endpoints are and what they support. Without it they have to fall back on
    default paths.

    Fix: Serve JSON at `/.well-known/oauth-authorization-server` with `issuer`, `authorization_endpoint`,
    `token_endpoint` and `response_types_supported`. For login at Cognito, name its endpoints there.

    Scenario: Metadata at the root
      When a client looks for an authorization server at the host
      Then the root has metadata with issuer, authorization_endpoint, token_endpoint and response_types_supported

  @follows:RS-LEGACY-01
  @RS-LEGACY-03 @must:2025-03-26
  Rule: Without metadata, the default endpoints exist at the root of the host

    - MCP 2025-03-26 authorization, Fallbacks for Servers without Metadata Discovery

    Where there is no metadata, the default paths are all that a client has left.

    Note: The registration endpoint is looked at by RS-LEGACY-04, since registration is a SHOULD.

    Fix: Serve `/authorize` and `/token` at the root of the host, or publish metadata that says where they are.

    Scenario: Default endpoints
      When a client looks for an authorization server at the host
      Then the default authorization and token endpoints stand in for missing metadata

  @follows:RS-LEGACY-01,RS-LEGACY-03
  @RS-LEGACY-04 @should:2025-03-26
  Rule: The server supports dynamic client registration

    - MCP 2025-03-26 authorization, Dynamic Client Registration
    - RFC 7591 section 3

    Clients cannot know all servers beforehand. Without registration each user has to get a client id by hand.

    Fix: Offer the endpoint of RFC 7591, as `registration_endpoint` in the metadata or at `/register`, and answer 201
    with a `client_id`.

    Scenario: A registration endpoint
      When a client looks for an authorization server at the host
      Then clients can register

  @RS-LEGACY-05 @must:2025-03-26
  Rule: Authorization endpoints are https, and redirect URIs are https or localhost

    - MCP 2025-03-26 authorization, Security Considerations

    By plain http whoever is on the way reads the password, the code or the token. A redirect URI by plain http hands
    the code to them.

    Note: An endpoint may be plain http on the loopback of a test installation. The client that is registered for the
    probe has a plain http redirect URI on a host that is not this machine.

    Fix: Serve and publish the endpoints as https, and answer a registration with 400 and `invalid_redirect_uri` when a
    redirect URI is neither https nor on localhost.

    Scenario: Endpoints in the metadata
      When a client looks for an authorization server at the host
      Then each authorization endpoint is https

    Scenario: A plain http redirect URI
      When a client registers with a redirect URI that is neither https nor localhost
      Then the registration is refused

  @RS-LEGACY-06 @should:2025-03-26
  Rule: Tokens expire, and refresh tokens are rotated

    - MCP 2025-03-26 authorization, Security Considerations
    - MCP 2025-03-26 authorization, Implementation Requirements

    A token that never expires needs stealing only once. A refresh token that is replaced at each use shows when two
    parties hold it.

    Note: It takes a login at the server's own pages, which differ from server to server; the one that the harness gets
    through is the consent page of a proxy before a third party. A server that issues no refresh token has none to
    rotate. That a token stops being good is not waited for.

    Fix: Send `expires_in` with each access token, send a new `refresh_token` with each refresh, and refuse the one that
    was replaced. On Cognito turn refresh token rotation on for the app client.

    Scenario: A token response
      When a user logs in at the server's own authorization endpoint, and the client refreshes its token
      Then the token response has a lifetime and the refresh token is replaced

  @RS-LEGACY-08 @must:2025-03-26
  Rule: Redirect URIs are validated

    - MCP 2025-03-26 authorization, Security Considerations

    An attacker who can have a server send the browser anywhere collects the codes of others, and lends its name to pages of their
    own.

    Note: A client is registered, and asks for authorization with another redirect URI than it registered. What a server
    looks at only after the login is not seen.

    Fix: Compare `redirect_uri` with those that the client registered before anything else, to the letter, and answer 400
    where it is none of them. Send no error to it either.

    Scenario: Another redirect URI
      When a registered client asks for authorization in ways that must be refused
      Then no browser is sent to a redirect URI that is not registered

  @RS-LEGACY-09 @must:2025-03-26
  Rule: PKCE is required

    - MCP 2025-03-26 authorization, Implementation Requirements
    - OAuth 2.1-13 section 4.1.2.1

    A code that is bound to no verifier can be redeemed by an attacker who gets hold of it, and clients of this revision have no
    secret to keep them from it.

    Note: A client is registered, and asks for authorization without `code_challenge`. What a server looks at only after
    the login is not seen.

    Fix: Answer an authorization request without `code_challenge` with `error=invalid_request` at the client's redirect
    URI, and compare the verifier when the code is redeemed.

    Scenario: Without a code challenge
      When a registered client asks for authorization in ways that must be refused
      Then a request without a code challenge is refused
