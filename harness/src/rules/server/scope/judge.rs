//! Scopes in challenges, and lists that depend on them.

use crate::findings::{Finding, answer, availability};
use crate::protocol::challenge::{bearer, has_scheme};
use crate::protocol::jsonrpc;
use crate::protocol::reply;
use crate::rules::server::challenge::judge as challenge;
use crate::token_name::TokenName;
use crate::wire::{Exchange, Response};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The scopes that the Bearer challenge of an answer asks for.
#[must_use]
pub(crate) fn challenged(response: &Response) -> BTreeSet<String> {
    let scope = bearer(response).and_then(|challenge| challenge.param("scope").map(str::to_owned)).unwrap_or_default();
    scope.split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

fn shown(scopes: &BTreeSet<String>) -> String {
    let listed = scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    if listed.is_empty() { "no scope".to_owned() } else { format!("scope {listed}") }
}

fn numbers(exchanges: &[Exchange]) -> Vec<usize> {
    exchanges.iter().map(|exchange| exchange.number).collect()
}

/// Judges the challenge of a 403. Where the answer is none the rule does not apply: RS-CHALLENGE-15 tells it, or
/// RS-SCOPE-01 where the operation was carried out.
pub(crate) fn of_insufficient(exchange: &Exchange, judge: impl FnOnce(&Exchange) -> Finding) -> Finding {
    let expected = "a 403 whose challenge can be looked at";
    if let Some(put_off) = availability::void(exchange, expected) {
        return put_off;
    }
    match exchange.response() {
        Some(response) if response.status != 403 => {
            let seen = format!("{}: {}, {NO_403}", exchange.request.label(), reply::shown(response));
            Finding::not_applicable(expected, seen, vec![exchange.number])
        }
        _ => judge(exchange),
    }
}

/// The same for what stands in a Bearer challenge; that there is one, RS-CHALLENGE-16 says.
pub(crate) fn of_challenge_of_insufficient(exchange: &Exchange, judge: impl FnOnce(&Exchange) -> Finding) -> Finding {
    of_insufficient(exchange, |exchange| match exchange.response() {
        Some(response) if bearer(response).is_none() => {
            let seen = format!("{}: a 403 without a Bearer challenge; see RS-CHALLENGE-16", exchange.request.label());
            Finding::not_applicable("a 403 whose challenge can be looked at", seen, vec![exchange.number])
        }
        _ => judge(exchange),
    })
}

/// The 403 says which error it is. One for DPoP alone is another scheme's (RFC 9449 section 7.1).
#[must_use]
pub(crate) fn says_error(exchange: &Exchange, error: &str) -> Finding {
    of_insufficient(exchange, |exchange| match exchange.response() {
        Some(response) if bearer(response).is_none() && has_scheme(response, "DPoP") => {
            let seen = "the server asks for DPoP (RFC 9449 section 7.1) and not for Bearer";
            Finding::not_applicable("a Bearer challenge", seen, vec![exchange.number])
        }
        _ => challenge::has(exchange, "error", Some(error)),
    })
}

/// Why a rule about the challenge of a 403 does not apply to another answer.
pub(crate) const NO_403: &str = "which is no 403; see RS-CHALLENGE-15";

/// The challenge names at least one scope.
#[must_use]
pub(crate) fn names_some(exchange: &Exchange) -> Finding {
    let expected = "a Bearer challenge with a scope that is not empty";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let scopes = challenged(response);
    Finding::check(!scopes.is_empty(), expected, shown(&scopes), exchange)
}

/// The challenge does not name this scope. No challenge at all does not name it either.
#[must_use]
pub(crate) fn does_not_name(exchange: &Exchange, scope: &str) -> Finding {
    let expected = format!("a challenge without the scope {scope}");
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, &expected) };
    let scopes = challenged(response);
    Finding::check(!scopes.contains(scope), expected, shown(&scopes), exchange)
}

/// The challenge does not ask for every scope that there is, where some of them are not needed.
#[must_use]
pub(crate) fn asks_for_less_than_all(exchange: &Exchange, supported: &[String], base: &[String]) -> Finding {
    let expected = "a challenge without scopes that the request does not need";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let scopes = challenged(response);
    if supported.len() < 2 || supported.iter().all(|scope| base.contains(scope)) || scopes.is_empty() {
        let reason = "there are no scopes in the metadata that the request does not need, or none in the challenge";
        return Finding::not_applicable(expected, reason, vec![exchange.number]);
    }
    let all = supported.iter().all(|scope| scopes.contains(scope));
    let needed = base.join(" ");
    let actual = format!("{}; scopes_supported is {}; needed is {needed:?}", shown(&scopes), supported.join(" "));
    Finding::check(!all, expected, actual, exchange)
}

