//! Ways past a check that looks at less than the server does: how a request without a token is written so that it may take
//! one. Builds requests; sends nothing.

use crate::bench::{rewrite, set_mirror};
use crate::protocol::url::origin_of;
use crate::rules::server::common::words::worded;
use crate::wire::{Purpose, Reading, Request, purpose};
use http::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use http::{HeaderName, HeaderValue, Method};
use serde_json::json;
use std::fmt;

worded! {
    /// A way past the check.
    Detour {
        /// `/mcp/`, or without the slash where the endpoint has it.
        Slash = "a slash more or less at the end of the path",
        /// `//mcp`.
        DoubledSlash = "a doubled slash in the path",
        /// `/MCP`.
        OtherCase = "the path in other case",
        /// `/%6dcp`.
        EscapedLetter = "an escaped letter in the path",
        /// `/x%2f..%2fmcp`.
        EscapedSlashes = "escaped slashes in the path",
        /// `/mcp;x=1`.
        Parameter = "a parameter in the path",
        /// `/mcp.json`.
        Extension = "an extension at the end of the path",
        /// `/mcp/x`.
        Below = "a path below the endpoint",
        /// Fields by which a proxy tells which URL was asked before it rewrote it.
        OriginalUrl = "a public path as the original URL",
        /// Fields by which a client that cannot send a method names it.
        OtherMethod = "another method in its place",
        /// Fields in which a proxy puts the user that has logged in at it.
        User = "a user who has logged in",
        /// Fields in which proxies of clouds put the identity that they attest.
        Identity = "an identity that a gateway attests",
        /// Fields in which a proxy puts the address of the client.
        Address = "the address of this machine",
        /// Fields in which a proxy puts scheme and host of the request.
        Scheme = "the scheme and host of the proxy",
        /// A page that may call.
        AllowedOrigin = "an origin that may call",
        /// OPTIONS with the message as its content.
        Options = "the method OPTIONS",
        /// HEAD, by which a stream may be opened as by GET.
        Head = "the method HEAD",
        /// The message under the type of text.
        TextType = "text as content type",
        /// The message under the type of a form.
        FormType = "a form as content type",
        /// The message under no type.
        NoType = "no content type",
        /// A version from before there was authorization.
        OldVersion = "an old protocol version",
        /// `ping`, and then the method that is meant.
        MethodTwice = "a harmless method before its own",
        /// The method that is meant, and then `ping`.
        MethodFirst = "a harmless method behind its own",
        /// A call without an id.
        NoId = "no id",
        /// The second message of a batch.
        InBatch = "a harmless message before it in a batch",
        /// The notification that ends the handshake.
        Initialized = "notifications/initialized in its place",
        /// A notification that no server knows.
        UnknownNotification = "an unknown notification in its place",
    }
}

/// To see whether a request without a token gets through in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WithoutTokenBy(pub(super) Detour);
purpose!(WithoutTokenBy);

impl fmt::Display for WithoutTokenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a request without a token, with {}", self.0)
    }
}

const HERE: &str = "127.0.0.1";
const PUBLIC: &str = "/.well-known/oauth-protected-resource";

