//! `harness cognito`: looking after throwaway user pools. One for the sample is set up, used by hand and removed by its
//! journal; those of runs that never came to their own teardown are swept.
//!
//! Judges nothing.

use super::args::AccountArgs;
use super::stop::Stop;
use super::terminal::{print, say};
use crate::cognito::{
    Account, Blueprint, Journal, JournalError, Pool, RunId, minimal_iam_policy, provision, sweep, teardown,
};
use crate::exit::Exit;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use url::Url;

/// A sample that is not removed is swept after a week.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Debug, Subcommand)]
pub(super) enum CognitoCommand {
    /// Set up a user pool for the sample, and print what to put into `.env`
    Up(UpArgs),
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

#[derive(Debug, Args)]
pub(super) struct UpArgs {
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
}

/// Does what the command says.
pub(super) async fn cognito(command: CognitoCommand) -> Result<Exit, Stop> {
    match command {
        CognitoCommand::Policy => {
            print(minimal_iam_policy());
            Ok(Exit::Met)
        }
        CognitoCommand::Up(args) => up(&args).await,
        CognitoCommand::Sweep(args) => swept(&args).await,
        CognitoCommand::Down { out, account } => down(&out, &account).await,
    }
}

async fn open(args: &AccountArgs) -> Result<Account, Stop> {
    Account::open(&args.settings()).await.map_err(Stop::usage)
}

/// Provisions a pool and tells what belongs into `.env`. Whatever was created before it failed is removed again.
async fn up(args: &UpArgs) -> Result<Exit, Stop> {
    let account = open(&args.account).await?;
    say("This creates, until `harness cognito down` removes it:");
    std::fs::create_dir_all(&args.out)
        .map_err(|error| Stop::failed(format_args!("{} cannot be made: {error}", args.out.display())))?;
    let run = RunId::random();
    let journal = Journal::create(&args.out, &run).map_err(Stop::failed)?;
    let blueprint = Blueprint {
        run,
        resource: args.resource.clone(),
        scopes: vec![("notes.write".to_owned(), "Write notes".to_owned())],
        callbacks: vec![args.callback.clone()],
        lifetime: LIFETIME,
        second_user: false,
    };
    blueprint.lines(&account).iter().for_each(|line| say(&format!("  {line}")));
    match provision(&account, &blueprint, &journal).await {
        Ok(pool) => {
            print(&environment(&account, &pool));
            Ok(Exit::Met)
        }
        Err(error) => {
            let removal = teardown(&account, &journal).await;
            let left = removal.err().map(|leftovers| format!("\n{leftovers}")).unwrap_or_default();
            Err(Stop::failed(format_args!("{error}{left}")))
        }
    }
}

/// The secret is meant to be written down here: this is the one place that prints it.
fn environment(account: &Account, pool: &Pool) -> String {
    let issuer = account.endpoint_url().map(|_| format!("COGNITO_ISSUER={}\n", pool.issuer)).unwrap_or_default();
    format!(
        "COGNITO_USER_POOL_ID={}\nCOGNITO_REGION={}\nCOGNITO_APP_CLIENT_ID={}\nCOGNITO_APP_CLIENT_SECRET={}\n\
         COGNITO_DOMAIN={}\n{issuer}MCP_SERVER_URL={}\n# log in as {} with the password {}\n",
        pool.id,
        account.region(),
        pool.client_id,
        pool.client_secret.expose_secret(),
        pool.domain_host(),
        pool.resource,
        pool.user.username,
        pool.user.password.expose_secret(),
    )
}

async fn swept(args: &AccountArgs) -> Result<Exit, Stop> {
    let account = open(args).await?;
    let report = sweep(&account, SystemTime::now()).await;
    let report = report.map_err(|error| Stop { exit: Exit::LeftBehind, message: error.to_string() })?;
    report.removed.iter().for_each(|id| print(&format!("removed {id}\n")));
    report.kept.iter().for_each(|pool| print(&format!("kept {} ({}): {}\n", pool.id, pool.name, pool.why)));
    report.left.iter().for_each(|left| say(&format!("LEFT BEHIND: {left}")));
    Ok(if report.left.is_empty() { Exit::Met } else { Exit::LeftBehind })
}

async fn down(out: &Path, args: &AccountArgs) -> Result<Exit, Stop> {
    let failed = |error: JournalError| Stop::failed(error);
    let account = open(args).await?;
    let mut exit = Exit::Met;
    for path in Journal::pending(out).map_err(failed)? {
        let journal = Journal::load(&path).map_err(failed)?;
        match teardown(&account, &journal).await {
            Ok(proof) => print(&format!("{proof}\n")),
            Err(leftovers) => {
                say(&leftovers.to_string());
                exit = Exit::LeftBehind;
            }
        }
    }
    Ok(exit)
}
