//! A server as it looks without credentials: whether it is an MCP server that wants a token, and what its metadata
//! says.

use super::http::Probe;
use super::with_token::{Tool, tools};
use crate::catalogue::Revision;
use crate::mcp::{Operation, ToolCall};
use crate::protocol::challenge::bearer;
use crate::protocol::jsonrpc;
use crate::protocol::reply;
use crate::protocol::url::{is_safe_to_follow, origin_of, well_known_metadata};
use crate::wire::{Exchange, Response, Sender};
use http::header::LOCATION;
use serde_json::{Map, Value};
use url::Url;

const WITH_SESSIONS: Revision = Revision::V2025_11_25;
/// How many redirects are followed.
const REDIRECTS: usize = 5;
const STATELESS: Revision = Revision::V2026_07_28;

/// Why a URL cannot be judged as an MCP server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJudgeable {
    /// No HTTP answer.
    #[error("{endpoint} gives no HTTP answer: {failure}")]
    Silent {
        /// The endpoint.
        endpoint: String,
        /// What happened instead.
        failure: String,
    },
    /// It sends clients elsewhere.
    #[error(
        "{endpoint} redirects (HTTP {status}) to {to}; judge the URL that is meant, redirects to another origin are not \
         followed"
    )]
    Redirects {
        /// The endpoint.
        endpoint: String,
        /// The status.
        status: u16,
        /// Where to.
        to: String,
    },
    /// HTTP, but not MCP.
    #[error("{endpoint} does not look like an MCP endpoint: a POST of initialize is answered by {seen}")]
    NotMcp {
        /// The endpoint.
        endpoint: String,
        /// What came back.
        seen: String,
    },
}

/// What is seen without credentials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeenWithoutToken {
    /// How it shows that nothing is protected, if so.
    pub open: Option<String>,
    /// What was answered without a token, by the names of the feature files.
    pub public: Vec<String>,
    /// A tool that was refused without a token, where listing the tools was not.
    pub protected: Option<ToolCall>,
    /// A tool that was carried out without a token.
    pub carried_out: Option<ToolCall>,
    /// Whether it publishes protected resource metadata, by which it says itself that it is protected.
    pub documented: bool,
    /// Where requests go, when the endpoint redirects them.
    pub target: Option<String>,
    /// The resource identifier of its metadata, when it is of its own origin.
    pub resource: Option<String>,
    /// The resource identifier of its metadata, when it is of another origin.
    pub foreign_resource: Option<String>,
    /// The authorization servers that its metadata names.
    pub issuers: Vec<String>,
    /// The scopes that challenge and metadata name.
    pub scopes: Vec<String>,
}

impl SeenWithoutToken {
    /// Looks at `endpoint`, or where it redirects to within its origin.
    ///
    /// # Errors
    /// When there is nothing that could be judged.
    pub async fn look(endpoint: &str, sender: &Sender) -> Result<Self, NotJudgeable> {
        let mut target = endpoint.to_owned();
        for _ in 0..REDIRECTS {
            match Self::look_at(endpoint, &target, sender).await {
                Err(NotJudgeable::Redirects { status, to, endpoint: from }) => match redirect(&from, status, &to) {
                    Redirect::Onward(next) => target = next,
                    Redirect::InsteadOfRefusal => break,
                    Redirect::Elsewhere => return Err(NotJudgeable::Redirects { endpoint: from, status, to }),
                },
                Ok(seen) => return Ok(Self { target: (target != endpoint).then_some(target), ..seen }),
                Err(_) if target != endpoint => break,
                Err(error) => return Err(error),
            }
        }
        // Clients without a token are sent to something that is no MCP endpoint, such as a page to log in.
        let mut seen = Self::default();
        seen.read_metadata(&Probe::new(endpoint, sender, None), None).await;
        Ok(seen)
    }

