//! A server as it looks with a valid token: the revisions it speaks and the tools it offers.

use super::http::Probe;
use crate::catalogue::Revision;
use crate::mcp::{Operation, ToolCall};
use crate::protocol::challenge::bearer;
use crate::protocol::jsonrpc;
use crate::protocol::reply;
use crate::tokens::Token;
use crate::wire::{Response, Sender};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The most that is shown of a server's own words.
const WORDS: usize = 200;

/// Whether the server speaks a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// It said so.
    Yes,
    /// It said that it does not, and how.
    No(String),
    /// It could not be seen, and why.
    Unseen(String),
}

/// A tool that the server offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its description, which is the server's text and is only shown.
    pub description: Option<String>,
    required: bool,
    read_only: Option<bool>,
    destructive: Option<bool>,
}

impl Tool {
    fn read(tool: &Value) -> Option<Self> {
        let hint = |name: &str| tool.pointer(&format!("/annotations/{name}")).and_then(Value::as_bool);
        let required = tool.pointer("/inputSchema/required").and_then(Value::as_array);
        Some(Self {
            name: tool.get("name")?.as_str()?.to_owned(),
            description: tool.get("description").and_then(Value::as_str).map(str::to_owned),
            required: required.is_some_and(|names| !names.is_empty()),
            read_only: hint("readOnlyHint"),
            destructive: hint("destructiveHint"),
        })
    }

    /// A call that probably does no harm: of a tool that needs no arguments, that does not call itself destructive, and
    /// rather of one that only reads.
    #[must_use]
    pub fn harmless(tools: &[Self]) -> Option<ToolCall> {
        let candidates = || tools.iter().filter(|tool| !tool.required && tool.destructive != Some(true));
        let found = candidates().find(|tool| tool.read_only == Some(true)).or_else(|| candidates().next())?;
        Some(ToolCall { name: found.name.clone(), arguments: Map::new() })
    }
}

/// What is seen with a valid token.
#[derive(Clone, Debug, Default)]
pub struct SeenWithToken {
    /// Each revision that was tried.
    pub spoken: BTreeMap<Revision, Spoken>,
    /// The tools, from the first revision at which they were listed.
    pub tools: Vec<Tool>,
    /// How the token was refused, by an operation that takes one, where it was not accepted anywhere.
    pub refusal: Option<String>,
    /// Whether it was looked at without a token, for want of one.
    without_token: bool,
    /// Whether that is probably not the server's answer, but one of something before it.
    pub by_edge: bool,
}

impl SeenWithToken {
    /// Which of `revisions` the server says it does not speak, where no token is known: it may say so before it looks for
    /// one, or at operations that take none.
    pub async fn look_without_token(endpoint: &str, sender: &Sender, revisions: &[Revision]) -> Self {
        let probe = Probe::new(endpoint, sender, None);
        let mut seen = Self { without_token: true, ..Self::default() };
        for revision in revisions {
            let operation = if revision.is_stateless() { Operation::Discover } else { Operation::Initialize };
            let answer = probe.operation(*revision, None, &operation).await;
            let spoken = answer.answer.as_ref().map_or_else(silent, |response| said(response, *revision));
            seen.spoken.insert(*revision, spoken);
        }
        seen
    }

    /// Looks at `endpoint` with `token`, at each of `revisions`. Where everybody can list the tools, `protected` is the
    /// one that shows whether the token is good.
    pub async fn look(
        endpoint: &str,
        sender: &Sender,
        token: &Token,
        revisions: &[Revision],
        protected: Option<&ToolCall>,
    ) -> Self {
        let probe = Probe::new(endpoint, sender, Some(token));
        let mut seen = Self::default();
        let (mut accepted, mut refusal, mut refusing) = (false, None, None);
        for revision in revisions {
            let (opened, spoken, session) = if revision.is_stateless() {
                let answer = probe.operation(*revision, None, &Operation::Discover).await;
                let spoken = answer.answer.as_ref().map_or_else(silent, |response| discovered(response, *revision));
                (answer, spoken, None)
            } else {
                let (answer, session) = probe.initialize(*revision).await;
                let spoken = answer.answer.as_ref().map_or_else(silent, |response| initialized(response, *revision));
                (answer, spoken, session)
            };
            let decisive = match protected {
                Some(tool) if spoken == Spoken::Yes => {
                    probe.operation(*revision, session.as_deref(), &Operation::ToolsCall(tool.clone())).await
                }
                _ => opened,
            };
            accepted |= spoken == Spoken::Yes && decisive.response().is_some_and(reply::is_accepted);
            if let (None, Some(words)) = (&refusal, decisive.response().and_then(|response| refused(response, token))) {
                refusal = Some(words);
                refusing = Some(decisive);
            }
            if spoken == Spoken::Yes && seen.tools.is_empty() {
                let listed = probe.operation(*revision, session.as_deref(), &Operation::ToolsList).await;
                seen.tools = listed.response().map(tools).unwrap_or_default();
            }
            seen.spoken.insert(*revision, spoken);
        }
        seen.refusal = refusal.filter(|_| !accepted);
        if let Some(refusing) = refusing.filter(|_| !accepted) {
            let invalid = probe.with_no_token(&refusing.request).await;
            seen.by_edge = sender.distrust(&refusing, &invalid);
        }
        seen
    }

    /// Whether the token was accepted.
    pub(super) fn is_accepted(&self) -> bool {
        self.refusal.is_none() && self.spoken.values().any(|spoken| *spoken == Spoken::Yes)
    }