/// The challenge names all of these scopes, and perhaps others.
#[must_use]
pub(crate) fn names_all(exchange: &Exchange, needed: &[String]) -> Finding {
    let expected = format!("a challenge whose scope holds {}", needed.join(" "));
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, &expected) };
    let scopes = challenged(response);
    Finding::check(needed.iter().all(|scope| scopes.contains(scope)), expected, shown(&scopes), exchange)
}

/// All challenges name the same scopes, in whatever order.
#[must_use]
pub(crate) fn always_the_same(exchanges: &[Exchange]) -> Finding {
    let expected = "the same scopes in the challenge each time";
    let evidence = numbers(exchanges);
    let mut sets = BTreeMap::new();
    for exchange in exchanges {
        let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
        if let Some(put_off) = availability::void(exchange, expected) {
            return put_off;
        }
        if bearer(response).is_none() {
            let reason = format!(
                "{}: {} and no Bearer challenge; see RS-CHALLENGE-02, -03 and -16",
                exchange.request.label(),
                reply::shown(response)
            );
            return Finding::not_applicable(expected, reason, evidence);
        }
        *sets.entry(challenged(response)).or_insert(0_usize) += 1;
    }
    let actual = sets.iter().map(|(scopes, times)| format!("{times} times {}", shown(scopes))).collect::<Vec<_>>();
    Finding::of(sets.len() == 1, expected, actual.join(", "), evidence)
}

/// The challenges of a 401 and of the 403 behind it name the same metadata.
#[must_use]
pub(crate) fn same_metadata(exchanges: &[Exchange]) -> Finding {
    let expected = "the same resource_metadata in the challenges of 401 and 403, or in that of the 403 alone";
    if let Some(dead) = exchanges.iter().find(|exchange| exchange.response().is_none()) {
        return answer::unanswered(dead, expected);
    }
    if let Some(put_off) = exchanges.iter().find_map(|exchange| availability::void(exchange, expected)) {
        return put_off;
    }
    let statuses: Vec<_> = exchanges.iter().filter_map(Exchange::response).map(|response| response.status).collect();
    if statuses != [401, 403] {
        let reason = format!("the answers are {statuses:?}; see RS-CHALLENGE-01 and RS-CHALLENGE-15");
        return Finding::not_applicable("a 401 and a 403 to compare", reason, numbers(exchanges));
    }
    let named = |response: &Response| {
        bearer(response).and_then(|challenge| challenge.param("resource_metadata").map(str::to_owned))
    };
    let (mut named_by, mut shown) = (Vec::new(), Vec::new());
    for exchange in exchanges {
        let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
        let url = named(response);
        shown.push(format!("HTTP {}: {}", response.status, url.as_deref().unwrap_or("none")));
        named_by.push(url);
    }
    if exchanges.last().and_then(Exchange::response).and_then(bearer).is_none() {
        let reason = "a 403 without a Bearer challenge; see RS-CHALLENGE-16";
        return Finding::not_applicable(expected, reason, numbers(exchanges));
    }
    if named_by.iter().all(Option::is_none) {
        let reason = "no challenge names its metadata, which a well-known URI may serve alone";
        return Finding::not_applicable(expected, reason, numbers(exchanges));
    }
    let same = named_by.windows(2).all(|pair| pair[0].is_none() || pair[0] == pair[1]);
    Finding::of(same, expected, shown.join("; "), numbers(exchanges))
}

/// Each token was shown the same list every time; a token is known by the name under which it was presented.
#[must_use]
pub(crate) fn lists_depend_on_the_token_alone(exchanges: &[Exchange]) -> Finding {
    let expected = "the same list for the same token, whatever came before and on whichever connection";
    let mut lists: Vec<(Option<&TokenName>, BTreeSet<String>)> = Vec::new();
    let mut others = Vec::new();
    for exchange in exchanges {
        let Some(list) = tools(exchange) else { return no_list(exchange, expected) };
        match lists.iter().find(|(token, _)| *token == presented(exchange)) {
            Some((_, first)) if *first != list => others.push(exchange.request.label()),
            Some(_) => {}
            None => lists.push((presented(exchange), list)),
        }
    }
    if let Some(label) = others.first() {
        return Finding::of(false, expected, format!("another list in {label}"), numbers(exchanges));
    }
    let actual = format!("the same list each time, for each of {} tokens", lists.len());
    Finding::of(true, expected, actual, numbers(exchanges))
}

/// What a token was shown on all pages of a list, and how they were marked.
struct Shown<'a> {
    token: Option<&'a TokenName>,
    list: BTreeSet<String>,
    marks: BTreeSet<String>,
}

