//! `/oauth2/userInfo`, the one endpoint that judges access tokens itself.

use std::time::Duration;

use cognito_emulator::TokenUse;

use crate::bench::{Bench, EMAIL, SCOPE};
use crate::browser::{Answer, Browser, claims_of, http};

async fn user_info(bench: &Bench, token: &str) -> (u16, String, serde_json::Value) {
    let request = http().get(bench.endpoint("/oauth2/userInfo"));
    let answer = request.bearer_auth(token).send().await.unwrap();
    let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), challenge.unwrap_or_default(), answer.json().await.unwrap())
}

async fn revoke(bench: &Bench, token: &str) -> Answer {
    Browser::new().post(bench.endpoint("/oauth2/revoke"), &bench.authenticated(vec![("token", token)])).await
}

async fn assert_no_longer_stands(bench: &Bench, token: &str) {
    let (status, challenge, body) = user_info(bench, token).await;
    assert_eq!((status, &body["error"]), (401, &"invalid_token".into()));
    assert!(challenge.contains(r#"error="invalid_token""#), "{challenge}");
}

#[tokio::test]
async fn shows_what_the_scopes_open_with_the_flag_as_a_string() {
    let bench = Bench::start().await;
    let token = bench.tokens(&bench.request()).await.access;

    let (status, _, claims) = user_info(&bench, &token).await;

    assert_eq!(status, 200);
    assert_eq!((&claims["email"], &claims["email_verified"]), (&EMAIL.into(), &"true".into()));
    assert_eq!(claims["username"], claims["sub"]);
    assert_eq!(claims.get("name"), None);
}

#[tokio::test]
async fn needs_a_bearer_token_with_openid() {
    let bench = Bench::start().await;
    let token = bench.tokens(&bench.request().with("scope", SCOPE)).await.access;

    let none = Browser::new().get(bench.endpoint("/oauth2/userInfo")).await;

    assert_eq!((none.status, &none.json()["error"]), (400, &"invalid_request".into()));
    assert_no_longer_stands(&bench, &token).await;
}

#[tokio::test]
async fn refuses_an_id_token_a_foreign_token_and_nonsense() {
    let bench = Bench::start().await;
    let other = Bench::start().await;

    assert_no_longer_stands(&bench, &bench.tokens(&bench.request()).await.id.unwrap()).await;
    assert_no_longer_stands(&bench, &other.tokens(&other.request()).await.access).await;
    assert_no_longer_stands(&bench, "nonsense").await;
}

/// The claims of a real access token with one of them replaced, signed with the key that signed the real one.
async fn forged(bench: &Bench, claim: &str, value: &str) -> String {
    let mut claims = claims_of(&bench.tokens(&bench.request()).await.access);
    claims[claim] = value.into();
    let key = bench.emulator.signing_key(&bench.pool, TokenUse::Access).unwrap();
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256);
    header.kid = Some(key.kid.clone());
    jsonwebtoken::encode(&header, &claims, key.encoding_key()).unwrap()
}

#[tokio::test]
async fn a_good_signature_is_not_enough() {
    let bench = Bench::start().await;
    let unspoilt = forged(&bench, "token_use", "access").await;
    assert_eq!(user_info(&bench, &unspoilt).await.0, 200);

    for (claim, value) in [("token_use", "id"), ("iss", "http://127.0.0.1/us-east-1_other"), ("sub", "nobody")] {
        assert_no_longer_stands(&bench, &forged(&bench, claim, value).await).await;
    }
}

#[tokio::test]
async fn refuses_an_expired_token() {
    let bench = Bench::start().await;
    let token = bench.tokens(&bench.request()).await.access;

    bench.clock.advance(Duration::from_secs(3599));
    assert_eq!(user_info(&bench, &token).await.0, 200);
    bench.clock.advance(Duration::from_secs(1));
    assert_no_longer_stands(&bench, &token).await;
}

#[tokio::test]
async fn sees_revocation_global_sign_out_and_deletion() {
    let bench = Bench::start().await;
    let revoked = bench.tokens(&bench.request()).await;
    let signed_out = bench.tokens(&bench.request()).await;

    revoke(&bench, &revoked.refresh.unwrap()).await;
    assert_no_longer_stands(&bench, &revoked.access).await;
    assert_eq!(user_info(&bench, &signed_out.access).await.0, 200);

    bench.idp.admin_user_global_sign_out().user_pool_id(&bench.pool).username(EMAIL).send().await.unwrap();
    assert_no_longer_stands(&bench, &signed_out.access).await;

    let orphan = bench.tokens(&bench.request()).await.access;
    bench.idp.admin_delete_user().user_pool_id(&bench.pool).username(EMAIL).send().await.unwrap();
    assert_no_longer_stands(&bench, &orphan).await;
}

#[tokio::test]
async fn still_accepts_a_token_signed_before_a_rotation_until_its_key_is_retired() {
    let bench = Bench::start().await;
    let token = bench.tokens(&bench.request()).await.access;

    bench.emulator.rotate_keys(&bench.pool);
    assert_eq!(user_info(&bench, &token).await.0, 200);
    bench.emulator.retire_keys(&bench.pool);
    assert_no_longer_stands(&bench, &token).await;
}
