//! Browsers and their drivers: which are found, and that nothing of them is left, however a login ends.

use std::time::Instant;

use harness::login::{BrowserFailure, LoginFailure, LoginMethod, LoginMethodChoice, NoDriver};
use rstest::rstest;
use rustix::process::Signal;
use url::Url;

use super::methods::{browser_alone, method};
use super::pages::Site;
use super::{ENOUGH, login_as, pages, processes};

#[tokio::test]
async fn names_the_browser_and_its_driver() {
    let Some(method) = method(LoginMethodChoice::WebDriver).await else { return };

    let name = method.to_string();

    let words: Vec<_> = name.split(' ').collect();
    assert!(matches!(words.as_slice(), [_, version, "by", _] if version.parse::<u32>().is_ok()), "{name}");
    assert_eq!(LoginMethod::PlainHttp.to_string(), "plain HTTP");
}

#[rstest]
#[case::no_listener("http://127.0.0.1:9/")]
#[case::not_http("https://127.0.0.1/")]
#[tokio::test]
async fn refuses_a_remote_driver_that_cannot_be_used(#[case] address: &str) {
    let error = LoginMethod::find(&LoginMethodChoice::Remote(Url::parse(address).unwrap())).await.unwrap_err();

    assert!(matches!(error, NoDriver::Unusable { .. } | NoDriver::BadAddress { .. }), "{error:?}");
}

#[tokio::test]
async fn drives_a_browser_through_a_driver_that_runs_already() {
    let Some(_alone) = browser_alone().await else { return };
    let Some(driver) = processes::Chromedriver::start() else { return };
    let method = LoginMethod::find(&LoginMethodChoice::Remote(driver.address().clone())).await.unwrap().method;
    let site = Site::serve(pages::one_page()).await;

    let arrival = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap();

    assert_eq!(arrival.url, site.caught().await);
    let left: Vec<_> = processes::left().await.iter().map(|process| process.id).collect();
    assert_eq!(left, [driver.id()], "the browser is closed, the driver is not");
}

#[rstest]
#[case::driver_killed("chromedriver", Signal::KILL)]
#[case::browser_killed("chromium", Signal::KILL)]
#[case::driver_hung("chromedriver", Signal::STOP)]
#[tokio::test]
async fn says_that_driver_or_browser_failed_in_the_middle(#[case] process: &str, #[case] signal: Signal) {
    let Some(method) = browser_alone().await else { return };
    let site = Site::serve(pages::never_ends()).await;
    let started = Instant::now();

    let (result, ()) = tokio::join!(login_as(&method, &site, pages::PASSWORD, ENOUGH), async {
        site.asked().await;
        processes::signal(process, signal);
    });

    let error = result.unwrap_err();
    assert!(
        matches!(error.failure, LoginFailure::Browser(BrowserFailure::Lost { .. } | BrowserFailure::Silent(_))),
        "{error:?}"
    );
    assert!(started.elapsed() < ENOUGH / 2);
    processes::assert_none_is_left().await;
}

#[tokio::test]
async fn leaves_no_process_behind() {
    let Some(method) = browser_alone().await else { return };
    let site = Site::serve(pages::one_page()).await;

    login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap();

    processes::assert_none_is_left().await;
}

#[tokio::test]
async fn leaves_no_process_behind_when_a_login_is_cancelled() {
    let Some(method) = browser_alone().await else { return };
    let site = Site::serve(pages::never_ends()).await;

    tokio::select! {
        result = login_as(&method, &site, pages::PASSWORD, ENOUGH) => panic!("{result:?}"),
        () = site.asked() => {}
    }

    processes::assert_none_is_left().await;
}

#[tokio::test]
async fn leaves_no_process_behind_when_a_test_panics() {
    let Some(method) = browser_alone().await else { return };
    let site = Site::serve(pages::never_ends()).await;
    let method = LoginMethod::clone(&method);

    let panicked = tokio::spawn(async move {
        tokio::select! {
            result = login_as(&method, &site, pages::PASSWORD, ENOUGH) => panic!("{result:?}"),
            () = site.asked() => panic!("on purpose"),
        }
    })
    .await;

    assert!(panicked.unwrap_err().is_panic());
    processes::assert_none_is_left().await;
}
