//! What a server can do wrong that trusts two issuers, whose tokens follow RFC 9068.

use crate::rules::server::mutants::{at, presents, with_audience};
use crate::rules::server::second::*;
use crate::tokens::token;
use secrecy::ExposeSecret as _;

/// What the token that a request presents says of its type.
fn typ(request: &Request) -> Option<String> {
    let (header, _) = jwt(request.presented.as_ref()?.token.expose_secret())?;
    header.get("typ")?.as_str().map(str::to_owned)
}

macro_rules! accepts_under_the_profile {
    ($what:literal, $kills:expr) => {
        at(
            with_audience,
            second(
                concat!("accepts ", $what, ", where tokens follow RFC 9068"),
                $kills,
                &[],
                &[Act::Accept(|request| presents(request, token!($what)))],
            ),
        )
    };
}

macro_rules! refuses_type {
    ($name:literal, $kills:expr, $typ:literal) => {
        at(
            with_audience,
            second(
                $name,
                $kills,
                &[],
                &[Act::Answer(
                    |request, _| typ(request).as_deref() == Some($typ),
                    Change::Json(401, r#"{"error":"invalid_token"}"#),
                )],
            ),
        )
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    accepts_under_the_profile!("a token whose typ is JWT", &["RS-JWT-11"]),
    accepts_under_the_profile!("a token without typ", &["RS-JWT-11"]),
    accepts_under_the_profile!("a token whose typ is id_token+jwt", &["RS-JWT-11"]),
    accepts_under_the_profile!("a token whose typ is dpop+jwt", &["RS-JWT-11"]),
    accepts_under_the_profile!("a token whose typ is logout+jwt", &["RS-JWT-11"]),
    refuses_type!("knows types in small letters only", &["RS-JWT-21"], "AT+JWT"),
    refuses_type!("does not know the long form of a type", &["RS-JWT-11"], "application/at+jwt"),
    second(
        "puts the keys of all issuers into one set",
        &["RS-JWT-13"],
        &[],
        &[Act::Accept(|request| presents(request, token!("a token of one trusted issuer signed by another")))],
    ),
    accepts_under_the_profile!("a token whose typ is at+jwt and that lacks sub", &["RS-JWT-18"]),
    accepts_under_the_profile!("a token whose typ is at+jwt and that lacks client_id", &["RS-JWT-18"]),
    accepts_under_the_profile!("a token whose typ is at+jwt and that lacks iat", &["RS-JWT-18"]),
    accepts_under_the_profile!("a token whose typ is at+jwt and that lacks jti", &["RS-JWT-18"]),
];
