//! An emulator, a faulty way to it, and a folder for journals.

use std::time::Duration;

use cognito_emulator::{Emulator, Settings};
use harness::cognito::{Account, Backoff, Blueprint, Journal, RunId};
use url::Url;

use super::folder::Folder;
use super::proxy::Proxy;

pub(crate) const RESOURCE: &str = "http://localhost:8001/mcp";

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) proxy: Proxy,
    /// Straight to the emulator.
    pub(crate) account: Account,
    /// Through the proxy, and impatient.
    pub(crate) shaky: Account,
    pub(crate) folder: Folder,
}

impl Bench {
    pub(crate) async fn start() -> Bench {
        let emulator = Emulator::start(Settings::default()).await.unwrap();
        let proxy = Proxy::before(emulator.api_url()).await;
        let account = Account::for_emulator(emulator.api_url(), "us-east-1");
        let shaky = Account::for_emulator(&proxy.url, "us-east-1")
            .with_removal_patience(patience(Duration::from_millis(400)))
            .with_readiness_patience(patience(Duration::from_millis(400)));
        Bench { emulator, proxy, account, shaky, folder: Folder::new() }
    }

    pub(crate) fn journal(&self, blueprint: &Blueprint) -> Journal {
        Journal::create(self.folder.path(), &blueprint.run).unwrap()
    }

    pub(crate) fn assert_nothing_left(&self) {
        assert!(self.emulator.holdings().is_empty(), "{:?}", self.emulator.holdings());
    }
}

pub(crate) fn patience(limit: Duration) -> Backoff {
    Backoff { limit, first_pause: Duration::from_millis(5), longest_pause: Duration::from_millis(50) }
}

pub(crate) fn blueprint() -> Blueprint {
    Blueprint {
        run: RunId::random(),
        resource: RESOURCE.to_owned(),
        scopes: vec![("notes.write".to_owned(), "Write notes".to_owned())],
        callbacks: vec![Url::parse("http://localhost:3030/callback").unwrap()],
        lifetime: Duration::from_secs(3600),
        second_user: true,
    }
}
