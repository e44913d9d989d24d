//! What is changed in a message.

use crate::protocol::url::origin_of;
use crate::wire::{Request, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use url::Url;

/// What is changed in a message.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// The status.
    Status(u16),
    /// A header field is left out.
    DropHeader(&'static str),
    /// A header field is set.
    SetHeader(&'static str, &'static str),
    /// The text of a header field is rewritten, of each one where there are several.
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
    /// A query parameter is set to what another part of the request says.
    TakeQuery(&'static str, fn(&Request) -> Option<String>),
    /// A cookie is set to what another part of the request says, whether or not it was sent.
    TakeCookie(&'static str, fn(&Request) -> Option<String>),
    /// A form field is left out.
    DropForm(&'static str),
    /// A form field is set.
    SetForm(&'static str, &'static str),
    /// The whole answer is replaced by JSON with this status; `{origin}` in it stands for that of the request.
    Json(u16, &'static str),
    /// An answer is rewritten, knowing what was asked.
    Rewrite(fn(&Request, &mut Response)),
}

impl Change {
    pub(super) fn on_request(self, request: &mut Request) -> bool {
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
            Self::MapJson(map) => map_json(&mut request.body, map),
            Self::TakeQuery(name, value) => {
                let value = value(request);
                value.is_some_and(|value| edit_query(request, |pairs| set(pairs, name, &value)))
            }
            Self::TakeCookie(name, value) => value(request).is_some_and(|value| set_cookie(request, name, &value)),
            _ => false,
        }
    }

    pub(super) fn on_response(self, request: &Request, response: &mut Response) -> bool {
        match self {
            Self::Status(status) => std::mem::replace(&mut response.status, status) != status,
            Self::DropHeader(name) => response.headers.remove(name).is_some(),
            Self::SetHeader(name, value) => set_header(&mut response.headers, name, value),
            Self::MapHeader(name, map) => map_header(&mut response.headers, name, map),
            Self::MapJson(map) => map_json(&mut response.body, map),
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
            Self::Rewrite(rewrite) => Self::rewritten(response, |response| rewrite(request, response)),
            Self::MapUrl(_) | Self::DropForm(_) | Self::SetForm(..) => false,
            Self::TakeQuery(..) | Self::TakeCookie(..) => false,
        }
    }

    /// Rewrites an answer; tells whether it became another one.
    pub(super) fn rewritten(response: &mut Response, rewrite: impl FnOnce(&mut Response)) -> bool {
        let before = response.clone();
        rewrite(response);
        before != *response
    }
}

fn map_json(body: &mut Bytes, map: fn(&mut Value)) -> bool {
    let Ok(before) = serde_json::from_slice::<Value>(body) else { return false };
    let mut json = before.clone();
    map(&mut json);
    let Ok(mapped) = serde_json::to_vec(&json) else { return false };
    *body = mapped.into();
    json != before
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

fn set_header(headers: &mut HeaderMap, name: &'static str, value: &str) -> bool {
    let Some(value) = header_value(value) else { return false };
    headers.insert(HeaderName::from_static(name), value);
    true
}

fn header_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).or_else(|_| HeaderValue::from_bytes(text.as_bytes())).ok()
}

fn map_header(headers: &mut HeaderMap, name: &'static str, map: fn(&str) -> String) -> bool {
    let name = HeaderName::from_static(name);
    let old: Vec<_> = headers.get_all(&name).iter().cloned().collect();
    let mapped = |value: &HeaderValue| value.to_str().ok().and_then(|text| header_value(&map(text)));
    let new: Vec<_> = old.iter().map(|value| mapped(value).unwrap_or_else(|| value.clone())).collect();
    if new == old {
        return false;
    }
    headers.remove(&name);
    for value in new {
        headers.append(&name, value);
    }
    true
}

fn set_cookie(request: &mut Request, name: &str, value: &str) -> bool {
    let mut cookies: Vec<_> = request.cookies().into_iter().filter(|(known, _)| known != name).collect();
    cookies.push((name.to_owned(), value.to_owned()));
    let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    set_header(&mut request.headers, "cookie", &pairs.join("; "))
}
