//! What the user of a browser knows.
//!
//! Where it is typed is not decided here.

use secrecy::SecretString;

/// What a user types where a page asks for it.
#[derive(Clone, Debug)]
pub struct UserCredentials {
    /// The name, or what the page takes for one (often an e-mail address).
    pub username: String,
    /// The password.
    pub password: SecretString,
}
