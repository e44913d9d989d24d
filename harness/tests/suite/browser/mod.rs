//! Logs in, by both login methods, at pages shaped like those that authorization servers host, and at pages that misbehave.
//!
//! The browser cases need a driver on `PATH`. Without one they say so and pass; with `REQUIRE_WEBDRIVER=1` they fail.

mod declared;
mod drivers;
pub(crate) mod methods;
mod pages;
mod processes;

use std::time::{Duration, Instant};

use harness::login::PageKind::{Callback, OnePage, PasswordNext, Unavailable, UsernameFirst};
use harness::login::{
    Arrival, CallbackListener, LoginAttempt, LoginError, LoginFailure, LoginMethod, LoginMethodChoice, LoginPages,
    PageKind, UserCredentials,
};
use methods::method;
use pages::Site;
use rstest::rstest;

/// Long enough for a browser on a busy machine.
const ENOUGH: Duration = Duration::from_secs(60);
/// For logins that are meant to run into their deadline.
const SHORT: Duration = Duration::from_secs(8);

fn credentials(password: &str) -> UserCredentials {
    UserCredentials { username: "alice@example.com".into(), password: password.to_owned().into() }
}

async fn login_as(
    method: &LoginMethod,
    site: &Site,
    password: &str,
    deadline: Duration,
) -> Result<Arrival, LoginError> {
    let credentials = credentials(password);
    method
        .login(&LoginAttempt {
            authorization_url: &site.authorization_url(),
            redirect_uri: site.redirect_uri(),
            credentials: &credentials,
            pages: &LoginPages::default(),
            lang: None,
            deadline,
            screenshot: None,
        })
        .await
}

fn kinds(arrival: &Arrival) -> Vec<PageKind> {
    arrival.pages.iter().map(|page| page.kind).collect()
}

#[rstest]
#[case::one_page(pages::one_page(), &[OnePage, Callback])]
#[case::two_pages(pages::two_pages(), &[UsernameFirst, PasswordNext, Callback])]
#[case::classic_with_two_copies_of_the_form(pages::classic(), &[OnePage, Callback])]
#[case::form_without_a_button(pages::without_a_button(), &[OnePage, Callback])]
#[case::unavailable_at_first(pages::unavailable_at_first(), &[Unavailable, OnePage, Callback])]
#[tokio::test]
async fn logs_in(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
    #[case] page: pages::Page,
    #[case] expected: &[PageKind],
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(page).await;

    let arrival = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap();

    assert_eq!(kinds(&arrival), expected);
    assert_eq!(arrival.url, site.caught().await, "the browser did load the redirect URI");
    let query: Vec<_> = arrival.url.query_pairs().into_owned().collect();
    assert_eq!(query, [("code".into(), "the-code".into()), ("state".into(), "the state&more".into())]);
}

/// Pages that only work with a script, which plain HTTP cannot run.
#[rstest]
#[case::hydration_empties_the_form_once(pages::emptied_once())]
#[case::hydration_replaces_the_form_once(pages::replaced_once())]
#[case::hydration_swallows_the_first_click(pages::first_click_swallowed())]
#[case::second_step_in_the_same_document(pages::second_step_in_place())]
#[case::form_that_comes_late(pages::form_by_script())]
#[tokio::test]
async fn logs_in_at_a_page_made_by_a_script(#[case] page: pages::Page) {
    let Some(method) = method(LoginMethodChoice::WebDriver).await else { return };
    let site = Site::serve(page).await;

    let arrival = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap();

    assert_eq!(arrival.url, site.caught().await);
}

#[rstest]
#[case::one_page(pages::one_page())]
#[case::two_pages(pages::two_pages())]
#[case::classic(pages::classic())]
#[tokio::test]
async fn tells_the_alert_of_a_wrong_password(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
    #[case] page: pages::Page,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(page).await;

    let error = login_as(&method, &site, "wrong", ENOUGH).await.unwrap_err();

    assert!(
        matches!(&error.failure, LoginFailure::Refused { alert } if alert == "Incorrect username or password."),
        "{error:?}"
    );
    let forms = error.pages.iter().filter(|page| page.alert.is_none()).count();
    assert_eq!(site.posts(), forms, "each form was sent once: {error}");
}

#[rstest]
#[tokio::test]
async fn gives_up_when_the_page_asks_again_without_a_word(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(pages::asks_again()).await;

    let error = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::AskedAgain), "{error:?}");
    assert_eq!(site.posts(), 1);
}

#[rstest]
#[tokio::test]
async fn names_the_error_page_it_was_sent_to(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(pages::error_page()).await;

    let error = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::ErrorPage { status: 400 }), "{error:?}");
    let shown = error.to_string();
    assert!(shown.contains("error=redirect_mismatch"), "{shown}");
    assert!(!shown.contains("the-client"), "query values stay hidden: {shown}");
}

#[rstest]
#[tokio::test]
async fn brings_back_a_callback_that_carries_an_error(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(pages::denied()).await;

    let arrival = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap();

    assert_eq!(arrival.url.query(), Some("error=access_denied"));
}

