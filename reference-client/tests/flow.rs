//! What the client sends, where, and in which order, when everybody is honest.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{Approving, Authority, Peers, value};
use reference_client::{Callback, Registration, Revision, Session, Settings, connect};
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

const V2025_03_26: Option<Revision> = Some(Revision::V2025_03_26);

async fn open(settings: Settings) -> Session {
    connect(settings, Arc::new(Approving::default())).await.unwrap()
}

fn note() -> Map<String, Value> {
    json!({"text": "x"}).as_object().unwrap().clone()
}

#[tokio::test]
async fn asks_in_the_order_of_the_specification() {
    let peers = Peers::start().await;

    open(peers.settings(Some(Revision::V2026_07_28))).await.list_tools().await.unwrap();

    insta::assert_json_snapshot!(peers.log.lines());
}

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
    let foreign = common::authority::honest_metadata("https://elsewhere.example", &peers.authority.base);
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

    open(peers.settings(None)).await;

    assert_eq!(peers.log.authorizations().len(), 1);
}

#[tokio::test]
async fn sends_the_parameters_of_the_code_flow_once_each() {
    let peers = Peers::start().await;

    open(peers.settings(None)).await;

    let request = &peers.log.authorizations()[0];
    let exchange = &peers.log.tokens()[0];
    for (name, expected) in [
        ("response_type", "code"),
        ("client_id", "known-client"),
        ("code_challenge_method", "S256"),
        ("resource", peers.resource.url.as_str()),
    ] {
        assert_eq!(value(request, name), Some(expected));
    }
    assert_eq!(value(request, "scope"), None);
    assert!(value(request, "state").unwrap().len() >= 32);
    for (name, expected) in [
        ("grant_type", "authorization_code"),
        ("client_id", "known-client"),
        ("resource", peers.resource.url.as_str()),
        ("redirect_uri", value(request, "redirect_uri").unwrap()),
    ] {
        assert_eq!(value(exchange, name), Some(expected));
    }
    let verifier = value(exchange, "code_verifier").unwrap();
    assert!((43..=128).contains(&verifier.len()), "{verifier}");
}

#[rstest]
#[case::of_the_challenge(Some("a b"), Some(json!(["c"])), Some("a b"))]
#[case::of_the_metadata(None, Some(json!(["c", "d"])), Some("c d"))]
#[case::of_neither(None, None, None)]
#[case::of_an_empty_list(None, Some(json!([])), None)]
#[tokio::test]
async fn asks_for_the_scopes(
    #[case] challenged: Option<&str>,
    #[case] supported: Option<Value>,
    #[case] expected: Option<&str>,
) {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.insert("scopes_supported".to_owned(), json!(["decoy"]))));
    if let Some(scopes) = challenged {
        peers.resource.change(|script| script.challenge[0].push_str(&format!(", scope=\"{scopes}\"")));
    }
    if let Some(scopes) = supported {
        peers.resource.bend_metadata(|document| drop(document.insert("scopes_supported".to_owned(), scopes.clone())));
    }

    open(peers.settings(None)).await;

    assert_eq!(value(&peers.log.authorizations()[0], "scope"), expected);
}

#[tokio::test]
async fn sends_the_token_with_every_request_to_the_server_and_to_nobody_else() {
    let peers = Peers::start().await;

    let session = open(peers.settings(Some(Revision::V2025_11_25))).await;
    session.call_tool("get_time", Map::new()).await.unwrap();
    session.close().await;

    let seen = peers.log.all();
    let login = seen.iter().position(|seen| seen.path == "/token").unwrap();
    let (before, after) = seen.split_at(login + 1);
    assert!(before.iter().all(|seen| seen.authorization.is_none()));
    assert!(after.iter().all(|seen| seen.peer == "rs" && seen.authorization.is_some()));
    for method in ["POST", "GET", "DELETE"] {
        assert!(after.iter().any(|seen| seen.method == method), "{method}");
    }
    assert!(seen.iter().all(|seen| !seen.path.contains("token-")));
}

