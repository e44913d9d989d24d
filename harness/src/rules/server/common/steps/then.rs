//! What must hold of an MCP server's answers.

use crate::findings::{Finding, answer};
use crate::protocol::metadata::Way;
use crate::protocol::reply;
use crate::rules::server::challenge::judge as challenge;
use crate::rules::server::common::judge;
use crate::rules::server::metadata::judge as metadata;
use crate::wire::Exchange;
use crate::world::{StepResult, World};
use cucumber::then;

/// Judges the challenge of a 401; of any other answer this says nothing, because other requirements do.
pub(crate) fn judge_challenge(world: &mut World, judge: impl Fn(&Exchange) -> Finding) -> StepResult {
    world.judge(|exchange| match exchange.response() {
        Some(response) if response.status != 401 => {
            let seen = format!("{}: {}", exchange.request.label(), reply::shown(response));
            Finding::inconclusive("a 401 whose challenge can be looked at", seen, vec![exchange.number])
        }
        _ => judge(exchange),
    })
}

#[then(expr = "the answer is {int}")]
async fn answer_is(world: &mut World, status: u16) -> StepResult {
    world.judge(|exchange| answer::status_is(exchange, status))
}

#[then(expr = "the answer is {int}, or 405 because the server does not offer it")]
async fn answer_is_unless_not_offered(world: &mut World, status: u16) -> StepResult {
    world.judge(|exchange| match exchange.response() {
        Some(response) if response.status == 405 => {
            let expected = format!("HTTP {status} to an operation that the server offers");
            Finding::not_applicable(expected, "the server does not offer it (HTTP 405)", vec![exchange.number])
        }
        _ => answer::status_is(exchange, status),
    })
}

#[then("no result is returned")]
async fn no_result(world: &mut World) -> StepResult {
    world.judge(answer::holds_no_result)
}

#[then("the request is accepted")]
async fn accepted(world: &mut World) -> StepResult {
    world.judge(answer::accepted)
}

#[then("the token is refused")]
async fn refused(world: &mut World) -> StepResult {
    world.judge(answer::refused)
}

#[then("the tool had no effect")]
async fn no_effect(world: &mut World) -> StepResult {
    let effect = world.evidence()?;
    world.judge(|exchange| judge::had_no_effect(exchange, effect))
}

#[then("the answer carries a challenge")]
async fn challenged(world: &mut World) -> StepResult {
    judge_challenge(world, challenge::is_present)
}

#[then("the challenge uses Bearer with at least one parameter")]
async fn bearer(world: &mut World) -> StepResult {
    judge_challenge(world, challenge::is_bearer_with_parameter)
}

#[then("the challenge is well-formed")]
async fn well_formed(world: &mut World) -> StepResult {
    world.judge(challenge::is_well_formed)
}

#[then(expr = "the challenge has {word}")]
async fn has(world: &mut World, name: String) -> StepResult {
    judge_challenge(world, |exchange| challenge::has(exchange, &name, None))
}

#[then(expr = "the challenge has {word} {string}")]
async fn has_value(world: &mut World, name: String, value: String) -> StepResult {
    judge_challenge(world, |exchange| challenge::has(exchange, &name, Some(&value)))
}

#[then("the challenge carries no error")]
async fn no_error(world: &mut World) -> StepResult {
    judge_challenge(world, |exchange| challenge::has_none_of(exchange, &["error", "error_description", "error_uri"]))
}

#[then("some way leads to the metadata")]
async fn some_document(world: &mut World) -> StepResult {
    world.findings.push(metadata::some_document(&world.attempts));
    Ok(())
}

#[then("the URL in the challenge leads to the metadata")]
async fn challenge_leads(world: &mut World) -> StepResult {
    let found = match world.attempts.iter().find(|attempt| attempt.way == Way::Challenge) {
        Some(attempt) => metadata::is_document(attempt),
        None => Finding::not_applicable(
            "resource_metadata leads to the metadata",
            "the challenge names no URL that could be followed",
            Vec::new(),
        ),
    };
    world.findings.push(found);
    Ok(())
}

#[then("the path-suffixed well-known URI leads to the metadata")]
async fn suffixed_leads(world: &mut World) -> StepResult {
    let found = world.attempts.iter().find(|attempt| attempt.way == Way::PathSuffixed).map(metadata::is_document);
    let Some(found) = found else { return Err(world.fail("a well-known URI", "the endpoint is no URL")) };
    world.findings.push(found);
    Ok(())
}

#[then("the metadata is JSON by its content type")]
async fn typed(world: &mut World) -> StepResult {
    world.findings.extend(metadata::is_typed_json(&world.attempts));
    Ok(())
}

#[then("authorization_servers has at least one entry")]
async fn servers(world: &mut World) -> StepResult {
    let expected = "authorization_servers as an array with at least one string";
    let found = metadata::each_document(&world.attempts, expected, |_, document| {
        metadata::authorization_servers_flaw(document)
    });
    world.findings.extend(found);
    Ok(())
}

#[then("resource is an absolute https URL without fragment")]
async fn resource(world: &mut World) -> StepResult {
    let expected = "resource as an absolute https URL without fragment (http on loopback)";
    let found = metadata::each_document(&world.attempts, expected, |_, document| metadata::resource_flaw(document));
    world.findings.extend(found);
    Ok(())
}

#[then("resource has no query")]
async fn query(world: &mut World) -> StepResult {
    let expected = "resource without a query";
    let found = metadata::each_document(&world.attempts, expected, |_, document| metadata::resource_query(document));
    world.findings.extend(found);
    Ok(())
}

#[then("resource at each well-known URI is the identifier that the URI was derived from")]
async fn derived(world: &mut World) -> StepResult {
    resource_equals(world, |way| way != Way::Challenge, "no well-known URI has a document")
}

#[then("resource behind the challenge is the URL of the request")]
async fn requested(world: &mut World) -> StepResult {
    resource_equals(world, |way| way == Way::Challenge, "the challenge leads to no document")
}

fn resource_equals(world: &mut World, ways: fn(Way) -> bool, otherwise: &str) -> StepResult {
    let expected = "resource identical, code point by code point, to the identifier the document was found for";
    let endpoint = world.attempts.iter().find(|found| found.way != Way::Root).map(|found| found.identifier.clone());
    let (disputed, attempts): (Vec<_>, Vec<_>) = world
        .attempts
        .iter()
        .filter(|found| ways(found.way) && found.document().is_some())
        .cloned()
        .partition(|found| metadata::is_the_endpoints_own_at_the_root(found, endpoint.as_deref()));
    for attempt in disputed {
        let reason = "MCP lets the document of the endpoint stand at the root, where RFC 9728 wants that of the origin";
        world.findings.push(Finding::not_applicable(expected, reason, vec![attempt.exchange.number]));
    }
    if attempts.is_empty() {
        world.findings.push(Finding::not_applicable(expected, otherwise, Vec::new()));
        return Ok(());
    }
    let found = metadata::each_document(&attempts, expected, |attempt, document| {
        metadata::resource_difference(document, &attempt.identifier)
    });
    world.findings.extend(found);
    Ok(())
}
