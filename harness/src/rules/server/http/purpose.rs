//! What the rules about HTTP send their requests for: web pages, foreign hosts, header fields that differ from the
//! content, malformed credentials.

use crate::bench::ChosenScopes;
use crate::rules::server::common::words::worded;
use crate::wire::purpose;
use std::fmt;

worded! {
    /// The origin of a web page that has no business with the server.
    ForeignOrigin {
        /// A page of a stranger.
        Stranger = "http://evil.example",
        /// The opaque origin of sandboxed documents and of files.
        Opaque = "null",
        /// A host whose name has that of the server at its beginning.
        BeginsAlike = "a host that begins alike",
        /// The host of the server, at another port.
        AnotherPort = "another port",
        /// The host and port of the server, by the other scheme.
        OtherScheme = "the other scheme",
    }
}

worded! {
    /// The tool that the header field names.
    InHeader {
        /// The one that needs no further scope.
        Harmless = "the harmless tool",
        /// The same, encoded.
        HarmlessInBase64 = "the harmless tool in Base64",
        /// The one that needs further scopes.
        Scoped = "the scoped tool",
    }
}

worded! {
    /// The tool that the content names.
    InBody {
        /// The one that needs no further scope.
        Harmless = "the harmless tool",
        /// The one that needs further scopes.
        Scoped = "the scoped tool",
    }
}

worded! {
    /// Credentials that RFC 6750 calls malformed.
    Malformed {
        /// A scheme without a token.
        SchemeOnly = "Bearer and nothing else",
        /// Two tokens, or one with a space in it.
        TwoWords = "Bearer and two words",
        /// A token of characters that no token has.
        OddCharacters = "characters that no token has",
        /// Longer than any header field that servers take by default.
        VeryLong = "a token of 64 KiB",
        /// Name and password of an attacker who tries the first ones that come to mind.
        Basic = "Basic with a name and a password",
        /// A scheme that no server has heard of.
        UnknownScheme = "a scheme that no server knows",
        /// A scheme by which a proxy before the server may have logged a user in.
        Negotiate = "Negotiate and no ticket",
        /// A valid token in one field, and a string in another.
        TwoFields = "two Authorization fields",
    }
}

worded! {
    /// What a header field says otherwise than the content, or does not say.
    Mirrored {
        /// `Mcp-Method` names another method.
        OtherMethod = "another method in the header than in the body",
        /// `_meta` names another version than `MCP-Protocol-Version`.
        OtherVersion = "another version in the body than in the header",
        /// `Mcp-Method` is missing.
        NoMethod = "no Mcp-Method",
        /// `Mcp-Name` is missing.
        NoName = "no Mcp-Name",
    }
}

/// The origin of an unknown page.
pub(super) const STRANGER: &str = "https://evil.example";

/// What a browser sends on behalf of web pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByBrowser {
    /// To ask whether a page may send a request with a token.
    Preflight,
    /// The request of that page, without one.
    WithoutToken,
    /// The same of an unknown page.
    Stranger,
}
purpose!(ByBrowser);

impl fmt::Display for ByBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preflight => "the preflight for a page of another origin",
            Self::WithoutToken => "a page of another origin, without a token",
            Self::Stranger => "an unknown page, without a token",
        })
    }
}

/// What a request of this room is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// To see whether a web page of a foreign origin is served.
    FromForeign(ForeignOrigin),
    /// To see whether a web page of this allowed origin is served.
    FromAllowed(String),
    /// To see whether a request for a host that is not this machine is served.
    ToForeignHost,
    /// To see which tool counts, that of the header field or that of the content.
    Mismatch { header: InHeader, body: InBody, held: ChosenScopes },
    /// To see whether a tool that does not exist, in the header field, is noticed.
    OtherToolInHeader,
    /// To see whether the content is compared with the other header fields that mirror it.
    Mirrored(Mirrored),
    /// To see what is answered to malformed credentials.
    Credentials(Malformed),
}
purpose!(Sent);

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FromForeign(origin) => write!(f, "tools/list from {origin}"),
            Self::FromAllowed(origin) => write!(f, "tools/list from the allowed origin {origin}"),
            Self::ToForeignHost => f.write_str("tools/list for the host evil.example"),
            Self::Mismatch { header, body, held } => {
                write!(f, "{header} in the header and {body} in the body, with {held}")
            }
            Self::OtherToolInHeader => f.write_str("another tool in the header than in the body"),
            Self::Mirrored(mirrored) => write!(f, "tools/call with {mirrored}"),
            Self::Credentials(malformed) => write!(f, "credentials: {malformed}"),
        }
    }
}
