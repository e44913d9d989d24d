//! What becomes of a URL that a server elicits, when the user opens it and when another person does.

use crate::bench::walk::{Ending, Signposts, Walk};
use crate::bench::{BrowserSession, Credential, ServerStage, browser_of};
use crate::mcp::{Operation, ToolCall};
use crate::protocol::elicitation::elicited;
use crate::protocol::url::origin_of;
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::isolation::calls::demand;
use crate::rules::server::isolation::steps::given::credential;
use crate::rules::server::passthrough::evidence::{KnownOfUser, ThirdPartyTokens};
use crate::rules::server::passthrough::judge;
use crate::token_name::{OTHER_USER, TokenName, VALID};
use crate::tokens::forge::Draft;
use crate::user_agent::{Site, UserAgent};
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::{then, when};
use secrecy::ExposeSecret as _;
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
    opened_by(world, stranger, &words, async |_, _| Ok(())).await
}

#[when("another user opens the URL, altered to name that user")]
async fn altered(world: &mut World) -> StepResult {
    let bound = errand(world, async |errand: &mut Errand<'_>| {
        let mut agent = Stranger::OtherUser.browser(errand.server)?;
        let demand = errand.elicited().await?;
        errand.open(&mut agent, &demand, "another user opens the URL as it is").await?;
        Ok(errand.again(&demand, "after another user opened the URL as it is").await.1)
    })
    .await?;
    if bound {
        return Err(world.pass_by(WAY, "the URL is good for another user as it is, which RS-PASS-05 judges"));
    }
    let words = "another user, named in the altered URL,";
    opened_by(world, Stranger::OtherUser, words, async |errand, demand| {
        let (first, other) = (identity(errand.server, VALID, 0).await, identity(errand.server, OTHER_USER, 1).await);
        let name = other.first().map(|(_, value)| value.clone()).ok_or("nothing is known of the other user")?;
        demand.url = naming(&demand.url, &first, &other, &name);
        Ok(())
    })
    .await
}

/// What is known of a user: the name of the account, and the claims of the token that name a person.
async fn identity(server: &ServerStage, token: TokenName, account: usize) -> Vec<(&'static str, String)> {
    let account = server.bench().subject.accounts.get(account).and_then(|account| account.username.clone());
    let token = server.token(&token).await.ok();
    let claims = token.and_then(|token| Draft::from_genuine(token.raw.expose_secret()).ok()).map(|draft| draft.claims);
    let claims = claims.unwrap_or_default();
    let claim = |name: &'static str| Some((name, claims.get(name)?.as_str()?.to_owned()));
    let told = ["sub", "username", "email", "preferred_username"].into_iter().filter_map(claim);
    account.map(|name| ("account", name)).into_iter().chain(told).collect()
}

/// The URL with the values of the first user replaced by those of the other one, and with parameters that name the other.
fn naming(url: &Url, first: &[(&str, String)], other: &[(&str, String)], name: &str) -> Url {
    let of_other = |value: &str| {
        let what = first.iter().find(|(_, known)| known == value).map(|(what, _)| *what)?;
        other.iter().find(|(known, _)| *known == what).map(|(_, value)| value.clone())
    };
    let pairs: Vec<_> = url
        .query_pairs()
        .map(|(key, value)| (key.into_owned(), of_other(&value).unwrap_or_else(|| value.into_owned())))
        .collect();
    let added = ["user", "user_id", "userId", "username", "sub", "login_hint"];
    let added = added.into_iter().filter(|key| !pairs.iter().any(|(known, _)| known == key));
    let mut altered = url.clone();
    altered.query_pairs_mut().clear().extend_pairs(&pairs).extend_pairs(added.map(|key| (key, name)));
    altered
}

#[when("a browser without a login opens the URL")]
async fn without_login(world: &mut World) -> StepResult {
    let shown = errand(world, async |errand: &mut Errand<'_>| {
        let demand = errand.elicited().await?;
        let known = identity(errand.server, VALID, 0).await;
        let walk = errand.open(&mut UserAgent::default(), &demand, "a browser without a login opens the URL").await?;
        Ok((walk.last, known.into_iter().map(|(_, value)| value).collect()))
    })
    .await?;
    world.answers = vec![shown.0];
    world.leave(KnownOfUser(shown.1));
    Ok(())
}

#[then("no page shows whose URL it is")]
async fn shows_nobody(world: &mut World) -> StepResult {
    let KnownOfUser(known) = world.evidence()?;
    world.judge(|exchange| judge::names_no_user(exchange, &known))
}

/// A browser other than the user's opens the URL, as `alter` leaves it; then the user calls the tool again.
async fn opened_by(
    world: &mut World,
    stranger: Stranger,
    words: &str,
    alter: impl AsyncFnOnce(&Errand<'_>, &mut Demand) -> Result<(), String>,
) -> StepResult {
    let seen = errand(world, async |errand: &mut Errand<'_>| {
        let mut agent = stranger.browser(errand.server)?;
        let mut demand = errand.elicited().await?;
        alter(errand, &mut demand).await?;
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
