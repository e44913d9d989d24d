//! The authorization response (RFC 6749 section 4.1.2): a loopback listener that lives as long as one login, and the
//! checks that turn what arrives into an authorization code.
//!
//! Everything that arrives is hostile until its state and issuer match. The page sent back is fixed text: nothing is
//! reflected, nothing is loaded, nobody is redirected.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse},
    routing::get,
};
use oauth2::AuthorizationCode;
use tokio::{sync::oneshot, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{authorization::ExpectedResponse, issuer::Issuer, settings::Callback, text::printable};

const PATH: &str = "/callback";

/// How long the answer to the browser may take once the login is decided.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why a login ended without a code.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// The listener could not be opened.
    #[error("cannot listen for the login on port {port}: {source}. Is another login under way?")]
    Listen {
        /// The port.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nobody came back.
    #[error("no authorization response arrived within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// The response has no state, or not the one of this request (RFC 6749 section 10.12).
    #[error("the authorization response does not carry the state of this login; it was dropped")]
    StateMismatch,
    /// RFC 9207 section 2.4. What the response said is not repeated, because it came from someone else.
    #[error("the authorization response names another issuer than `{expected}`; it was dropped (RFC 9207 section 2.4)")]
    IssuerMismatch {
        /// The issuer the request was sent to.
        expected: Issuer,
    },
    /// The issuer promised `iss` and the response has none.
    #[error("`{expected}` says that it names itself in authorization responses, this one has no `iss`; it was dropped")]
    IssuerMissing {
        /// The issuer the request was sent to.
        expected: Issuer,
    },
    /// RFC 6749 section 4.1.2.1.
    #[error("the authorization server refused: {error} {description}")]
    Refused {
        /// Its error code, printable characters only.
        error: String,
        /// Its description, printable characters only.
        description: String,
    },
    /// Neither a code nor an error.
    #[error("the authorization response has no code")]
    NoCode,
    /// A parameter that decides something occurs twice (RFC 6749 section 3.1).
    #[error("the authorization response has more than one `{0}`")]
    Repeated(&'static str),
}

/// The redirect URI together with the means to listen on it.
#[derive(Debug)]
pub(crate) struct Redirect {
    callback: Callback,
    /// Fixed by the first login, so that a registered redirect URI stays true.
    port: Option<u16>,
}

impl Redirect {
    pub(crate) fn new(callback: Callback) -> Self {
        Self { callback, port: None }
    }

    /// Starts to listen; dropping the result stops it.
    pub(crate) fn listen(&mut self) -> Result<Listening, CallbackError> {
        let (port, listeners) = self.sockets()?;
        self.port = Some(port);
        let (sender, response) = oneshot::channel();
        let page = Router::new()
            .route(PATH, get(receive).head(|| async { StatusCode::METHOD_NOT_ALLOWED }))
            .with_state(Arc::new(Mutex::new(Some(sender))));
        let done = CancellationToken::new();
        let mut servers = JoinSet::new();
        for listener in listeners {
            let server = axum::serve(listener, page.clone()).with_graceful_shutdown(done.clone().cancelled_owned());
            servers.spawn(async move { server.await });
        }
        Ok(Listening { redirect_uri: format!("http://localhost:{port}{PATH}"), response, done, servers })
    }

    /// `localhost` may resolve to either family, and a browser tries one after the other: both are served if both exist.
    fn sockets(&self) -> Result<(u16, Vec<tokio::net::TcpListener>), CallbackError> {
        let wanted = match self.callback {
            Callback::Listener(_) => 0,
            Callback::Port(port) => self.port.unwrap_or(port),
        };
        let failed = |source| CallbackError::Listen { port: wanted, source };
        let mut sockets = Vec::new();
        let port = match &self.callback {
            Callback::Listener(listener) => {
                sockets.push(listener.try_clone().map_err(failed)?);
                listener.local_addr().map_err(failed)?.port()
            }
            Callback::Port(_) => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).map_err(failed)?;
                let port = listener.local_addr().map_err(failed)?.port();
                sockets.push(listener);
                sockets.extend(TcpListener::bind((Ipv6Addr::LOCALHOST, port)));
                port
            }
        };
        let asynchronous = |socket: TcpListener| {
            socket.set_nonblocking(true)?;
            tokio::net::TcpListener::from_std(socket)
        };
        Ok((port, sockets.into_iter().map(asynchronous).collect::<Result<_, _>>().map_err(failed)?))
    }
}

