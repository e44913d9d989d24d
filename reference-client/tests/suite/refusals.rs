//! Everything the client must refuse, each beside the honest exchange that differs in exactly one thing.

use std::sync::Arc;

use crate::common::{Approving, Peers, value};
use reference_client::{
    AuthorizeError, CallbackError, ConnectError, DiscoveryError, Exemption, MetadataError, RegistrationError, Rule,
    Session, TokenError, Warning, connect,
};
use rstest::rstest;
use serde_json::{Value, json};
use url::Url;

async fn attempt(peers: &Peers) -> Result<Session, ConnectError> {
    connect(peers.settings(None), Arc::new(Approving::default())).await
}

async fn refusal(peers: &Peers) -> AuthorizeError {
    match attempt(peers).await {
        Err(ConnectError::Authorize(error)) => error,
        Err(other) => panic!("refused for another reason: {other}"),
        Ok(_) => panic!("accepted"),
    }
}

#[tokio::test]
async fn refuses_an_authorization_server_that_does_not_list_pkce_methods() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.remove("code_challenge_methods_supported")));

    let error = refusal(&peers).await;

    assert!(matches!(error, AuthorizeError::Metadata(MetadataError::PkceNotAdvertised { .. })), "{error}");
    let advice = format!("--exempt {}=pkce-metadata", peers.authority.issuer);
    assert!(error.to_string().contains(&advice), "{error}");
    assert_eq!(peers.log.authorizations().len(), 0);
}

#[tokio::test]
async fn goes_on_without_listed_pkce_methods_when_that_issuer_is_exempted() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.remove("code_challenge_methods_supported")));
    let mut settings = peers.settings(None);
    settings.exemptions = vec![format!("{}=pkce-metadata", peers.authority.issuer).parse::<Exemption>().unwrap()];

    let session = connect(settings, Arc::new(Approving::default())).await.unwrap();

    let issuer = peers.authority.issuer.parse().unwrap();
    assert_eq!(session.warnings(), [Warning::Exempted { issuer, rule: Rule::PkceMetadata }]);
    assert_eq!(value(&peers.log.authorizations()[0], "code_challenge_method"), Some("S256"));
}

#[tokio::test]
async fn an_exemption_of_another_issuer_changes_nothing() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.remove("code_challenge_methods_supported")));
    let mut settings = peers.settings(None);
    settings.exemptions = vec![format!("{}/=pkce-metadata", peers.authority.issuer).parse::<Exemption>().unwrap()];

    let result = connect(settings, Arc::new(Approving::default())).await;

    assert!(result.is_err());
}

#[tokio::test]
async fn an_exemption_does_not_cover_methods_without_s256() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| {
        document.insert("code_challenge_methods_supported".to_owned(), json!(["plain"]));
    });
    let mut settings = peers.settings(None);
    settings.exemptions = vec![format!("{}=pkce-metadata", peers.authority.issuer).parse::<Exemption>().unwrap()];

    let result = connect(settings, Arc::new(Approving::default())).await;

    assert!(matches!(result, Err(ConnectError::Authorize(AuthorizeError::Metadata(MetadataError::NoS256 { .. })))));
    assert_eq!(peers.log.authorizations().len(), 0);
}

#[rstest]
#[case::other_origin("https://elsewhere.example/mcp")]
#[case::sibling("{base}/mcq")]
#[case::longer_path("{base}/mcp/deeper")]
#[case::parent("{base}")]
#[case::slash("{base}/mcp/")]
#[case::prefix_trap("{base}.evil.example/mcp")]
#[tokio::test]
async fn refuses_metadata_about_another_resource(#[case] resource: &str) {
    let peers = Peers::start().await;
    let resource = resource.replace("{base}", &peers.resource.base);
    peers.resource.bend_metadata(|document| drop(document.insert("resource".to_owned(), resource.clone().into())));

    let error = refusal(&peers).await;

    assert!(matches!(error, AuthorizeError::Discovery(DiscoveryError::ForeignResource { .. })), "{error}");
    assert!(peers.log.all().iter().all(|seen| seen.peer == "rs"));
}

