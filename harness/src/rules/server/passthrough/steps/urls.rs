//! What becomes of a URL that a server elicits, when the user opens it and when another person does.

use crate::bench::walk::{Ending, Signposts, Walk};
use crate::bench::{BrowserSession, Credential, ServerStage, browser_of};
use crate::mcp::{Operation, ToolCall};
use crate::protocol::elicitation::elicited;
use crate::protocol::url::origin_of;
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::isolation::calls::demand;
use crate::rules::server::isolation::steps::given::credential;
use crate::rules::server::passthrough::evidence::ThirdPartyTokens;
use crate::rules::server::passthrough::judge;
use crate::token_name::VALID;
use crate::user_agent::{Site, UserAgent};
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::{then, when};
use serde_json::Value;
use url::Url;

const WAY: &str = "a URL that the server elicits, and a way behind it to the third party and back";

/// One user at the tool that elicits a URL.
struct Errand<'a> {
    server: &'a ServerStage,
    browser: BrowserSession<'a>,
    tool: ToolCall,
    user: Credential,
    session: Option<String>,
}

/// What the tool demanded: the URL, and what the call has to come back with.
struct Demand {
    url: Url,
    result: Value,
}

impl Errand<'_> {
    async fn call(&mut self, demand_before: Option<&Demand>, words: &str) -> Exchange {
        let result = demand_before.map(|demand| &demand.result);
        let state = result.and_then(|result| Some((result.get("requestState")?.as_str()?, result)));
        let call = demand(&self.tool, state);
        let exchange = self.server.send_in(self.session.as_deref(), &call, words, Some(&self.user), &[]).await;
        self.browser.keep(exchange)
    }

    /// The URL that the tool elicits now.
    async fn elicited(&mut self) -> Result<Demand, String> {
        if let Some(tool) = self.server.bench().capabilities.disconnect.clone() {
            let call = Operation::ToolsCall(tool);
            let words = "to take back what was granted before";
            let done = self.server.send_in(self.session.as_deref(), &call, words, Some(&self.user), &[]).await;
            self.browser.keep(done);
        }
        let exchange = self.call(None, "so that a URL is elicited").await;
        let response = exchange.response().ok_or("the tool does not answer")?;
        let url = url_in(&exchange).ok_or_else(|| format!("no URL was elicited: {}", reply::shown(response)))?;
        Ok(Demand { url, result: jsonrpc::result(response).unwrap_or_default() })
    }

    /// Opens the URL in a browser, to the third party and back as far as the server lets it.
    async fn open(&mut self, agent: &mut UserAgent, demand: &Demand, tried: &str) -> Result<Walk, String> {
        let signposts = Signposts {
            own: [self.server.bench().endpoint.as_str(), demand.url.as_str()]
                .into_iter()
                .filter_map(origin_of)
                .map(str::to_owned)
                .collect(),
            third_party: self.browser.third_party_port(),
            client: String::new(),
        };
        let request = agent.open(&demand.url, Site::Nowhere);
        let there = self.browser.walk(agent, &signposts, tried, request, Site::Nowhere).await;
        if !matches!(there.ending, Ending::ThirdParty(_)) {
            return Ok(there);
        }
        let back = self.browser.approve(&there).await?;
        let request = agent.open(&back, Site::Returning);
        let tried = format!("{tried}, and comes back");
        Ok(self.browser.walk(agent, &signposts, &tried, request, Site::Returning).await)
    }

    /// The tool is called again: the answer, and whether it is content with what was granted.
    async fn again(&mut self, demand: &Demand, words: &str) -> (Exchange, bool) {
        let exchange = self.call(Some(demand), words).await;
        let content = exchange.response().is_some_and(judge::is_content);
        (exchange, content)
    }
}

fn url_in(exchange: &Exchange) -> Option<Url> {
    elicited(exchange.response()?).iter().find_map(|params| Url::parse(params.get("url")?.as_str()?).ok())
}

/// The browser of the account at this place of the subject file, or one of nobody.
fn browser(server: &ServerStage, account: usize) -> UserAgent {
    browser_of(server.bench().subject.accounts.get(account))
}

