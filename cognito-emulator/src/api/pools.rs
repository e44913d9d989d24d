//! `CreateUserPool`, `DescribeUserPool`, `ListUserPools`, `DeleteUserPool` and `ListTagsForResource`.
//!
//! What a pool may be is decided in [`super::pool_rules`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::error::ApiError;
use super::input::{Input, NAME};
use super::paging::{page, page_size};
use super::pool_rules;
use super::protocol::{Answer, nothing};
use crate::clock::aws_timestamp;
use crate::pool::{Pool, PoolId, SignIns};
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
    let id = PoolId::from(format!("{}_{}", shared.settings.region, random::alphanumeric(9)));
    let chosen = pool_rules::chosen(input)?;
    let mut state = shared.state();
    let pool = Pool {
        id: id.clone(),
        name: input.required_match("PoolName", NAME)?.to_owned(),
        tier: chosen.tier,
        usernames: chosen.usernames,
        case_sensitive: chosen.case_sensitive,
        password_policy: chosen.password_policy,
        deletion_protected: chosen.deletion_protected,
        tags: chosen.tags,
        described: input.copies(&DESCRIBED),
        created: shared.now(),
        clients: BTreeMap::new(),
        resource_servers: BTreeMap::new(),
        brandings: BTreeMap::new(),
        users: BTreeMap::new(),
        keys: shared.keys_for(&id, &mut state),
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
