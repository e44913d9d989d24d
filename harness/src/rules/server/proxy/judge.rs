//! What a server owes that is a proxy, with one client identifier, before a third-party authorization server
//! (MCP security best practices, Confused Deputy Problem).

mod cookie;

pub(super) use cookie::is_protected;

use super::evidence::Callbacks;
use crate::bench::walk::{Ending, Walk};
use crate::findings::Finding;
use crate::user_agent::Page;
use crate::wire::Response;
use http::HeaderName;
use http::header::CONTENT_SECURITY_POLICY;
use std::collections::BTreeMap;

const FRAME_OPTIONS: HeaderName = http::header::X_FRAME_OPTIONS;

/// The user is asked, on a page with the button `approve`, before the browser gets to the third party or to the client.
#[must_use]
pub(super) fn consent_is_asked(walk: &Walk, approve: &str) -> Finding {
    let expected = format!("a page of the server with the button “{approve}”");
    let evidence = vec![walk.last.number];
    let page =
        walk.last.response().filter(|_| walk.ending == Ending::Page).map(|response| Page::of_body(&response.body));
    match &walk.ending {
        Ending::ThirdParty(_) | Ending::Client(_) => Finding::of(false, expected, walk.shown(), evidence),
        Ending::Page if page.is_some_and(|page| page.button(approve).is_some()) => {
            Finding::of(true, expected, walk.shown(), evidence)
        }
        Ending::Page => {
            Finding::inconclusive(expected, format!("{}, which has no such button", walk.shown()), evidence)
        }
        _ => Finding::inconclusive(expected, walk.shown(), evidence),
    }
}

/// The user did not consent, and so the browser gets neither to the third party nor to the client.
#[must_use]
pub(super) fn leads_no_further(walk: &Walk) -> Finding {
    let expected = "a refusal, or a page that asks";
    let evidence = vec![walk.last.number];
    match &walk.ending {
        Ending::Nowhere(_) => Finding::inconclusive(expected, walk.shown(), evidence),
        Ending::ThirdParty(_) => Finding::of(false, expected, walk.shown(), evidence),
        _ => Finding::of(!walk.brought_a_code(), expected, walk.shown(), evidence),
    }
}

/// What a consent page has to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The name of the client.
    pub(super) client: String,
    /// Its redirect URI.
    pub(super) redirect_uri: String,
    /// The scopes that the third party is then asked for.
    pub(super) scopes: Vec<String>,
    /// The words for a scope, where they are others.
    pub(super) words: BTreeMap<String, String>,
}

