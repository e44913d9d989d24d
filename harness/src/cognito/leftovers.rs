//! What is left on the account, why, and the command that removes it.

use std::fmt;
use std::path::Path;

use super::account::Account;
use super::naming::RunId;

/// A run could not be shown to be gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Leftovers {
    /// The run.
    pub run: RunId,
    /// What is left, or could not be shown to be gone; never empty.
    pub items: Vec<Leftover>,
}

/// One thing that is left, or could not be shown to be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// What it is, with its id.
    pub what: String,
    /// Why it is still there, or why nobody knows.
    pub why: String,
    /// The shell command that removes it, or that shows whether it is there.
    pub command: String,
}

impl fmt::Display for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {} is not shown to be gone:", self.run)?;
        self.items.iter().try_for_each(|item| write!(f, "\n- {item}"))
    }
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  {}", self.what, self.why, self.command)
    }
}

impl Leftover {
    pub(super) fn pool(account: &Account, id: &str, why: String) -> Leftover {
        let command = aws(account, &format!("delete-user-pool --user-pool-id {}", quoted(id)));
        Leftover { what: format!("user pool {id}"), why, command }
    }

    pub(super) fn domain(account: &Account, prefix: &str, pool_id: &str, why: String) -> Leftover {
        let arguments = format!("--domain {} --user-pool-id {}", quoted(prefix), quoted(pool_id));
        let command = aws(account, &format!("delete-user-pool-domain {arguments}"));
        Leftover { what: format!("domain {prefix} of user pool {pool_id}"), why, command }
    }

    /// A domain of which nobody knows whether, and on which pool, it exists.
    pub(super) fn unseen_domain(account: &Account, prefix: &str, why: String) -> Leftover {
        let command = aws(account, &format!("describe-user-pool-domain --domain {}", quoted(prefix)));
        Leftover { what: format!("domain {prefix}"), why, command }
    }

    /// Pools of a name of which nobody knows whether they exist.
    pub(super) fn unseen_pools(account: &Account, name: &str, why: String) -> Leftover {
        let query = quoted(&format!("UserPools[?Name=='{name}'].Id"));
        let command = aws(account, &format!("list-user-pools --max-results 60 --query {query}"));
        Leftover { what: format!("user pools named {name}"), why, command }
    }

    pub(super) fn journal(path: &Path, why: String) -> Leftover {
        let command = format!("rm {}", quoted(&path.display().to_string()));
        Leftover { what: "journal of a run that is gone".to_owned(), why, command }
    }
}

fn aws(account: &Account, command: &str) -> String {
    format!("aws cognito-idp {command} {}", account.cli_options())
}

/// Text as one word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("us-east-1_AbC", "us-east-1_AbC")]
    #[case::empty("", "''")]
    #[case::substitution("a$(rm)b", "'a$(rm)b'")]
    #[case::quote("it's", r"'it'\''s'")]
    fn quotes_what_a_shell_would_read_in_its_own_way(#[case] text: &str, #[case] word: &str) {
        assert_eq!(quoted(text), word);
    }
}
