//! What is in the tokens.

use cognito_emulator::Settings;
use insta::assert_json_snapshot;
use rstest::rstest;

use crate::bench::{Bench, RESOURCE, SCOPE};
use crate::browser::{claims_of, header_of};

/// Shows claims with everything random replaced, and times kept: the clock stands still.
macro_rules! assert_claims {
    ($claims:expr) => {
        assert_json_snapshot!($claims, {
            ".sub" => "[sub]", ".username" => "[sub]", r#"["cognito:username"]"# => "[sub]",
            ".iss" => "[issuer]", ".client_id" => "[client]", ".jti" => "[uuid]", ".origin_jti" => "[uuid]",
            ".event_id" => "[uuid]", ".at_hash" => "[hash]",
        })
    };
}

#[tokio::test]
async fn an_access_token_for_a_resource_has_the_claims_of_cognito() {
    let bench = Bench::start().await;
    let request = bench.request().with("resource", RESOURCE).with("scope", &format!("openid email {SCOPE}"));

    let claims = claims_of(&bench.tokens(&request).await.access);

    assert_eq!(claims["iss"], bench.emulator.issuer(&bench.pool));
    assert_eq!(claims["client_id"], bench.client.id);
    assert_eq!(claims["username"], claims["sub"]);
    assert_claims!(claims);
}

#[tokio::test]
async fn an_id_token_has_the_claims_of_cognito() {
    let bench = Bench::start().await;
    let request = bench.request().with("nonce", "the nonce").with("resource", RESOURCE);

    let mut claims = claims_of(&bench.tokens(&request).await.id.unwrap());

    assert_eq!(claims["aud"], bench.client.id);
    claims["aud"] = "[client]".into();
    assert_claims!(claims);
}

#[tokio::test]
async fn the_header_is_kid_and_alg_and_nothing_else() {
    let bench = Bench::start().await;

    let tokens = bench.tokens(&bench.request()).await;

    for token in [tokens.access, tokens.id.unwrap()] {
        let header = header_of(&token);
        let mut members: Vec<&String> = header.as_object().unwrap().keys().collect();
        members.sort();
        assert_eq!(members, ["alg", "kid"]);
        assert_eq!(header["alg"], "RS256");
    }
}

#[tokio::test]
async fn both_tokens_of_one_answer_belong_together() {
    let bench = Bench::start().await;

    let tokens = bench.tokens(&bench.request()).await;

    let (access, id) = (claims_of(&tokens.access), claims_of(&tokens.id.unwrap()));
    assert_eq!(access["origin_jti"], id["origin_jti"]);
    assert_eq!(access["event_id"], id["event_id"]);
    assert_eq!(access["sub"], id["sub"]);
    assert_ne!(access["jti"], id["jti"]);
}

#[tokio::test]
async fn without_a_resource_there_is_no_audience() {
    let bench = Bench::start().await;

    let claims = claims_of(&bench.tokens(&bench.request()).await.access);

    assert_eq!(claims.get("aud"), None);
}

#[rstest]
#[case("http://localhost:8001/mcp")]
#[case("http://localhost:8001/mcp/")]
#[case("https://MCP.example:443/a/../b?c#d")]
#[case("myapp://resource")]
#[tokio::test]
async fn the_audience_is_the_resource_verbatim_registered_or_not(#[case] resource: &str) {
    let bench = Bench::start().await;

    let claims = claims_of(&bench.tokens(&bench.request().with("resource", resource)).await.access);

    assert_eq!(claims["aud"], resource);
}

#[tokio::test]
async fn the_resource_of_the_token_request_changes_nothing() {
    let bench = Bench::start().await;
    let code = bench.code(&bench.request().with("resource", RESOURCE)).await;
    let mut form = bench.code_form(&code);
    form.push(("resource", "https://other.example/mcp"));

    let claims = claims_of(&bench.token(&form).await.tokens().access);

    assert_eq!(claims["aud"], RESOURCE);
}

#[tokio::test]
async fn the_classic_login_binds_no_resource() {
    let bench = Bench::with(Settings::default(), 1, |client| client).await;

    let claims = claims_of(&bench.tokens(&bench.request().with("resource", RESOURCE)).await.access);

    assert_eq!(claims.get("aud"), None);
}

#[tokio::test]
async fn without_a_scope_parameter_all_scopes_of_the_client_are_granted() {
    let bench = Bench::start().await;

    let claims = claims_of(&bench.tokens(&bench.request().without("scope")).await.access);

    assert_eq!(claims["scope"], format!("openid email profile {SCOPE}"));
}

#[tokio::test]
async fn a_scope_whose_resource_server_was_deleted_is_left_out_silently() {
    let bench = Bench::start().await;
    bench.idp.delete_resource_server().user_pool_id(&bench.pool).identifier(RESOURCE).send().await.unwrap();

    let claims = claims_of(&bench.tokens(&bench.request().with("scope", &format!("openid {SCOPE}"))).await.access);

    assert_eq!(claims["scope"], "openid");
}

#[tokio::test]
async fn without_openid_there_is_no_id_token() {
    let bench = Bench::start().await;

    let tokens = bench.tokens(&bench.request().with("scope", SCOPE)).await;

    assert_eq!(tokens.id, None);
    assert_eq!(claims_of(&tokens.access)["scope"], SCOPE);
}

#[rstest]
#[case::openid_alone_opens_all("openid", true, true)]
#[case::email("openid email", true, false)]
#[case::profile("openid profile", false, true)]
#[tokio::test]
async fn scopes_open_attributes_in_the_id_token(#[case] scope: &str, #[case] email: bool, #[case] name: bool) {
    let bench = Bench::start().await;

    let claims = claims_of(&bench.tokens(&bench.request().with("scope", scope)).await.id.unwrap());

    assert_eq!((claims.get("email").is_some(), claims.get("name").is_some()), (email, name));
}

#[tokio::test]
async fn lifetimes_are_those_of_the_client() {
    let bench = Bench::client_with(|client| {
        let units = aws_sdk_cognitoidentityprovider::types::TokenValidityUnitsType::builder();
        let minutes = aws_sdk_cognitoidentityprovider::types::TimeUnitsType::Minutes;
        client.access_token_validity(5).token_validity_units(units.access_token(minutes).build())
    })
    .await;

    let tokens = bench.tokens(&bench.request()).await;

    let (access, id) = (claims_of(&tokens.access), claims_of(&tokens.id.unwrap()));
    assert_eq!(access["exp"].as_u64().unwrap() - access["iat"].as_u64().unwrap(), 300);
    assert_eq!(id["exp"].as_u64().unwrap() - id["iat"].as_u64().unwrap(), 3600);
}

#[tokio::test]
async fn without_token_revocation_tokens_have_no_ids() {
    let bench = Bench::client_with(|client| client.enable_token_revocation(false)).await;

    let claims = claims_of(&bench.tokens(&bench.request()).await.access);

    assert_eq!((claims.get("jti"), claims.get("origin_jti")), (None, None));
}