#[rstest]
#[case::basic(&["client_secret_post", "client_secret_basic"], "basic")]
#[case::post(&["client_secret_post"], "post")]
#[tokio::test]
async fn authenticates_with_one_listed_method(#[case] listed: &[&str], #[case] expected: &str) {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| {
        document.insert("token_endpoint_auth_methods_supported".to_owned(), json!(listed));
    });

    open(confidential(&peers, "s:e+c%r é")).await;

    assert_eq!(authentication(&peers), (expected == "basic", expected == "post"));
}

#[tokio::test]
async fn uses_basic_when_the_metadata_lists_nothing_and_encodes_both_halves() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.remove("token_endpoint_auth_methods_supported")));

    open(confidential(&peers, "s:e+c%r é")).await;

    let sent = peers.log.of("as", "/token")[0].authorization.clone().unwrap();
    let decoded = BASE64_STANDARD.decode(sent.strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(decoded).unwrap(), "known-client:s%3Ae%2Bc%25r+%C3%A9");
}

#[tokio::test]
async fn refuses_when_no_method_for_its_secret_is_listed() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| {
        document.insert("token_endpoint_auth_methods_supported".to_owned(), json!(["private_key_jwt"]));
    });

    let result = connect(confidential(&peers, "secret"), Arc::new(Approving::default())).await;

    assert!(result.is_err());
    assert_eq!(peers.log.authorizations().len(), 0);
}

fn confidential(peers: &Peers, secret: &str) -> Settings {
    let client_secret = Some(SecretString::from(secret));
    let registration = Registration::PreRegistered { client_id: "known-client".to_owned(), client_secret };
    Settings { registration, ..peers.settings(None) }
}

/// Whether the first token request had a secret in the header, and in the body.
fn authentication(peers: &Peers) -> (bool, bool) {
    let sent = &peers.log.of("as", "/token")[0];
    (sent.authorization.is_some(), sent.body.contains("client_secret="))
}

#[tokio::test]
async fn registers_once_and_uses_what_the_server_returned() {
    let peers = Peers::start().await;
    dynamic(&peers);
    peers.authority.script.lock().unwrap().registration = Some(Arc::new(|answer| {
        answer.insert("token_endpoint_auth_method".to_owned(), "client_secret_post".into());
        answer.insert("client_secret".to_owned(), "handed-out".into());
        answer.insert("surprise".to_owned(), json!([1]));
    }));
    let settings = Settings { registration: Registration::Dynamic, ..peers.settings(None) };

    let session = open(settings).await;
    peers.authority.expire_all();
    session.list_tools().await.unwrap();

    let registrations = peers.log.of("as", "/register");
    assert_eq!(registrations.len(), 1);
    let request: Value = serde_json::from_str(&registrations[0].body).unwrap();
    insta::assert_json_snapshot!(request, {".redirect_uris[]" => "[redirect URI]"});
    let logins = peers.log.authorizations();
    assert_eq!(logins.len(), 2);
    assert_eq!(value(&logins[0], "redirect_uri"), request["redirect_uris"][0].as_str());
    assert_eq!(value(&logins[0], "redirect_uri"), value(&logins[1], "redirect_uri"));
    assert_eq!(authentication(&peers), (false, true));
}

#[tokio::test]
async fn registers_again_when_the_secret_has_expired() {
    let peers = Peers::start().await;
    dynamic(&peers);
    peers.authority.script.lock().unwrap().registration = Some(Arc::new(|answer| {
        answer.insert("client_secret".to_owned(), "short-lived".into());
        answer.insert("client_secret_expires_at".to_owned(), 1.into());
    }));
    let session = open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;

    peers.authority.expire_all();
    session.list_tools().await.unwrap();

    assert_eq!(peers.log.of("as", "/register").len(), 2);
}

