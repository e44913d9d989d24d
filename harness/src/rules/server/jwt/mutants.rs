//! What an MCP server can do wrong with tokens that are JWTs.

use crate::rules::server::mutants::*;
use crate::tokens::forge::Draft;
use secrecy::ExposeSecret as _;

pub(crate) const MUTANTS: &[Mutant] = &[
    // algorithms
    accepts!("an unsigned token with alg None", &["RS-JWT-01"]),
    accepts!("an unsigned token with alg nOnE", &["RS-JWT-01"]),
    accepts!("an unsigned token without alg", &["RS-JWT-01"]),
    accepts!("an unsigned token with an arbitrary signature", &["RS-JWT-01"]),
    accepts!("an unsigned token with the genuine signature", &["RS-JWT-01"]),
    accepts!("a token signed with HS512 and the public key", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the public key without its last line break", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the public key as PKCS #1", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the public key as DER", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the public key as DER of PKCS #1", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the public key as JWK", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the modulus", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the modulus as text", &["RS-JWT-02"]),
    accepts!("a token signed with HS256 and the word secret", &["RS-JWT-04"]),
    accepts!("a token signed with HS256 and an empty secret", &["RS-JWT-02"]),
    accepts!("a token signed with RS512 by the issuer's key", &["RS-JWT-03"]),
    accepts!("a token signed with PS256 by the issuer's key", &["RS-JWT-03"]),
    // signatures
    accepts!("a token whose header was changed after signing", &["RS-JWT-04"]),
    accepts!("a token whose signature is stripped", &["RS-JWT-04"]),
    accepts!("a token whose signature has bytes behind it", &["RS-JWT-04"]),
    accepts!("a token with an ES256 signature of zeros", &["RS-JWT-04"]),
    accepts!("a token signed with EdDSA by a stranger", &["RS-JWT-04"]),
    accepts!("a token of two parts", &["RS-JWT-04"]),
    accepts!("a token of five parts", &["RS-JWT-04", "RS-TOKEN-05"]),
    breaks!("a token of five parts", &["RS-TOKEN-05"]),
    // spellings, and oddities on which nothing hangs
    accepts!("a token of four parts", &["RS-JWT-20"]),
    accepts!("a token in the JSON serialization", &["RS-JWT-20"]),
    accepts!("a token with padding behind its signature", &["RS-JWT-20"]),
    breaks!("a token with a byte order mark before its claims", &["RS-JWT-27"]),
    breaks!("a token without kid", &["RS-JWT-27"]),
    breaks!("a token whose exp is a huge number", &["RS-JWT-27"]),
    breaks!("a token whose exp is a string of digits", &["RS-JWT-27"]),
    // keys that the token brings, and where it says they are
    accepts!("a token that carries its own key as jwk", &["RS-JWT-05"]),
    accepts!("a token that carries its own key as jwk under the issuer's kid", &["RS-JWT-05"]),
    accepts!("a token that carries its own EC key as jwk", &["RS-JWT-05"]),
    accepts!("a token that carries its own Ed25519 key as jwk", &["RS-JWT-05"]),
    accepts!("a token that carries its own secret as jwk", &["RS-JWT-05"]),
    accepts!("a token that carries its own certificate as x5c", &["RS-JWT-05"]),
    accepts!("a token whose jku leads to a stranger's keys", &["RS-JWT-06"]),
    accepts!("a token whose kid leads to a stranger's keys", &["RS-JWT-06"]),
    accepts!("a token whose iss is a stranger's", &["RS-JWT-06"]),
    mutant("visits jku", &["RS-JWT-23"], &[], &[Act::Fetch(|request| visit(header(request, "jku")?))]),
    mutant("visits x5u", &["RS-JWT-23"], &[], &[Act::Fetch(|request| visit(header(request, "x5u")?))]),
    mutant(
        "visits a kid that is an address",
        &["RS-JWT-23"],
        &[],
        &[Act::Fetch(|request| visit(header(request, "kid").filter(|kid| kid.starts_with("http://"))?))],
    ),
    mutant(
        "looks for the keys of whatever issuer a token names",
        &["RS-JWT-24"],
        &[],
        &[Act::Fetch(|request| {
            let issuer = presents(request, token!("a token whose iss is a stranger's")).then(|| claim(request, "iss"));
            visit(format!("{}/.well-known/openid-configuration", issuer??))
        })],
    ),
    // kid
    accepts!("a stranger's token without kid", &["RS-JWT-07"]),
    accepts!("a stranger's token whose kid is a path", &["RS-JWT-07"]),
    accepts!("a stranger's token whose kid is __proto__", &["RS-JWT-07", "RS-TOKEN-05"]),
    accepts!("a stranger's token whose kid is a piece of SQL", &["RS-JWT-07", "RS-TOKEN-05"]),
    breaks!("a stranger's token whose kid is an array", &["RS-TOKEN-05"]),
    breaks!("a stranger's token whose kid has 8 KiB", &["RS-TOKEN-05"]),
    // the keys of the issuer
    mutant(
        "never looks for new keys",
        &["RS-JWT-08"],
        &[],
        &[Act::Answer(
            |request, _| presents(request, token!("a token signed with the newly published key")),
            Change::Json(401, r#"{"error":"invalid_token"}"#),
        )],
    ),
    accepts!("a token signed with the withdrawn key", &["RS-JWT-08"]),
    mutant(
        "asks for the keys whenever it does not know one",
        &["RS-JWT-09"],
        &[],
        &[Act::Fetch(|request| {
            presents(request, token!("a stranger's token with an unknown kid")).then_some(Errand::IssuerKeys)
        })],
    ),
    // header
    accepts!("a token whose crit names an extension", &["RS-JWT-10"]),
    accepts!("a token whose crit names an absent parameter", &["RS-JWT-10"]),
    breaks!("a token whose crit is empty", &["RS-JWT-27"]),
    accepts!("a token whose crit names b64", &["RS-JWT-10"]),
    // issuer
    accepts!("a token without iss", &["RS-JWT-26"]),
    accepts!("a token whose iss is an array of one", &["RS-JWT-26"]),
    accepts!("a token whose iss is an array of a stranger's and the issuer", &["RS-JWT-12"]),
    accepts!("a token whose iss is a number", &["RS-JWT-12"]),
    accepts!("a token whose iss is in upper case", &["RS-JWT-12"]),
    accepts!("a token whose iss is shorter by a letter", &["RS-JWT-12"]),
    accepts!("a token whose iss is followed by a slash", &["RS-JWT-12"]),
    accepts!("a token whose iss contains the issuer", &["RS-JWT-12"]),
    accepts!("a token whose iss is another pool of the provider", &["RS-JWT-12"]),
    // time
    accepts!("a token that expired ten minutes ago", &["RS-JWT-22"]),
    accepts!("a token whose exp is a string of past digits", &["RS-JWT-14"]),
    accepts!("a token whose exp is negative", &["RS-JWT-14"]),
    accepts!("a token without exp", &["RS-JWT-25"]),
    accepts!("a token whose exp is null", &["RS-JWT-15"]),
    accepts!("a token whose exp is an object", &["RS-JWT-15"]),
    accepts!("a token that becomes valid in an hour", &["RS-JWT-16"]),
    accepts!("a token that becomes valid in ten minutes", &["RS-JWT-22"]),
    // claims that stand twice
    accepts!("a token with a second iss of somebody else", &["RS-JWT-17"]),
    accepts!("a token with a second exp in the past", &["RS-JWT-17"]),
    accepts!("a token with a second scope that grants nothing", &["RS-JWT-17"]),
    accepts_audience!("a token with a second aud for another host", &["RS-JWT-17"]),
    // subject
    accepts!("a token of a client that is named like the user", &["RS-JWT-19"]),
];

fn visit(address: String) -> Option<Errand> {
    Some(Errand::Url(address))
}

fn draft(request: &Request) -> Option<Draft> {
    Draft::from_genuine(request.presented.as_ref()?.token.expose_secret()).ok()
}

fn header(request: &Request, name: &str) -> Option<String> {
    draft(request)?.header.get(name)?.as_str().map(str::to_owned)
}

fn claim(request: &Request, name: &str) -> Option<String> {
    draft(request)?.claims.get(name)?.as_str().map(str::to_owned)
}
