//! Every forgery by the name that the feature files use, with the one thing that is wrong about it; a file for each
//! thing that can be wrong. Names such as `a token whose iss is null` are made in `claim`.

mod algorithm;
mod audience;
mod bound;
mod claim;
mod duplicate;
mod encoding;
mod header;
mod id_token;
mod issuer;
mod key;
mod machine;
mod profile;
mod signature;
mod size;
mod string;
mod subject;
mod time;
mod upstream;

pub use key::bait;
pub(crate) use machine::CLIENT_CREDENTIALS;

use super::{Draft, Facts, ForgeError};
use crate::token_name::ForgeryName;
use claim::{Claim, Shape};

/// A named way to make a token wrong.
#[derive(Clone, Copy)]
pub struct Forgery {
    /// The name in the feature files.
    pub name: ForgeryName,
    alteration: Alteration,
    control: Control,
}

#[derive(Clone, Copy)]
enum Alteration {
    /// Changes the one thing.
    By(fn(&mut Draft, &Facts)),
    /// Changes the one thing, if it can be had.
    Try(fn(&mut Draft, &Facts) -> Result<(), ForgeError>),
    /// Gives a claim another shape.
    Claim(Claim, Shape),
}

/// Whether a token is meant to come out with nothing wrong about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    /// It is meant to be wrong.
    No,
    /// It shows that the harness can sign as the issuer does.
    Sound,
    /// It is what an issuer that follows RFC 9068 sends itself; a forgery only where genuine tokens do not follow it.
    Profiled,
    /// It is another token about which nothing is wrong, as the issuer issues them one after the other.
    Renewed,
}

impl Forgery {
    const fn new(name: &'static str, alteration: Alteration) -> Self {
        Self { name: ForgeryName::listed(name), alteration, control: Control::No }
    }

    /// The same, with nothing wrong about it.
    const fn sound(self) -> Self {
        Self { control: Control::Sound, ..self }
    }

    /// The same, as the issuer issues it another time.
    const fn renewed(self) -> Self {
        Self { control: Control::Renewed, ..self }
    }

    /// The same, made without anything of the genuine token, so that it can be shown.
    const fn plain(self) -> Self {
        Self { name: self.name.plain(), ..self }
    }

    /// The same, as an issuer that follows RFC 9068 issues it.
    const fn profiled(self) -> Self {
        Self { control: Control::Profiled, ..self }
    }

    /// Changes the one thing that is to be wrong.
    ///
    /// # Errors
    /// When it depends on something that is not there, or when nothing comes out wrong: of an issuer without a path, the
    /// host alone is the issuer.
    pub fn alter(&self, draft: &mut Draft, facts: &Facts) -> Result<(), ForgeError> {
        self.change(draft, facts)?;
        let differs = self.is_control() || !draft.is_as_genuine()?;
        if differs { Ok(()) } else { Err(ForgeError::NoDifference) }
    }

    /// Whether it is meant to come out with nothing wrong about it, where genuine tokens are so themselves.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.control != Control::No
    }

    fn change(&self, draft: &mut Draft, facts: &Facts) -> Result<(), ForgeError> {
        match self.alteration {
            Alteration::By(alter) => alter(draft, facts),
            Alteration::Try(alter) => alter(draft, facts)?,
            Alteration::Claim(claim, shape) => shape.give(claim, draft, facts),
        }
        Ok(())
    }
}

/// A resource that is not the subject.
pub const OTHER_RESOURCE: &str = "https://other.example/mcp";

/// The forgery with this name.
///
/// # Errors
/// When the list has none, which takes a name that was not read from it.
pub fn find(name: ForgeryName) -> Result<Forgery, ForgeError> {
    all().find(|forgery| forgery.name == name).ok_or(ForgeError::NotListed)
}

const fn forgery(name: &'static str, alter: fn(&mut Draft, &Facts)) -> Forgery {
    Forgery::new(name, Alteration::By(alter))
}

const fn dependent(name: &'static str, alter: fn(&mut Draft, &Facts) -> Result<(), ForgeError>) -> Forgery {
    Forgery::new(name, Alteration::Try(alter))
}

/// Whether it is another token of the same user, about which nothing is wrong.
#[must_use]
pub fn is_renewed(name: ForgeryName) -> bool {
    find(name).is_ok_and(|forgery| forgery.control == Control::Renewed)
}