#[tokio::test]
async fn keeps_the_registrations_of_two_servers_apart() {
    let peers = Peers::start().await;
    let other = Authority::start(peers.log.clone(), "").await;
    dynamic(&peers);
    register_at(&other);
    let name = |authority: &Authority, id: &'static str| {
        authority.script.lock().unwrap().registration =
            Some(Arc::new(move |answer| drop(answer.insert("client_id".to_owned(), id.into()))));
    };
    name(&peers.authority, "first");
    name(&other, "second");
    let session = open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;

    // The resource accepts tokens of the first server only, so the login with the second one ends in a refusal.
    move_to(&peers, &other);
    peers.authority.expire_all();
    session.list_tools().await.unwrap_err();

    let ids: Vec<_> = peers.log.authorizations().iter().map(|q| value(q, "client_id").unwrap().to_owned()).collect();
    assert_eq!(ids, ["first", "second"]);
}

#[rstest]
#[case::advertised(true, "https://client.example/metadata.json")]
#[case::not_advertised(false, "registered")]
#[tokio::test]
async fn names_itself_by_metadata_document_where_that_is_supported(#[case] advertised: bool, #[case] expected: &str) {
    let peers = Peers::start().await;
    dynamic(&peers);
    peers.authority.bend_metadata(|document| {
        document.insert("client_id_metadata_document_supported".to_owned(), advertised.into());
    });
    let registration = Registration::metadata_document("https://client.example/metadata.json").unwrap();

    open(Settings { registration, ..peers.settings(None) }).await;

    let id = value(&peers.log.authorizations()[0], "client_id").unwrap().to_owned();
    assert!(id.starts_with(expected), "{id}");
}

fn dynamic(peers: &Peers) {
    register_at(&peers.authority);
}

fn register_at(authority: &Authority) {
    let endpoint = format!("{}/register", authority.base);
    authority
        .bend_metadata(|document| drop(document.insert("registration_endpoint".to_owned(), endpoint.clone().into())));
}

fn move_to(peers: &Peers, other: &Authority) {
    let issuer = other.issuer.clone();
    peers.resource.bend_metadata(|document| {
        document.insert("authorization_servers".to_owned(), json!([issuer]));
    });
}

#[tokio::test]
async fn refreshes_after_a_401_and_uses_the_rotated_token_next_time() {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.hand_out_refresh_tokens = true);
    peers.resource.change(|script| script.uses_per_token = Some(6));
    let session = open(peers.settings(None)).await;

    for _ in 0..20 {
        session.list_tools().await.unwrap();
    }

    assert_eq!(peers.log.authorizations().len(), 1);
    let refreshes: Vec<_> = peers.log.tokens().into_iter().skip(1).collect();
    assert!(refreshes.len() >= 2, "{refreshes:?}");
    let mut used: Vec<_> = refreshes.iter().map(|form| value(form, "refresh_token").unwrap()).collect();
    used.dedup();
    assert_eq!(used.len(), refreshes.len(), "a refresh token was used twice");
    for form in &refreshes {
        assert_eq!(value(form, "resource"), Some(peers.resource.url.as_str()));
        assert_eq!(value(form, "scope"), None);
    }
}

#[tokio::test]
async fn logs_in_again_when_the_refresh_is_refused() {
    let peers = Peers::start().await;
    peers.authority.change(|script| script.hand_out_refresh_tokens = true);
    let session = open(peers.settings(None)).await;
    peers.authority.change(|script| script.refuse_refresh = Some((400, json!({"error": "invalid_grant"}))));
    peers.authority.expire_all();

    session.list_tools().await.unwrap();

    assert_eq!(peers.log.authorizations().len(), 2);
    let refreshes = peers.log.tokens().iter().filter(|form| value(form, "grant_type") == Some("refresh_token")).count();
    assert_eq!(refreshes, 1);
}

#[tokio::test]
async fn logs_in_again_when_there_is_no_refresh_token() {
    let peers = Peers::start().await;
    let session = open(peers.settings(None)).await;
    peers.authority.expire_all();

    session.list_tools().await.unwrap();

    assert_eq!(peers.log.authorizations().len(), 2);
    let challenges: Vec<_> =
        peers.log.authorizations().iter().map(|q| value(q, "code_challenge").unwrap().to_owned()).collect();
    assert_ne!(challenges[0], challenges[1]);
}

