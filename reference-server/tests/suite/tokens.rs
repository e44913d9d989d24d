//! The verifier, one claim and one header parameter at a time: everything else about the token is good.

use base64::Engine;
use reference_server::credentials::BearerToken;
use reference_server::token::Unverified;
use reference_server::{Config, Refusal, TokenUse, VerifiedToken, Verifier};
use rstest::rstest;
use serde_json::{Value, json};

use crate::issuer::{CLIENT, Issuer, KEY, OTHER_KEY, b64, now};

const RESOURCE: &str = "https://mcp.example/mcp";

async fn verify_at(issuer: &Issuer, token: &str, change: impl FnOnce(&mut Config)) -> Result<VerifiedToken, Refusal> {
    let mut config = Config::for_issuer(RESOURCE, &issuer.url(), [CLIENT.to_owned()]).unwrap();
    change(&mut config);
    let verifier = Verifier::new(config);
    match verifier.verify(BearerToken::parse(token).unwrap()).await {
        Ok(token) => Ok(token),
        Err(Unverified::Refused(refusal)) => Err(refusal),
        Err(Unverified::KeysUnavailable(unavailable)) => panic!("{unavailable}"),
    }
}

/// Verifies a token in which one claim is replaced (or removed).
async fn verify_with(claim: &'static str, value: Option<Value>) -> Result<VerifiedToken, Refusal> {
    let issuer = Issuer::start().await;
    verify_at(&issuer, &issuer.token(RESOURCE, [(claim, value)]), |_| {}).await
}

#[tokio::test]
async fn accepts_a_good_token_and_says_whose_it_is() {
    let issuer = Issuer::start().await;

    let token = verify_at(&issuer, &issuer.token(RESOURCE, []), |_| {}).await.unwrap();

    assert_eq!(token.principal().issuer, issuer.url());
    assert_eq!(token.principal().subject, "alice");
    assert_eq!(token.principal().client_id, CLIENT);
    assert_eq!(token.scopes().to_string(), "openid");
    assert_eq!(token.username(), Some("alice"));
}

#[rstest]
#[case::the_resource(json!(RESOURCE))]
#[case::a_list_of_it(json!([RESOURCE]))]
#[case::a_list_with_it(json!(["https://other.example", RESOURCE]))]
#[case::with_upper_case_host(json!("https://MCP.Example/mcp"))]
#[case::with_upper_case_scheme(json!("HTTPS://mcp.example/mcp"))]
#[tokio::test]
async fn accepts_an_audience_that_names_the_resource(#[case] audience: Value) {
    assert!(verify_with("aud", Some(audience)).await.is_ok());
}

#[rstest]
#[case::absent(None, Refusal::AudienceMissing)]
#[case::null(Some(json!(null)), Refusal::AudienceMalformed)]
#[case::a_number(Some(json!(1)), Refusal::AudienceMalformed)]
#[case::an_object(Some(json!({ "0": RESOURCE })), Refusal::AudienceMalformed)]
#[case::an_empty_list(Some(json!([])), Refusal::AudienceMalformed)]
#[case::a_list_with_a_number(Some(json!([RESOURCE, 1])), Refusal::AudienceMalformed)]
#[case::a_nested_list(Some(json!([[RESOURCE]])), Refusal::AudienceMalformed)]
#[case::empty(Some(json!("")), Refusal::WrongAudience)]
#[case::another_host(Some(json!("https://other.example/mcp")), Refusal::WrongAudience)]
#[case::another_path(Some(json!("https://mcp.example/other")), Refusal::WrongAudience)]
#[case::path_in_upper_case(Some(json!("https://mcp.example/MCP")), Refusal::WrongAudience)]
#[case::the_origin(Some(json!("https://mcp.example")), Refusal::WrongAudience)]
#[case::a_parent_path(Some(json!("https://mcp.example/")), Refusal::WrongAudience)]
#[case::a_longer_path(Some(json!("https://mcp.example/mcp/extra")), Refusal::WrongAudience)]
#[case::one_character_more(Some(json!("https://mcp.example/mcpx")), Refusal::WrongAudience)]
#[case::a_trailing_slash(Some(json!("https://mcp.example/mcp/")), Refusal::WrongAudience)]
#[case::the_default_port(Some(json!("https://mcp.example:443/mcp")), Refusal::WrongAudience)]
#[case::http(Some(json!("http://mcp.example/mcp")), Refusal::WrongAudience)]
#[case::user_information(Some(json!("https://mcp.example@evil.example/mcp")), Refusal::WrongAudience)]
#[case::a_longer_host(Some(json!("https://mcp.example.evil.example/mcp")), Refusal::WrongAudience)]
#[case::words(Some(json!("https://mcp.example/mcp https://other.example")), Refusal::WrongAudience)]
#[case::the_client_id(Some(json!(CLIENT)), Refusal::WrongAudience)]
#[case::multi_byte_at_the_boundary(Some(json!("https://mcp.exampl\u{e9}mcp")), Refusal::WrongAudience)]
#[tokio::test]
async fn refuses_an_audience_that_does_not_name_the_resource(
    #[case] audience: Option<Value>,
    #[case] refusal: Refusal,
) {
    assert_eq!(verify_with("aud", audience).await, Err(refusal));
}

