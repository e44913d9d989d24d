#![allow(clippy::unwrap_used)]
use super::*;
use crate::protocol::pkce::s256;
use crate::token_name::{Genuine, TokenName, VALID};
use crate::tokens::forge::{Draft, ForgeryDetails};
use crate::tokens::{Authority as _, Cannot, forgery, token};
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

const RESOURCE: &str = "http://localhost:9/mcp";
const REVOKED: TokenName = TokenName::Genuine(Genuine::Revoked);
const SIGNED_BY_OTHER: TokenName = TokenName::Genuine(Genuine::SignedByOtherIssuer);
const OF_OTHER_ISSUER: TokenName = TokenName::Genuine(Genuine::OfOtherIssuer);

async fn played(form: IssuerForm) -> (Arc<Issuer>, OidcAuthority) {
    let issuer = Arc::new(Issuer::start(form).await.unwrap());
    let recipient = Recipient { resource: RESOURCE.to_owned(), scopes: vec!["openid".to_owned()] };
    (Arc::clone(&issuer), OidcAuthority::new(issuer, recipient))
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

async fn document(url: String) -> Value {
    http().get(url).send().await.unwrap().json().await.unwrap()
}

async fn posted(url: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let answer = http().post(url).form(form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[rstest]
#[case::bare(IssuerForm::Bare)]
#[case::path(IssuerForm::Path)]
#[case::slash(IssuerForm::TrailingSlash)]
#[tokio::test]
async fn publishes_its_metadata_wherever_its_form_has_it(#[case] form: IssuerForm) {
    let (issuer, _) = played(form).await;
    let origin = Url::parse(issuer.identifier()).unwrap().origin().ascii_serialization();

    for path in form.metadata_paths() {
        let metadata = document(format!("{origin}{path}")).await;
        assert_eq!(metadata["issuer"], issuer.identifier(), "{path}");
        assert_eq!(metadata["code_challenge_methods_supported"][0], "S256");
    }
    assert_eq!(issuer.contacts(), form.metadata_paths().len());
}

#[rstest]
#[case("a valid token", true)]
#[case("a valid token of another user", true)]
#[case("a token for another host", true)]
#[case("an ID token", false)]
#[case("a token that has expired", false)]
#[case("a token signed by another key", false)]
#[case("a token with a broken signature", false)]
#[case("an unsigned token with alg none", false)]
#[case("a token whose crit names an extension", false)]
#[case("32 random bytes", false)]
#[tokio::test]
async fn introspection_tells_the_truth(#[case] name: TokenName, #[case] active: bool) {
    let (issuer, authority) = played(IssuerForm::Bare).await;
    let token = authority.issue(&name).await.unwrap();

    let url = format!("{}/introspect", issuer.identifier());
    let (status, truth) = posted(&url, &[("token", token.raw.expose_secret())]).await;

    assert_eq!((status, &truth["active"]), (200, &active.into()), "{truth}");
}

#[tokio::test]
async fn about_one_token_it_cannot_be_asked() {
    const UNANSWERED: TokenName = TokenName::Genuine(Genuine::Unanswered);
    let (issuer, unasked) = played(IssuerForm::Bare).await;
    assert!(
        matches!(unasked.issue(&UNANSWERED).await, Err(Cannot::Inapplicable { .. })),
        "no server asks about tokens"
    );
    let url = format!("{}/introspect", issuer.identifier());
    posted(&url, &[("token", "any")]).await;
    let recipient = Recipient { resource: RESOURCE.to_owned(), scopes: vec!["openid".to_owned()] };
    let authority = OidcAuthority::new(Arc::clone(&issuer), recipient);
    let token = authority.issue(&UNANSWERED).await.unwrap();

    let answer = http().post(&url).form(&[("token", token.raw.expose_secret())]).send().await.unwrap();

    assert_eq!(answer.status(), 503);
}

#[tokio::test]
async fn its_keys_verify_what_it_issues() {
    let (issuer, authority) = played(IssuerForm::Bare).await;
    let token = authority.issue(&VALID).await.unwrap();
    let keys = document(format!("{}/.well-known/jwks.json", issuer.identifier())).await;
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys).unwrap();
    let header = jsonwebtoken::decode_header(token.raw.expose_secret()).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&[RESOURCE]);
    validation.set_issuer(&[issuer.identifier()]);

    let claims = jsonwebtoken::decode::<Value>(token.raw.expose_secret(), &key, &validation).unwrap().claims;

    assert_eq!(claims["scope"], "openid");
}

#[tokio::test]
async fn the_same_name_gives_the_same_token() {
    let (_issuer, authority) = played(IssuerForm::Bare).await;
    let (first, second) = (authority.issue(&VALID).await.unwrap(), authority.issue(&VALID).await.unwrap());
    assert_eq!(first.raw.expose_secret(), second.raw.expose_secret());
}

#[tokio::test]
async fn redeems_a_code_once_and_only_with_its_verifier() {
    let (issuer, _) = played(IssuerForm::Bare).await;
    let at = |path: &str| format!("{}{path}", issuer.identifier());
    let authorize = || async {
        let query = format!(
            "response_type=code&client_id=c&redirect_uri=http%3A%2F%2Flocalhost%3A9%2Fcb&state=s&scope=openid\
             &resource=http%3A%2F%2Flocalhost%3A9%2Fmcp&code_challenge={}&code_challenge_method=S256",
            s256("right")
        );
        let answer = http().get(at(&format!("/authorize?{query}"))).send().await.unwrap();
        let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let pairs: std::collections::HashMap<String, String> = location.query_pairs().into_owned().collect();
        assert_eq!((pairs["state"].as_str(), pairs["iss"].as_str()), ("s", issuer.identifier()));
        pairs["code"].clone()
    };
    let redeem = |code: String, verifier: &'static str| {
        let url = at("/token");
        async move {
            posted(&url, &[("grant_type", "authorization_code"), ("code", &code), ("code_verifier", verifier)]).await
        }
    };

    assert_eq!(redeem(authorize().await, "wrong").await.0, 400);
    let code = authorize().await;
    let (status, tokens) = redeem(code.clone(), "right").await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(redeem(code, "right").await.1["error"], "invalid_grant");
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    assert_eq!(posted(&at("/token"), &refresh).await.0, 200);
    assert_eq!(posted(&at("/token"), &refresh).await.0, 400);
    let (_, truth) = posted(&at("/introspect"), &[("token", tokens["access_token"].as_str().unwrap())]).await;
    assert_eq!(truth["aud"], RESOURCE);
}

