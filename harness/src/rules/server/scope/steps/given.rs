//! What a scenario about scopes stands on: what is declared, and positive controls.

use crate::bench::{ChosenScopes, Scoped, ServerStage};
use crate::declared::{Capability, Missing};
use crate::protocol::metadata::own_documents;
use crate::protocol::reply;
use crate::rules::server::common::given::marker;
use crate::rules::server::scope::judge::challenged;
use crate::rules::server::scope::purpose::Tried;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::given;

/// Why rules about scopes do not apply to a server that speaks of none.
const NO_SCOPE: &str = "neither a challenge nor the metadata names a scope, and none is declared";

/// The scoped operation, or a stop that says that there is none or that none is declared.
pub(crate) async fn scoped(world: &mut World, server: &ServerStage, expected: &str) -> Result<Scoped, Stopped> {
    let scoped = server.scoped();
    let told = server.bench().capabilities.of(Capability::ScopedOperations, scoped.as_ref()).map(|_| ());
    match told {
        Err(Missing::Undeclared(_)) if !speaks_of_scopes(server).await => return Err(world.pass_by(expected, NO_SCOPE)),
        told => told.map_err(|missing| world.do_without(expected, &missing))?,
    }
    scoped.ok_or_else(|| world.fail(expected, "a scoped operation was told and is not there"))
}

/// A scope that no server asks for.
const UNRELATED: &str = "profile";

/// Whether tools/list needs a scope, as a token shows that has none but one that nothing needs; nothing where no such token
/// can be had.
async fn needs_some_scope(world: &mut World, server: &ServerStage) -> Option<bool> {
    let token = server.token_with_scope(UNRELATED, "a scope that nothing needs").await.ok()?;
    let exchange = world.note(server.send_scoped(Tried::UnrelatedScope, &server.guarded(), Some(token)).await);
    exchange.response().map(|response| !reply::is_accepted(response))
}

/// Whether what the server publishes, or its challenge, speaks of scopes.
async fn speaks_of_scopes(server: &ServerStage) -> bool {
    let discovery = server.discovery().await;
    let listed = |document: &serde_json::Map<String, serde_json::Value>| document.contains_key("scopes_supported");
    own_documents(&discovery.attempts, &server.bench().endpoint).iter().any(|(_, document)| listed(document))
        || discovery.refusal.response().is_some_and(|response| !challenged(response).is_empty())
}

/// A request that needs no scope has none to be told. Where nothing is declared, it is found out by asking.
#[given("tools/list needs a scope")]
async fn needs_scope(world: &mut World) -> StepResult {
    let expected = "a server that asks for scopes at tools/list";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let bench = server.bench();
    if !bench.subject.base_scopes.is_empty() {
        return Ok(());
    }
    if !bench.subject.operations.is_empty() || bench.capabilities.lacks.contains(&Capability::ScopedOperations) {
        return Err(world.pass_by(expected, "the operator says that tools/list needs no scope"));
    }
    match needs_some_scope(world, server).await {
        Some(true) => Ok(()),
        Some(false) => {
            Err(world.pass_by(expected, "tools/list is accepted with a token that has no scope it could need"))
        }
        None if speaks_of_scopes(server).await => Ok(()),
        None => {
            Err(world.pass_by(expected, "nothing that is declared or published says that tools/list needs a scope"))
        }
    }
}

#[given("declared base scopes")]
async fn base_scopes(world: &mut World) -> StepResult {
    let expected = "scopes that every request needs";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    match server.bench().subject.base_scopes.is_empty() {
        true => Err(world.pass_by(expected, "none are declared")),
        false => Ok(()),
    }
}

/// A server on which nothing hangs on a scope has none to name. Where nothing is declared, it is found out by asking.
#[given("a server that makes use of scopes")]
async fn scopes_matter(world: &mut World) -> StepResult {
    let expected = "a server that makes use of scopes";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let bench = server.bench();
    if !bench.subject.base_scopes.is_empty() || !bench.subject.operations.is_empty() {
        return Ok(());
    }
    if bench.capabilities.lacks.contains(&Capability::ScopedOperations) {
        return Err(world.pass_by(expected, "the operator says that no request needs a scope"));
    }
    match needs_some_scope(world, server).await {
        Some(true) => Ok(()),
        _ if speaks_of_scopes(server).await => Ok(()),
        _ => Err(world.pass_by(expected, "nothing that is declared or published says that a request needs a scope")),
    }
}

#[given("a scoped operation that succeeds with its scopes")]
async fn succeeds(world: &mut World) -> StepResult {
    let expected = "the scoped operation succeeds with the scopes declared for it, as the positive control";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let scoped = scoped(world, server, expected).await?;
    let token = server.token_with(&scoped, ChosenScopes::All).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let control = server.send_scoped(Tried::PositiveControl, &scoped.call(&marker()), Some(token)).await;
    let control = world.note(control);
    if control.response().is_some_and(reply::is_accepted) {
        return Ok(());
    }
    let seen = control.response().map_or_else(|| "no answer".to_owned(), reply::shown);
    Err(world.stop(expected, format!("the positive control failed: {seen}")))
}

#[given("the scoped operation is refused with only the base scopes")]
async fn refused_without(world: &mut World) -> StepResult {
    let expected = "the scoped operation is refused without its scopes, as the negative control";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let scoped = scoped(world, server, expected).await?;
    let token = server.token_with(&scoped, ChosenScopes::OnlyBase).await;
    let token = token.map_err(|cannot| world.lack(expected, &cannot))?;
    let control = server.send_scoped(Tried::NegativeControl, &scoped.call(&marker()), Some(token)).await;
    let control = world.note(control);
    match control.response() {
        None => Err(world.stop(expected, "no answer")),
        Some(response) if reply::is_accepted(response) => {
            Err(world.pass_by(expected, "it is accepted without its scopes, which other requirements judge"))
        }
        Some(_) => Ok(()),
    }
}

#[given("the scoped operation has an effect that can be read back")]
async fn effective(world: &mut World) -> StepResult {
    let expected = "a scoped operation whose effect another tool shows";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let scoped = scoped(world, server, expected).await?;
    if let Err(missing @ Missing::Absent(_)) = server.bench().effect() {
        return Err(world.do_without(expected, &missing));
    }
    match &server.bench().effect {
        Some(effect) if effect.call.name == scoped.operation.call.name => Ok(()),
        _ => Err(world.stop(expected, format!("no effect is declared of {}", scoped.operation.call.name))),
    }
}

#[given("an operation that needs two scopes")]
async fn two_scopes(world: &mut World) -> StepResult {
    let expected = "an operation that needs two scopes";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let scoped = scoped(world, server, expected).await?;
    if scoped.operation.scopes.len() > 1 {
        return Ok(());
    }
    Err(world.pass_by(expected, "every declared operation needs a single scope"))
}

#[given("a declared scope hierarchy")]
async fn hierarchy(world: &mut World) -> StepResult {
    let expected = "a scope that implies another";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let subject = &server.bench().subject;
    let needed = |narrow: &String| subject.operations.iter().any(|operation| operation.scopes.contains(narrow));
    if subject.scope_hierarchy.is_empty() {
        return Err(world.pass_by(expected, "no scope hierarchy is declared"));
    }
    if subject.scope_hierarchy.iter().any(|implication| needed(&implication.narrow)) {
        return Ok(());
    }
    Err(world.stop(expected, "no declared operation needs a scope that another one implies"))
}
