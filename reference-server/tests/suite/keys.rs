//! How the keys of the issuer are fetched.

use std::time::Duration;

use futures::future::join_all;
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::issuer::{Issuer, KEY, OTHER_KEY};
use crate::subject::Subject;

fn signed_by_other(subject: &Subject) -> String {
    OTHER_KEY.sign(&Value::Object(subject.issuer.claims(&subject.resource)))
}

#[tokio::test]
async fn concurrent_requests_share_one_fetch() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let answers = join_all((0..20).map(|_| subject.call(&token, "get_time", json!({})))).await;

    assert!(answers.iter().all(|answer| answer.status() == StatusCode::OK));
    assert_eq!(subject.issuer.fetches().await, 1);
}

#[tokio::test]
async fn a_new_key_is_picked_up_at_once_and_a_withdrawn_one_stops_working() {
    let subject = Subject::start().await;
    let old = subject.token("alice", "openid");
    assert_eq!(subject.call(&old, "get_time", json!({})).await.status(), StatusCode::OK);

    subject.issuer.publish(&json!({ "keys": [OTHER_KEY.jwk()] })).await;

    assert_eq!(subject.call(&signed_by_other(&subject), "get_time", json!({})).await.status(), StatusCode::OK);
    assert_eq!(subject.call(&old, "get_time", json!({})).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn keys_are_fetched_again_when_they_are_old() {
    let subject = Subject::start_with(|config| config.key_max_age = Duration::ZERO).await;
    let token = subject.token("alice", "openid");
    assert_eq!(subject.call(&token, "get_time", json!({})).await.status(), StatusCode::OK);

    subject.issuer.publish(&json!({ "keys": [OTHER_KEY.jwk()] })).await;

    assert_eq!(subject.call(&token, "get_time", json!({})).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn unknown_keys_cause_one_fetch_an_interval() {
    let subject = Subject::start().await;
    let claims = Value::Object(subject.issuer.claims(&subject.resource)).to_string();
    let unknown = (0..30).map(|n| OTHER_KEY.sign_raw(&format!(r#"{{"alg":"RS256","kid":"k{n}"}}"#), &claims));

    let answers = join_all(unknown.map(|token| async { subject.call(&{ token }, "get_time", json!({})).await })).await;

    assert!(answers.iter().all(|answer| answer.status() == StatusCode::UNAUTHORIZED));
    assert_eq!(subject.issuer.fetches().await, 2, "the first fetch, and one for unknown keys");
}

#[rstest]
#[case::an_error(ResponseTemplate::new(500))]
#[case::not_found(ResponseTemplate::new(404))]
#[case::no_json(ResponseTemplate::new(200).set_body_string("<html>"))]
#[case::no_set(ResponseTemplate::new(200).set_body_json(json!({ "keys": {} })))]
#[case::no_usable_key(ResponseTemplate::new(200).set_body_json(json!({ "keys": [{ "kty": "oct", "kid": "trusted" }] })))]
#[case::too_long(ResponseTemplate::new(200).set_body_json(json!({ "keys": [KEY.jwk()], "more": "x".repeat(300 * 1024) })))]
#[case::too_slow(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))]
#[tokio::test]
async fn without_keys_nothing_is_said_about_a_token(#[case] answer: ResponseTemplate) {
    let subject = Subject::start_with(|config| config.key_fetch_timeout = Duration::from_millis(300)).await;
    subject.issuer.answer(answer).await;

    let response = subject.call(&subject.token("alice", "openid"), "get_time", json!({})).await;

    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    assert!(!response.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn a_redirect_to_keys_is_not_followed() {
    let subject = Subject::start().await;
    let elsewhere = Issuer::start().await;
    let address = format!("{}/.well-known/jwks.json", elsewhere.url());
    subject.issuer.answer(ResponseTemplate::new(302).insert_header("location", address)).await;

    let response = subject.call(&subject.token("alice", "openid"), "get_time", json!({})).await;

    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(elsewhere.fetches().await, 0);
}

#[tokio::test]
async fn an_outage_is_not_answered_with_a_flood_and_ends_when_the_keys_are_back() {
    let subject = Subject::start_with(|config| config.key_refetch_interval = Duration::from_millis(200)).await;
    subject.issuer.answer(ResponseTemplate::new(500)).await;
    let token = subject.token("alice", "openid");

    let answers = join_all((0..20).map(|_| subject.call(&token, "get_time", json!({})))).await;
    assert!(answers.iter().all(|answer| answer.status() == StatusCode::SERVICE_UNAVAILABLE));
    assert!(subject.issuer.fetches().await <= 5);

    subject.issuer.publish(&json!({ "keys": [KEY.jwk()] })).await;
    let recovered = async {
        while subject.call(&token, "get_time", json!({})).await.status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), recovered).await.unwrap();
}

#[rstest]
#[case::for_encryption(json!({ "use": "enc" }))]
#[case::for_another_algorithm(json!({ "alg": "RS512" }))]
#[case::for_signing_only(json!({ "key_ops": ["sign"] }))]
#[tokio::test]
async fn a_key_for_another_purpose_is_not_used(#[case] change: Value) {
    let subject = Subject::start().await;
    let mut jwk = KEY.jwk();
    jwk.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    subject.issuer.publish(&json!({ "keys": [jwk, OTHER_KEY.jwk()] })).await;

    let response = subject.call(&subject.token("alice", "openid"), "get_time", json!({})).await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn two_keys_of_one_name_are_both_left_out() {
    let subject = Subject::start().await;
    let mut twin = OTHER_KEY.jwk();
    twin["kid"] = json!(KEY.id);
    subject.issuer.publish(&json!({ "keys": [KEY.jwk(), twin, OTHER_KEY.jwk()] })).await;

    let response = subject.call(&subject.token("alice", "openid"), "get_time", json!({})).await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}