#[tokio::test]
async fn sends_nobody_off_the_loopback() {
    let (issuer, _) = played(IssuerForm::Bare).await;
    let url = format!(
        "{}/authorize?response_type=code&client_id=c&redirect_uri=https%3A%2F%2Fevil.example%2F",
        issuer.identifier()
    );
    assert_eq!(http().get(url).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_revoked_token_makes_sense_only_to_a_server_that_asks_the_issuer() {
    let (issuer, authority) = played(IssuerForm::Bare).await;
    assert!(matches!(authority.issue(&REVOKED).await, Err(Cannot::Inapplicable { .. })));

    let (issuer_of_asker, authority) = played(IssuerForm::Bare).await;
    let ask = |issuer: &Issuer| format!("{}/introspect", issuer.identifier());
    posted(&ask(&issuer_of_asker), &[("token", "any")]).await;
    let token = authority.issue(&REVOKED).await.unwrap();
    let (_, truth) = posted(&ask(&issuer_of_asker), &[("token", token.raw.expose_secret())]).await;

    assert_eq!(truth["active"], false);
    assert_eq!(issuer.contacts(), 0);
}

#[tokio::test]
async fn what_it_issues_follows_the_profile_for_access_tokens() {
    let (_issuer, authority) = played(IssuerForm::Bare).await;
    let genuine = authority.issue(&VALID).await.unwrap();
    let profiled = authority.issue(token!("a token whose typ is at+jwt")).await.unwrap();

    let draft = Draft::from_genuine(genuine.raw.expose_secret()).unwrap();
    let same = Draft::from_genuine(profiled.raw.expose_secret()).unwrap();

    assert_eq!((&draft.header, draft.header["typ"].as_str()), (&same.header, Some("at+jwt")));
    for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(draft.claims.contains_key(claim), "RFC 9068 section 2.2 requires {claim}");
    }
}

#[tokio::test]
async fn the_scopes_of_a_token_can_be_chosen_byte_for_byte() {
    let (_issuer, authority) = played(IssuerForm::Bare).await;
    let token = authority.issue(&TokenName::scoped("openid a\tb")).await.unwrap();
    let draft = Draft::from_genuine(token.raw.expose_secret()).unwrap();
    assert_eq!(draft.claims["scope"], "openid a\tb");
}

#[tokio::test]
async fn introspection_knows_a_published_key_until_it_is_withdrawn() {
    let (issuer, authority) = played(IssuerForm::Bare).await;
    let url = format!("{}/introspect", issuer.identifier());
    let key = issuer.ring().publish().unwrap();
    let particulars = ForgeryDetails { key_id: Some(key.id.clone()), ..ForgeryDetails::default() };
    let token =
        authority.forge_anew(forgery!("a token signed with the newly published key"), particulars).await.unwrap();
    let active = || async { posted(&url, &[("token", token.raw.expose_secret())]).await.1["active"].clone() };

    let published = active().await;
    drop(key);

    assert_eq!((published, active().await), (true.into(), false.into()));
}

#[tokio::test]
async fn a_second_issuer_signs_in_its_own_name_and_in_that_of_the_first() {
    let (issuer, authority) = played(IssuerForm::Bare).await;
    assert!(matches!(authority.issue(&SIGNED_BY_OTHER).await, Err(Cannot::Inapplicable { .. })));
    let second = Arc::new(Issuer::start_second(IssuerForm::Bare).await.unwrap());
    let recipient = Recipient { resource: RESOURCE.to_owned(), scopes: Vec::new() };
    let authority = OidcAuthority::new(Arc::clone(&issuer), recipient).beside(Arc::clone(&second));

    for (name, named) in [(OF_OTHER_ISSUER, &second), (SIGNED_BY_OTHER, &issuer)] {
        let token = authority.issue(&name).await.unwrap();
        let draft = Draft::from_genuine(token.raw.expose_secret()).unwrap();
        assert_eq!(
            (draft.claims["iss"].as_str(), draft.header["kid"].as_str()),
            (Some(named.identifier()), Some("bench-2"))
        );
    }
}

#[tokio::test]
async fn a_forgery_that_comes_out_genuine_is_none() {
    let name = token!("a token whose iss is the host alone");
    let (_bare, authority) = played(IssuerForm::Bare).await;
    assert!(matches!(authority.issue(name).await, Err(Cannot::Inapplicable { .. })));
    let (_path, authority) = played(IssuerForm::Path).await;
    assert!(authority.issue(name).await.is_ok());
}

#[rstest]
#[case("https://client.example/cb", 201)]
#[case("http://localhost:9/cb", 201)]
#[case("http://client.example/cb", 400)]
#[tokio::test]
async fn registers_clients_whose_redirects_are_safe(#[case] uri: &str, #[case] status: u16) {
    let (issuer, _) = played(IssuerForm::Bare).await;
    let client = serde_json::json!({ "redirect_uris": [uri] });
    let answer = http().post(format!("{}/register", issuer.identifier())).json(&client).send().await.unwrap();
    assert_eq!(answer.status(), status);
}