#[rstest]
#[case::other_host("https://elsewhere.example")]
#[case::slash("{issuer}/")]
#[case::missing("")]
#[tokio::test]
async fn refuses_metadata_of_another_issuer(#[case] issuer: &str) {
    let peers = Peers::start().await;
    let issuer = issuer.replace("{issuer}", &peers.authority.issuer);
    peers.authority.bend_metadata(|document| drop(document.insert("issuer".to_owned(), issuer.clone().into())));

    let error = refusal(&peers).await;

    assert!(matches!(error, AuthorizeError::Metadata(MetadataError::NotFound { .. })), "{error}");
    assert!(error.to_string().contains("RFC 8414 section 3.3"), "{error}");
    assert_eq!(peers.log.authorizations().len(), 0);
}

#[rstest]
#[case::script("javascript:alert(1)")]
#[case::data("data:text/html,x")]
#[case::file("file:///etc/passwd")]
#[case::plain_http("http://as.example/authorize")]
#[case::user_information("https://user:password@as.example/authorize")]
#[case::own_parameter("{base}/authorize?client_id=other")]
#[tokio::test]
async fn opens_no_unsafe_authorization_url(#[case] endpoint: &str) {
    let peers = Peers::start().await;
    let endpoint = endpoint.replace("{base}", &peers.authority.base);
    peers.authority.bend_metadata(|document| {
        document.insert("authorization_endpoint".to_owned(), endpoint.clone().into());
    });
    let browser = Approving::default();

    let result = connect(peers.settings(None), Arc::new(browser.clone())).await;

    assert!(matches!(result, Err(ConnectError::Authorize(AuthorizeError::Metadata(_) | AuthorizeError::Endpoint(_)))));
    assert_eq!(browser.opened.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn keeps_the_query_of_the_authorization_endpoint() {
    let peers = Peers::start().await;
    let endpoint = format!("{}/authorize?tenant=x", peers.authority.base);
    peers.authority.bend_metadata(|document| {
        document.insert("authorization_endpoint".to_owned(), endpoint.clone().into());
    });

    attempt(&peers).await.unwrap();

    assert_eq!(value(&peers.log.authorizations()[0], "tenant"), Some("x"));
}

fn without_state(url: &Url) -> Url {
    altered(url, |pairs| pairs.retain(|(name, _)| name != "state"))
}

fn other_state(url: &Url) -> Url {
    altered(url, |pairs| {
        for (_, value) in pairs.iter_mut().filter(|(name, _)| name == "state") {
            value.push('x');
        }
    })
}

fn two_states(url: &Url) -> Url {
    altered(url, |pairs| pairs.push(("state".to_owned(), "second".to_owned())))
}

fn foreign_issuer(url: &Url) -> Url {
    altered(url, |pairs| pairs.push(("iss".to_owned(), "https://elsewhere.example".to_owned())))
}

fn two_codes(url: &Url) -> Url {
    altered(url, |pairs| pairs.push(("code".to_owned(), "second".to_owned())))
}

fn no_code(url: &Url) -> Url {
    altered(url, |pairs| pairs.retain(|(name, _)| name != "code"))
}

fn unknown_parameters(url: &Url) -> Url {
    altered(url, |pairs| pairs.push(("session_state".to_owned(), "x".to_owned())))
}

fn altered(url: &Url, change: impl FnOnce(&mut Vec<(String, String)>)) -> Url {
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    change(&mut pairs);
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url
}

#[rstest]
#[case::no_state(without_state, "state")]
#[case::another_state(other_state, "state")]
#[case::two_states(two_states, "more than one `state`")]
#[case::foreign_issuer(foreign_issuer, "another issuer")]
#[case::two_codes(two_codes, "more than one `code`")]
#[case::no_code(no_code, "no code")]
#[tokio::test]
async fn drops_a_response_that_does_not_fit_its_request(#[case] bend: fn(&Url) -> Url, #[case] reason: &str) {
    let peers = Peers::start().await;
    let browser = Approving { bend: Some(bend), ..Approving::default() };

    let Err(error) = connect(peers.settings(None), Arc::new(browser)).await else { panic!("accepted") };

    assert!(matches!(error, ConnectError::Authorize(AuthorizeError::Callback(_))), "{error}");
    assert!(error.to_string().contains(reason), "{error}");
    assert_eq!(peers.log.tokens().len(), 0);
}

#[tokio::test]
async fn ignores_unknown_parameters_of_a_response() {
    let peers = Peers::start().await;
    let browser = Approving { bend: Some(unknown_parameters), ..Approving::default() };

    let session = connect(peers.settings(None), Arc::new(browser)).await;

    assert!(session.is_ok());
}

/// The table of MCP 2026-07-28, authorization response validation.
#[rstest]
#[case::advertised_and_right(true, Some(""), true)]
#[case::advertised_and_absent(true, None, false)]
#[case::advertised_and_wrong(true, Some("/x"), false)]
#[case::advertised_and_normalized(true, Some("/"), false)]
#[case::silent_and_right(false, Some(""), true)]
#[case::silent_and_wrong(false, Some("/x"), false)]
#[case::silent_and_absent(false, None, true)]
#[tokio::test]
async fn compares_the_issuer_of_the_response(
    #[case] advertised: bool,
    #[case] suffix: Option<&str>,
    #[case] goes_on: bool,
) {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| {
        document.insert("authorization_response_iss_parameter_supported".to_owned(), advertised.into());
    });
    peers.authority.change(|script| script.iss = suffix.map(|suffix| format!("{}{suffix}", peers.authority.issuer)));

    let result = attempt(&peers).await;

    assert_eq!(result.is_ok(), goes_on);
    assert_eq!(peers.log.tokens().len(), usize::from(goes_on));
}

#[rstest]
#[case::encoded_once("/a%252Fb", true)]
#[case::encoded_twice("/a%25252Fb", false)]
#[case::not_encoded("/a%2Fb", false)]
#[tokio::test]
async fn decodes_the_issuer_of_the_response_once(#[case] sent: &'static str, #[case] goes_on: bool) {
    let peers = Peers::with_issuer_path("/a%2Fb").await;
    let iss = format!("{}{sent}", peers.authority.base);
    peers.authority.change(|script| script.raw_iss = Some(iss));

    let result = attempt(&peers).await;

    assert_eq!(result.is_ok(), goes_on, "{:?}", result.err());
}

#[tokio::test]
async fn an_error_response_ends_the_login_without_a_token_request() {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.error = Some("access_denied".to_owned()));

    let error = refusal(&peers).await;

    assert_eq!(error.to_string(), "the authorization server refused: access_denied because of the test");
    assert_eq!(peers.log.tokens().len(), 0);
}

