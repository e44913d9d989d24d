//! Names and tags by which a pool is known as ours, and nobody else's.
//!
//! Everything carries the run's id. The sweep trusts these names and nothing else.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::random;

/// Beginning of the name of every pool that the harness makes.
pub(super) const POOL_NAME_PREFIX: &str = "mcp-harness-";
/// Tag that holds the run's id.
pub(super) const RUN_TAG: &str = "mcp-harness";
/// Tag that holds the second (Unix time) after which the pool may be swept.
pub(super) const EXPIRY_TAG: &str = "mcp-harness-expires";

const LENGTH: usize = 12;
/// A Cognito domain prefix must contain none of these.
const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];

/// Identifies one run in the account: twelve characters of `[a-z0-9]`.
///
/// It is part of the pool's name, its tags and its domain prefix, so it never contains a word that Cognito reserves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// The text is not the id of a run.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a run id: expected {LENGTH} characters of a-z and 0-9, without a word that Cognito reserves")]
pub struct InvalidRunId(String);

impl RunId {
    /// A new id, random enough never to meet another one.
    pub fn random() -> RunId {
        loop {
            if let Ok(id) = random::text(random::LOWER_AND_DIGITS, LENGTH).parse() {
                return id;
            }
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Name of the run's user pool: `mcp-harness-<id>`.
    pub fn pool_name(&self) -> String {
        format!("{POOL_NAME_PREFIX}{}", self.0)
    }

    /// Prefix of the run's hosted login domain.
    pub fn domain_prefix(&self) -> String {
        format!("mcp-{}", self.0)
    }

    /// Name under which the run's first user signs in.
    pub fn username(&self) -> String {
        format!("harness-{}@example.com", self.0)
    }

    /// Name under which the run's second user signs in.
    pub fn second_username(&self) -> String {
        format!("harness-{}-second@example.com", self.0)
    }
}

impl FromStr for RunId {
    type Err = InvalidRunId;

    fn from_str(text: &str) -> Result<RunId, InvalidRunId> {
        let characters = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let free = RESERVED.iter().all(|word| !text.contains(word));
        if text.len() == LENGTH && characters && free {
            Ok(RunId(text.to_owned()))
        } else {
            Err(InvalidRunId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for RunId {
    type Error = InvalidRunId;

    fn try_from(text: String) -> Result<RunId, InvalidRunId> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> String {
        id.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of the expiry tag of a pool made at `now` that may live for `lifetime`.
pub(super) fn expiry_tag(now: SystemTime, lifetime: Duration) -> String {
    (unix_seconds(now).saturating_add(lifetime.as_secs())).to_string()
}

/// Seconds since 1970; zero for a clock that stands before it.
pub(super) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rstest::rstest;

    use super::*;

    #[test]
    fn random_ids_differ_and_are_accepted_again() {
        let (first, second) = (RunId::random(), RunId::random());
        assert_ne!(first, second);
        assert_eq!(first.as_str().parse::<RunId>().unwrap(), first);
    }

    #[rstest]
    #[case::too_short("abc")]
    #[case::upper_case("ABCDEFGHIJKL")]
    #[case::another_character("abcdef-12345")]
    #[case::reserved_word("xxaws1234567")]
    #[case::longer_reserved_word("01cognito234")]
    fn refuses_text_that_is_not_a_run_id(#[case] text: &str) {
        assert!(text.parse::<RunId>().is_err());
    }

    #[test]
    fn no_name_contains_a_reserved_word() {
        let prefix = RunId::random().domain_prefix();
        assert!(RESERVED.iter().all(|word| !prefix.contains(word)), "{prefix}");
    }
}
