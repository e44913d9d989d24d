//! What must hold of protected resource metadata, of its members, and of what they lead to.

use crate::findings::Finding;
use crate::protocol::issuer::IssuerLookup;
use crate::protocol::metadata::issuers;
use crate::rules::server::metadata::evidence::{Discovered, Lookups, WithoutSlash};
use crate::rules::server::metadata::judge;
use crate::token_name::VALID;
use crate::tokens::forge::Draft;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::then;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

#[then("the metadata is published")]
async fn is_published(world: &mut World) -> StepResult {
    judge_ways(world, judge::is_published)
}

#[then("metadata that is published stands where clients look")]
async fn some_document(world: &mut World) -> StepResult {
    judge_ways(world, judge::some_way_leads_to_it)
}

#[then("the URL in the challenge leads to the metadata")]
async fn challenge_leads(world: &mut World) -> StepResult {
    judge_ways(world, judge::challenge_leads_to_it)
}

#[then("the metadata stands at the well-known URI that is made of its resource")]
async fn suffixed_leads(world: &mut World) -> StepResult {
    judge_ways(world, judge::stands_where_its_resource_says)
}

fn judge_ways(world: &mut World, judge: fn(&Discovered) -> Finding) -> StepResult {
    let found = world.evidence()?;
    world.findings.push(judge(&found));
    Ok(())
}

fn judge_found(world: &mut World, judge: fn(&Discovered) -> Vec<Finding>) -> StepResult {
    let found = world.evidence()?;
    world.findings.extend(judge(&found));
    Ok(())
}

#[then("the metadata is JSON by its content type")]
async fn typed(world: &mut World) -> StepResult {
    judge_found(world, judge::is_typed_json)
}

fn judge_documents(
    world: &mut World,
    expected: &str,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> StepResult {
    let found = world.evidence()?;
    world.findings.extend(judge::each_document(&found, expected, |_, document| flaw(document)));
    Ok(())
}

fn judge_documents_with(
    world: &mut World,
    expected: &str,
    has: impl Fn(&Map<String, Value>) -> bool,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> StepResult {
    let found = world.evidence()?;
    world.findings.extend(judge::each_document_with(&found, expected, has, flaw));
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
    judge_found(world, judge::resource_is_that_of_the_place)
}

#[then("resource behind the challenge is the URL of the request")]
async fn requested(world: &mut World) -> StepResult {
    judge_found(world, judge::resource_is_that_of_the_request)
}

#[then("resource has no slash at its end that makes no difference")]
async fn slash(world: &mut World) -> StepResult {
    let found = world.evidence()?;
    let WithoutSlash(answers) = world.evidence()?;
    world.findings.extend(judge::needless_slash(&found, &answers));
    Ok(())
}

#[then("no member is null or an empty array")]
async fn empty(world: &mut World) -> StepResult {
    judge_documents(world, "no member that is null or an empty array", judge::empty_member)
}

#[then("every entry of authorization_servers is an issuer identifier")]
async fn issuer_identifiers(world: &mut World) -> StepResult {
    let expected = "authorization_servers with https URLs that have no query and no fragment (http on loopback)";
    judge_documents_with(world, expected, |document| !issuers(document).is_empty(), judge::issuer_flaw)
}

/// The lookups, of which there is one at least.
fn lookups(world: &mut World) -> Result<Vec<IssuerLookup>, Stopped> {
    match world.evidence()? {
        Lookups(lookups) if lookups.is_empty() => {
            let reason = "no document names one; see RS-PRM-01 and RS-PRM-03";
            Err(world.pass_by("an authorization server to ask", reason))
        }
        Lookups(lookups) => Ok(lookups),
    }
}

#[then("every one has metadata with the issuer that was named")]
async fn leads(world: &mut World) -> StepResult {
    let lookups = lookups(world)?;
    let found: Discovered = world.evidence()?;
    world.findings.extend(lookups.iter().map(|lookup| judge::leads_to_metadata(lookup, &found.endpoint)));
    Ok(())
}

#[then("the issuer of the valid token is among authorization_servers")]
async fn names_issuer(world: &mut World) -> StepResult {
    let expected = "the issuer of a token that the server accepts";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    if world.uncontrolled.is_some() {
        return Err(world.stop(expected, "no token is known that the server accepts"));
    }
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let claims = Draft::from_genuine(token.raw.expose_secret()).map(|draft| draft.claims).unwrap_or_default();
    let Some(issuer) = claims.get("iss").and_then(Value::as_str).map(str::to_owned) else {
        return Err(world.pass_by(expected, "the token does not say who issued it"));
    };
    let found = world.evidence()?;
    world.findings.extend(judge::names_the_issuer(&found, &issuer));
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

#[then("signed metadata holds no signed metadata")]
async fn nested(world: &mut World) -> StepResult {
    let expected = "signed_metadata without signed_metadata among its claims";
    judge_documents_with(world, expected, judge::has_signed_claims, judge::nested_signed_metadata)
}

#[then(expr = "nothing repeats {word}")]
async fn no_reflection(world: &mut World, name: String) -> StepResult {
    world.judge(|exchange| judge::does_not_repeat(exchange, &name))
}
