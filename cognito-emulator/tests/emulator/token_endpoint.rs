//! `/oauth2/token` with codes: what is redeemed, and each way in which it is not.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use crate::bench::{Bench, CALLBACK, EMAIL, PASSWORD, brand, create_client};
use crate::browser::{Answer, Browser, VERIFIER, http};

fn assert_refused(answer: &Answer, error: &str) {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.json()["error"], error);
    assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// The form with one parameter set to another value, or left out.
fn changed<'a>(form: Vec<(&'a str, &'a str)>, name: &'a str, value: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let kept = form.into_iter().filter(|(held, _)| *held != name);
    kept.chain(value.map(|value| (name, value))).collect()
}

#[tokio::test]
async fn redeems_a_code_without_pkce_and_without_resource() {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request()).await;

    let answer = bench.token(&bench.code_form(&code)).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    let mut members: Vec<&String> = body.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["access_token", "expires_in", "id_token", "refresh_token", "token_type"]);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&"Bearer".into(), &3600.into()));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(!answer.header("x-amz-cognito-request-id").is_empty());
}

#[tokio::test]
async fn redeems_a_code_with_its_verifier() {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request().with_pkce()).await;

    let answer = bench.token(&changed(bench.code_form(&code), "code_verifier", Some(VERIFIER))).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[rstest]
#[case::wrong(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"))]
#[case::missing(None)]
#[tokio::test]
async fn refuses_a_code_with_a_challenge_without_its_verifier(#[case] verifier: Option<&str>) {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request().with_pkce()).await;

    let answer = bench.token(&changed(bench.code_form(&code), "code_verifier", verifier)).await;

    assert_refused(&answer, "invalid_grant");
}

#[tokio::test]
async fn refuses_a_verifier_that_no_challenge_asked_for() {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request()).await;

    let answer = bench.token(&changed(bench.code_form(&code), "code_verifier", Some(VERIFIER))).await;

    assert_refused(&answer, "invalid_grant");
}

#[tokio::test]
async fn redeems_a_code_once_and_leaves_the_tokens_of_the_first_use_alone() {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request()).await;
    let first = bench.token(&bench.code_form(&code)).await.tokens();

    let second = bench.token(&bench.code_form(&code)).await;

    assert_refused(&second, "invalid_grant");
    assert_eq!(bench.token(&bench.refresh_form(&first.refresh.unwrap())).await.status, 200);
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let bench = Bench::start().await;
    let (early, late) = (bench.code(&bench.request()).await, bench.code(&bench.request()).await);

    bench.clock.advance(Duration::from_secs(299));
    assert_eq!(bench.token(&bench.code_form(&early)).await.status, 200);
    bench.clock.advance(Duration::from_secs(1));
    assert_refused(&bench.token(&bench.code_form(&late)).await, "invalid_grant");
}

#[tokio::test]
async fn refuses_a_redirect_uri_other_than_that_of_the_authorization_request() {
    let other = "http://localhost:3030/other";
    let bench = Bench::client_with(|client| client.callback_urls(other)).await;
    let code = bench.code(&bench.request()).await;

    let answer = bench.token(&changed(bench.code_form(&code), "redirect_uri", Some(other))).await;

    assert_refused(&answer, "unauthorized_client");
    assert_eq!(answer.json()["error_description"], "invalid_redirect");
}

#[rstest]
#[case::no_grant_type("grant_type", None, "invalid_request")]
#[case::unknown_grant_type("grant_type", Some("password"), "unsupported_grant_type")]
#[case::no_code("code", None, "invalid_request")]
#[case::unknown_code("code", Some("7d1a3b51-8e0a-4bb4-8bd5-3e6a2e0f7d11"), "invalid_grant")]
#[case::no_redirect_uri("redirect_uri", None, "invalid_request")]
#[case::no_client("client_id", None, "invalid_request")]
#[case::unknown_client("client_id", Some("unknown"), "invalid_client")]
#[case::no_secret("client_secret", None, "invalid_client")]
#[case::wrong_secret("client_secret", Some("wrong"), "invalid_client")]
#[tokio::test]
async fn refuses_a_form_with_one_thing_wrong(#[case] name: &str, #[case] value: Option<&str>, #[case] error: &str) {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request()).await;

    let answer = bench.token(&changed(bench.code_form(&code), name, value)).await;

    assert_refused(&answer, error);
}

#[tokio::test]
async fn refuses_a_repeated_parameter() {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request()).await;
    let mut form = bench.code_form(&code);
    form.push(("redirect_uri", CALLBACK));

    assert_refused(&bench.token(&form).await, "invalid_request");
}

#[tokio::test]
async fn refuses_a_body_that_is_no_form() {
    let bench = Bench::start().await;

    let request = http().post(bench.endpoint("/oauth2/token")).json(&serde_json::json!({"grant_type": "x"}));
    let answer = request.send().await.unwrap();

    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("invalid_request"));
}

#[tokio::test]
async fn refuses_the_code_of_another_client_and_keeps_it_for_its_own() {
    let bench = Bench::start().await;
    let other = create_client(&bench.idp, &bench.pool, |client| client.generate_secret(false)).await;
    brand(&bench.idp, &bench.pool, &other).await;
    let code = bench.code(&bench.request()).await;
    let stolen =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK), ("client_id", &other.id)];

    assert_refused(&bench.token(&stolen).await, "invalid_grant");
    assert_eq!(bench.token(&bench.code_form(&code)).await.status, 200);
}

#[rstest]
#[case::right(true, 200)]
#[case::wrong(false, 400)]
#[tokio::test]
async fn client_secret_basic_counts_as_client_secret_post_does(#[case] right: bool, #[case] status: u16) {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request()).await;
    let secret = bench.client.secret.clone().filter(|_| right).unwrap_or_else(|| "wrong".to_owned());
    let basic = STANDARD.encode(format!("{}:{secret}", bench.client.id));

    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let request = http().post(bench.endpoint("/oauth2/token")).form(&form);
    let answer = request.header("authorization", format!("Basic {basic}")).send().await.unwrap();

    assert_eq!(answer.status(), status);
}

#[tokio::test]
async fn a_public_client_names_itself_and_sends_no_secret() {
    let bench = Bench::client_with(|client| client.generate_secret(false)).await;
    assert_eq!(bench.client.secret, None);
    let (first, second) = (bench.code(&bench.request()).await, bench.code(&bench.request()).await);

    assert_eq!(bench.token(&bench.code_form(&first)).await.status, 200);
    let with_secret = changed(bench.code_form(&second), "client_secret", Some("anything"));
    assert_refused(&bench.token(&with_secret).await, "invalid_client");
}

#[tokio::test]
async fn a_browser_may_call_it_from_any_origin() {
    let bench = Bench::start().await;

    let request = http().request(reqwest::Method::OPTIONS, bench.endpoint("/oauth2/token"));
    let answer = request.header("origin", "http://localhost:5173").send().await.unwrap();

    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    let page = Browser::new().sign_in(&bench.request(), EMAIL, PASSWORD).await;
    assert_eq!(page.header("access-control-allow-origin"), "");
}
