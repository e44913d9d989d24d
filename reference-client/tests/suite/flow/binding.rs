//! Which authorization server gets which credentials (MCP 2026-07-28, authorization server binding). A second
//! authorization server would take them all; that nothing arrived there is what counts.

use std::sync::Arc;

use reference_client::{
    AuthorizeError, CallError, ConnectError, MetadataError, Registration, RegistrationError, Settings, connect,
};
use rstest::rstest;
use secrecy::SecretString;
use serde_json::json;

use super::{dynamic, move_to, open, register_at};
use crate::common::{Approving, Authority, Log, Peers, authority::honest_metadata, value};

const ID: &str = "known-client";
const SECRET: &str = "s3cret-of-the-test";

fn pre_registered(issuer: &str) -> Registration {
    let client_secret = Some(SecretString::from(SECRET));
    Registration::PreRegistered { client_id: ID.to_owned(), client_secret, issuer: issuer.parse().unwrap() }
}

fn without_an_issuer(_: &str) -> Registration {
    Registration::TrustOnFirstUse { client_id: ID.to_owned(), client_secret: Some(SecretString::from(SECRET)) }
}

fn with(registration: Registration, peers: &Peers) -> Settings {
    Settings { registration, ..peers.settings(None) }
}

/// An authorization server that registers every client and recognizes every secret, beside the one of the peers.
async fn other(peers: &Peers) -> Authority {
    let other = Authority::start_as("other", peers.log.clone(), "").await;
    register_at(&other);
    other
}

fn arrived_at(peer: &str, log: &Log) -> Vec<String> {
    log.lines().into_iter().filter(|line| line.starts_with(&format!("{peer} "))).collect()
}

#[rstest]
#[case::another_server("", "https://as.example")]
#[case::with_a_slash("", "{base}/")]
#[case::upper_case_scheme("", "HTTP://{host}")]
#[case::another_name_of_the_host("", "http://localhost:{port}")]
#[case::another_tenant_of_the_host("/tenant1", "{base}/tenant2")]
#[case::the_host_of_the_tenant("/tenant1", "{base}")]
#[case::an_escape_in_lower_case("/a%2Fb", "{base}/a%2fb")]
#[case::an_escape_without_need("/tenant1", "{base}/t%65nant1")]
#[tokio::test]
async fn credentials_of_another_issuer_are_not_sent(#[case] path: &str, #[case] registered_with: &str) {
    let peers = Peers::with_issuer_path(path).await;
    dynamic(&peers);
    let named = peers.authority.issuer.clone();
    let host = peers.authority.base.strip_prefix("http://").unwrap().to_owned();
    let port = host.rsplit_once(':').unwrap().1;
    let own = registered_with.replace("{base}", &peers.authority.base).replace("{host}", &host).replace("{port}", port);
    let browser = Approving::default();

    let result = connect(with(pre_registered(&own), &peers), Arc::new(browser.clone())).await;

    let Err(ConnectError::Authorize(AuthorizeError::Registration(error))) = result else { panic!("another end") };
    let message = error.to_string();
    for part in
        [&format!("belongs to the authorization server `{own}`"), &format!("leads to `{named}`"), "COGNITO_ISSUER"]
    {
        assert!(message.contains(part), "{message}");
    }
    assert!(!message.contains(SECRET));
    assert_eq!(arrived_at("as", &peers.log), Vec::<String>::new());
    assert_eq!(browser.opened.lock().unwrap().len(), 0);
    // The same credentials are sent once nothing but the issuer is another.
    open(with(pre_registered(&named), &peers)).await;
    assert_eq!(value(&peers.log.authorizations()[0], "client_id"), Some(ID));
    assert!(peers.log.of("as", "/token")[0].authorization.is_some());
}

#[rstest]
#[case::named_first(&["own", "other"])]
#[case::named_last(&["other", "own"])]
#[tokio::test]
async fn of_several_authorization_servers_the_own_one_is_used(#[case] order: &[&str]) {
    let peers = Peers::start().await;
    let other = other(&peers).await;
    list(&peers, &other, order);

    open(with(pre_registered(&peers.authority.issuer), &peers)).await;

    assert_eq!(peers.log.authorizations().len(), 1);
    assert_eq!(arrived_at("other", &peers.log), Vec::<String>::new());
}

#[tokio::test]
async fn where_the_own_authorization_server_cannot_be_used_no_other_takes_its_place() {
    let peers = Peers::start().await;
    let other = other(&peers).await;
    list(&peers, &other, &["own", "other"]);
    peers.authority.change(|script| script.metadata.clear());

    let result = connect(with(pre_registered(&peers.authority.issuer), &peers), Arc::new(Approving::default())).await;

    let Err(ConnectError::Authorize(AuthorizeError::Metadata(error))) = result else { panic!("another end") };
    assert!(
        matches!(&error, MetadataError::NotFound { issuer, .. } if issuer.as_str() == peers.authority.issuer),
        "{error}"
    );
    assert_eq!(arrived_at("other", &peers.log), Vec::<String>::new());
}

fn list(peers: &Peers, other: &Authority, order: &[&str]) {
    let issuer = |name: &&str| if *name == "own" { peers.authority.issuer.clone() } else { other.issuer.clone() };
    let issuers: Vec<_> = order.iter().map(issuer).collect();
    peers.resource.bend_metadata(|document| drop(document.insert("authorization_servers".to_owned(), json!(issuers))));
}

