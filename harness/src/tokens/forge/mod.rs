//! The forge: tokens with exactly one thing wrong, made from a genuine one.
//!
//! Some forgeries need the issuer's private key (a claim varied under a valid signature); the others can be made by
//! anybody from a genuine token and the public key. What a forgery is called stands in [`named`] and nowhere else.

mod der;
mod draft;
pub mod keys;
pub mod named;
pub mod scope;

pub use draft::{Draft, ForgeError, Sealing, Secret, Signer};
pub use named::{Forgery, bait, find, is_of_machine, is_renewed};

use jsonwebtoken::EncodingKey;
use secrecy::SecretString;

/// What the forge knows of the place for which it forges.
#[derive(Clone)]
pub struct Facts {
    /// The identifier of the protected resource.
    pub resource: String,
    /// The issuer of genuine tokens.
    pub issuer: String,
    /// The client that genuine tokens were issued to.
    pub client_id: String,
    /// The public key that verifies genuine tokens.
    pub public: PublicKey,
    /// The private key, where the harness holds it.
    pub trusted: Option<EncodingKey>,
    /// The time at which tokens are forged, in Unix seconds.
    pub now: i64,
    /// What belongs to the scenario for which a token is forged.
    pub particulars: ForgeryDetails,
}

/// What a token can depend on besides its name: things of one scenario.
#[derive(Clone, Debug, Default)]
pub struct ForgeryDetails {
    /// A URL at which contacts are noticed.
    pub canary: Option<String>,
    /// The identifier that the protected resource publishes.
    pub published_resource: Option<String>,
    /// The name under which the bench publishes its own key as one of the issuer's.
    pub key_id: Option<String>,
}

/// An RSA public key.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// The modulus as it stands in the JWK.
    pub n: String,
    /// The exponent as it stands in the JWK.
    pub e: String,
    /// The algorithm that the JWK is for, if it says so.
    pub algorithm: Option<String>,
}

impl PublicKey {
    /// The key as a PEM file, as `openssl rsa -pubout` would print it.
    ///
    /// # Errors
    /// When the members are not base64url.
    pub fn pem(&self) -> Result<String, ForgeError> {
        Ok(der::pem("PUBLIC KEY", &der::public_key(&self.n, &self.e)?))
    }
}

/// Forges `forgery` from a genuine access token.
///
/// # Errors
/// When it needs the issuer's private key, which is not there, when the genuine token is no JWT, or when what comes out is
/// the genuine token, byte for byte: a signature that needs no padding, or that has no character in which two alphabets
/// differ, cannot be spelt otherwise.
pub fn forge(forgery: &Forgery, genuine: &str, facts: &Facts) -> Result<SecretString, ForgeError> {
    let mut draft = Draft::from_genuine(genuine)?;
    forgery.alter(&mut draft, facts)?;
    let forged = draft.seal(facts)?;
    if forged == genuine && !forgery.is_control() {
        return Err(ForgeError::NoDifference);
    }
    Ok(SecretString::from(forged))
}