#[rstest]
#[case::absent(None, Refusal::IssuerMissing)]
#[case::null(Some(json!(null)), Refusal::IssuerMissing)]
#[case::a_number(Some(json!(1)), Refusal::IssuerMissing)]
#[case::an_object(Some(json!({})), Refusal::IssuerMissing)]
#[case::empty(Some(json!("")), Refusal::IssuerMissing)]
#[case::another(Some(json!("https://issuer.example/pool")), Refusal::WrongIssuer)]
#[tokio::test]
async fn refuses_a_token_of_another_issuer(#[case] issuer: Option<Value>, #[case] refusal: Refusal) {
    assert_eq!(verify_with("iss", issuer).await, Err(refusal));
}

#[rstest]
#[case::a_trailing_slash(|issuer: String| json!(format!("{issuer}/")), Refusal::WrongIssuer)]
#[case::another_pool(|issuer: String| json!(format!("{issuer}2")), Refusal::WrongIssuer)]
#[case::a_prefix(|issuer: String| json!(&issuer[..issuer.len() - 1]), Refusal::WrongIssuer)]
#[case::upper_case(|issuer: String| json!(issuer.to_uppercase()), Refusal::WrongIssuer)]
#[case::inside_another_url(|issuer: String| json!(format!("https://evil.example/?{issuer}")), Refusal::WrongIssuer)]
#[case::in_a_list(|issuer: String| json!([issuer]), Refusal::IssuerMissing)]
#[tokio::test]
async fn refuses_an_issuer_that_only_looks_alike(#[case] alike: fn(String) -> Value, #[case] refusal: Refusal) {
    let issuer = Issuer::start().await;
    let token = issuer.token(RESOURCE, [("iss", Some(alike(issuer.url())))]);

    assert_eq!(verify_at(&issuer, &token, |_| {}).await, Err(refusal));
}

