//! Scopes: what each operation needs, and what a caller is told who lacks some.

use reqwest::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

use crate::subject::{Subject, challenge, message, tool_call};

#[tokio::test]
async fn a_token_without_the_base_scope_is_told_which_it_needs() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "email");

    let response = subject.call(&token, "whoami", json!({})).await;

    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(challenge(&response).starts_with("Bearer error=\"insufficient_scope\", "));
    assert!(challenge(&response).ends_with("/.well-known/oauth-protected-resource/mcp\", scope=\"openid\""));
}

#[tokio::test]
async fn streams_and_ends_of_sessions_need_the_base_scope_too() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "email");

    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let response = subject.request(method, Some(&token)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(challenge(&response).starts_with("Bearer error=\"insufficient_scope\", "));
    }
}

#[tokio::test]
async fn writing_names_all_scopes_it_needs_at_once_and_works_with_exactly_those() {
    let subject = Subject::start().await;
    let needed = format!("{} openid", subject.note_scope());

    let refused = subject.call(&subject.token("alice", "openid"), "add_note", json!({ "text": "first" })).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(challenge(&refused).ends_with(&format!("scope=\"{needed}\"")), "{}", challenge(&refused));
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error"], "insufficient_scope");

    let writer = subject.token("alice", &needed);
    subject.result(&writer, "add_note", json!({ "text": "second" })).await;
    let notes = subject.result(&writer, "list_notes", json!({})).await;
    assert_eq!(notes, json!({ "notes": [{ "id": 1, "text": "second" }] }));
}

#[tokio::test]
async fn a_token_with_no_scope_that_counts_is_told_all_that_writing_needs_at_once() {
    let subject = Subject::start().await;

    let refused = subject.call(&subject.token("alice", "email"), "add_note", json!({ "text": "x" })).await;

    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(challenge(&refused).ends_with(&format!("scope=\"{} openid\"", subject.note_scope())));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_does_not_hide_a_missing_base_scope() {
    let subject = Subject::start().await;
    let request = subject.legacy(Some(&subject.token("alice", "email")), None, &Value::Null).body("{");

    let refused = request.send().await.unwrap();

    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(challenge(&refused).ends_with("scope=\"openid\""));
}

#[rstest]
#[case::a_longer_scope("openid {note}s")]
#[case::a_prefix("openid {resource}/notes")]
#[case::another_case("openid {NOTE}")]
#[case::inside_another("openid x{note}")]
#[case::behind_a_tab("openid\t{note}")]
#[case::without_the_base_scope("{note}")]
#[tokio::test]
async fn near_misses_do_not_count(#[case] granted: &str) {
    let subject = Subject::start().await;
    let note = subject.note_scope();
    let granted = granted
        .replace("{note}", &note)
        .replace("{NOTE}", &note.replace("notes", "NOTES"))
        .replace("{resource}", &subject.resource);

    let response = subject.call(&subject.token("alice", &granted), "add_note", json!({ "text": "x" })).await;

    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn notes_belong_to_the_subject_of_the_token_whatever_else_is_said() {
    let subject = Subject::start().await;
    let scopes = format!("openid {}", subject.note_scope());
    let (alice, bob) = (subject.token("alice", &scopes), subject.token("bob", &scopes));

    subject.result(&alice, "add_note", json!({ "text": "mine", "sub": "bob", "owner": "bob" })).await;

    assert_eq!(subject.result(&bob, "list_notes", json!({})).await, json!({ "notes": [] }));
    assert_eq!(subject.result(&alice, "list_notes", json!({})).await["notes"][0]["text"], "mine");
}

#[tokio::test]
async fn a_refused_token_writes_nothing() {
    let subject = Subject::start().await;
    let scopes = format!("openid {}", subject.note_scope());
    let changes = [("aud", Some(json!("https://other.example/mcp"))), ("scope", Some(json!(scopes)))];
    let elsewhere = subject.issuer.token(&subject.resource, changes);

    let response = subject.call(&elsewhere, "add_note", json!({ "text": "x" })).await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let notes = subject.result(&subject.token("alice", "openid"), "list_notes", json!({})).await;
    assert_eq!(notes, json!({ "notes": [] }));
}

#[tokio::test]
async fn what_the_body_calls_counts_and_not_what_the_header_fields_say() {
    let subject = Subject::start().await;
    let low = subject.token("alice", "openid");
    let add = json!({ "name": "add_note", "arguments": { "text": "x" } });
    let harmless = "=?base64?Z2V0X3RpbWU=?=";

    for shown in ["get_time", harmless] {
        let mut request = subject.modern(Some(&low), "tools/call", add.clone()).build().unwrap();
        request.headers_mut().insert("mcp-name", shown.parse().unwrap());
        let response = crate::subject::client().execute(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(message(response).await["error"]["code"], -32020);
    }
    let mut reverse = subject.modern(Some(&low), "tools/call", json!({ "name": "get_time" })).build().unwrap();
    reverse.headers_mut().insert("mcp-name", "add_note".parse().unwrap());
    let response = crate::subject::client().execute(reverse).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(message(response).await["error"]["code"], -32020);
    assert_eq!(subject.result(&low, "list_notes", json!({})).await, json!({ "notes": [] }));
}

#[tokio::test]
async fn a_body_that_names_two_tools_is_not_read_in_one_of_two_ways() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let session = subject.open_session(&token, "2025-11-25").await;

    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_time","name":"add_note"}}"#;
    let request = subject.legacy(Some(&token), Some(&session), &Value::Null).body(body);

    assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[rstest]
#[tokio::test]
async fn a_session_asks_for_scope_by_status_too(#[values("2025-03-26", "2025-06-18", "2025-11-25")] revision: &str) {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let session = subject.open_session(&token, revision).await;

    let call = tool_call("add_note", &json!({ "text": "x" }));
    let response = subject.legacy(Some(&token), Some(&session), &call).send().await.unwrap();

    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(challenge(&response).contains(&subject.note_scope()));
}
