//! Readers without opinions: what stands in a challenge, a URL, a JSON-RPC message, a metadata document.
//!
//! Pure, like the judges that read with them. They know what was exchanged and nothing of what it should have been.
//!
//! Known to `findings`, `oauth_client`, `tokens`, `issuer`, `mutation`, `bench`, `rules` and `setup`.

pub mod challenge;
pub mod cookie;
pub mod difference;
pub mod elicitation;
pub mod issuer;
pub mod jsonrpc;
pub mod metadata;
pub mod own_authority;
pub mod pkce;
pub mod redirect;
pub mod reply;
pub mod token_response;
pub mod url;
