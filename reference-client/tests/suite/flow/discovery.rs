//! Where the client looks for metadata, and what it goes on with.

use super::{dynamic, open};
use crate::common::{Peers, authority::honest_metadata, value};
use reference_client::{Registration, Settings};
use rstest::rstest;
use serde_json::json;

#[tokio::test]
async fn tries_the_well_known_resource_metadata_with_the_path_and_then_at_the_root() {
    let peers = Peers::start().await;
    peers.resource.move_metadata("/.well-known/oauth-protected-resource");
    let origin = peers.resource.base.clone();
    peers.resource.bend_metadata(|document| drop(document.insert("resource".to_owned(), origin.clone().into())));

    open(peers.settings(None)).await;

    insta::assert_json_snapshot!(peers.log.lines());
    assert_eq!(value(&peers.log.authorizations()[0], "resource"), Some(peers.resource.base.as_str()));
}

#[tokio::test]
async fn goes_on_to_the_root_when_the_first_document_is_unusable() {
    let peers = Peers::start().await;
    peers.resource.move_metadata("/.well-known/oauth-protected-resource");
    let origin = peers.resource.base.clone();
    peers.resource.bend_metadata(|document| drop(document.insert("resource".to_owned(), origin.clone().into())));
    peers.resource.change(|script| {
        let page = json!("<!doctype html>");
        script.metadata.insert("/.well-known/oauth-protected-resource/mcp".to_owned(), page);
    });

    open(peers.settings(None)).await;
}

#[rstest]
#[case::oauth_inserted("/tenant", "/.well-known/oauth-authorization-server/tenant")]
#[case::openid_inserted("/tenant", "/.well-known/openid-configuration/tenant")]
#[case::openid_appended("/tenant", "/tenant/.well-known/openid-configuration")]
#[case::oauth_at_root("", "/.well-known/oauth-authorization-server")]
#[case::openid_at_root("", "/.well-known/openid-configuration")]
#[case::trailing_slash("/tenant/", "/.well-known/oauth-authorization-server/tenant")]
#[tokio::test]
async fn finds_authorization_server_metadata(#[case] issuer_path: &str, #[case] location: &str) {
    let peers = Peers::with_issuer_path(issuer_path).await;
    peers.authority.move_metadata(location);

    open(peers.settings(None)).await;

    let asked: Vec<_> =
        peers.log.lines().into_iter().filter(|line| line.contains("as GET /") && line.contains("well-known")).collect();
    insta::with_settings!({snapshot_suffix => location.replace(['/', '.'], "_") + &issuer_path.replace('/', "-")}, {
        insta::assert_json_snapshot!(asked);
    });
}

#[tokio::test]
async fn an_unusable_document_does_not_end_the_search() {
    let peers = Peers::with_issuer_path("/tenant").await;
    peers.authority.move_metadata("/tenant/.well-known/openid-configuration");
    let foreign = honest_metadata("https://elsewhere.example", &peers.authority.base);
    peers.authority.change(|script| {
        script.metadata.insert("/.well-known/oauth-authorization-server/tenant".to_owned(), json!("<html>"));
        script.metadata.insert("/.well-known/openid-configuration/tenant".to_owned(), foreign);
    });

    open(peers.settings(None)).await;
}

#[tokio::test]
async fn fetches_exactly_the_url_of_the_challenge() {
    let peers = Peers::start().await;
    peers.resource.move_metadata("/elsewhere/about?this=one");
    let base = peers.resource.base.clone();
    peers.resource.change(|script| {
        script.challenge = vec![
            "Basic realm=\"resource_metadata=\\\"http://wrong\\\", scope=x\"".to_owned(),
            format!(
                "DPoP algs=\"ES256\", bearer SCOPE=\"a b\" ,\tResource_Metadata =\"{base}/elsewhere/about?this=one\""
            ),
        ];
    });

    open(peers.settings(None)).await;

    let asked: Vec<_> =
        peers.log.all().into_iter().filter(|s| s.peer == "rs" && s.method == "GET").map(|s| s.path).collect();
    assert_eq!(asked[0], "/elsewhere/about?this=one");
    assert!(asked.iter().all(|path| !path.contains("well-known")), "{asked:?}");
    assert_eq!(value(&peers.log.authorizations()[0], "scope"), Some("a b"));
}

#[tokio::test]
async fn uses_the_next_authorization_server_when_the_first_is_dead() {
    let peers = Peers::start().await;
    let issuer = peers.authority.issuer.clone();
    let dead = format!("{}/dead", peers.authority.base);
    peers.resource.bend_metadata(|document| {
        document.insert("authorization_servers".to_owned(), json!([dead, issuer]));
    });
    dynamic(&peers);

    open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;

    assert_eq!(peers.log.authorizations().len(), 1);
}
