//! Who calls: by the claims of a token that is verified here, or of which its issuer says that it is good.

use super::server::Server;
use super::setup::{BROAD, NARROW, Verification};
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde_json::{Map, Value};

/// What every token of this server has to say (RFC 9068 section 2.2).
const REQUIRED: [&str; 4] = ["sub", "client_id", "iat", "jti"];

/// Who calls.
pub struct Caller {
    /// The user, by issuer and subject.
    pub user: String,
    scope: String,
    of_proxy: bool,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    /// It has no token.
    Nothing,
    /// What it has instead of one token is none.
    Malformed,
    /// Its token is not good.
    Token,
    /// The same of a token behind `DPoP`.
    BoundToken,
    /// The proof beside its token is not good.
    Proof,
    /// Its token does not reach far enough.
    Scope,
}

/// How long a token may be.
const LONGEST: usize = 16 << 10;

type Claims = Map<String, Value>;

/// The name of a user of one issuer.
pub fn user(issuer: &str, subject: &str) -> String {
    format!("{subject} at {issuer}")
}

/// Whether a text can be a token at all (RFC 6750 section 2.1).
fn is_token(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// The identifier with scheme and host in small letters, in which alone they may differ (RFC 3986 section 6.2.2.1).
fn in_small_letters(identifier: &str) -> String {
    let host = identifier.find("://").map_or(0, |at| at + 3);
    let path = identifier[host..].find('/').map_or(identifier.len(), |at| host + at);
    format!("{}{}", identifier[..path].to_lowercase(), &identifier[path..])
}

fn text<'a>(claims: &'a Claims, name: &str) -> &'a str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Caller {
    /// A client that calls on its own behalf is none of the users, whatever it is called.
    fn of(claims: &Claims) -> Self {
        let user = user(text(claims, "iss"), text(claims, "sub"));
        let is_client = text(claims, "sub") == text(claims, "client_id");
        let user = if is_client { format!("the client {user}") } else { user };
        Self { user, scope: text(claims, "scope").to_owned(), of_proxy: false }
    }

    /// Whether the token has the scope that every request needs. A proxy's own tokens have none.
    pub fn has_base_scope(&self) -> bool {
        self.of_proxy || self.scope.split(' ').any(|scope| scope == "openid")
    }

    pub fn may_write(&self) -> bool {
        self.scope.split(' ').any(|scope| scope == NARROW || scope == BROAD)
    }
}

impl Server {
    /// Who sends a request with these header fields.
    pub async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let mut fields = headers.get_all(header::AUTHORIZATION).iter();
        let Some(field) = fields.next() else { return Err(Refusal::Nothing) };
        let field = Some(field).filter(|_| fields.next().is_none()).and_then(|field| field.to_str().ok());
        let (scheme, token) = field.and_then(|field| field.split_once(' ')).ok_or(Refusal::Malformed)?;
        let token = token.trim_start_matches(' ');
        if token.len() > LONGEST || !is_token(token) {
            return Err(Refusal::Malformed);
        }
        if scheme.eq_ignore_ascii_case("dpop") {
            let claims = self.claims(token).await.ok_or(Refusal::BoundToken)?;
            let bound = claims.pointer_text("cnf", "jkt").ok_or(Refusal::BoundToken)?;
            self.prove(token, bound, headers).ok_or(Refusal::Proof)?;
            return Ok(Caller::of(&claims));
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::Token);
        }
        if let Some(user) = self.user_of_proxy(token).await {
            return Ok(Caller { user, scope: String::new(), of_proxy: true });
        }
        let claims = self.claims(token).await.filter(|claims| !claims.contains_key("cnf"));
        claims.map(|claims| Caller::of(&claims)).ok_or(Refusal::Token)
    }

    /// The claims of a token, if it is a good one.
    async fn claims(&self, token: &str) -> Option<Claims> {
        if self.setup.verification == Verification::Introspection {
            let told = self.introspected(&self.told.issuer, token).await?;
            return Some(told).filter(|told| self.is_meant(told));
        }
        let claims = self.verified(token).await?;
        if self.setup.verification == Verification::Both {
            self.introspected(text(&claims, "iss"), token).await?;
        }
        Some(claims)
    }

    /// What the issuer tells of a token (RFC 7662 section 2.2), if it is active.
    async fn introspected(&self, issuer: &str, token: &str) -> Option<Claims> {
        let told = self.ask(&format!("{issuer}/introspect"), &[("token", token)]).await?;
        Some(told.as_object()?.clone()).filter(|told| told.get("active") == Some(&Value::Bool(true)))
    }

    /// Whether the audience is this server, or one of several is.
    fn is_meant(&self, claims: &Claims) -> bool {
        let is_ours = |one: &Value| one.as_str().is_some_and(|one| in_small_letters(one) == self.resource());
        match claims.get("aud") {
            Some(Value::Array(audiences)) => audiences.iter().any(is_ours),
            one => one.is_some_and(is_ours),
        }
    }

    async fn verified(&self, token: &str) -> Option<Claims> {
        let header = decode_header(token).ok()?;
        let unverified = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let unverified: Value = serde_json::from_slice(&unverified).ok()?;
        let issuer = self.issuers().into_iter().find(|issuer| unverified["iss"] == **issuer)?.clone();
        let key = self.key(&issuer, header.kid.as_deref()?).await?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&issuer]);
        // Compared below, because its host may be written in large letters.
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        validation.validate_nbf = true;
        let claims = decode::<Claims>(token, &key, &validation).ok()?.claims;
        let typed = ["at+jwt", "application/at+jwt"];
        let is_access_token = header.typ.is_some_and(|given| typed.iter().any(|one| one.eq_ignore_ascii_case(&given)));
        let complete = REQUIRED.iter().all(|name| claims.contains_key(*name));
        (complete && is_access_token && self.is_meant(&claims)).then_some(claims)
    }
}

/// Members of members.
trait Nested {
    fn pointer_text(&self, outer: &str, inner: &str) -> Option<&str>;
}

impl Nested for Claims {
    fn pointer_text(&self, outer: &str, inner: &str) -> Option<&str> {
        self.get(outer)?.get(inner)?.as_str()
    }
}
