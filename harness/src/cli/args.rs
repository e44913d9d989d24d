//! What can be typed: the commands, and what several of them take. What one command takes alone stands with it.

use super::cognito::CognitoCommand;
use super::explain::ExplainArgs;
use super::nearest::nearest;
use super::run::RunArgs;
use super::server::ServerArgs;
use super::token::TokenArgs;
use crate::catalogue::{Catalogue, Requirement, Revision, Role};
use crate::cognito::AccountSettings;
use crate::login::LoginMethodChoice;
use crate::plan::Selection;
use clap::{Args, Parser, Subcommand};
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
    Explain(ExplainArgs),
    /// Judge an MCP server: one that runs at a URL, or one that a command starts
    Server(Box<ServerArgs>),
    /// Make a token of the issuer that `harness server --command` plays, to send a request of its report again
    Token(TokenArgs),
    /// Look after throwaway Cognito pools
    #[command(subcommand)]
    Cognito(CognitoCommand),
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

    pub(super) fn is_empty(&self) -> bool {
        self.region.is_none() && self.profile.is_none() && self.endpoint_url.is_none()
    }
}

impl LoginMethodArgs {
    /// The login method that is asked for.
    ///
    /// # Errors
    /// When what is to be a URL is none.
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
            ids.push(find(catalogue, id)?.id.clone());
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
pub(super) fn find<'a>(catalogue: &'a Catalogue, id: &str) -> Result<&'a Requirement, String> {
    let wanted = id.to_ascii_uppercase();
    catalogue.find(&wanted).ok_or_else(|| {
        let near = nearest(&wanted, catalogue.requirements().iter().map(|known| known.id.as_str()), 3);
        format!("unknown requirement `{id}`; the nearest are {} (`harness list` has all)", near.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