impl Detour {
    /// The header fields by which it is taken, if it is taken by some; each proxy has others.
    fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::OriginalUrl => &[("x-original-url", PUBLIC), ("x-rewrite-url", PUBLIC), ("x-forwarded-uri", PUBLIC)],
            Self::OtherMethod => {
                &[("x-http-method-override", "OPTIONS"), ("x-method-override", "OPTIONS"), ("x-http-method", "OPTIONS")]
            }
            Self::User => &[
                ("x-forwarded-user", "admin"),
                ("x-forwarded-email", "admin@example.com"),
                ("x-remote-user", "admin"),
                ("remote-user", "admin"),
                ("x-auth-request-user", "admin"),
                ("x-auth-request-email", "admin@example.com"),
                ("x-user-id", "admin"),
            ],
            Self::Identity => &[
                ("x-amzn-oidc-identity", "admin"),
                ("x-ms-client-principal-id", "admin"),
                ("x-ms-client-principal-name", "admin@example.com"),
                ("x-goog-authenticated-user-email", "accounts.google.com:admin@example.com"),
                ("cf-access-authenticated-user-email", "admin@example.com"),
                ("tailscale-user-login", "admin@example.com"),
                ("x-client-verify", "SUCCESS"),
            ],
            Self::Address => &[
                ("x-forwarded-for", HERE),
                ("x-real-ip", HERE),
                ("true-client-ip", HERE),
                ("x-client-ip", HERE),
                ("forwarded", "for=127.0.0.1"),
            ],
            Self::Scheme => {
                &[("x-forwarded-proto", "https"), ("x-forwarded-port", "443"), ("x-forwarded-host", "localhost")]
            }
            Self::OldVersion => &[("mcp-protocol-version", "2024-11-05")],
            _ => &[],
        }
    }

    /// The path of the endpoint, written otherwise; nothing where it is no detour by the path, or the path has nothing that
    /// can be written otherwise.
    fn path(self, path: &str) -> Option<String> {
        let letter = || path.char_indices().find(|(_, c)| c.is_ascii_lowercase());
        let behind_slash = path.strip_prefix('/')?;
        match self {
            Self::Slash => Some(path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned)),
            Self::DoubledSlash => Some(format!("/{path}")),
            Self::OtherCase => letter().map(|_| path.to_ascii_uppercase()),
            Self::EscapedLetter => {
                letter().map(|(at, c)| format!("{}%{:02x}{}", &path[..at], u32::from(c), &path[at + 1..]))
            }
            Self::EscapedSlashes => (!behind_slash.is_empty()).then(|| format!("/x%2f..%2f{behind_slash}")),
            Self::Parameter => Some(format!("{path};x=1")),
            Self::Extension => (!behind_slash.is_empty()).then(|| format!("{path}.json")),
            Self::Below => Some(format!("{}/x", path.trim_end_matches('/'))),
            _ => None,
        }
        .filter(|other| other != path && !other.is_empty())
    }

    const fn is_by_path(self) -> bool {
        matches!(
            self,
            Self::Slash
                | Self::DoubledSlash
                | Self::OtherCase
                | Self::EscapedLetter
                | Self::EscapedSlashes
                | Self::Parameter
                | Self::Extension
                | Self::Below
        )
    }

    /// The request written so that it takes this way; nothing where there is no such way.
    pub(super) fn taken_by(self, request: Request, allowed_origin: Option<&str>) -> Option<Request> {
        let mut request = Request { purpose: Purpose::from(WithoutTokenBy(self)), ..request };
        if self.is_by_path() {
            let origin = origin_of(&request.url)?.to_owned();
            let behind = request.url.get(origin.len()..)?;
            let (path, query) = behind.find('?').map_or((behind, ""), |at| behind.split_at(at));
            request.url = format!("{origin}{}{query}", self.path(if path.is_empty() { "/" } else { path })?);
        }
        for (name, value) in self.fields() {
            request.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let content_type =
            |request: &mut Request, value| request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
        match self {
            Self::AllowedOrigin => {
                request.headers.insert(ORIGIN, HeaderValue::from_str(allowed_origin?).ok()?);
            }
            Self::Options => request.method = Method::OPTIONS,
            Self::Head => {
                request = Request { method: Method::HEAD, reading: Reading::Head, ..request.content("") };
                request.headers.remove(CONTENT_TYPE);
                request.headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
            }
            Self::TextType => drop(content_type(&mut request, "text/plain")),
            Self::FormType => drop(content_type(&mut request, "application/x-www-form-urlencoded")),
            Self::NoType => drop(request.headers.remove(CONTENT_TYPE)),
            Self::MethodTwice => twice(&mut request, true)?,
            Self::MethodFirst => twice(&mut request, false)?,
            Self::NoId => rewrite(&mut request, |message| drop(message.as_object_mut().map(|call| call.remove("id")))),
            Self::Initialized => renamed(&mut request, "notifications/initialized"),
            Self::UnknownNotification => renamed(&mut request, "notifications/no-such"),
            _ => {}
        }
        Some(request)
    }
}

