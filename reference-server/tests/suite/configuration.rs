//! Configuration from named settings.

use reference_server::{AllowedClients, Config, ConfigError, TokenUse};
use rstest::rstest;

const POOL: (&str, &str) = ("COGNITO_USER_POOL_ID", "eu-west-1_AbCdEfGhI");
const CLIENT: (&str, &str) = ("COGNITO_APP_CLIENT_ID", "one");

fn read(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_lookup(|name| {
        settings.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn derives_everything_from_the_pool_and_the_client() {
    let config = read(&[POOL, CLIENT]).unwrap();

    let issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";
    assert_eq!(config.resource.as_str(), "http://localhost:8001/mcp");
    assert_eq!(config.issuer, issuer);
    assert_eq!(config.jwks_uri.as_str(), format!("{issuer}/.well-known/jwks.json"));
    assert_eq!(config.authorization_servers, [issuer]);
    assert_eq!(config.base_scopes.to_string(), "openid");
    assert_eq!(config.note_scope.as_str(), "http://localhost:8001/mcp/notes.write");
    assert_eq!(config.token_use, TokenUse::Required);
    assert_eq!(config.weakened(), Vec::<&str>::new());
}

#[test]
fn names_everything_that_is_missing_in_one_message() {
    let error = read(&[("COGNITO_APP_CLIENT_ID", " ")]).unwrap_err();

    assert_eq!(
        error.to_string(),
        "missing configuration: COGNITO_USER_POOL_ID, COGNITO_APP_CLIENT_ID; set them in the environment or in .env"
    );
}

#[test]
fn takes_issuer_keys_and_metadata_from_their_own_settings() {
    let config = read(&[
        CLIENT,
        ("COGNITO_ISSUER", "http://127.0.0.1:9000/pool"),
        ("COGNITO_JWKS_URI", "http://127.0.0.1:9001/keys"),
        ("MCP_AUTHORIZATION_SERVERS", "https://one.example, https://two.example/x"),
        ("MCP_SERVER_URL", "https://mcp.example/a/b"),
        ("MCP_REQUIRED_SCOPES", "read write"),
        ("MCP_ALLOWED_HOSTS", "gateway.example:8443"),
        ("MCP_ALLOWED_ORIGINS", "https://app.example"),
    ])
    .unwrap();

    assert_eq!(config.issuer, "http://127.0.0.1:9000/pool");
    assert_eq!(config.jwks_uri.as_str(), "http://127.0.0.1:9001/keys");
    assert_eq!(config.authorization_servers, ["https://one.example", "https://two.example/x"]);
    assert_eq!(config.resource.metadata_url(), "https://mcp.example/.well-known/oauth-protected-resource/a/b");
    assert_eq!(config.base_scopes.to_string(), "read write");
    assert!(config.allowed_hosts.contains(&"gateway.example:8443".to_owned()));
    assert_eq!(config.allowed_origins, ["https://app.example"]);
}

#[test]
fn reads_several_client_ids() {
    let config = read(&[POOL, ("COGNITO_APP_CLIENT_ID", "one, two")]).unwrap();

    assert!(config.clients.contain("one") && config.clients.contain("two") && !config.clients.contain("three"));
}

#[test]
fn accepts_any_client_only_when_told_so_and_says_it() {
    let contract = ("MCP_CONFORMANCE_AUTH_SERVER_URL", "http://localhost:9000");

    assert_eq!(read(&[contract]).unwrap_err(), ConfigError::Missing(vec!["COGNITO_APP_CLIENT_ID"]));
    let config = read(&[
        contract,
        ("PORT", "9002"),
        ("MCP_ALLOW_ANY_CLIENT", "true"),
        ("MCP_ALLOW_TOKENS_WITHOUT_TOKEN_USE", "true"),
    ])
    .unwrap();
    assert_eq!(config.clients, AllowedClients::Any);
    assert_eq!(config.token_use, TokenUse::Optional);
    assert_eq!(config.resource.as_str(), "http://localhost:9002/mcp");
    assert_eq!(config.weakened().len(), 2);
}

#[rstest]
#[case::no_url("MCP_SERVER_URL", "mcp.example")]
#[case::plain_http("MCP_SERVER_URL", "http://mcp.example/mcp")]
#[case::a_fragment("MCP_SERVER_URL", "https://mcp.example/mcp#x")]
#[case::a_query("MCP_SERVER_URL", "https://mcp.example/mcp?x")]
#[case::a_trailing_slash("MCP_SERVER_URL", "https://mcp.example/mcp/")]
#[case::user_information("MCP_SERVER_URL", "https://a@mcp.example/mcp")]
#[case::a_quote("MCP_SERVER_URL", "https://mcp.example/\"mcp")]
#[case::dot_segments("MCP_SERVER_URL", "https://mcp.example/a/../mcp")]
#[case::issuer_without_tls("COGNITO_ISSUER", "http://issuer.example")]
#[case::issuer_with_a_query("COGNITO_ISSUER", "https://issuer.example/?x")]
#[case::keys_of_another_scheme("COGNITO_JWKS_URI", "file:///keys")]
#[case::metadata_address("MCP_AUTHORIZATION_SERVERS", "issuer.example")]
#[case::a_refresh_scope("MCP_REQUIRED_SCOPES", "openid offline_access")]
#[case::a_quoted_scope("MCP_REQUIRED_SCOPES", "a\"b")]
#[case::a_host_with_a_path("MCP_ALLOWED_HOSTS", "a/b")]
#[case::an_origin_with_a_path("MCP_ALLOWED_ORIGINS", "https://app.example/x")]
#[case::every_origin("MCP_ALLOWED_ORIGINS", "*")]
#[case::a_region_that_cannot_be_known("COGNITO_USER_POOL_ID", "pool")]
fn refuses_what_cannot_be_used(#[case] name: &str, #[case] value: &str) {
    assert!(read(&[POOL, CLIENT, (name, value)]).is_err());
}
