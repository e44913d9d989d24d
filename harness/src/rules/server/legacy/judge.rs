//! Whether an MCP server is its own authorization server, as revision 2025-03-26 lets it be, and how it then behaves.
//!
//! That revision has clients look for metadata at the root of the MCP server's host, also where the authorization server
//! is somebody else's ("may be deployed as its own distinct service"). A server may therefore hand on metadata that name
//! an issuer elsewhere. RFC 8414 section 3.3 has clients refuse them for the difference; between the two a server cannot
//! please both, so which issuer they name is not judged, and neither is what that issuer does.

use super::evidence::Issued;
use crate::findings::{Finding, answer};
use crate::protocol::own_authority::{AtHost, Host};
use crate::protocol::reply;
use crate::protocol::url::is_loopback;
use crate::wire::{Exchange, Response};
use http::header::LOCATION;
use serde_json::Value;
use url::Url;

const LIMITED: &str = "expires_in in the token response, and another refresh token at each refresh";

/// Tokens say when they expire, and a refresh token is replaced when it is used (RS-LEGACY-06). A server that issues no
/// refresh token has none to rotate.
#[must_use]
pub(super) fn tokens_are_limited(tokens: &Issued) -> Finding {
    let Issued { first, refreshed } = tokens;
    let evidence = std::iter::once(first).chain(refreshed).map(|exchange| exchange.number).collect();
    let document = |exchange: &Exchange| {
        exchange.response().filter(|response| response.is_success()).and_then(Response::json).unwrap_or_default()
    };
    let first = document(first);
    if first.get("access_token").is_none() {
        return Finding::inconclusive(LIMITED, "the server issued no access token", evidence);
    }
    if first.get("expires_in").is_none() {
        return Finding::of(false, LIMITED, "the token response has no expires_in", evidence);
    }
    let (old, new) = (first.get("refresh_token"), refreshed.as_ref().map(document));
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

const NO_LOGIN: &str = "the way through the server's own login pages is not told, so no token of its own can be had";

fn judged(host: Host<'_>, expected: &str, judge: impl FnOnce() -> Finding) -> Finding {
    let mut asked = host.0.iter().filter(|sighting| !sighting.at.is_registration());
    if let Some(dead) = asked.find(|sighting| sighting.exchange.response().is_none()) {
        return answer::unanswered(&dead.exchange, expected);
    }
    if host.exists() { judge() } else { Finding::not_applicable(expected, NONE, host.numbers()) }
}

fn finding(host: Host<'_>, holds: bool, expected: &str, actual: impl Into<String>) -> Finding {
    Finding::of(holds, expected, actual, host.numbers())
}

/// Metadata that is served is served at the root (RS-LEGACY-01).
#[must_use]
pub(super) fn metadata_is_at_the_root(host: Host<'_>) -> Finding {
    let expected = "authorization metadata at the root, where there is any";
    judged(host, expected, || match (host.root(), host.elsewhere()) {
        (Some(_), _) => finding(host, true, expected, "there it is"),
        (None, Some(at)) => finding(host, false, expected, format!("only as {at}")),
        (None, None) => Finding::not_applicable(expected, "no metadata is served", host.numbers()),
    })
}

/// The root has metadata that RFC 8414 accepts (RS-LEGACY-02).
#[must_use]
pub(super) fn root_has_metadata(host: Host<'_>) -> Finding {
    let expected = "authorization server metadata at the root, with its required members";
    judged(host, expected, || {
        let Some(document) = host.root() else { return finding(host, false, expected, "there is none") };
        let required = ["authorization_endpoint", "token_endpoint", "response_types_supported"];
        let missing: Vec<_> = required.into_iter().filter(|name| document.get(name).is_none()).collect();
        let actual =
            if missing.is_empty() { "so it is".to_owned() } else { format!("it lacks {}", missing.join(", ")) };
        finding(host, missing.is_empty(), expected, actual)
    })
}

/// The default endpoints are there when the metadata is not (RS-LEGACY-03).
#[must_use]
pub(super) fn defaults_stand_in(host: Host<'_>) -> Finding {
    let expected = "/authorize and /token at the root, since there is no metadata";
    judged(host, expected, || {
        if host.root().is_some() {
            return Finding::not_applicable(expected, "there is metadata at the root", host.numbers());
        }
        let defaults = [AtHost::Authorization, AtHost::Token].into_iter();
        let missing: Vec<_> = defaults.filter(|at| !host.is_endpoint(*at)).map(|at| format!("not {at}")).collect();
        let actual = if missing.is_empty() { "both are there".to_owned() } else { missing.join(", ") };
        finding(host, missing.is_empty(), expected, actual)
    })
}

/// Clients can register (RS-LEGACY-04).
#[must_use]
pub(super) fn clients_can_register(host: Host<'_>) -> Finding {
    let expected = "a registration endpoint, in the metadata or by default";
    judged(host, expected, || {
        let announced = host.root().is_some_and(|document| document.get("registration_endpoint").is_some());
        let holds = announced || host.is_endpoint(AtHost::Registration);
        if !holds && host.is_handed_on() {
            return Finding::not_applicable(expected, ELSEWHERE, host.numbers());
        }
        finding(host, holds, expected, if holds { "there is one" } else { "there is none" })
    })
}

/// The endpoints in the metadata are https, or http on the loopback (RS-LEGACY-05).
#[must_use]
pub(super) fn endpoints_are_https(host: Host<'_>) -> Finding {
    let expected = "authorization, token and registration endpoints that are https (http on loopback)";
    judged(host, expected, || {
        let document = host.root().unwrap_or_default();
        let names = ["authorization_endpoint", "token_endpoint", "registration_endpoint"];
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        let default = host.exchange(AtHost::Authorization).filter(|_| host.is_endpoint(AtHost::Authorization));
        let default = default.map(|exchange| exchange.request.url.clone());
        let urls: Vec<_> = names.into_iter().filter_map(text).chain(default).collect();
        let flawed = urls.into_iter().find(|url| !is_secure(url));
        let actual = flawed.as_ref().map_or_else(|| "so are all".to_owned(), |url| format!("one is {url}"));
        finding(host, flawed.is_none(), expected, actual)
    })
}

/// A client whose redirect URI is neither https nor localhost cannot register (RS-LEGACY-05).
#[must_use]
pub(super) fn plain_redirects_are_refused(host: Host<'_>) -> Finding {
    let expected = "HTTP 400: the registration is refused";
    judged(host, expected, || {
        if host.is_handed_on() {
            return Finding::not_applicable(expected, ELSEWHERE, host.numbers());
        }
        let answers = (host.response(AtHost::Registration), host.response(AtHost::PlainRegistration));
        let (Some(good), Some(bad)) = answers else {
            return Finding::inconclusive(expected, "the registration endpoint does not answer", host.numbers());
        };
        if good.status != 201 {
            let reason = format!("a good redirect URI cannot be registered either: HTTP {}", good.status);
            return Finding::not_applicable(expected, reason, host.numbers());
        }
        let listed = bad.json().unwrap_or_default();
        let kept = listed.get("redirect_uris").is_none_or(|uris| uris.to_string().contains("http://"));
        finding(host, bad.status != 201 || !kept, expected, format!("HTTP {}", bad.status))
    })
}

/// An authorization request with something wrong is refused, where the same without it is not (RS-LEGACY-08 and -09). What
/// a server decides only after the login is not seen.
fn request_is_refused(host: Host<'_>, at: AtHost, expected: &str, served: impl Fn(&Url) -> bool) -> Finding {
    judged(host, expected, || {
        if host.is_handed_on() {
            return Finding::not_applicable(expected, ELSEWHERE, host.numbers());
        }
        if host.registered_client().is_none() {
            let reason = "no client can be registered, which RS-LEGACY-04 tells";
            return Finding::not_applicable(expected, reason, host.numbers());
        }
        let (Some(good), Some(bad)) = (host.exchange(AtHost::GoodRequest), host.exchange(at)) else {
            return Finding::inconclusive(expected, "there is no authorization endpoint to ask", host.numbers());
        };
        let (Some(ordinary), Some(response)) = (good.response(), bad.response()) else {
            return answer::unanswered(if good.response().is_none() { good } else { bad }, expected);
        };
        let target = response.header_values(&LOCATION).into_iter().next();
        let target = target.and_then(|location| Url::parse(&bad.request.url).ok()?.join(&location).ok());
        let to = target.as_ref().map_or_else(String::new, |url| format!(", to {}", shown_target(url)));
        let actual = format!("{}: {}{to}", bad.request.label(), reply::shown_with_content(response));
        let is_refusal = (400..500).contains(&response.status) || target.as_ref().is_some_and(has_error);
        match target.as_ref().is_some_and(served) {
            true => Finding::of(false, expected, actual, host.numbers()),
            false if is_refusal && (400..500).contains(&ordinary.status) => {
                let reason = format!("a request with nothing wrong is refused as well: HTTP {}", ordinary.status);
                Finding::inconclusive(expected, reason, host.numbers())
            }
            false if is_refusal => Finding::of(true, expected, actual, host.numbers()),
            false => {
                Finding::inconclusive(expected, format!("{actual}; what comes of it takes a login"), host.numbers())
            }
        }
    })
}

fn has_error(url: &Url) -> bool {
    url.query_pairs().any(|(name, _)| name == "error")
}

/// A URL without its query, in which there may be a code.
fn shown_target(url: &Url) -> String {
    url.as_str().split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// No browser is sent to a redirect URI that the client has not registered (RS-LEGACY-08).
#[must_use]
pub(super) fn foreign_redirect_is_refused(host: Host<'_>) -> Finding {
    let expected = "a refusal that sends no browser to a redirect URI that is not registered";
    request_is_refused(host, AtHost::ForeignRedirect, expected, |target| target.host_str() == Some("evil.example"))
}

/// No code is issued for a request without a code challenge (RS-LEGACY-09).
#[must_use]
pub(super) fn missing_challenge_is_refused(host: Host<'_>) -> Finding {
    let expected = "a refusal of a request without code_challenge";
    let issues = |target: &Url| target.query_pairs().any(|(name, _)| name == "code");
    request_is_refused(host, AtHost::NoChallenge, expected, issues)
}

/// It takes a login, and the operator has not told the way (RS-LEGACY-06).
#[must_use]
pub(super) fn needs_a_login(host: Host<'_>) -> Finding {
    judged(host, LIMITED, || {
        if host.is_handed_on() {
            return Finding::not_applicable(LIMITED, ELSEWHERE, host.numbers());
        }
        Finding::inconclusive(LIMITED, NO_LOGIN, host.numbers())
    })
}

fn is_secure(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "https" || is_loopback(&url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::protocol::own_authority::Sighting;
    use crate::wire::Request;
    use rstest::rstest;
    use std::time::Duration;

    fn seen(at: AtHost, status: u16, body: &str) -> Sighting {
        let response =
            Response { status, headers: http::HeaderMap::new(), body: body.to_owned().into(), truncated: false };
        let request = Request::get("a request", "http://localhost/authorize");
        let exchange = Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO };
        Sighting { at, exchange }
    }

    #[test]
    fn a_host_that_serves_nothing_is_not_concerned() {
        let everywhere = [AtHost::RootMetadata, AtHost::Authorization, AtHost::Nothing];
        let nothing = everywhere.map(|at| seen(at, 404, ""));
        assert_eq!(defaults_stand_in(Host(&nothing)).verdict, Verdict::NotApplicable);
    }

    #[test]
    fn a_page_for_everything_is_no_endpoint() {
        let everywhere = [AtHost::RootMetadata, AtHost::Authorization, AtHost::Nothing];
        let page = everywhere.map(|at| seen(at, 200, "<html>"));
        assert_eq!(root_has_metadata(Host(&page)).verdict, Verdict::NotApplicable);
    }

    #[test]
    fn default_endpoints_stand_in_for_metadata() {
        let error = r#"{"error":"invalid_request"}"#;
        let token = seen(AtHost::Token, 400, error);
        let mut both = vec![seen(AtHost::Authorization, 302, ""), token, seen(AtHost::Nothing, 404, "")];
        assert_eq!(defaults_stand_in(Host(&both)).verdict, Verdict::Met);
        both.remove(1);
        assert_eq!(defaults_stand_in(Host(&both)).verdict, Verdict::Violated);
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
        let answered = |body: &str| seen(AtHost::Token, 200, body).exchange;
        let tokens = Issued { first: answered(issued), refreshed: refreshed.map(answered) };
        assert_eq!(tokens_are_limited(&tokens).verdict, expected);
    }

    /// The host of a server that registers clients, with these answers to the good request and to the one that is judged.
    fn registering(at: AtHost, good: (u16, &str), bad: (u16, &str)) -> Vec<Sighting> {
        let document = r#"{"issuer":"http://localhost","authorization_endpoint":"http://localhost/authorize"}"#;
        let redirecting = |at: AtHost, (status, location): (u16, &str)| {
            let mut sighting = seen(at, status, "");
            if let (Ok(response), Ok(value)) = (&mut sighting.exchange.answer, location.parse()) {
                response.headers.insert(LOCATION, value);
            }
            sighting
        };
        vec![
            seen(AtHost::RootMetadata, 200, document),
            seen(AtHost::Registration, 201, r#"{"client_id":"c"}"#),
            redirecting(AtHost::GoodRequest, good),
            redirecting(at, bad),
        ]
    }

    #[rstest]
    #[case::refused((302, "/login"), (400, ""), Verdict::Met)]
    #[case::open_redirect((302, "/login"), (302, "https://evil.example/callback?error=x"), Verdict::Violated)]
    #[case::login_first((302, "/login"), (302, "/login"), Verdict::Inconclusive)]
    #[case::everything_is_refused((400, ""), (400, ""), Verdict::Inconclusive)]
    fn a_foreign_redirect_uri_is_refused(
        #[case] good: (u16, &str),
        #[case] bad: (u16, &str),
        #[case] expected: Verdict,
    ) {
        let host = registering(AtHost::ForeignRedirect, good, bad);
        assert_eq!(foreign_redirect_is_refused(Host(&host)).verdict, expected);
    }

    #[rstest]
    #[case::refused((200, ""), (400, ""), Verdict::Met)]
    #[case::refused_at_the_client((200, ""), (302, "https://client.example/callback?error=invalid_request"), Verdict::Met)]
    #[case::issued((302, "https://client.example/callback?code=a"), (302, "https://client.example/callback?code=b"), Verdict::Violated)]
    #[case::login_first((200, ""), (200, ""), Verdict::Inconclusive)]
    fn a_request_without_a_code_challenge_is_refused(
        #[case] good: (u16, &str),
        #[case] bad: (u16, &str),
        #[case] expected: Verdict,
    ) {
        let host = registering(AtHost::NoChallenge, good, bad);
        assert_eq!(missing_challenge_is_refused(Host(&host)).verdict, expected);
    }

    #[test]
    fn where_no_client_registers_none_can_ask() {
        let document = r#"{"issuer":"http://localhost"}"#;
        let host = [seen(AtHost::RootMetadata, 200, document), seen(AtHost::Registration, 404, "")];
        assert_eq!(foreign_redirect_is_refused(Host(&host)).verdict, Verdict::NotApplicable);
    }

    #[test]
    fn a_plain_http_endpoint_is_found() {
        let document = r#"{"issuer":"https://h","token_endpoint":"http://h/token"}"#;
        let root = [seen(AtHost::RootMetadata, 200, document)];
        assert_eq!(endpoints_are_https(Host(&root)).verdict, Verdict::Violated);
    }
}
