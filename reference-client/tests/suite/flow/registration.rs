//! How the client gets to be known to an authorization server, and says who it is.

use super::{dynamic, open};
use crate::common::{Approving, Peers, value};
use base64::{Engine, prelude::BASE64_STANDARD};
use reference_client::{Registration, Settings, connect};
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;

#[rstest]
#[case::basic(&["client_secret_post", "client_secret_basic"], "basic")]
#[case::post(&["client_secret_post"], "post")]
#[tokio::test]
async fn authenticates_with_one_listed_method(#[case] listed: &[&str], #[case] expected: &str) {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| {
        document.insert("token_endpoint_auth_methods_supported".to_owned(), json!(listed));
    });

    open(confidential(&peers, "s:e+c%r é")).await;

    assert_eq!(authentication(&peers), (expected == "basic", expected == "post"));
}

#[tokio::test]
async fn uses_basic_when_the_metadata_lists_nothing_and_encodes_both_halves() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.remove("token_endpoint_auth_methods_supported")));

    open(confidential(&peers, "s:e+c%r é")).await;

    let sent = peers.log.of("as", "/token")[0].authorization.clone().unwrap();
    let decoded = BASE64_STANDARD.decode(sent.strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(decoded).unwrap(), "known-client:s%3Ae%2Bc%25r+%C3%A9");
}

#[tokio::test]
async fn refuses_when_no_method_for_its_secret_is_listed() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| {
        document.insert("token_endpoint_auth_methods_supported".to_owned(), json!(["private_key_jwt"]));
    });

    let result = connect(confidential(&peers, "secret"), Arc::new(Approving::default())).await;

    assert!(result.is_err());
    assert_eq!(peers.log.authorizations().len(), 0);
}

fn confidential(peers: &Peers, secret: &str) -> Settings {
    let registration = Registration::PreRegistered {
        client_id: "known-client".to_owned(),
        client_secret: Some(SecretString::from(secret)),
        issuer: peers.authority.issuer.parse().unwrap(),
    };
    Settings { registration, ..peers.settings(None) }
}

/// Whether the first token request had a secret in the header, and in the body.
fn authentication(peers: &Peers) -> (bool, bool) {
    let sent = &peers.log.of("as", "/token")[0];
    (sent.authorization.is_some(), sent.body.contains("client_secret="))
}

#[tokio::test]
async fn registers_once_and_uses_what_the_server_returned() {
    let peers = Peers::start().await;
    dynamic(&peers);
    peers.authority.script.lock().unwrap().registration = Some(Arc::new(|answer| {
        answer.insert("token_endpoint_auth_method".to_owned(), "client_secret_post".into());
        answer.insert("client_secret".to_owned(), "handed-out".into());
        answer.insert("surprise".to_owned(), json!([1]));
    }));
    let settings = Settings { registration: Registration::Dynamic, ..peers.settings(None) };

    let session = open(settings).await;
    peers.authority.expire_all();
    session.list_tools().await.unwrap();

    let registrations = peers.log.of("as", "/register");
    assert_eq!(registrations.len(), 1);
    let request: Value = serde_json::from_str(&registrations[0].body).unwrap();
    insta::assert_json_snapshot!(request, {".redirect_uris[]" => "[redirect URI]"});
    let logins = peers.log.authorizations();
    assert_eq!(logins.len(), 2);
    assert_eq!(value(&logins[0], "redirect_uri"), request["redirect_uris"][0].as_str());
    assert_eq!(value(&logins[0], "redirect_uri"), value(&logins[1], "redirect_uri"));
    assert_eq!(authentication(&peers), (false, true));
}

#[tokio::test]
async fn registers_again_when_the_secret_has_expired() {
    let peers = Peers::start().await;
    dynamic(&peers);
    peers.authority.script.lock().unwrap().registration = Some(Arc::new(|answer| {
        answer.insert("client_secret".to_owned(), "short-lived".into());
        answer.insert("client_secret_expires_at".to_owned(), 1.into());
    }));
    let session = open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;

    peers.authority.expire_all();
    session.list_tools().await.unwrap();

    assert_eq!(peers.log.of("as", "/register").len(), 2);
}

#[rstest]
#[case::advertised(true, "https://client.example/metadata.json")]
#[case::not_advertised(false, "registered")]
#[tokio::test]
async fn names_itself_by_metadata_document_where_that_is_supported(#[case] advertised: bool, #[case] expected: &str) {
    let peers = Peers::start().await;
    dynamic(&peers);
    peers.authority.bend_metadata(|document| {
        document.insert("client_id_metadata_document_supported".to_owned(), advertised.into());
    });
    let registration = Registration::metadata_document("https://client.example/metadata.json").unwrap();

    open(Settings { registration, ..peers.settings(None) }).await;

    let id = value(&peers.log.authorizations()[0], "client_id").unwrap().to_owned();
    assert!(id.starts_with(expected), "{id}");
}
