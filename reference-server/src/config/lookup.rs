//! Settings by name, as the environment and `.env` hold them.

use crate::config::{AllowedClients, Config, ConfigError, TokenUse, checked_address};
use crate::rebinding::{Host, Origin};
use crate::scope::{Scope, Scopes};

/// The port of the default server URL.
const DEFAULT_PORT: &str = "8001";

struct Settings<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Settings<'_> {
    /// A setting that is there and not blank.
    fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A list between commas or white space.
    fn list(&self, name: &str) -> Option<Vec<String>> {
        let split = |text: String| {
            text.split([',', ' ']).map(str::trim).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
        };
        self.text(name).map(split)
    }

    /// A switch, which is on only when it says `true`.
    fn is_true(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

pub(super) fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let settings = Settings(lookup);
    refuse_missing(&settings)?;
    let mut config = Config::with_clients(&resource(&settings), &issuer(&settings)?, clients(&settings))?;
    if settings.is_true("MCP_ALLOW_TOKENS_WITHOUT_TOKEN_USE") {
        config.token_use = TokenUse::Optional;
    }
    if let Some(address) = settings.text("COGNITO_JWKS_URI") {
        config.jwks_uri = checked_address("COGNITO_JWKS_URI", &address)?;
    }
    if let Some(servers) = settings.list("MCP_AUTHORIZATION_SERVERS") {
        for server in &servers {
            checked_address("MCP_AUTHORIZATION_SERVERS", server)?;
        }
        config.authorization_servers = servers;
    }
    if let Some(scopes) = settings.text("MCP_REQUIRED_SCOPES") {
        config.base_scopes = base_scopes(&scopes)?;
    }
    config.allowed_hosts.extend(allowed_hosts(&settings)?);
    config.allowed_origins.extend(allowed_origins(&settings)?);
    Ok(config)
}

/// Names everything that is missing in one go.
fn refuse_missing(settings: &Settings<'_>) -> Result<(), ConfigError> {
    let mut missing = Vec::new();
    let issuers = ["COGNITO_USER_POOL_ID", "COGNITO_ISSUER", "MCP_CONFORMANCE_AUTH_SERVER_URL"];
    if issuers.iter().all(|name| settings.text(name).is_none()) {
        missing.push("COGNITO_USER_POOL_ID");
    }
    if matches!(clients(settings), AllowedClients::Listed(ids) if ids.is_empty()) {
        missing.push("COGNITO_APP_CLIENT_ID");
    }
    if missing.is_empty() { Ok(()) } else { Err(ConfigError::Missing(missing)) }
}

fn clients(settings: &Settings<'_>) -> AllowedClients {
    if settings.is_true("MCP_ALLOW_ANY_CLIENT") {
        return AllowedClients::Any;
    }
    AllowedClients::Listed(settings.list("COGNITO_APP_CLIENT_ID").unwrap_or_default().into_iter().collect())
}

fn resource(settings: &Settings<'_>) -> String {
    settings.text("MCP_SERVER_URL").unwrap_or_else(|| {
        let port = settings.text("PORT").unwrap_or_else(|| DEFAULT_PORT.to_owned());
        format!("http://localhost:{port}/mcp")
    })
}

/// The issuer: as given, or that of the user pool. New pools can have another issuer host, which must then be given.
fn issuer(settings: &Settings<'_>) -> Result<String, ConfigError> {
    if let Some(issuer) = settings.text("COGNITO_ISSUER").or_else(|| settings.text("MCP_CONFORMANCE_AUTH_SERVER_URL")) {
        return Ok(issuer);
    }
    let pool = settings.text("COGNITO_USER_POOL_ID").ok_or(ConfigError::Missing(vec!["COGNITO_USER_POOL_ID"]))?;
    let region = settings
        .text("COGNITO_REGION")
        .or_else(|| pool.split_once('_').map(|(region, _)| region.to_owned()))
        .filter(|region| !region.is_empty())
        .ok_or_else(|| ConfigError::RegionUnknown(pool.clone()))?;
    Ok(format!("https://cognito-idp.{region}.amazonaws.com/{pool}"))
}

fn base_scopes(list: &str) -> Result<Scopes, ConfigError> {
    const NAME: &str = "MCP_REQUIRED_SCOPES";
    let scopes = Scopes::parse(list).map_err(|error| ConfigError::Scope { name: NAME, error })?;
    if scopes.iter().map(Scope::as_str).any(|scope| scope == "offline_access") {
        return Err(ConfigError::OfflineAccess(NAME));
    }
    Ok(scopes)
}

fn allowed_hosts(settings: &Settings<'_>) -> Result<Vec<String>, ConfigError> {
    let hosts = settings.list("MCP_ALLOWED_HOSTS").unwrap_or_default();
    match hosts.iter().find(|host| Host::parse(host).is_none()) {
        None => Ok(hosts),
        Some(wrong) => Err(ConfigError::Malformed {
            name: "MCP_ALLOWED_HOSTS",
            value: wrong.clone(),
            expected: "a host or host:port",
        }),
    }
}

fn allowed_origins(settings: &Settings<'_>) -> Result<Vec<String>, ConfigError> {
    let origins = settings.list("MCP_ALLOWED_ORIGINS").unwrap_or_default();
    match origins.iter().find(|origin| Origin::parse(origin).is_none()) {
        None => Ok(origins),
        Some(wrong) => Err(ConfigError::Malformed {
            name: "MCP_ALLOWED_ORIGINS",
            value: wrong.clone(),
            expected: "an origin such as https://app.example",
        }),
    }
}