#[tokio::test]
async fn a_session_recovers_from_a_token_that_was_refused_at_once() {
    let peers = Peers::start().await;
    let session = open(peers.settings(None)).await;
    peers.resource.change(|script| script.refuse_all = true);

    let error = session.list_tools().await.unwrap_err();
    let logins = peers.log.authorizations().len();
    peers.resource.change(|script| script.refuse_all = false);
    session.list_tools().await.unwrap();

    assert!(error.to_string().contains("has just issued"), "{error}");
    assert_eq!((logins, peers.log.authorizations().len()), (2, 3));
}

#[tokio::test]
async fn asks_another_authorization_server_for_no_scope_of_the_first() {
    let peers = Peers::start().await;
    let other = Authority::start(peers.log.clone(), "").await;
    dynamic(&peers);
    register_at(&other);
    peers.resource.change(|script| script.challenge[0].push_str(", scope=\"first\""));
    let session = open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;
    move_to(&peers, &other);
    peers.resource.change(|script| script.challenge[0] = script.challenge[0].replace("first", "second"));
    peers.authority.expire_all();

    session.list_tools().await.unwrap_err();

    let asked: Vec<_> = peers.log.authorizations().iter().map(|q| value(q, "scope").unwrap().to_owned()).collect();
    assert_eq!(asked, ["first", "second"]);
}

#[tokio::test]
async fn a_refresh_token_never_reaches_another_server() {
    let peers = Peers::start().await;
    let other = Authority::start(peers.log.clone(), "").await;
    dynamic(&peers);
    register_at(&other);
    peers.authority.change(|script| script.hand_out_refresh_tokens = true);
    let session = open(Settings { registration: Registration::Dynamic, ..peers.settings(None) }).await;
    move_to(&peers, &other);
    peers.authority.expire_all();

    session.list_tools().await.unwrap_err();

    assert!(peers.log.tokens().iter().all(|form| value(form, "grant_type") != Some("refresh_token")));
}

#[tokio::test]
async fn a_step_up_that_does_not_help_is_not_repeated_but_others_may_step_up() {
    let peers = Peers::start().await;
    peers.resource.change(|script| {
        script.scopes =
            [("add_note", "write"), ("get_time", "clock")].map(|(t, s)| (t.to_owned(), s.to_owned())).into();
        script.never_enough = true;
    });
    let session = open(peers.settings(None)).await;

    let first = session.call_tool("add_note", note()).await.unwrap_err();
    let logins = peers.log.authorizations().len();
    session.call_tool("add_note", note()).await.unwrap_err();
    let unchanged = peers.log.authorizations().len();
    session.call_tool("get_time", Map::new()).await.unwrap_err();

    assert!(first.to_string().contains("write"), "{first}");
    assert!((2..=3).contains(&logins), "{logins}");
    assert_eq!(unchanged, logins);
    assert!(peers.log.authorizations().len() > logins);
}

