//! What the client sends, where, and in which order.

mod binding;
mod discovery;
mod legacy;
mod registration;
mod tokens;

use std::sync::Arc;

use crate::common::{Approving, Authority, Peers, value};
use reference_client::{Callback, Revision, Session, Settings, connect};
use rstest::rstest;
use serde_json::{Map, Value, json};

async fn open(settings: Settings) -> Session {
    connect(settings, Arc::new(Approving::default())).await.unwrap()
}

fn dynamic(peers: &Peers) {
    register_at(&peers.authority);
}

fn register_at(authority: &Authority) {
    let endpoint = format!("{}/register", authority.base);
    authority
        .bend_metadata(|document| drop(document.insert("registration_endpoint".to_owned(), endpoint.clone().into())));
}

fn move_to(peers: &Peers, other: &Authority) {
    let issuer = other.issuer.clone();
    peers.resource.bend_metadata(|document| {
        document.insert("authorization_servers".to_owned(), json!([issuer]));
    });
}

#[tokio::test]
async fn asks_in_the_order_of_the_specification() {
    let peers = Peers::start().await;

    open(peers.settings(Some(Revision::V2026_07_28))).await.list_tools().await.unwrap();

    insta::assert_json_snapshot!(peers.log.lines());
}

#[tokio::test]
async fn sends_the_parameters_of_the_code_flow_once_each() {
    let peers = Peers::start().await;

    open(peers.settings(None)).await;

    let request = &peers.log.authorizations()[0];
    let exchange = &peers.log.tokens()[0];
    for (name, expected) in [
        ("response_type", "code"),
        ("client_id", "known-client"),
        ("code_challenge_method", "S256"),
        ("resource", peers.resource.url.as_str()),
    ] {
        assert_eq!(value(request, name), Some(expected));
    }
    assert_eq!(value(request, "scope"), None);
    assert!(value(request, "state").unwrap().len() >= 32);
    for (name, expected) in [
        ("grant_type", "authorization_code"),
        ("client_id", "known-client"),
        ("resource", peers.resource.url.as_str()),
        ("redirect_uri", value(request, "redirect_uri").unwrap()),
    ] {
        assert_eq!(value(exchange, name), Some(expected));
    }
    let verifier = value(exchange, "code_verifier").unwrap();
    assert!((43..=128).contains(&verifier.len()), "{verifier}");
}

#[rstest]
#[case::of_the_challenge(Some("a b"), Some(json!(["c"])), Some("a b"))]
#[case::of_the_metadata(None, Some(json!(["c", "d"])), Some("c d"))]
#[case::of_neither(None, None, None)]
#[case::of_an_empty_list(None, Some(json!([])), None)]
#[tokio::test]
async fn asks_for_the_scopes(
    #[case] challenged: Option<&str>,
    #[case] supported: Option<Value>,
    #[case] expected: Option<&str>,
) {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.insert("scopes_supported".to_owned(), json!(["decoy"]))));
    if let Some(scopes) = challenged {
        peers.resource.change(|script| script.challenge[0].push_str(&format!(", scope=\"{scopes}\"")));
    }
    if let Some(scopes) = supported {
        peers.resource.bend_metadata(|document| drop(document.insert("scopes_supported".to_owned(), scopes.clone())));
    }

    open(peers.settings(None)).await;

    assert_eq!(value(&peers.log.authorizations()[0], "scope"), expected);
}

#[tokio::test]
async fn sends_the_token_with_every_request_to_the_server_and_to_nobody_else() {
    let peers = Peers::start().await;

    let session = open(peers.settings(Some(Revision::V2025_11_25))).await;
    session.call_tool("get_time", Map::new()).await.unwrap();
    session.close().await;

    let seen = peers.log.all();
    let login = seen.iter().position(|seen| seen.path == "/token").unwrap();
    let (before, after) = seen.split_at(login + 1);
    assert!(before.iter().all(|seen| seen.authorization.is_none()));
    assert!(after.iter().all(|seen| seen.peer == "rs" && seen.authorization.is_some()));
    for method in ["POST", "GET", "DELETE"] {
        assert!(after.iter().any(|seen| seen.method == method), "{method}");
    }
    assert!(seen.iter().all(|seen| !seen.path.contains("token-")));
}

#[tokio::test]
async fn listens_only_while_a_login_is_under_way() {
    let peers = Peers::start().await;

    let session = open(peers.settings(None)).await;

    let redirect = value(&peers.log.authorizations()[0], "redirect_uri").unwrap().to_owned();
    assert!(reqwest::get(redirect).await.is_err_and(|error| error.is_connect()));
    session.close().await;
}

#[tokio::test]
async fn takes_a_listener_that_is_bound_already() {
    let peers = Peers::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let expected = format!("http://localhost:{}/callback", listener.local_addr().unwrap().port());
    let settings = Settings { callback: Callback::Listener(listener), ..peers.settings(None) };

    let session = open(settings).await;
    peers.authority.expire_all();
    session.list_tools().await.unwrap();

    for login in peers.log.authorizations() {
        assert_eq!(value(&login, "redirect_uri"), Some(expected.as_str()));
    }
}
