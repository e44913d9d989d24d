//! AWS JSON 1.1: the operation is a header, input and output are JSON, errors carry `__type`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::{Value, json};

use super::error::{ApiError, ErrorKind};
use super::input::Input;
use super::{branding, clients, domains, pools, resource_servers, users};
use crate::random;
use crate::state::Shared;

const SERVICE: &str = "AWSCognitoIdentityProviderService.";
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// What an operation returns.
pub(crate) type Answer = Result<Value, ApiError>;

/// The one route of the API.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/", post(answer)).with_state(shared)
}

/// An answer in the protocol's content type, with a request id.
pub(super) fn aws_json(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/x-amz-json-1.1".to_owned()), (REQUEST_ID, random::uuid())];
    (status, headers, body.to_string()).into_response()
}

async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    match operation(&shared, &headers, &body).await {
        Ok(output) => aws_json(StatusCode::OK, &output),
        Err(error) => error.into_response(),
    }
}

async fn operation(shared: &Arc<Shared>, headers: &HeaderMap, body: &[u8]) -> Answer {
    let operation = headers
        .get(TARGET)
        .and_then(|target| target.to_str().ok())
        .and_then(|target| target.strip_prefix(SERVICE))
        .ok_or_else(|| {
            ApiError::new(ErrorKind::UnknownOperationException, "The X-Amz-Target header names no operation")
        })?;
    if !headers.contains_key(header::AUTHORIZATION) {
        return Err(ApiError::new(ErrorKind::MissingAuthenticationTokenException, "Missing Authentication Token"));
    }
    let input = serde_json::from_slice(body)
        .map_err(|_| ApiError::new(ErrorKind::SerializationException, "The request body is not JSON"))?;
    let answer = call(shared, operation, &input).await;
    match &answer {
        Ok(_) => tracing::info!(operation, "API call"),
        Err(error) => tracing::info!(operation, %error, "API call refused"),
    }
    answer
}

/// Carries out one operation by its name.
pub(crate) async fn call(shared: &Arc<Shared>, operation: &str, input: &Value) -> Answer {
    let input = Input::of(input)?;
    match operation {
        "CreateUserPool" => pools::create(shared, input),
        "DescribeUserPool" => pools::describe(shared, input),
        "ListUserPools" => pools::list(shared, input),
        "DeleteUserPool" => pools::delete(shared, input),
        "ListTagsForResource" => pools::list_tags(shared, input),
        "CreateUserPoolDomain" => domains::create(shared, input),
        "DescribeUserPoolDomain" => domains::describe(shared, input),
        "DeleteUserPoolDomain" => domains::delete(shared, input).await,
        "CreateUserPoolClient" => clients::create(shared, input),
        "DescribeUserPoolClient" => clients::describe(shared, input),
        "ListUserPoolClients" => clients::list(shared, input),
        "DeleteUserPoolClient" => clients::delete(shared, input),
        "CreateManagedLoginBranding" => branding::create(shared, input),
        "DescribeManagedLoginBrandingByClient" => branding::describe_by_client(shared, input),
        "DeleteManagedLoginBranding" => branding::delete(shared, input),
        "CreateResourceServer" => resource_servers::create(shared, input),
        "DescribeResourceServer" => resource_servers::describe(shared, input),
        "ListResourceServers" => resource_servers::list(shared, input),
        "DeleteResourceServer" => resource_servers::delete(shared, input),
        "AdminCreateUser" => users::create(shared, input),
        "AdminSetUserPassword" => users::set_password(shared, input),
        "AdminGetUser" => users::get(shared, input),
        "AdminDeleteUser" => users::delete(shared, input),
        "AdminUserGlobalSignOut" => users::sign_out(shared, input),
        unknown => {
            let message = format!("Unknown operation: {unknown}");
            Err(ApiError::new(ErrorKind::UnknownOperationException, message))
        }
    }
}

/// An output without members.
pub(super) fn nothing() -> Answer {
    Ok(json!({}))
}
