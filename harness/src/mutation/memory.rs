//! What a mutant remembers from one exchange to the next: most faults show in one exchange, and some only in two.

use crate::wire::{Request, Response};
use http::HeaderMap;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The memory of one mutant at one revision; a clone is the same memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// The name that the subject uses, and the one that the mutant has for the same thing.
    names: Vec<(String, String)>,
    /// The first answer to what has this key.
    answers: HashMap<String, Response>,
    /// What was received last of what is to be given away.
    received: Option<String>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a thing another name, unless it has one.
    pub(super) fn rename(&self, real: String, name: impl FnOnce(usize) -> String) {
        let mut kept = self.lock();
        if !kept.names.iter().any(|(known, _)| *known == real) {
            let name = name(kept.names.len());
            kept.names.push((real, name));
        }
    }

    /// Puts the mutant's names into an answer of the subject.
    pub(super) fn disguise(&self, response: &mut Response) -> bool {
        let kept = self.lock();
        let pairs: Vec<_> = kept.names.iter().map(|(real, name)| (real.as_str(), name.as_str())).collect();
        replace_in_headers(&mut response.headers, &pairs) | replace_in(&mut response.body, &pairs)
    }

    /// Puts the subject's own names into a request.
    pub(super) fn restore(&self, request: &mut Request) -> bool {
        let kept = self.lock();
        let pairs: Vec<_> = kept.names.iter().map(|(real, name)| (name.as_str(), real.as_str())).collect();
        let url = replaced(&request.url, &pairs);
        let changed = url.is_some();
        request.url = url.unwrap_or_else(|| std::mem::take(&mut request.url));
        changed | replace_in_headers(&mut request.headers, &pairs) | replace_in(&mut request.body, &pairs)
    }

    /// The answer that was given to this key first, if there was one; else this is the first.
    pub(super) fn first_answer(&self, key: String, response: &Response) -> Option<Response> {
        let mut kept = self.lock();
        let first = kept.answers.get(&key).cloned();
        if first.is_none() {
            kept.answers.insert(key, response.clone());
        }
        first
    }

    pub(super) fn receive(&self, text: String) {
        self.lock().received = Some(text);
    }

    /// Whether there is something to give away.
    pub(super) fn has_received(&self) -> bool {
        self.lock().received.is_some()
    }

    pub(super) fn received(&self) -> Option<String> {
        self.lock().received.clone()
    }
}

/// The text with each first of a pair replaced by its second; none when there is nothing to replace.
fn replaced(text: &str, pairs: &[(&str, &str)]) -> Option<String> {
    let mut found = None;
    for (old, new) in pairs {
        let current = found.as_deref().unwrap_or(text);
        if current.contains(old) {
            found = Some(current.replace(old, new));
        }
    }
    found
}

fn replace_in(body: &mut bytes::Bytes, pairs: &[(&str, &str)]) -> bool {
    let Some(new) = std::str::from_utf8(body).ok().and_then(|text| replaced(text, pairs)) else { return false };
    *body = new.into();
    true
}

fn replace_in_headers(headers: &mut HeaderMap, pairs: &[(&str, &str)]) -> bool {
    let mut changed = false;
    for value in headers.values_mut() {
        let new = value.to_str().ok().and_then(|text| replaced(text, pairs));
        if let Some(new) = new.and_then(|new| new.parse().ok()) {
            *value = new;
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_has_one_name_outside_and_its_own_inside() {
        let memory = Memory::default();
        memory.rename("real-a".to_owned(), |count| format!("name-{count}"));
        memory.rename("real-b".to_owned(), |count| format!("name-{count}"));
        memory.rename("real-a".to_owned(), |_| "another name".to_owned());
        let headers = HeaderMap::from_iter([(http::header::LOCATION, http::HeaderValue::from_static("/?s=real-b"))]);
        let mut answer = Response { status: 302, headers, body: "to real-a".into(), truncated: false };
        let mut request = Request::get("it", "http://h/?s=name-1").content("name-0");

        assert!(memory.disguise(&mut answer) && memory.restore(&mut request));

        assert_eq!((answer.headers["location"].as_bytes(), &answer.body[..]), (&b"/?s=name-1"[..], &b"to name-0"[..]));
        assert_eq!((request.url.as_str(), &request.body[..]), ("http://h/?s=real-b", &b"real-a"[..]));
    }
}
