//! Sessions and batches: whose they are, and that an id replaces no token.

use reqwest::{Method, Response, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::subject::{Session, Subject, message, tool_call};

async fn call_in(subject: &Subject, token: Option<&str>, session: &Session) -> Response {
    subject.legacy(token, Some(session), &tool_call("whoami", &json!({}))).send().await.unwrap()
}

#[tokio::test]
async fn a_session_id_is_no_credential() {
    let subject = Subject::start().await;
    let session = subject.open_session(&subject.token("alice", "openid"), "2025-11-25").await;

    assert_eq!(call_in(&subject, None, &session).await.status(), StatusCode::UNAUTHORIZED);
    for method in [Method::GET, Method::DELETE] {
        let request = subject.request(method, None).headers(session.headers());
        assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
}

#[rstest]
#[case::another_user("bob", crate::issuer::CLIENT)]
#[case::another_client_of_the_user("alice", "second")]
#[tokio::test]
async fn a_session_does_not_exist_for_anybody_else(#[case] sub: &str, #[case] client_id: &str) {
    let subject = Subject::start_with(|config| {
        config.clients = reference_server::AllowedClients::Any;
    })
    .await;
    let alice = subject.token("alice", "openid");
    let session = subject.open_session(&alice, "2025-11-25").await;
    let changes = [("sub", Some(json!(sub))), ("client_id", Some(json!(client_id)))];
    let other = subject.issuer.token(&subject.resource, changes);

    assert_eq!(call_in(&subject, Some(&other), &session).await.status(), StatusCode::NOT_FOUND);
    for method in [Method::GET, Method::DELETE] {
        let request = subject.request(method, Some(&other)).headers(session.headers());
        let request = request.header("accept", "text/event-stream").header("last-event-id", "0");
        assert_eq!(request.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(call_in(&subject, Some(&alice), &session).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_owner_can_end_a_session_and_it_is_gone() {
    let subject = Subject::start().await;
    let alice = subject.token("alice", "openid");
    let session = subject.open_session(&alice, "2025-11-25").await;

    let end = subject.request(Method::DELETE, Some(&alice)).headers(session.headers()).send().await.unwrap();

    assert!(end.status().is_success(), "{}", end.status());
    assert_eq!(call_in(&subject, Some(&alice), &session).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_goes_on_with_a_new_token_of_its_owner() {
    let subject = Subject::start().await;
    let session = subject.open_session(&subject.token("alice", "openid"), "2025-06-18").await;
    let renewed = subject.issuer.token(&subject.resource, [("jti", Some(json!("another")))]);

    assert_eq!(call_in(&subject, Some(&renewed), &session).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_caller_in_a_session_is_who_the_token_of_the_request_says() {
    let subject = Subject::start().await;
    let session = subject.open_session(&subject.token("alice", "openid"), "2025-06-18").await;
    let more = subject.token("alice", "openid email");

    let answer = message(call_in(&subject, Some(&more), &session).await).await;

    assert_eq!(answer["result"]["structuredContent"]["scopes"], json!(["email", "openid"]));
}

#[tokio::test]
async fn an_unknown_session_is_not_there_and_2026_07_28_does_not_look_for_one() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let session = Session { id: "made-up".parse().unwrap(), revision: "2025-11-25".to_owned() };

    assert_eq!(call_in(&subject, Some(&token), &session).await.status(), StatusCode::NOT_FOUND);
    let modern = subject.modern(Some(&token), "tools/list", json!({})).header("mcp-session-id", "made-up");
    assert_eq!(modern.send().await.unwrap().status(), StatusCode::OK);
}

async fn send_batch(subject: &Subject, token: &str, session: &Session, batch: &Value) -> Response {
    subject.legacy(Some(token), Some(session), batch).send().await.unwrap()
}

#[tokio::test]
async fn a_batch_of_2025_03_26_is_answered_together() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let session = subject.open_session(&token, "2025-03-26").await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": "a", "method": "ping" },
        { "jsonrpc": "2.0", "method": "notifications/roots/list_changed" },
        { "jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": { "name": "whoami", "arguments": {} } },
        { "jsonrpc": "2.0", "id": "c", "method": "no/such" },
        { "id": "d" },
    ]);

    let response = send_batch(&subject, &token, &session, &batch).await;

    assert_eq!(response.status(), StatusCode::OK);
    let answers = message(response).await;
    assert_eq!(answers[0], json!({ "jsonrpc": "2.0", "id": "a", "result": {} }));
    assert_eq!(answers[1]["result"]["structuredContent"]["sub"], "alice");
    assert_eq!(answers[2]["error"]["code"], -32601);
    assert_eq!(answers[3]["id"], "d");
    assert_eq!(answers[3]["error"]["code"], -32600);
    assert_eq!(answers.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_batch_of_notifications_is_accepted_without_an_answer() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let session = subject.open_session(&token, "2025-03-26").await;
    let batch = json!([{ "jsonrpc": "2.0", "method": "notifications/roots/list_changed" }]);

    assert_eq!(send_batch(&subject, &token, &session, &batch).await.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn one_call_without_scope_refuses_the_whole_batch() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let session = subject.open_session(&token, "2025-03-26").await;
    let batch = json!([tool_call("whoami", &json!({})), tool_call("add_note", &json!({ "text": "x" }))]);

    assert_eq!(send_batch(&subject, &token, &session, &batch).await.status(), StatusCode::FORBIDDEN);
}

#[rstest]
#[case::of_a_later_revision("2025-06-18", json!([{ "jsonrpc": "2.0", "id": 1, "method": "ping" }]))]
#[case::without_messages("2025-03-26", json!([]))]
#[case::with_a_handshake("2025-03-26", json!([{ "jsonrpc": "2.0", "id": 1, "method": "initialize" }]))]
#[tokio::test]
async fn refuses_a_batch(#[case] revision: &str, #[case] batch: Value) {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let session = subject.open_session(&token, revision).await;

    let response = send_batch(&subject, &token, &session, &batch).await;

    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(message(response).await["error"]["code"], -32600);
}
