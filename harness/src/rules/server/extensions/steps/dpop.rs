//! Tokens bound to a key, and the proofs beside them.

use crate::bench::{Credential, Placement, ServerStage};
use crate::declared::Capability;
use crate::protocol::reply;
use crate::rules::server::challenge::judge as challenge;
use crate::rules::server::extensions::judge;
use crate::rules::server::extensions::purpose::WithProof;
use crate::token_name::TokenName;
use crate::tokens::dpop::{Proof, Proven};
use crate::tokens::token;
use crate::wire::{Exchange, Request};
use crate::world::{StepResult, Stopped, World, server};
use cucumber::{given, then, when};
use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use std::time::{SystemTime, UNIX_EPOCH};

const STIMULUS: &str = "a request with a token bound to a key";
const BOUND: &TokenName = token!("a token bound to a key");
const DPOP: HeaderName = HeaderName::from_static("dpop");
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The answer to a bound token with a good proof.
#[derive(Clone)]
struct Accepted(Exchange);

#[given("a server that takes part in DPoP")]
async fn takes_part(world: &mut World) -> StepResult {
    let expected = "tools/list is accepted with a bound token and a good proof, as the positive control";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let told = server.bench().capabilities.of(Capability::Dpop, Some(&()));
    told.map_err(|missing| world.do_without(expected, &missing))?;
    let discovery = server.discovery().await;
    if !server.bench().capabilities.dpop && !judge::declares_dpop(&discovery.refusal, &discovery.attempts) {
        let reason = "neither a challenge nor the metadata of the server speaks of DPoP, and nobody declared it";
        return Err(world.pass_by(expected, reason));
    }
    let request = bound(world, server, BOUND, Proof::Good, "DPoP ").await?;
    let control = world.note(server.send_bare(request).await);
    world.leave(Accepted(control.clone()));
    match control.response() {
        Some(response) if reply::is_accepted(response) => Ok(()),
        Some(response) => Err(world.stop(expected, reply::shown(response))),
        None => Err(world.stop(expected, "no answer")),
    }
}

/// A server that gives clients values to put into their proofs may go by those, and not by the time (RFC 9449 §8).
#[given("a server that hands out no nonces")]
async fn without_nonces(world: &mut World) -> StepResult {
    let expected = "a server that goes by the time of a proof";
    let Accepted(control) = world.evidence()?;
    match control.response() {
        Some(response) if response.headers.contains_key(NONCE) => {
            Err(world.pass_by(expected, "the server hands out nonces (DPoP-Nonce), which may stand in for the time"))
        }
        _ => Ok(()),
    }
}

/// A request that presents a bound token behind `scheme`, with this proof beside it.
async fn bound(
    world: &mut World,
    server: &ServerStage,
    token: &TokenName,
    proof: Proof,
    scheme: &str,
) -> Result<Request, Stopped> {
    let token = server.token(token).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    let url = server.bench().endpoint.split(['?', '#']).next().unwrap_or_default().to_owned();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let raw = token.raw.expose_secret().to_owned();
    let Some(fields) = proof.fields(Proven { method: "POST", url: &url, token: &raw, now }) else {
        return Err(world.fail(STIMULUS, "no key for proofs can be made here"));
    };
    let credential = Credential { token, placement: Placement::Header(scheme.to_owned()) };
    let mut request = server.prepare_for(&server.guarded(), Some(&credential)).await;
    credential.put_on(&mut request);
    request.purpose = WithProof(proof).into();
    for value in fields.iter().filter_map(|field| HeaderValue::from_str(field).ok()) {
        request.headers.append(DPOP, value);
    }
    Ok(request)
}

/// The last answer is the one that counts, where several requests carry the same proof.
async fn stimulate(world: &mut World, token: &TokenName, proof: Proof, scheme: &str) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let request = bound(world, server, token, proof, scheme).await?;
    world.stimulate();
    for _ in 1..proof.times() {
        let before = server.send_bare(request.clone()).await;
        world.note(before);
    }
    let last = server.send_bare(request).await;
    world.answer(last);
    Ok(())
}

#[when(regex = r"^a bound token is presented with (.+)$")]
async fn with_proof(world: &mut World, proof: Proof) -> StepResult {
    stimulate(world, BOUND, proof, "DPoP ").await
}

#[when(regex = r"^a bound token is presented behind Bearer with (.+)$")]
async fn behind_bearer(world: &mut World, proof: Proof) -> StepResult {
    stimulate(world, BOUND, proof, "Bearer ").await
}

#[when("a bound token for another host is presented with a good proof")]
async fn for_another_host(world: &mut World) -> StepResult {
    stimulate(world, token!("a token bound to a key for another host"), Proof::Good, "DPoP ").await
}

#[then("the challenge is one for DPoP and names the error")]
async fn challenged(world: &mut World) -> StepResult {
    world.judge(challenge::is_dpop_with_error)
}
