//! What a session needs to know before it starts. Values only: nothing here opens a socket or reads the environment.

use std::{fmt, str::FromStr, time::Duration};

use secrecy::SecretString;
use url::Url;

use crate::{
    exemption::Exemption,
    issuer::Issuer,
    reach::{Reach, UrlRefusal},
};

/// Everything [`crate::connect`] takes.
#[derive(Debug)]
pub struct Settings {
    /// The MCP server.
    pub server: ServerUrl,
    /// How the client comes by its client id.
    pub registration: Registration,
    /// Where authorization responses arrive.
    pub callback: Callback,
    /// Rules that named issuers need not keep.
    pub exemptions: Vec<Exemption>,
    /// Speak exactly this revision; `None` means the newest, falling back to the handshake if the server is older.
    pub protocol: Option<Revision>,
    /// Limits of every HTTP request.
    pub http: HttpSettings,
    /// How long the user may take to log in.
    pub login_timeout: Duration,
}

impl Settings {
    /// Settings with the defaults of the program: dynamic registration, callback on port 3030, five minutes to log in.
    #[must_use]
    pub fn new(server: ServerUrl) -> Self {
        Self {
            server,
            registration: Registration::Dynamic,
            callback: Callback::Port(3030),
            exemptions: Vec::new(),
            protocol: None,
            http: HttpSettings::default(),
            login_timeout: Duration::from_secs(300),
        }
    }
}

/// Why a setting cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The server URL.
    #[error("the MCP server URL cannot be used: {0}")]
    Server(#[from] UrlRefusal),
    /// The protocol revision.
    #[error("`{0}` is no protocol revision; there are 2025-03-26, 2025-06-18, 2025-11-25 and 2026-07-28")]
    Revision(String),
    /// The client identifier URL (CIMD-00 section 3).
    #[error(
        "the client metadata URL must be https, have a path, and have no user information, fragment or dot segments"
    )]
    MetadataDocument,
}

/// The URL of the MCP server: https, or http on loopback. The text is kept as given, because resource identifiers are
/// compared character by character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl {
    given: String,
    url: Url,
}

impl ServerUrl {
    /// The URL as it was given, without a fragment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.given
    }

    /// The parsed URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The canonical URI of MCP: scheme and host in lower case, no fragment, no slash that was not given.
    #[must_use]
    pub fn canonical(&self) -> String {
        let canonical = self.url.as_str();
        match canonical.strip_suffix('/') {
            Some(bare) if self.url.path() == "/" && !self.given.ends_with('/') => bare.to_owned(),
            _ => canonical.to_owned(),
        }
    }

    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(crate) fn reach(&self) -> Reach {
        Reach::of(&self.url)
    }
}

impl FromStr for ServerUrl {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let given = text.trim().split('#').next().unwrap_or_default();
        let url = Url::parse(given).map_err(|_| UrlRefusal::NotAUrl { what: "the server URL" })?;
        Reach::of(&url).check(&url)?;
        Ok(Self { given: given.to_owned(), url })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

/// The ways to a client id (MCP 2026-07-28, client registration).
#[derive(Debug, Clone)]
pub enum Registration {
    /// The client is known to one authorization server already.
    PreRegistered {
        /// The client id.
        client_id: String,
        /// The secret of a confidential client.
        client_secret: Option<SecretString>,
        /// The authorization server that issued both. They are shown to no other (MCP 2026-07-28, authorization server
        /// binding).
        issuer: Issuer,
    },
    /// The client is known to an authorization server that the configuration does not name. The MCP server chooses who
    /// gets the credentials: they belong to the first issuer they are used with, for as long as the session lives. For
    /// conformance suites, which hand over credentials of their own and no issuer.
    TrustOnFirstUse {
        /// The client id.
        client_id: String,
        /// The secret of a confidential client.
        client_secret: Option<SecretString>,
    },
    /// Register with RFC 7591 when the authorization server offers it.
    Dynamic,
    /// A client metadata document at this https URL, used when the authorization server supports such documents;
    /// otherwise dynamic registration.
    MetadataDocument(Url),
}

impl Registration {
    /// A metadata document, after checking that its URL can be a client id (CIMD-00 section 3).
    ///
    /// # Errors
    /// When the URL is not https, has no path, or has user information, a fragment or dot segments.
    pub fn metadata_document(url: &str) -> Result<Self, SettingsError> {
        let parsed = Url::parse(url).map_err(|_| SettingsError::MetadataDocument)?;
        // Parsing removes dot segments; a client id must survive it unchanged.
        let plain = parsed.as_str() == url && parsed.username().is_empty() && parsed.password().is_none();
        let fit = parsed.scheme() == "https" && parsed.path() != "/" && parsed.fragment().is_none();
        if plain && fit { Ok(Self::MetadataDocument(parsed)) } else { Err(SettingsError::MetadataDocument) }
    }
}

/// Where the authorization response arrives: `http://localhost:<port>/callback`.
#[derive(Debug)]
pub enum Callback {
    /// Listen on this port of the loopback interface, only while a login is under way. Port 0 lets the system choose one.
    Port(u16),
    /// Use a loopback listener that is bound already. It is read only while a login is under way.
    Listener(std::net::TcpListener),
}

/// Limits of every HTTP request the client makes.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// For connecting.
    pub connect_timeout: Duration,
    /// For a whole OAuth request.
    pub request_timeout: Duration,
    /// For the MCP server to begin its answer; a tool may take its time.
    pub answer_timeout: Duration,
    /// The largest OAuth document that is read, in bytes.
    pub max_document: usize,
    /// Certificates (PEM) trusted beside those of the system.
    pub extra_root_certificates: Vec<Vec<u8>>,
    /// Whether proxies that the environment names are used.
    pub environment_proxies: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            answer_timeout: Duration::from_secs(120),
            max_document: 256 * 1024,
            extra_root_certificates: Vec::new(),
            environment_proxies: true,
        }
    }
}

/// A revision of the MCP specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revision {
    /// 2025-03-26: the MCP server's origin is the authorization server.
    V2025_03_26,
    /// 2025-06-18: protected resource metadata.
    V2025_06_18,
    /// 2025-11-25: OpenID discovery, client metadata documents, step-up.
    V2025_11_25,
    /// 2026-07-28: stateless requests, issuer identification.
    V2026_07_28,
}

impl Revision {
    /// The date that names the revision on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }
}

impl FromStr for Revision {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::V2025_03_26, Self::V2025_06_18, Self::V2025_11_25, Self::V2026_07_28]
            .into_iter()
            .find(|revision| revision.as_str() == text)
            .ok_or_else(|| SettingsError::Revision(text.to_owned()))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