/// Writes another method into a notification.
fn renamed(request: &mut Request, method: &str) {
    rewrite(request, |message| {
        message["method"] = json!(method);
        if let Some(params) = message.get_mut("params").and_then(|params| params.as_object_mut()) {
            params.remove("requestId");
        }
    });
    set_mirror(request, "mcp-method", method);
}

/// A method that does nothing to protect.
pub(super) const HARMLESS: &str = "ping";

/// Writes the member `method` a second time, as the harmless one: readers of JSON take the first one or the last.
fn twice(request: &mut Request, before: bool) -> Option<()> {
    let text = std::str::from_utf8(&request.body).ok()?;
    let start = text.find("\"method\":")?;
    let end = start + text[start..].find([',', '}'])?;
    let (own, harmless) = (&text[start..end], format!("\"method\":\"{HARMLESS}\""));
    let both = if before { format!("{harmless},{own}") } else { format!("{own},{harmless}") };
    request.body = format!("{}{both}{}", &text[..start], &text[end..]).into();
    Some(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn request(url: &str) -> Request {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
        Request::new("it", Method::POST, url).content(message.to_string())
    }

    #[rstest]
    #[case(Detour::Slash, "https://h/mcp/?a=b")]
    #[case(Detour::DoubledSlash, "https://h//mcp?a=b")]
    #[case(Detour::OtherCase, "https://h/MCP?a=b")]
    #[case(Detour::EscapedLetter, "https://h/%6dcp?a=b")]
    #[case(Detour::EscapedSlashes, "https://h/x%2f..%2fmcp?a=b")]
    #[case(Detour::Parameter, "https://h/mcp;x=1?a=b")]
    #[case(Detour::Extension, "https://h/mcp.json?a=b")]
    #[case(Detour::Below, "https://h/mcp/x?a=b")]
    fn a_path_is_written_otherwise(#[case] detour: Detour, #[case] expected: &str) {
        let taken = detour.taken_by(request("https://h/mcp?a=b"), None).unwrap();
        assert_eq!(taken.url, expected);
        // What is parsed and written again on its way must not be the plain path again.
        assert_eq!(url::Url::parse(expected).unwrap().as_str(), expected);
    }

    #[test]
    fn a_path_without_letters_has_no_other_case() {
        assert!(Detour::OtherCase.taken_by(request("https://h"), None).is_none());
        assert_eq!(Detour::Below.taken_by(request("https://h"), None).unwrap().url, "https://h/x");
    }

    #[rstest]
    #[case(Detour::MethodTwice, r#""method":"ping","method":"tools/list""#)]
    #[case(Detour::MethodFirst, r#""method":"tools/list","method":"ping""#)]
    fn a_member_is_written_twice(#[case] detour: Detour, #[case] expected: &str) {
        let taken = detour.taken_by(request("https://h/mcp"), None).unwrap();
        assert!(std::str::from_utf8(&taken.body).unwrap().contains(expected));
    }

    #[rstest]
    #[case(Detour::Address, "x-forwarded-for", "127.0.0.1")]
    #[case(Detour::OldVersion, "mcp-protocol-version", "2024-11-05")]
    #[case(Detour::AllowedOrigin, "origin", "https://app.example")]
    fn a_field_is_set(#[case] detour: Detour, #[case] name: &str, #[case] value: &str) {
        let taken = detour.taken_by(request("https://h/mcp"), Some("https://app.example")).unwrap();
        assert_eq!(taken.headers.get(name).unwrap(), value);
    }

    #[test]
    fn where_no_origin_may_call_none_is_sent() {
        assert!(Detour::AllowedOrigin.taken_by(request("https://h/mcp"), None).is_none());
    }
}
