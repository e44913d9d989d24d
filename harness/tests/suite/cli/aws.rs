//! An account to go live in: the emulator in this process, behind a proxy that sees every call.

use std::time::Duration;

use cognito_emulator::{Emulator, Settings};
use tokio::sync::mpsc;

use super::program::{Program, harness};
use crate::provision::proxy::{Deed, Proxy};

/// Longer than any run needs to come to any of its calls.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Aws {
    pub(crate) emulator: Emulator,
    pub(crate) proxy: Proxy,
}

impl Aws {
    pub(crate) async fn start() -> Aws {
        let emulator = Emulator::start(Settings::default()).await.unwrap();
        let proxy = Proxy::before(emulator.api_url()).await;
        Aws { emulator, proxy }
    }

    /// `harness` with these arguments and credentials, at the proxy.
    pub(crate) fn harness(&self, arguments: &str) -> Program {
        self.with_account(harness(&format!("{arguments} --endpoint-url {}", self.proxy.url)))
    }

    pub(crate) fn with_account(&self, program: Program) -> Program {
        program
            .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "example-secret-key")
            .env("AWS_REGION", "us-east-1")
    }

    /// Tells when this operation is called for the `nth` time, before it is handed on.
    pub(crate) fn watch(&self, operation: &'static str, nth: usize) -> Call {
        let (seen, call) = mpsc::unbounded_channel();
        self.proxy.set(move |call| {
            if call.operation == operation && call.nth == nth {
                // Nobody listens any more once the run has ended.
                let _ = seen.send(());
            }
            Deed::Pass
        });
        Call(call)
    }

    #[track_caller]
    pub(crate) fn assert_nothing_left(&self) {
        assert!(self.emulator.holdings().is_empty(), "{:?}", self.emulator.holdings());
    }
}

/// A call that is waited for.
pub(crate) struct Call(mpsc::UnboundedReceiver<()>);

impl Call {
    pub(crate) async fn comes(mut self) {
        tokio::time::timeout(PATIENCE, self.0.recv()).await.expect("the call comes in time").unwrap();
    }
}
