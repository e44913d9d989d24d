//! `CreateManagedLoginBranding`, `DescribeManagedLoginBrandingByClient` and `DeleteManagedLoginBranding`.
//!
//! Only Cognito's own style exists: settings and assets are refused rather than ignored.

use std::sync::Arc;

use serde_json::{Value, json};

use super::clients::client_of;
use super::error::{ApiError, ErrorKind};
use super::input::Input;
use super::pools::{pool_of, pool_of_mut};
use super::protocol::{Answer, nothing};
use crate::clock::aws_timestamp;
use crate::pool::{Branding, PoolId};
use crate::random;
use crate::state::Shared;

pub(super) fn create(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let provided = input.flag("UseCognitoProvidedValues")?.unwrap_or(false);
    let own = input.has("Settings") || input.has("Assets");
    if provided && own {
        return Err(ApiError::invalid("Settings and Assets cannot be given together with UseCognitoProvidedValues."));
    }
    if !provided {
        return Err(ApiError::invalid("This emulator has no branding but UseCognitoProvidedValues."));
    }
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    let client = client_of(pool, input)?.id.clone();
    if pool.brandings.contains_key(&client) {
        let message = "Managed login branding already exists for the client.";
        return Err(ApiError::new(ErrorKind::ManagedLoginBrandingExistsException, message));
    }
    let branding = Branding { id: random::uuid(), created: shared.now() };
    let answer = description(&pool.id, &branding);
    pool.brandings.insert(client, branding);
    Ok(answer)
}

pub(super) fn describe_by_client(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let state = shared.state();
    let pool = pool_of(&state, input)?;
    let client = client_of(pool, input)?;
    let branding = pool.brandings.get(&client.id).ok_or_else(no_such_branding)?;
    Ok(description(&pool.id, branding))
}

pub(super) fn delete(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let id = input.required_text("ManagedLoginBrandingId")?;
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    let held = pool.brandings.len();
    pool.brandings.retain(|_, branding| branding.id != id);
    if pool.brandings.len() == held { Err(no_such_branding()) } else { nothing() }
}

fn no_such_branding() -> ApiError {
    ApiError::not_found("Managed login branding does not exist.")
}

fn description(pool: &PoolId, branding: &Branding) -> Value {
    let created = aws_timestamp(branding.created);
    json!({"ManagedLoginBranding": {
        "ManagedLoginBrandingId": branding.id,
        "UserPoolId": pool.as_str(),
        "UseCognitoProvidedValues": true,
        "CreationDate": created,
        "LastModifiedDate": created,
    }})
}
