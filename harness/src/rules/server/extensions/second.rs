//! What a server can do wrong with tokens that are bound to a key.

use super::purpose::WithProof;
use crate::rules::server::mutants::presents;
use crate::rules::server::second::*;
use crate::tokens::dpop::Proof;
use crate::tokens::token;
use secrecy::ExposeSecret as _;

/// Whether the token stands behind this scheme.
fn behind(request: &Request, scheme: &str) -> bool {
    let field = request.headers.get(http::header::AUTHORIZATION).and_then(|field| field.to_str().ok());
    field.and_then(|field| field.split_once(' ')).is_some_and(|(found, _)| found == scheme)
}

/// A token that is presented as a bound one, with this proof beside it.
fn with(request: &Request, proof: Proof) -> bool {
    request.purpose.is(&WithProof(proof)) && behind(request, "DPoP")
}

/// A refusal of a token that is presented as a bound one.
fn is_refused(request: &Request, response: &Response) -> bool {
    response.status == 401 && behind(request, "DPoP")
}

macro_rules! accepts_proof {
    ($what:literal, $proof:ident, $kills:expr) => {
        second(concat!("accepts ", $what), $kills, &[], &[Act::Accept(|request| with(request, Proof::$proof))])
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    accepts_proof!("a bound token without a proof", Missing, &["EXT-DPOP-06"]),
    accepts_proof!("two proofs", TwoAtOnce, &["EXT-DPOP-06"]),
    accepts_proof!("a proof of another type", OfAnotherType, &["EXT-DPOP-06"]),
    accepts_proof!("an unsigned proof", Unsigned, &["EXT-DPOP-06"]),
    accepts_proof!("a proof that says HS256", Symmetric, &["EXT-DPOP-06"]),
    accepts_proof!("a proof that shows a private key", ShowsPrivateKey, &["EXT-DPOP-06"]),
    accepts_proof!("a proof with a broken signature", BrokenSignature, &["EXT-DPOP-06", "EXT-DPOP-10"]),
    accepts_proof!("a proof without jti", WithoutIdentifier, &["EXT-DPOP-06"]),
    accepts_proof!("a proof for another method", ForAnotherMethod, &["EXT-DPOP-06"]),
    accepts_proof!("a proof for another URL", ForAnotherUrl, &["EXT-DPOP-06"]),
    accepts_proof!("a proof for no token", ForNoToken, &["EXT-DPOP-06"]),
    accepts_proof!("a proof for another token", ForAnotherToken, &["EXT-DPOP-06"]),
    accepts_proof!("an old proof", TooOld, &["EXT-DPOP-07"]),
    accepts_proof!("a proof from the future", TooNew, &["EXT-DPOP-07"]),
    accepts_proof!("a proof by another key than the token is bound to", ByAnotherKey, &["EXT-DPOP-08"]),
    second(
        "accepts a bound token like any other",
        &["EXT-DPOP-09"],
        &[],
        &[Act::Accept(|request| request.purpose.get::<WithProof>().is_some() && behind(request, "Bearer"))],
    ),
    second(
        "challenges for Bearer where a proof is not good",
        &["EXT-DPOP-10"],
        &[],
        &[Act::Answer(is_refused, Change::MapHeader("www-authenticate", |field| field.replace("DPoP", "Bearer")))],
    ),
    second(
        "does not say what is wrong with a proof",
        &["EXT-DPOP-10"],
        &[],
        &[Act::Answer(is_refused, Change::SetHeader("www-authenticate", "DPoP algs=\"ES256\""))],
    ),
    second(
        "accepts a bound token for another host",
        &["EXT-DPOP-11"],
        &[],
        &[Act::Accept(|request| presents(request, token!("a token bound to a key for another host")))],
    ),
    second(
        "accepts a proof again",
        &["EXT-DPOP-12"],
        &[],
        &[Act::Repeat(|request| {
            let proof = request.headers.get("dpop")?.to_str().ok()?;
            Some(format!("{} {proof}", request.presented.as_ref()?.token.expose_secret()))
        })],
    ),
];
