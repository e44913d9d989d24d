//! What every authority owes to the scenarios: one suite, run for the emulator whose key the harness holds, and for the
//! same pool as it is on AWS, where nobody holds it.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use harness::setup::{Ground, Raised};
use harness::token_name::{Genuine, TokenName, VALID};
use harness::tokens::forge::{named, scope};
use harness::tokens::{Authority, Cannot, ExternalAuthority, PoolAuthority, Published, Source};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use crate::support;

const ID_TOKEN: TokenName = TokenName::Genuine(Genuine::IdToken);

/// What differs from one login to the next without anybody having asked for it.
const OF_A_LOGIN: [&str; 6] = ["auth_time", "event_id", "exp", "iat", "jti", "origin_jti"];

/// What some forgeries differ in, by their names. `signature` stands for a signature over content that did not change.
const DIFFERS: &[(&str, &[&str])] = &[
    ("a token that has expired", &["auth_time", "exp", "iat"]),
    ("a token with a broken signature", &["signature"]),
    ("a token signed by another key", &["signature"]),
    ("a token whose claims were changed after signing", &["sub"]),
    ("an unsigned token with alg none", &["alg"]),
    ("a token signed with HS256 and the public key", &["alg"]),
    ("a token for another host", &["aud"]),
    ("a token for another path on the same origin", &["aud"]),
    ("a token without an audience", &["aud"]),
    ("a token whose audience is null", &["aud"]),
    ("a token whose audience is an array of one", &["aud"]),
    ("a token for a longer name", &["aud"]),
    ("a token for another host whose resource claim names this server", &["aud", "resource"]),
    ("a token for another host whose client_id names this server", &["aud", "client_id"]),
    ("a token for another host whose azp names this server", &["aud", "azp"]),
    ("a token without an audience whose resource claim names this server", &["aud", "resource"]),
    ("a token without an audience whose client_id names this server", &["aud", "client_id"]),
    (
        "an ID token for this resource",
        &["at_hash", "azp", "client_id", "email", "event_id", "jti", "nonce", "scope", "token_use", "version"],
    ),
    ("a token whose audience is a string", &[]),
    ("a token without typ", &[]),
    ("a token by client credentials", &["auth_time", "event_id", "origin_jti", "sub", "username"]),
    ("a token by client credentials that has expired", &["exp", "iat"]),
    ("a token bound to a key for another host", &["aud"]),
    ("a token of an upstream's authorization server", &["aud", "iss"]),
    ("a token signed anew with the issuer's key", &[]),
    ("a token that expired ten minutes ago", &["auth_time", "exp", "iat"]),
    ("a token whose exp is a string of past digits", &["auth_time", "exp", "iat"]),
    ("a token whose typ is at+jwt and that lacks sub", &["sub", "typ"]),
    ("a token whose typ is at+jwt and that lacks client_id", &["client_id", "typ"]),
    ("a token whose typ is at+jwt and that lacks iat", &["iat", "typ"]),
    ("a token whose typ is at+jwt and that lacks jti", &["jti", "typ"]),
    ("a token of a client that is named like the user", &["auth_time", "client_id", "username"]),
    ("a stranger's token whose kid is a path", &["alg", "kid"]),
    ("a stranger's token whose kid is a piece of SQL", &["alg", "kid"]),
    ("a stranger's token whose kid is __proto__", &["alg", "kid"]),
    ("a stranger's token whose kid is constructor", &["alg", "kid"]),
    ("a token that carries its own key as jwk", &["jwk", "kid"]),
    ("a token that carries its own EC key as jwk", &["alg", "jwk", "kid"]),
    ("a token that carries its own Ed25519 key as jwk", &["alg", "jwk", "kid"]),
    ("a token that carries its own secret as jwk", &["alg", "jwk", "kid"]),
    ("a token that carries its own certificate as x5c", &["kid", "x5c"]),
    ("a token whose crit names an extension", &["crit", "x-unknown"]),
    ("a token whose crit names b64", &["b64", "crit"]),
];