    /// The revisions that it says it does not speak, with the evidence; none when it said of none that it does although it
    /// was asked with a token, for then something else is wrong.
    #[must_use]
    pub fn unspoken(&self) -> Vec<(Revision, String)> {
        if !self.without_token && !self.spoken.values().any(|spoken| *spoken == Spoken::Yes) {
            return Vec::new();
        }
        let no = |(revision, spoken): (&Revision, &Spoken)| match spoken {
            Spoken::No(how) => Some((*revision, format!("the server does not speak {revision}: {how}"))),
            Spoken::Yes | Spoken::Unseen(_) => None,
        };
        self.spoken.iter().filter_map(no).collect()
    }
}

/// How an answer refuses the token, in the server's own words as far as it has any.
fn refused(response: &Response, token: &Token) -> Option<String> {
    if !matches!(response.status, 401 | 403 | 500..) {
        return None;
    }
    let challenge = bearer(response);
    let param = |name: &str| challenge.as_ref().and_then(|found| found.param(name)).map(str::to_owned);
    let words = [param("error"), param("error_description")].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let words = words.replace(token.raw.expose_secret(), "[the token]");
    let words: String = words.chars().filter(|letter| !letter.is_control()).take(WORDS).collect();
    let shown = reply::shown(response);
    Some(if words.is_empty() { shown } else { format!("{shown}, “{words}”") })
}

fn silent(failure: &crate::wire::Failure) -> Spoken {
    Spoken::Unseen(failure.to_string())
}

fn initialized(response: &Response, revision: Revision) -> Spoken {
    let version = jsonrpc::result(response).and_then(|mut result| result.get_mut("protocolVersion").map(Value::take));
    match version {
        Some(Value::String(version)) if version == revision.as_str() => Spoken::Yes,
        Some(version) => Spoken::No(format!("initialize is answered with {version}")),
        None => other(response, "initialize"),
    }
}

fn discovered(response: &Response, revision: Revision) -> Spoken {
    let Some(result) = jsonrpc::result(response) else { return other(response, "server/discover") };
    let versions = result.get("supportedVersions").and_then(Value::as_array);
    match versions {
        Some(versions) if !versions.iter().any(|version| version == revision.as_str()) => {
            Spoken::No(format!("server/discover names the versions {}", Value::Array(versions.clone())))
        }
        _ => Spoken::Yes,
    }
}

/// What an answer to a request without a token says of a revision. Only what names versions, or calls `server/discover`
/// unknown, says anything: any other error may be about the token that is missing.
fn said(response: &Response, revision: Revision) -> Spoken {
    const METHOD_NOT_FOUND: i64 = -32601;
    let named = |versions: &Value| versions.as_array().filter(|versions| !versions.is_empty()).cloned();
    let error = jsonrpc::messages(response).into_iter().find_map(|mut message| Some(message.get_mut("error")?.take()));
    let supported = error.as_ref().and_then(|error| named(error.pointer("/data/supported")?));
    match (supported, jsonrpc::result(response)) {
        (Some(versions), _) if !versions.iter().any(|version| version == revision.as_str()) => {
            Spoken::No(format!("its error names the versions {}", Value::Array(versions)))
        }
        (_, Some(_)) if revision.is_stateless() => discovered(response, revision),
        (_, Some(_)) => initialized(response, revision),
        _ if revision.is_stateless() && jsonrpc::error_code(response) == Some(METHOD_NOT_FOUND) => {
            Spoken::No("server/discover is no method of its".to_owned())
        }
        _ => Spoken::Unseen(format!("it says nothing without a token: {}", reply::shown(response))),
    }
}

/// An error of MCP or a refusal of the request itself says that the version is not spoken; a refusal of the token and a
/// failure of the server say nothing.
fn other(response: &Response, operation: &str) -> Spoken {
    let seen = format!("{operation} is answered by {}", reply::shown(response));
    let says_no = match response.status {
        200 => jsonrpc::error_code(response).is_some(),
        400 | 404 | 405 | 406 => true,
        _ => false,
    };
    if says_no { Spoken::No(seen) } else { Spoken::Unseen(seen) }
}

/// The tools in an answer to `tools/list`.
pub(super) fn tools(response: &Response) -> Vec<Tool> {
    let result = jsonrpc::result(response).unwrap_or_default();
    result.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(Tool::read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn answered(status: u16, body: &str) -> Response {
        let (headers, body) = (http::HeaderMap::new(), body.to_owned().into());
        Response { status, headers, body, truncated: false }
    }

    #[rstest]
    #[case::names_others(400, r#"{"error":{"code":-32602,"data":{"supported":["2025-06-18"]}}}"#, false)]
    #[case::opens_another(200, r#"{"result":{"protocolVersion":"2025-06-18"}}"#, false)]
    #[case::opens_it(200, r#"{"result":{"protocolVersion":"2025-11-25"}}"#, true)]
    #[case::wants_a_token(401, r#"{"error":{"code":-32001,"message":"a token is needed"}}"#, true)]
    #[case::is_broken(500, "", true)]
    fn a_revision_is_left_out_where_the_server_names_others(
        #[case] status: u16,
        #[case] body: &str,
        #[case] judged: bool,
    ) {
        let spoken = said(&answered(status, body), Revision::V2025_11_25);
        assert_eq!(!matches!(spoken, Spoken::No(_)), judged, "{spoken:?}");
    }
}
