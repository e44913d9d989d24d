//! What went wrong with a call to Cognito: which call, on what, what AWS said, and what to do about it.
//!
//! The SDK's own error values stop here. They can hold whole requests and answers, and with them secrets; what is kept is the
//! error code and the text.

use std::error::Error;
use std::fmt;

use aws_sdk_cognitoidentityprovider::error::{BuildError, ProvideErrorMetadata, SdkError};
use url::Url;

use super::journal::JournalError;

/// A user pool could not be provisioned. Whatever was made by then is in the journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// The blueprint names no redirect URI, without which nobody can log in. Nothing was made.
    #[error("the blueprint names no callback; name the redirect URI of the client")]
    NoCallback,
    /// A call to Cognito failed.
    #[error(transparent)]
    Call(#[from] CallFailure),
    /// Cognito answered, but without a member that its API promises.
    #[error("{call} answered without `{member}`; the endpoint is not Cognito, or it changed")]
    Incomplete {
        /// The operation, as the API names it.
        call: &'static str,
        /// The missing member.
        member: &'static str,
    },
    /// The blueprint holds something the SDK cannot put into a request.
    #[error("the request could not be put together: {0}; correct the blueprint")]
    Request(#[from] BuildError),
    /// The journal could not be written, so nothing further was made.
    #[error("nothing more was made, because it could not be written down: {0}")]
    Journal(#[from] JournalError),
    /// The HTTP client could not be set up.
    #[error("no HTTP client: {0}")]
    HttpClient(#[source] reqwest::Error),
    /// The discovery document does not describe the pool.
    #[error("the discovery document at {url} cannot be used: {why}")]
    Discovery {
        /// Where it was read.
        url: Url,
        /// What is wrong with it.
        why: String,
    },
    /// The hosted login did not come up in time.
    #[error("the hosted login was not ready after {seconds} s; last seen: {last_seen}; tear down and try again")]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// The last answer.
        last_seen: String,
    },
}

/// One failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{call} on {on} failed: {kind}{}", advice(call, kind))]
pub struct CallFailure {
    /// The operation, as the API and IAM name it.
    pub call: &'static str,
    /// Name or id of what the call was about.
    pub on: String,
    /// Who refused, and how.
    pub kind: FailureKind,
}

/// Who refused a call, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// Cognito answered with an error.
    Refused {
        /// The error's type, such as `InvalidParameterException`.
        code: String,
        /// Its text.
        text: String,
    },
    /// There was no answer that could be understood.
    Unanswered {
        /// What the HTTP client or the SDK says.
        text: String,
    },
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FailureKind::Refused { code, text } if text.is_empty() => f.write_str(code),
            FailureKind::Refused { code, text } => write!(f, "{code}: {text}"),
            FailureKind::Unanswered { text } => write!(f, "no usable answer: {text}"),
        }
    }
}

impl CallFailure {
    /// What was asked for does not exist.
    pub fn is_gone(&self) -> bool {
        self.has_code(&["ResourceNotFoundException"])
    }

    /// The credentials may not make this call.
    pub fn is_denied(&self) -> bool {
        self.has_code(&["AccessDeniedException", "AccessDenied", "NotAuthorizedException"])
    }

    /// The same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match &self.kind {
            FailureKind::Unanswered { .. } => true,
            FailureKind::Refused { text, .. } => {
                // The domain goes before the pool, but the pool may hear of it late.
                text.contains("has a domain configured")
                    || self.has_code(&[
                        "ConcurrentModificationException",
                        "TooManyRequestsException",
                        "InternalErrorException",
                        "ThrottlingException",
                        "ServiceUnavailableException",
                    ])
            }
        }
    }

    /// The failure with every occurrence of `secret` taken out: AWS repeats a refused value in some of its texts.
    pub(super) fn without(mut self, secret: &str) -> CallFailure {
        let (FailureKind::Refused { text, .. } | FailureKind::Unanswered { text }) = &mut self.kind;
        *text = text.replace(secret, "[redacted]");
        self
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        matches!(&self.kind, FailureKind::Refused { code, .. } if codes.contains(&code.as_str()))
    }
}

