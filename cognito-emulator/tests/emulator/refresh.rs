//! Refresh tokens: use, rotation, expiry and revocation.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{FeatureType, RefreshTokenRotationType};

use crate::bench::{Bench, RESOURCE, SCOPE, brand, create_client};
use crate::browser::{Answer, Browser, claims_of};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn rotating(grace: i32) -> Bench {
    let rotation = RefreshTokenRotationType::builder().feature(FeatureType::Enabled).retry_grace_period_seconds(grace);
    Bench::client_with(|client| client.refresh_token_rotation(rotation.build().unwrap())).await
}

async fn refresh(bench: &Bench, token: &str) -> Answer {
    bench.token(&bench.refresh_form(token)).await
}

async fn revoke(bench: &Bench, token: &str) -> Answer {
    let form = bench.authenticated(vec![("token", token)]);
    Browser::new().post(bench.endpoint("/oauth2/revoke"), &form).await
}

fn assert_invalid_grant(answer: &Answer) {
    assert_eq!((answer.status, &answer.json()["error"]), (400, &"invalid_grant".into()));
}

#[tokio::test]
async fn a_refreshed_token_keeps_audience_scope_and_login_time_and_has_a_new_id() {
    let bench = Bench::start().await;
    let request =
        bench.request().with("resource", RESOURCE).with("scope", &format!("openid {SCOPE}")).with("nonce", "n");
    let first = bench.tokens(&request).await;
    bench.clock.advance(Duration::from_secs(600));

    let answer = refresh(&bench, &first.refresh.unwrap()).await.tokens();

    let (old, new) = (claims_of(&first.access), claims_of(&answer.access));
    for kept in ["aud", "scope", "auth_time", "origin_jti", "sub", "client_id"] {
        assert_eq!(old[kept], new[kept], "{kept}");
    }
    assert_ne!(old["jti"], new["jti"]);
    assert_eq!(new["iat"].as_u64().unwrap() - old["iat"].as_u64().unwrap(), 600);
    assert_eq!(claims_of(&answer.id.unwrap()).get("nonce"), None);
    assert_eq!(answer.refresh, None);
}

#[tokio::test]
async fn without_rotation_a_refresh_token_stays_good_until_its_fixed_expiry() {
    let bench = Bench::start().await;
    let token = bench.tokens(&bench.request()).await.refresh.unwrap();

    bench.clock.advance(30 * DAY - Duration::from_secs(1));
    assert_eq!(refresh(&bench, &token).await.status, 200);
    bench.clock.advance(Duration::from_secs(1));
    assert_invalid_grant(&refresh(&bench, &token).await);
}

#[tokio::test]
async fn with_rotation_the_old_token_ends_after_its_grace_and_the_new_one_lives_no_longer() {
    let bench = rotating(10).await;
    let old = bench.tokens(&bench.request()).await.refresh.unwrap();
    bench.clock.advance(DAY);

    let new = refresh(&bench, &old).await.tokens().refresh.unwrap();

    assert_ne!(old, new);
    bench.clock.advance(Duration::from_secs(9));
    assert_eq!(refresh(&bench, &old).await.status, 200);
    bench.clock.advance(Duration::from_secs(1));
    assert_invalid_grant(&refresh(&bench, &old).await);
    bench.clock.advance(29 * DAY - Duration::from_secs(11));
    let newest = refresh(&bench, &new).await.tokens().refresh.unwrap();
    bench.clock.advance(Duration::from_secs(1));
    assert_invalid_grant(&refresh(&bench, &newest).await);
}

#[tokio::test]
async fn with_rotation_and_no_grace_a_replaced_token_is_refused_even_in_the_same_second() {
    let bench = rotating(0).await;
    let old = bench.tokens(&bench.request()).await.refresh.unwrap();
    refresh(&bench, &old).await.tokens();

    assert_invalid_grant(&refresh(&bench, &old).await);
}

#[tokio::test]
async fn a_refresh_token_is_of_no_use_to_another_client() {
    let bench = Bench::start().await;
    let other = create_client(&bench.idp, &bench.pool, |client| client.generate_secret(false)).await;
    brand(&bench.idp, &bench.pool, &other).await;
    let token = bench.tokens(&bench.request()).await.refresh.unwrap();

    let stolen = [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("client_id", &other.id)];

    assert_invalid_grant(&bench.token(&stolen).await);
}

#[tokio::test]
async fn a_revoked_refresh_token_is_refused_and_revoking_it_again_is_no_error() {
    let bench = Bench::start().await;
    let token = bench.tokens(&bench.request()).await.refresh.unwrap();

    let first = revoke(&bench, &token).await;

    assert_eq!((first.status, first.body.as_str()), (200, ""));
    assert_invalid_grant(&refresh(&bench, &token).await);
    assert_eq!(revoke(&bench, &token).await.status, 200);
}

#[tokio::test]
async fn only_refresh_tokens_can_be_revoked() {
    let bench = Bench::start().await;
    let tokens = bench.tokens(&bench.request()).await;

    let answer = revoke(&bench, &tokens.access).await;

    assert_eq!((answer.status, &answer.json()["error"]), (400, &"unsupported_token_type".into()));
}

#[tokio::test]
async fn revocation_needs_the_client_and_a_token_and_has_to_be_switched_on() {
    let bench = Bench::start().await;
    let off = Bench::client_with(|client| client.enable_token_revocation(false)).await;
    let token = bench.tokens(&bench.request()).await.refresh.unwrap();
    let endpoint = bench.endpoint("/oauth2/revoke");

    let stranger = Browser::new().post(endpoint.clone(), &[("token", &token), ("client_id", &bench.client.id)]).await;
    let nothing = Browser::new().post(endpoint, &bench.authenticated(vec![])).await;

    assert_eq!((stranger.status, &stranger.json()["error"]), (401, &"invalid_client".into()));
    assert_eq!((nothing.status, &nothing.json()["error"]), (400, &"invalid_request".into()));
    assert_eq!(revoke(&off, "anything").await.json()["error"], "invalid_request");
    assert_eq!(refresh(&bench, &token).await.status, 200);
}

#[tokio::test]
async fn global_sign_out_ends_all_refresh_tokens_of_the_user_and_no_browser_session() {
    let bench = Bench::start().await;
    let mut browser = Browser::new();
    let code = browser.sign_in(&bench.request(), crate::bench::EMAIL, crate::bench::PASSWORD).await.code();
    let token = bench.token(&bench.code_form(&code)).await.tokens().refresh.unwrap();

    let user = bench.idp.admin_user_global_sign_out().user_pool_id(&bench.pool).username(crate::bench::EMAIL);
    user.send().await.unwrap();

    assert_invalid_grant(&refresh(&bench, &token).await);
    browser.get(bench.request().url()).await.code();
}