    /// Looks at `target`, where requests for `endpoint` go.
    async fn look_at(endpoint: &str, target: &str, sender: &Sender) -> Result<Self, NotJudgeable> {
        let probe = Probe::new(target, sender, None);
        let (opened, session) = probe.initialize(Revision::V2025_11_25).await;
        let response = answered(target, &opened)?;
        let mut seen = Self::default();
        let refusal = if reply::is_accepted(response) && jsonrpc::result(response).is_some() {
            seen.public.push(Operation::Initialize.to_string());
            let refusal = seen.knock(&probe, WITH_SESSIONS, session.as_deref()).await;
            seen.try_the_rest(&probe, session.as_deref()).await;
            refusal
        } else if is_refusal(response) {
            Some(opened)
        } else {
            let listed = probe.operation(STATELESS, None, &Operation::ToolsList).await;
            let response = answered(target, &listed)?;
            if !is_refusal(response) && !speaks_json_rpc(response) {
                let seen = opened.response().map(reply::shown).unwrap_or_default();
                return Err(NotJudgeable::NotMcp { endpoint: target.to_owned(), seen });
            }
            if reply::is_accepted(response) {
                let refusal = seen.knock(&probe, STATELESS, None).await;
                seen.try_the_rest(&probe, None).await;
                refusal
            } else {
                is_refusal(response).then_some(listed)
            }
        };
        let named = Probe::new(endpoint, sender, None);
        seen.read_metadata(&named, refusal.as_ref().and_then(Exchange::response)).await;
        Ok(seen)
    }

    /// Goes on where something was answered without a token; hands back the refusal that it came to.
    async fn knock(&mut self, probe: &Probe<'_>, revision: Revision, session: Option<&str>) -> Option<Exchange> {
        let listed = probe.operation(revision, session, &Operation::ToolsList).await;
        if listed.response().is_some_and(is_refusal) {
            return Some(listed);
        }
        let offered = listed.response().map(tools).unwrap_or_default();
        if listed.response().is_some_and(reply::is_accepted) {
            self.public.push(Operation::ToolsList.to_string());
        }
        let mut words = format!("{} are answered without a token", self.public.join(" and "));
        if let Some(tool) = Tool::harmless(&offered) {
            let called = probe.operation(revision, session, &Operation::ToolsCall(tool.clone())).await;
            if called.response().is_some_and(is_refusal) {
                self.protected = Some(tool);
                return Some(called);
            }
            words = format!("{words}, and so is a call of {}", tool.name);
            self.carried_out = Some(tool).filter(|_| called.response().is_some_and(reply::is_accepted));
        }
        self.open = Some(words);
        None
    }

    /// Tries what else a server with a public part may answer without a token; the session ends with it.
    async fn try_the_rest(&mut self, probe: &Probe<'_>, session: Option<&str>) {
        for operation in [Operation::Notification, Operation::Stream, Operation::EndSession] {
            let tried = probe.operation(WITH_SESSIONS, session, &operation).await;
            self.note(&operation, &tried);
        }
        for operation in [Operation::Discover, Operation::Listen] {
            let tried = probe.operation(STATELESS, None, &operation).await;
            self.note(&operation, &tried);
        }
    }

    fn note(&mut self, operation: &Operation, tried: &Exchange) {
        if tried.response().is_some_and(reply::is_accepted) {
            self.public.push(operation.to_string());
        }
    }

    async fn read_metadata(&mut self, probe: &Probe<'_>, refusal: Option<&Response>) {
        let challenge = refusal.and_then(bearer);
        let param = |name: &str| challenge.as_ref().and_then(|found| found.param(name)).map(str::to_owned);
        self.add_scopes(param("scope").unwrap_or_default().split(' '));
        let named = param("resource_metadata").filter(|url| is_safe_to_follow(url, probe.endpoint));
        let known = well_known_metadata(probe.endpoint).map(|(suffixed, root)| [suffixed, root]);
        for url in named.into_iter().chain(known.into_iter().flatten()) {
            let exchange = probe.fetch(&url).await;
            let document = exchange.response().filter(|response| response.status == 200).and_then(Response::json);
            if let Some(Value::Object(document)) = document {
                self.read(&document, probe.endpoint);
                return;
            }
        }
    }

