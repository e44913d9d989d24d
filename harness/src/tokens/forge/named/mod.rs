//! Every forgery by the name that the feature files use, with the one thing that is wrong about it; a file for each
//! thing that can be wrong. Names such as `a token whose iss is null` are made in `claim`.

mod algorithm;
mod audience;
mod bound;
mod claim;
mod duplicate;
mod encoding;
mod header;
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
        let differs = self.control != Control::No || !draft.is_as_genuine()?;
        if differs { Ok(()) } else { Err(ForgeError::NoDifference) }
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
        let claims = json!({
            "sub": "user", "iss": facts.issuer, "version": 2, "client_id": facts.client_id, "aud": facts.resource,
            "jti": "j", "token_use": "access", "auth_time": facts.now, "iat": facts.now, "scope": "openid",
            "exp": facts.now + 3600, "username": "user",
        });
        let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
        let content =
            format!("{}.{}", part(json!({ "kid": "now=", "alg": "RS256" }).to_string()), part(claims.to_string()));
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
