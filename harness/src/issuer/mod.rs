//! An authorization server that the bench plays: for servers under test that can be told which issuer to trust, and
//! behind the taps of the scenes that clients under test meet.
//!
//! It publishes metadata (RFC 8414 and OpenID Connect Discovery), keys, introspection (RFC 7662) and the endpoints of
//! the authorization code, client credentials and refresh grants, approves whatever it is asked at once, and holds its
//! own key, so that every forgery can be made. It knows OAuth and tokens, and nothing of MCP. It is no example of an
//! authorization server: it authenticates nobody, and therefore listens on the loopback only.
//!
//! Known to `bench`, `setup` and `cli`.

mod authority;
mod clients;
mod documents;
mod endpoints;
mod form;
mod grants;
mod key;
mod mint;
mod played;
mod site;

pub use authority::{OidcAuthority, Recipient};
pub use clients::FIRST_CLIENT;
pub use documents::{AUTHORIZE, JWKS, REGISTER, TOKEN};
pub use form::{IssuerForm, Tenant};
pub use played::{Issuer, IssuerError};

#[cfg(test)]
mod tests;
