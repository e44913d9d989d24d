//! What becomes of cookies and of the state when an attacker plays with them.

use crate::bench::walk::{Ending, Walk};
use crate::bench::{ConsentProxyClient, RegisteredClient};
use crate::protocol::cookie;
use crate::rules::server::proxy::evidence::{Callbacks, ConsentCookies, States, Walks};
use crate::rules::server::proxy::steps::given::through;
use crate::user_agent::UserAgent;
use crate::world::{StepResult, World};
use cucumber::when;
use url::Url;

/// How many states are looked at.
const STATES: usize = 20;

const COOKIES: &str = "cookies by which the server remembers a consent";

/// What was found out about the cookies that remember a consent.
enum Remembered {
    /// Nothing: the user is asked again, or every browser is let through.
    ByNoCookie(String),
    /// These do, and this is what came of playing with them.
    By(Vec<String>, Vec<Walk>),
}

#[when("somebody consents, and comes again with the cookies as they are, altered, and exchanged for another client's")]
async fn plays_with_cookies(world: &mut World) -> StepResult {
    let remembered = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, other) = (proxy.register().await?, proxy.register().await?);
        let mut agent = UserAgent::default();
        proxy.whole(&mut agent, &client, "a client that is consented to").await?;
        let skips = |walk: &Walk| matches!(walk.ending, Ending::ThirdParty(_) | Ending::Client(_));
        let again = proxy.begin(&mut agent.clone(), &client, "the same client again").await;
        if !skips(&again) {
            return Ok(Remembered::ByNoCookie(again.shown()));
        }
        let fresh = proxy.begin(&mut UserAgent::default(), &client, "the same client in another browser").await;
        if skips(&fresh) {
            return Ok(Remembered::ByNoCookie(fresh.shown()));
        }
        let url = proxy.authorization_endpoint().clone();
        let (mut names, mut walks) = (Vec::new(), Vec::new());
        for (name, value) in agent.cookies(&url) {
            let without = format!("the same client without the cookie {name}");
            if skips(&proxy.begin(&mut agent.without(&name), &client, &without).await) {
                continue;
            }
            walks.extend(altered(proxy, &agent, &client, &other, &url, (&name, &value)).await);
            names.push(name);
        }
        walks.push(proxy.begin(&mut agent.clone(), &other, "another client with the cookies of the first").await);
        Ok(Remembered::By(names, walks))
    })
    .await?;
    match remembered {
        Remembered::ByNoCookie(seen) => Err(world.pass_by(COOKIES, format!("no cookie tracks consent: {seen}"))),
        Remembered::By(names, _) if names.is_empty() => {
            Err(world.stop(COOKIES, "the consent is remembered, and by none of the cookies alone"))
        }
        Remembered::By(names, walks) => {
            world.leave(ConsentCookies(names));
            world.leave(Walks(walks));
            Ok(())
        }
    }
}

async fn altered(
    proxy: &mut ConsentProxyClient<'_>,
    agent: &UserAgent,
    client: &RegisteredClient,
    other: &RegisteredClient,
    url: &Url,
    (name, value): (&str, &str),
) -> Vec<Walk> {
    let middle = value.len() / 2;
    let changed = value.char_indices().map(|(at, letter)| match letter {
        'x' if at == middle => 'y',
        _ if at == middle => 'x',
        letter => letter,
    });
    let mut walks = Vec::new();
    for (how, value) in
        [("changed in the middle", changed.collect::<String>()), ("cut short", value.chars().take(middle).collect())]
    {
        let tried = format!("the same client with the cookie {name} {how}");
        walks.push(proxy.begin(&mut agent.with(url, name, &value), client, &tried).await);
    }
    if let Some(forged) = cookie::forgery(value, &client.id, &other.id) {
        let tried = format!("another client, which was put into the cookie {name}");
        walks.push(proxy.begin(&mut agent.with(url, name, &forged), other, &tried).await);
    }
    walks
}

/// What a browser has when it comes back from the third party.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brought {
    /// The state of a way that was completed before.
    UsedState,
    /// No state.
    NoState,
    /// A state that the server never made.
    AnotherState,
    /// The state of another browser, and nothing of its own.
    StateOfAnotherBrowser,
    /// The same, in the midst of a way of its own.
    StateOfAnotherBrowserOnTheWay,
}

