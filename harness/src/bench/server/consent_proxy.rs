//! A client and its user's browser on their way through a server that is a proxy before a third party: registration,
//! authorization request, consent page, third party, callback, tokens.

use crate::bench::walk::{Ending, Signposts, Walk};
use crate::bench::{BrowserSession, DeadEnd, ServerStage};
use crate::declared::ConsentProxy;
use crate::protocol::issuer::well_known;
use crate::protocol::pkce::s256;
use crate::protocol::url::origin_of;
use crate::user_agent::{Control, Form, Navigation, Page, Site, UserAgent};
use crate::wire::{Exchange, Purpose, Request};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::{Value, json};
use url::Url;

/// A client that registered itself.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    /// The name that it gave.
    pub name: String,
    /// The identifier that it got.
    pub id: String,
    /// The redirect URI that it registered.
    pub redirect_uri: String,
    secret: Option<String>,
    verifier: String,
}

/// The way through one proxy.
pub struct ConsentProxyClient<'a> {
    /// The browser session on that way.
    pub browser: BrowserSession<'a>,
    capabilities: &'a ConsentProxy,
    authorize: Url,
    token: String,
    register: Option<String>,
}

impl<'a> ConsentProxyClient<'a> {
    /// Finds the endpoints of the proxy; `before` exchanges of the scenario were there already.
    ///
    /// # Errors
    /// Says what is missing.
    pub async fn find(server: &'a ServerStage, capabilities: &'a ConsentProxy, before: usize) -> Result<Self, String> {
        let browser = BrowserSession::new(server, before).await?;
        let document =
            own_metadata(server).await.ok_or("no metadata of the server's own authorization server was found")?;
        let text = |name: &str| document.get(name).and_then(Value::as_str).filter(|url| server.is_safe_to_follow(url));
        let authorize = text("authorization_endpoint").and_then(|url| Url::parse(url).ok());
        Ok(Self {
            browser,
            capabilities,
            authorize: authorize.ok_or("the metadata names no authorization_endpoint")?,
            token: text("token_endpoint").ok_or("the metadata names no token_endpoint")?.to_owned(),
            register: text("registration_endpoint").map(str::to_owned),
        })
    }

    /// Where the browser's ways divide, for ways that begin with `client`.
    #[must_use]
    pub fn signposts(&self, client: &RegisteredClient) -> Signposts {
        let urls = [self.browser.server.bench().endpoint.as_str(), self.authorize.as_str(), &self.token];
        Signposts {
            own: urls.into_iter().filter_map(origin_of).map(str::to_owned).collect(),
            third_party: self.browser.third_party.port(),
            client: client.redirect_uri.clone(),
        }
    }

    /// The authorization endpoint.
    #[must_use]
    pub fn authorization_endpoint(&self) -> &Url {
        &self.authorize
    }

    /// Registers a client that nobody knows yet (RFC 7591 §3.1).
    ///
    /// # Errors
    /// Says why there is none.
    pub async fn register(&mut self) -> Result<RegisteredClient, String> {
        let endpoint =
            self.register.clone().ok_or("no client can be registered: the metadata names no endpoint for it")?;
        let mark = uuid::Uuid::new_v4().simple().to_string();
        let name = format!("Probe {}", &mark[..8]);
        let redirect_uri = format!("https://client-{}.example/callback", &mark[..8]);
        let mut asked = json!({
            "client_name": name,
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        });
        if let Some(scope) = &self.capabilities.scope {
            asked["scope"] = scope.clone().into();
        }
        let request = Request::new("a client registers", Method::POST, endpoint)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .content(asked.to_string());
        let exchange = self.browser.send(request).await;
        let answer = exchange.response().filter(|response| response.is_success()).and_then(|response| response.json());
        let answer = answer.ok_or_else(|| {
            let status = exchange.response().map_or(0, |response| response.status);
            format!("a client could not be registered: HTTP {status}")
        })?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text("client_id").ok_or("the answer to the registration has no client_id")?;
        Ok(RegisteredClient {
            name,
            id,
            redirect_uri,
            secret: text("client_secret"),
            verifier: format!("{mark}{mark}"),
        })
    }

    /// The URL of an authorization request of `client`, with this redirect URI.
    #[must_use]
    pub fn authorization_url(&self, client: &RegisteredClient, redirect_uri: &str) -> Url {
        let mut url = self.authorize.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", &uuid::Uuid::new_v4().simple().to_string())
            .append_pair("code_challenge", &s256(&client.verifier))
            .append_pair("code_challenge_method", "S256")
            .append_pair("resource", &self.browser.server.bench().endpoint);
        if let Some(scope) = &self.capabilities.scope {
            url.query_pairs_mut().append_pair("scope", scope);
        }
        url
    }

    /// Sends `request` by `agent` and follows it to where the proxy lets go of the browser.
    pub async fn walk(
        &mut self,
        agent: &mut UserAgent,
        client: &RegisteredClient,
        tried: &str,
        request: Navigation,
        from: Site,
    ) -> Walk {
        let signposts = self.signposts(client);
        self.browser.walk(agent, &signposts, tried, request, from).await
    }

    /// Opens an authorization request of `client`.
    pub async fn begin(&mut self, agent: &mut UserAgent, client: &RegisteredClient, tried: &str) -> Walk {
        let url = self.authorization_url(client, &client.redirect_uri);
        let request = agent.open(&url, Site::Nowhere);
        self.walk(agent, client, tried, request, Site::Nowhere).await
    }

