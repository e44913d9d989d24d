//! Where a login leads: the resource a token is asked for, and the one authorization server it is asked of.
//!
//! Protected resource metadata decides. Only when the session was told to speak 2025-03-26, which has no such metadata, and
//! the server has none, the server's own origin is the authorization server (the fallback of that revision).

use url::Url;

use crate::{
    authorizer::AuthorizeError,
    discovery::{self, DiscoveryError},
    exemption::Exemption,
    fetch::{FetchError, Http},
    issuer::Issuer,
    metadata::{self, AuthorizationServer, MetadataError},
    registration::Registrations,
    scopes::Scopes,
    settings::{Revision, ServerUrl},
};

/// The outcome of discovery.
#[derive(Debug)]
pub(crate) struct Target {
    /// The value of `resource` (RFC 8707).
    pub(crate) resource: String,
    pub(crate) scopes_supported: Option<Scopes>,
    pub(crate) server: AuthorizationServer,
}

/// Finds the target of one MCP server.
#[derive(Debug)]
pub(crate) struct Finder {
    pub(crate) http: Http,
    pub(crate) server: ServerUrl,
    pub(crate) protocol: Option<Revision>,
    pub(crate) exemptions: Vec<Exemption>,
}

impl Finder {
    /// `named` is `resource_metadata` of the challenge. No authorization server is contacted, not even for its metadata,
    /// that the credentials of the client do not belong to.
    pub(crate) async fn find(
        &self,
        named: Option<&str>,
        registrations: &Registrations,
    ) -> Result<Target, AuthorizeError> {
        let resource = match discovery::protected_resource(&self.http, &self.server, named).await {
            Err(DiscoveryError::NotFound(_)) if self.protocol == Some(Revision::V2025_03_26) => {
                let issuer = Issuer::new(&self.server.origin());
                registrations.eligible(vec![issuer.clone()])?;
                return Ok(self.origin(issuer).await?);
            }
            resource => resource?,
        };
        let eligible = registrations.eligible(resource.authorization_servers)?;
        let server = self.first_usable(&eligible).await?;
        Ok(Target { resource: resource.identifier, scopes_supported: resource.scopes_supported, server })
    }

    /// The first authorization server that can be used. If none can, the reason of the first is reported.
    async fn first_usable(&self, issuers: &[Issuer]) -> Result<AuthorizationServer, MetadataError> {
        let mut first_error = None;
        for issuer in issuers {
            match metadata::authorization_server(&self.http, issuer, &self.exemptions).await {
                Ok(server) => return Ok(server),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        // Discovery hands over at least one issuer, so there is an error; an empty list is none found.
        Err(first_error.unwrap_or(MetadataError::NotFound { issuer: Issuer::new(""), attempts: Vec::new() }))
    }

    /// MCP 2025-03-26, authorization: metadata at the origin, else the default endpoints.
    async fn origin(&self, issuer: Issuer) -> Result<Target, MetadataError> {
        let at = |path: &str| {
            let mut url: Url = self.server.url().clone();
            url.set_query(None);
            url.set_path(path);
            url
        };
        let location = at("/.well-known/oauth-authorization-server");
        let protocol = Some(Revision::V2025_03_26.as_str());
        let server = match metadata::document(&self.http, &location, &issuer, protocol).await {
            Ok(document) => metadata::check(&self.http, &document, &issuer, &self.exemptions)?,
            Err(MetadataError::Fetch(FetchError::Status { status: 400..=499, .. })) => AuthorizationServer {
                authorization_endpoint: at("/authorize"),
                token_endpoint: at("/token"),
                registration_endpoint: Some(at("/register")),
                token_auth_methods: ["none", "client_secret_basic", "client_secret_post"].map(str::to_owned).to_vec(),
                sends_iss: false,
                takes_metadata_documents: false,
                exempted: None,
                issuer,
            },
            Err(error) => return Err(error),
        };
        Ok(Target { resource: self.server.canonical(), scopes_supported: None, server })
    }
}
