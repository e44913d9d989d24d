//! What must hold of what a client sent.

use crate::bench::{ClientRun, Stage};
use crate::findings::Finding;
use crate::protocol::pkce::is_verifier;
use crate::protocol::reply;
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, client};
use cucumber::then;
use std::sync::Arc;

async fn judge(world: &mut World, judge: impl FnOnce(&ClientRun) -> Vec<Finding>) -> StepResult {
    let stage: Arc<Stage> = world.stage()?;
    let findings = match client(&stage) {
        Ok(client) => client.run().await.map(judge).map_err(String::clone),
        Err(reason) => Err(reason.to_owned()),
    };
    match findings {
        Ok(findings) => world.findings.extend(findings),
        Err(reason) => return Err::<(), Stopped>(world.stop("a run of the client", reason)),
    }
    Ok(())
}

#[then("each authorization request carries a code_challenge")]
async fn challenge(world: &mut World) -> StepResult {
    judge(world, |run| run.flow.authorization_has("code_challenge", "one code_challenge", |value| !value.is_empty()))
        .await
}

#[then("each authorization request says code_challenge_method S256")]
async fn method(world: &mut World) -> StepResult {
    let name = "code_challenge_method";
    judge(world, |run| run.flow.authorization_has(name, "code_challenge_method=S256", |value| value == "S256")).await
}

#[then("each token request carries the code_verifier of its authorization request")]
async fn verifier(world: &mut World) -> StepResult {
    judge(world, |run| run.flow.verifier_matches()).await
}

#[then("each code_verifier has 43 to 128 unreserved characters")]
async fn verifier_shape(world: &mut World) -> StepResult {
    judge(world, |run| {
        let expected = "one code_verifier of 43 to 128 unreserved characters";
        run.flow.redemption_has("code_verifier", expected, is_verifier)
    })
    .await
}

#[then("each authorization request names the resource")]
async fn authorization_resource(world: &mut World) -> StepResult {
    judge(world, |run| run.flow.authorization_has("resource", "exactly one resource", |value| !value.is_empty())).await
}

#[then("each token request names the resource")]
async fn token_resource(world: &mut World) -> StepResult {
    judge(world, |run| {
        let asked = run.flow.authorization.iter().flat_map(|request| request.request.query("resource")).next_back();
        let expected = "exactly one resource, the one of the authorization request";
        run.flow.redemption_has("resource", expected, |value| asked.as_deref().is_none_or(|asked| asked == value))
    })
    .await
}

#[then("the resource is the identifier in the protected resource metadata, byte for byte")]
async fn exact_resource(world: &mut World) -> StepResult {
    judge(world, |run| {
        let expected = format!("resource={}", run.resource);
        let mut findings = run.flow.authorization_has("resource", &expected, |value| value == run.resource);
        findings.extend(run.flow.redemption_has("resource", &expected, |value| value == run.resource));
        findings
    })
    .await
}

#[then("the client answers the 401 with an authorization request and then sends a token")]
async fn answers_401(world: &mut World) -> StepResult {
    judge(world, |run| vec![answered(run)]).await
}

fn answered(run: &ClientRun) -> Finding {
    let expected = "a 401, an authorization request, and after it a request that the MCP server accepts";
    let at_server =
        |number: usize| run.trace.iter().filter(move |e| e.number > number && e.request.url == run.endpoint);
    let Some(refusal) = at_server(0).find(|e| e.response().is_some_and(|response| response.status == 401)) else {
        return Finding::inconclusive(expected, format!("the client met no 401; {}", run.flow.ending), Vec::new());
    };
    let asked = run.flow.authorization.iter().find(|exchange| exchange.number > refusal.number);
    let accepted = asked.and_then(|asked| {
        at_server(asked.number).find(|e| {
            e.request.headers.contains_key(http::header::AUTHORIZATION) && e.response().is_some_and(reply::is_accepted)
        })
    });
    if let Some(refused) = asked.and_then(|asked| refused_as_issued(run, asked.number)).filter(|_| accepted.is_none()) {
        let reason = "the bench's own server refused the very token that the login yielded";
        return Finding::inconclusive(expected, reason, vec![refusal.number, refused.number]);
    }
    let evidence = [Some(refusal), asked, accepted].into_iter().flatten().map(|exchange| exchange.number).collect();
    let actual = match (asked, accepted) {
        (None, _) => format!("no authorization request after the 401; {}", run.flow.ending),
        (_, None) => format!("no accepted request with a token after the login; {}", run.flow.ending),
        _ => "so it did".to_owned(),
    };
    Finding::of(accepted.is_some(), expected, actual, evidence)
}

/// The request after `number` that carried the token as it was issued, and was refused all the same.
fn refused_as_issued(run: &ClientRun, number: usize) -> Option<&Exchange> {
    let issued: Vec<String> = run
        .flow
        .redemption
        .iter()
        .filter_map(|exchange| {
            exchange.response()?.json()?.get("access_token")?.as_str().map(|token| format!("Bearer {token}"))
        })
        .collect();
    let presents = |exchange: &Exchange| {
        let value = exchange.request.headers.get(http::header::AUTHORIZATION);
        value.is_some_and(|value| issued.iter().any(|token| token.as_bytes() == value.as_bytes()))
    };
    let refused = |exchange: &&Exchange| exchange.response().is_some_and(|response| response.status == 401);
    run.trace
        .iter()
        .filter(|exchange| exchange.number > number && exchange.request.url == run.endpoint && presents(exchange))
        .find(refused)
}
