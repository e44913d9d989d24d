//! Rules whose probes need more than the harness has: they are not applicable where the server has nothing of what they
//! speak of, and inconclusive, by name, everywhere else. Never met.

use crate::bench::Facility;
use crate::world::{StepResult, World, server};
use cucumber::{given, then, when};

#[given(regex = r"^a server that (is a proxy before a third-party authorization server)$")]
async fn has(world: &mut World, what: String) -> StepResult {
    let expected = format!("a server that {what}");
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(&expected, reason))?;
    server
        .bench()
        .means
        .of(Facility::ConsentProxy, Some(&()))
        .map_err(|missing| world.do_without(&expected, &missing))?;
    Ok(())
}

#[when(
    regex = r"^(somebody .+|a user completes the third-party login that it leads to|another user opens the URL in a browser of their own)$"
)]
async fn unprobed(world: &mut World, what: String) -> StepResult {
    Err(world.stop("the probe of this rule", format!("the harness has no means to play that {what}")))
}

#[then(
    regex = r"^(the proxy is judged as the rule has it|no mark of a third-party token reaches the client|nothing gets bound to the first user)$"
)]
async fn unjudged(world: &mut World, what: String) -> StepResult {
    Err(world.fail(&what, "nothing was probed, and so the scenario should have stopped"))
}
