//! What a token is called, as a value: tokens are asked for, issued, presented and recognised in recorded traffic by it.
//!
//! The words of a name are those of the feature files, and are what reports show. They are read in one place, in
//! [`tokens`](crate::tokens), where the forgeries are known. This module knows no other, so that the wire can carry names.
//!
//! Known to `wire`, `tokens`, `issuer`, `bench`, `rules`, `record`, `setup` and `cli`.

use std::fmt;

/// The name of the token that every positive control stands on.
pub const VALID: TokenName = TokenName::Genuine(Genuine::Valid);
/// The name of a token that is as good, of another user.
pub const OTHER_USER: TokenName = TokenName::Genuine(Genuine::OtherUser);

/// The name of a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TokenName {
    /// As an issuer issues it.
    Genuine(Genuine),
    /// Valid, with a scope claim that is chosen.
    Scoped(ScopeClaim),
    /// Made of a genuine one, with one thing wrong.
    Forged(ForgeryName),
    /// Issued by the server under judgement, where that is a proxy before a third party.
    OfProxy,
}

/// What comes of an issuer, and is not made of another token by changing one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Genuine {
    /// For the resource, with the scopes of the login.
    Valid,
    /// The same, of the second account.
    OtherUser,
    /// An ID token of the same login.
    IdToken,
    /// A refresh token of the same login.
    RefreshToken,
    /// An authorization code that was not redeemed.
    AuthorizationCode,
    /// A token that was valid, and was revoked.
    Revoked,
    /// In the name of one trusted issuer, signed by another that is trusted too.
    SignedByOtherIssuer,
    /// Of the second of two trusted issuers.
    OfOtherIssuer,
    /// Signed by a stranger, and when the server asks the issuer about it, the issuer is unavailable.
    Unanswered,
}

impl Genuine {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Valid,
        Self::OtherUser,
        Self::IdToken,
        Self::RefreshToken,
        Self::AuthorizationCode,
        Self::Revoked,
        Self::SignedByOtherIssuer,
        Self::OfOtherIssuer,
        Self::Unanswered,
    ];

    /// The name in the feature files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "a valid token",
            Self::OtherUser => "a valid token of another user",
            Self::IdToken => "an ID token",
            Self::RefreshToken => "a refresh token",
            Self::AuthorizationCode => "an authorization code",
            Self::Revoked => "a revoked token",
            Self::SignedByOtherIssuer => "a token of one trusted issuer signed by another",
            Self::OfOtherIssuer => "a token of the other trusted issuer",
            Self::Unanswered => "a token about which the issuer gives no answer",
        }
    }
}

/// The name of a forgery, as it stands in the list of forgeries, which makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForgeryName {
    words: &'static str,
    is_plain: bool,
}

impl ForgeryName {
    /// The name of the forgery that the list of forgeries calls so.
    pub(crate) const fn listed(words: &'static str) -> Self {
        Self { words, is_plain: false }
    }

    /// The same for a text that is made without a genuine token.
    pub(crate) const fn plain(self) -> Self {
        Self { is_plain: true, ..self }
    }

    /// The name in the feature files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.words
    }
}

/// The scope claim that a token is asked to have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScopeClaim {
    /// The claim, byte for byte.
    pub claim: String,
    /// What reports call the token, where a scenario has words for why it has these scopes.
    pub called: Option<String>,
}

impl TokenName {
    /// Begins the name of a valid token whose scope claim is what follows.
    pub(crate) const SCOPED: &str = "a valid token with the scope claim ";

    /// A valid token with this scope claim.
    #[must_use]
    pub fn scoped(claim: impl Into<String>) -> Self {
        Self::Scoped(ScopeClaim { claim: claim.into(), called: None })
    }

    /// The words by which the token can be asked for, whatever a scenario calls it.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Scoped(ScopeClaim { claim, .. }) => format!("{}{claim}", Self::SCOPED),
            name => name.to_string(),
        }
    }

    /// Whether what has this name holds nothing of a genuine token, so that it is no secret.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Forged(ForgeryName { is_plain: true, .. }))
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Genuine(genuine) => f.write_str(genuine.as_str()),
            Self::Scoped(ScopeClaim { called: Some(words), .. }) => f.write_str(words),
            Self::Scoped(ScopeClaim { claim, called: None }) => write!(f, "{}{claim}", Self::SCOPED),
            Self::Forged(forgery) => f.write_str(forgery.words),
            Self::OfProxy => f.write_str("a token of the proxy"),
        }
    }
}

impl fmt::Display for ForgeryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
    }
}
