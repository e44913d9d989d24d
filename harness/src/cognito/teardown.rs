//! Removing all that a run made, from its journal alone, and proving it.
//!
//! May be repeated and may begin anywhere: after a crash, after a first teardown, with the pool gone already. An intent without a result is
//! looked for by name. The end is a look, not an assumption: a thing counts as gone when AWS no longer shows it.

use std::collections::BTreeSet;
use std::fmt;

use super::account::Account;
use super::error::CallFailure;
use super::journal::{Entry, Journal, Kind, State};
use super::leftovers::{Leftover, Leftovers};
use super::lookup;
use super::naming::RunId;
use super::removal;

/// Nothing of a run is left. Only [`teardown`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The run.
    pub run: RunId,
    /// What was looked for and not found.
    pub absent: Vec<Absence>,
}

/// One thing that was looked for and not found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Absence {
    /// What was looked for.
    pub what: String,
    /// The calls that did not show it.
    pub seen_by: &'static str,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing of run {} is left:", self.run)?;
        self.absent.iter().try_for_each(|absence| write!(f, "\n- {absence}"))
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: not shown by {}", self.what, self.seen_by)
    }
}

/// Removes all that `journal` names and closes it once all is seen to be gone.
///
/// # Errors
/// What is left or could not be shown to be gone, why, and the command for it. The journal then stays for another try.
pub async fn teardown(account: &Account, journal: &Journal) -> Result<Proof, Leftovers> {
    let mut teardown = Teardown { account, journal, absent: Vec::new(), left: Vec::new() };
    if teardown.is_the_right_place() {
        let pools = teardown.pools().await;
        for prefix in teardown.names(Kind::Domain) {
            teardown.remove_domain(&prefix, &pools).await;
        }
        for pool in &pools {
            teardown.remove_pool(pool).await;
        }
        teardown.see_no_pool_of_the_name().await;
    }
    teardown.finish()
}

/// One teardown on its way: what is known to be gone and what is not.
struct Teardown<'a> {
    account: &'a Account,
    journal: &'a Journal,
    absent: Vec<Absence>,
    left: Vec<Leftover>,
}

impl Teardown<'_> {
    /// In another region, endpoint or account nothing would be found, which would prove nothing.
    fn is_the_right_place(&mut self) -> bool {
        let here = self.account.place();
        // Without a place, nothing was made and there is nothing to look for elsewhere.
        let Some(place) = self.journal.place() else { return true };
        let accounts_differ = matches!((&place.account_id, &here.account_id), (Some(then), Some(now)) if then != now);
        if place.region == here.region && place.endpoint_url == here.endpoint_url && !accounts_differ {
            return true;
        }
        let why = format!("made on {place}, but this account is {here}: open that one");
        let name = self.journal.run().pool_name();
        self.left.push(Leftover::unseen_pools(self.account, &name, why));
        false
    }

    /// Ids of all pools of the run: those written down, and those that carry its name without having been written down.
    async fn pools(&mut self) -> BTreeSet<String> {
        let written = self.entries(Kind::UserPool).into_iter().filter_map(|entry| entry.id);
        let mut pools: BTreeSet<String> = written.collect();
        match self.listed().await {
            Ok(listed) => pools.extend(listed),
            Err(failure) => tracing::warn!(%failure, "looking for pools by name"),
        }
        pools
    }

    /// Ids of the pools that carry the run's name. A creation that was cut off may still be under way, so that a pool
    /// that nobody said was made is looked for until it had time to appear.
    async fn listed(&self) -> Result<Vec<String>, CallFailure> {
        let name = self.journal.run().pool_name();
        let patience = self.account.removal_patience();
        let look = async || {
            let listed = patience.retry(|| lookup::pools(self.account, |found| found == name)).await;
            match listed {
                Ok(pools) if pools.is_empty() => Err(None),
                Ok(pools) => Ok(pools.into_iter().map(|pool| pool.id).collect()),
                Err(failure) => Err(Some(failure)),
            }
        };
        let undecided = self.entries(Kind::UserPool).iter().any(|entry| entry.state == State::Intended);
        let found = if undecided { patience.settling().until(look).await } else { look().await };
        found.or_else(|nothing| nothing.map_or_else(|| Ok(Vec::new()), Err))
    }

    async fn remove_pool(&mut self, id: &str) {
        match removal::remove_pool(self.account, id).await {
            Ok(()) => {
                let what = format!("user pool {id}{}", self.contents());
                self.absent.push(Absence { what, seen_by: "DescribeUserPool, ListUserPools" });
            }
            Err(leftover) => self.left.push(leftover),
        }
    }

    /// What went with the pool, for the reader of the proof.
    fn contents(&self) -> String {
        let entries = self.journal.entries();
        let inner = entries.iter().filter(|entry| !matches!(entry.kind, Kind::UserPool | Kind::Domain));
        let names: Vec<String> = inner.map(|entry| format!("{} {}", entry.kind, entry.name)).collect();
        if names.is_empty() { String::new() } else { format!(" (with {})", names.join(", ")) }
    }

    async fn see_no_pool_of_the_name(&mut self) {
        let name = self.journal.run().pool_name();
        let found = self.account.removal_patience().retry(|| lookup::pools(self.account, |found| found == name)).await;
        match found {
            Ok(found) if found.is_empty() => {
                let what = format!("user pool named {name}");
                self.absent.push(Absence { what, seen_by: "ListUserPools" });
            }
            Ok(found) => {
                let known: Vec<&str> = self.left.iter().map(|leftover| leftover.what.as_str()).collect();
                let new = found.into_iter().filter(|pool| !known.contains(&format!("user pool {}", pool.id).as_str()));
                let why = "it carries the run's name and is still listed";
                let new = new.map(|pool| Leftover::pool(self.account, &pool.id, why.to_owned())).collect::<Vec<_>>();
                self.left.extend(new);
            }
            Err(failure) => self.left.push(Leftover::unseen_pools(self.account, &name, failure.to_string())),
        }
    }

    /// A prefix that belongs to somebody else's pool was refused to us, and is none of our business.
    async fn remove_domain(&mut self, prefix: &str, pools: &BTreeSet<String>) {
        let found = self.account.removal_patience().retry(|| lookup::domain(self.account, prefix)).await;
        let owner = match found {
            Ok(found) => found.and_then(|domain| domain.user_pool_id).filter(|owner| pools.contains(owner)),
            Err(failure) => {
                return self.left.push(Leftover::unseen_domain(self.account, prefix, failure.to_string()));
            }
        };
        let removed = match &owner {
            Some(owner) => removal::remove_domain(self.account, prefix, owner).await,
            None => Ok(()),
        };
        match removed {
            Ok(()) => {
                let what = format!("domain {prefix}");
                self.absent.push(Absence { what, seen_by: "DescribeUserPoolDomain" });
            }
            Err(leftover) => self.left.push(leftover),
        }
    }

    fn finish(mut self) -> Result<Proof, Leftovers> {
        if self.left.is_empty()
            && let Err(error) = self.journal.close()
        {
            self.left.push(Leftover::journal(self.journal.path(), error.to_string()));
        }
        let run = self.journal.run();
        if self.left.is_empty() {
            Ok(Proof { run, absent: self.absent })
        } else {
            Err(Leftovers { run, items: self.left })
        }
    }

    fn entries(&self, kind: Kind) -> Vec<Entry> {
        self.journal.entries().into_iter().filter(|entry| entry.kind == kind).collect()
    }

    fn names(&self, kind: Kind) -> BTreeSet<String> {
        self.entries(kind).into_iter().map(|entry| entry.name).collect()
    }
}
