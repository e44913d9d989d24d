//! How the API refuses: an error type that SDKs match on, and Cognito's overloaded texts.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use thiserror::Error;

use super::protocol::aws_json;

/// A refusal of the API. All of them are HTTP 400.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind}: {message}")]
pub(crate) struct ApiError {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

/// The error types that this part of the API knows, by their names on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::enum_variant_names, reason = "the names are the service's")]
pub(crate) enum ErrorKind {
    FeatureUnavailableInTierException,
    InternalErrorException,
    InvalidOAuthFlowException,
    InvalidParameterException,
    InvalidPasswordException,
    LimitExceededException,
    ManagedLoginBrandingExistsException,
    MissingAuthenticationTokenException,
    ResourceNotFoundException,
    ScopeDoesNotExistException,
    SerializationException,
    UnknownOperationException,
    UserNotFoundException,
    UsernameExistsException,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ApiError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Cognito's answer to almost everything.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidParameterException, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceNotFoundException, message)
    }

    /// A member that breaks a constraint of the service model. `member` is spelt as in the request.
    pub(crate) fn constraint(member: &str, value: &str, constraint: &str) -> Self {
        let member = lower_first(member);
        Self::invalid(format!(
            "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: Member must {constraint}"
        ))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self.kind {
            ErrorKind::InternalErrorException => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        aws_json(status, &json!({"__type": self.kind.to_string(), "message": self.message}))
    }
}

/// The service names members with a small first letter in its messages.
fn lower_first(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
