//! A web page of another origin, whose browser asks whether it may.

use crate::findings::Finding;
use crate::protocol::url::origin_of;
use crate::rules::server::http::cors;
use crate::rules::server::http::evidence::PageSeen;
use crate::rules::server::http::purpose::{ByBrowser, STRANGER};
use crate::world::{StepResult, World, server};
use cucumber::{then, when};
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderValue, Method};

const STIMULUS: &str = "requests of a web page";
/// A page of another origin, where none is declared.
const SOME_PAGE: &str = "https://app.example";
/// What a request of MCP with a token makes a browser ask for.
const ASKED: HeaderValue = HeaderValue::from_static("authorization,content-type,mcp-protocol-version");

#[when("a browser asks whether a page of another origin may call, and the page calls without a token")]
async fn page_calls(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let own = origin_of(&server.bench().endpoint).unwrap_or_default();
    let declared = server.bench().subject.allowed_origins.clone().unwrap_or_default();
    let named = declared.iter().find(|origin| *origin != own).cloned();
    let is_declared = named.is_some();
    let origin = named.filter(|origin| origin != "*").unwrap_or_else(|| SOME_PAGE.to_owned());
    world.stimulate();
    let mut answers = Vec::new();
    for (purpose, from) in
        [(ByBrowser::Preflight, &*origin), (ByBrowser::WithoutToken, &*origin), (ByBrowser::Stranger, STRANGER)]
    {
        let mut request = server.labelled(purpose, &server.guarded(), None).await;
        let value = HeaderValue::from_str(from).map_err(|error| world.fail(STIMULUS, error))?;
        if purpose == ByBrowser::Preflight {
            request = crate::wire::Request::new(purpose, Method::OPTIONS, request.url)
                .header(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("POST"))
                .header(ACCESS_CONTROL_REQUEST_HEADERS, ASKED);
        }
        request.headers.insert(ORIGIN, value);
        let exchange = server.deliver(request, &server.bench().sender).await;
        answers.push(world.note(exchange));
    }
    let Ok([preflight, refusal, stranger]) = <[_; 3]>::try_from(answers) else {
        return Err(world.fail(STIMULUS, "three requests have three answers"));
    };
    world.leave(PageSeen { origin, declared: is_declared, preflight, refusal, stranger });
    Ok(())
}

fn judge_page(world: &mut World, judge: fn(&PageSeen) -> Finding) -> StepResult {
    let seen = world.evidence()?;
    world.findings.push(judge(&seen));
    Ok(())
}

#[then("the browser lets the page send its token")]
async fn preflight(world: &mut World) -> StepResult {
    judge_page(world, cors::preflight_is_passed)
}

#[then("the page can read the challenge")]
async fn exposed(world: &mut World) -> StepResult {
    judge_page(world, cors::challenge_is_exposed)
}

#[then("no unknown page may send cookies")]
async fn no_credentials(world: &mut World) -> StepResult {
    judge_page(world, cors::no_credentials_for_strangers)
}

#[then("the answer is not marked for shared caches")]
async fn not_public(world: &mut World) -> StepResult {
    world.judge(cors::is_not_for_shared_caches)
}
