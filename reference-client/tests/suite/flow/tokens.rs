//! What the client does when a token no longer serves: refresh, another login, step-up.

use super::{dynamic, move_to, open, register_at};
use crate::common::{Authority, Peers, value};
use reference_client::{Registration, Settings};
use rstest::rstest;
use serde_json::{Map, Value, json};

fn note() -> Map<String, Value> {
    json!({"text": "x"}).as_object().unwrap().clone()
}

#[tokio::test]
async fn refreshes_after_a_401_and_uses_the_rotated_token_next_time() {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.hand_out_refresh_tokens = true);
    peers.resource.change(|script| script.uses_per_token = Some(6));
    let session = open(peers.settings(None)).await;

    for _ in 0..20 {
        session.list_tools().await.unwrap();
    }

    assert_eq!(peers.log.authorizations().len(), 1);
    let refreshes: Vec<_> = peers.log.tokens().into_iter().skip(1).collect();
    assert!(refreshes.len() >= 2, "{refreshes:?}");
    let mut used: Vec<_> = refreshes.iter().map(|form| value(form, "refresh_token").unwrap()).collect();
    used.dedup();
    assert_eq!(used.len(), refreshes.len(), "a refresh token was used twice");
    for form in &refreshes {
        assert_eq!(value(form, "resource"), Some(peers.resource.url.as_str()));
        assert_eq!(value(form, "scope"), None);
    }
}

#[tokio::test]
async fn logs_in_again_when_the_refresh_is_refused() {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.hand_out_refresh_tokens = true);
    let session = open(peers.settings(None)).await;
    peers.authority.change(|script| script.refuse_refresh = Some((400, json!({"error": "invalid_grant"}))));
    peers.authority.expire_all();

    session.list_tools().await.unwrap();

    assert_eq!(peers.log.authorizations().len(), 2);
    let refreshes = peers.log.tokens().iter().filter(|form| value(form, "grant_type") == Some("refresh_token")).count();
    assert_eq!(refreshes, 1);
}

#[tokio::test]
async fn logs_in_again_when_there_is_no_refresh_token() {
    let peers = Peers::start().await;
    let session = open(peers.settings(None)).await;
    peers.authority.expire_all();

    session.list_tools().await.unwrap();

    assert_eq!(peers.log.authorizations().len(), 2);
    let challenges: Vec<_> =
        peers.log.authorizations().iter().map(|q| value(q, "code_challenge").unwrap().to_owned()).collect();
    assert_ne!(challenges[0], challenges[1]);
}

#[tokio::test]
async fn a_session_recovers_from_a_token_that_was_refused_at_once() {
    let peers = Peers::start().await;
    let session = open(peers.settings(None)).await;
    peers.resource.change(|script| script.refuse_all = true);

    let error = session.list_tools().await.unwrap_err();
    let logins = peers.log.authorizations().len();
    peers.resource.change(|script| script.refuse_all = false);
    session.list_tools().await.unwrap();

    assert!(error.to_string().contains("has just issued"), "{error}");
    assert_eq!((logins, peers.log.authorizations().len()), (2, 3));
}

#[tokio::test]
async fn asks_another_authorization_server_for_no_scope_of_the_first() {
    let peers = Peers::start().await;
    let other = Authority::start(peers.log.clone(), "").await;
    dynamic(&peers);
    register_at(&other);
    peers.resource.change(|script| script.challenge[0].push_str(", scope=\"first\""));
    let session = open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;
    move_to(&peers, &other);
    peers.resource.change(|script| script.challenge[0] = script.challenge[0].replace("first", "second"));
    peers.authority.expire_all();

    session.list_tools().await.unwrap_err();

    let asked: Vec<_> = peers.log.authorizations().iter().map(|q| value(q, "scope").unwrap().to_owned()).collect();
    assert_eq!(asked, ["first", "second"]);
}

#[tokio::test]
async fn a_refresh_token_never_reaches_another_server() {
    let peers = Peers::start().await;
    let other = Authority::start(peers.log.clone(), "").await;
    dynamic(&peers);
    register_at(&other);
    peers.authority.change(|script| script.hand_out_refresh_tokens = true);
    let session = open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;
    move_to(&peers, &other);
    peers.authority.expire_all();

    session.list_tools().await.unwrap_err();

    assert!(peers.log.tokens().iter().all(|form| value(form, "grant_type") != Some("refresh_token")));
}

#[tokio::test]
async fn a_step_up_that_does_not_help_is_not_repeated_but_others_may_step_up() {
    let peers = Peers::start().await;
    peers.resource.change(|script| {
        script.scopes =
            [("add_note", "write"), ("get_time", "clock")].map(|(t, s)| (t.to_owned(), s.to_owned())).into();
        script.never_enough = true;
    });
    let session = open(peers.settings(None)).await;

    let first = session.call_tool("add_note", note()).await.unwrap_err();
    let logins = peers.log.authorizations().len();
    session.call_tool("add_note", note()).await.unwrap_err();
    let unchanged = peers.log.authorizations().len();
    session.call_tool("get_time", Map::new()).await.unwrap_err();

    assert!(first.to_string().contains("write"), "{first}");
    assert!((2..=3).contains(&logins), "{logins}");
    assert_eq!(unchanged, logins);
    assert!(peers.log.authorizations().len() > logins);
}

#[tokio::test]
async fn a_403_without_scope_asks_for_those_of_the_metadata() {
    let peers = Peers::start().await;
    peers.resource.change(|script| {
        script.scopes.insert("add_note".to_owned(), "write".to_owned());
        script.forbidden = vec!["Bearer error=\"insufficient_scope\"".to_owned()];
        script.challenge[0].push_str(", scope=\"read\"");
    });
    peers.resource.bend_metadata(|document| {
        document.insert("scopes_supported".to_owned(), json!(["read", "write"]));
    });
    let session = open(peers.settings(None)).await;

    let answer = session.call_tool("add_note", note()).await.unwrap();

    assert_eq!(answer.text, ["kept: x"]);
    assert_eq!(value(&peers.log.authorizations()[1], "scope"), Some("read write"));
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_not_taken_as_granted() {
    let peers = Peers::start().await;
    peers.resource.change(|script| {
        script.challenge[0].push_str(", scope=\"read write\"");
        script.scopes.insert("add_note".to_owned(), "write".to_owned());
    });
    peers.authority.change(|script| script.narrow = Some("read".to_owned()));
    let session = open(peers.settings(None)).await;

    peers.authority.change(|script| script.narrow = None);
    let answer = session.call_tool("add_note", note()).await;

    assert_eq!(answer.unwrap().text, ["kept: x"]);
    assert_eq!(peers.log.authorizations().len(), 2);
}

#[rstest]
#[case::no_challenge("")]
#[case::another_error("Bearer error=\"access_denied\", scope=\"write\"")]
#[tokio::test]
async fn a_403_that_asks_for_no_scope_leads_to_no_login(#[case] field: &str) {
    let peers = Peers::start().await;
    let field = field.to_owned();
    peers.resource.change(|script| {
        script.scopes.insert("add_note".to_owned(), "write".to_owned());
        script.forbidden = vec![field];
    });
    let session = open(peers.settings(None)).await;

    let error = session.call_tool("add_note", note()).await.unwrap_err();

    assert!(error.to_string().contains("does not ask for more scope"), "{error}");
    assert_eq!(peers.log.authorizations().len(), 1);
}