/// The service of a call, as IAM policies name it.
fn service(call: &str) -> &'static str {
    if call == "GetCallerIdentity" { "sts" } else { "cognito-idp" }
}

/// What to do about a failure, as the end of a sentence; empty when the text of AWS says it all.
fn advice(call: &str, kind: &FailureKind) -> String {
    let FailureKind::Refused { code, .. } = kind else {
        return "; check the network, the region and the endpoint URL".to_owned();
    };
    match code.as_str() {
        "AccessDeniedException" | "AccessDenied" | "NotAuthorizedException" => {
            let service = service(call);
            format!(
                "; allow `{service}:{call}` for these credentials (the minimal IAM policy lists all that is needed)"
            )
        }
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidSignatureException" => {
            "; AWS does not know these credentials: check the access key, its secret and the clock".to_owned()
        }
        "ExpiredTokenException" | "ExpiredToken" => "; the credentials have expired: get new ones".to_owned(),
        "LimitExceededException" => "; the account's quota is used up: sweep old pools or ask AWS for more".to_owned(),
        "TooManyRequestsException" | "ThrottlingException" => {
            "; AWS throttles this account: try again later".to_owned()
        }
        _ => String::new(),
    }
}

/// Gives the result of an SDK call the name of the call and of what it was about.
pub(super) trait Named<T> {
    /// Turns the SDK's error into a [`CallFailure`].
    fn named(self, call: &'static str, on: &str) -> Result<T, CallFailure>;
}

impl<T, E, R> Named<T> for Result<T, SdkError<E, R>>
where
    E: ProvideErrorMetadata + Error + 'static,
    R: fmt::Debug,
{
    fn named(self, call: &'static str, on: &str) -> Result<T, CallFailure> {
        self.map_err(|error| CallFailure { call, on: on.to_owned(), kind: kind_of(&error) })
    }
}

fn kind_of<E, R>(error: &SdkError<E, R>) -> FailureKind
where
    E: ProvideErrorMetadata + Error + 'static,
    R: fmt::Debug,
{
    match error {
        SdkError::ServiceError(context) => FailureKind::Refused {
            code: context.err().code().unwrap_or("an error without a code").to_owned(),
            text: one_line(context.err().message().unwrap_or_default()),
        },
        other => FailureKind::Unanswered { text: chain(other) },
    }
}

/// An error and its causes in one line, by their `Display` forms only: the `Debug` form of an SDK error repeats the answer.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        let text = one_line(&error.to_string());
        if parts.last() != Some(&text) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rstest::rstest;

    use super::*;

    fn refused(code: &str, text: &str) -> CallFailure {
        let kind = FailureKind::Refused { code: code.to_owned(), text: text.to_owned() };
        CallFailure { call: "DeleteUserPool", on: "us-east-1_AbCdEfGhI".to_owned(), kind }
    }

    #[rstest]
    #[case::throttled("TooManyRequestsException", "Rate exceeded", true)]
    #[case::somebody_else_writes("ConcurrentModificationException", "", true)]
    #[case::internal("InternalErrorException", "", true)]
    #[case::domain_still_known(
        "InvalidParameterException",
        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
        true
    )]
    #[case::protected(
        "InvalidParameterException",
        "The user pool cannot be deleted because deletion protection is activated.",
        false
    )]
    #[case::denied("AccessDeniedException", "", false)]
    fn knows_which_refusals_pass_by_themselves(#[case] code: &str, #[case] text: &str, #[case] passing: bool) {
        assert_eq!(refused(code, text).is_passing(), passing);
    }

    #[test]
    fn a_missing_permission_names_the_action() {
        let failure = refused("AccessDeniedException", "User is not authorized");
        insta::assert_snapshot!(failure, @"DeleteUserPool on us-east-1_AbCdEfGhI failed: AccessDeniedException: User is not authorized; allow `cognito-idp:DeleteUserPool` for these credentials (the minimal IAM policy lists all that is needed)");
    }

    #[test]
    fn a_refused_value_is_taken_out_of_the_text() {
        let failure = refused("InvalidParameterException", "Value 'hush' at 'password' failed").without("hush");
        assert_eq!(failure.kind.to_string(), "InvalidParameterException: Value '[redacted]' at 'password' failed");
    }
}
