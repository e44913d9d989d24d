//! What rules about the audience stand on.

use crate::world::{StepResult, World, server};
use cucumber::given;

#[given("a server with one declared identifier")]
async fn one_identifier(world: &mut World) -> StepResult {
    let expected = "a server whose operator declares its resource identifier";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    match server.bench().subject.resource {
        Some(_) => Ok(()),
        None => {
            let reason = "the operator declares no `resource`, so the server may have several names";
            Err(world.pass_by(expected, reason))
        }
    }
}