#[rstest]
#[case::exp_absent("exp", None, Refusal::ExpiryMissing)]
#[case::exp_null("exp", Some(json!(null)), Refusal::ExpiryMalformed)]
#[case::exp_text("exp", Some(json!("9999999999")), Refusal::ExpiryMalformed)]
#[case::exp_object("exp", Some(json!({})), Refusal::ExpiryMalformed)]
#[case::exp_list("exp", Some(json!([now() + 300])), Refusal::ExpiryMalformed)]
#[case::exp_negative("exp", Some(json!(-1)), Refusal::ExpiryMalformed)]
#[case::exp_beyond_all_calendars("exp", Some(json!(1e30)), Refusal::ExpiryMalformed)]
#[case::exp_an_hour_ago("exp", Some(json!(now() - 3600)), Refusal::Expired)]
#[case::exp_six_seconds_ago("exp", Some(json!(now() - 6)), Refusal::Expired)]
#[case::nbf_in_an_hour("nbf", Some(json!(now() + 3600)), Refusal::NotYetValid)]
#[case::nbf_text("nbf", Some(json!("0")), Refusal::NotYetValid)]
#[case::nbf_null("nbf", Some(json!(null)), Refusal::NotYetValid)]
#[case::iat_absent("iat", None, Refusal::IssueTimeMissing)]
#[case::iat_text("iat", Some(json!("0")), Refusal::IssueTimeMissing)]
#[case::iat_in_a_minute("iat", Some(json!(now() + 60)), Refusal::IssuedInTheFuture)]
#[case::token_use_absent("token_use", None, Refusal::NotAnAccessToken)]
#[case::token_use_id("token_use", Some(json!("id")), Refusal::NotAnAccessToken)]
#[case::token_use_case("token_use", Some(json!("Access")), Refusal::NotAnAccessToken)]
#[case::token_use_list("token_use", Some(json!(["access"])), Refusal::NotAnAccessToken)]
#[case::client_absent("client_id", None, Refusal::ClientMissing)]
#[case::client_number("client_id", Some(json!(1)), Refusal::ClientMissing)]
#[case::client_list("client_id", Some(json!([CLIENT])), Refusal::ClientMissing)]
#[case::client_unknown("client_id", Some(json!("another")), Refusal::ClientNotAllowed)]
#[case::client_alike("client_id", Some(json!("1EXAMPLE23456789")), Refusal::ClientNotAllowed)]
#[case::sub_absent("sub", None, Refusal::SubjectMissing)]
#[case::sub_empty("sub", Some(json!("")), Refusal::SubjectMissing)]
#[case::sub_number("sub", Some(json!(7)), Refusal::SubjectMissing)]
#[case::jti_absent("jti", None, Refusal::IdentifierMissing)]
#[tokio::test]
async fn refuses_a_claim_that_is_missing_or_wrong(
    #[case] claim: &'static str,
    #[case] value: Option<Value>,
    #[case] refusal: Refusal,
) {
    assert_eq!(verify_with(claim, value).await, Err(refusal));
}

#[rstest]
#[case::a_fraction_of_a_second("exp", json!(now() as f64 + 100.5))]
#[case::within_the_leeway("exp", json!(now() - 2))]
#[case::an_nbf_in_the_past("nbf", json!(now() - 1))]
#[case::a_claim_nobody_knows("act", json!({ "sub": "someone" }))]
#[tokio::test]
async fn accepts_claims_that_do_no_harm(#[case] claim: &'static str, #[case] value: Value) {
    assert!(verify_with(claim, Some(value)).await.is_ok());
}

#[rstest]
#[case::absent(None, "")]
#[case::null(Some(json!(null)), "")]
#[case::a_list(Some(json!(["openid"])), "")]
#[case::with_a_tab(Some(json!("openid\temail")), "")]
#[case::in_any_order(Some(json!("openid email")), "email openid")]
#[tokio::test]
async fn grants_only_what_the_scope_claim_says(#[case] scope: Option<Value>, #[case] granted: &str) {
    let token = verify_with("scope", scope).await.unwrap();

    assert_eq!(token.scopes().to_string(), granted);
}

#[rstest]
#[case::typ_jwt(json!({ "typ": "JWT" }))]
#[case::typ_at_jwt(json!({ "typ": "AT+jwt" }))]
#[case::typ_with_prefix(json!({ "typ": "application/at+jwt" }))]
#[case::a_parameter_nobody_knows(json!({ "x": 1 }))]
#[tokio::test]
async fn accepts_headers_of_access_tokens(#[case] more: Value) {
    assert!(verify_header(more).await.is_ok());
}

