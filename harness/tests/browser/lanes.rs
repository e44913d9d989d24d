//! The lanes that the tests log in with, and who may use a browser when.

use std::io::Write;
use std::ops::Deref;

use harness::browser::{Lane, LaneChoice};
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Held by every test that uses a browser; alone by those that count processes.
static BROWSERS: RwLock<()> = RwLock::const_new(());

/// A lane for as long as the test lasts.
pub(crate) struct Ready<Guard> {
    lane: Lane,
    _guard: Guard,
}

impl<Guard> Deref for Ready<Guard> {
    type Target = Lane;

    fn deref(&self) -> &Lane {
        &self.lane
    }
}

/// The lane, or `None` where this machine has no browser to drive.
pub(crate) async fn lane(choice: LaneChoice) -> Option<Ready<RwLockReadGuard<'static, ()>>> {
    let guard = BROWSERS.read().await;
    let lane = find(&choice).await?;
    Some(Ready { lane, _guard: guard })
}

/// The browser lane, with no other test using it.
pub(crate) async fn browser_alone() -> Option<Ready<RwLockWriteGuard<'static, ()>>> {
    let guard = BROWSERS.write().await;
    let lane = find(&LaneChoice::Webdriver).await?;
    Some(Ready { lane, _guard: guard })
}

async fn find(choice: &LaneChoice) -> Option<Lane> {
    /// Looked for once: finding a browser means opening one.
    static BROWSER: OnceCell<Result<Lane, String>> = OnceCell::const_new();
    let look = async |choice| Lane::find(choice).await.map(|found| found.lane).map_err(|why| why.to_string());
    let found = match choice {
        LaneChoice::Webdriver => BROWSER.get_or_init(|| look(choice)).await.clone(),
        other => look(other).await,
    };
    match found {
        Ok(lane) => Some(lane),
        Err(why) => {
            assert!(
                std::env::var_os("REQUIRE_WEBDRIVER").is_none_or(|required| required != "1"),
                "REQUIRE_WEBDRIVER=1, but {why}"
            );
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            // Not by a macro: the test runner would swallow it.
            let _ = writeln!(std::io::stderr(), "DID NOT RUN {test}: {why}");
            None
        }
    }
}
