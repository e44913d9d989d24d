//! `CreateUserPoolDomain`, `DescribeUserPoolDomain` and `DeleteUserPoolDomain`: a domain is a listener with a name.

use std::sync::Arc;

use serde_json::json;

use super::error::{ApiError, ErrorKind};
use super::input::{Input, mismatch, not_in_enum};
use super::pools::pool_of;
use super::protocol::{Answer, nothing};
use crate::hosted;
use crate::listener::Reserved;
use crate::pool::Tier;
use crate::state::{Domain, LoginVersion, Shared};

const PREFIX: &str = r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$";
const RESERVED_WORDS: [&str; 3] = ["aws", "amazon", "cognito"];

pub(super) fn create(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let prefix = prefix(input)?;
    if let Some(word) = RESERVED_WORDS.iter().find(|word| prefix.contains(**word)) {
        return Err(ApiError::invalid(format!("Domain cannot contain reserved word: {word}")));
    }
    let login = login_version(input)?;
    let mut state = shared.state();
    let pool = pool_of(&state, input)?;
    if pool.tier == Tier::Lite && login == LoginVersion::Managed {
        let message = "Managed login is not available in the LITE tier";
        return Err(ApiError::new(ErrorKind::FeatureUnavailableInTierException, message));
    }
    if state.domains.contains_key(prefix) {
        return Err(ApiError::invalid("Domain already associated with another user pool."));
    }
    // Hypothesis: the text. That a pool has one prefix domain is documented.
    if state.domain_of(&pool.id).is_some() {
        return Err(ApiError::invalid(format!("User pool {} already has a domain configured.", pool.id)));
    }
    let pool = pool.id.clone();
    let unopened =
        |error| ApiError::new(ErrorKind::InternalErrorException, format!("no listener for the domain: {error}"));
    let reserved = Reserved::loopback(0).map_err(unopened)?;
    let router = hosted::router(Arc::clone(shared), pool.clone(), login);
    let served = reserved.serve(router).map_err(unopened)?;
    state.domains.insert(prefix.to_owned(), Domain { prefix: prefix.to_owned(), pool, login, served });
    Ok(json!({"ManagedLoginVersion": login.number()}))
}

/// *Hypothesis*: an unknown prefix is described by an empty structure, not refused.
pub(super) fn describe(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let prefix = input.required_text("Domain")?;
    let state = shared.state();
    let Some(domain) = state.domains.get(prefix) else { return Ok(json!({"DomainDescription": {}})) };
    Ok(json!({"DomainDescription": {
        "UserPoolId": domain.pool.as_str(),
        "Domain": domain.prefix,
        "Status": "ACTIVE",
        "ManagedLoginVersion": domain.login.number(),
        "CustomDomainConfig": {},
    }}))
}

/// Answers once the domain's port is free again.
pub(super) async fn delete(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let prefix = prefix(input)?;
    let removed = {
        let mut state = shared.state();
        let pool = pool_of(&state, input)?.id.clone();
        let owned = state.domains.get(prefix).is_some_and(|domain| domain.pool == pool);
        owned.then(|| state.domains.remove(prefix)).flatten()
    };
    let Some(mut domain) = removed else {
        // Hypothesis: the type and the text.
        return Err(ApiError::invalid("No such domain or user pool exists."));
    };
    domain.served.close().await;
    nothing()
}

fn prefix(input: Input<'_>) -> Result<&str, ApiError> {
    let prefix = input.required_text("Domain")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = !prefix.is_empty()
        && prefix.len() <= 63
        && prefix.chars().all(|c| plain(c) || c == '-')
        && prefix.starts_with(plain)
        && prefix.ends_with(plain);
    good.then_some(prefix).ok_or_else(|| mismatch("Domain", prefix, PREFIX))
}

/// *Hypothesis*: 1 when the member is left out.
fn login_version(input: Input<'_>) -> Result<LoginVersion, ApiError> {
    match input.integer("ManagedLoginVersion")? {
        None | Some(1) => Ok(LoginVersion::Classic),
        Some(2) => Ok(LoginVersion::Managed),
        Some(other) => Err(not_in_enum("ManagedLoginVersion", &other.to_string(), &["1", "2"])),
    }
}
