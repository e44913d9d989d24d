//! The issuer's documents.

use cognito_emulator::{AbsentMetadata, Settings, TokenUse};
use rstest::rstest;

use crate::bench::{Bench, empty};
use crate::browser::{Answer, Browser, claims_of, header_of};

async fn document(bench: &Bench, path: &str) -> Answer {
    let url = format!("{}/.well-known/{path}", bench.emulator.issuer(&bench.pool));
    Browser::new().get(url.parse().unwrap()).await
}

#[tokio::test]
async fn the_discovery_document_has_exactly_the_members_of_cognito() {
    let bench = Bench::start().await;

    let answer = document(&bench, "openid-configuration").await;

    let text = answer
        .body
        .replace(bench.emulator.api_url().as_str(), "http://api.test/")
        .replace(bench.domain().as_str(), "http://domain.test/")
        .replace(&bench.pool, "us-east-1_POOL");
    let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
    insta::assert_json_snapshot!(shown);
}

#[tokio::test]
async fn the_issuer_is_below_the_api_host_and_the_endpoints_are_on_another() {
    let bench = Bench::start().await;

    let document = document(&bench, "openid-configuration").await.json();

    assert_eq!(document["issuer"], bench.emulator.issuer(&bench.pool));
    assert!(document["issuer"].as_str().unwrap().starts_with(bench.emulator.api_url().as_str()));
    assert_eq!(document["token_endpoint"], bench.endpoint("/oauth2/token").as_str());
}

#[tokio::test]
async fn pkce_is_announced_only_when_asked_for() {
    let settings = Settings { announce_pkce: true, ..Settings::default() };
    let bench = Bench::with(settings, 2, |client| client).await;

    let document = document(&bench, "openid-configuration").await.json();

    assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
}

#[tokio::test]
async fn a_pool_without_a_domain_names_no_endpoints() {
    let bench = Bench::start().await;
    bench.idp.delete_user_pool_domain().user_pool_id(&bench.pool).domain("mcp-test-domain").send().await.unwrap();

    let document = document(&bench, "openid-configuration").await.json();

    let endpoints: Vec<_> =
        document.as_object().unwrap().keys().filter(|member| member.ends_with("_endpoint")).collect();
    assert!(endpoints.is_empty(), "{endpoints:?}");
    assert!(document["jwks_uri"].is_string());
}

#[rstest]
#[case("/.well-known/oauth-authorization-server/{pool}")]
#[case("/.well-known/oauth-authorization-server")]
#[case("/.well-known/openid-configuration/{pool}")]
#[case("/{pool}/.well-known/oauth-authorization-server")]
#[case("/us-east-1_unknown00/.well-known/openid-configuration")]
#[case("/us-east-1_unknown00/.well-known/jwks.json")]
#[tokio::test]
async fn places_that_cognito_does_not_serve_answer_400_or_404_as_set(
    #[case] path: &str,
    #[values((AbsentMetadata::BadRequest, 400), (AbsentMetadata::NotFound, 404))] setting: (AbsentMetadata, u16),
) {
    let settings = Settings { absent_metadata: setting.0, ..Settings::default() };
    let (emulator, _) = empty(settings).await;

    let url = emulator.api_url().join(&path.replace("{pool}", "us-east-1_AAAAAAAAA")).unwrap();
    let answer = Browser::new().get(url).await;

    assert_eq!(answer.status, setting.1);
    assert!(answer.json()["message"].is_string());
}

#[tokio::test]
async fn access_and_id_tokens_are_signed_with_different_published_keys() {
    let bench = Bench::start().await;
    let tokens = bench.tokens(&bench.request()).await;

    let jwks = document(&bench, "jwks.json").await.json();

    let kids: Vec<&str> = jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(kids.len(), 2);
    let access = header_of(&tokens.access)["kid"].as_str().unwrap().to_owned();
    let id = header_of(&tokens.id.unwrap())["kid"].as_str().unwrap().to_owned();
    assert_ne!(access, id);
    for kid in [access, id] {
        assert!(kids.contains(&kid.as_str()));
        assert!(kid.ends_with('='));
    }
}

#[tokio::test]
async fn rotation_signs_with_a_new_key_and_keeps_the_old_one_published_until_it_is_retired() {
    let bench = Bench::start().await;
    let before = bench.emulator.signing_key(&bench.pool, TokenUse::Access).unwrap();

    assert!(bench.emulator.rotate_keys(&bench.pool));

    let after = header_of(&bench.tokens(&bench.request()).await.access);
    assert_ne!(after["kid"], before.kid.as_str());
    assert_eq!(document(&bench, "jwks.json").await.json()["keys"].as_array().unwrap().len(), 4);
    assert!(document(&bench, "jwks.json").await.body.contains(&before.kid));
    assert!(bench.emulator.retire_keys(&bench.pool));
    assert!(!document(&bench, "jwks.json").await.body.contains(&before.kid));
}

#[tokio::test]
async fn a_host_process_can_forge_a_token_that_the_key_set_vouches_for() {
    let bench = Bench::start().await;
    let key = bench.emulator.signing_key(&bench.pool, TokenUse::Access).unwrap();
    let claims = serde_json::json!({"sub": "forged", "exp": 4_000_000_000_u64});
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256);
    header.kid = Some(key.kid.clone());

    let forged = jsonwebtoken::encode(&header, &claims, key.encoding_key()).unwrap();

    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(document(&bench, "jwks.json").await.json()).unwrap();
    let from_jwks = jsonwebtoken::DecodingKey::from_jwk(jwks.find(&key.kid).unwrap()).unwrap();
    let from_pem = jsonwebtoken::DecodingKey::from_rsa_pem(key.public_pem().as_bytes()).unwrap();
    for public in [from_jwks, from_pem] {
        let validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
        let verified = jsonwebtoken::decode::<serde_json::Value>(&forged, &public, &validation).unwrap();
        assert_eq!(verified.claims, claims_of(&forged));
    }
}

#[tokio::test]
async fn neighbouring_pools_share_no_key() {
    let bench = Bench::start().await;
    let other = bench.idp.create_user_pool().pool_name("other").send().await.unwrap().user_pool.unwrap().id.unwrap();

    let keys = [&bench.pool, &other].map(|pool| bench.emulator.signing_key(pool, TokenUse::Access).unwrap());

    assert_ne!(keys[0].kid, keys[1].kid);
    assert_ne!(keys[0].public, keys[1].public);
}
