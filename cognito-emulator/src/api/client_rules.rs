//! The rules of `CreateUserPoolClient`: which combinations of flows, scopes, URLs and lifetimes make a client.

use std::time::Duration;

use url::{Host, Url};

use super::error::{ApiError, ErrorKind};
use super::input::{Input, not_in_enum, too_long};
use crate::pool::{Flow, Lifetimes, Pool, Rotation};

/// Scopes that every pool knows.
const SYSTEM_SCOPES: [&str; 5] = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];
const REFRESH: &str = "ALLOW_REFRESH_TOKEN_AUTH";
const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// The OAuth part of a client.
#[derive(Debug)]
pub(super) struct OAuth {
    pub(super) enabled: bool,
    pub(super) flows: Vec<Flow>,
    pub(super) scopes: Vec<String>,
    pub(super) callback_urls: Vec<String>,
    pub(super) logout_urls: Vec<String>,
}

pub(super) fn oauth(pool: &Pool, input: Input<'_>) -> Result<OAuth, ApiError> {
    let oauth = OAuth {
        enabled: input.flag("AllowedOAuthFlowsUserPoolClient")?.unwrap_or(false),
        flows: flows(input)?,
        scopes: scopes(pool, input)?,
        callback_urls: urls(input, "CallbackURLs")?,
        logout_urls: urls(input, "LogoutURLs")?,
    };
    if oauth.enabled && (oauth.flows.is_empty() || oauth.scopes.is_empty()) {
        return Err(ApiError::invalid(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        ));
    }
    // Hypothesis: the text.
    if oauth.enabled && oauth.callback_urls.is_empty() {
        return Err(ApiError::invalid("CallbackURLs are required for the authorization code flow."));
    }
    Ok(oauth)
}

/// `ExplicitAuthFlows`: a list, once given, has to allow refreshing, unless rotation replaces that flow.
pub(super) fn check_auth_flows(input: Input<'_>) -> Result<(), ApiError> {
    let flows = input.texts("ExplicitAuthFlows")?;
    let rotates = rotation(input)?.is_some();
    if rotates && flows.contains(&REFRESH) {
        return Err(ApiError::invalid("REFRESH_TOKEN_AUTH is not allowed when refresh token rotation is enabled."));
    }
    if !rotates && !flows.is_empty() && !flows.contains(&REFRESH) {
        return Err(ApiError::invalid("REFRESH_TOKEN_AUTH should always be allowed."));
    }
    Ok(())
}

pub(super) fn rotation(input: Input<'_>) -> Result<Option<Rotation>, ApiError> {
    let Some(rotation) = input.structure("RefreshTokenRotation")? else { return Ok(None) };
    let grace = rotation.integer_within("RetryGracePeriodSeconds", 0, 60)?.unwrap_or(0);
    match rotation.required_text("Feature")? {
        "ENABLED" => Ok(Some(Rotation { grace: Duration::from_secs(grace.unsigned_abs()) })),
        "DISABLED" => Ok(None),
        other => Err(not_in_enum("Feature", other, &["ENABLED", "DISABLED"])),
    }
}

pub(super) fn hides_unknown_users(input: Input<'_>) -> Result<bool, ApiError> {
    match input.text("PreventUserExistenceErrors")? {
        None | Some("LEGACY") => Ok(false),
        Some("ENABLED") => Ok(true),
        Some(other) => Err(not_in_enum("PreventUserExistenceErrors", other, &["LEGACY", "ENABLED"])),
    }
}

/// Access and ID tokens live 5 minutes to a day, refresh tokens 60 minutes to ten years and longer than both.
pub(super) fn lifetimes(input: Input<'_>) -> Result<Lifetimes, ApiError> {
    let short = |member, unit| lifetime(input, member, unit, HOUR, HOUR, 5 * 60..=DAY);
    let access = short("AccessTokenValidity", "AccessToken")?;
    let id = short("IdTokenValidity", "IdToken")?;
    let refresh = lifetime(input, "RefreshTokenValidity", "RefreshToken", DAY, 30 * DAY, HOUR..=3650 * DAY)?;
    if refresh <= access || refresh <= id {
        return Err(ApiError::invalid("Refresh token validity must be longer than access and id token validity."));
    }
    let refresh_as_given = input.integer("RefreshTokenValidity")?.filter(|given| *given != 0).unwrap_or(30);
    Ok(Lifetimes { access, id, refresh, refresh_as_given })
}

