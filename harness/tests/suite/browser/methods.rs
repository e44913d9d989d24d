//! The login methods of the tests, and which test may use a browser when.

use std::io::Write;
use std::ops::Deref;

use harness::login::{LoginMethod, LoginMethodChoice};
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Held by every test that uses a browser; alone by those that count processes.
static BROWSERS: RwLock<()> = RwLock::const_new(());

/// A login method for as long as the test lasts.
pub(crate) struct Ready<Guard> {
    method: LoginMethod,
    _guard: Guard,
}

impl<Guard> Deref for Ready<Guard> {
    type Target = LoginMethod;

    fn deref(&self) -> &LoginMethod {
        &self.method
    }
}

/// The login method, or `None` where this machine has no browser to drive.
pub(crate) async fn method(choice: LoginMethodChoice) -> Option<Ready<RwLockReadGuard<'static, ()>>> {
    let guard = BROWSERS.read().await;
    let method = find(&choice).await?;
    Some(Ready { method, _guard: guard })
}

/// The browser, with no other test using it.
pub(crate) async fn browser_alone() -> Option<Ready<RwLockWriteGuard<'static, ()>>> {
    let guard = BROWSERS.write().await;
    let method = find(&LoginMethodChoice::WebDriver).await?;
    Some(Ready { method, _guard: guard })
}

/// Held while a program that a test has started uses a browser of its own.
pub(crate) fn by_another_program() -> RwLockReadGuard<'static, ()> {
    BROWSERS.blocking_read()
}

async fn find(choice: &LoginMethodChoice) -> Option<LoginMethod> {
    /// Looked for once: finding a browser means opening one.
    static BROWSER: OnceCell<Result<LoginMethod, String>> = OnceCell::const_new();
    let look = async |choice| LoginMethod::find(choice).await.map(|found| found.method).map_err(|why| why.to_string());
    let found = match choice {
        LoginMethodChoice::WebDriver => BROWSER.get_or_init(|| look(choice)).await.clone(),
        other => look(other).await,
    };
    match found {
        Ok(method) => Some(method),
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