impl Brought {
    /// What the feature files call so.
    fn named(words: &str) -> Option<Self> {
        Some(match words {
            "a state that was used" => Self::UsedState,
            "no state" => Self::NoState,
            "another state" => Self::AnotherState,
            "the state of another browser" => Self::StateOfAnotherBrowser,
            "the state of another browser, on the way oneself" => Self::StateOfAnotherBrowserOnTheWay,
            _ => return None,
        })
    }
}

#[when(regex = r"^somebody comes back from the third party with (.+)$")]
async fn comes_back(world: &mut World, words: String) -> StepResult {
    let Some(brought) = Brought::named(&words) else {
        return Err(world.fail("a state", format!("`{words}` is not known")));
    };
    let walk = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, mut agent) = (proxy.register().await?, UserAgent::default());
        let first = proxy.to_third_party(&mut agent, &client, "a client").await?;
        proxy.finish(&mut agent, &client, &first).await?;
        let tried = format!("a callback with {words}");
        let there = match brought {
            Brought::UsedState => first,
            _ => proxy.to_third_party(&mut agent, &client, "the same client again").await?,
        };
        let back = proxy.browser.approve(&there).await?;
        let (mut agent, back) = match brought {
            Brought::UsedState => (agent, back),
            Brought::NoState => (agent, with_state(&back, None)),
            Brought::AnotherState => (agent, with_state(&back, Some(&uuid::Uuid::new_v4().simple().to_string()))),
            Brought::StateOfAnotherBrowser => (UserAgent::default(), back),
            Brought::StateOfAnotherBrowserOnTheWay => {
                let mut stranger = UserAgent::default();
                proxy.to_third_party(&mut stranger, &client, "the same client in another browser").await?;
                (stranger, back)
            }
        };
        Ok(proxy.call_back(&mut agent, &client, &back, &tried).await)
    })
    .await?;
    world.leave(Walks(vec![walk]));
    Ok(())
}

/// The URL with another state, or with none.
fn with_state(url: &Url, state: Option<&str>) -> Url {
    let kept: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "state").collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(state.map(|state| ("state", state)));
    url
}

#[when("browsers are sent to the third party many times")]
async fn many(world: &mut World) -> StepResult {
    let states = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, mut states) = (proxy.register().await?, Vec::new());
        for _ in 0..STATES {
            let there = proxy.to_third_party(&mut UserAgent::default(), &client, "one way of many").await?;
            states.push(there.parameter("state").unwrap_or_default());
        }
        Ok(states)
    })
    .await?;
    world.leave(States(states));
    Ok(())
}

#[when("somebody calls back with the cookies of the consent page and the state that came with consent")]
async fn stops(world: &mut World) -> StepResult {
    let (state, cookies, before_consent, stranger) = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, mut control) = (proxy.register().await?, UserAgent::default());
        proxy.whole(&mut control, &client, "a client").await?;
        let (there, mut before) = stopped(proxy, &client).await?;
        let cookies = before.cookies(proxy.authorization_endpoint());
        let back = proxy.browser.approve(&there).await?;
        let tried = "a callback by the browser as it was at the consent page";
        let before_consent = proxy.call_back(&mut before, &client, &back, tried).await;
        let (other, _) = stopped(proxy, &client).await?;
        let back = proxy.browser.approve(&other).await?;
        let tried = "a callback by a browser that never was there";
        let stranger = proxy.call_back(&mut UserAgent::default(), &client, &back, tried).await;
        Ok((there.parameter("state").unwrap_or_default(), cookies, before_consent, stranger))
    })
    .await?;
    let telling = cookies.iter().find(|(_, value)| cookie::holds(value, &state)).map(|(name, _)| name.clone());
    world.leave(Callbacks { before_consent, stranger, telling });
    Ok(())
}

/// A way that was consented to, and the browser as it was before.
async fn stopped(proxy: &mut ConsentProxyClient<'_>, client: &RegisteredClient) -> Result<(Walk, UserAgent), String> {
    let mut agent = UserAgent::default();
    let page = proxy.begin(&mut agent, client, "a client, up to the consent page").await;
    proxy.consent_form(&page)?;
    let before = agent.clone();
    Ok((proxy.go_on(&mut agent, client, page).await?, before))
}