/// A login under way.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) redirect_uri: String,
    response: oneshot::Receiver<Parameters>,
    done: CancellationToken,
    servers: JoinSet<std::io::Result<()>>,
}

impl Listening {
    /// The first response on the exact path decides; later ones find nobody listening.
    pub(crate) async fn response(mut self, limit: Duration) -> Result<Parameters, CallbackError> {
        let response = tokio::time::timeout(limit, &mut self.response).await;
        self.done.cancel();
        let drained = async { while self.servers.join_next().await.is_some() {} };
        // A peer that keeps its connection open does not keep the login waiting.
        let _ = tokio::time::timeout(FAREWELL, drained).await;
        match response {
            Ok(Ok(parameters)) => Ok(parameters),
            _ => Err(CallbackError::TimedOut(limit)),
        }
    }
}

type Waiting = Arc<Mutex<Option<oneshot::Sender<Parameters>>>>;

async fn receive(State(waiting): State<Waiting>, RawQuery(query): RawQuery) -> impl IntoResponse {
    let sender = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (status, page) = match sender.map(|sender| sender.send(Parameters::decode(&query.unwrap_or_default()))) {
        Some(Ok(())) => (StatusCode::OK, RECEIVED),
        _ => (StatusCode::GONE, OVER),
    };
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, Html(page))
}

const RECEIVED: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Login</title>\
<p>The answer has arrived. You can close this page; the program tells you how it went.</p></html>";
const OVER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Login</title>\
<p>No login is waiting for this answer.</p></html>";

/// The query of a response, decoded once and not believed yet.
pub(crate) struct Parameters(Vec<(String, String)>);

/// Names only: the values are secrets, or an attacker's.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Parameters {
    pub(crate) fn decode(query: &str) -> Self {
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn once(&self, name: &'static str) -> Result<Option<&str>, CallbackError> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(CallbackError::Repeated(name)),
            (value, None) => Ok(value),
        }
    }

    /// Step one: the response belongs to this request.
    pub(crate) fn match_state(self, expected: &ExpectedResponse) -> Result<StateMatched, CallbackError> {
        match self.once("state")? {
            // One guess per login: there is nothing to gain from timing this comparison.
            Some(state) if state == expected.state.secret() => Ok(StateMatched(self)),
            _ => Err(CallbackError::StateMismatch),
        }
    }
}

/// Proof that the state matched.
#[derive(Debug)]
pub(crate) struct StateMatched(Parameters);

impl StateMatched {
    /// Step two: it comes from the issuer the request was sent to. Compared as it is after one decoding.
    pub(crate) fn match_issuer(self, expected: &ExpectedResponse) -> Result<IssuerMatched, CallbackError> {
        match self.0.once("iss")? {
            Some(iss) if iss == expected.issuer.as_str() => Ok(IssuerMatched(self.0)),
            Some(_) => Err(CallbackError::IssuerMismatch { expected: expected.issuer.clone() }),
            None if expected.iss_required => Err(CallbackError::IssuerMissing { expected: expected.issuer.clone() }),
            None => Ok(IssuerMatched(self.0)),
        }
    }
}

/// Proof that state and issuer matched; only now is the content worth reading.
#[derive(Debug)]
pub(crate) struct IssuerMatched(Parameters);

impl IssuerMatched {
    /// Step three: the code, unless the authorization server refused.
    pub(crate) fn code(self) -> Result<AuthorizationCode, CallbackError> {
        if let Some(error) = self.0.once("error")? {
            return Err(CallbackError::Refused {
                error: printable(error),
                description: printable(self.0.once("error_description")?.unwrap_or_default()),
            });
        }
        match self.0.once("code")? {
            Some(code) if !code.is_empty() => Ok(AuthorizationCode::new(code.to_owned())),
            _ => Err(CallbackError::NoCode),
        }
    }
}
