//! Whether an MCP server is its own authorization server, as revision 2025-03-26 lets it be, and how it then behaves.
//!
//! That revision has clients look for metadata at the root of the MCP server's host, also where the authorization server
//! is somebody else's ("may be deployed as its own distinct service"). A server may therefore hand on metadata that name
//! an issuer elsewhere. RFC 8414 section 3.3 has clients refuse them for the difference; between the two a server cannot
//! please both, so which issuer they name is not judged, and neither is what that issuer does.

use crate::findings::{Finding, answer};
use crate::protocol::url::{is_loopback, origin_of};
use crate::wire::{Exchange, Response};
use serde_json::Value;
use url::Url;

/// The label of each thing that is looked for at the host.
pub(crate) mod at {
    /// Metadata at the root.
    pub(crate) const ROOT: &str = "authorization metadata at the root";
    /// Metadata with the path of the MCP endpoint behind the well-known part.
    pub(crate) const SUFFIXED: &str = "authorization metadata with the path of the endpoint";
    /// Metadata below the path of the MCP endpoint.
    pub(crate) const BELOW: &str = "authorization metadata below the endpoint";
    /// The default authorization endpoint.
    pub(crate) const AUTHORIZE: &str = "the default authorization endpoint";
    /// The default token endpoint.
    pub(crate) const TOKEN: &str = "the default token endpoint";
    /// The registration endpoint, of the metadata or the default one, with a redirect URI that is good.
    pub(crate) const REGISTER: &str = "the registration endpoint";
    /// The same with a redirect URI that must be refused.
    pub(crate) const REGISTER_BAD: &str = "the registration endpoint, with a plain http redirect URI";
    /// A path at which nothing can be.
    pub(crate) const NOBODY: &str = "a path that nobody has";
}

const LIMITED: &str = "expires_in in the token response, and another refresh token at each refresh";

/// Tokens say when they expire, and a refresh token is replaced when it is used (RS-LEGACY-06). A server that issues no
/// refresh token has none to rotate.
#[must_use]
pub(crate) fn tokens_are_limited(issued: &Exchange, refreshed: Option<&Exchange>) -> Finding {
    let evidence = std::iter::once(issued).chain(refreshed).map(|exchange| exchange.number).collect();
    let document = |exchange: &Exchange| {
        exchange.response().filter(|response| response.is_success()).and_then(Response::json).unwrap_or_default()
    };
    let first = document(issued);
    if first.get("access_token").is_none() {
        return Finding::inconclusive(LIMITED, "the server issued no access token", evidence);
    }
    if first.get("expires_in").is_none() {
        return Finding::of(false, LIMITED, "the token response has no expires_in", evidence);
    }
    let (old, new) = (first.get("refresh_token"), refreshed.map(document));
    let (holds, actual) = match (old, new.as_ref().map(|new| (new.get("access_token"), new.get("refresh_token")))) {
        (None, _) => (true, "expires_in, and no refresh token"),
        (_, None | Some((None, _))) => {
            return Finding::inconclusive(LIMITED, "expires_in; the refresh token could not be used", evidence);
        }
        (Some(old), Some((_, Some(new)))) if old != new => (true, "expires_in, and another refresh token"),
        (_, Some((_, Some(_)))) => (false, "the same refresh token again"),
        (_, Some((_, None))) => (false, "no refresh token but the old one"),
    };
    Finding::of(holds, LIMITED, actual, evidence)
}

const NONE: &str = "the server is not its own authorization server: its host serves neither authorization metadata nor \
                    default endpoints";

const ELSEWHERE: &str = "the metadata are those of another authorization server, which is not on this host";

/// What was found at the host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a>(pub &'a [Exchange]);

