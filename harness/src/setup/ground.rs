//! The ground a bench stands on: ports, a login method, an account and a journal. Nothing of it costs anything.

use super::SetupError;
use crate::cognito;
use crate::cognito::{Account, AccountSettings, Blueprint, Journal, JournalError, Journals, RunId, teardown};
use crate::login::{FoundMethod, LoginMethod, LoginMethodChoice};
use crate::record::{LeftBehind, Teardown};
use cognito_emulator::Emulator;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

/// After which a pool that was left behind may be swept.
const LIFETIME: Duration = Duration::from_secs(2 * 3600);

/// Where the user pool is made.
#[derive(Clone, Debug)]
pub enum Place {
    /// In the emulator inside this process.
    Emulator,
    /// In an account reached through the SDK.
    Account(AccountSettings),
}

/// What a bench is to be raised with.
#[derive(Clone, Debug)]
pub struct GroundSettings {
    /// Where the user pool is made.
    pub place: Place,
    /// How logins are done.
    pub login_method: LoginMethodChoice,
    /// The folder for journals, screenshots and reports.
    pub out: PathBuf,
}

/// Everything a bench needs, with nothing created outside this process yet.
pub struct Ground {
    pub(super) settings: GroundSettings,
    pub(super) login_method: LoginMethod,
    pub(super) login_note: Option<String>,
    pub(super) account: Account,
    pub(super) emulator: Option<Emulator>,
    pub(super) journals: Arc<Journals>,
    pub(super) journal: Journal,
    pub(super) blueprint: Blueprint,
    pub(super) server: std::net::TcpListener,
    pub(super) own_callback: std::net::TcpListener,
    pub(super) client_callback: std::net::TcpListener,
}

impl Ground {
    /// Opens ports, finds a login method, opens the account, begins a journal.
    ///
    /// # Errors
    /// The first of these that cannot be had.
    pub async fn prepare(settings: GroundSettings) -> Result<Self, SetupError> {
        let FoundMethod { method: login_method, note } = LoginMethod::find(&settings.login_method).await?;
        let (account, emulator) = match &settings.place {
            Place::Account(account) => (Account::open(account).await?, None),
            Place::Emulator => {
                let emulator = Emulator::start(cognito_emulator::Settings::default()).await?;
                (Account::for_emulator(emulator.api_url(), "us-east-1"), Some(emulator))
            }
        };
        let system = |what| move |source| SetupError::System { what, source };
        let (server, server_port) = listen().await.map_err(system("no port for the server"))?;
        let (own_callback, own_port) = listen().await.map_err(system("no port for the callback"))?;
        let (client_callback, client_port) = listen().await.map_err(system("no port for the client's callback"))?;
        let run = RunId::random();
        let journals = Arc::new(Journals::new(&settings.out));
        let journal = journals.begin(&run).map_err(SetupError::Output)?;
        let callbacks = [own_port, client_port].into_iter().filter_map(callback);
        let blueprint = Blueprint {
            run,
            resource: format!("http://localhost:{server_port}/mcp"),
            scopes: vec![("notes.write".to_owned(), "Write notes".to_owned())],
            callbacks: callbacks.collect(),
            lifetime: LIFETIME,
            second_user: true,
        };
        Ok(Self {
            settings,
            login_method,
            login_note: note,
            account,
            emulator,
            journals,
            journal,
            blueprint,
            server,
            own_callback,
            client_callback,
        })
    }

    /// The id of the run.
    #[must_use]
    pub fn run_id(&self) -> &str {
        self.blueprint.run.as_str()
    }

    /// What is going to be created, a line each.
    #[must_use]
    pub fn announcement(&self) -> Vec<String> {
        self.blueprint.lines(&self.account)
    }

    /// How logins are done.
    #[must_use]
    pub fn login_method(&self) -> &LoginMethod {
        &self.login_method
    }

    /// Why logins are not done by a browser, when one was hoped for.
    #[must_use]
    pub fn login_note(&self) -> Option<&str> {
        self.login_note.as_deref()
    }

    /// Removes whatever was created, and tells what is gone and what is left.
    pub async fn dismantle(self) -> Teardown {
        let mut report = Teardown::default();
        self.tear_down(&self.journal, &mut report).await;
        match self.journals.open() {
            // The journal of the run is among them when something of it is left.
            Ok(cut_off) => {
                for journal in cut_off.iter().filter(|journal| journal.path() != self.journal.path()) {
                    self.tear_down(journal, &mut report).await;
                }
            }
            Err(error) => report.left.push(unreadable(&error)),
        }
        if let Some(emulator) = self.emulator {
            emulator.stop().await;
        }
        report
    }

    async fn tear_down(&self, journal: &Journal, report: &mut Teardown) {
        match teardown(&self.account, journal).await {
            Ok(proof) => report.gone.extend(proof.absent.into_iter().map(|absence| absence.what)),
            Err(leftovers) => report.left.extend(leftovers.items.into_iter().map(left)),
        }
    }
}

fn left(item: cognito::Leftover) -> LeftBehind {
    LeftBehind { what: item.what, why: item.why, command: item.command }
}

fn unreadable(error: &JournalError) -> LeftBehind {
    LeftBehind {
        what: "whatever a journal of this run names".to_owned(),
        why: error.to_string(),
        command: "harness cognito sweep".to_owned(),
    }
}

async fn listen() -> std::io::Result<(std::net::TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    Ok((listener.into_std()?, port))
}

fn callback(port: u16) -> Option<Url> {
    Url::parse(&format!("http://localhost:{port}/callback")).ok()
}
