//! What must hold of the members of protected resource metadata, and of what they lead to.

use crate::findings::Finding;
use crate::protocol::metadata::issuers;
use crate::rules::server::metadata::judge as metadata;
use crate::rules::server::metadata::{issuer, outsider};
use crate::world::{StepResult, World};
use cucumber::then;
use serde_json::{Map, Value};

fn judge_documents(
    world: &mut World,
    expected: &str,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> StepResult {
    let found = metadata::each_document(&world.attempts, expected, |_, document| flaw(document));
    world.findings.extend(found);
    Ok(())
}

/// The same for documents that have something to judge; where none has, the rule does not apply.
fn judge_documents_with(
    world: &mut World,
    expected: &str,
    has: impl Fn(&Map<String, Value>) -> bool,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> StepResult {
    let documents = world.attempts.iter().filter_map(|attempt| Some((attempt, attempt.document()?)));
    let documents: Vec<_> = documents.collect();
    if documents.is_empty() || documents.iter().any(|(_, document)| has(document)) {
        return judge_documents(world, expected, flaw);
    }
    let evidence = documents.iter().map(|(attempt, _)| attempt.exchange.number).collect();
    world.findings.push(Finding::not_applicable(expected, "no document has such a member", evidence));
    Ok(())
}

#[then("resource has no slash at its end that makes no difference")]
async fn slash(world: &mut World) -> StepResult {
    world.findings.extend(metadata::needless_slash(&world.attempts, &world.answers));
    Ok(())
}

#[then("no member is null or an empty array")]
async fn empty(world: &mut World) -> StepResult {
    judge_documents(world, "no member that is null or an empty array", metadata::empty_member)
}

#[then("every entry of authorization_servers is an issuer identifier")]
async fn issuer_identifiers(world: &mut World) -> StepResult {
    let expected = "authorization_servers with https URLs that have no query and no fragment (http on loopback)";
    let named = world.attempts.iter().filter_map(|attempt| attempt.document());
    if !named.into_iter().any(|document| !issuers(&document).is_empty()) {
        return Err(world.stop(expected, "no document names an authorization server"));
    }
    judge_documents(world, expected, metadata::issuer_flaw)
}

#[then("every one has metadata with the issuer that was named")]
async fn leads(world: &mut World) -> StepResult {
    if world.lookups.is_empty() {
        return Err(world.stop("an authorization server to ask", "no document names one"));
    }
    world.findings.extend(world.lookups.iter().map(issuer::leads_to_metadata));
    Ok(())
}

#[then("those that list protected resources list this one")]
async fn listed(world: &mut World) -> StepResult {
    if world.lookups.is_empty() {
        return Err(world.stop("an authorization server to ask", "no document names one"));
    }
    world.findings.extend(world.lookups.iter().map(issuer::lists_the_resource));
    Ok(())
}

#[then("scopes_supported is published")]
async fn scopes(world: &mut World) -> StepResult {
    judge_documents(world, "scopes_supported as an array of scopes that is not empty", metadata::scopes_flaw)
}

#[then(expr = "scopes_supported does not hold {word}")]
async fn no_scope(world: &mut World, scope: String) -> StepResult {
    let expected = format!("scopes_supported without {scope}");
    judge_documents(world, &expected, |document| metadata::supported_scope(document, &scope))
}

#[then("bearer_methods_supported offers the header and not the query")]
async fn methods(world: &mut World) -> StepResult {
    let expected = "bearer_methods_supported with header, perhaps body, and nothing else";
    let has = |document: &Map<String, Value>| document.contains_key("bearer_methods_supported");
    judge_documents_with(world, expected, has, metadata::bearer_methods_flaw)
}

#[then("optional members obey their rules")]
async fn optional(world: &mut World) -> StepResult {
    let expected = "jwks_uri over https, no signing algorithm none, signed_metadata signed with an iss";
    judge_documents_with(world, expected, metadata::has_optional_member, metadata::optional_member_flaw)
}

#[then(expr = "nothing repeats {word}")]
async fn no_reflection(world: &mut World, name: String) -> StepResult {
    world.judge(|exchange| outsider::does_not_repeat(exchange, &name))
}

#[then("every refusal looks the same")]
async fn alike(world: &mut World) -> StepResult {
    world.findings.push(outsider::refusals_are_alike(&world.answers));
    Ok(())
}
