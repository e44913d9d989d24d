//! `CreateResourceServer`, `DescribeResourceServer`, `ListResourceServers` and `DeleteResourceServer`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::error::{ApiError, ErrorKind};
use super::input::{Input, NAME, Pattern};
use super::paging::{page, page_size};
use super::pools::{pool_of, pool_of_mut};
use super::protocol::{Answer, nothing};
use crate::pool::{PoolId, ResourceServer};
use crate::state::Shared;

const IDENTIFIER: Pattern = Pattern {
    expression: r"[\x21\x23-\x5B\x5D-\x7E]+",
    max: 256,
    allows: |c| c.is_ascii_graphic() && c != '"' && c != '\\',
};
const SCOPE_NAME: Pattern = Pattern {
    expression: r"[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+",
    max: 256,
    allows: |c| c.is_ascii_graphic() && !"\"/\\".contains(c),
};
const SERVER_NAME: Pattern = Pattern { max: 256, ..NAME };
const ANY_TEXT: Pattern = Pattern { expression: ".*", max: 256, allows: |_| true };
const SERVERS_PER_POOL: usize = 25;
const SCOPES_PER_SERVER: usize = 100;

pub(super) fn create(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let identifier = input.required_match("Identifier", IDENTIFIER)?.to_owned();
    let name = input.required_match("Name", SERVER_NAME)?.to_owned();
    let scopes = scopes(input)?;
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    if pool.resource_servers.contains_key(&identifier) {
        return Err(ApiError::invalid(format!("{identifier} already exists in user pool {}.", pool.id)));
    }
    if pool.resource_servers.len() == SERVERS_PER_POOL {
        let message = format!("A user pool has at most {SERVERS_PER_POOL} resource servers.");
        return Err(ApiError::new(ErrorKind::LimitExceededException, message));
    }
    let server = ResourceServer { identifier: identifier.clone(), name, scopes };
    let answer = json!({"ResourceServer": description(&pool.id, &server)});
    pool.resource_servers.insert(identifier, server);
    Ok(answer)
}

pub(super) fn describe(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let identifier = input.required_text("Identifier")?;
    let state = shared.state();
    let pool = pool_of(&state, input)?;
    let server = pool.resource_servers.get(identifier).ok_or_else(|| no_such_server(identifier))?;
    Ok(json!({"ResourceServer": description(&pool.id, server)}))
}

pub(super) fn list(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let max = page_size(input, 50, false)?;
    let state = shared.state();
    let pool = pool_of(&state, input)?;
    let servers =
        pool.resource_servers.values().map(|server| (server.identifier.as_str(), description(&pool.id, server)));
    page("ResourceServers", servers, max, input.text("NextToken")?)
}

pub(super) fn delete(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let identifier = input.required_text("Identifier")?;
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    pool.resource_servers.remove(identifier).ok_or_else(|| no_such_server(identifier))?;
    nothing()
}

fn scopes(input: Input<'_>) -> Result<Vec<(String, String)>, ApiError> {
    let scopes = input.structures("Scopes")?;
    if scopes.len() > SCOPES_PER_SERVER {
        let constraint = format!("have length less than or equal to {SCOPES_PER_SERVER}");
        return Err(ApiError::constraint("Scopes", "(list)", &constraint));
    }
    scopes
        .into_iter()
        .map(|scope| {
            let name = scope.required_match("ScopeName", SCOPE_NAME)?;
            let description = scope.required_match("ScopeDescription", ANY_TEXT)?;
            Ok((name.to_owned(), description.to_owned()))
        })
        .collect()
}

fn no_such_server(identifier: &str) -> ApiError {
    ApiError::not_found(format!("Resource server {identifier} does not exist."))
}

fn description(pool: &PoolId, server: &ResourceServer) -> Value {
    let scopes: Vec<Value> = server
        .scopes
        .iter()
        .map(|(name, description)| json!({"ScopeName": name, "ScopeDescription": description}))
        .collect();
    json!({"UserPoolId": pool.as_str(), "Identifier": server.identifier, "Name": server.name, "Scopes": scopes})
}