/// What stands on something that a stage puts up around a server: keys that are served, keys that change, metadata that
/// names another resource.
const ON_STAGE_ONLY: [&str; 9] = [
    "a token for the published resource",
    "a token whose jku leads to a stranger's keys",
    "a token whose jku leads to a stranger's keys under the issuer's kid",
    "a token whose x5u leads to a stranger's certificate",
    "a token whose kid leads to a stranger's keys",
    "a token whose iss is an array of a stranger's and the issuer",
    "a token whose iss is a stranger's",
    "a token signed with the newly published key",
    "a token signed with the withdrawn key",
];

#[tokio::test]
async fn the_emulator_with_its_key_keeps_the_contract() {
    let (ground, raised, _folder) = bench().await;
    let authority = Arc::clone(&raised.bench.server.as_ref().unwrap().authority);

    let cannot = contract(authority.as_ref(), &[]).await;

    assert_eq!(cannot, ON_STAGE_ONLY, "whoever holds the key can issue everything else");
    dismantle(ground, raised).await;
}

#[tokio::test]
async fn the_same_pool_without_its_key_keeps_the_contract() {
    let (ground, raised, _folder) = bench().await;
    let login = raised.login.clone();
    let authority = PoolAuthority::new(login, None, "a pool whose key is its own".to_owned());

    let cannot = contract(&authority, &OF_A_LOGIN).await;

    for by_login in ["a token without an audience", "a token for another path on the same origin"] {
        assert!(!cannot.contains(&by_login.to_owned()), "{by_login} is issued by logging in for it");
    }
    for by_anybody in ["a token with a broken signature", "a token signed by another key", "32 random bytes"] {
        assert!(!cannot.contains(&by_anybody.to_owned()), "{by_anybody} needs no key of the issuer");
    }
    for by_nobody in ["a token that has expired", "a token whose audience is null"] {
        assert!(cannot.contains(&by_nobody.to_owned()), "{by_nobody} needs the key of the issuer");
    }
    dismantle(ground, raised).await;
}

#[tokio::test]
async fn the_same_pool_as_the_issuer_of_somebody_else_keeps_the_contract() {
    let (ground, raised, _folder) = bench().await;
    let login = raised.login.clone();
    let published = Published {
        resource: login.pool.resource.clone(),
        issuer: Some(login.pool.issuer.clone()),
        scopes: Vec::new(),
        keys: None,
    };
    let (user, nobody) = (Source::Login(Box::new(login.code_flow())), Source::Nothing("there is one user".to_owned()));
    let authority = ExternalAuthority::new(user, nobody, "nobody".to_owned(), published);

    let cannot = contract(&authority, &OF_A_LOGIN).await;

    for by_login in ["a token without an audience", "a token for another path on the same origin"] {
        assert!(!cannot.contains(&by_login.to_owned()), "{by_login} is issued by logging in for it");
    }
    assert!(cannot.contains(&"a token that has expired".to_owned()), "that needs the key of the issuer");
    let scoped = authority.issue(&TokenName::scoped("openid email")).await.unwrap();
    assert!(scope::grants_exactly(scoped.raw.expose_secret(), "openid email"));
    assert!(matches!(authority.issue(&TokenName::scoped("root")).await, Err(Cannot::Issue { .. })));
    dismantle(ground, raised).await;
}