#[tokio::test]
async fn a_403_without_scope_asks_for_those_of_the_metadata() {
    let peers = Peers::start().await;
    peers.resource.change(|script| {
        script.scopes.insert("add_note".to_owned(), "write".to_owned());
        script.forbidden = vec!["Bearer error=\"insufficient_scope\"".to_owned()];
        script.challenge[0].push_str(", scope=\"read\"");
    });
    peers.resource.bend_metadata(|document| {
        document.insert("scopes_supported".to_owned(), json!(["read", "write"]));
    });
    let session = open(peers.settings(None)).await;

    let answer = session.call_tool("add_note", note()).await.unwrap();

    assert_eq!(answer.text, ["kept: x"]);
    assert_eq!(value(&peers.log.authorizations()[1], "scope"), Some("read write"));
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_not_taken_as_granted() {
    let peers = Peers::start().await;
    peers.resource.change(|script| {
        script.challenge[0].push_str(", scope=\"read write\"");
        script.scopes.insert("add_note".to_owned(), "write".to_owned());
    });
    peers.authority.change(|script| script.narrow = Some("read".to_owned()));
    let session = open(peers.settings(None)).await;

    peers.authority.change(|script| script.narrow = None);
    let answer = session.call_tool("add_note", note()).await;

    assert_eq!(answer.unwrap().text, ["kept: x"]);
    assert_eq!(peers.log.authorizations().len(), 2);
}

#[rstest]
#[case::no_challenge("")]
#[case::another_error("Bearer error=\"access_denied\", scope=\"write\"")]
#[tokio::test]
async fn a_403_that_asks_for_no_scope_leads_to_no_login(#[case] field: &str) {
    let peers = Peers::start().await;
    let field = field.to_owned();
    peers.resource.change(|script| {
        script.scopes.insert("add_note".to_owned(), "write".to_owned());
        script.forbidden = vec![field];
    });
    let session = open(peers.settings(None)).await;

    let error = session.call_tool("add_note", note()).await.unwrap_err();

    assert!(error.to_string().contains("does not ask for more scope"), "{error}");
    assert_eq!(peers.log.authorizations().len(), 1);
}

#[tokio::test]
async fn listens_only_while_a_login_is_under_way() {
    let peers = Peers::start().await;

    let session = open(peers.settings(None)).await;

    let redirect = value(&peers.log.authorizations()[0], "redirect_uri").unwrap().to_owned();
    assert!(reqwest::get(redirect).await.is_err_and(|error| error.is_connect()));
    session.close().await;
}

#[tokio::test]
async fn takes_a_listener_that_is_bound_already() {
    let peers = Peers::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let expected = format!("http://localhost:{}/callback", listener.local_addr().unwrap().port());
    let settings = Settings { callback: Callback::Listener(listener), ..peers.settings(None) };

    let session = open(settings).await;
    peers.authority.expire_all();
    session.list_tools().await.unwrap();

    for login in peers.log.authorizations() {
        assert_eq!(value(&login, "redirect_uri"), Some(expected.as_str()));
    }
}

#[rstest]
#[case::metadata_at_the_origin(true)]
#[case::default_endpoints(false)]
#[tokio::test]
async fn at_2025_03_26_the_origin_is_the_authorization_server(#[case] has_metadata: bool) {
    let origin = legacy::Origin::start(has_metadata).await;

    let session = connect(origin.settings(V2025_03_26), Arc::new(Approving::default())).await.unwrap();
    session.call_tool("get_time", Map::new()).await.unwrap();

    let metadata = origin.log.of("as", "/.well-known/oauth-authorization-server");
    assert_eq!(metadata[0].protocol.as_deref(), Some("2025-03-26"));
    assert_eq!(origin.log.authorizations().len(), 1);
}

#[tokio::test]
async fn later_revisions_do_not_guess_an_authorization_server() {
    let origin = legacy::Origin::start(true).await;

    for revision in [None, Some(Revision::V2025_06_18)] {
        let result = connect(origin.settings(revision), Arc::new(Approving::default())).await;

        assert!(result.is_err());
    }
    assert_eq!(origin.log.authorizations().len(), 0);
}

/// A server of 2025-03-26: one origin for everything.
mod legacy {
    use reference_client::{Registration, Revision, Settings};

    use super::common::{Authority, Log, Resource, authority::honest_metadata, serve};

    pub(super) struct Origin {
        pub(super) log: Log,
        url: String,
    }

    impl Origin {
        pub(super) async fn start(has_metadata: bool) -> Self {
            let log = Log::default();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let authority = Authority::unserved(&base, "");
            let resource = Resource::unserved(&base, &authority);
            authority.change(|script| {
                script.metadata.clear();
                if has_metadata {
                    let mut document = honest_metadata(&base, &base);
                    document["registration_endpoint"] = format!("{base}/register").into();
                    script.metadata.insert("/.well-known/oauth-authorization-server".to_owned(), document);
                }
            });
            resource.change(|script| {
                script.metadata.clear();
                script.challenge = vec!["Bearer".to_owned()];
            });
            let router = serve("as", log.clone(), resource.endpoint().merge(authority.router())).await;
            tokio::spawn(async move { axum::serve(listener, router).await });
            Self { log, url: resource.url }
        }

        pub(super) fn settings(&self, revision: Option<Revision>) -> Settings {
            let mut settings = Settings::new(self.url.parse().unwrap());
            settings.registration = Registration::Dynamic;
            settings.callback = reference_client::Callback::Port(0);
            settings.protocol = revision;
            settings
        }
    }
}
