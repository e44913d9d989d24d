//! What a client must do about a 401.

use super::super::common::{Assertion, assertion};
use crate::bench::ClientRun;
use crate::bench::client::scene::Place;
use crate::findings::Finding;
use crate::protocol::reply;
use crate::wire::Exchange;
use http::header::AUTHORIZATION;

pub(crate) const ASSERTIONS: &[Assertion] = &[assertion(
    "answers the 401 with an authorization request and then sends a token",
    "in this order, and the server accepts",
    |run| vec![answered(run)],
)];

fn answered(run: &ClientRun) -> Finding {
    let expected = "a 401, an authorization request, and after it a request that the MCP server accepts";
    let Some(refusal) = at_server(run, 0).find(|exchange| is_unauthorized(exchange)) else {
        return Finding::inconclusive(expected, format!("the client met no 401; {}", run.ending), Vec::new());
    };
    let asked = run.authorizations().find(|exchange| exchange.number > refusal.number);
    let accepted = asked.and_then(|asked| {
        at_server(run, asked.number).find(|exchange| {
            let presents = exchange.request.headers.contains_key(AUTHORIZATION);
            presents && exchange.response().is_some_and(reply::is_accepted)
        })
    });
    if let Some(refused) = asked.and_then(|asked| refused_as_issued(run, asked.number)).filter(|_| accepted.is_none()) {
        let reason = "the bench's own server refused the very token that the login yielded";
        return Finding::inconclusive(expected, reason, vec![refusal.number, refused.number]);
    }
    let evidence = [Some(refusal), asked, accepted].into_iter().flatten().map(|exchange| exchange.number).collect();
    let actual = match (asked, accepted) {
        (None, _) => format!("no authorization request after the 401; {}", run.ending),
        (_, None) => format!("no accepted request with a token after the login; {}", run.ending),
        _ => "so it did".to_owned(),
    };
    Finding::of(accepted.is_some(), expected, actual, evidence)
}

/// The requests to the first MCP endpoint behind a number.
fn at_server(run: &ClientRun, number: usize) -> impl Iterator<Item = &Exchange> {
    run.at_server(Place::First).filter(move |exchange| exchange.number > number)
}

fn is_unauthorized(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| response.status == 401)
}

/// The request after `number` that carried the token as it was issued, and was refused all the same.
fn refused_as_issued(run: &ClientRun, number: usize) -> Option<&Exchange> {
    let token = |exchange: &Exchange| {
        let answer = exchange.response()?.json()?;
        answer.get("access_token")?.as_str().map(|token| format!("Bearer {token}"))
    };
    let issued: Vec<String> = run.redemptions().filter_map(token).collect();
    let presents = |exchange: &Exchange| {
        let value = exchange.request.headers.get(AUTHORIZATION);
        value.is_some_and(|value| issued.iter().any(|token| token.as_bytes() == value.as_bytes()))
    };
    at_server(run, number).filter(|exchange| presents(exchange)).find(|exchange| is_unauthorized(exchange))
}
