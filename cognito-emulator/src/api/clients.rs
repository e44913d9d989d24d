//! `CreateUserPoolClient`, `DescribeUserPoolClient`, `ListUserPoolClients` and `DeleteUserPoolClient`.
//!
//! What a client may be is decided in [`super::client_rules`]; here are the operations and the description.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::client_rules;
use super::error::ApiError;
use super::input::{Input, NAME};
use super::paging::{page, page_size};
use super::pools::{pool_of, pool_of_mut};
use super::protocol::{Answer, nothing};
use crate::clock::aws_timestamp;
use crate::pool::{Client, ClientId, ClientSecret, Pool, PoolId};
use crate::random;
use crate::state::Shared;

/// Members of `CreateUserPoolClient` that are described back and change nothing in hosted sign-in.
const DESCRIBED: [&str; 9] = [
    "AccessTokenValidity",
    "AuthSessionValidity",
    "DefaultRedirectURI",
    "ExplicitAuthFlows",
    "IdTokenValidity",
    "ReadAttributes",
    "RefreshTokenRotation",
    "TokenValidityUnits",
    "WriteAttributes",
];

pub(super) fn create(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let name = input.required_match("ClientName", NAME)?;
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    client_rules::check_auth_flows(input)?;
    let oauth = client_rules::oauth(pool, input)?;
    let client = Client {
        id: ClientId::from(random::lower_case_alphanumeric(26)),
        name: name.to_owned(),
        secret: input.flag("GenerateSecret")?.unwrap_or(false).then(new_secret),
        oauth_enabled: oauth.enabled,
        flows: oauth.flows,
        scopes: oauth.scopes,
        callback_urls: oauth.callback_urls,
        logout_urls: oauth.logout_urls,
        identity_providers: input.texts("SupportedIdentityProviders")?.into_iter().map(str::to_owned).collect(),
        lifetimes: client_rules::lifetimes(input)?,
        rotation: client_rules::rotation(input)?,
        revocation_enabled: input.flag("EnableTokenRevocation")?.unwrap_or(true),
        hides_unknown_users: client_rules::hides_unknown_users(input)?,
        described: described(input),
        created: shared.now(),
    };
    let answer = json!({"UserPoolClient": description(&pool.id, &client)});
    pool.clients.insert(client.id.clone(), client);
    Ok(answer)
}

pub(super) fn describe(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let state = shared.state();
    let pool = pool_of(&state, input)?;
    Ok(json!({"UserPoolClient": description(&pool.id, client_of(pool, input)?)}))
}

pub(super) fn list(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let max = page_size(input, 60, false)?;
    let state = shared.state();
    let pool = pool_of(&state, input)?;
    let clients = pool.clients.values().map(|client| {
        let id = client.id.as_str();
        (id, json!({"ClientId": id, "UserPoolId": pool.id.as_str(), "ClientName": client.name}))
    });
    page("UserPoolClients", clients, max, input.text("NextToken")?)
}

pub(super) fn delete(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    let id = client_of(pool, input)?.id.clone();
    pool.clients.remove(&id);
    pool.brandings.remove(&id);
    nothing()
}

/// The client that the member `ClientId` names.
pub(super) fn client_of<'a>(pool: &'a Pool, input: Input<'_>) -> Result<&'a Client, ApiError> {
    let id = input.required_text("ClientId")?;
    pool.clients.get(id).ok_or_else(|| ApiError::not_found(format!("User pool client {id} does not exist.")))
}

fn new_secret() -> ClientSecret {
    ClientSecret::new(random::lower_case_alphanumeric(51))
}

fn described(input: Input<'_>) -> Map<String, Value> {
    let mut described = input.copies(&DESCRIBED);
    described.entry("AuthSessionValidity").or_insert(json!(3));
    described.entry("ExplicitAuthFlows").or_insert(json!([
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_CUSTOM_AUTH"
    ]));
    described
}

fn description(pool: &PoolId, client: &Client) -> Value {
    let created = aws_timestamp(client.created);
    let flows: Vec<&str> = client.flows.iter().map(|flow| flow.as_str()).collect();
    let mut described = json!({
        "UserPoolId": pool.as_str(),
        "ClientName": client.name,
        "ClientId": client.id.as_str(),
        "CreationDate": created,
        "LastModifiedDate": created,
        "RefreshTokenValidity": client.lifetimes.refresh_as_given,
        "AllowedOAuthFlowsUserPoolClient": client.oauth_enabled,
        "AllowedOAuthFlows": flows,
        "AllowedOAuthScopes": client.scopes,
        "CallbackURLs": client.callback_urls,
        "LogoutURLs": client.logout_urls,
        "SupportedIdentityProviders": client.identity_providers,
        "EnableTokenRevocation": client.revocation_enabled,
        "PreventUserExistenceErrors": if client.hides_unknown_users { "ENABLED" } else { "LEGACY" },
    });
    for (member, value) in &client.described {
        described[member] = value.clone();
    }
    if let Some(secret) = &client.secret {
        described["ClientSecret"] = json!(secret.reveal());
    }
    described
}
