//! The user pool of the sample: set up once, used by hand, removed by its journal.

use crate::cognito::{Account, Blueprint, Journal, Pool, RunId, provision, teardown};
use secrecy::ExposeSecret as _;
use std::path::Path;
use std::time::Duration;
use url::Url;

/// A sample that nobody removes is swept after a week.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Provisions the pool and tells what belongs into `.env`; `say` is told what will be created before it is.
///
/// # Errors
/// Says what could not be done. Whatever had been created by then is removed again.
pub(super) async fn set_up(
    account: &Account,
    resource: &str,
    callback: Url,
    out: &Path,
    say: fn(&str),
) -> Result<String, String> {
    std::fs::create_dir_all(out).map_err(|error| format!("{} cannot be made: {error}", out.display()))?;
    let run = RunId::random();
    let journal = Journal::create(out, &run).map_err(|error| error.to_string())?;
    let blueprint = Blueprint {
        run,
        resource: resource.to_owned(),
        scopes: vec![("notes.write".to_owned(), "Write notes".to_owned())],
        callbacks: vec![callback],
        lifetime: LIFETIME,
        second_user: false,
    };
    blueprint.lines(account).iter().for_each(|line| say(&format!("  {line}")));
    match provision(account, &blueprint, &journal).await {
        Ok(pool) => Ok(environment(account, &pool)),
        Err(error) => {
            let removal = teardown(account, &journal).await;
            let left = removal.err().map(|leftovers| format!("\n{leftovers}")).unwrap_or_default();
            Err(format!("{error}{left}"))
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