#[rstest]
#[case::alg_absent(json!({ "alg": null }), Refusal::AlgorithmNotAllowed)]
#[case::alg_none(json!({ "alg": "none" }), Refusal::AlgorithmNotAllowed)]
#[case::alg_none_in_mixed_case(json!({ "alg": "nOnE" }), Refusal::AlgorithmNotAllowed)]
#[case::alg_hs256(json!({ "alg": "HS256" }), Refusal::AlgorithmNotAllowed)]
#[case::alg_rs384(json!({ "alg": "RS384" }), Refusal::AlgorithmNotAllowed)]
#[case::alg_ps256(json!({ "alg": "PS256" }), Refusal::AlgorithmNotAllowed)]
#[case::alg_in_lower_case(json!({ "alg": "rs256" }), Refusal::AlgorithmNotAllowed)]
#[case::alg_in_a_list(json!({ "alg": ["RS256"] }), Refusal::AlgorithmNotAllowed)]
#[case::crit_unknown(json!({ "crit": ["x"], "x": 1 }), Refusal::CriticalHeader)]
#[case::crit_empty(json!({ "crit": [] }), Refusal::CriticalHeader)]
#[case::crit_of_a_standard_name(json!({ "crit": ["alg"] }), Refusal::CriticalHeader)]
#[case::typ_of_an_id_token(json!({ "typ": "id_token+jwt" }), Refusal::TypeNotAllowed)]
#[case::typ_of_a_proof(json!({ "typ": "dpop+jwt" }), Refusal::TypeNotAllowed)]
#[case::typ_number(json!({ "typ": 1 }), Refusal::TypeNotAllowed)]
#[case::kid_absent(json!({ "kid": null }), Refusal::KeyNotNamed)]
#[case::kid_in_a_list(json!({ "kid": ["trusted"] }), Refusal::KeyNotNamed)]
#[case::kid_too_long(json!({ "kid": "k".repeat(8192) }), Refusal::UnknownKey)]
#[tokio::test]
async fn refuses_a_header_without_asking_for_keys(#[case] change: Value, #[case] refusal: Refusal) {
    let issuer = Issuer::start().await;
    let token = KEY.sign_raw(&header_with(change), &Value::Object(issuer.claims(RESOURCE)).to_string());

    assert_eq!(verify_at(&issuer, &token, |_| {}).await, Err(refusal));
    assert_eq!(issuer.fetches().await, 0);
}

#[rstest]
#[case::unknown(json!({ "kid": "unknown" }), Refusal::UnknownKey)]
#[case::a_path(json!({ "kid": "../../dev/null" }), Refusal::UnknownKey)]
#[case::of_another_key(json!({ "kid": "trusted" }), Refusal::SignatureWrong)]
#[case::with_the_key_in_the_header(json!({ "kid": "trusted", "jwk": OTHER_KEY.jwk() }), Refusal::SignatureWrong)]
#[case::with_a_new_key_in_the_header(json!({ "kid": "other", "jwk": OTHER_KEY.jwk() }), Refusal::UnknownKey)]
#[case::with_a_chain_in_the_header(json!({ "kid": "trusted", "x5c": ["MIIB"] }), Refusal::SignatureWrong)]
#[tokio::test]
async fn refuses_a_token_that_another_key_signed(#[case] change: Value, #[case] refusal: Refusal) {
    let issuer = Issuer::start().await;
    let token = OTHER_KEY.sign_raw(&header_with(change), &Value::Object(issuer.claims(RESOURCE)).to_string());

    assert_eq!(verify_at(&issuer, &token, |_| {}).await, Err(refusal));
}

#[rstest]
#[case("jku")]
#[case("x5u")]
#[tokio::test]
async fn never_follows_an_address_in_the_header(#[case] parameter: &str) {
    let issuer = Issuer::start().await;
    let elsewhere = Issuer::start().await;
    elsewhere.publish(&json!({ "keys": [OTHER_KEY.jwk()] })).await;
    let change = json!({ "kid": "other", parameter: format!("{}/.well-known/jwks.json", elsewhere.url()) });
    let token = OTHER_KEY.sign_raw(&header_with(change), &Value::Object(issuer.claims(RESOURCE)).to_string());

    assert_eq!(verify_at(&issuer, &token, |_| {}).await, Err(Refusal::UnknownKey));
    assert_eq!(elsewhere.fetches().await, 0);
}