#[rstest]
#[tokio::test]
async fn stays_unavailable_until_the_deadline(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(pages::always_unavailable()).await;

    let error = login_as(&method, &site, pages::PASSWORD, SHORT).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::Unavailable(_)), "{error:?}");
    assert_eq!(error.pages.last().unwrap().status, Some(403));
}

#[rstest]
#[case::no_form(pages::without_a_form())]
#[case::never_ends(pages::never_ends())]
#[case::never_answers(pages::never_answers())]
#[tokio::test]
async fn gives_up_at_the_deadline_at_the_latest(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
    #[case] page: pages::Page,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(page).await;
    let started = Instant::now();

    let error = login_as(&method, &site, pages::PASSWORD, SHORT).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::NoForm | LoginFailure::Deadline { .. }), "{error:?}");
    assert!(started.elapsed() < SHORT * 2, "took {:?}", started.elapsed());
}

#[rstest]
#[tokio::test]
async fn says_when_the_authorization_server_cannot_be_reached(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::gone().await;

    let error = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn logs_in_at_a_page_with_megabytes_of_broken_markup() {
    let site = Site::serve(pages::endless_markup()).await;

    let arrival = login_as(&LoginMethod::PlainHttp, &site, pages::PASSWORD, ENOUGH).await.unwrap();

    assert_eq!(kinds(&arrival), [OnePage, Callback]);
}

#[tokio::test]
async fn refuses_to_hand_the_password_on_to_the_target_of_a_redirect() {
    let site = Site::serve(pages::forwards_credentials()).await;

    let error = login_as(&LoginMethod::PlainHttp, &site, pages::PASSWORD, ENOUGH).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::CredentialsForwarded { status: 307, .. }), "{error:?}");
}

#[tokio::test]
async fn gives_up_on_redirects_that_go_in_a_circle() {
    let site = Site::serve(pages::circle()).await;

    let error = login_as(&LoginMethod::PlainHttp, &site, pages::PASSWORD, ENOUGH).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::BadRedirect { .. }), "{error:?}");
}

#[tokio::test]
async fn gives_up_on_a_form_that_empties_itself_for_ever() {
    let Some(method) = method(LoginMethodChoice::WebDriver).await else { return };
    let site = Site::serve(pages::emptied_always()).await;

    let error = login_as(&method, &site, pages::PASSWORD, ENOUGH).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::KeptEmptying { .. }), "{error:?}");
    assert_eq!(site.posts(), 0);
}

#[rstest]
#[tokio::test]
async fn logs_in_many_users_at_once_without_sharing_a_session(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
) {
    let Some(method) = method(choice).await else { return };
    // A shared cookie would skip the page: the second login would arrive without having met a form.
    let site = Site::serve(pages::remembers_the_session()).await;

    let logins = (0..3).map(|_| login_as(&method, &site, pages::PASSWORD, ENOUGH));
    let arrivals = futures::future::try_join_all(logins).await.unwrap();

    for arrival in arrivals {
        assert_eq!(kinds(&arrival), [OnePage, Callback]);
    }
}

#[rstest]
#[tokio::test]
async fn asks_for_a_language_only_when_told_to(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
    #[values(None, Some("en"))] lang: Option<&str>,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(pages::one_page()).await;
    let credentials = credentials(pages::PASSWORD);

    method
        .login(&LoginAttempt {
            authorization_url: &site.authorization_url(),
            redirect_uri: site.redirect_uri(),
            credentials: &credentials,
            pages: &LoginPages::default(),
            lang,
            deadline: ENOUGH,
            screenshot: None,
        })
        .await
        .unwrap();

    assert_eq!(site.lang_asked_for().as_deref(), lang);
}

#[rstest]
#[case::of_the_filled_form(pages::PASSWORD)]
#[case::of_the_refusal("wrong")]
#[tokio::test]
async fn takes_a_picture(#[case] password: &str) {
    let Some(method) = method(LoginMethodChoice::WebDriver).await else { return };
    let site = Site::serve(pages::one_page()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("login.png");
    let credentials = credentials(password);

    let result = method
        .login(&LoginAttempt {
            authorization_url: &site.authorization_url(),
            redirect_uri: site.redirect_uri(),
            credentials: &credentials,
            pages: &LoginPages::default(),
            lang: None,
            deadline: ENOUGH,
            screenshot: Some(&path),
        })
        .await;

    let told = match result {
        Ok(arrival) => arrival.screenshot,
        Err(error) => error.screenshot,
    };
    assert_eq!(told.as_deref(), Some(path.as_path()));
    assert!(std::fs::read(&path).unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn catches_the_first_callback_and_frees_the_port_when_closed() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let catcher = CallbackListener::on(listener).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = |query: &str| http.get(format!("{}?{query}", catcher.redirect_uri())).send();

    let page = get("code=1").await.unwrap().text().await.unwrap();
    get("code=2").await.unwrap();

    assert!(page.contains("You may close this page"));
    assert_eq!(catcher.caught().await.unwrap().as_str(), format!("http://localhost:{port}/callback?code=1"));
    assert!(!format!("{catcher:?}").contains("code="));
    catcher.close().await;
    let again = tokio::net::TcpListener::bind(("127.0.0.1", port)).await;
    assert!(again.is_ok(), "the port is free again");
}