impl<'a> Found<'a> {
    fn exchange(self, label: &str) -> Option<&'a Exchange> {
        self.0.iter().find(|exchange| exchange.request.label() == label)
    }

    fn response(self, label: &str) -> Option<&'a Response> {
        self.exchange(label).and_then(Exchange::response)
    }

    /// The metadata under this label, when there is some.
    #[must_use]
    pub(crate) fn metadata(self, label: &str) -> Option<Value> {
        let response = self.response(label).filter(|response| response.status == 200)?;
        response.json().filter(|document| document.get("issuer").is_some_and(Value::is_string))
    }

    fn root(self) -> Option<Value> {
        self.metadata(at::ROOT)
    }

    /// Whether an endpoint answers as OAuth has it, and not as the host answers to everything.
    fn is_endpoint(self, label: &str) -> bool {
        let Some(response) = self.response(label) else { return false };
        let like_nobody = self.response(at::NOBODY).is_some_and(|other| other.status == response.status);
        match label {
            at::AUTHORIZE => !like_nobody && matches!(response.status, 200 | 302 | 303 | 307 | 400),
            at::TOKEN => matches!(response.status, 400 | 401) && has_member(response, "error"),
            _ => {
                response.status == 201 && has_member(response, "client_id")
                    || matches!(response.status, 400 | 401 | 403) && has_member(response, "error")
            }
        }
    }

    /// Whether the metadata under this label name an issuer on this host.
    fn is_own(self, label: &str) -> bool {
        let Some(document) = self.metadata(label) else { return false };
        let issuer = document.get("issuer").and_then(Value::as_str).and_then(origin_of);
        let host = self.exchange(label).and_then(|exchange| origin_of(&exchange.request.url));
        issuer.is_some() && issuer == host
    }

    /// Whether the metadata at the root are those of an authorization server elsewhere.
    fn is_handed_on(self) -> bool {
        self.root().is_some() && !self.is_own(at::ROOT)
    }

    /// Whether the server is its own authorization server.
    #[must_use]
    pub(crate) fn exists(self) -> bool {
        let documents = self.root().is_some() || [at::SUFFIXED, at::BELOW].into_iter().any(|label| self.is_own(label));
        documents || [at::AUTHORIZE, at::TOKEN, at::REGISTER].into_iter().any(|label| self.is_endpoint(label))
    }

    fn evidence(self) -> Vec<usize> {
        self.0.iter().map(|exchange| exchange.number).collect()
    }

    fn judge(self, expected: &str, judge: impl FnOnce() -> Finding) -> Finding {
        let at_host = |exchange: &&Exchange| !exchange.request.label().starts_with(at::REGISTER);
        if let Some(dead) = self.0.iter().filter(at_host).find(|exchange| exchange.response().is_none()) {
            return answer::unanswered(dead, expected);
        }
        if self.exists() { judge() } else { Finding::not_applicable(expected, NONE, self.evidence()) }
    }

    fn finding(self, holds: bool, expected: &str, actual: impl Into<String>) -> Finding {
        Finding::of(holds, expected, actual, self.evidence())
    }

    /// Metadata that is served is served at the root (RS-LEGACY-01).
    #[must_use]
    pub(crate) fn metadata_is_at_the_root(self) -> Finding {
        let expected = "authorization metadata at the root, where there is any";
        self.judge(expected, || {
            let elsewhere = [at::SUFFIXED, at::BELOW].into_iter().find(|label| self.is_own(label));
            match (self.root(), elsewhere) {
                (Some(_), _) => self.finding(true, expected, "there it is"),
                (None, Some(label)) => self.finding(false, expected, format!("only as {label}")),
                (None, None) => Finding::not_applicable(expected, "no metadata is served", self.evidence()),
            }
        })
    }

    /// The root has metadata that RFC 8414 accepts (RS-LEGACY-02).
    #[must_use]
    pub(crate) fn root_has_metadata(self) -> Finding {
        let expected = "authorization server metadata at the root, with its required members";
        self.judge(expected, || {
            let Some(document) = self.root() else { return self.finding(false, expected, "there is none") };
            let required = ["authorization_endpoint", "token_endpoint", "response_types_supported"];
            let missing: Vec<_> = required.into_iter().filter(|name| document.get(name).is_none()).collect();
            let actual =
                if missing.is_empty() { "so it is".to_owned() } else { format!("it lacks {}", missing.join(", ")) };
            self.finding(missing.is_empty(), expected, actual)
        })
    }

    /// The default endpoints are there when the metadata is not (RS-LEGACY-03).
    #[must_use]
    pub(crate) fn defaults_stand_in(self) -> Finding {
        let expected = "/authorize and /token at the root, since there is no metadata";
        self.judge(expected, || {
            if self.root().is_some() {
                return Finding::not_applicable(expected, "there is metadata at the root", self.evidence());
            }
            let missing: Vec<_> = [at::AUTHORIZE, at::TOKEN].into_iter().filter(|at| !self.is_endpoint(at)).collect();
            let actual = if missing.is_empty() {
                "both are there".to_owned()
            } else {
                format!("not {}", missing.join(", not "))
            };
            self.finding(missing.is_empty(), expected, actual)
        })
    }

    /// Clients can register (RS-LEGACY-04).
    #[must_use]
    pub(crate) fn clients_can_register(self) -> Finding {
        let expected = "a registration endpoint, in the metadata or by default";
        self.judge(expected, || {
            let announced = self.root().is_some_and(|document| document.get("registration_endpoint").is_some());
            let holds = announced || self.is_endpoint(at::REGISTER);
            if !holds && self.is_handed_on() {
                return Finding::not_applicable(expected, ELSEWHERE, self.evidence());
            }
            self.finding(holds, expected, if holds { "there is one" } else { "there is none" })
        })
    }

    /// The endpoints in the metadata are https, or http on the loopback (RS-LEGACY-05).
    #[must_use]
    pub(crate) fn endpoints_are_https(self) -> Finding {
        let expected = "authorization, token and registration endpoints that are https (http on loopback)";
        self.judge(expected, || {
            let document = self.root().unwrap_or_default();
            let names = ["authorization_endpoint", "token_endpoint", "registration_endpoint"];
            let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
            let default = self.exchange(at::AUTHORIZE).filter(|_| self.is_endpoint(at::AUTHORIZE));
            let default = default.map(|exchange| exchange.request.url.clone());
            let urls: Vec<_> = names.into_iter().filter_map(text).chain(default).collect();
            let flawed = urls.into_iter().find(|url| !is_secure(url));
            let actual = flawed.as_ref().map_or_else(|| "so are all".to_owned(), |url| format!("one is {url}"));
            self.finding(flawed.is_none(), expected, actual)
        })
    }

    /// A client whose redirect URI is neither https nor localhost cannot register (RS-LEGACY-05).
    #[must_use]
    pub(crate) fn plain_redirects_are_refused(self) -> Finding {
        let expected = "HTTP 400: the registration is refused";
        self.judge(expected, || {
            if self.is_handed_on() {
                return Finding::not_applicable(expected, ELSEWHERE, self.evidence());
            }
            let (Some(good), Some(bad)) = (self.response(at::REGISTER), self.response(at::REGISTER_BAD)) else {
                return Finding::inconclusive(expected, "the registration endpoint does not answer", self.evidence());
            };
            if good.status != 201 {
                let reason = format!("a good redirect URI cannot be registered either: HTTP {}", good.status);
                return Finding::not_applicable(expected, reason, self.evidence());
            }
            let listed = bad.json().unwrap_or_default();
            let kept = listed.get("redirect_uris").is_none_or(|uris| uris.to_string().contains("http://"));
            self.finding(bad.status != 201 || !kept, expected, format!("HTTP {}", bad.status))
        })
    }

    /// It takes a login, for which nobody told the way (RS-LEGACY-06).
    #[must_use]
    pub(crate) fn needs_a_login(self, missing: &str) -> Finding {
        self.judge(LIMITED, || {
            if self.is_handed_on() {
                return Finding::not_applicable(LIMITED, ELSEWHERE, self.evidence());
            }
            Finding::inconclusive(LIMITED, missing, self.evidence())
        })
    }
}

