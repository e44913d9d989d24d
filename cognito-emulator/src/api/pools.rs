//! `CreateUserPool`, `DescribeUserPool`, `ListUserPools`, `DeleteUserPool` and `ListTagsForResource`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::error::{ApiError, ErrorKind};
use super::input::{Input, NAME, not_in_enum};
use super::protocol::{Answer, nothing};
use crate::clock::aws_timestamp;
use crate::pool::{PasswordPolicy, Pool, PoolId, SignIns, Tier, Usernames};
use crate::random;
use crate::state::{Domain, Shared, State};

/// Members of `CreateUserPool` that have no effect in an emulator without mail, second factors and recovery.
const DESCRIBED: [&str; 7] = [
    "AccountRecoverySetting",
    "AdminCreateUserConfig",
    "AutoVerifiedAttributes",
    "EmailConfiguration",
    "Policies",
    "UsernameAttributes",
    "UsernameConfiguration",
];
/// The account that the emulator's ARNs name.
const ACCOUNT: &str = "000000000000";

pub(super) fn create(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let name = input.required_match("PoolName", NAME)?;
    refuse_what_is_not_emulated(input)?;
    refuse_two_validity_periods(input)?;
    let (tier, usernames, password_policy) = (tier(input)?, usernames(input)?, password_policy(input)?);
    let case_sensitive = match input.structure("UsernameConfiguration")? {
        Some(configuration) => configuration.flag("CaseSensitive")?.unwrap_or(true),
        None => true,
    };
    let deletion_protected = deletion_protection(input)?;
    let tags = match input.structure("UserPoolTags")? {
        Some(tags) => tags.entries()?.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        None => BTreeMap::new(),
    };
    let id = PoolId::from(format!("{}_{}", shared.settings.region, random::alphanumeric(9)));
    let mut state = shared.state();
    let keys = shared.keys_for(&id, &mut state);
    let pool = Pool {
        id: id.clone(),
        name: name.to_owned(),
        tier,
        usernames,
        case_sensitive,
        password_policy,
        deletion_protected,
        tags,
        described: input.copies(&DESCRIBED),
        created: shared.now(),
        clients: BTreeMap::new(),
        resource_servers: BTreeMap::new(),
        brandings: BTreeMap::new(),
        users: BTreeMap::new(),
        keys,
        sign_ins: SignIns::default(),
    };
    let answer = json!({"UserPool": description(shared, &pool, None)});
    state.pools.insert(id, pool);
    Ok(answer)
}

pub(super) fn describe(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let state = shared.state();
    let pool = pool_of(&state, input)?;
    Ok(json!({"UserPool": description(shared, pool, state.domain_of(&pool.id))}))
}

pub(super) fn list(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let max = page_size(input, 60, true)?;
    let state = shared.state();
    let pools = state.pools.values().map(|pool| (pool.id.as_str(), summary(pool)));
    page("UserPools", pools, max, input.text("NextToken")?)
}

pub(super) fn delete(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let mut state = shared.state();
    let pool = pool_of(&state, input)?;
    if pool.deletion_protected {
        return Err(ApiError::invalid(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
        ));
    }
    if state.domain_of(&pool.id).is_some() {
        return Err(ApiError::invalid(
            "User pool cannot be deleted. It has a domain configured that should be deleted first.",
        ));
    }
    let id = pool.id.clone();
    state.pools.remove(&id);
    nothing()
}

pub(super) fn list_tags(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let arn_asked = input.required_text("ResourceArn")?;
    let state = shared.state();
    let pool = state
        .pools
        .values()
        .find(|pool| arn(shared, &pool.id) == arn_asked)
        .ok_or_else(|| ApiError::not_found(format!("Resource {arn_asked} does not exist.")))?;
    Ok(json!({"Tags": pool.tags}))
}

/// The pool that the member `UserPoolId` names.
pub(super) fn pool_of<'a>(state: &'a State, input: Input<'_>) -> Result<&'a Pool, ApiError> {
    let id = input.required_text("UserPoolId")?;
    state.pools.get(id).ok_or_else(|| no_such_pool(id))
}

/// As [`pool_of`], for changing.
pub(super) fn pool_of_mut<'a>(state: &'a mut State, input: Input<'_>) -> Result<&'a mut Pool, ApiError> {
    let id = input.required_text("UserPoolId")?;
    state.pools.get_mut(id).ok_or_else(|| no_such_pool(id))
}

fn no_such_pool(id: &str) -> ApiError {
    ApiError::not_found(format!("User pool {id} does not exist."))
}

/// `MaxResults`: at most what the operation allows, and all of it when the member may be left out and is.
pub(super) fn page_size(input: Input<'_>, limit: usize, required: bool) -> Result<usize, ApiError> {
    let asked = input.integer_within("MaxResults", 1, i64::try_from(limit).unwrap_or(i64::MAX))?;
    match asked {
        Some(asked) => Ok(usize::try_from(asked).unwrap_or(limit)),
        None if required => Err(ApiError::constraint("MaxResults", "null", "not be null")),
        None => Ok(limit),
    }
}

