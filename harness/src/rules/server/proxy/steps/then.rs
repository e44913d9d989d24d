//! What a proxy owes.

use crate::bench::walk::Walk;
use crate::declared::{Capability, ConsentProxy};
use crate::findings::Finding;
use crate::rules::server::isolation::identifier;
use crate::rules::server::isolation::judge as isolation;
use crate::rules::server::proxy::evidence::{Callbacks, ConsentCookies, ConsentPage, SentRedirectUri, States, Walks};
use crate::rules::server::proxy::judge::{self, Shown};
use crate::world::{StepResult, Stopped, World, server};
use cucumber::then;

const SEEN: &str = "the ways of a browser, to judge";

fn capabilities(world: &mut World) -> Result<ConsentProxy, Stopped> {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(SEEN, reason))?;
    let capabilities = &server.bench().capabilities;
    let told = capabilities.of(Capability::ConsentProxy, capabilities.consent_proxy.as_ref());
    told.cloned().map_err(|missing| world.do_without(SEEN, &missing))
}

fn each(world: &mut World, judge: impl Fn(&Walk) -> Finding) -> StepResult {
    let Walks(walks) = world.evidence()?;
    if walks.is_empty() {
        return Err(world.fail(SEEN, "no browser went anywhere"));
    }
    world.findings.extend(walks.iter().map(judge));
    Ok(())
}

#[then("each client is consented to before the browser is sent to the third party")]
async fn asked(world: &mut World) -> StepResult {
    let capabilities = capabilities(world)?;
    each(world, |walk| judge::consent_is_asked(walk, &capabilities.approve))
}

#[then("the page names the client, the scopes and the redirect URI")]
async fn names(world: &mut World) -> StepResult {
    let capabilities = capabilities(world)?;
    let ConsentPage { client, page, scopes } = world.evidence()?;
    let shown =
        Shown { client: client.name, redirect_uri: client.redirect_uri, scopes, words: capabilities.scope_words };
    world.findings.extend(judge::page_names(&page, &shown));
    Ok(())
}

#[then("the page cannot be shown in a frame")]
async fn framed(world: &mut World) -> StepResult {
    each(world, judge::cannot_be_framed)
}

#[then("no consent comes of it")]
async fn no_consent(world: &mut World) -> StepResult {
    each(world, judge::leads_no_further)
}

#[then("the cookies that remember the consent are protected, and good for nothing else")]
async fn cookies(world: &mut World) -> StepResult {
    let ConsentCookies(names) = world.evidence()?;
    world.findings.extend(names.iter().map(|name| judge::is_protected(name, &world.answers)));
    each(world, judge::leads_no_further)
}

#[then("the redirect URI is refused")]
async fn refused(world: &mut World) -> StepResult {
    let SentRedirectUri(sent) = world.evidence()?;
    each(world, |walk| judge::redirect_uri_is_refused(walk, &sent))
}

#[then("no code reaches the client")]
async fn no_code(world: &mut World) -> StepResult {
    each(world, judge::brings_no_code)
}

#[then("no state can be guessed from the others")]
async fn states(world: &mut World) -> StepResult {
    let States(states) = world.evidence()?;
    let evidence = world.answers.iter().map(|exchange| exchange.number).collect();
    world.findings.push(identifier::unpredictable(&states, evidence));
    Ok(())
}

#[then("the callback is rejected, because a cookie is missing that comes with consent")]
async fn comes_with_consent(world: &mut World) -> StepResult {
    let callbacks: Callbacks = world.evidence()?;
    world.findings.push(judge::state_cookie_comes_with_consent(&callbacks));
    Ok(())
}

#[then("the token of the proxy serves nobody any more")]
async fn dies(world: &mut World) -> StepResult {
    world.judge(isolation::nothing_is_served)
}