#[tokio::test]
async fn an_error_of_another_issuer_is_not_repeated() {
    let peers = Peers::start().await;
    peers.authority.change(|script| {
        script.error = Some("access_denied".to_owned());
        script.iss = Some("https://elsewhere.example".to_owned());
    });
    let browser = Approving::default();

    let Err(error) = connect(peers.settings(None), Arc::new(browser.clone())).await else { panic!("accepted") };

    assert!(matches!(error, ConnectError::Authorize(AuthorizeError::Callback(CallbackError::IssuerMismatch { .. }))));
    let shown = format!("{error} {:?}", browser.pages.lock().unwrap());
    assert!(!shown.contains("access_denied") && !shown.contains("because of the test"), "{shown}");
}

fn set(member: &'static str, value: Value) -> crate::common::authority::Bend {
    Arc::new(move |answer| {
        if value.is_null() {
            answer.remove(member)
        } else {
            answer.insert(member.to_owned(), value.clone())
        };
    })
}

#[rstest]
#[case::lower_case("token_type", json!("bearer"))]
#[case::upper_case("token_type", json!("BEARER"))]
#[case::an_id_token_beside("id_token", json!("not.for.us"))]
#[case::unknown_members("x", json!({"y": [1, null]}))]
#[case::no_lifetime("expires_in", Value::Null)]
#[tokio::test]
async fn uses_an_access_token_whatever_is_beside_it(#[case] member: &'static str, #[case] value: Value) {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.token = Some(set(member, value)));

    assert!(attempt(&peers).await.is_ok());
}

#[rstest]
#[case::other_type("token_type", json!("mac"))]
#[case::no_type("token_type", Value::Null)]
#[case::no_token("access_token", Value::Null)]
#[case::empty_token("access_token", json!(""))]
#[case::a_token_with_a_line_break("access_token", json!("a\r\nX-Evil: 1"))]
#[tokio::test]
async fn does_not_use_a_token_it_cannot_send_as_bearer(#[case] member: &'static str, #[case] value: Value) {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.token = Some(set(member, value)));

    let error = refusal(&peers).await;

    assert!(matches!(error, AuthorizeError::Token(TokenError::Type { .. } | TokenError::Member { .. })), "{error}");
    assert!(peers.log.all().iter().all(|seen| seen.authorization.is_none()));
}

