//! OAuth requests over HTTP: no redirects, a time limit, a size limit, and never an access token.
//!
//! Errors name the URL and what went wrong. They never quote a body: a body is text of whoever answered.

use futures::StreamExt;
use reqwest::{RequestBuilder, Response, StatusCode, header::ACCEPT};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    reach::{Reach, UrlRefusal, shown},
    settings::HttpSettings,
};

/// Why a document could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL may not be contacted.
    #[error("refused to contact: {0}")]
    Refused(#[from] UrlRefusal),
    /// No answer: connection, TLS or time-out.
    #[error("{url} did not answer: {reason}")]
    NoAnswer {
        /// The URL asked.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// An answer with another status than success; redirects are not followed.
    #[error("{url} answered {status}")]
    Status {
        /// The URL asked.
        url: String,
        /// The status code.
        status: u16,
    },
    /// The body is too large.
    #[error("{url} answered with more than {limit} bytes")]
    TooLarge {
        /// The URL asked.
        url: String,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body is not a JSON object.
    #[error("{url} did not answer with a JSON object")]
    NotAnObject {
        /// The URL asked.
        url: String,
    },
}

/// The HTTP client of the OAuth part.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    reach: Reach,
    max_document: usize,
}

/// A JSON answer with its status; for requests whose errors are documents too. It may hold tokens.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) document: Map<String, Value>,
}

impl Http {
    pub(crate) fn new(settings: &HttpSettings, reach: Reach) -> Result<Self, reqwest::Error> {
        let client = client_builder(settings)?.timeout(settings.request_timeout).build()?;
        Ok(Self { client, reach, max_document: settings.max_document })
    }

    pub(crate) fn reach(&self) -> Reach {
        self.reach
    }

    pub(crate) fn post(&self, url: &Url) -> RequestBuilder {
        self.client.post(url.clone())
    }

    /// Fetches a document; anything but 200 with a JSON object is an error.
    pub(crate) async fn document(
        &self,
        url: &Url,
        protocol: Option<&'static str>,
    ) -> Result<Map<String, Value>, FetchError> {
        let mut request = self.client.get(url.clone());
        if let Some(protocol) = protocol {
            request = request.header("MCP-Protocol-Version", protocol);
        }
        let response = self.send(url, request).await?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status { url: shown(url), status: response.status().as_u16() });
        }
        self.object(url, response).await
    }

    /// Sends a prepared request to `url` and reads a JSON object, whatever the status.
    pub(crate) async fn answer(&self, url: &Url, request: RequestBuilder) -> Result<Answer, FetchError> {
        let response = self.send(url, request).await?;
        let status = response.status();
        match self.object(url, response).await {
            Ok(document) => Ok(Answer { status, document }),
            Err(FetchError::NotAnObject { .. }) if !status.is_success() => {
                Err(FetchError::Status { url: shown(url), status: status.as_u16() })
            }
            Err(error) => Err(error),
        }
    }

    async fn send(&self, url: &Url, request: RequestBuilder) -> Result<Response, FetchError> {
        self.reach.check(url)?;
        request.header(ACCEPT, "application/json").send().await.map_err(|error| no_answer(url, error))
    }

    async fn object(&self, url: &Url, response: Response) -> Result<Map<String, Value>, FetchError> {
        let mut body = Vec::new();
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.map_err(|error| no_answer(url, error))?);
            if body.len() > self.max_document {
                return Err(FetchError::TooLarge { url: shown(url), limit: self.max_document });
            }
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(FetchError::NotAnObject { url: shown(url) }),
        }
    }
}

/// What every HTTP client here has in common: no redirects, because they could carry credentials to another place.
pub(crate) fn client_builder(settings: &HttpSettings) -> Result<reqwest::ClientBuilder, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(settings.connect_timeout)
        .user_agent(concat!("reference-client/", env!("CARGO_PKG_VERSION")));
    if !settings.environment_proxies {
        builder = builder.no_proxy();
    }
    for pem in &settings.extra_root_certificates {
        for certificate in reqwest::Certificate::from_pem_bundle(pem)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    Ok(builder)
}

fn no_answer(url: &Url, error: reqwest::Error) -> FetchError {
    FetchError::NoAnswer { url: shown(url), reason: causes(&error.without_url()) }
}

/// An error with its causes in one line; the outermost alone often says only "error sending request".
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        line.push_str(": ");
        line.push_str(&inner.to_string());
        cause = inner.source();
    }
    line
}
