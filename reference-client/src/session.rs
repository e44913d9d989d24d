//! An MCP session with a protected server: connect, list tools, call tools. A refusal is answered by the authorizer and
//! the request made anew; everything else of MCP is rmcp's.

use std::sync::Arc;

use rmcp::{
    ClientCacheConfig, ClientLifecycleMode, ClientServiceExt, RoleClient, ServiceError,
    model::{
        CallToolRequestParams, ClientCapabilities, ClientConfig, ContentBlock, Implementation, ProtocolVersion, Tool,
    },
    service::{ClientInitializeError, RunningService},
    transport::streamable_http_client::{
        StreamableHttpClientTransport, StreamableHttpClientTransportConfig, StreamableHttpError,
    },
};
use serde_json::{Map, Value};

use crate::{
    authorizer::{AuthorizeError, Authorizer, Operation, Warning},
    browser::Browser,
    callback::Redirect,
    fetch::{Http, causes},
    registration::Registrations,
    settings::{HttpSettings, Revision, Settings},
    store::TokenStore,
    target::Finder,
    text::printable,
    transport::{ProtectedHttp, Refusal, RequestFailure},
};

/// How often one operation may be refused in a row, whatever the reasons.
const MAX_REFUSALS: usize = 3;

/// Why no session came about.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The HTTP client could not be set up, for example because of a bad certificate.
    #[error("the HTTP client could not be set up: {0}")]
    Http(String),
    /// Authorization failed.
    #[error(transparent)]
    Authorize(#[from] AuthorizeError),
    /// The server kept refusing.
    #[error("the MCP server refused the connection {MAX_REFUSALS} times; giving up")]
    RefusedTooOften,
    /// The handshake failed.
    #[error("the MCP handshake failed: {0}")]
    Handshake(String),
    /// The server speaks another revision than the one asked for.
    #[error("the MCP server speaks {found}, not {wanted}")]
    OtherRevision {
        /// What was asked for.
        wanted: Revision,
        /// What the server chose.
        found: String,
    },
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Authorization failed.
    #[error(transparent)]
    Authorize(#[from] AuthorizeError),
    /// The server kept refusing.
    #[error("the MCP server refused {0} {MAX_REFUSALS} times; giving up")]
    RefusedTooOften(Operation),
    /// A JSON-RPC error.
    #[error("the MCP server answered with error {code}: {message}")]
    Rpc {
        /// The JSON-RPC error code.
        code: i32,
        /// The message, printable characters only.
        message: String,
    },
    /// No usable answer.
    #[error("no usable answer of the MCP server: {0}")]
    Transport(String),
}

/// A tool as the server lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSummary {
    /// The name to call it by.
    pub name: String,
    /// What it does, if the server says so.
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    pub input_schema: Map<String, Value>,
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolAnswer {
    /// Whether the tool says that it failed.
    pub is_error: bool,
    /// The text parts, in order; other parts as JSON.
    pub text: Vec<String>,
    /// The structured result, if there is one.
    pub structured: Option<Value>,
}

/// A session with an MCP server.
pub struct Session {
    service: RunningService<RoleClient, ClientConfig>,
    authorizer: Authorizer,
    revision: String,
}

/// Opens a session, logging in when the server asks for it. The first request carries no token.
///
/// # Errors
/// When the server cannot be reached, refuses for good, or authorization fails; the error names the rule that was broken.
pub async fn connect(settings: Settings, browser: Arc<dyn Browser>) -> Result<Session, ConnectError> {
    let Settings { server, registration, callback, exemptions, protocol, http, login_timeout } = settings;
    let wire_url = server.url().as_str().to_owned();
    let store = Arc::new(TokenStore::new(&wire_url));
    let transport = protected(&http, &store)?;
    let oauth = Http::new(&http, server.reach()).map_err(|error| ConnectError::Http(causes(&error)))?;
    let finder = Finder { http: oauth, server, protocol, exemptions };
    let authorizer = Authorizer::new(
        finder,
        store,
        browser,
        login_timeout,
        Registrations::new(registration),
        Redirect::new(callback),
    );
    let service = open(&transport, &wire_url, protocol, &authorizer).await?;
    // A cached list would outlive the token it was read with, and would hide a 401 behind an old answer.
    service.set_response_cache_config(uncached()).await;
    let revision = service.peer().peer_info().map(|server| server.protocol_version.to_string()).unwrap_or_default();
    match protocol {
        Some(wanted) if wanted.as_str() != revision => {
            Err(ConnectError::OtherRevision { wanted, found: printable(&revision) })
        }
        _ => Ok(Session { service, authorizer, revision }),
    }
}

fn protected(settings: &HttpSettings, store: &Arc<TokenStore>) -> Result<ProtectedHttp, ConnectError> {
    ProtectedHttp::new(settings, Arc::clone(store)).map_err(|error| ConnectError::Http(causes(&error)))
}

fn uncached() -> ClientCacheConfig {
    let mut config = ClientCacheConfig::default();
    config.enabled = false;
    config.serve_stale_on_error = false;
    config
}

/// The handshake, repeated after each refusal that could be answered.
async fn open(
    transport: &ProtectedHttp,
    url: &str,
    protocol: Option<Revision>,
    authorizer: &Authorizer,
) -> Result<RunningService<RoleClient, ClientConfig>, ConnectError> {
    for _ in 0..=MAX_REFUSALS {
        transport.take_refusal();
        let config = StreamableHttpClientTransportConfig::with_uri(url);
        let wire = StreamableHttpClientTransport::with_client(transport.clone(), config);
        let error = match client(protocol).serve_with_lifecycle(wire, lifecycle(protocol)).await {
            Ok(service) => return Ok(service),
            Err(error) => error,
        };
        match transport.take_refusal() {
            Some(refusal) => authorizer.answer(refusal, &Operation::Connect).await?,
            None => return Err(handshake_failure(&error)),
        }
    }
    Err(ConnectError::RefusedTooOften)
}

fn handshake_failure(error: &ClientInitializeError) -> ConnectError {
    ConnectError::Handshake(crate::text::without_controls(&error.to_string()))
}

fn client(protocol: Option<Revision>) -> ClientConfig {
    let me = Implementation::new("reference-client", env!("CARGO_PKG_VERSION"));
    ClientConfig::new(ClientCapabilities::default(), me).with_protocol_version(version(handshake_revision(protocol)))
}

/// The newest revision that begins with a handshake, unless an older one was asked for.
fn handshake_revision(protocol: Option<Revision>) -> Revision {
    protocol.unwrap_or(Revision::V2025_11_25).min(Revision::V2025_11_25)
}

fn lifecycle(protocol: Option<Revision>) -> ClientLifecycleMode {
    let newest = vec![ProtocolVersion::V_2026_07_28];
    match protocol {
        None => ClientLifecycleMode::Auto {
            preferred_versions: newest,
            legacy_version: Some(version(handshake_revision(None))),
        },
        Some(Revision::V2026_07_28) => ClientLifecycleMode::Discover { preferred_versions: newest },
        Some(_) => ClientLifecycleMode::Initialize,
    }
}

fn version(revision: Revision) -> ProtocolVersion {
    match revision {
        Revision::V2025_03_26 => ProtocolVersion::V_2025_03_26,
        Revision::V2025_06_18 => ProtocolVersion::V_2025_06_18,
        Revision::V2025_11_25 => ProtocolVersion::V_2025_11_25,
        Revision::V2026_07_28 => ProtocolVersion::V_2026_07_28,
    }
}

impl Session {
    /// The protocol revision that was negotiated.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// What the user should know although everything works, for example an exemption that was needed.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        self.authorizer.warnings()
    }

    /// All tools of the server, in its order.
    ///
    /// # Errors
    /// When the server cannot be reached, answers with an error, or authorization fails.
    pub async fn list_tools(&self) -> Result<Vec<ToolSummary>, CallError> {
        let list = || self.service.peer().list_all_tools();
        let tools = self.authorized(&Operation::ListTools, list).await?;
        Ok(tools.into_iter().map(ToolSummary::from).collect())
    }

    /// Calls a tool. A tool that fails is an answer with `is_error`, not an error.
    ///
    /// # Errors
    /// When the server cannot be reached, answers with a JSON-RPC error, or authorization fails.
    pub async fn call_tool(&self, name: &str, arguments: Map<String, Value>) -> Result<ToolAnswer, CallError> {
        let call = || {
            let call = CallToolRequestParams::new(name.to_owned()).with_arguments(arguments.clone());
            self.service.peer().call_tool(call)
        };
        let result = self.authorized(&Operation::CallTool(name.to_owned()), call).await?;
        Ok(ToolAnswer {
            is_error: result.is_error.unwrap_or(false),
            text: result.content.iter().map(text).collect(),
            structured: result.structured_content,
        })
    }

    /// Ends the session, telling the server if the revision has a way to.
    pub async fn close(self) {
        // A session that is closed already is closed.
        let _ = self.service.cancel().await;
    }

    async fn authorized<T, F>(&self, operation: &Operation, request: impl Fn() -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, ServiceError>>,
    {
        for _ in 0..=MAX_REFUSALS {
            let error = match request().await {
                Ok(answer) => {
                    self.authorizer.succeeded(operation).await;
                    return Ok(answer);
                }
                Err(error) => error,
            };
            match refusal(&error) {
                Some(refusal) => self.authorizer.answer(refusal, operation).await?,
                None => return Err(CallError::from(error)),
            }
        }
        Err(CallError::RefusedTooOften(operation.clone()))
    }
}

/// The 401 or 403 behind a failed request.
fn refusal(error: &ServiceError) -> Option<Refusal> {
    let ServiceError::TransportSend(sent) = error else { return None };
    match sent.error.downcast_ref::<StreamableHttpError<RequestFailure>>() {
        Some(StreamableHttpError::Client(RequestFailure::Refused(refusal))) => Some(refusal.clone()),
        _ => None,
    }
}

impl From<ServiceError> for CallError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::McpError(error) => Self::Rpc { code: error.code.0, message: printable(&error.message) },
            ServiceError::TransportSend(sent) => {
                Self::Transport(crate::text::without_controls(&sent.error.to_string()))
            }
            other => Self::Transport(crate::text::without_controls(&other.to_string())),
        }
    }
}

impl From<Tool> for ToolSummary {
    fn from(tool: Tool) -> Self {
        Self {
            name: tool.name.into_owned(),
            description: tool.description.map(std::borrow::Cow::into_owned),
            input_schema: (*tool.input_schema).clone(),
        }
    }
}

/// Text as it is, anything else as the JSON it came in.
fn text(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}
