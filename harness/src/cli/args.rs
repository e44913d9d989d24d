//! What can be typed.

use super::server::ServerArgs;
use crate::authority::cognito::AccountSettings;
use crate::catalogue::{Catalogue, RequirementId, Revision, Role};
use crate::login::LoginMethodChoice;
use crate::plan::Selection;
use crate::rig::Place;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use url::Url;

/// Judges whether an OAuth-protected MCP server, MCP client or authorization server keeps the rules, and shows the
/// evidence.
///
/// Without a command, everything runs on this machine: an embedded Cognito emulator, the reference server and the
/// reference client, all roles and all revisions.
#[derive(Debug, Parser)]
#[command(name = "harness", version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

const EXIT_CODES: &str = "Exit codes: 0 all applicable MUSTs met, 1 a requirement violated (with --strict also a SHOULD), \
2 wrong usage or configuration, 3 something applicable could not be decided or the run was interrupted, 4 the harness \
itself failed, 5 something could not be torn down.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the suite (the same as no command)
    Run(RunArgs),
    /// List the requirements
    List(SelectionArgs),
    /// Say why a requirement is there, what is sent, what passes, and how to fix what breaks it
    Explain {
        /// The id, such as RS-TOKEN-08
        id: String,
        /// Colour: auto, always or never
        #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
        color: String,
    },
    /// Judge an MCP server: one that runs at a URL, or one that a command starts
    Server(Box<ServerArgs>),
    /// Look after throwaway Cognito pools
    #[command(subcommand)]
    Cognito(CognitoCommand),
}

#[derive(Debug, Subcommand)]
pub(super) enum CognitoCommand {
    /// Set up a user pool for the sample, and print what to put into `.env`
    Up {
        /// The MCP server that tokens are for
        #[arg(long, value_name = "URL", default_value = "http://localhost:8001/mcp")]
        resource: String,
        /// The redirect URI of the client
        #[arg(long, value_name = "URL", default_value = "http://localhost:3030/callback")]
        callback: Url,
        /// The folder of the journal, by which `harness cognito down` removes the pool
        #[arg(long, value_name = "DIR", default_value = "harness-out")]
        out: PathBuf,
        #[command(flatten)]
        account: AccountArgs,
    },
    /// Remove expired pools of runs that never came to their own teardown
    Sweep(AccountArgs),
    /// Tear down the runs whose journals are in the output folder
    Down {
        /// The folder of the journals
        #[arg(long, value_name = "DIR", default_value = "harness-out")]
        out: PathBuf,
        #[command(flatten)]
        account: AccountArgs,
    },
    /// Print the IAM policy that a live run needs
    Policy,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RunArgs {
    /// Run against Amazon Cognito: a throwaway user pool is provisioned, judged with, and removed
    #[arg(long)]
    pub(super) live: bool,
    #[command(flatten)]
    pub(super) account: AccountArgs,
    #[command(flatten)]
    pub(super) selection: SelectionArgs,
    /// Fail on a violated SHOULD too
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    login_method: LoginMethodArgs,
    /// The folder for reports, screenshots and journals
    #[arg(long, value_name = "DIR", default_value = "harness-out")]
    pub(super) out: PathBuf,
    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    pub(super) color: String,
}

#[derive(Clone, Debug, Args)]
pub(super) struct LoginMethodArgs {
    /// Log in by this WebDriver (a URL), or require one that is found on the path
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "path", conflicts_with = "no_browser")]
    webdriver: Option<String>,
    /// Log in by plain HTTP even where a browser could be driven
    #[arg(long)]
    no_browser: bool,
}

#[derive(Clone, Debug, Args)]
pub(super) struct AccountArgs {
    /// The AWS region
    #[arg(long)]
    region: Option<String>,
    /// The profile of the AWS configuration
    #[arg(long)]
    profile: Option<String>,
    /// An endpoint instead of AWS's own, such as that of the emulator
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<Url>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct SelectionArgs {
    /// Judge this role only: server, client or authority (may be repeated)
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    /// Judge at this revision only (may be repeated)
    #[arg(long, value_name = "REVISION")]
    revision: Vec<String>,
    /// Judge this requirement only (may be repeated)
    #[arg(long, value_name = "ID")]
    requirement: Vec<String>,
}

impl AccountArgs {
    pub(super) fn settings(&self) -> AccountSettings {
        AccountSettings {
            region: self.region.clone(),
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
        }
    }

    fn is_empty(&self) -> bool {
        self.region.is_none() && self.profile.is_none() && self.endpoint_url.is_none()
    }
}

impl RunArgs {
    pub(super) fn place(&self) -> Result<Place, String> {
        match (self.live, self.account.is_empty()) {
            (true, _) => Ok(Place::Account(self.account.settings())),
            (false, true) => Ok(Place::Emulator),
            (false, false) => Err("--region, --profile and --endpoint-url go with --live".to_owned()),
        }
    }

    pub(super) fn login_method(&self) -> Result<LoginMethodChoice, String> {
        self.login_method.choice()
    }
}

impl LoginMethodArgs {
    pub(super) fn choice(&self) -> Result<LoginMethodChoice, String> {
        match (self.webdriver.as_deref(), self.no_browser) {
            (None, false) => Ok(LoginMethodChoice::Auto),
            (None, true) => Ok(LoginMethodChoice::PlainHttp),
            (Some("path"), _) => Ok(LoginMethodChoice::WebDriver),
            (Some(url), _) => {
                Url::parse(url).map(LoginMethodChoice::Remote).map_err(|_| format!("--webdriver: `{url}` is no URL"))
            }
        }
    }
}

impl SelectionArgs {
    /// What is selected of `catalogue`.
    ///
    /// # Errors
    /// The first name that is not known, with the nearest ones that are.
    pub(super) fn selection(&self, catalogue: &Catalogue) -> Result<Selection, String> {
        let everything = Selection::default();
        let mut ids = Vec::new();
        for id in &self.requirement {
            ids.push(find(catalogue, id)?);
        }
        let roles = self.role.iter().map(|role| role.parse::<Role>()).collect::<Result<Vec<_>, _>>()?;
        let revision = |text: &String| text.parse::<Revision>().map_err(|error| error.to_string());
        let mut revisions = self.revision.iter().map(revision).collect::<Result<Vec<_>, _>>()?;
        revisions.sort_unstable();
        revisions.dedup();
        Ok(Selection {
            roles: if roles.is_empty() { everything.roles } else { roles },
            revisions: if revisions.is_empty() { everything.revisions } else { revisions },
            ids,
        })
    }
}

/// The requirement with this id, or an error that names the nearest ids.
pub(super) fn find(catalogue: &Catalogue, id: &str) -> Result<RequirementId, String> {
    let wanted = id.to_ascii_uppercase();
    if let Some(requirement) = catalogue.find(&wanted) {
        return Ok(requirement.id.clone());
    }
    let near = nearest(&wanted, catalogue.requirements().iter().map(|known| known.id.as_str()), 3);
    Err(format!("unknown requirement `{id}`; the nearest are {} (`harness list` has all)", near.join(", ")))
}

/// The known names that are nearest to one that is not known.
pub(super) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let mut near: Vec<_> = known.into_iter().collect();
    near.sort_by_key(|known| distance(known, wanted));
    near.truncate(most);
    near
}

/// The Levenshtein distance of two short texts.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_single_edits() {
        assert_eq!(distance("RS-PRM-01", "RS-PRM-01"), 0);
        assert_eq!(distance("RS-PRM-01", "RS-PMR-1"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
