//! Removing one pool and seeing that it is gone. Teardown and sweep decide which; this does it.
//!
//! Only the domain has to go before the pool; app clients, branding, resource servers and users go with it.

use aws_sdk_cognitoidentityprovider::types::UserPoolType;

use super::account::Account;
use super::error::{CallFailure, Named as _};
use super::leftovers::Leftover;
use super::lookup;

/// Removes the pool `id` with its domains. A pool that is gone already is removed.
///
/// # Errors
/// A [`Leftover`] for the pool, when Cognito refuses or still shows it after it said that it was deleted.
pub(super) async fn remove_pool(account: &Account, id: &str) -> Result<(), Leftover> {
    let attempt = account.removal_patience().retry(|| attempt(account, id)).await;
    match attempt {
        Ok(()) => see_pool_gone(account, id).await,
        Err(failure) => Err(Leftover::pool(account, id, failure.to_string())),
    }
}

/// Removes the domain `prefix` of the pool `id`, which may be gone already, and sees it gone.
///
/// # Errors
/// A [`Leftover`] for the domain, when Cognito refuses or still shows it.
pub(super) async fn remove_domain(account: &Account, prefix: &str, id: &str) -> Result<(), Leftover> {
    let attempt = account.removal_patience().retry(|| delete_domain(account, prefix, id)).await;
    match attempt {
        Ok(()) => see_domain_gone(account, prefix, id).await,
        Err(failure) => Err(Leftover::domain(account, prefix, id, failure.to_string())),
    }
}

async fn attempt(account: &Account, id: &str) -> Result<(), CallFailure> {
    let Some(pool) = lookup::pool(account, id).await? else { return Ok(()) };
    for prefix in domains(&pool) {
        delete_domain(account, prefix, id).await?;
    }
    let answer = account.removal_client().delete_user_pool().user_pool_id(id).send().await;
    gone_is_done(answer.map(|_| ()).named("DeleteUserPool", id))
}

async fn delete_domain(account: &Account, prefix: &str, id: &str) -> Result<(), CallFailure> {
    let answer = account.removal_client().delete_user_pool_domain().domain(prefix).user_pool_id(id).send().await;
    gone_is_done(answer.map(|_| ()).named("DeleteUserPoolDomain", prefix))
}

fn domains(pool: &UserPoolType) -> impl Iterator<Item = &str> {
    pool.domain().into_iter().chain(pool.custom_domain())
}

fn gone_is_done(answer: Result<(), CallFailure>) -> Result<(), CallFailure> {
    match answer {
        Err(failure) if failure.is_gone() => Ok(()),
        other => other,
    }
}

async fn see_pool_gone(account: &Account, id: &str) -> Result<(), Leftover> {
    let look = async || match lookup::pool(account, id).await {
        Ok(Some(_)) => Err("Cognito accepted the deletion, but still shows the pool".to_owned()),
        Ok(None) => match lookup::is_listed(account, id).await {
            Ok(true) => Err("Cognito accepted the deletion, but still lists the pool".to_owned()),
            Ok(false) => Ok(()),
            Err(failure) => Err(format!("whether it is gone could not be seen: {failure}")),
        },
        Err(failure) => Err(format!("whether it is gone could not be seen: {failure}")),
    };
    account.removal_patience().until(look).await.map_err(|why| Leftover::pool(account, id, why))
}

async fn see_domain_gone(account: &Account, prefix: &str, id: &str) -> Result<(), Leftover> {
    let look = async || match lookup::domain(account, prefix).await {
        Ok(Some(_)) => Err("Cognito accepted the deletion, but still shows the domain".to_owned()),
        Ok(None) => Ok(()),
        Err(failure) => Err(format!("whether it is gone could not be seen: {failure}")),
    };
    account.removal_patience().until(look).await.map_err(|why| Leftover::domain(account, prefix, id, why))
}