#[tokio::test]
async fn a_refused_code_is_not_tried_again() {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.refuse_token = Some((400, json!({"error": "invalid_grant"}))));

    let error = refusal(&peers).await;

    assert!(error.to_string().contains("invalid_grant"), "{error}");
    assert_eq!(peers.log.tokens().len(), 1);
}

#[tokio::test]
async fn gives_up_when_every_token_is_refused() {
    let peers = Peers::start().await;
    peers.resource.change(|script| script.refuse_all = true);

    let error = refusal(&peers).await;

    assert!(matches!(error, AuthorizeError::FreshTokenRefused { .. }), "{error}");
    assert_eq!(peers.log.authorizations().len(), 1);
}

#[tokio::test]
async fn does_not_follow_a_redirect_of_the_mcp_server() {
    let peers = Peers::start().await;
    let session = attempt(&peers).await.unwrap();
    let canary = format!("{}/canary", peers.authority.base);
    peers.resource.change(|script| script.redirect = Some((307, canary)));

    let error = session.list_tools().await.unwrap_err();

    assert!(error.to_string().contains("redirects are not followed"), "{error}");
    assert_eq!(peers.log.of("as", "/canary").len(), 0);
}

#[tokio::test]
async fn a_redirect_is_no_metadata() {
    let peers = Peers::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hop = format!("http://{}/hop", listener.local_addr().unwrap());
    let canary = format!("{}/canary", peers.authority.base);
    let redirect = axum::response::Redirect::to(&canary);
    let router = axum::Router::new().route("/hop", axum::routing::get(|| async move { redirect }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    peers.resource.change(|script| script.challenge = vec![format!("Bearer resource_metadata=\"{hop}\"")]);

    let error = refusal(&peers).await;

    assert!(error.to_string().contains("answered 303"), "{error}");
    assert_eq!(peers.log.of("as", "/canary").len(), 0);
}

#[tokio::test]
async fn a_refused_registration_ends_the_login() {
    let peers = Peers::start().await;
    offer_registration(&peers);
    peers.authority.script.lock().unwrap().refuse_registration =
        Some((400, json!({"error": "invalid_redirect_uri", "error_description": "not this one"})));
    let mut settings = peers.settings(None);
    settings.registration = reference_client::Registration::Dynamic;

    let Err(error) = connect(settings, Arc::new(Approving::default())).await else { panic!("accepted") };

    assert!(error.to_string().contains("invalid_redirect_uri not this one"), "{error}");
    assert_eq!(peers.log.authorizations().len(), 0);
}

#[tokio::test]
async fn without_a_client_id_and_without_registration_there_is_no_login() {
    let peers = Peers::start().await;
    let mut settings = peers.settings(None);
    settings.registration = reference_client::Registration::Dynamic;

    let result = connect(settings, Arc::new(Approving::default())).await;

    assert!(matches!(
        result,
        Err(ConnectError::Authorize(AuthorizeError::Registration(RegistrationError::NoMechanism { .. })))
    ));
}

fn offer_registration(peers: &Peers) {
    let endpoint = format!("{}/register", peers.authority.base);
    peers
        .authority
        .bend_metadata(|document| drop(document.insert("registration_endpoint".to_owned(), endpoint.clone().into())));
}

#[tokio::test]
async fn a_failing_document_is_not_quoted() {
    let peers = Peers::start().await;
    let marker = "marker-in-a-foreign-body";
    peers.resource.change(|script| {
        for document in script.metadata.values_mut() {
            *document = Value::String(marker.to_owned());
        }
    });

    let error = refusal(&peers).await;

    assert!(!format!("{error} {error:?}").contains(marker), "{error}");
    assert!(peers.log.all().iter().all(|seen| !seen.body.contains(marker)));
}

#[tokio::test]
async fn times_out_when_nobody_logs_in() {
    struct Absent;
    impl reference_client::Browser for Absent {
        fn open<'a>(&'a self, _: &'a Url) -> futures::future::BoxFuture<'a, Result<(), reference_client::OpenError>> {
            Box::pin(async { Ok(()) })
        }
    }
    let peers = Peers::start().await;
    let mut settings = peers.settings(None);
    settings.login_timeout = std::time::Duration::from_millis(50);

    let result = connect(settings, Arc::new(Absent)).await;

    assert!(matches!(result, Err(ConnectError::Authorize(AuthorizeError::Callback(CallbackError::TimedOut(_))))));
}