fn lifetime(
    input: Input<'_>,
    member: &str,
    unit: &str,
    default_unit: u64,
    default: u64,
    range: std::ops::RangeInclusive<u64>,
) -> Result<Duration, ApiError> {
    let unit = match input.structure("TokenValidityUnits")? {
        Some(units) => match units.text(unit)? {
            None => default_unit,
            Some("seconds") => 1,
            Some("minutes") => 60,
            Some("hours") => HOUR,
            Some("days") => DAY,
            Some(other) => return Err(not_in_enum(unit, other, &["seconds", "minutes", "hours", "days"])),
        },
        None => default_unit,
    };
    // Zero stands for the default, because the service model has no null for numbers.
    let seconds = match input.integer(member)? {
        None | Some(0) => default,
        Some(given) => u64::try_from(given).unwrap_or(0).saturating_mul(unit),
    };
    if range.contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(ApiError::invalid("Invalid range for token validity."))
    }
}

fn flows(input: Input<'_>) -> Result<Vec<Flow>, ApiError> {
    let names = input.texts("AllowedOAuthFlows")?;
    if names.contains(&"client_credentials") && names.len() > 1 {
        let message = "client_credentials flow can not be selected along with code flow or implicit flow.";
        return Err(ApiError::new(ErrorKind::InvalidOAuthFlowException, message));
    }
    names.into_iter().map(flow).collect()
}

fn flow(name: &str) -> Result<Flow, ApiError> {
    match name {
        "code" => Ok(Flow::Code),
        "implicit" | "client_credentials" => {
            let message = format!("This emulator does not offer the flow {name}.");
            Err(ApiError::new(ErrorKind::InvalidOAuthFlowException, message))
        }
        other => Err(not_in_enum("AllowedOAuthFlows", other, &["code", "implicit", "client_credentials"])),
    }
}

fn scopes(pool: &Pool, input: Input<'_>) -> Result<Vec<String>, ApiError> {
    let scopes = input.texts("AllowedOAuthScopes")?;
    if scopes.len() > 50 {
        return Err(ApiError::constraint("AllowedOAuthScopes", "(list)", "have length less than or equal to 50"));
    }
    scopes.into_iter().map(|scope| known_scope(pool, scope)).collect()
}

fn known_scope(pool: &Pool, scope: &str) -> Result<String, ApiError> {
    if scope.chars().count() > 256 {
        return Err(too_long("AllowedOAuthScopes", scope, 256));
    }
    if SYSTEM_SCOPES.contains(&scope) || pool.has_custom_scope(scope) {
        return Ok(scope.to_owned());
    }
    // Hypothesis: the text.
    Err(ApiError::new(ErrorKind::ScopeDoesNotExistException, format!("Scope does not exist: {scope}")))
}

/// Callback and log-out URLs: absolute, without fragment, and plain HTTP for loopback only.
fn urls(input: Input<'_>, member: &str) -> Result<Vec<String>, ApiError> {
    let urls = input.texts(member)?;
    if urls.len() > 100 {
        return Err(ApiError::constraint(member, "(list)", "have length less than or equal to 100"));
    }
    urls.into_iter().map(|url| redirect_url(member, url)).collect()
}

fn redirect_url(member: &str, text: &str) -> Result<String, ApiError> {
    if text.chars().count() > 1024 {
        return Err(too_long(member, text, 1024));
    }
    let url = Url::parse(text).map_err(|_| ApiError::invalid(format!("{text} is not a valid absolute URL.")))?;
    if url.fragment().is_some() {
        return Err(ApiError::invalid(format!("{text} must not include a fragment.")));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(ApiError::invalid(format!("{text} cannot use the HTTP protocol.")));
    }
    Ok(text.to_owned())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    }
}
