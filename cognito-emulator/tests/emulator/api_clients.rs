//! App clients and their branding: the rules of `CreateUserPoolClient`.

use aws_sdk_cognitoidentityprovider as idp;
use idp::operation::create_user_pool_client::builders::CreateUserPoolClientFluentBuilder as ClientBuilder;
use idp::types::{
    ExplicitAuthFlowsType, FeatureType, OAuthFlowType, RefreshTokenRotationType, TimeUnitsType, TokenValidityUnitsType,
};
use rstest::rstest;

use crate::api::refusal;
use crate::bench::{Bench, CALLBACK, SCOPE, create_client};

#[tokio::test]
async fn a_client_is_described_as_it_was_created() {
    let bench = Bench::start().await;
    let describe = bench.idp.describe_user_pool_client().user_pool_id(&bench.pool).client_id(&bench.client.id);

    let client = describe.send().await.unwrap().user_pool_client.unwrap();

    assert_eq!(client.client_secret, bench.client.secret);
    assert_eq!(client.callback_urls.unwrap(), [CALLBACK]);
    assert_eq!(client.allowed_o_auth_flows.unwrap(), [OAuthFlowType::Code]);
    assert!(client.allowed_o_auth_scopes.unwrap().contains(&SCOPE.to_owned()));
    assert_eq!(client.allowed_o_auth_flows_user_pool_client, Some(true));
    assert_eq!(client.enable_token_revocation, Some(true));
    assert_eq!(client.refresh_token_validity, 30);
    assert_eq!(client.client_id.unwrap().len(), 26);
}

#[tokio::test]
async fn clients_are_listed_and_take_their_branding_with_them() {
    let bench = Bench::start().await;
    create_client(&bench.idp, &bench.pool, |client| client).await;
    let list = || bench.idp.list_user_pool_clients().user_pool_id(&bench.pool).max_results(1);

    let first = list().send().await.unwrap();
    let second = list().next_token(first.next_token.clone().unwrap()).send().await.unwrap();

    assert_ne!(first.user_pool_clients.unwrap()[0].client_id, second.user_pool_clients.unwrap()[0].client_id);
    assert_eq!(second.next_token, None);
    let delete = bench.idp.delete_user_pool_client().user_pool_id(&bench.pool).client_id(&bench.client.id);
    delete.send().await.unwrap();
    let held = bench.emulator.holdings();
    assert_eq!((held.clients, held.brandings), (1, 0));
}

fn rotation() -> RefreshTokenRotationType {
    RefreshTokenRotationType::builder().feature(FeatureType::Enabled).build().unwrap()
}

fn access_seconds(client: ClientBuilder, seconds: i32) -> ClientBuilder {
    let units = TokenValidityUnitsType::builder().access_token(TimeUnitsType::Seconds).build();
    client.access_token_validity(seconds).token_validity_units(units)
}

#[rstest]
#[case::parentheses(|c: ClientBuilder| c.client_name("Inspector (local)"), "InvalidParameterException", "at 'clientName' failed to satisfy constraint")]
#[case::no_refresh(
    |c: ClientBuilder| c.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth),
    "InvalidParameterException",
    "REFRESH_TOKEN_AUTH should always be allowed."
)]
#[case::refresh_with_rotation(
    |c: ClientBuilder| c.explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth).refresh_token_rotation(rotation()),
    "InvalidParameterException",
    "REFRESH_TOKEN_AUTH is not allowed"
)]
#[case::unknown_scope(|c: ClientBuilder| c.allowed_o_auth_scopes("http://localhost:8001/mcp/unknown"), "ScopeDoesNotExistException", "mcp/unknown")]
#[case::mixed_flows(|c: ClientBuilder| c.allowed_o_auth_flows(OAuthFlowType::ClientCredentials), "InvalidOAuthFlowException", "client_credentials flow can not be selected")]
#[case::no_scopes(|c: ClientBuilder| c.set_allowed_o_auth_scopes(None), "InvalidParameterException", "AllowedOAuthFlows and AllowedOAuthScopes are required")]
#[case::no_callback(|c: ClientBuilder| c.set_callback_urls(None), "InvalidParameterException", "CallbackURLs")]
#[case::plain_http(|c: ClientBuilder| c.callback_urls("http://example.com/callback"), "InvalidParameterException", "http://example.com/callback cannot use the HTTP protocol.")]
#[case::fragment(|c: ClientBuilder| c.callback_urls("https://example.com/callback#here"), "InvalidParameterException", "fragment")]
#[case::relative(|c: ClientBuilder| c.callback_urls("/callback"), "InvalidParameterException", "absolute")]
#[case::logout(|c: ClientBuilder| c.logout_urls("http://example.com/"), "InvalidParameterException", "cannot use the HTTP protocol.")]
#[case::below_the_floor(|c: ClientBuilder| access_seconds(c, 299), "InvalidParameterException", "Invalid range for token validity.")]
#[case::above_the_ceiling(|c: ClientBuilder| access_seconds(c, 86_401), "InvalidParameterException", "Invalid range for token validity.")]
#[case::refresh_not_longer(|c: ClientBuilder| c.access_token_validity(24).refresh_token_validity(1), "InvalidParameterException", "longer than")]
#[tokio::test]
async fn refuses_a_client_with_one_thing_wrong(
    #[case] spoil: fn(ClientBuilder) -> ClientBuilder,
    #[case] kind: &str,
    #[case] text: &str,
) {
    let bench = Bench::start().await;
    let right = || {
        bench
            .idp
            .create_user_pool_client()
            .user_pool_id(&bench.pool)
            .client_name("client")
            .allowed_o_auth_flows_user_pool_client(true)
            .allowed_o_auth_flows(OAuthFlowType::Code)
            .allowed_o_auth_scopes("openid")
            .callback_urls(CALLBACK)
    };
    right().send().await.unwrap();

    let refused = refusal(spoil(right()).send().await);

    assert_eq!(refused.0, kind, "{}", refused.1);
    assert!(refused.1.contains(text), "{}", refused.1);
}

#[rstest]
#[case("http://localhost:3030/callback")]
#[case("http://127.0.0.1:0/callback")]
#[case("http://[::1]:3030/callback")]
#[case("https://example.com/callback?fixed=1")]
#[case("myapp://callback")]
#[tokio::test]
async fn accepts_callbacks_on_loopback_over_https_and_by_custom_scheme(#[case] url: &str) {
    let bench = Bench::start().await;

    create_client(&bench.idp, &bench.pool, |client| client.callback_urls(url)).await;
}

#[tokio::test]
async fn a_client_has_one_branding_style() {
    let bench = Bench::start().await;
    let (idp, pool, client) = (&bench.idp, &bench.pool, &bench.client.id);
    let describe = || idp.describe_managed_login_branding_by_client().user_pool_id(pool).client_id(client);
    let create =
        || idp.create_managed_login_branding().user_pool_id(pool).client_id(client).use_cognito_provided_values(true);

    let style = describe().send().await.unwrap().managed_login_branding.unwrap();

    assert!(style.use_cognito_provided_values);
    assert_eq!(refusal(create().send().await).0, "ManagedLoginBrandingExistsException");
    let id = style.managed_login_branding_id.unwrap();
    idp.delete_managed_login_branding().user_pool_id(pool).managed_login_branding_id(id).send().await.unwrap();
    assert_eq!(refusal(describe().send().await).0, "ResourceNotFoundException");
    create().send().await.unwrap();
}