/// One page of a listing in key order. The token of the next page is the last key of this one.
pub(super) fn page<'a>(
    member: &str,
    items: impl Iterator<Item = (&'a str, Value)>,
    max: usize,
    token: Option<&str>,
) -> Answer {
    let mut rest = items.skip_while(|(key, _)| token.is_some_and(|token| *key <= token)).peekable();
    let mut last = None;
    let mut shown = Vec::new();
    while let Some((key, item)) = (shown.len() < max).then(|| rest.next()).flatten() {
        last = Some(key);
        shown.push(item);
    }
    let mut answer = json!({ member: shown });
    if rest.peek().is_some() {
        answer["NextToken"] = json!(last);
    }
    Ok(answer)
}

fn summary(pool: &Pool) -> Value {
    let created = aws_timestamp(pool.created);
    json!({"Id": pool.id.as_str(), "Name": pool.name, "LambdaConfig": {}, "LastModifiedDate": created, "CreationDate": created})
}

fn description(shared: &Shared, pool: &Pool, domain: Option<&Domain>) -> Value {
    let created = aws_timestamp(pool.created);
    let mut described = json!({
        "Id": pool.id.as_str(),
        "Name": pool.name,
        "Arn": arn(shared, &pool.id),
        "CreationDate": created,
        "LastModifiedDate": created,
        "DeletionProtection": if pool.deletion_protected { "ACTIVE" } else { "INACTIVE" },
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": pool.users.len(),
        "UserPoolTier": pool.tier.as_str(),
        "UserPoolTags": pool.tags,
    });
    for (member, value) in &pool.described {
        described[member] = value.clone();
    }
    if let Some(domain) = domain {
        described["Domain"] = json!(domain.prefix);
    }
    described
}

fn arn(shared: &Shared, id: &PoolId) -> String {
    format!("arn:aws:cognito-idp:{}:{ACCOUNT}:userpool/{id}", shared.settings.region)
}

fn tier(input: Input<'_>) -> Result<Tier, ApiError> {
    match input.text("UserPoolTier")? {
        None | Some("ESSENTIALS") => Ok(Tier::Essentials),
        Some("LITE") => Ok(Tier::Lite),
        Some("PLUS") => Ok(Tier::Plus),
        Some(other) => Err(not_in_enum("UserPoolTier", other, &["LITE", "ESSENTIALS", "PLUS"])),
    }
}

fn usernames(input: Input<'_>) -> Result<Usernames, ApiError> {
    match input.texts("UsernameAttributes")?.as_slice() {
        [] => Ok(Usernames::Chosen),
        ["email"] => Ok(Usernames::Email),
        others => {
            Err(ApiError::invalid(format!("This emulator knows no pools that sign in by {}.", others.join(" and "))))
        }
    }
}

fn deletion_protection(input: Input<'_>) -> Result<bool, ApiError> {
    match input.text("DeletionProtection")? {
        None | Some("INACTIVE") => Ok(false),
        Some("ACTIVE") => Ok(true),
        Some(other) => Err(not_in_enum("DeletionProtection", other, &["ACTIVE", "INACTIVE"])),
    }
}

fn password_policy(input: Input<'_>) -> Result<PasswordPolicy, ApiError> {
    let Some(policies) = input.structure("Policies")? else { return Ok(PasswordPolicy::default()) };
    let Some(policy) = policies.structure("PasswordPolicy")? else { return Ok(PasswordPolicy::default()) };
    let required = |member| Ok::<bool, ApiError>(policy.flag(member)?.unwrap_or(false));
    let minimum_length = policy.integer_within("MinimumLength", 6, 99)?.unwrap_or(8);
    Ok(PasswordPolicy {
        minimum_length: usize::try_from(minimum_length).unwrap_or(8),
        uppercase: required("RequireUppercase")?,
        lowercase: required("RequireLowercase")?,
        numbers: required("RequireNumbers")?,
        symbols: required("RequireSymbols")?,
    })
}

/// The API knows the life of a temporary password under an old and a new name and refuses both together. The Rust SDK sends both,
/// each as zero, as soon as both structures are built.
fn refuse_two_validity_periods(input: Input<'_>) -> Result<(), ApiError> {
    let old = input.structure("AdminCreateUserConfig")?.is_some_and(|config| config.has("UnusedAccountValidityDays"));
    let policy = match input.structure("Policies")? {
        Some(policies) => policies.structure("PasswordPolicy")?,
        None => None,
    };
    if old && policy.is_some_and(|policy| policy.has("TemporaryPasswordValidityDays")) {
        return Err(ApiError::invalid(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
        ));
    }
    Ok(())
}

/// Features whose silent absence would make a test pass for the wrong reason.
fn refuse_what_is_not_emulated(input: Input<'_>) -> Result<(), ApiError> {
    let unsupported =
        |what: &str| Err(ApiError::new(ErrorKind::InvalidParameterException, format!("This emulator has no {what}.")));
    if let Some(dcr) = input.structure("DcrConfiguration")?
        && dcr.text("EnableStatus")? != Some("Disabled")
    {
        return unsupported("dynamic client registration");
    }
    if input.text("MfaConfiguration")?.is_some_and(|mfa| mfa != "OFF") {
        return unsupported("multi-factor authentication");
    }
    if let Some(issuer) = input.structure("IssuerConfiguration")?
        && issuer.text("Type")?.is_some_and(|kind| kind != "ORIGINAL")
    {
        return unsupported("updated issuer");
    }
    Ok(())
}
