//! The combinators of which mutants are made.

use super::Mutation;
use crate::protocol::url::origin_of;
use crate::wire::{Request, Response};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

/// One edit beside the recorder.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// The subject accepts what the recorder saw presented: it is handed a valid token instead.
    Accept(fn(&Request) -> bool),
    /// The subject takes the caller for another user: it is handed that user's token instead.
    Confuse(fn(&Request) -> bool),
    /// The subject is handed another request than the recorder saw.
    Mishear(fn(&Request) -> bool, Change),
    /// The subject answers something else.
    Answer(fn(&Request, &Response) -> bool, Change),
    /// The subject, as a client, sends something else.
    Send(fn(&Request) -> bool, Change),
    /// The subject does not notice a trap: it receives the honest answer instead of the bent one that was recorded.
    Overlook(fn(&Request) -> bool),
    /// The subject fetches something because of what the recorder saw.
    Fetch(fn(&Request) -> Option<Errand>),
}

/// What a subject goes and fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// What is at this address.
    Url(String),
    /// The keys of the issuer, once more.
    IssuerKeys,
}

/// What is changed in a message.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// The status.
    Status(u16),
    /// A header field is left out.
    DropHeader(&'static str),
    /// A header field is set.
    SetHeader(&'static str, &'static str),
    /// The text of a header field is rewritten.
    MapHeader(&'static str, fn(&str) -> String),
    /// JSON content is rewritten.
    MapJson(fn(&mut Value)),
    /// The content is replaced.
    Body(&'static str),
    /// The token that was presented stands in the content.
    RepeatToken,
    /// The request goes to another URL.
    MapUrl(fn(&str) -> String),
    /// A query parameter is left out.
    DropQuery(&'static str),
    /// A query parameter is set.
    SetQuery(&'static str, &'static str),
    /// A form field is left out.
    DropForm(&'static str),
    /// A form field is set.
    SetForm(&'static str, &'static str),
    /// The whole answer is replaced by JSON with this status; `{origin}` in it stands for that of the request.
    Json(u16, &'static str),
}

impl Act {
    pub(super) fn received_request(self, recorded: &Request, request: &mut Request, hired: &Mutation) -> bool {
        match self {
            Self::Accept(when) if when(recorded) => present(request, hired.valid.as_ref()),
            Self::Confuse(when) if when(recorded) => present(request, hired.other.as_ref()),
            Self::Mishear(when, change) if when(recorded) => change.on_request(request),
            _ => false,
        }
    }

    pub(super) fn emitted_answer(self, request: &Request, response: &mut Response) -> bool {
        match self {
            Self::Answer(when, change) if when(request, response) => change.on_response(request, response),
            _ => false,
        }
    }

    pub(super) fn received_answer(self, request: &Request, honest: &Response, answer: &mut Response) -> bool {
        match self {
            Self::Overlook(when) if when(request) && answer != honest => {
                answer.clone_from(honest);
                true
            }
            _ => false,
        }
    }

    pub(super) fn errand(self, request: &Request) -> Option<Errand> {
        match self {
            Self::Fetch(errand) => errand(request),
            _ => None,
        }
    }

    pub(super) fn emitted_request(self, request: &mut Request) -> bool {
        match self {
            Self::Send(when, change) if when(request) => change.on_request(request),
            _ => false,
        }
    }
}

fn present(request: &mut Request, token: Option<&SecretString>) -> bool {
    let Some(token) = token else { return false };
    let Ok(value) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) else { return false };
    request.headers.insert(AUTHORIZATION, value);
    true
}

impl Change {
    fn on_request(self, request: &mut Request) -> bool {
        match self {
            Self::MapUrl(map) => {
                let url = map(&request.url);
                std::mem::replace(&mut request.url, url) != request.url
            }
            Self::DropQuery(name) => edit_query(request, |pairs| pairs.retain(|(key, _)| key != name)),
            Self::SetQuery(name, value) => edit_query(request, |pairs| set(pairs, name, value)),
            Self::DropForm(name) => edit_form(request, |pairs| pairs.retain(|(key, _)| key != name)),
            Self::SetForm(name, value) => edit_form(request, |pairs| set(pairs, name, value)),
            Self::DropHeader(name) => request.headers.remove(name).is_some(),
            Self::SetHeader(name, value) => set_header(&mut request.headers, name, value),
            _ => false,
        }
    }

    fn on_response(self, request: &Request, response: &mut Response) -> bool {
        match self {
            Self::Status(status) => std::mem::replace(&mut response.status, status) != status,
            Self::DropHeader(name) => response.headers.remove(name).is_some(),
            Self::SetHeader(name, value) => set_header(&mut response.headers, name, value),
            Self::MapHeader(name, map) => {
                let Some(old) = response.headers.get(name).and_then(|value| value.to_str().ok()) else { return false };
                let new = map(old);
                new != old && set_header(&mut response.headers, name, &new)
            }
            Self::MapJson(map) => {
                let Some(mut json) = response.json() else { return false };
                let before = json.clone();
                map(&mut json);
                response.body = json.to_string().into();
                json != before
            }
            Self::Body(text) => {
                response.body = Bytes::from_static(text.as_bytes());
                true
            }
            Self::RepeatToken => {
                let Some(presented) = &request.presented else { return false };
                response.body = format!("no such token: {}", presented.token.expose_secret()).into();
                true
            }
            Self::Json(status, text) => {
                response.status = status;
                response.headers.remove(http::header::WWW_AUTHENTICATE);
                response.body = text.replace("{origin}", origin_of(&request.url).unwrap_or_default()).into();
                set_header(&mut response.headers, "content-type", "application/json")
            }
            Self::DropQuery(name) => edit_location(response, |pairs| pairs.retain(|(key, _)| key != name)),
            Self::SetQuery(name, value) => edit_location(response, |pairs| set(pairs, name, value)),
            Self::MapUrl(_) | Self::DropForm(_) | Self::SetForm(..) => false,
        }
    }
}

type Pairs = Vec<(String, String)>;

fn set(pairs: &mut Pairs, name: &str, value: &str) {
    pairs.retain(|(key, _)| key != name);
    pairs.push((name.to_owned(), value.to_owned()));
}

fn edited(before: &Pairs, edit: impl FnOnce(&mut Pairs)) -> Option<String> {
    let mut pairs = before.clone();
    edit(&mut pairs);
    (pairs != *before).then(|| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

fn edit_query(request: &mut Request, edit: impl FnOnce(&mut Pairs)) -> bool {
    let Ok(mut url) = Url::parse(&request.url) else { return false };
    let Some(query) = edited(&url.query_pairs().into_owned().collect(), edit) else { return false };
    url.set_query(Some(&query));
    request.url = url.into();
    true
}

fn edit_form(request: &mut Request, edit: impl FnOnce(&mut Pairs)) -> bool {
    let before = url::form_urlencoded::parse(&request.body).into_owned().collect();
    let Some(form) = edited(&before, edit) else { return false };
    request.body = form.into();
    true
}

fn edit_location(response: &mut Response, edit: impl FnOnce(&mut Pairs)) -> bool {
    let Some(location) = response.headers.get("location").and_then(|value| value.to_str().ok()) else { return false };
    let Ok(mut url) = Url::parse(location) else { return false };
    let Some(query) = edited(&url.query_pairs().into_owned().collect(), edit) else { return false };
    url.set_query(Some(&query));
    set_header(&mut response.headers, "location", url.as_str())
}

fn set_header(headers: &mut http::HeaderMap, name: &'static str, value: &str) -> bool {
    let Ok(value) = HeaderValue::from_str(value).or_else(|_| HeaderValue::from_bytes(value.as_bytes())) else {
        return false;
    };
    headers.insert(HeaderName::from_static(name), value);
    true
}