    /// The consent form in a page, and the button by which the user consents.
    ///
    /// # Errors
    /// When the page has none.
    pub fn consent_form(&self, walk: &Walk) -> Result<(Url, Form, Control), String> {
        let page =
            walk.last.response().filter(|_| walk.ending == Ending::Page).map(|response| Page::of_body(&response.body));
        let found = page.as_ref().and_then(|page| page.button(&self.capabilities.approve));
        let (form, button) = found
            .ok_or_else(|| format!("{}, and no page with a button “{}”", walk.shown(), self.capabilities.approve))?;
        let url = Url::parse(&walk.last.request.url).map_err(|error| error.to_string())?;
        Ok((url, form.clone(), button.clone()))
    }

    /// Consents on the page that a walk ended at.
    ///
    /// # Errors
    /// When the page has no such button.
    pub async fn consent(
        &mut self,
        agent: &mut UserAgent,
        client: &RegisteredClient,
        page: &Walk,
    ) -> Result<Walk, String> {
        let (url, form, button) = self.consent_form(page)?;
        let tried = format!("{}, and the user consents", page.tried);
        let request = agent.press(&url, &form, Some(&button), Site::Same);
        let request = request.map_err(|error| DeadEnd::Form { tried: tried.clone(), error })?;
        Ok(self.walk(agent, client, &tried, request, Site::Same).await)
    }

    /// Goes from the authorization request to the third party, by the consent page if there is one.
    ///
    /// # Errors
    /// Says where it ended instead.
    pub async fn to_third_party(
        &mut self,
        agent: &mut UserAgent,
        client: &RegisteredClient,
        tried: &str,
    ) -> Result<Walk, String> {
        let walk = self.begin(agent, client, tried).await;
        self.go_on(agent, client, walk).await
    }

    /// Goes on to the third party, consenting where the way stopped at a page.
    ///
    /// # Errors
    /// Says where it ended instead.
    pub async fn go_on(
        &mut self,
        agent: &mut UserAgent,
        client: &RegisteredClient,
        walk: Walk,
    ) -> Result<Walk, String> {
        let walk = match walk.ending {
            Ending::Page => self.consent(agent, client, &walk).await?,
            _ => walk,
        };
        if matches!(walk.ending, Ending::ThirdParty(_)) { Ok(walk) } else { Err(walk.shown()) }
    }

    /// Follows the browser back from the third party.
    pub async fn call_back(
        &mut self,
        agent: &mut UserAgent,
        client: &RegisteredClient,
        back: &Url,
        tried: &str,
    ) -> Walk {
        let request = agent.open(back, Site::Returning);
        self.walk(agent, client, tried, request, Site::Returning).await
    }

    /// The whole way, from the client and back to it.
    ///
    /// # Errors
    /// Says where it ended instead: then there is no positive control.
    pub async fn whole(
        &mut self,
        agent: &mut UserAgent,
        client: &RegisteredClient,
        tried: &str,
    ) -> Result<Walk, String> {
        let there = self.to_third_party(agent, client, tried).await?;
        self.finish(agent, client, &there).await
    }

    /// The way from the third party back to the client.
    ///
    /// # Errors
    /// Says where it ended instead: then there is no positive control.
    pub async fn finish(
        &mut self,
        agent: &mut UserAgent,
        client: &RegisteredClient,
        there: &Walk,
    ) -> Result<Walk, String> {
        let back = self.browser.approve(there).await?;
        let walk = self.call_back(agent, client, &back, &format!("{}, and comes back", there.tried)).await;
        if walk.brought_a_code() { Ok(walk) } else { Err(walk.shown()) }
    }

    /// Redeems the code that a walk brought.
    pub async fn redeem(&mut self, client: &RegisteredClient, walk: &Walk) -> Exchange {
        let code = walk.parameter("code").unwrap_or_default();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &client.redirect_uri),
            ("code_verifier", &client.verifier),
        ];
        self.ask_for_tokens("the client redeems its code", client, &fields).await
    }

    /// Uses a refresh token.
    pub async fn refresh(&mut self, client: &RegisteredClient, token: &str) -> Exchange {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.ask_for_tokens("the client refreshes its token", client, &fields).await
    }

    async fn ask_for_tokens(
        &mut self,
        purpose: impl Into<Purpose>,
        client: &RegisteredClient,
        fields: &[(&str, &str)],
    ) -> Exchange {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("client_id", &client.id);
        form.append_pair("resource", &self.browser.server.bench().endpoint);
        if let Some(secret) = &client.secret {
            form.append_pair("client_secret", secret);
        }
        let request = Request::new(purpose, Method::POST, self.token.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .content(form.finish());
        self.browser.send(request).await
    }
}

/// The metadata of the authorization server that the protected resource metadata names, else of the one at the server's
/// own host, where revision 2025-03-26 has it.
async fn own_metadata(server: &ServerStage) -> Option<Value> {
    let named = server.issuer_lookups().await.iter().find_map(|lookup| lookup.document());
    if let Some((_, document)) = named {
        return Some(Value::Object(document));
    }
    let origin = origin_of(&server.bench().endpoint)?.to_owned();
    for url in well_known(&origin) {
        let exchange = server.send_bare(Request::get("metadata at the host of the server", url)).await;
        let document =
            exchange.response().filter(|response| response.status == 200).and_then(|response| response.json());
        if let Some(document) = document.filter(|document| document.get("authorization_endpoint").is_some()) {
            return Some(document);
        }
    }
    None
}
