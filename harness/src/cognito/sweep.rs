//! Removing the pools of runs that never got to their own teardown.
//!
//! A pool is swept only when three things agree: its name, its tag with the same run's id, and an expiry in the past. Anything else is left
//! alone, and the report says why.

use std::time::SystemTime;

use aws_sdk_cognitoidentityprovider::types::UserPoolType;

use super::account::Account;
use super::error::CallFailure;
use super::leftovers::Leftover;
use super::lookup;
use super::lookup::ListedPool;
use super::naming::{EXPIRY_TAG, POOL_NAME_PREFIX, RUN_TAG, RunId, unix_seconds};
use super::removal;

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SweepReport {
    /// Ids of the pools that were removed and seen to be gone.
    pub removed: Vec<String>,
    /// Pools that carry our name but were left alone.
    pub kept: Vec<KeptPool>,
    /// Pools that should be gone and are not.
    pub left: Vec<Leftover>,
}

/// A pool that carries our name and was left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptPool {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why it was left alone.
    pub why: String,
}

/// The account could not be looked through.
#[derive(Debug, thiserror::Error)]
#[error("no sweep: {0}")]
pub struct SweepError(#[from] CallFailure);

/// Removes all pools of ours that expired before `now`.
///
/// # Errors
/// The pools cannot be listed. A pool that cannot be removed is no error but in the report.
pub async fn sweep(account: &Account, now: SystemTime) -> Result<SweepReport, SweepError> {
    let mut report = SweepReport::default();
    for listed in lookup::pools(account, |name| name.starts_with(POOL_NAME_PREFIX)).await? {
        match judge(account, &listed, now).await {
            Ok(()) => match removal::remove_pool(account, &listed.id).await {
                Ok(()) => report.removed.push(listed.id),
                Err(leftover) => report.left.push(leftover),
            },
            Err(why) => report.kept.push(KeptPool { id: listed.id, name: listed.name, why }),
        }
    }
    Ok(report)
}

/// Whether a pool may be swept; otherwise why not.
async fn judge(account: &Account, listed: &ListedPool, now: SystemTime) -> Result<(), String> {
    match lookup::pool(account, &listed.id).await {
        Ok(Some(pool)) => is_ours_and_expired(&listed.name, &pool, now),
        Ok(None) => Err("it went away by itself".to_owned()),
        Err(failure) => Err(format!("it could not be looked at: {failure}")),
    }
}

fn is_ours_and_expired(name: &str, pool: &UserPoolType, now: SystemTime) -> Result<(), String> {
    let tag = |key: &str| pool.user_pool_tags().and_then(|tags| tags.get(key)).map(String::as_str);
    let run = tag(RUN_TAG).ok_or_else(|| format!("it has no tag {RUN_TAG}"))?;
    let same_run = run.parse::<RunId>().is_ok_and(|run| run.pool_name() == name);
    if !same_run {
        return Err(format!("its tag {RUN_TAG} does not belong to its name"));
    }
    let expiry = tag(EXPIRY_TAG).ok_or_else(|| format!("it has no tag {EXPIRY_TAG}"))?;
    let expiry: u64 = expiry.parse().map_err(|_| format!("its tag {EXPIRY_TAG} is not a time"))?;
    match expiry.saturating_sub(unix_seconds(now)) {
        0 if expiry < unix_seconds(now) => Ok(()),
        left => Err(format!("it has not expired: {left} s left")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::time::{Duration, UNIX_EPOCH};

    use rstest::rstest;

    use super::*;

    const NAME: &str = "mcp-harness-abcdefghijk1";

    fn pool(tags: &[(&str, &str)]) -> UserPoolType {
        tags.iter().fold(UserPoolType::builder(), |pool, (key, value)| pool.user_pool_tags(*key, *value)).build()
    }

    fn verdict(tags: &[(&str, &str)]) -> Result<(), String> {
        is_ours_and_expired(NAME, &pool(tags), UNIX_EPOCH + Duration::from_secs(1_000))
    }

    #[test]
    fn takes_a_pool_of_ours_that_has_expired() {
        assert_eq!(verdict(&[(RUN_TAG, "abcdefghijk1"), (EXPIRY_TAG, "999")]), Ok(()));
    }

    #[rstest]
    #[case::no_tags(&[], "no tag mcp-harness")]
    #[case::another_run(&[(RUN_TAG, "abcdefghijk2"), (EXPIRY_TAG, "1")], "does not belong to its name")]
    #[case::no_expiry(&[(RUN_TAG, "abcdefghijk1")], "no tag mcp-harness-expires")]
    #[case::not_a_time(&[(RUN_TAG, "abcdefghijk1"), (EXPIRY_TAG, "soon")], "not a time")]
    #[case::expires_now(&[(RUN_TAG, "abcdefghijk1"), (EXPIRY_TAG, "1000")], "0 s left")]
    #[case::still_alive(&[(RUN_TAG, "abcdefghijk1"), (EXPIRY_TAG, "1060")], "60 s left")]
    fn leaves_everything_else_alone(#[case] tags: &[(&str, &str)], #[case] reason: &str) {
        let why = verdict(tags).unwrap_err();
        assert!(why.contains(reason), "{why}");
    }
}
