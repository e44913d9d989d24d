//! What the suite spends its time on: forging a token, and one judged exchange with the reference server.
//!
//! `cargo bench --bench tokens`. The signatures dominate the forge; they are the issuer's work too, so a forged token
//! that costs much more than a signature is a regression.
#![allow(clippy::expect_used)]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use divan::{Bencher, black_box};
use harness::bench::{Credential, Stage, Variation};
use harness::catalogue::Revision;
use harness::findings::{Verdict, answer};
use harness::login::LoginMethodChoice;
use harness::mcp::Operation;
use harness::setup::{Ground, GroundSettings, Place};
use harness::token_name::{TokenName, VALID};
use harness::tokens::forge;
use harness::tokens::forge::{Facts, ForgeryDetails, keys};
use serde_json::json;
use std::sync::OnceLock;
use tokio::runtime::Runtime;

/// The reference server on a bench, and the runtime that both live on.
static STAGE: OnceLock<(Runtime, Stage)> = OnceLock::new();

fn main() {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = GroundSettings {
        place: Place::Emulator,
        login_method: LoginMethodChoice::PlainHttp,
        out: folder.path().to_owned(),
    };
    let ground = runtime.block_on(Ground::prepare(settings)).expect("ground");
    let raised = runtime.block_on(ground.raise()).expect("a bench");
    let stage = Stage::new(&raised.bench, Variation::honest(Revision::V2026_07_28));
    let (runtime, _) = STAGE.get_or_init(|| (runtime, stage));
    divan::main();
    runtime.block_on(raised.stop());
    let teardown = runtime.block_on(ground.dismantle());
    assert!(teardown.left.is_empty(), "something is left behind");
}

fn facts() -> Facts {
    let key = keys::successor().expect("a key");
    Facts {
        resource: "http://localhost:8001/mcp".to_owned(),
        issuer: "http://127.0.0.1:9229/us-east-1_Example".to_owned(),
        client_id: "4example".to_owned(),
        public: key.public.clone(),
        trusted: Some(key.signing.clone()),
        now: 1_800_000_000,
        particulars: ForgeryDetails::default(),
    }
}

fn genuine(facts: &Facts) -> String {
    let claims = json!({ "iss": facts.issuer, "aud": facts.resource, "sub": "user", "exp": facts.now + 3600 });
    let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.AAAA", part(json!({ "alg": "RS256", "kid": "k" }).to_string()), part(claims.to_string()))
}

#[divan::bench(args = [
    "a token signed anew with the issuer's key",
    "a token whose iss is null",
    "a token with a second exp in the past",
    "a token signed with HS256 and the public key",
    "an unsigned token with alg none",
    "a token of four parts",
])]
fn one_forged_token(bencher: Bencher<'_, '_>, name: &str) {
    let facts = facts();
    let genuine = genuine(&facts);
    let forgery = forge::find(name.parse().expect("a forgery of this name")).expect("a forgery");
    bencher.bench_local(|| forge::forge(&forgery, black_box(&genuine), &facts));
}

#[divan::bench]
fn one_forgery_by_its_name(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| black_box("a token whose token_use is a number").parse::<TokenName>());
}

#[divan::bench(args = ["a valid token", "a token signed by another key", "a token whose iss is null"])]
fn one_judged_exchange(bencher: Bencher<'_, '_>, name: &str) {
    let (runtime, stage) = STAGE.get().expect("a stage");
    let server = stage.server.as_ref().expect("a server");
    let name = name.parse().expect("a token of this name");
    let token = runtime.block_on(server.token(&name)).expect("the token");
    let judge = if name == VALID { answer::accepted } else { answer::refused };
    bencher.bench_local(|| {
        let exchange = runtime.block_on(server.send(&Operation::ToolsList, &[Credential::bearer(token.clone())]));
        assert_eq!(judge(&exchange).verdict, Verdict::Met);
    });
}