/// The suite. Claims in `varying` are not compared. Tells which forgeries cannot be had.
async fn contract(authority: &dyn Authority, varying: &[&str]) -> Vec<String> {
    assert!(!authority.describe().is_empty() && authority.issuer().starts_with("http"));
    issues_a_token_of_its_own(authority).await;
    issues_the_same_token_each_time(authority).await;
    tells_an_id_token_from_an_access_token(authority).await;
    let (mut cannot, mut wrong) = (Vec::new(), Vec::new());
    for forgery in named::all() {
        let name = forgery.name.as_str();
        match authority.issue(&TokenName::Forged(forgery.name)).await {
            Ok(token) => {
                // What the harness makes of nothing, where the genuine one cannot be had, is held against nothing.
                if let Ok(genuine) = authority.issue(&genuine(name)).await {
                    let (genuine, forged) = (genuine.raw.expose_secret(), token.raw.expose_secret());
                    wrong.extend(complaint(name, genuine, forged, varying));
                }
            }
            Err(Cannot::Issue { name: named, reason } | Cannot::Inapplicable { name: named, reason }) => {
                assert!(named == name && reason.len() > 10, "{name}: {reason}");
                cannot.push(named);
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    cannot
}

async fn issues_a_token_of_its_own(authority: &dyn Authority) {
    let token = raw(authority, &VALID).await;
    let claims = part(&token, 1).expect("a valid token is a JWT");
    assert_eq!(claims["iss"], authority.issuer());
    assert_eq!(claims["client_id"], authority.client_id());
    assert_eq!(claims["token_use"], "access");
}

async fn issues_the_same_token_each_time(authority: &dyn Authority) {
    for name in [VALID, ID_TOKEN, "a token signed by another key".parse().unwrap()] {
        assert_eq!(raw(authority, &name).await, raw(authority, &name).await, "{name}");
    }
}

async fn tells_an_id_token_from_an_access_token(authority: &dyn Authority) {
    let token = raw(authority, &ID_TOKEN).await;
    assert_ne!(token, raw(authority, &VALID).await);
    let claims = part(&token, 1).expect("an ID token is a JWT");
    assert_eq!((&claims["iss"], &claims["token_use"]), (&authority.issuer().into(), &"id".into()));
}

/// What a forgery is a forgery of: of the first of these that its name begins with, and otherwise of a valid token.
fn genuine(name: &str) -> TokenName {
    let is_beginning = |known: &&str| name.len() > known.len() && name.starts_with(*known);
    let known = ["a token by client credentials", "a token bound to a key"].into_iter().find(is_beginning);
    known.map_or(VALID, |known| known.parse().unwrap())
}

/// What is wrong with a forgery, if anything is: it has to differ in the parts that are declared, and otherwise in one.
fn complaint(name: &str, valid: &str, forged: &str, varying: &[&str]) -> Option<String> {
    let declared = DIFFERS.iter().find(|(known, _)| *known == name).map(|(_, parts)| *parts);
    let Some(differences) = differences(valid, forged, varying) else {
        return declared.map(|_| format!("{name} is no JWT"));
    };
    let differences: Vec<&str> = differences.iter().map(String::as_str).collect();
    let as_named = match declared {
        Some(declared) => declared.iter().filter(|part| !varying.contains(part)).eq(&differences),
        // Where all members are the same, it is the way of writing them down that differs.
        None => differences.len() <= 1 && forged != valid,
    };
    (!as_named).then(|| format!("{name} differs in {differences:?}"))
}

/// The members in which two JWTs differ, or `signature` when all else is the same; `None` when one of them is none.
fn differences(one: &str, other: &str, varying: &[&str]) -> Option<BTreeSet<String>> {
    let mut differences = BTreeSet::new();
    for index in [0, 1] {
        let (one, other) = (part(one, index)?, part(other, index)?);
        let names = one.keys().chain(other.keys()).filter(|name| !varying.contains(&name.as_str()));
        differences.extend(names.filter(|name| one.get(*name) != other.get(*name)).cloned());
    }
    let (one, other) = (one.rsplit_once('.')?, other.rsplit_once('.')?);
    if one.0 == other.0 && one.1 != other.1 {
        differences.insert("signature".to_owned());
    }
    Some(differences)
}

fn part(token: &str, index: usize) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(index)?).ok()?).ok()
}

async fn raw(authority: &dyn Authority, name: &TokenName) -> String {
    authority.issue(name).await.unwrap().raw.expose_secret().to_owned()
}

async fn bench() -> (Ground, Raised, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground::prepare(support::settings(folder.path())).await.unwrap();
    let raised = ground.raise().await.unwrap();
    (ground, raised, folder)
}

async fn dismantle(ground: Ground, raised: Raised) {
    raised.stop().await;
    let left = ground.dismantle().await.left;
    assert!(left.is_empty(), "{left:?}");
}