fn has_member(response: &Response, name: &str) -> bool {
    response.json().is_some_and(|document| document.get(name).is_some())
}

fn is_secure(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "https" || is_loopback(&url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::Request;
    use rstest::rstest;
    use std::time::Duration;

    fn found(label: &str, status: u16, body: &str) -> Exchange {
        let response =
            Response { status, headers: http::HeaderMap::new(), body: body.to_owned().into(), truncated: false };
        let request = Request::get(label, "http://localhost/authorize");
        Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    #[test]
    fn a_host_that_serves_nothing_is_not_concerned() {
        let nothing = [found(at::ROOT, 404, ""), found(at::AUTHORIZE, 404, ""), found(at::NOBODY, 404, "")];
        assert_eq!(Found(&nothing).defaults_stand_in().verdict, Verdict::NotApplicable);
    }

    #[test]
    fn a_page_for_everything_is_no_endpoint() {
        let page =
            [found(at::ROOT, 200, "<html>"), found(at::AUTHORIZE, 200, "<html>"), found(at::NOBODY, 200, "<html>")];
        assert_eq!(Found(&page).root_has_metadata().verdict, Verdict::NotApplicable);
    }

    #[test]
    fn default_endpoints_stand_in_for_metadata() {
        let error = r#"{"error":"invalid_request"}"#;
        let mut both = vec![found(at::AUTHORIZE, 302, ""), found(at::TOKEN, 400, error), found(at::NOBODY, 404, "")];
        assert_eq!(Found(&both).defaults_stand_in().verdict, Verdict::Met);
        both.remove(1);
        assert_eq!(Found(&both).defaults_stand_in().verdict, Verdict::Violated);
    }

    #[rstest]
    #[case(r#"{"access_token":"a"}"#, None, Verdict::Violated)]
    #[case(r#"{"access_token":"a","expires_in":60}"#, None, Verdict::Met)]
    #[case(
        r#"{"access_token":"a","expires_in":60,"refresh_token":"1"}"#,
        Some(r#"{"access_token":"b","refresh_token":"2"}"#),
        Verdict::Met
    )]
    #[case(
        r#"{"access_token":"a","expires_in":60,"refresh_token":"1"}"#,
        Some(r#"{"access_token":"b","refresh_token":"1"}"#),
        Verdict::Violated
    )]
    #[case(
        r#"{"access_token":"a","expires_in":60,"refresh_token":"1"}"#,
        Some(r#"{"access_token":"b"}"#),
        Verdict::Violated
    )]
    #[case(
        r#"{"access_token":"a","expires_in":60,"refresh_token":"1"}"#,
        Some(r#"{"error":"invalid_grant"}"#),
        Verdict::Inconclusive
    )]
    #[case("{}", None, Verdict::Inconclusive)]
    fn tokens_have_a_lifetime_and_refresh_tokens_are_replaced(
        #[case] issued: &str,
        #[case] refreshed: Option<&str>,
        #[case] expected: Verdict,
    ) {
        let refreshed = refreshed.map(|body| found(at::TOKEN, 200, body));
        assert_eq!(tokens_are_limited(&found(at::TOKEN, 200, issued), refreshed.as_ref()).verdict, expected);
    }

    #[test]
    fn a_plain_http_endpoint_is_found() {
        let document = r#"{"issuer":"https://h","token_endpoint":"http://h/token"}"#;
        assert_eq!(Found(&[found(at::ROOT, 200, document)]).endpoints_are_https().verdict, Verdict::Violated);
    }
}
