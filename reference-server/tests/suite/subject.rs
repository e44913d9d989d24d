//! A running reference server together with its issuer, and the requests that tests send.

use reference_server::{Config, Running, Server};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::issuer::{CLIENT, Issuer};

pub(crate) const MODERN: &str = "2026-07-28";

pub(crate) struct Subject {
    pub(crate) issuer: Issuer,
    pub(crate) resource: String,
    _running: Running,
}

impl Subject {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let issuer = Issuer::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let resource = format!("http://localhost:{}/mcp", listener.local_addr().unwrap().port());
        let mut config = Config::for_issuer(&resource, &issuer.url(), [CLIENT.to_owned()]).unwrap();
        change(&mut config);
        let running = Server::start(config, listener).await.unwrap();
        Self { issuer, resource, _running: running }
    }

    /// The address of another path on the same origin.
    pub(crate) fn at(&self, path: &str) -> String {
        self.resource.replace("/mcp", path)
    }

    pub(crate) fn note_scope(&self) -> String {
        format!("{}/notes.write", self.resource)
    }

    /// A good access token of a subject with some scopes.
    pub(crate) fn token(&self, subject: &str, scopes: &str) -> String {
        self.issuer.token(&self.resource, [("sub", Some(json!(subject))), ("scope", Some(json!(scopes)))])
    }

    pub(crate) fn request(&self, method: Method, token: Option<&str>) -> RequestBuilder {
        let request = client().request(method, &self.resource);
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A POST as 2026-07-28 has it, with all header fields that revision wants.
    pub(crate) fn modern(&self, token: Option<&str>, method: &str, params: Value) -> RequestBuilder {
        let mut params = params;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let mut headers = mcp_headers();
        headers.insert("mcp-protocol-version", HeaderValue::from_static(MODERN));
        headers.insert("mcp-method", HeaderValue::from_str(method).unwrap());
        if let Some(name) = params["name"].as_str() {
            headers.insert("mcp-name", HeaderValue::from_str(name).unwrap());
        }
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.request(Method::POST, token).headers(headers).body(body.to_string())
    }

    pub(crate) async fn call(&self, token: &str, tool: &str, arguments: Value) -> Response {
        self.modern(Some(token), "tools/call", json!({ "name": tool, "arguments": arguments })).send().await.unwrap()
    }

    /// The structured result of a tool that is expected to work.
    pub(crate) async fn result(&self, token: &str, tool: &str, arguments: Value) -> Value {
        let response = self.call(token, tool, arguments).await;
        assert_eq!(response.status(), StatusCode::OK);
        message(response).await["result"]["structuredContent"].clone()
    }

    /// A POST as the revisions with a handshake have it.
    pub(crate) fn legacy(&self, token: Option<&str>, session: Option<&Session>, body: &Value) -> RequestBuilder {
        let mut headers = mcp_headers();
        if let Some(session) = session {
            headers.extend(session.headers());
        }
        self.request(Method::POST, token).headers(headers).body(body.to_string())
    }

    /// Opens a session as a client of a revision does.
    pub(crate) async fn open_session(&self, token: &str, revision: &str) -> Session {
        let params = json!({
            "protocolVersion": revision,
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let initialize = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        let response = self.legacy(Some(token), None, &initialize).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let id = response.headers()["mcp-session-id"].clone();
        let agreed = message(response).await["result"]["protocolVersion"].as_str().unwrap().to_owned();
        let session = Session { id, revision: agreed };
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let response = self.legacy(Some(token), Some(&session), &initialized).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        session
    }
}

pub(crate) struct Session {
    pub(crate) id: HeaderValue,
    pub(crate) revision: String,
}

impl Session {
    /// The header fields of a request in the session; 2025-03-26 does not know the one for the version.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("mcp-session-id", self.id.clone());
        if self.revision != "2025-03-26" {
            headers.insert("mcp-protocol-version", HeaderValue::from_str(&self.revision).unwrap());
        }
        headers
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(crate) fn mcp_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("accept", HeaderValue::from_static("application/json, text/event-stream"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers
}

pub(crate) fn tool_call(tool: &str, arguments: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments } })
}

/// The JSON-RPC message of an answer, from JSON or from the last event of a stream.
pub(crate) async fn message(response: Response) -> Value {
    let is_stream = response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream");
    let text = response.text().await.unwrap();
    let json = if is_stream {
        text.lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .map(str::trim)
            .rfind(|data| !data.is_empty())
            .unwrap()
    } else {
        &text
    };
    serde_json::from_str(json).unwrap()
}

/// The challenge of an answer.
pub(crate) fn challenge(response: &Response) -> &str {
    response.headers()["www-authenticate"].to_str().unwrap()
}
