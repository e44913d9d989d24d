//! Where a browser comes to that follows redirects through a server which stands before a third party.
//!
//! Facts in the words of such a server: its own pages, the third party, the client. What a redirect is, the user agent
//! knows; whether a browser should have come there, the judges of proxies say. Makes no findings.

use crate::protocol::reply;
use crate::protocol::url::{is_loopback, origin_of};
use crate::user_agent::redirect_target;
use crate::wire::{Exchange, Response};
use url::Url;

/// What the ways of a browser are told apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signposts {
    /// The origins of the server and of its own authorization endpoints.
    pub own: Vec<String>,
    /// The port of the loopback at which the third party is played.
    pub third_party: u16,
    /// Where the client awaits the browser, without a query.
    pub client: String,
}

/// Where an answer leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It shows something.
    Page,
    /// It is a refusal, with this status.
    Refusal(u16),
    /// On to the server itself.
    Onward(Url),
    /// To the third party.
    ThirdParty(Url),
    /// Back to the client.
    Client(Url),
    /// Somewhere else.
    Elsewhere(Url),
    /// Nowhere: there is no answer, or a redirect without a target.
    Nowhere(String),
}

impl Ending {
    /// Where the answer of `exchange` leads.
    #[must_use]
    pub fn of(exchange: &Exchange, signposts: &Signposts) -> Self {
        match &exchange.answer {
            Err(failure) => Self::Nowhere(failure.to_string()),
            Ok(response) if (300..400).contains(&response.status) => Self::redirect(exchange, response, signposts),
            Ok(response) if response.is_success() => Self::Page,
            Ok(response) => Self::Refusal(response.status),
        }
    }

    fn redirect(exchange: &Exchange, response: &Response, signposts: &Signposts) -> Self {
        let url = Url::parse(&exchange.request.url).ok();
        let target = url.and_then(|url| redirect_target(&url, &response.headers).ok());
        let Some(target) = target else { return Self::Nowhere(format!("HTTP {} without a target", response.status)) };
        let is_own = |url: &str| signposts.own.iter().any(|own| origin_of(url) == Some(own));
        if before_query(target.as_str()) == signposts.client {
            Self::Client(target)
        } else if is_loopback(&target) && target.port_or_known_default() == Some(signposts.third_party) {
            Self::ThirdParty(target)
        } else if is_own(target.as_str()) {
            Self::Onward(target)
        } else {
            Self::Elsewhere(target)
        }
    }
}

fn before_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// A way of a browser, named by what was tried.
#[derive(Clone, Debug)]
pub struct Walk {
    /// What was tried.
    pub tried: String,
    /// The last exchange of it.
    pub last: Exchange,
    /// Where it ended.
    pub ending: Ending,
}

impl Walk {
    /// A query parameter of the URL that the way led to.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (Ending::ThirdParty(url) | Ending::Client(url)) = &self.ending else { return None };
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Whether a code reached the client.
    #[must_use]
    pub fn brought_a_code(&self) -> bool {
        matches!(self.ending, Ending::Client(_)) && self.parameter("code").is_some()
    }

    /// The way in one line, without what its URLs carry.
    #[must_use]
    pub fn shown(&self) -> String {
        let to = match &self.ending {
            Ending::Page => match self.last.response() {
                Some(response) => format!("a page ({})", reply::shown(response)),
                None => "a page".to_owned(),
            },
            Ending::Refusal(status) => format!("a refusal (HTTP {status})"),
            Ending::Onward(_) => "more redirects than a browser follows".to_owned(),
            Ending::ThirdParty(_) => "the third party".to_owned(),
            Ending::Client(_) if self.brought_a_code() => "the client, with a code".to_owned(),
            Ending::Client(_) => "the client, without a code".to_owned(),
            Ending::Elsewhere(url) => format!("somewhere else ({})", before_query(url.as_str())),
            Ending::Nowhere(reason) => format!("nowhere ({reason})"),
        };
        format!("{}: it leads to {to}", self.tried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Request;
    use http::header::LOCATION;
    use http::{HeaderMap, HeaderValue};
    use rstest::rstest;
    use std::time::Duration;

    fn ending(status: u16, location: Option<&'static str>) -> Ending {
        let headers: HeaderMap = location.into_iter().map(|to| (LOCATION, HeaderValue::from_static(to))).collect();
        let answer = Ok(Response { status, headers, body: bytes::Bytes::new(), truncated: false });
        let request = Request::get("a request", "http://localhost:1/authorize");
        let signposts = Signposts {
            own: vec!["http://localhost:1".to_owned()],
            third_party: 2,
            client: "https://client.example/callback".to_owned(),
        };
        Ending::of(&Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }, &signposts)
    }

    #[rstest]
    #[case(200, None, "Page")]
    #[case(400, None, "Refusal")]
    #[case(302, None, "Nowhere")]
    #[case(302, Some("/consent?txn=1"), "Onward")]
    #[case(302, Some("http://127.0.0.1:2/authorize?state=s"), "ThirdParty")]
    #[case(303, Some("https://client.example/callback?code=c"), "Client")]
    #[case(302, Some("https://client.example/callback/?code=c"), "Elsewhere")]
    #[case(302, Some("https://evil.example/"), "Elsewhere")]
    fn a_redirect_leads_to_whom_its_target_belongs(
        #[case] status: u16,
        #[case] location: Option<&'static str>,
        #[case] expected: &str,
    ) {
        let found = format!("{:?}", ending(status, location));
        assert!(found.starts_with(expected), "{found}");
    }
}