/// What each token was shown on all pages, by the name under which it was presented; or why a page is none.
fn pages<'a>(exchanges: &'a [Exchange], expected: &str) -> Result<Vec<Shown<'a>>, Finding> {
    let mut shown: Vec<Shown<'_>> = Vec::new();
    for exchange in exchanges {
        let Some(list) = tools(exchange) else { return Err(no_list(exchange, expected)) };
        let token = presented(exchange);
        let at = shown.iter().position(|shown| shown.token == token).unwrap_or_else(|| {
            shown.push(Shown { token, list: BTreeSet::new(), marks: BTreeSet::new() });
            shown.len() - 1
        });
        shown[at].list.extend(list);
        shown[at].marks.insert(cache_scope(exchange));
    }
    Ok(shown)
}

/// All pages of a list have the same `cacheScope`.
#[must_use]
pub(crate) fn pages_are_marked_alike(exchanges: &[Exchange]) -> Finding {
    let expected = "one cacheScope on all pages of a list";
    let shown = match pages(exchanges, expected) {
        Ok(shown) => shown,
        Err(finding) => return finding,
    };
    let listed = |marks: &BTreeSet<String>| marks.iter().cloned().collect::<Vec<_>>().join(" and ");
    let uneven = shown.iter().find(|shown| shown.marks.len() > 1);
    let actual = match uneven {
        Some(Shown { token, marks, .. }) => {
            let token = token.map_or_else(|| "no token".to_owned(), ToString::to_string);
            format!("pages marked {} with {token}", listed(marks))
        }
        None => shown.iter().map(|shown| format!("all marked {}", listed(&shown.marks))).collect::<Vec<_>>().join(", "),
    };
    Finding::of(uneven.is_none(), expected, actual, numbers(exchanges))
}

/// A list that varies with the caller is not marked public on any page.
#[must_use]
pub(crate) fn what_varies_is_not_public(exchanges: &[Exchange]) -> Finding {
    let expected = "lists that are alike for all callers, or that are not marked public";
    let shown = match pages(exchanges, expected) {
        Ok(shown) => shown,
        Err(finding) => return finding,
    };
    let varies = shown.windows(2).any(|pair| pair[0].list != pair[1].list);
    let public = shown.iter().any(|shown| shown.marks.contains("public"));
    let actual = format!(
        "lists that {}, {}",
        if varies { "differ between callers" } else { "are alike" },
        if public { "marked public" } else { "none of them marked public" }
    );
    Finding::of(!(varies && public), expected, actual, numbers(exchanges))
}

fn presented(exchange: &Exchange) -> Option<&TokenName> {
    exchange.request.presented.as_ref().map(|presented| &presented.name)
}

fn no_list(exchange: &Exchange, expected: &str) -> Finding {
    match exchange.response() {
        None => answer::unanswered(exchange, expected),
        Some(response) => {
            let reason = format!("{}: {}", exchange.request.label(), reply::shown(response));
            Finding::inconclusive(expected, reason, vec![exchange.number])
        }
    }
}

fn tools(exchange: &Exchange) -> Option<BTreeSet<String>> {
    let result = jsonrpc::result(exchange.response()?)?;
    Some(result.get("tools")?.as_array()?.iter().map(Value::to_string).collect())
}

