//! What a proxy owes.

use crate::declared::{ConsentProxy, Facility};
use crate::findings::Finding;
use crate::judge::walk::Walk;
use crate::rules::server::isolation::identifier;
use crate::rules::server::isolation::judge as isolation;
use crate::rules::server::proxy::cookie;
use crate::rules::server::proxy::judge as proxy;
use crate::rules::server::proxy::judge::Shown;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::then;

const SEEN: &str = "the ways of a browser, to judge";

fn means(world: &mut World) -> Result<ConsentProxy, Stopped> {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(SEEN, reason))?;
    let means = &server.bench().means;
    let told = means.of(Facility::ConsentProxy, means.consent_proxy.as_ref());
    told.cloned().map_err(|missing| world.do_without(SEEN, &missing))
}

fn each(world: &mut World, judge: impl Fn(&Walk) -> Finding) -> StepResult {
    if world.walks.is_empty() {
        return Err(world.fail(SEEN, "nobody went anywhere"));
    }
    world.findings.extend(world.walks.iter().map(judge));
    Ok(())
}

#[then("each client is consented to before the browser is sent to the third party")]
async fn asked(world: &mut World) -> StepResult {
    let means = means(world)?;
    each(world, |walk| proxy::consent_is_asked(walk, &means.approve))
}

#[then("the page names the client, the scopes and the redirect URI")]
async fn names(world: &mut World) -> StepResult {
    let means = means(world)?;
    let (Some(client), Some(page)) = (world.client.as_ref(), world.walks.first()) else {
        return Err(world.fail(SEEN, "nobody read a page"));
    };
    let shown = Shown {
        client: client.name.clone(),
        redirect_uri: client.redirect_uri.clone(),
        scopes: world.notes.clone(),
        words: means.scope_words,
    };
    world.findings.extend(proxy::page_names(page, &shown));
    Ok(())
}

#[then("the page cannot be shown in a frame")]
async fn framed(world: &mut World) -> StepResult {
    each(world, proxy::cannot_be_framed)
}

#[then("no consent comes of it")]
async fn no_consent(world: &mut World) -> StepResult {
    each(world, proxy::leads_no_further)
}

#[then("the cookies that remember the consent are protected, and good for nothing else")]
async fn cookies(world: &mut World) -> StepResult {
    let protected = world.notes.iter().map(|name| cookie::is_protected(name, &world.answers)).collect::<Vec<_>>();
    world.findings.extend(protected);
    each(world, proxy::leads_no_further)
}

#[then("the redirect URI is refused")]
async fn refused(world: &mut World) -> StepResult {
    let Some(sent) = world.notes.first().cloned() else {
        return Err(world.fail(SEEN, "no redirect URI was sent"));
    };
    each(world, |walk| proxy::redirect_uri_is_refused(walk, &sent))
}

#[then("no code reaches the client")]
async fn no_code(world: &mut World) -> StepResult {
    each(world, proxy::brings_no_code)
}

#[then("no state can be guessed from the others")]
async fn states(world: &mut World) -> StepResult {
    let evidence = world.answers.iter().map(|exchange| exchange.number).collect();
    let found = identifier::unpredictable(&world.notes, evidence);
    world.findings.push(found);
    Ok(())
}

#[then("the callback is rejected, because a cookie is missing that comes with consent")]
async fn comes_with_consent(world: &mut World) -> StepResult {
    let [before, stranger] = world.walks.as_slice() else { return Err(world.fail(SEEN, "nobody called back")) };
    let telling = world.notes.first().map(String::as_str);
    let found = proxy::state_cookie_comes_with_consent(before, stranger, telling);
    world.findings.push(found);
    Ok(())
}

#[then("the token of the proxy serves nobody any more")]
async fn dies(world: &mut World) -> StepResult {
    world.judge(isolation::nothing_is_served)
}