async fn errand<T>(
    world: &mut World,
    ways: impl AsyncFnOnce(&mut Errand<'_>) -> Result<T, String>,
) -> Result<T, Stopped> {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(WAY, reason))?;
    let Some(tool) = server.bench().capabilities.elicitation.clone() else {
        return Err(world.fail(WAY, "the Given should have stopped this"));
    };
    let user = credential(world, server, VALID).await?;
    let session = match server.revision().is_stateless() {
        true => None,
        false => server.open_eliciting_session(&user).await,
    };
    let browser = BrowserSession::new(server, world.trace.len()).await;
    let browser = browser.map_err(|reason| world.stop(WAY, reason))?;
    let mut errand = Errand { server, browser, tool, user, session };
    world.stimulate();
    let outcome = ways(&mut errand).await;
    world.trace.keep_aside(errand.browser.take_aside());
    for exchange in errand.browser.take_seen() {
        world.answer(exchange);
    }
    outcome.map_err(|reason| world.stop(WAY, reason))
}

#[when("a user completes the third-party login that it leads to")]
async fn completes(world: &mut World) -> StepResult {
    let (tokens, shown) = errand(world, async |errand: &mut Errand<'_>| {
        let before = errand.browser.marks().len();
        let demand = errand.elicited().await?;
        let mut agent = browser(errand.server, 0);
        let walk = errand.open(&mut agent, &demand, "the user opens the URL").await?;
        let mut shown: Vec<_> = Vec::new();
        for words in ["after the login at the third party", "once more after the login"] {
            let (exchange, content) = errand.again(&demand, words).await;
            if !content {
                return Err(format!("the tool is not content with the login ({})", walk.shown()));
            }
            shown.push(exchange);
        }
        Ok((errand.browser.marks().split_off(before), shown))
    })
    .await?;
    world.leave(ThirdPartyTokens(tokens));
    world.answers = shown;
    Ok(())
}

#[then("no mark of a third-party token reaches the client")]
async fn unmarked(world: &mut World) -> StepResult {
    let ThirdPartyTokens(tokens) = world.evidence()?;
    world.judge(|exchange| judge::carries_none_of(exchange, &tokens))
}

/// Who opens a URL that was elicited from the user.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stranger {
    /// A person with an account at the server, who can log in.
    OtherUser,
    /// A person without one.
    NotLoggedIn,
}

impl Stranger {
    /// Whom the feature files call so.
    fn named(words: &str) -> Option<Self> {
        match words {
            "another user" => Some(Self::OtherUser),
            "nobody who is logged in" => Some(Self::NotLoggedIn),
            _ => None,
        }
    }

    fn browser(self, server: &ServerStage) -> Result<UserAgent, String> {
        match self {
            Self::NotLoggedIn => Ok(UserAgent::default()),
            Self::OtherUser => {
                let agent = browser(server, 1);
                let lacking = "no second account with a name and a password is declared";
                if agent.user.is_some() { Ok(agent) } else { Err(lacking.to_owned()) }
            }
        }
    }
}

#[when(regex = r"^(another user|nobody who is logged in) opens the URL in a browser of their own$")]
async fn another(world: &mut World, words: String) -> StepResult {
    let Some(stranger) = Stranger::named(&words) else {
        return Err(world.fail(WAY, format!("`{words}` is not known")));
    };
    let seen = errand(world, async |errand: &mut Errand<'_>| {
        let mut agent = stranger.browser(errand.server)?;
        let demand = errand.elicited().await?;
        errand.open(&mut agent, &demand, &format!("{words} opens the URL")).await?;
        let (exchange, bound) = errand.again(&demand, &format!("after {words} opened the URL")).await;
        if bound {
            return Ok(exchange);
        }
        // The control: what did not work for others works for the user.
        let demand = errand.elicited().await?;
        let mut own = browser(errand.server, 0);
        let walk = errand.open(&mut own, &demand, "the user opens the URL").await?;
        let (_, bound) = errand.again(&demand, "after the user opened the URL").await;
        if bound {
            Ok(exchange)
        } else {
            Err(format!("nor is the tool content when the user opens it ({})", walk.shown()))
        }
    })
    .await?;
    world.answers = vec![seen];
    Ok(())
}

#[then("nothing gets bound to the first user")]
async fn unbound(world: &mut World) -> StepResult {
    world.judge(judge::still_demands)
}