/// Whether it is a token that a client got on its own behalf, good or not.
#[must_use]
pub fn is_of_machine(name: ForgeryName) -> bool {
    machine::FORGERIES.iter().any(|forgery| forgery.name == name)
}

/// Every forgery there is; constants, so that a name that is none does not compile where one is written down.
pub(crate) const TABLES: &[&[Forgery]] = &[
    algorithm::FORGERIES,
    audience::FORGERIES,
    bound::FORGERIES,
    duplicate::FORGERIES,
    encoding::FORGERIES,
    header::FORGERIES,
    id_token::FORGERIES,
    issuer::FORGERIES,
    key::FORGERIES,
    machine::FORGERIES,
    profile::FORGERIES,
    signature::FORGERIES,
    size::FORGERIES,
    string::FORGERIES,
    subject::FORGERIES,
    time::FORGERIES,
    upstream::FORGERIES,
    claim::AUDIENCE,
    claim::CLIENT_ID,
    claim::EXP,
    claim::IAT,
    claim::ISS,
    claim::JTI,
    claim::NBF,
    claim::SCOPE,
    claim::SUB,
    claim::TOKEN_USE,
];

/// All forgeries.
pub fn all() -> impl Iterator<Item = Forgery> {
    TABLES.iter().copied().flatten().copied()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tokens::forge::{ForgeryDetails, forge, keys};
    use crate::tokens::forgery;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use jsonwebtoken::{Algorithm, DecodingKey, crypto};
    use rstest::rstest;
    use secrecy::ExposeSecret as _;
    use serde_json::json;
    use std::collections::HashSet;

    /// The key with which these tests let the issuer sign.
    fn facts() -> Facts {
        let key = keys::successor().unwrap();
        Facts {
            resource: "http://localhost:8001/mcp".to_owned(),
            issuer: "http://127.0.0.1:9229/us-east-1_Example".to_owned(),
            client_id: "4example".to_owned(),
            public: key.public.clone(),
            trusted: Some(key.signing.clone()),
            now: 1_800_000_000,
            particulars: ForgeryDetails {
                canary: Some("http://127.0.0.1:1/nest".to_owned()),
                published_resource: Some("http://localhost:8001/mcp".to_owned()),
                key_id: Some("next".to_owned()),
            },
        }
    }

    fn genuine(facts: &Facts) -> String {
        signed(facts, &json!({ "kid": "now=", "alg": "RS256" }))
    }

    fn signed(facts: &Facts, header: &serde_json::Value) -> String {
        let claims = json!({
            "sub": "user", "iss": facts.issuer, "version": 2, "client_id": facts.client_id, "aud": facts.resource,
            "jti": "j", "token_use": "access", "auth_time": facts.now, "iat": facts.now, "scope": "openid",
            "exp": facts.now + 3600, "username": "user",
        });
        let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
        let content = format!("{}.{}", part(header.to_string()), part(claims.to_string()));
        let signature = crypto::sign(content.as_bytes(), facts.trusted.as_ref().unwrap(), Algorithm::RS256).unwrap();
        format!("{content}.{signature}")
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names = HashSet::new();
        for forgery in all() {
            assert!(names.insert(forgery.name), "{} stands twice", forgery.name);
        }
    }

    /// What is not marked as plain is hidden in reports, which does no harm; what is marked must be of another stuff.
    #[test]
    fn what_is_plain_is_the_same_whatever_the_genuine_token_is() {
        let facts = facts();
        let other = Facts { issuer: "http://127.0.0.1:9229/another".to_owned(), ..facts.clone() };
        let plain: Vec<_> =
            all().filter(|forgery| crate::token_name::TokenName::Forged(forgery.name).is_plain()).collect();
        assert!(plain.iter().any(|forgery| forgery.name == forgery!("three dots")));
        for forgery in plain {
            let made = |facts: &Facts| forge(&forgery, &genuine(facts), facts).unwrap().expose_secret().to_owned();
            assert_eq!(made(&facts), made(&other), "{}", forgery.name);
        }
    }

    #[test]
    fn every_forgery_differs_from_the_genuine_token_unless_it_is_a_control() {
        let facts = facts();
        let genuine = genuine(&facts);
        for forgery in all() {
            let forged = forge(&forgery, &genuine, &facts).unwrap_or_else(|error| panic!("{}: {error}", forgery.name));
            let same = forged.expose_secret() == genuine;
            assert_eq!(same, forgery.control == Control::Sound, "{}", forgery.name);
        }
    }

    /// A token whose signature needs no padding and has no character in which the alphabets of base64 differ.
    fn plainly_signed(facts: &Facts) -> String {
        let genuine = genuine(facts);
        let (content, _) = genuine.rsplit_once('.').unwrap();
        format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode([b'A'; 384]))
    }

    fn typed(facts: &Facts) -> String {
        signed(facts, &json!({ "alg": "RS256", "typ": "JWT", "kid": "k" }))
    }

    fn at_origin() -> Facts {
        let (resource, issuer) = ("http://localhost:8001".to_owned(), "http://127.0.0.1:9229".to_owned());
        let particulars = ForgeryDetails { published_resource: Some(resource.clone()), ..facts().particulars };
        Facts { resource, issuer, particulars, ..facts() }
    }

    #[rstest]
    #[case::as_cognito_has_it(facts(), genuine(&facts()))]
    #[case::with_a_plain_signature(facts(), plainly_signed(&facts()))]
    #[case::with_a_type(facts(), typed(&facts()))]
    #[case::for_a_bare_origin(at_origin(), genuine(&at_origin()))]
    fn no_forgery_comes_out_as_the_genuine_token(#[case] known: Facts, #[case] token: String) {
        for forgery in all().filter(|forgery| !forgery.is_control()) {
            match forge(&forgery, &token, &known) {
                Ok(forged) => assert_ne!(forged.expose_secret(), token, "{}", forgery.name),
                Err(error) => assert_eq!(error, ForgeError::NoDifference, "{}", forgery.name),
            }
        }
    }

    #[rstest]
    #[case::no_padding(forgery!("a token with padding behind its signature"), facts(), plainly_signed(&facts()))]
    #[case::one_alphabet(
        forgery!("a token with its signature in the other alphabet of base64"),
        facts(),
        plainly_signed(&facts())
    )]
    #[case::that_type(forgery!("a token whose typ is JWT"), facts(), typed(&facts()))]
    #[case::nothing_above(forgery!("a token for the bare origin"), at_origin(), genuine(&at_origin()))]
    #[case::no_path(
        forgery!("a token for the same resource with its path in upper case"),
        at_origin(),
        genuine(&at_origin())
    )]
    fn what_would_be_the_genuine_token_cannot_be_made(
        #[case] name: ForgeryName,
        #[case] known: Facts,
        #[case] token: String,
    ) {
        let made = forge(&find(name).unwrap(), &token, &known);
        assert!(matches!(made, Err(ForgeError::NoDifference)), "{name}");
    }

    #[test]
    fn what_varies_the_claims_is_signed_so_that_only_the_claim_is_wrong() {
        let facts = facts();
        let key = DecodingKey::from_rsa_components(&facts.public.n, &facts.public.e).unwrap();
        let shaped = all().filter(|forgery| matches!(forgery.alteration, Alteration::Claim(..)));
        for forgery in shaped.chain(duplicate::FORGERIES.iter().copied()) {
            let forged = forge(&forgery, &genuine(&facts), &facts).unwrap();
            let (content, signature) = forged.expose_secret().rsplit_once('.').unwrap();
            assert!(crypto::verify(signature, content.as_bytes(), &key, Algorithm::RS256).unwrap(), "{}", forgery.name);
        }
    }

    #[test]
    fn nothing_that_needs_the_issuer_is_forged_without_its_key() {
        let facts = facts();
        let genuine = genuine(&facts);
        let found = find(forgery!("a token whose iss is null")).unwrap();
        let without = Facts { trusted: None, ..facts };
        assert!(matches!(forge(&found, &genuine, &without), Err(ForgeError::NoTrustedKey)));
    }

    #[test]
    fn another_algorithm_is_no_fault_where_the_key_is_for_any() {
        let facts = facts();
        let genuine = genuine(&facts);
        let found = find(forgery!("a token signed with RS512 by the issuer's key")).unwrap();
        let mut open = facts;
        open.public.algorithm = None;
        assert!(matches!(forge(&found, &genuine, &open), Err(ForgeError::AnyAlgorithm)));
    }
}
