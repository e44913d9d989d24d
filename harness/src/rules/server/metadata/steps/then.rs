//! What must hold of protected resource metadata, of its members, and of what they lead to.

use crate::protocol::issuer::IssuerLookup;
use crate::protocol::metadata::{Way, issuers};
use crate::rules::server::metadata::evidence::{Discovered, Lookups, WithoutSlash};
use crate::rules::server::metadata::judge;
use crate::world::{StepResult, Stopped, World};
use cucumber::then;
use serde_json::{Map, Value};

#[then("some way leads to the metadata")]
async fn some_document(world: &mut World) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    world.findings.push(judge::some_document(&attempts));
    Ok(())
}

#[then("the URL in the challenge leads to the metadata")]
async fn challenge_leads(world: &mut World) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    world.findings.push(judge::challenge_leads_to_it(&attempts));
    Ok(())
}

#[then("the path-suffixed well-known URI leads to the metadata")]
async fn suffixed_leads(world: &mut World) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    let Some(attempt) = attempts.iter().find(|attempt| attempt.way == Way::PathSuffixed) else {
        return Err(world.fail("a well-known URI", "the endpoint is no URL"));
    };
    world.findings.push(judge::is_document(attempt));
    Ok(())
}

#[then("the metadata is JSON by its content type")]
async fn typed(world: &mut World) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    world.findings.extend(judge::is_typed_json(&attempts));
    Ok(())
}

fn judge_documents(
    world: &mut World,
    expected: &str,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    world.findings.extend(judge::each_document(&attempts, expected, |_, document| flaw(document)));
    Ok(())
}

fn judge_documents_with(
    world: &mut World,
    expected: &str,
    has: impl Fn(&Map<String, Value>) -> bool,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    world.findings.extend(judge::each_document_with(&attempts, expected, has, flaw));
    Ok(())
}

#[then("authorization_servers has at least one entry")]
async fn servers(world: &mut World) -> StepResult {
    let expected = "authorization_servers as an array with at least one string";
    judge_documents(world, expected, judge::authorization_servers_flaw)
}

#[then("resource is an absolute https URL without fragment")]
async fn resource(world: &mut World) -> StepResult {
    let expected = "resource as an absolute https URL without fragment (http on loopback)";
    judge_documents(world, expected, judge::resource_flaw)
}

#[then("resource has no query")]
async fn query(world: &mut World) -> StepResult {
    judge_documents(world, "resource without a query", judge::resource_query)
}

#[then("resource at each well-known URI is the identifier that the URI was derived from")]
async fn derived(world: &mut World) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    let otherwise = "no well-known URI has a document";
    world.findings.extend(judge::resource_is_the_identifier(&attempts, |way| way != Way::Challenge, otherwise));
    Ok(())
}

#[then("resource behind the challenge is the URL of the request")]
async fn requested(world: &mut World) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    let otherwise = "the challenge leads to no document";
    world.findings.extend(judge::resource_is_the_identifier(&attempts, |way| way == Way::Challenge, otherwise));
    Ok(())
}

#[then("resource has no slash at its end that makes no difference")]
async fn slash(world: &mut World) -> StepResult {
    let Discovered(attempts) = world.evidence()?;
    let WithoutSlash(answers) = world.evidence()?;
    world.findings.extend(judge::needless_slash(&attempts, &answers));
    Ok(())
}

#[then("no member is null or an empty array")]
async fn empty(world: &mut World) -> StepResult {
    judge_documents(world, "no member that is null or an empty array", judge::empty_member)
}

#[then("every entry of authorization_servers is an issuer identifier")]
async fn issuer_identifiers(world: &mut World) -> StepResult {
    let expected = "authorization_servers with https URLs that have no query and no fragment (http on loopback)";
    let Discovered(attempts) = world.evidence()?;
    let mut documents = attempts.iter().filter_map(|attempt| attempt.document());
    if !documents.any(|document| !issuers(&document).is_empty()) {
        return Err(world.stop(expected, "no document names an authorization server"));
    }
    judge_documents(world, expected, judge::issuer_flaw)
}

/// The lookups, of which there is one at least.
fn lookups(world: &mut World) -> Result<Vec<IssuerLookup>, Stopped> {
    match world.evidence()? {
        Lookups(lookups) if lookups.is_empty() => {
            Err(world.stop("an authorization server to ask", "no document names one"))
        }
        Lookups(lookups) => Ok(lookups),
    }
}

#[then("every one has metadata with the issuer that was named")]
async fn leads(world: &mut World) -> StepResult {
    let lookups = lookups(world)?;
    world.findings.extend(lookups.iter().map(judge::leads_to_metadata));
    Ok(())
}

#[then("those that list protected resources list this one")]
async fn listed(world: &mut World) -> StepResult {
    let lookups = lookups(world)?;
    world.findings.extend(lookups.iter().map(judge::lists_the_resource));
    Ok(())
}

#[then("scopes_supported is published")]
async fn scopes(world: &mut World) -> StepResult {
    judge_documents(world, "scopes_supported as an array of scopes that is not empty", judge::scopes_flaw)
}

#[then(expr = "scopes_supported does not hold {word}")]
async fn no_scope(world: &mut World, scope: String) -> StepResult {
    let expected = format!("scopes_supported without {scope}");
    judge_documents(world, &expected, |document| judge::supported_scope(document, &scope))
}

#[then("bearer_methods_supported offers the header and not the query")]
async fn methods(world: &mut World) -> StepResult {
    let expected = "bearer_methods_supported with header, perhaps body, and nothing else";
    let has = |document: &Map<String, Value>| document.contains_key("bearer_methods_supported");
    judge_documents_with(world, expected, has, judge::bearer_methods_flaw)
}

#[then("optional members obey their rules")]
async fn optional(world: &mut World) -> StepResult {
    let expected = "jwks_uri over https, no signing algorithm none, signed_metadata signed with an iss";
    judge_documents_with(world, expected, judge::has_optional_member, judge::optional_member_flaw)
}

#[then(expr = "nothing repeats {word}")]
async fn no_reflection(world: &mut World, name: String) -> StepResult {
    world.judge(|exchange| judge::does_not_repeat(exchange, &name))
}
