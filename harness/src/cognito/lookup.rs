//! Looking at what is there, changing nothing: pools by name, one pool, one domain.

use aws_sdk_cognitoidentityprovider::types::{DomainDescriptionType, UserPoolType};

use super::account::Account;
use super::error::{CallFailure, Named as _};

/// The most pools that ListUserPools gives at once.
const PAGE: i32 = 60;

/// A pool as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedPool {
    pub(super) id: String,
    pub(super) name: String,
}

/// All pools of the account and region whose name `wanted` accepts. Names are not unique.
pub(super) async fn pools(account: &Account, wanted: impl Fn(&str) -> bool) -> Result<Vec<ListedPool>, CallFailure> {
    let mut pages = account.removal_client().list_user_pools().into_paginator().page_size(PAGE).send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.named("ListUserPools", account.region())?;
        let listed = page.user_pools().iter().filter_map(|pool| Some((pool.id()?, pool.name()?)));
        let ours = listed.filter(|(_, name)| wanted(name));
        found.extend(ours.map(|(id, name)| ListedPool { id: id.to_owned(), name: name.to_owned() }));
    }
    Ok(found)
}

/// A pool as it is now; `None` when it does not exist.
///
/// A policy that allows the call by tag cannot allow it for a pool that is gone, so a denial counts as absence when no listing shows the pool.
pub(super) async fn pool(account: &Account, id: &str) -> Result<Option<UserPoolType>, CallFailure> {
    let answer = account.removal_client().describe_user_pool().user_pool_id(id).send().await;
    match answer.named("DescribeUserPool", id) {
        Ok(output) => Ok(output.user_pool),
        Err(failure) if failure.is_gone() => Ok(None),
        Err(failure) if failure.is_denied() && !is_listed(account, id).await? => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Whether a listing of all pools shows the pool.
pub(super) async fn is_listed(account: &Account, id: &str) -> Result<bool, CallFailure> {
    let all = pools(account, |_| true).await?;
    Ok(all.iter().any(|pool| pool.id == id))
}

/// A login domain as it is now; `None` when nobody has that prefix.
pub(super) async fn domain(account: &Account, prefix: &str) -> Result<Option<DomainDescriptionType>, CallFailure> {
    let answer = account.removal_client().describe_user_pool_domain().domain(prefix).send().await;
    match answer.named("DescribeUserPoolDomain", prefix) {
        // An unknown prefix is answered with an empty description, not with an error.
        Ok(output) => Ok(output.domain_description.filter(|found| found.user_pool_id.is_some())),
        Err(failure) if failure.is_gone() => Ok(None),
        Err(failure) => Err(failure),
    }
}
