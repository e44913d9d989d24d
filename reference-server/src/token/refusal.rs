//! Why a token is refused.
//!
//! The `Display` text of a refusal is what the caller reads in `error_description`. The texts are fixed: they hold nothing
//! of the token, nothing a parser said and no character that would need quoting in a header field.

/// One reason to refuse a token; every one of them is answered with 401 `invalid_token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// Not three base64url parts with a JSON header (RFC 7515 section 7.1).
    #[error("The access token is not a signed JWT")]
    NotASignedJwt,
    /// `alg` is not RS256, or missing (RFC 8725 section 3.1).
    #[error("The algorithm of the access token is not allowed")]
    AlgorithmNotAllowed,
    /// `crit` is there; no extension is understood here (RFC 7515 section 4.1.11).
    #[error("The access token has critical header parameters that are not supported")]
    CriticalHeader,
    /// `typ` says that this is something else (RFC 8725 section 3.11).
    #[error("The type in the header of the access token is not that of an access token")]
    TypeNotAllowed,
    /// `kid` is missing or no string.
    #[error("The access token does not name its key")]
    KeyNotNamed,
    /// The issuer publishes no key of this name.
    #[error("The key of the access token is not known")]
    UnknownKey,
    /// The signature does not verify.
    #[error("The signature of the access token is wrong")]
    SignatureWrong,
    /// The payload is not one JSON object with distinct member names.
    #[error("The claims of the access token cannot be read")]
    ClaimsUnreadable,
    /// `iss` is missing or no string.
    #[error("The access token does not name its issuer")]
    IssuerMissing,
    /// `iss` is another issuer.
    #[error("The issuer of the access token is not trusted")]
    WrongIssuer,
    /// `exp` is missing.
    #[error("The access token has no expiry")]
    ExpiryMissing,
    /// `exp` is not a time.
    #[error("The expiry of the access token cannot be read")]
    ExpiryMalformed,
    /// The time of `exp` has come.
    #[error("The access token has expired")]
    Expired,
    /// `nbf` lies ahead, or is not a time.
    #[error("The access token is not valid yet")]
    NotYetValid,
    /// `iat` is missing or not a time.
    #[error("The access token does not say when it was issued")]
    IssueTimeMissing,
    /// `iat` lies ahead.
    #[error("The access token was issued in the future")]
    IssuedInTheFuture,
    /// `aud` is missing.
    #[error("The access token has no audience")]
    AudienceMissing,
    /// `aud` is neither a string nor a list of strings.
    #[error("The audience of the access token cannot be read")]
    AudienceMalformed,
    /// `aud` does not name this resource (RFC 8707 section 2).
    #[error("The access token is meant for another resource")]
    WrongAudience,
    /// `token_use` does not say `access`: an ID token, for instance.
    #[error("The token is not an access token")]
    NotAnAccessToken,
    /// `client_id` is missing or no string.
    #[error("The access token does not name its client")]
    ClientMissing,
    /// `client_id` is not among the allowed clients.
    #[error("The client of the access token is not allowed")]
    ClientNotAllowed,
    /// `sub` is missing, empty or no string.
    #[error("The access token does not name its subject")]
    SubjectMissing,
    /// `jti` is missing, empty or no string.
    #[error("The access token has no identifier")]
    IdentifierMissing,
}
