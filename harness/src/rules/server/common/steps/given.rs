//! What a scenario about an MCP server stands on: positive controls.

use super::when::{marked, reads_back};
use crate::bench::Credential;
use crate::findings::Treatment;
use crate::protocol::reply;
use crate::rules::server::common::evidence::Effect;
use crate::token_name::{TokenName, VALID};
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::given;

#[given(expr = "{word} is accepted with a valid token")]
async fn accepted(world: &mut World, operation: String) -> StepResult {
    let expected = format!("{operation} is accepted with a valid token, as the positive control");
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(&expected, reason))?;
    let operation = server.operation(&operation).map_err(|error| world.fail(&expected, error))?;
    let control = match server.control(&operation).await {
        Ok(control) => world.note(control),
        // Without a valid token a refusal proves nothing; what is accepted although it must not be proves a fault.
        Err(cannot) => {
            world.uncontrolled = Some(cannot);
            return Ok(());
        }
    };
    if is_control(&control) {
        return Ok(());
    }
    let seen = control.response().map_or_else(|| "no answer".to_owned(), reply::shown);
    Err(world.stop(&expected, format!("the positive control failed: {seen}")))
}

/// Whether an exchange shows that a request is served which has nothing wrong about it.
pub(crate) fn is_control(exchange: &Exchange) -> bool {
    Treatment::of(exchange) == Treatment::Served && exchange.response().is_some_and(reply::is_accepted)
}

/// Where what is wrong with a token on its own is accepted, to accept it in disguise is no fault of its own.
#[given(regex = r"^(\S+) is refused with ((?:a|an) [^,]+)$")]
async fn refused_with(world: &mut World, operation: String, name: TokenName) -> StepResult {
    let expected = format!("{operation} is refused with {name}, as the negative control");
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(&expected, reason))?;
    let operation = server.operation(&operation).map_err(|error| world.fail(&expected, error))?;
    let token = server.token(&name).await.map_err(|cannot| world.lack(&expected, &cannot))?;
    let exchange = world.note(server.send(&operation, &[Credential::bearer(token)]).await);
    is_refused(world, &exchange, &expected, &name.to_string())
}

/// Where the operation needs no token at all, what comes of a call without one is for other requirements.
#[given(expr = "{word} is refused without a token")]
async fn refused_without(world: &mut World, operation: String) -> StepResult {
    let expected = format!("{operation} is refused without a token, as the negative control");
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(&expected, reason))?;
    let operation = server.operation(&operation).map_err(|error| world.fail(&expected, error))?;
    let exchange = world.note(server.send(&operation, &[]).await);
    is_refused(world, &exchange, &expected, "a request without a token")
}

fn is_refused(world: &mut World, exchange: &Exchange, expected: &str, what: &str) -> StepResult {
    let seen = exchange.response().map_or_else(|| "no answer".to_owned(), reply::shown);
    match Treatment::of(exchange) {
        Treatment::Refused => Ok(()),
        Treatment::Served => {
            Err(world.pass_by(expected, format!("{what} is accepted as it is, which other requirements judge")))
        }
        Treatment::Unknown => Err(world.stop(expected, format!("it is not known what becomes of {what}: {seen}"))),
    }
}

#[given(expr = "a tool whose effect can be read back")]
async fn effect(world: &mut World) -> StepResult {
    effect_with_a_valid_token(world).await.map(drop)
}

/// Has the tool take its effect with a valid token, and reads it back; gives the marker by which it is known.
pub(crate) async fn effect_with_a_valid_token(world: &mut World) -> Result<String, Stopped> {
    let expected = "with a valid token the tool has its effect, as the positive control";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let effect = server.bench().effect().map_err(|missing| world.do_without(expected, &missing))?.clone();
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let marker = marker();
    world.note(server.send(&marked(&effect.call, &marker), &[Credential::bearer(token)]).await);
    match reads_back(world, server, &effect.read, &marker).await? {
        Effect::Seen => Ok(marker),
        Effect::NotSeen => {
            Err(world.stop(expected, "the positive control failed: the effect of a permitted call cannot be read back"))
        }
    }
}

/// A text that occurs nowhere else.
pub(crate) fn marker() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
