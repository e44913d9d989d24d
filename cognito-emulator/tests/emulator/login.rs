//! The login pages.

use aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes;
use cognito_emulator::{LoginShape, Settings};
use rstest::rstest;

use crate::bench::{AppClient, Bench, EMAIL, PASSWORD, create_client};
use crate::browser::{Answer, Browser};

async fn login_page(bench: &Bench, browser: &mut Browser) -> Answer {
    let redirect = browser.get(bench.request().url()).await;
    browser.get(redirect.location()).await
}

fn two_pages() -> Settings {
    Settings { login_shape: LoginShape::TwoPages, ..Settings::default() }
}

#[tokio::test]
async fn one_page_asks_for_user_name_and_password() {
    let bench = Bench::start().await;

    let page = login_page(&bench, &mut Browser::new()).await;

    assert_eq!(page.status, 200);
    assert!(page.shows_field("username") && page.shows_field("password"));
    assert!(page.body.contains("Email address"));
    assert!(page.body.contains(r#"<button type="submit">Sign in</button>"#));
}

#[tokio::test]
async fn two_pages_ask_for_one_thing_each() {
    let bench = Bench::with(two_pages(), 2, |client| client).await;
    let mut browser = Browser::new();

    let first = login_page(&bench, &mut browser).await;
    let second = browser.submit(&first, &[("username", EMAIL)]).await;

    assert!(first.shows_field("username") && !first.shows_field("password"));
    assert!(first.body.contains(r#"<button type="submit">Next</button>"#));
    assert!(!second.shows_field("username") && second.shows_field("password"));
    assert!(second.body.contains(r#"<button type="submit">Continue</button>"#));
    browser.submit(&second, &[("password", PASSWORD)]).await.code();
}

#[tokio::test]
async fn the_first_of_two_pages_does_not_tell_whether_a_user_exists() {
    let bench = Bench::with(two_pages(), 2, |client| client).await;

    let answer = Browser::new().sign_in(&bench.request(), "nobody@example.com", PASSWORD).await;

    assert_eq!(answer.alert(), Some("Incorrect username or password."));
}

#[rstest]
#[case::wrong_password(
    EMAIL,
    "Wrong-horse-7",
    PreventUserExistenceErrorTypes::Enabled,
    "Incorrect username or password."
)]
#[case::unknown_user(
    "nobody@example.com",
    PASSWORD,
    PreventUserExistenceErrorTypes::Enabled,
    "Incorrect username or password."
)]
#[case::legacy("nobody@example.com", PASSWORD, PreventUserExistenceErrorTypes::Legacy, "User does not exist.")]
#[tokio::test]
async fn refuses_credentials_with_an_alert(
    #[case] username: &str,
    #[case] password: &str,
    #[case] setting: PreventUserExistenceErrorTypes,
    #[case] alert: &str,
) {
    let bench = Bench::client_with(|client| client.prevent_user_existence_errors(setting)).await;

    let answer = Browser::new().sign_in(&bench.request(), username, password).await;

    assert_eq!(answer.alert(), Some(alert));
    assert!(answer.shows_field("password"), "the form is there for another try");
}

#[tokio::test]
async fn the_email_address_is_case_insensitive_in_such_a_pool() {
    let bench = Bench::start().await;

    Browser::new().sign_in(&bench.request(), "ALICE@Example.com", PASSWORD).await.code();
}

#[tokio::test]
async fn a_temporary_password_does_not_sign_in() {
    let bench = Bench::start().await;
    let temporary = "Temporary-horse-7";
    let user = bench.idp.admin_set_user_password().user_pool_id(&bench.pool).username(EMAIL);
    user.password(temporary).permanent(false).send().await.unwrap();

    let answer = Browser::new().sign_in(&bench.request(), EMAIL, temporary).await;

    assert!(answer.alert().unwrap().contains("temporary"));
}

#[tokio::test]
async fn a_form_without_the_token_of_its_cookie_is_refused() {
    let bench = Bench::start().await;
    let mut browser = Browser::new();
    let page = login_page(&bench, &mut browser).await;

    browser.cookies.insert("XSRF-TOKEN".to_owned(), "d1f7a7a0-0000-4000-8000-000000000000".to_owned());
    let answer = browser.submit(&page, &[("username", EMAIL), ("password", PASSWORD)]).await;

    assert_eq!(answer.status, 403);
    assert!(!browser.cookies.contains_key("cognito"));
}

#[tokio::test]
async fn a_second_login_page_in_the_same_browser_leaves_the_first_usable() {
    let bench = Bench::start().await;
    let mut browser = Browser::new();

    let first = login_page(&bench, &mut browser).await;
    login_page(&bench, &mut browser).await;

    browser.submit(&first, &[("username", EMAIL), ("password", PASSWORD)]).await.code();
}

async fn unbranded(bench: &Bench) -> AppClient {
    create_client(&bench.idp, &bench.pool, |client| client).await
}

#[tokio::test]
async fn a_client_without_branding_has_no_managed_login() {
    let bench = Bench::start().await;
    let client = unbranded(&bench).await;

    let mut browser = Browser::new();
    let redirect = browser.get(bench.request().with("client_id", &client.id).url()).await;
    let page = browser.get(redirect.location()).await;

    assert_eq!(page.status, 403);
    assert!(page.body.contains("Login pages unavailable") && page.body.contains("Please contact an administrator."));
}

#[tokio::test]
async fn a_client_without_branding_has_a_classic_login() {
    let bench = Bench::with(Settings::default(), 1, |client| client).await;
    let client = unbranded(&bench).await;

    Browser::new().sign_in(&bench.request().with("client_id", &client.id), EMAIL, PASSWORD).await.code();
}

#[tokio::test]
async fn a_client_without_an_identity_provider_gets_a_page_without_a_form() {
    let bench = Bench::client_with(|client| client.set_supported_identity_providers(None)).await;

    let page = login_page(&bench, &mut Browser::new()).await;

    assert!(!page.shows_field("username"));
    assert!(page.alert().is_some());
}

#[tokio::test]
async fn pages_cannot_be_framed_and_load_nothing() {
    let bench = Bench::start().await;

    let page = login_page(&bench, &mut Browser::new()).await;

    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn what_the_address_bar_holds_cannot_become_markup() {
    let bench = Bench::start().await;
    let request = bench.request().with("login_hint", r#""><script>alert(1)</script>"#);

    let mut browser = Browser::new();
    let redirect = browser.get(request.url()).await;
    let page = browser.get(redirect.location()).await;

    assert!(page.body.contains("&quot;&gt;&lt;script&gt;"));
    assert!(!page.body.contains("<script>alert"));
}
