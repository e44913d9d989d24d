//! Values that are parsed once and trusted afterwards: URLs, revisions, exemptions, commands, configuration.

use std::collections::HashMap;

use clap::Parser;
use reference_client::{
    Callback, Exemption, ExemptionError, Registration, Revision, Scopes, ServerUrl,
    config::{Arguments, Configuration, ConfigurationError, Login, Task},
    prompt::{Command, CommandError},
};
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case("https://rs.example/mcp", "https://rs.example/mcp")]
#[case("HTTPS://RS.Example/Mcp", "https://rs.example/Mcp")]
#[case("https://rs.example", "https://rs.example")]
#[case("https://rs.example/", "https://rs.example/")]
#[case("https://rs.example:443/mcp/", "https://rs.example/mcp/")]
#[case("https://rs.example/mcp#part", "https://rs.example/mcp")]
#[case("http://localhost:8001/mcp", "http://localhost:8001/mcp")]
#[case("http://[::1]:8001/mcp?a=b", "http://[::1]:8001/mcp?a=b")]
fn the_canonical_form_of_a_server_url(#[case] given: &str, #[case] expected: &str) {
    let url: ServerUrl = given.parse().unwrap();

    assert_eq!(url.canonical(), expected);
    assert_eq!(url.as_str(), given.split('#').next().unwrap());
}

#[rstest]
#[case::plain_http("http://rs.example/mcp")]
#[case::looks_like_loopback("http://localhost.evil.example/mcp")]
#[case::numbers_in_a_name("http://127.0.0.1.evil.example/mcp")]
#[case::user_information("https://user:password@rs.example/mcp")]
#[case::other_scheme("ftp://rs.example/mcp")]
#[case::no_url("rs.example")]
#[case::empty("")]
fn refuses_a_server_url(#[case] given: &str) {
    assert!(given.parse::<ServerUrl>().is_err());
}

#[rstest]
#[case("https://client.example/metadata.json", true)]
#[case::no_path("https://client.example/", false)]
#[case::http("http://client.example/metadata.json", false)]
#[case::fragment("https://client.example/metadata.json#x", false)]
#[case::dot_segments("https://client.example/a/../metadata.json", false)]
#[case::user_information("https://u:p@client.example/metadata.json", false)]
fn a_metadata_document_url(#[case] url: &str, #[case] fit: bool) {
    assert_eq!(Registration::metadata_document(url).is_ok(), fit);
}

#[test]
fn an_exemption_names_issuer_and_rule() {
    let text = "https://issuer.example/pool=1=pkce-metadata";

    let exemption: Exemption = text.parse().unwrap();

    assert_eq!(exemption.issuer.as_str(), "https://issuer.example/pool=1");
    assert_eq!(exemption.to_string(), text);
}

#[rstest]
#[case("pkce-metadata", ExemptionError::Form("pkce-metadata".to_owned()))]
#[case("=pkce-metadata", ExemptionError::Form("=pkce-metadata".to_owned()))]
#[case("https://issuer.example=everything", ExemptionError::UnknownRule("everything".to_owned()))]
fn refuses_an_exemption(#[case] text: &str, #[case] expected: ExemptionError) {
    assert_eq!(text.parse::<Exemption>(), Err(expected));
}

#[test]
fn scopes_are_a_set_in_order() {
    let first = Scopes::parse("  b a b ").unwrap();

    assert_eq!(first.to_string(), "b a");
    assert_eq!(first.union(&Scopes::parse("c a").unwrap()).to_string(), "b a c");
    assert!(first.contains_all(&Scopes::parse("a").unwrap()));
    assert!(!first.contains_all(&Scopes::parse("a c").unwrap()));
    assert_eq!(Scopes::parse("  "), None);
}

#[rstest]
#[case(&["list"], Ok(Command::List))]
#[case(&["call", "get_time"], Ok(Command::Call { tool: "get_time".to_owned(), arguments: serde_json::Map::new() }))]
#[case(&["call"], Err(CommandError::NoTool))]
#[case(&["list", "x"], Err(CommandError::Excess("list")))]
#[case(&["call", "t", "[1]"], Err(CommandError::NotAnObject))]
#[case(&["frobnicate"], Err(CommandError::Unknown("frobnicate".to_owned())))]
fn reads_commands(#[case] words: &[&str], #[case] expected: Result<Command, CommandError>) {
    assert_eq!(Command::parse(words), expected);
}