fn cache_scope(exchange: &Exchange) -> String {
    let result = exchange.response().and_then(jsonrpc::result);
    let scope = result.as_ref().and_then(|result| result.get("cacheScope")?.as_str());
    scope.unwrap_or("nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::token_name::VALID;
    use crate::wire::{Presented, Request};
    use http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
    use rstest::rstest;
    use serde_json::json;
    use std::time::Duration;

    fn answered(status: u16, challenge: &'static str, body: &Value) -> Exchange {
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))]);
        let response = Response { status, headers, body: body.to_string().into(), truncated: false };
        let request = Request::get("it", "http://localhost/mcp");
        Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    fn challenging(status: u16, challenge: &'static str) -> Exchange {
        answered(status, challenge, &Value::Null)
    }

    /// A list of tools, shown to a token with this scope claim.
    fn listed(claim: &str, tools: &[&str], cache_scope: &str) -> Exchange {
        let tools: Vec<_> = tools.iter().map(|name| json!({ "name": name })).collect();
        let result = json!({ "jsonrpc": "2.0", "id": 1, "result": { "tools": tools, "cacheScope": cache_scope } });
        let mut exchange = answered(200, "", &result);
        exchange.request.presented = Some(Presented { name: TokenName::scoped(claim), token: "t".into() });
        exchange
    }

    #[rstest]
    #[case(r#"Bearer scope="b a""#, Verdict::Met)]
    #[case(r#"Bearer scope="a c""#, Verdict::Violated)]
    #[case("Bearer", Verdict::Violated)]
    fn a_challenge_names_all_that_is_needed(#[case] challenge: &'static str, #[case] expected: Verdict) {
        let needed = ["a".to_owned(), "b".to_owned()];
        assert_eq!(names_all(&challenging(403, challenge), &needed).verdict, expected);
    }

    #[rstest]
    #[case(403, Verdict::Met)]
    #[case(401, Verdict::NotApplicable)]
    fn only_a_403_is_judged_for_a_lack_of_scope(#[case] status: u16, #[case] expected: Verdict) {
        let exchange = challenging(status, r#"Bearer scope="a""#);
        assert_eq!(of_insufficient(&exchange, names_some).verdict, expected);
    }

    #[rstest]
    #[case(&[r#"Bearer scope="a b""#, r#"Bearer scope="b a""#], Verdict::Met)]
    #[case(&[r#"Bearer scope="a b""#, r#"Bearer scope="a""#], Verdict::Violated)]
    #[case(&[r#"Bearer scope="a b""#, "Basic"], Verdict::NotApplicable)]
    fn the_same_scopes_are_asked_for_each_time(#[case] challenges: &[&'static str], #[case] expected: Verdict) {
        let exchanges: Vec<_> = challenges.iter().map(|challenge| challenging(403, challenge)).collect();
        assert_eq!(always_the_same(&exchanges).verdict, expected);
    }

    #[rstest]
    #[case(401, r#"Bearer resource_metadata="https://h/m""#, Verdict::Met)]
    #[case(401, r#"Bearer resource_metadata="https://h/n""#, Verdict::Violated)]
    #[case(401, "Bearer", Verdict::Met)]
    #[case(403, r#"Bearer resource_metadata="https://h/m""#, Verdict::NotApplicable)]
    fn a_401_and_a_403_name_the_same_metadata(
        #[case] status: u16,
        #[case] first: &'static str,
        #[case] expected: Verdict,
    ) {
        let second = challenging(403, r#"Bearer resource_metadata="https://h/m""#);
        assert_eq!(same_metadata(&[challenging(status, first), second]).verdict, expected);
    }

    #[rstest]
    #[case::all(r#"Bearer scope="read write admin""#, Verdict::Violated)]
    #[case::needed(r#"Bearer scope="read""#, Verdict::Met)]
    #[case::some_more(r#"Bearer scope="read write""#, Verdict::Met)]
    #[case::none("Bearer", Verdict::NotApplicable)]
    fn a_challenge_does_not_ask_for_all_there_is(#[case] challenge: &'static str, #[case] expected: Verdict) {
        let supported = ["read", "write", "admin"].map(str::to_owned);
        let judged = asks_for_less_than_all(&challenging(401, challenge), &supported, &["read".to_owned()]);
        assert_eq!(judged.verdict, expected);
    }

    #[test]
    fn a_list_depends_on_the_token_alone() {
        let (all, base) = (listed("a b", &["x", "y"], ""), listed("a", &["x"], ""));
        assert_eq!(lists_depend_on_the_token_alone(&[all.clone(), base.clone(), all.clone()]).verdict, Verdict::Met);
        let hidden = listed("a b", &["x"], "");
        assert_eq!(lists_depend_on_the_token_alone(&[all, base, hidden]).verdict, Verdict::Violated);
    }

    #[rstest]
    #[case::private(&["y"], ["private", "private"], Verdict::Met)]
    #[case::public_and_alike(&["x"], ["public", "public"], Verdict::Met)]
    #[case::public_and_different(&["y"], ["public", "public"], Verdict::Violated)]
    fn a_list_that_differs_between_callers_is_not_public(
        #[case] tools: &[&str],
        #[case] marks: [&str; 2],
        #[case] expected: Verdict,
    ) {
        let lists = [listed("a b", &["x"], marks[0]), listed("a", tools, marks[1])];
        assert_eq!(what_varies_is_not_public(&lists).verdict, expected);
    }

    #[test]
    fn the_pages_of_one_list_are_marked_alike() {
        let pages = [listed("a", &["x"], "private"), listed("a", &["y"], "public")];
        let found = pages_are_marked_alike(&pages);
        assert_eq!(found.verdict, Verdict::Violated);
        assert_eq!(found.actual, "pages marked private and public with a valid token with the scope claim a");
        let alike = [listed("a", &["x"], "private"), listed("a", &["y"], "private"), listed("a b", &["x"], "public")];
        assert_eq!(pages_are_marked_alike(&alike).verdict, Verdict::Met);
    }

    #[test]
    fn tokens_are_told_apart_by_their_names() {
        let mut other = listed("a", &["y"], "");
        other.request.presented = Some(Presented { name: VALID, token: "t".into() });
        assert_eq!(lists_depend_on_the_token_alone(&[listed("a", &["x"], ""), other]).verdict, Verdict::Met);
    }
}
