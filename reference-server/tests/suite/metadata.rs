//! The metadata document.

use reqwest::StatusCode;
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::subject::{Subject, client};

#[tokio::test]
async fn is_public_and_names_the_resource_and_its_issuer() {
    let subject = Subject::start().await;

    let address = subject.at("/.well-known/oauth-protected-resource/mcp");
    let response = client().get(address).header("origin", "https://app.example").send().await.unwrap();

    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let document: Value = response.json().await.unwrap();
    assert_eq!(document["resource"], subject.resource);
    assert_eq!(document["authorization_servers"], json!([subject.issuer.url()]));
    insta::assert_json_snapshot!(document, {
        ".resource" => "[resource]",
        ".authorization_servers[0]" => "[issuer]",
    });
}

#[tokio::test]
async fn leaves_out_scopes_when_none_are_needed() {
    let subject = Subject::start_with(|config| config.base_scopes = Default::default()).await;

    let address = subject.at("/.well-known/oauth-protected-resource/mcp");
    let document: Value = client().get(address).send().await.unwrap().json().await.unwrap();

    assert_eq!(document.get("scopes_supported"), None);
}

#[tokio::test]
async fn stands_only_at_the_address_derived_from_the_resource() {
    let subject = Subject::start().await;

    for path in ["/.well-known/oauth-protected-resource", "/mcp/.well-known/oauth-protected-resource"] {
        let response = client().get(subject.at(path)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn stands_at_the_root_when_the_resource_is_an_origin() {
    let subject = Subject::start_with(|config| {
        config.resource = reference_server::Resource::parse(config.resource.origin()).unwrap();
    })
    .await;

    let address = subject.at("/.well-known/oauth-protected-resource");
    let document: Value = client().get(address).send().await.unwrap().json().await.unwrap();

    assert_eq!(document["resource"], subject.at(""));
}
