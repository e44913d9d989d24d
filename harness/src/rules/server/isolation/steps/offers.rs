//! Everything that a server offers, asked for without a token and with a bad one; and what is public, with a bad token.

use super::given::credential;
use crate::bench::{Credential, Openness, ServerStage};
use crate::findings::Finding;
use crate::mcp::Operation;
use crate::protocol::reply;
use crate::rules::server::isolation::evidence::{Offered, Public};
use crate::rules::server::isolation::judge::is_carried_out;
use crate::rules::server::isolation::purpose::{Asking, Circumstance};
use crate::token_name::TokenName;
use crate::tokens::token;
use crate::world::{StepResult, World, server};
use cucumber::{given, when};

const STIMULUS: &str = "a request to the server";
const PUBLIC: &str = "operations that the server carries out without a token, and others that it does not";

#[given("what the server offers")]
async fn offers(world: &mut World) -> StepResult {
    let expected = "operations that are carried out with a valid token";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let offers = server.offers().await.map_err(|cannot| world.lack(expected, &cannot))?;
    if offers.is_empty() {
        return Err(world.stop(expected, "none was carried out"));
    }
    for offer in offers {
        world.note(offer.control.clone());
    }
    let offered: Vec<_> = offers
        .iter()
        .map(|offer| offer.operation.clone())
        .filter(|operation| server.bench().openness(operation) != Openness::Declared)
        .collect();
    if offered.is_empty() {
        return Err(world.pass_by(expected, "all that is offered is declared as public"));
    }
    world.leave(Offered(offered));
    Ok(())
}

/// Asks for all that is offered. What is answered without a token, and not declared to be public or protected, is not held
/// against the server.
async fn ask_for_all(world: &mut World, asking: Asking, credential: Option<&Credential>) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Offered(offered) = world.evidence()?;
    let guarded = server.send_as(&server.guarded(), Circumstance::Offered(asking), credential, &[]).await;
    let guarded = world.note(guarded);
    if guarded.response().is_some_and(|response| is_carried_out(&guarded.request, response)) {
        return Err(world.pass_by(STIMULUS, "so is tools/list, which other requirements judge"));
    }
    world.stimulate();
    for operation in &offered {
        let exchange = server.send_as(operation, Circumstance::Offered(asking), credential, &[]).await;
        let untold = server.bench().openness(operation) == Openness::Undeclared;
        if untold && exchange.response().is_some_and(reply::is_accepted) {
            let exchange = world.note(exchange);
            let reason = format!(
                "{operation} is answered without a good token, and no operator told whether it is public; declare \
                 public_operations in the subject file"
            );
            world.findings.push(Finding::inconclusive("a refusal", reason, vec![exchange.number]));
        } else {
            world.answer(exchange);
        }
    }
    if world.answers.is_empty() {
        return Err(world.stop(STIMULUS, "all that is offered is answered without a good token"));
    }
    Ok(())
}

#[when("a client without a token asks for all of it")]
async fn without_token(world: &mut World) -> StepResult {
    ask_for_all(world, Asking::WithoutToken, None).await
}

#[when("a client with a bad token asks for all of it")]
async fn with_bad_token(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let bad = credential(world, server, token!("a token with a broken signature").clone()).await?;
    ask_for_all(world, Asking::WithBadToken, Some(&bad)).await
}

/// What is declared as public; where nothing is declared, what was answered without a token. Operations that have no
/// answer to look at, and those that act on a session, are left out.
fn named_public(server: &ServerStage) -> Vec<Operation> {
    let bench = server.bench();
    let names = bench.subject.public_operations.as_ref().unwrap_or(&bench.answered_without_token);
    let asks = |operation: &Operation| {
        matches!(operation, Operation::Initialize | Operation::Discover | Operation::ToolsList | Operation::Call(_))
    };
    names.iter().filter_map(|name| name.parse().ok()).filter(asks).collect()
}

#[given("operations that are public, and others that are not")]
async fn public(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(PUBLIC, reason))?;
    let guarded = world.note(server.send(&server.guarded(), &[]).await);
    if guarded.response().is_some_and(|response| is_carried_out(&guarded.request, response)) {
        return Err(world.pass_by(PUBLIC, "the server carries out everything without a token"));
    }
    let named = named_public(server);
    let session = match named.contains(&Operation::Initialize) {
        true => server.open_session_bare().await,
        false => None,
    };
    let mut found = Vec::new();
    for operation in named {
        let circumstance = Circumstance::Offered(Asking::PublicWithoutToken);
        let exchange = server.send_in(session.as_deref(), &operation, circumstance, None, &[]).await;
        let exchange = world.note(exchange);
        if exchange.response().is_some_and(|response| is_carried_out(&exchange.request, response)) {
            found.push(operation);
        }
    }
    if found.is_empty() {
        return Err(world.pass_by(PUBLIC, "no operation is public"));
    }
    world.leave(Public { operations: found, session });
    Ok(())
}

#[when(regex = r"^a client asks for what is public with (a token [^,]+)$")]
async fn public_with(world: &mut World, name: TokenName) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Public { operations, session } = world.evidence()?;
    let bad = credential(world, server, name).await?;
    let guarded = world.note(server.send(&server.guarded(), std::slice::from_ref(&bad)).await);
    if guarded.response().is_some_and(|response| is_carried_out(&guarded.request, response)) {
        return Err(world.pass_by(PUBLIC, "the token is accepted where one is needed, which other requirements judge"));
    }
    world.stimulate();
    for operation in &operations {
        let circumstance = Circumstance::Offered(Asking::PublicWithBadToken);
        let exchange = server.send_in(session.as_deref(), operation, circumstance, Some(&bad), &[]).await;
        world.answer(exchange);
    }
    Ok(())
}
