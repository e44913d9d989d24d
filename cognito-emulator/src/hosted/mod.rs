//! A domain host: the authorization server's endpoints and the pages that people sign in on.
//!
//! Nothing here knows the administrative API. One router serves one pool.
//!
//! - [`parameters`]: query strings and forms, read once;
//! - [`authorization_request`]: what a client asks for, valid or refused by page or by redirect;
//! - [`authorize`], [`login`], [`logout`]: what browsers visit, with [`pages`] and [`cookies`];
//! - [`token`], [`revoke`], [`user_info`]: what clients call, with [`client_authentication`].

mod authorization_request;
mod authorize;
mod client_authentication;
mod cookies;
mod host;
mod login;
mod logout;
mod oauth_error;
mod pages;
mod parameters;
mod pkce;
mod revoke;
mod token;
mod user_info;

pub(crate) use host::router;
