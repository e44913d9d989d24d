//! What the claims of an access token must say (RFC 7519, RFC 9068, and Cognito's `token_use`).
//!
//! A claim of the wrong JSON type is refused, not coerced. Claims that are not known here are ignored, since issuers may add
//! some at any time (RFC 7519 section 4).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::config::{Config, TokenUse};
use crate::scope::Scopes;
use crate::token::Refusal;
use crate::token::jws::SignedClaims;

/// The last moment that is taken for a time: the end of the year 9999, in seconds.
const LATEST_TIME: f64 = 253_402_300_799.0;

/// Who calls: a subject of an issuer, through a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The issuer that vouches for the subject; a subject means nothing without it.
    pub issuer: String,
    /// The subject, as the issuer names it.
    pub subject: String,
    /// The client the token was issued to.
    pub client_id: String,
}

/// The proof that a request came with a good access token. Only [`Verifier::verify`](crate::Verifier::verify) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    principal: Principal,
    scopes: Scopes,
    username: Option<String>,
}

impl VerifiedToken {
    /// Who calls.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The scopes that were granted.
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// The user name, if the issuer tells it. For people to read; the identity is the [`principal`](Self::principal).
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// Accepts or refuses signed claims at a given time.
    pub(super) fn accept(
        SignedClaims(claims): SignedClaims,
        config: &Config,
        now: SystemTime,
    ) -> Result<Self, Refusal> {
        check_issuer(&claims, config)?;
        check_times(&claims, config.leeway, now)?;
        check_audience(&claims, config)?;
        check_token_use(&claims, config.token_use)?;
        let client_id = text(&claims, "client_id").ok_or(Refusal::ClientMissing)?;
        if !config.clients.contain(client_id) {
            return Err(Refusal::ClientNotAllowed);
        }
        let subject = text(&claims, "sub").ok_or(Refusal::SubjectMissing)?;
        text(&claims, "jti").ok_or(Refusal::IdentifierMissing)?;
        Ok(Self {
            principal: Principal {
                issuer: config.issuer.clone(),
                subject: subject.to_owned(),
                client_id: client_id.to_owned(),
            },
            scopes: granted_scopes(&claims),
            username: text(&claims, "username").map(str::to_owned),
        })
    }
}

/// A claim that is a string with something in it.
fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str).filter(|value| !value.is_empty())
}

fn check_issuer(claims: &Map<String, Value>, config: &Config) -> Result<(), Refusal> {
    match text(claims, "iss") {
        None => Err(Refusal::IssuerMissing),
        Some(issuer) if issuer == config.issuer => Ok(()),
        Some(_) => Err(Refusal::WrongIssuer),
    }
}

fn check_times(claims: &Map<String, Value>, leeway: Duration, now: SystemTime) -> Result<(), Refusal> {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let leeway = leeway.as_secs_f64();
    let expiry = claims.get("exp").ok_or(Refusal::ExpiryMissing)?;
    let expiry = time(expiry).ok_or(Refusal::ExpiryMalformed)?;
    if now >= expiry + leeway {
        return Err(Refusal::Expired);
    }
    if let Some(not_before) = claims.get("nbf") {
        time(not_before).filter(|start| *start <= now + leeway).ok_or(Refusal::NotYetValid)?;
    }
    let issued = claims.get("iat").and_then(time).ok_or(Refusal::IssueTimeMissing)?;
    if issued > now + leeway { Err(Refusal::IssuedInTheFuture) } else { Ok(()) }
}

/// A `NumericDate` (RFC 7519 section 2) within the years that a calendar knows.
fn time(value: &Value) -> Option<f64> {
    value.as_f64().filter(|seconds| (0.0..=LATEST_TIME).contains(seconds))
}

fn check_audience(claims: &Map<String, Value>, config: &Config) -> Result<(), Refusal> {
    let audience = claims.get("aud").ok_or(Refusal::AudienceMissing)?;
    let values: Option<Vec<&str>> = match audience {
        Value::String(value) => Some(vec![value]),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    };
    match values {
        Some(values) if values.is_empty() => Err(Refusal::AudienceMalformed),
        Some(values) if values.iter().any(|value| config.resource.is_named_by(value)) => Ok(()),
        Some(_) => Err(Refusal::WrongAudience),
        None => Err(Refusal::AudienceMalformed),
    }
}

fn check_token_use(claims: &Map<String, Value>, expected: TokenUse) -> Result<(), Refusal> {
    match (claims.get("token_use"), expected) {
        (Some(Value::String(token_use)), _) if token_use == "access" => Ok(()),
        (None, TokenUse::Optional) => Ok(()),
        _ => Err(Refusal::NotAnAccessToken),
    }
}

/// The scopes of the token. A missing `scope` grants nothing, and so does one that is no string: the answer is then that the
/// scope does not suffice, not that the token is bad.
fn granted_scopes(claims: &Map<String, Value>) -> Scopes {
    text(claims, "scope").map(Scopes::granted_by).unwrap_or_default()
}