/// The consent page names the client, each scope and the redirect URI, of which the host will do.
#[must_use]
pub(super) fn page_names(walk: &Walk, shown: &Shown) -> Vec<Finding> {
    let evidence = || vec![walk.last.number];
    let Some(response) = walk.last.response().filter(|_| walk.ending == Ending::Page) else {
        return vec![Finding::inconclusive("a consent page", walk.shown(), evidence())];
    };
    let text = Page::of_body(&response.body).text;
    let names = |what: &str, words: &[&str]| {
        let there = words.iter().any(|words| text.contains(words));
        let actual = if there { "it is there" } else { "the page does not show it" };
        Finding::of(there, format!("{what} on the consent page: {}", words.join(" or ")), actual, evidence())
    };
    let host = url::Url::parse(&shown.redirect_uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    let mut findings = vec![
        names("the name of the client", &[&shown.client]),
        names("its redirect URI", &[shown.redirect_uri.as_str(), host.as_deref().unwrap_or(&shown.redirect_uri)]),
    ];
    findings.extend(shown.scopes.iter().map(|scope| {
        let words = shown.words.get(scope).unwrap_or(scope);
        names("a scope that the third party is asked for", &[words])
    }));
    findings
}

/// The consent page cannot be shown in a frame of another site.
#[must_use]
pub(super) fn cannot_be_framed(walk: &Walk) -> Finding {
    let expected = "Content-Security-Policy with frame-ancestors, or X-Frame-Options: DENY, in the header";
    let evidence = vec![walk.last.number];
    let Some(response) = walk.last.response().filter(|_| walk.ending == Ending::Page) else {
        return Finding::inconclusive(expected, walk.shown(), evidence);
    };
    let ancestors = frame_ancestors(response);
    let options = response.header_values(&FRAME_OPTIONS);
    let says = |value: &str| options.iter().any(|option| option.trim().eq_ignore_ascii_case(value));
    match &ancestors {
        // Where both are there, browsers go by this one.
        Some(sources) => {
            let open = sources.iter().any(|source| matches!(source.as_str(), "*" | "http:" | "https:"));
            Finding::of(!open, expected, format!("frame-ancestors {}", sources.join(" ")), evidence)
        }
        None if says("DENY") => Finding::of(true, expected, "X-Frame-Options: DENY", evidence),
        None if says("SAMEORIGIN") => {
            let reason =
                "X-Frame-Options: SAMEORIGIN, which keeps other origins out and is not what the sentence names";
            Finding::inconclusive(expected, reason, evidence)
        }
        None => Finding::of(false, expected, "neither", evidence),
    }
}

fn frame_ancestors(response: &Response) -> Option<Vec<String>> {
    let policies = response.header_values(&CONTENT_SECURITY_POLICY);
    let directives = policies.iter().flat_map(|policy| policy.split([';', ','])).map(str::trim);
    directives
        .filter_map(|directive| directive.split_once(char::is_whitespace).or(Some((directive, ""))))
        .find(|(name, _)| name.eq_ignore_ascii_case("frame-ancestors"))
        .map(|(_, sources)| sources.split_whitespace().map(str::to_ascii_lowercase).collect())
}

/// A redirect URI that is not the registered one is not accepted.
#[must_use]
pub(super) fn redirect_uri_is_refused(walk: &Walk, sent: &str) -> Finding {
    let expected = "a refusal that leads neither to the third party nor to this redirect URI";
    let evidence = vec![walk.last.number];
    let follows = match &walk.ending {
        Ending::Nowhere(_) => return Finding::inconclusive(expected, walk.shown(), evidence),
        Ending::ThirdParty(_) => true,
        Ending::Client(url) | Ending::Elsewhere(url) => walk.brought_a_code() || url.as_str().starts_with(sent),
        Ending::Page | Ending::Refusal(_) | Ending::Onward(_) => false,
    };
    Finding::of(!follows, expected, walk.shown(), evidence)
}

/// A callback with a state that is not this browser's own brings no code to the client.
#[must_use]
pub(super) fn brings_no_code(walk: &Walk) -> Finding {
    let expected = "a callback that is rejected, and no code for the client";
    let evidence = vec![walk.last.number];
    match &walk.ending {
        Ending::Nowhere(_) => Finding::inconclusive(expected, walk.shown(), evidence),
        _ => Finding::of(!walk.brought_a_code(), expected, walk.shown(), evidence),
    }
}

/// The cookie by which the callback knows the browser was not there before consent: the callback is rejected in a
/// browser as it was at the consent page.
#[must_use]
pub(super) fn state_cookie_comes_with_consent(callbacks: &Callbacks) -> Finding {
    let Callbacks { before_consent, stranger, telling } = callbacks;
    let expected = "a callback that is rejected in a browser as it was at the consent page";
    let evidence = vec![before_consent.last.number, stranger.last.number];
    if matches!(before_consent.ending, Ending::Nowhere(_)) {
        return Finding::inconclusive(expected, before_consent.shown(), evidence);
    }
    if !before_consent.brought_a_code() {
        return Finding::of(true, expected, before_consent.shown(), evidence);
    }
    match telling {
        _ if stranger.brought_a_code() => {
            let reason = "the callback takes the state from any browser (RS-PROXY-06), so no cookie of it can be seen";
            Finding::inconclusive(expected, reason, evidence)
        }
        Some(name) => {
            let actual = format!("{}, by the cookie {name}, which holds the state", before_consent.shown());
            Finding::of(false, expected, actual, evidence)
        }
        None => {
            let reason = format!(
                "{}; whether its cookies hold the state, or name a session that got it with the consent, cannot be seen",
                before_consent.shown()
            );
            Finding::inconclusive(expected, reason, evidence)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::{Exchange, Request};
    use http::{HeaderMap, HeaderValue};
    use rstest::rstest;
    use std::time::Duration;
    use url::Url;

    fn walk(ending: Ending, headers: &[(HeaderName, &'static str)], body: &str) -> Walk {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        let answer = Ok(Response { status: 200, headers, body: body.to_owned().into(), truncated: false });
        let last =
            Exchange { number: 1, request: Request::get("r", "http://h/"), answer, honest: None, took: Duration::ZERO };
        Walk { tried: "a try".to_owned(), last, ending }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    const CSP: HeaderName = CONTENT_SECURITY_POLICY;

    #[rstest]
    #[case(&[(FRAME_OPTIONS, "deny")], Verdict::Met)]
    #[case(&[(CSP, "default-src 'self'; frame-ancestors 'none'")], Verdict::Met)]
    #[case(&[(CSP, "frame-ancestors *"), (FRAME_OPTIONS, "DENY")], Verdict::Violated)]
    #[case(&[(FRAME_OPTIONS, "SAMEORIGIN")], Verdict::Inconclusive)]
    #[case(&[(CSP, "default-src 'self'")], Verdict::Violated)]
    #[case(&[], Verdict::Violated)]
    fn a_header_keeps_a_page_out_of_frames(#[case] headers: &[(HeaderName, &'static str)], #[case] expected: Verdict) {
        assert_eq!(cannot_be_framed(&walk(Ending::Page, headers, "")).verdict, expected);
    }

    #[rstest]
    #[case("<button>Allow</button>", Verdict::Inconclusive)]
    #[case("<form><button>Allow</button></form>", Verdict::Met)]
    fn a_page_without_the_button_decides_nothing(#[case] body: &str, #[case] expected: Verdict) {
        assert_eq!(consent_is_asked(&walk(Ending::Page, &[], body), "Allow").verdict, expected);
    }

    #[rstest]
    #[case::whole("read for https://c.example/back by Editor", [Verdict::Met, Verdict::Met, Verdict::Met])]
    #[case::host("c.example: Editor", [Verdict::Met, Verdict::Met, Verdict::Violated])]
    #[case::nothing("Allow it?", [Verdict::Violated, Verdict::Violated, Verdict::Violated])]
    fn a_consent_page_shows_who_asks_for_what(#[case] text: &str, #[case] expected: [Verdict; 3]) {
        let shown = Shown {
            client: "Editor".to_owned(),
            redirect_uri: "https://c.example/back".to_owned(),
            scopes: vec!["read".to_owned()],
            words: BTreeMap::new(),
        };
        let found: Vec<_> = page_names(&walk(Ending::Page, &[], text), &shown).iter().map(|one| one.verdict).collect();
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case(Ending::Refusal(400), Verdict::Met)]
    #[case(Ending::Page, Verdict::Met)]
    #[case(Ending::Client(url("https://c.example/back?error=invalid_request")), Verdict::Met)]
    #[case(Ending::Elsewhere(url("https://c.example/back/more?code=1")), Verdict::Violated)]
    #[case(Ending::ThirdParty(url("http://localhost:2/")), Verdict::Violated)]
    #[case(Ending::Nowhere("silence".to_owned()), Verdict::Inconclusive)]
    fn another_redirect_uri_leads_nowhere(#[case] ending: Ending, #[case] expected: Verdict) {
        let sent = "https://c.example/back/more";
        assert_eq!(redirect_uri_is_refused(&walk(ending, &[], ""), sent).verdict, expected);
    }

    fn callback(accepted: bool) -> Walk {
        let to = if accepted { Ending::Client(url("https://c.example/?code=1")) } else { Ending::Refusal(403) };
        walk(to, &[], "")
    }

    #[rstest]
    #[case::rejected(false, false, Some("state"), Verdict::Met)]
    #[case::held_by_a_cookie(true, false, Some("state"), Verdict::Violated)]
    #[case::held_by_a_session(true, false, None, Verdict::Inconclusive)]
    #[case::taken_from_anybody(true, true, Some("state"), Verdict::Inconclusive)]
    fn the_cookie_that_counts_comes_with_consent(
        #[case] before: bool,
        #[case] stranger: bool,
        #[case] telling: Option<&str>,
        #[case] expected: Verdict,
    ) {
        let (before_consent, stranger) = (callback(before), callback(stranger));
        let callbacks = Callbacks { before_consent, stranger, telling: telling.map(str::to_owned) };
        assert_eq!(state_cookie_comes_with_consent(&callbacks).verdict, expected);
    }
}
