//! All four revisions: the same tools, reached the way each revision has it.

use reqwest::StatusCode;
use rstest::rstest;
use serde_json::json;

use crate::subject::{Subject, message, tool_call};

#[rstest]
#[tokio::test]
async fn serves_sessions_of_the_revisions_with_a_handshake(
    #[values("2025-03-26", "2025-06-18", "2025-11-25")] revision: &str,
) {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let session = subject.open_session(&token, revision).await;
    let call = tool_call("whoami", &json!({}));
    let response = subject.legacy(Some(&token), Some(&session), &call).send().await.unwrap();

    assert_eq!(session.revision, revision);
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(message(response).await["result"]["structuredContent"]["sub"], "alice");
}

#[tokio::test]
async fn serves_2026_07_28_without_sessions() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let response = subject.call(&token, "whoami", json!({})).await;

    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key("mcp-session-id"));
    let caller = message(response).await["result"]["structuredContent"].clone();
    assert_eq!(
        caller,
        json!({ "sub": "alice", "client_id": "1example23456789", "scopes": ["openid"], "username": "alice" })
    );
}

#[tokio::test]
async fn discovery_names_the_four_revisions_and_the_server() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let response = subject.modern(Some(&token), "server/discover", json!({})).send().await.unwrap();

    let result = message(response).await["result"].clone();
    assert_eq!(result["supportedVersions"], json!(["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]));
    assert!(result.to_string().contains("reference-server"), "{result}");
}

#[tokio::test]
async fn the_list_of_tools_is_private_to_the_caller() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let response = subject.modern(Some(&token), "tools/list", json!({})).send().await.unwrap();

    let result = message(response).await["result"].clone();
    let names: Vec<_> = result["tools"].as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
    assert_eq!(result["cacheScope"], "private");
    assert_eq!(names, ["add_note", "get_time", "list_notes", "whoami"]);
}

#[tokio::test]
async fn tells_the_time_in_utc() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let time = subject.result(&token, "get_time", json!({})).await;

    assert_eq!(time["timezone"], "UTC");
    let (date, _) = time["current_time"].as_str().unwrap().split_once('T').unwrap();
    assert!(time["formatted"].as_str().unwrap().starts_with(date));
    assert!((time["timestamp"].as_f64().unwrap() - crate::issuer::now() as f64).abs() < 60.0);
}
