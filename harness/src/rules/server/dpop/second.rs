//! What a server can do wrong with tokens that are bound to a key.

use crate::protocol::pkce::s256;
use crate::rules::server::second::*;
use secrecy::ExposeSecret as _;

/// What stands behind the scheme in the Authorization field.
fn behind(request: &Request, scheme: &str) -> Option<String> {
    let field = request.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    field.strip_prefix(scheme)?.strip_prefix(' ').map(str::to_owned)
}

fn proofs(request: &Request) -> Vec<&str> {
    request.headers.get_all("dpop").iter().filter_map(|value| value.to_str().ok()).collect()
}

/// A bound token with its one proof.
struct Bound {
    token: String,
    claims: Value,
    header: Value,
    proof: Value,
}

impl Bound {
    fn of(request: &Request) -> Option<Self> {
        let token = behind(request, "DPoP")?;
        let [proof] = proofs(request)[..] else { return None };
        let (header, proof) = jwt(proof)?;
        let claims = jwt(&token)?.1;
        Some(Self { token, claims, header, proof })
    }

    fn time(claims: &Value) -> i64 {
        claims.get("iat").and_then(Value::as_i64).unwrap_or_default()
    }

    /// How much younger the proof is than the token. No proof for a token is older than the token.
    fn age(&self) -> i64 {
        Self::time(&self.proof) - Self::time(&self.claims)
    }

    fn is_for_this_token(&self) -> bool {
        self.proof.get("ath").is_some_and(|hash| *hash == s256(&self.token))
    }

    fn is_of_its_key(&self) -> bool {
        let jwk = |name: &str| self.header.get("jwk").and_then(|jwk| jwk.get(name)?.as_str()).unwrap_or_default();
        let thumbprint = s256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, jwk("x"), jwk("y")));
        self.claims.pointer("/cnf/jkt").is_some_and(|bound| *bound == thumbprint)
    }

    fn is_for_this_server(&self, request: &Request) -> bool {
        self.claims.get("aud").is_some_and(|audience| *audience == request.url)
    }

    /// Whether header and claims of the proof are as they should be, whatever its signature is.
    fn is_in_form(&self, request: &Request) -> bool {
        let is = |value: Option<&Value>, expected: &str| value.is_some_and(|value| value == expected);
        is(self.header.get("typ"), "dpop+jwt")
            && is(self.header.get("alg"), "ES256")
            && self.header.pointer("/jwk/d").is_none()
            && self.proof.get("jti").is_some()
            && is(self.proof.get("htm"), "POST")
            && is(self.proof.get("htu"), &request.url)
            && self.is_for_this_token()
    }
}

/// A request whose token has a proof of which this holds.
fn with(request: &Request, holds: impl Fn(&Bound) -> bool) -> bool {
    Bound::of(request).is_some_and(|bound| holds(&bound))
}

/// What a proof says of the request that it is for.
fn says(request: &Request, claim: &str, other_than: &str) -> bool {
    with(request, |bound| bound.proof.get(claim).is_some_and(|value| value != other_than))
}

macro_rules! accepts_proof {
    ($what:literal, $when:expr) => {
        second(concat!("accepts ", $what), &["EXT-DPOP-06"], &[], &[Act::Accept($when)])
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    accepts_proof!("a bound token without a proof", |request| {
        behind(request, "DPoP").is_some() && proofs(request).is_empty()
    }),
    accepts_proof!("two proofs", |request| behind(request, "DPoP").is_some() && proofs(request).len() > 1),
    accepts_proof!("a proof of another type", |request| with(request, |bound| bound.header["typ"] != "dpop+jwt")),
    accepts_proof!("an unsigned proof", |request| with(request, |bound| bound.header["alg"] == "none")),
    accepts_proof!("a proof that says HS256", |request| with(request, |bound| bound.header["alg"] == "HS256")),
    accepts_proof!("a proof that shows a private key", |request| {
        with(request, |bound| bound.header.pointer("/jwk/d").is_some())
    }),
    accepts_proof!("a proof without jti", |request| with(request, |bound| bound.proof.get("jti").is_none())),
    accepts_proof!("a proof for another method", |request| says(request, "htm", "POST")),
    accepts_proof!("a proof for another URL", |request| says(request, "htu", &request.url)),
    accepts_proof!("a proof for no token", |request| with(request, |bound| bound.proof.get("ath").is_none())),
    accepts_proof!("a proof for another token", |request| {
        with(request, |bound| bound.proof.get("ath").is_some() && !bound.is_for_this_token())
    }),
    // By all but its signature, a broken proof cannot be told from one that is sent again.
    second(
        "does not verify the signature of a proof",
        &["EXT-DPOP-06", "EXT-DPOP-10"],
        &["EXT-DPOP-12"],
        &[Act::Accept(|request| {
            with(request, |bound| {
                let in_time = (0..300).contains(&bound.age());
                bound.is_in_form(request) && bound.is_of_its_key() && bound.is_for_this_server(request) && in_time
            })
        })],
    ),
    second(
        "accepts a proof that is older than its token",
        &["EXT-DPOP-07"],
        &[],
        &[Act::Accept(|request| with(request, |bound| bound.is_in_form(request) && bound.age() < 0))],
    ),
    second(
        "accepts a proof from the future",
        &["EXT-DPOP-07"],
        &[],
        &[Act::Accept(|request| with(request, |bound| bound.is_in_form(request) && bound.age() > 300))],
    ),
    second(
        "accepts a proof by another key than the token is bound to",
        &["EXT-DPOP-08"],
        &[],
        &[Act::Accept(|request| with(request, |bound| !bound.is_of_its_key()))],
    ),
    second(
        "accepts a bound token like any other",
        &["EXT-DPOP-09"],
        &[],
        &[Act::Accept(|request| {
            let claims = behind(request, "Bearer").and_then(|token| jwt(&token)).map(|(_, claims)| claims);
            claims.is_some_and(|claims| claims.get("cnf").is_some())
        })],
    ),
    second(
        "challenges for Bearer where a proof is not good",
        &["EXT-DPOP-10"],
        &[],
        &[Act::Answer(
            |request, response| response.status == 401 && behind(request, "DPoP").is_some(),
            Change::MapHeader("www-authenticate", |field| field.replace("DPoP", "Bearer")),
        )],
    ),
    second(
        "does not say what is wrong with a proof",
        &["EXT-DPOP-10"],
        &[],
        &[Act::Answer(
            |request, response| response.status == 401 && behind(request, "DPoP").is_some(),
            Change::SetHeader("www-authenticate", "DPoP algs=\"ES256\""),
        )],
    ),
    second(
        "accepts a bound token for another host",
        &["EXT-DPOP-11"],
        &[],
        &[Act::Accept(|request| with(request, |bound| !bound.is_for_this_server(request)))],
    ),
    second(
        "accepts a proof again",
        &["EXT-DPOP-12"],
        &[],
        &[Act::Repeat(|request| match proofs(request)[..] {
            [proof] => Some(format!("{} {proof}", request.presented.as_ref()?.token.expose_secret())),
            _ => None,
        })],
    ),
];