    fn read(&mut self, document: &Map<String, Value>, endpoint: &str) {
        let strings = |name: &str| -> Vec<String> {
            let values = document.get(name).and_then(Value::as_array).into_iter().flatten();
            values.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let resource = document.get("resource").and_then(Value::as_str);
        self.documented = resource.is_some();
        let (own, foreign): (Vec<_>, Vec<_>) =
            resource.into_iter().map(str::to_owned).partition(|text| origin_of(text) == origin_of(endpoint));
        (self.resource, self.foreign_resource) = (own.into_iter().next(), foreign.into_iter().next());
        self.issuers = strings("authorization_servers");
        let scopes = strings("scopes_supported");
        self.add_scopes(scopes.iter().map(String::as_str));
    }

    fn add_scopes<'s>(&mut self, scopes: impl Iterator<Item = &'s str>) {
        for scope in scopes.filter(|scope| !scope.is_empty()) {
            if !self.scopes.iter().any(|known| known == scope) {
                self.scopes.push(scope.to_owned());
            }
        }
    }
}

/// What becomes of a request that is redirected.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Redirect {
    /// It is to be sent there.
    Onward(String),
    /// It is not to be sent again: the redirect stands where a refusal should.
    InsteadOfRefusal,
    /// It is to be sent to another origin, which is another server.
    Elsewhere,
}

fn redirect(from: &str, status: u16, to: &str) -> Redirect {
    let joined = Url::parse(from).and_then(|base| Ok((base.join(to)?, base)));
    match joined {
        // As to the login pages of an identity provider.
        Ok((target, base)) if matches!(status, 302 | 303) && target.host() != base.host() => Redirect::InsteadOfRefusal,
        Ok((target, base)) if target.origin() != base.origin() => Redirect::Elsewhere,
        // Others turn a POST into a GET, as redirects to pages do (RFC 9110 §15.4).
        Ok((target, base)) if matches!(status, 301 | 307 | 308) && target != base => Redirect::Onward(target.into()),
        _ => Redirect::InsteadOfRefusal,
    }
}

fn speaks_json_rpc(response: &Response) -> bool {
    jsonrpc::messages(response).iter().any(|message| message.get("jsonrpc").is_some())
}

fn is_refusal(response: &Response) -> bool {
    matches!(response.status, 401 | 403)
}

fn answered<'e>(endpoint: &str, exchange: &'e Exchange) -> Result<&'e Response, NotJudgeable> {
    let response = exchange
        .answer
        .as_ref()
        .map_err(|failure| NotJudgeable::Silent { endpoint: endpoint.to_owned(), failure: failure.to_string() })?;
    if (300..400).contains(&response.status) {
        let to = response.header_values(&LOCATION).into_iter().next().unwrap_or_else(|| "nowhere".to_owned());
        return Err(NotJudgeable::Redirects { endpoint: endpoint.to_owned(), status: response.status, to });
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::slash(307, "/mcp/", Redirect::Onward("https://h/mcp/".to_owned()))]
    #[case::whole(308, "https://h:443/mcp/", Redirect::Onward("https://h/mcp/".to_owned()))]
    #[case::login(302, "/login", Redirect::InsteadOfRefusal)]
    #[case::nowhere(307, "", Redirect::InsteadOfRefusal)]
    #[case::other_host(307, "https://other/mcp", Redirect::Elsewhere)]
    #[case::other_scheme(308, "http://h/mcp", Redirect::Elsewhere)]
    #[case::encryption(302, "http://h/mcp", Redirect::Elsewhere)]
    #[case::login_elsewhere(302, "https://login/", Redirect::InsteadOfRefusal)]
    fn redirects_are_followed_within_the_origin(#[case] status: u16, #[case] to: &str, #[case] expected: Redirect) {
        assert_eq!(redirect("https://h/mcp", status, to), expected);
    }
}
