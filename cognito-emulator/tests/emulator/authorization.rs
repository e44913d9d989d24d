//! `/oauth2/authorize`: what is refused, where, and what a session changes.

use std::time::Duration;

use cognito_emulator::Settings;
use rstest::rstest;

use crate::bench::{Bench, CALLBACK, EMAIL, PASSWORD, RESOURCE, brand, create_client};
use crate::browser::Browser;

#[tokio::test]
async fn without_a_session_the_browser_is_sent_to_the_login_page_with_the_same_parameters() {
    let bench = Bench::start().await;

    let answer = Browser::new().get(bench.request().url()).await;

    assert_eq!(answer.location().path(), "/login");
    assert_eq!(answer.location().query(), bench.request().url().query());
}

#[tokio::test]
async fn a_code_comes_back_with_the_state_and_without_an_issuer() {
    let bench = Bench::start().await;

    let answer = Browser::new().sign_in(&bench.request(), EMAIL, PASSWORD).await;

    assert!(answer.header("location").starts_with(CALLBACK));
    assert_eq!(answer.redirected("state").as_deref(), Some("the state"));
    assert_eq!(answer.redirected("iss"), None);
    assert!(uuid::Uuid::parse_str(&answer.code()).is_ok());
}

#[rstest]
#[case::no_response_type("response_type", None, "invalid_request")]
#[case::implicit("response_type", Some("token"), "unauthorized_client")]
#[case::unknown_scope("scope", Some("openid admin"), "invalid_scope")]
#[case::offline_access("scope", Some("openid offline_access"), "invalid_scope")]
#[case::email_without_openid("scope", Some("email"), "invalid_scope")]
#[case::challenge_without_method("code_challenge", Some("abc"), "invalid_request")]
#[case::method_without_challenge("code_challenge_method", Some("S256"), "invalid_request")]
#[case::loopback_address("resource", Some("http://127.0.0.1:8001/mcp"), "invalid_request")]
#[case::not_a_url("resource", Some("mcp"), "invalid_request")]
#[case::no_page_without_session("prompt", Some("none"), "login_required")]
#[case::none_with_login("prompt", Some("none login"), "invalid_request")]
#[tokio::test]
async fn refuses_by_redirect_with_the_state(#[case] name: &str, #[case] value: Option<&str>, #[case] error: &str) {
    let bench = Bench::start().await;
    let request = match value {
        Some(value) => bench.request().with(name, value),
        None => bench.request().without(name),
    };

    let answer = Browser::new().get(request.url()).await;

    assert!(answer.header("location").starts_with(CALLBACK), "{}", answer.header("location"));
    assert_eq!(answer.redirected("error").as_deref(), Some(error));
    assert_eq!(answer.redirected("state").as_deref(), Some("the state"));
}

#[tokio::test]
async fn refuses_the_plain_challenge_method() {
    let bench = Bench::start().await;

    let answer = Browser::new().get(bench.request().with_pkce().with("code_challenge_method", "plain").url()).await;

    assert_eq!(answer.redirected("error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn refuses_two_resources() {
    let bench = Bench::start().await;
    let request = bench.request().with("resource", RESOURCE);
    assert_eq!(Browser::new().get(request.url()).await.location().path(), "/login");

    let answer = Browser::new().get(request.and("resource", "https://other.example").url()).await;

    assert_eq!(answer.redirected("error").as_deref(), Some("invalid_request"));
}

#[rstest]
#[case::other_uri("redirect_uri", Some("http://localhost:3030/other"), "redirect_mismatch")]
#[case::other_port("redirect_uri", Some("http://localhost:3031/callback"), "redirect_mismatch")]
#[case::no_uri("redirect_uri", None, "redirect_mismatch")]
#[case::unknown_client("client_id", Some("unknown"), "invalid_request")]
#[case::no_client("client_id", None, "invalid_request")]
#[tokio::test]
async fn refuses_on_a_page_what_must_not_be_redirected(
    #[case] name: &str,
    #[case] value: Option<&str>,
    #[case] error: &str,
    #[values((1, 400, "An error was encountered with the requested page."), (2, 403, "Login pages unavailable"))] page: (i32, u16, &str),
) {
    let bench = Bench::with(Settings::default(), page.0, |client| client).await;
    let request = match value {
        Some(value) => bench.request().with(name, value),
        None => bench.request().without(name),
    };
    let mut browser = Browser::new();

    let answer = browser.get(request.url()).await;

    assert_eq!(answer.location().path(), "/error");
    assert_eq!(answer.redirected("error").as_deref(), Some(error));
    let shown = browser.get(answer.location()).await;
    assert_eq!(shown.status, page.1);
    assert!(shown.body.contains(page.2));
}

#[tokio::test]
async fn a_session_answers_without_a_page_for_one_hour_from_login() {
    let bench = Bench::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&bench.request(), EMAIL, PASSWORD).await.code();

    bench.clock.advance(Duration::from_secs(59 * 60));
    browser.get(bench.request().url()).await.code();
    browser.get(bench.request().with("prompt", "none").url()).await.code();

    bench.clock.advance(Duration::from_secs(60));
    assert_eq!(browser.get(bench.request().url()).await.location().path(), "/login");
    let refused = browser.get(bench.request().with("prompt", "none").url()).await;
    assert_eq!(refused.redirected("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn a_session_serves_other_clients_of_the_pool() {
    let bench = Bench::start().await;
    let other = create_client(&bench.idp, &bench.pool, |client| client).await;
    brand(&bench.idp, &bench.pool, &other).await;
    let mut browser = Browser::new();
    browser.sign_in(&bench.request(), EMAIL, PASSWORD).await.code();

    let answer = browser.get(bench.request().with("client_id", &other.id).url()).await;

    answer.code();
}

#[tokio::test]
async fn prompt_login_asks_again_in_spite_of_a_session_and_then_answers() {
    let bench = Bench::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&bench.request(), EMAIL, PASSWORD).await.code();
    let request = bench.request().with("prompt", "login");

    assert_eq!(browser.get(request.url()).await.location().path(), "/login");
    browser.sign_in(&request, EMAIL, PASSWORD).await.code();
}

#[tokio::test]
async fn logout_ends_the_session_and_goes_to_a_registered_uri_only() {
    let bench = Bench::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&bench.request(), EMAIL, PASSWORD).await.code();
    let logout = |uri: &str| {
        let mut url = bench.endpoint("/logout");
        url.query_pairs_mut().append_pair("client_id", &bench.client.id).append_pair("logout_uri", uri);
        url
    };

    assert_eq!(browser.get(logout("http://localhost:3030/elsewhere")).await.status, 400);
    browser.get(bench.request().url()).await.code();
    let session = browser.cookies["cognito"].clone();
    assert_eq!(browser.get(logout(crate::bench::LOGOUT)).await.header("location"), crate::bench::LOGOUT);

    // The cookie is not only gone from the browser but worthless.
    browser.cookies.insert("cognito".to_owned(), session);
    assert_eq!(browser.get(bench.request().url()).await.location().path(), "/login");
}