#[rstest]
#[case::changed_claims(|token: &str| replace_part(token, 1, &b64(r#"{"iss":"x"}"#)), Refusal::SignatureWrong)]
#[case::no_signature(|token: &str| replace_part(token, 2, ""), Refusal::SignatureWrong)]
#[case::a_short_signature(|token: &str| replace_part(token, 2, &b64([0; 8])), Refusal::SignatureWrong)]
#[case::an_elliptic_zero_signature(|token: &str| replace_part(token, 2, &b64([0; 64])), Refusal::SignatureWrong)]
#[case::one_character_less(|token: &str| token[..token.len() - 1].to_owned(), Refusal::NotASignedJwt)]
#[case::another_spelling_of_the_signature(other_spelling, Refusal::NotASignedJwt)]
#[case::padding(|token: &str| format!("{token}=="), Refusal::NotASignedJwt)]
#[case::two_parts(|token: &str| token.rsplit_once('.').unwrap().0.to_owned(), Refusal::NotASignedJwt)]
#[case::five_parts(|token: &str| format!("{token}.a.b"), Refusal::NotASignedJwt)]
#[case::dots(|_: &str| "...".to_owned(), Refusal::NotASignedJwt)]
#[case::two_dots(|_: &str| "..".to_owned(), Refusal::NotASignedJwt)]
#[case::a_word(|_: &str| "null".to_owned(), Refusal::NotASignedJwt)]
#[tokio::test]
async fn refuses_a_token_whose_form_was_changed(#[case] change: fn(&str) -> String, #[case] refusal: Refusal) {
    let issuer = Issuer::start().await;
    let token = change(&issuer.token(RESOURCE, []));

    assert_eq!(verify_at(&issuer, &token, |_| {}).await, Err(refusal));
}

#[rstest]
#[case::in_the_claims(r#"{"aud":"x","aud":"y"}"#, Refusal::ClaimsUnreadable)]
#[case::deeper_in_the_claims(r#"{"a":{"b":1,"b":2}}"#, Refusal::ClaimsUnreadable)]
#[case::spelt_differently(r#"{"aud":"x","\u0061ud":"y"}"#, Refusal::ClaimsUnreadable)]
#[case::no_object("[]", Refusal::ClaimsUnreadable)]
#[case::no_json("{", Refusal::ClaimsUnreadable)]
#[case::two_values("{} {}", Refusal::ClaimsUnreadable)]
#[case::a_number_out_of_range(r#"{"exp":1e400}"#, Refusal::ClaimsUnreadable)]
#[tokio::test]
async fn refuses_claims_that_can_be_read_in_two_ways(#[case] claims: &str, #[case] refusal: Refusal) {
    let issuer = Issuer::start().await;
    let token = KEY.sign_raw(&KEY.header().to_string(), claims);

    assert_eq!(verify_at(&issuer, &token, |_| {}).await, Err(refusal));
}

#[tokio::test]
async fn refuses_a_repeated_header_parameter() {
    let issuer = Issuer::start().await;
    let token = KEY.sign_raw(r#"{"alg":"none","alg":"RS256","kid":"trusted"}"#, "{}");

    assert_eq!(verify_at(&issuer, &token, |_| {}).await, Err(Refusal::NotASignedJwt));
}

#[tokio::test]
async fn a_missing_token_use_can_be_allowed_but_not_a_wrong_one() {
    let issuer = Issuer::start().await;
    let without = issuer.token(RESOURCE, [("token_use", None)]);
    let wrong = issuer.token(RESOURCE, [("token_use", Some(json!("id")))]);
    let relax = |config: &mut Config| config.token_use = TokenUse::Optional;

    assert!(verify_at(&issuer, &without, relax).await.is_ok());
    assert_eq!(verify_at(&issuer, &wrong, relax).await, Err(Refusal::NotAnAccessToken));
}

/// The header of the trusted key with some parameters replaced; a null removes one.
fn header_with(change: Value) -> String {
    let mut header = KEY.header();
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => header.as_object_mut().unwrap().remove(name),
            value => header.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    header.to_string()
}

async fn verify_header(more: Value) -> Result<VerifiedToken, Refusal> {
    let issuer = Issuer::start().await;
    let token = KEY.sign_raw(&header_with(more), &Value::Object(issuer.claims(RESOURCE)).to_string());
    verify_at(&issuer, &token, |_| {}).await
}

fn replace_part(token: &str, index: usize, part: &str) -> String {
    let mut parts: Vec<_> = token.split('.').collect();
    parts[index] = part;
    parts.join(".")
}

/// The same signature bytes with the unused bits of the last character set.
fn other_spelling(token: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = token.split_at(token.len() - 1);
    let next = ALPHABET.find(last).unwrap() + 1;
    let changed = format!("{rest}{}", &ALPHABET[next..=next]);
    let signature = changed.rsplit_once('.').unwrap().1;
    assert!(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(signature).is_err());
    changed
}