#[rstest]
#[case::named_in_the_configuration(pre_registered)]
#[case::the_first_that_was_used(without_an_issuer)]
#[tokio::test]
async fn a_server_that_moves_takes_no_credentials_along(#[case] registration: fn(&str) -> Registration) {
    let peers = Peers::start().await;
    let other = other(&peers).await;
    peers.authority.change(|script| script.hand_out_refresh_tokens = true);
    let session = open(with(registration(&peers.authority.issuer), &peers)).await;
    move_to(&peers, &other);
    peers.authority.expire_all();

    let error = session.list_tools().await.unwrap_err();
    move_to(&peers, &peers.authority);
    session.list_tools().await.unwrap();

    let CallError::Authorize(AuthorizeError::Registration(RegistrationError::OtherIssuer { known, named })) = error
    else {
        panic!("{error}")
    };
    assert_eq!((known.as_str(), named.as_slice()), (&*peers.authority.issuer, &[other.issuer.parse().unwrap()][..]));
    assert_eq!(arrived_at("other", &peers.log), Vec::<String>::new());
}

#[tokio::test]
async fn credentials_without_an_issuer_belong_to_the_first_that_can_be_used() {
    let peers = Peers::start().await;
    let other = other(&peers).await;
    other.change(|script| script.metadata.clear());
    list(&peers, &other, &["other", "own"]);
    let session = open(with(without_an_issuer(""), &peers)).await;

    let seen = arrived_at("other", &peers.log).len();
    peers.authority.expire_all();
    session.list_tools().await.unwrap();

    assert_eq!(peers.log.authorizations().len(), 2);
    assert_eq!(arrived_at("other", &peers.log).len(), seen, "it is not asked again");
}

/// One host, two issuers, each with a client id and a secret of its own.
#[tokio::test]
async fn registrations_of_two_tenants_of_one_host_are_kept_apart_and_found_again() {
    let peers = Peers::with_issuer_path("/tenant1").await;
    let tenants = ["/tenant1", "/tenant2"];
    let issuers = tenants.map(|tenant| format!("{}{tenant}", peers.authority.base));
    peers.authority.change(|script| {
        for (tenant, issuer) in tenants.iter().zip(&issuers) {
            let mut document = honest_metadata(issuer, &peers.authority.base);
            for (member, path) in [
                ("authorization_endpoint", "authorize"),
                ("token_endpoint", "token"),
                ("registration_endpoint", "register"),
            ] {
                document[member] = format!("{}/{path}?tenant={tenant}", peers.authority.base).into();
            }
            script.metadata.insert(format!("/.well-known/oauth-authorization-server{tenant}"), document);
        }
        script.registration = Some(Arc::new(|answer| {
            let secret = format!("secret-of-{}", answer["client_id"].as_str().unwrap());
            answer.insert("client_secret".to_owned(), secret.into());
            answer.insert("token_endpoint_auth_method".to_owned(), "client_secret_post".into());
        }));
    });
    let session = open(with(Registration::Dynamic, &peers)).await;

    for issuer in [&issuers[1], &issuers[0]] {
        peers.resource.bend_metadata(|document| {
            document.insert("authorization_servers".to_owned(), json!([issuer]));
        });
        peers.authority.expire_all();
        session.list_tools().await.unwrap();
    }

    let asked = |path: &str| -> Vec<_> { peers.log.of("as", path).into_iter().map(|seen| seen.path).collect() };
    assert_eq!(asked("/register"), tenants.map(|tenant| format!("/register?tenant={tenant}")));
    let logins = peers.log.authorizations();
    let [first, second, again] = &*logins else { panic!("{logins:?}") };
    let id = |login| value(login, "client_id").unwrap();
    assert_eq!(
        [first, second, again].map(|login| value(login, "tenant").unwrap()),
        ["/tenant1", "/tenant2", "/tenant1"]
    );
    assert_eq!(id(first), id(again));
    assert_ne!(id(first), id(second));
    for ((form, login), path) in peers.log.tokens().iter().zip(&logins).zip(asked("/token")) {
        assert_eq!(value(form, "client_id"), Some(id(login)));
        assert_eq!(value(form, "client_secret"), Some(&*format!("secret-of-{}", id(login))));
        assert!(path.ends_with(value(login, "tenant").unwrap()), "{path}");
    }
}

#[tokio::test]
async fn registers_anew_with_an_authorization_server_that_it_does_not_know() {
    let peers = Peers::start().await;
    dynamic(&peers);
    let other = other(&peers).await;
    other.script.lock().unwrap().registration =
        Some(Arc::new(|answer| drop(answer.insert("client_id".to_owned(), "of-the-other".into()))));
    let session = open(with(Registration::Dynamic, &peers)).await;

    // The resource accepts tokens of the first server only, so the login with the second one ends in a refusal.
    move_to(&peers, &other);
    peers.authority.expire_all();
    session.list_tools().await.unwrap_err();

    let logins = peers.log.of("other", "/authorize");
    assert_eq!((peers.log.of("other", "/register").len(), logins.len()), (1, 1));
    assert!(logins[0].path.contains("client_id=of-the-other"), "{}", logins[0].path);
}
