//! A ready-made pool for people who want to try something: the pool, one protected resource, one app client and one user.
//!
//! It is built by the operations of the API, in the order that works on AWS, and can do nothing that they cannot.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use thiserror::Error;

use crate::api::{ApiError, ErrorKind};
use crate::emulator::Emulator;
use crate::random;

/// The name of the one custom scope: `<resource>/notes.write`.
const SCOPE_NAME: &str = "notes.write";
const EMAIL: &str = "user@example.com";

/// What to build.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The identifier of the protected resource, usually the URL of an MCP server.
    pub resource: String,
    /// The redirect URIs of the app client, as exact strings.
    pub callbacks: Vec<String>,
}

/// What was built.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The pool.
    pub pool_id: String,
    /// The region of the pool.
    pub region: String,
    /// The app client; confidential.
    pub client_id: String,
    /// The secret of the app client.
    pub client_secret: SecretString,
    /// Host and port of the domain, without a scheme, as Cognito's domains are usually noted.
    pub domain: String,
    /// The issuer identifier.
    pub issuer: String,
    /// The protected resource.
    pub resource: String,
    /// What the user types as user name.
    pub email: String,
    /// The user's password.
    pub password: SecretString,
}

/// An operation that was refused while the sample was built. The cause is one of the values in [`Wanted`].
#[derive(Debug, Error)]
#[error("{operation} was refused with {kind}: {message}")]
pub struct ProvisionError {
    operation: &'static str,
    kind: String,
    message: String,
}

impl ProvisionError {
    fn new(operation: &'static str, error: ApiError) -> Self {
        Self { operation, kind: error.kind.to_string(), message: error.message }
    }
}

/// Builds the sample.
///
/// # Errors
///
/// When the API refuses the resource or a callback.
pub async fn provision(emulator: &Emulator, wanted: &Wanted) -> Result<Sample, ProvisionError> {
    let pool_id = create_pool(emulator).await?;
    create_resource_server(emulator, &pool_id, &wanted.resource).await?;
    let (client_id, client_secret) = create_client(emulator, &pool_id, wanted).await?;
    create_branding(emulator, &pool_id, &client_id).await?;
    let domain = create_domain(emulator, &pool_id).await?;
    let password = create_user(emulator, &pool_id).await?;
    Ok(Sample {
        issuer: emulator.issuer(&pool_id),
        region: pool_id.split('_').next().unwrap_or_default().to_owned(),
        pool_id,
        client_id,
        client_secret,
        domain,
        resource: wanted.resource.clone(),
        email: EMAIL.to_owned(),
        password,
    })
}

impl Sample {
    /// The sample as the content of a `.env` file, client secret and password in clear.
    #[must_use]
    pub fn to_env(&self) -> impl fmt::Display {
        [
            "# A user pool of the emulator. It is gone when the emulator stops.".to_owned(),
            format!("COGNITO_USER_POOL_ID={}", self.pool_id),
            format!("COGNITO_REGION={}", self.region),
            format!("COGNITO_APP_CLIENT_ID={}", self.client_id),
            format!("COGNITO_APP_CLIENT_SECRET={}", self.client_secret.expose_secret()),
            format!("COGNITO_DOMAIN={}", self.domain),
            format!("COGNITO_ISSUER={}", self.issuer),
            format!("MCP_SERVER_URL={}", self.resource),
            format!("# Sign in as {} with the password {}", self.email, self.password.expose_secret()),
        ]
        .join("\n")
    }
}

async fn create_pool(emulator: &Emulator) -> Result<String, ProvisionError> {
    let input = json!({
        "PoolName": "emulator-sample",
        "UserPoolTier": "ESSENTIALS",
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": false},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true},
    });
    let answer = call(emulator, "CreateUserPool", &input).await?;
    text("CreateUserPool", &answer, "/UserPool/Id")
}

async fn create_resource_server(emulator: &Emulator, pool_id: &str, resource: &str) -> Result<(), ProvisionError> {
    let input = json!({
        "UserPoolId": pool_id,
        "Identifier": resource,
        "Name": "MCP Server",
        "Scopes": [{"ScopeName": SCOPE_NAME, "ScopeDescription": "Write notes"}],
    });
    call(emulator, "CreateResourceServer", &input).await.map(drop)
}

async fn create_client(
    emulator: &Emulator,
    pool_id: &str,
    wanted: &Wanted,
) -> Result<(String, SecretString), ProvisionError> {
    let input = json!({
        "UserPoolId": pool_id,
        "ClientName": "mcp-client",
        "GenerateSecret": true,
        "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "profile", format!("{}/{SCOPE_NAME}", wanted.resource)],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": wanted.callbacks,
        "PreventUserExistenceErrors": "ENABLED",
    });
    let operation = "CreateUserPoolClient";
    let answer = call(emulator, operation, &input).await?;
    let secret = text(operation, &answer, "/UserPoolClient/ClientSecret")?;
    Ok((text(operation, &answer, "/UserPoolClient/ClientId")?, secret.into()))
}

async fn create_branding(emulator: &Emulator, pool_id: &str, client_id: &str) -> Result<(), ProvisionError> {
    let input = json!({"UserPoolId": pool_id, "ClientId": client_id, "UseCognitoProvidedValues": true});
    call(emulator, "CreateManagedLoginBranding", &input).await.map(drop)
}

/// Host and port of the new domain.
async fn create_domain(emulator: &Emulator, pool_id: &str) -> Result<String, ProvisionError> {
    let operation = "CreateUserPoolDomain";
    let prefix = random::lower_case_alphanumeric(16);
    let input = json!({"UserPoolId": pool_id, "Domain": prefix, "ManagedLoginVersion": 2});
    call(emulator, operation, &input).await?;
    let authority = emulator.domain_url(pool_id).map(|url| url.authority().to_owned());
    authority.ok_or_else(|| incomplete(operation))
}

async fn create_user(emulator: &Emulator, pool_id: &str) -> Result<SecretString, ProvisionError> {
    let attributes = json!([{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}]);
    let input =
        json!({"UserPoolId": pool_id, "Username": EMAIL, "MessageAction": "SUPPRESS", "UserAttributes": attributes});
    call(emulator, "AdminCreateUser", &input).await?;
    // The suffix meets the default password policy without characters that a shell would interpret.
    let password = format!("{}Aa1-", random::alphanumeric(12));
    let input = json!({"UserPoolId": pool_id, "Username": EMAIL, "Password": password, "Permanent": true});
    call(emulator, "AdminSetUserPassword", &input).await?;
    Ok(password.into())
}

async fn call(emulator: &Emulator, operation: &'static str, input: &Value) -> Result<Value, ProvisionError> {
    emulator.call(operation, input).await.map_err(|error| ProvisionError::new(operation, error))
}

fn text(operation: &'static str, answer: &Value, pointer: &str) -> Result<String, ProvisionError> {
    answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| incomplete(operation))
}

fn incomplete(operation: &'static str) -> ProvisionError {
    ProvisionError::new(operation, ApiError::new(ErrorKind::InternalErrorException, "the answer is incomplete"))
}
