//! What callers without a usable token are told.

use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::issuer::now;
use crate::subject::{Subject, challenge, mcp_headers};

fn expected_challenge(subject: &Subject) -> String {
    format!(r#"Bearer resource_metadata="{}", scope="openid""#, subject.at("/.well-known/oauth-protected-resource/mcp"))
}

#[rstest]
#[case::a_tool(Method::POST, "tools/call", json!({ "name": "whoami", "arguments": {} }))]
#[case::a_tool_that_does_not_exist(Method::POST, "tools/call", json!({ "name": "nothing" }))]
#[case::an_unknown_method(Method::POST, "no/such", json!({}))]
#[case::broken_arguments(Method::POST, "tools/call", json!({ "name": 5 }))]
#[case::discovery(Method::POST, "server/discover", json!({}))]
#[case::a_subscription(Method::POST, "subscriptions/listen", json!({}))]
#[case::a_stream(Method::GET, "", json!({}))]
#[case::the_end_of_a_session(Method::DELETE, "", json!({}))]
#[case::another_http_method(Method::PUT, "", json!({}))]
#[tokio::test]
async fn answers_every_request_without_a_token_alike(#[case] method: Method, #[case] rpc: &str, #[case] params: Value) {
    let subject = Subject::start().await;

    let request =
        if method == Method::POST { subject.modern(None, rpc, params) } else { subject.request(method, None) };
    let response = request.send().await.unwrap();

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(challenge(&response), expected_challenge(&subject));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body, json!({ "error": "unauthorized", "error_description": "An access token is required" }));
}

#[rstest]
#[case::initialize(json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {} }).to_string())]
#[case::a_notification(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string())]
#[case::a_batch(json!([{ "jsonrpc": "2.0", "id": 0, "method": "ping" }]).to_string())]
#[case::no_json("{".to_owned())]
#[case::more_than_the_server_reads("x".repeat(2 * 1024 * 1024))]
#[tokio::test]
async fn does_not_look_at_the_body_of_a_request_without_a_token(#[case] body: String) {
    let subject = Subject::start().await;

    let request = subject.request(Method::POST, None).headers(mcp_headers()).body(body);
    let response = request.send().await.unwrap();

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(challenge(&response), expected_challenge(&subject));
}

#[tokio::test]
async fn names_the_reason_when_a_token_is_refused_and_repeats_nothing_of_it() {
    let subject = Subject::start().await;
    let expired = subject.issuer.token(&subject.resource, [("exp", Some(json!(now() - 600)))]);

    let response = subject.call(&expired, "whoami", json!({})).await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        challenge(&response),
        format!(
            "Bearer error=\"invalid_token\", error_description=\"The access token has expired\", {}",
            expected_challenge(&subject).trim_start_matches("Bearer ")
        )
    );
    let everything = format!("{:?} {}", response.headers().clone(), response.text().await.unwrap());
    assert!(!expired.split('.').any(|part| everything.contains(&part[..20])), "{everything}");
}

#[rstest]
#[case::no_token("Bearer")]
#[case::spaces_only("Bearer   ")]
#[case::two_words("Bearer a b")]
#[case::a_tab("Bearer\ta")]
#[case::outside_the_alphabet("Bearer {\"a\":1}")]
#[case::comma("Bearer a,b")]
#[case::padding_only("Bearer ==")]
#[case::empty("")]
#[tokio::test]
async fn calls_malformed_credentials_an_invalid_request(#[case] authorization: &str) {
    let subject = Subject::start().await;

    let request = subject.modern(None, "tools/list", json!({})).header("authorization", authorization);
    let response = request.send().await.unwrap();

    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(challenge(&response).starts_with("Bearer error=\"invalid_request\", "));
}

#[tokio::test]
async fn calls_two_header_fields_and_an_endless_token_an_invalid_request() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let two = subject.modern(Some(&token), "tools/list", json!({})).header("authorization", "Bearer x");
    let endless = subject.modern(Some(&"a".repeat(64 * 1024)), "tools/list", json!({}));

    assert_eq!(two.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(endless.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[rstest]
#[case("Basic YWxpY2U6eA==")]
#[case("DPoP abc")]
#[case("Bearers abc")]
#[tokio::test]
async fn another_scheme_counts_as_no_credentials(#[case] authorization: &str) {
    let subject = Subject::start().await;

    let request = subject.modern(None, "tools/list", json!({})).header("authorization", authorization);
    let response = request.send().await.unwrap();

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(challenge(&response), expected_challenge(&subject));
}

#[rstest]
#[case("bearer ")]
#[case("BEARER ")]
#[case("bEaReR ")]
#[case("Bearer  ")]
#[tokio::test]
async fn reads_the_scheme_in_every_spelling(#[case] scheme: &str) {
    let subject = Subject::start().await;
    let authorization = format!("{scheme}{}", subject.token("alice", "openid"));

    let request = subject.modern(None, "tools/list", json!({})).header("authorization", authorization);

    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn ignores_a_token_in_the_query() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let alone = subject.modern(None, "tools/list", json!({})).query(&[("access_token", &token)]);
    let beside = subject.modern(Some(&token), "tools/list", json!({})).query(&[("access_token", "x")]);

    assert_eq!(alone.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(beside.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn an_authorized_request_buys_nothing_for_the_next_one_on_the_connection() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let connection = crate::subject::client();

    let first = subject.modern(Some(&token), "tools/list", json!({})).build().unwrap();
    let second = subject.modern(None, "tools/list", json!({})).build().unwrap();

    let first = connection.execute(first).await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    first.bytes().await.unwrap();
    assert_eq!(connection.execute(second).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