#[test]
fn arguments_of_a_call_are_a_json_object() {
    let command = Command::parse(&["call", "add_note", r#"{"text": "a b"}"#]).unwrap();

    let arguments = json!({"text": "a b"}).as_object().unwrap().clone();
    assert_eq!(command, Command::Call { tool: "add_note".to_owned(), arguments });
    assert!(matches!(Command::parse(&["call", "t", "{text"]), Err(CommandError::NotJson(_))));
}

fn configure(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Configuration, ConfigurationError> {
    let arguments = Arguments::try_parse_from([&["reference-client"], arguments].concat()).unwrap();
    let variables: HashMap<_, _> = variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Configuration::new(arguments, |name| variables.get(name).cloned())
}

#[test]
fn without_any_configuration_there_is_a_prompt_for_the_server_of_the_sample() {
    let configuration = configure(&[], &[]).unwrap();

    assert_eq!(configuration.settings.server.as_str(), "http://localhost:8001/mcp");
    assert!(matches!(configuration.settings.registration, Registration::Dynamic));
    assert!(matches!(configuration.settings.callback, Callback::Port(3030)));
    assert_eq!((configuration.task, configuration.login), (Task::Prompt, Login::Browser));
}

#[test]
fn arguments_win_over_variables() {
    let variables = [
        ("MCP_SERVER_URL", "https://variable.example/mcp"),
        ("COGNITO_APP_CLIENT_ID", "id"),
        ("COGNITO_APP_CLIENT_SECRET", "s3cret"),
        ("COGNITO_ISSUER", "https://variable.example"),
        ("MCP_EXEMPT", "https://a.example=pkce-metadata https://b.example=pkce-metadata"),
    ];
    let arguments = [
        "https://argument.example/mcp",
        "list",
        "--protocol=2025-06-18",
        "--no-browser",
        "--issuer=https://argument.example",
    ];

    let configuration = configure(&arguments, &variables).unwrap();

    assert_eq!(configuration.settings.server.as_str(), "https://argument.example/mcp");
    assert_eq!(configuration.settings.protocol, Some(Revision::V2025_06_18));
    assert_eq!(configuration.settings.exemptions.len(), 2);
    assert_eq!((&configuration.task, configuration.login), (&Task::Once(Command::List), Login::Printed));
    let Registration::PreRegistered { client_id, issuer, .. } = &configuration.settings.registration else { panic!() };
    assert_eq!((client_id.as_str(), issuer.as_str()), ("id", "https://argument.example"));
    assert!(!format!("{configuration:?}").contains("s3cret"));
}

#[rstest]
#[case::named(&[("COGNITO_ISSUER", " https://as.example/Tenant ")], "https://as.example/Tenant")]
#[case::of_the_user_pool(
    &[("COGNITO_USER_POOL_ID", "eu-central-1_AbCdEfGhI")],
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
)]
#[case::named_beside_a_user_pool(
    &[("COGNITO_ISSUER", "https://as.example"), ("COGNITO_USER_POOL_ID", "eu-central-1_AbCdEfGhI")],
    "https://as.example"
)]
#[case::empty_beside_a_user_pool(
    &[("COGNITO_ISSUER", ""), ("COGNITO_USER_POOL_ID", "us-gov-west-1_AbCdEfGhI")],
    "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbCdEfGhI"
)]
fn the_client_id_belongs_to_the_issuer(#[case] variables: &[(&str, &str)], #[case] expected: &str) {
    let variables = [&[("COGNITO_APP_CLIENT_ID", "id")], variables].concat();

    let configuration = configure(&[], &variables).unwrap();

    let Registration::PreRegistered { issuer, .. } = configuration.settings.registration else { panic!() };
    assert_eq!(issuer.as_str(), expected);
}

#[rstest]
#[case::that_is_missing(&[], &[], "COGNITO_ISSUER is missing, although COGNITO_APP_CLIENT_ID is set: ")]
#[case::that_cannot_be_used(&[], &[("COGNITO_ISSUER", "http://as.example")], "COGNITO_ISSUER: the issuer cannot be used: ")]
#[case::of_an_argument_that_cannot_be_used(
    &["--issuer=as.example"],
    &[("COGNITO_ISSUER", "https://as.example")],
    "--issuer: the issuer cannot be used: "
)]
#[case::of_no_user_pool(
    &[],
    &[("COGNITO_USER_POOL_ID", "as.example/x_y")],
    "COGNITO_USER_POOL_ID: `as.example/x_y` is no user pool id "
)]
#[case::of_a_user_pool_without_a_region(
    &[],
    &[("COGNITO_USER_POOL_ID", "_AbCdEfGhI")],
    "COGNITO_USER_POOL_ID: `_AbCdEfGhI` is no user pool id "
)]
fn refuses_a_client_id_with_an_issuer(
    #[case] arguments: &[&str],
    #[case] variables: &[(&str, &str)],
    #[case] expected: &str,
) {
    let credentials = [("COGNITO_APP_CLIENT_ID", "id"), ("COGNITO_APP_CLIENT_SECRET", "s3cret")];

    let error = configure(arguments, &[&credentials, variables].concat()).unwrap_err();

    let [problem] = &*error.problems else { panic!("{error}") };
    assert!(problem.starts_with(expected), "{problem}");
    assert!(!problem.contains("s3cret"), "{problem}");
}

