//! What clients, users and attackers do at a proxy.

use crate::bench::walk::{Ending, Walk};
use crate::bench::{ConsentProxyClient, Credential, DeadEnd, RegisteredClient};
use crate::mcp::Operation;
use crate::protocol::reply;
use crate::protocol::token_response::access_token;
use crate::rules::server::proxy::evidence::{ConsentPage, SentRedirectUri, Walks};
use crate::rules::server::proxy::resemblance::Resemblance;
use crate::rules::server::proxy::steps::given::through;
use crate::token_name::TokenName;
use crate::tokens::Token;
use crate::user_agent::{Site, UserAgent};
use crate::world::{StepResult, World, server};
use cucumber::when;
use secrecy::SecretString;
use url::Url;

#[when("somebody registers two clients and consents to the first one only")]
async fn consents_to_one(world: &mut World) -> StepResult {
    let walks = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (first, second) = (proxy.register().await?, proxy.register().await?);
        let mut agent = UserAgent::default();
        let asked = proxy.begin(&mut agent, &first, "the first client").await;
        if asked.ending != Ending::Page {
            return Ok(vec![asked]);
        }
        let there = proxy.go_on(&mut agent, &first, asked.clone()).await?;
        proxy.finish(&mut agent, &first, &there).await?;
        let other =
            proxy.begin(&mut agent, &second, "the second client, in the browser that consented to the first").await;
        Ok(vec![asked, other])
    })
    .await?;
    world.leave(Walks(walks));
    Ok(())
}

#[when("somebody reads the consent page of a client")]
async fn reads(world: &mut World) -> StepResult {
    let (client, page, there) = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, mut agent) = (proxy.register().await?, UserAgent::default());
        let page = proxy.begin(&mut agent, &client, "the consent page").await;
        proxy.consent_form(&page)?;
        let there = proxy.go_on(&mut agent, &client, page.clone()).await?;
        Ok((client, page, there))
    })
    .await?;
    let scopes = there.parameter("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    world.leave(Walks(vec![page.clone()]));
    world.leave(ConsentPage { client, page, scopes });
    Ok(())
}

#[when(
    "another site sends the consent form from the user's browser, without its token and with one of another session"
)]
async fn forges(world: &mut World) -> StepResult {
    let walks = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, mut user, mut attacker) = (proxy.register().await?, UserAgent::default(), UserAgent::default());
        let url = proxy.authorization_url(&client, &client.redirect_uri);
        let page = open(proxy, &mut user, &client, &url, "the user's consent page").await;
        let theirs = open(proxy, &mut attacker, &client, &url, "the attacker's consent page").await;
        let (_, form, _) = proxy.consent_form(&page)?;
        let (at, other, button) = proxy.consent_form(&theirs)?;
        let predictable = form.entries(None, &[]);
        let bare = other.clone().keeping(|entry| predictable.contains(entry));
        let mut walks = Vec::new();
        for (tried, form) in [
            ("another site sends the form without what differs from session to session", bare),
            ("another site sends the form of another session", other),
        ] {
            let mut victim = user.clone();
            let request = victim.press(&at, &form, Some(&button), Site::Foreign);
            let request = request.map_err(|error| DeadEnd::Form { tried: tried.to_owned(), error })?;
            walks.push(proxy.walk(&mut victim, &client, tried, request, Site::Foreign).await);
        }
        proxy.go_on(&mut user, &client, page).await?;
        Ok(walks)
    })
    .await?;
    world.leave(Walks(walks));
    Ok(())
}

async fn open(
    proxy: &mut ConsentProxyClient<'_>,
    agent: &mut UserAgent,
    client: &RegisteredClient,
    url: &Url,
    tried: &str,
) -> Walk {
    let request = agent.open(url, Site::Nowhere);
    proxy.walk(agent, client, tried, request, Site::Nowhere).await
}

#[when(regex = r"^a client asks for authorization with its redirect URI (.+)$")]
async fn resembles(world: &mut World, words: String) -> StepResult {
    let Some(resemblance) = Resemblance::named(&words) else {
        return Err(world.fail("another redirect URI", format!("`{words}` is not known")));
    };
    let (sent, walk) = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let client = proxy.register().await?;
        proxy.to_third_party(&mut UserAgent::default(), &client, "with the registered redirect URI").await?;
        let sent = resemblance.of(&client.redirect_uri).ok_or("the registered redirect URI has no path")?;
        let (url, mut agent) = (proxy.authorization_url(&client, &sent), UserAgent::default());
        let mut walk = open(proxy, &mut agent, &client, &url, &format!("with the redirect URI {words}")).await;
        if walk.ending == Ending::Page && proxy.consent_form(&walk).is_ok() {
            walk = proxy.consent(&mut agent, &client, &walk).await?;
        }
        Ok((sent, walk))
    })
    .await?;
    world.leave(SentRedirectUri(sent));
    world.leave(Walks(vec![walk]));
    Ok(())
}

#[when("somebody uses a token whose third-party session was revoked")]
async fn revoked(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop("a token of the proxy", reason))?;
    let last = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, mut agent) = (proxy.register().await?, UserAgent::default());
        let walk = proxy.whole(&mut agent, &client, "a client").await?;
        let token = access_token(&proxy.redeem(&client, &walk).await);
        let raw = SecretString::from(token.ok_or("the proxy issued no access token")?);
        let credential = Credential::bearer(Token { name: TokenName::OfProxy, raw });
        let session = match server.revision().is_stateless() {
            true => None,
            false => {
                let (opened, session) = server.open_session_as(&credential).await;
                proxy.browser.keep(opened);
                session
            }
        };
        let listed = |words: &'static str| {
            server.send_in(session.as_deref(), &Operation::ToolsList, words, Some(&credential), &[])
        };
        let control = proxy.browser.keep(listed("while the third-party session lives").await);
        if !control.response().is_some_and(reply::is_accepted) {
            let seen = control.response().map_or_else(|| "no answer".to_owned(), reply::shown);
            return Err(format!("the token of the proxy is not accepted: {seen}"));
        }
        proxy.browser.end_third_party_sessions();
        Ok(proxy.browser.keep(listed("after the third-party session was revoked").await))
    })
    .await?;
    world.answers = vec![last];
    Ok(())
}
