//! The two cookies of the pages: the session and the cross-site request forgery token.
//!
//! On AWS they are `Secure`. Here they are not, because plain-HTTP clients would then never send them back. Browsers share cookies among
//! all ports of a host, so two domains of one emulator overwrite each other's session, though neither can use the other's.

use http::{HeaderMap, header};

/// The browser session.
pub(super) const SESSION: &str = "cognito";
/// Must equal the form field `_csrf`.
pub(super) const XSRF: &str = "XSRF-TOKEN";

/// The value of a request cookie (RFC 6265 section 5.4).
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(held, value)| (held == name && !value.is_empty()).then_some(value))
}

/// A `Set-Cookie` value for the life of the browser session.
pub(super) fn set(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax")
}

/// A `Set-Cookie` value that removes a cookie.
pub(super) fn clear(name: &str) -> String {
    format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}
