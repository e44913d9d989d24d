//! Scopes in challenges, and lists that depend on them.

use crate::findings::{Finding, answer};
use crate::protocol::challenge::bearer;
use crate::protocol::jsonrpc;
use crate::protocol::reply;
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
        if bearer(response).is_none() {
            let reason = format!("{}: {} and no challenge", exchange.request.label(), reply::shown(response));
            return Finding::inconclusive(expected, reason, evidence);
        }
        *sets.entry(challenged(response)).or_insert(0_usize) += 1;
    }
    let actual = sets.iter().map(|(scopes, times)| format!("{times} times {}", shown(scopes))).collect::<Vec<_>>();
    Finding::of(sets.len() == 1, expected, actual.join(", "), evidence)
}

/// The challenges name the same metadata.
#[must_use]
pub(crate) fn same_metadata(exchanges: &[Exchange]) -> Finding {
    let expected = "the same resource_metadata in the challenges of 401 and 403";
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
    if named_by.iter().all(Option::is_none) {
        let reason = "no challenge names its metadata, which a well-known URI may serve alone";
        return Finding::not_applicable(expected, reason, numbers(exchanges));
    }
    let same = named_by.windows(2).all(|pair| pair[0] == pair[1]);
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

/// A list that varies with the caller is not marked public, and all pages of a list are marked alike.
#[must_use]
pub(crate) fn cache_scope_fits(exchanges: &[Exchange]) -> Finding {
    let expected = "one cacheScope on all pages of a list, and not public where lists differ between callers";
    let mut shown: Vec<Shown<'_>> = Vec::new();
    for exchange in exchanges {
        let Some(list) = tools(exchange) else { return no_list(exchange, expected) };
        let token = presented(exchange);
        let at = shown.iter().position(|shown| shown.token == token).unwrap_or_else(|| {
            shown.push(Shown { token, list: BTreeSet::new(), marks: BTreeSet::new() });
            shown.len() - 1
        });
        shown[at].list.extend(list);
        shown[at].marks.insert(cache_scope(exchange));
    }
    let uneven = shown.iter().find(|shown| shown.marks.len() > 1);
    let varies = shown.windows(2).any(|pair| pair[0].list != pair[1].list);
    let public = shown.iter().any(|shown| shown.marks.contains("public"));
    let actual = match uneven {
        Some(Shown { token, marks, .. }) => {
            let token = token.map_or_else(|| "no token".to_owned(), ToString::to_string);
            format!("pages marked {} with {token}", marks.iter().cloned().collect::<Vec<_>>().join(" and "))
        }
        None if varies && public => "lists that differ between callers, marked public".to_owned(),
        None => format!(
            "lists that {}, marked {}",
            if varies { "differ" } else { "are alike" },
            shown.iter().flat_map(|shown| &shown.marks).next().map_or("", String::as_str)
        ),
    };
    Finding::of(uneven.is_none() && !(varies && public), expected, actual, numbers(exchanges))
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