#[rstest]
#[case::dynamic(&[])]
#[case::metadata_document(&[("MCP_CLIENT_METADATA_URL", "https://client.example/metadata.json")])]
fn an_issuer_of_variables_is_not_needed_without_a_client_id(#[case] variables: &[(&str, &str)]) {
    let shared = [("COGNITO_ISSUER", "https://as.example"), ("COGNITO_USER_POOL_ID", "eu-central-1_AbCdEfGhI")];

    let configuration = configure(&[], &[&shared, variables].concat()).unwrap();

    assert!(!matches!(configuration.settings.registration, Registration::PreRegistered { .. }));
}

#[test]
fn an_issuer_that_is_an_argument_needs_a_client_id() {
    let error = configure(&["--issuer=https://as.example"], &[]).unwrap_err();

    assert_eq!(error.problems, ["COGNITO_APP_CLIENT_ID is missing, although --issuer is set"]);
}

#[test]
fn reports_everything_that_is_wrong_at_once() {
    let variables = [
        ("MCP_SERVER_URL", "http://rs.example/mcp"),
        ("COGNITO_APP_CLIENT_SECRET", "s3cret"),
        ("MCP_EXEMPT", "https://a.example=everything"),
    ];

    let error = configure(&["--protocol", "yesterday", "frobnicate"], &variables).unwrap_err();

    insta::assert_snapshot!(error);
}

#[rstest]
#[case::with_credentials(r#"{"client_id": "id", "client_secret": "s3cret"}"#, true)]
#[case::with_their_issuer(r#"{"client_id": "id", "client_secret": "s3cret", "issuer": "http://localhost:1"}"#, true)]
#[case::without(r#"{"name": "auth/metadata-default"}"#, false)]
fn the_contract_runs_unattended(#[case] context: &str, #[case] registered: bool) {
    let variables = [
        ("MCP_CONFORMANCE_SCENARIO", "auth/metadata-default"),
        ("MCP_CONFORMANCE_PROTOCOL_VERSION", "2025-11-25"),
        ("MCP_CONFORMANCE_CONTEXT", context),
    ];

    let configuration = configure(&["http://localhost:1234/mcp"], &variables).unwrap();

    assert_eq!((configuration.task, configuration.login), (Task::Contract, Login::Unattended));
    assert_eq!(configuration.settings.protocol, Some(Revision::V2025_11_25));
    assert_eq!(!matches!(configuration.settings.registration, Registration::Dynamic), registered);
}

/// COGNITO_ISSUER is not asked: it may stand in a `.env` that has nothing to do with the suite.
#[rstest]
#[case::of_the_context(&[], r#", "issuer": "https://suite.example/""#, Some("https://suite.example/"))]
#[case::of_the_first_use(&[], "", None)]
#[case::of_the_first_use_when_null(&[], r#", "issuer": null"#, None)]
#[case::of_the_argument(&["--issuer=https://argument.example"], "", Some("https://argument.example"))]
#[case::of_the_argument_before_all(
    &["--issuer=https://argument.example"],
    r#", "issuer": "https://suite.example/""#,
    Some("https://argument.example")
)]
fn credentials_of_a_context_belong_to_the_issuer(
    #[case] arguments: &[&str],
    #[case] member: &str,
    #[case] expected: Option<&str>,
) {
    let context = format!(r#"{{"client_id": "id", "client_secret": "s3cret"{member}}}"#);
    let variables = [("MCP_CONFORMANCE_CONTEXT", context.as_str()), ("COGNITO_ISSUER", "https://variable.example")];

    let configuration = configure(&[arguments, &["http://localhost:1/mcp"]].concat(), &variables).unwrap();

    let issuer = match &configuration.settings.registration {
        Registration::PreRegistered { issuer, .. } => Some(issuer.as_str()),
        Registration::TrustOnFirstUse { .. } => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(issuer, expected);
    assert!(!format!("{configuration:?}").contains("s3cret"));
}

#[rstest]
#[case::no_json("{s3cret")]
#[case::another_type(r#"{"client_id": "id", "client_secret": "s3cret", "issuer": 1}"#)]
#[case::an_issuer_that_cannot_be_used(r#"{"client_id": "id", "client_secret": "s3cret", "issuer": "as.example"}"#)]
fn a_broken_context_is_not_repeated(#[case] context: &str) {
    let error = configure(&["http://localhost:1/mcp"], &[("MCP_CONFORMANCE_CONTEXT", context)]).unwrap_err();

    assert!(error.to_string().contains("MCP_CONFORMANCE_CONTEXT"), "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}
