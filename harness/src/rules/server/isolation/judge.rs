//! Whether a request that ought to come to nothing came to nothing, and whose answer an answer is.

use super::calls::TaskMethod;
use super::evidence::{AskedAboutTask, Identities, TaskOf};
use crate::findings::Finding;
use crate::findings::answer::unanswered;
use crate::protocol::jsonrpc;
use crate::protocol::reply::{is_accepted, shown};
use crate::wire::{Exchange, Response};
use serde_json::Value;

const NOTHING: &str = "a refusal, and no result";

/// A request without credentials was not served, whichever way it was refused.
#[must_use]
pub(crate) fn nothing_gets_through(exchange: &Exchange) -> Finding {
    refusal(exchange, |status| (300..500).contains(&status) || status == 501)
}

/// Something that the caller has no right to was not served. An operation that the server does not know at all says
/// nothing about who may use it.
#[must_use]
pub(crate) fn nothing_is_served(exchange: &Exchange) -> Finding {
    match exchange.response() {
        Some(response) if matches!(response.status, 405 | 501) => {
            let reason = format!("{}: the server does not know this operation", exchange.request.label());
            Finding::not_applicable(NOTHING, reason, vec![exchange.number])
        }
        _ => refusal(exchange, |status| (400..500).contains(&status)),
    }
}

/// Nothing of a user's task was served to another one: neither what was asked for by its id, nor its id in a list.
#[must_use]
pub(super) fn nothing_of_the_task(exchange: &Exchange, task: &TaskOf, asked: AskedAboutTask) -> Finding {
    match exchange.response() {
        Some(response) if asked.0 == TaskMethod::List && is_accepted(response) => {
            let listed = String::from_utf8_lossy(&response.body).contains(&task.0);
            let actual = if listed { "it is listed" } else { "it is not listed" };
            Finding::check(!listed, "a list without another user's task", actual, exchange)
        }
        _ => nothing_is_served(exchange),
    }
}

fn refusal(exchange: &Exchange, refuses: impl Fn(u16) -> bool) -> Finding {
    let Some(response) = exchange.response() else { return unanswered(exchange, NOTHING) };
    let seen = format!("{}: {}", exchange.request.label(), shown(response));
    let served = response.is_success() && !says_no(response);
    if served || jsonrpc::result(response).is_some_and(|result| !is_error(&result)) {
        Finding::check(false, NOTHING, seen, exchange)
    } else if refuses(response.status) || says_no(response) {
        Finding::check(true, NOTHING, seen, exchange)
    } else {
        Finding::inconclusive(NOTHING, seen, vec![exchange.number])
    }
}

/// A JSON-RPC error, or a tool's own: the answer has HTTP status 200 and says no.
#[must_use]
pub(crate) fn says_no(response: &Response) -> bool {
    jsonrpc::error_code(response).is_some() || jsonrpc::result(response).as_ref().is_some_and(is_error)
}

fn is_error(result: &Value) -> bool {
    result.get("isError") == Some(&Value::Bool(true))
}

/// What a tool that tells who calls has told: its structured content, or the text it has instead.
#[must_use]
pub(crate) fn told(exchange: &Exchange) -> Option<Value> {
    let result = jsonrpc::result(exchange.response()?).filter(|result| !is_error(result))?;
    if let Some(structured) = result.get("structuredContent") {
        return Some(structured.clone());
    }
    let text = result.pointer("/content/0/text")?.as_str()?;
    Some(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
}

/// Where a refusal is as good as the right answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The answer must be there.
    Fails,
    /// A refusal is as good.
    Passes,
}

/// The answer is that of the user whose token was presented, as the controls show it.
#[must_use]
pub(super) fn is_answer_to_its_user(exchange: &Exchange, known: &Identities, refusal: Refusal) -> Finding {
    let name = |exchange: &Exchange| exchange.request.presented.as_ref().map(|presented| presented.name.clone());
    let expected =
        format!("the answer for {}", name(exchange).map_or_else(|| "nobody".to_owned(), |name| name.to_string()));
    let Some(control) = [&known.user, &known.other].into_iter().find(|control| name(control) == name(exchange)) else {
        return Finding::harness_error(expected, "there is no control for this user");
    };
    let Some(response) = exchange.response() else { return unanswered(exchange, &expected) };
    let evidence = vec![control.number, exchange.number];
    let seen = format!("{}: {}", exchange.request.label(), shown(response));
    match told(exchange) {
        Some(told_now) if Some(&told_now) == told(control).as_ref() => Finding::of(true, expected, seen, evidence),
        Some(_) => Finding::of(false, expected, format!("{seen}, and another answer than in the control"), evidence),
        None if refusal == Refusal::Passes && (says_no(response) || (400..500).contains(&response.status)) => {
            Finding::of(true, expected, seen, evidence)
        }
        None => Finding::inconclusive(expected, seen, evidence),
    }
}

/// The members in which two answers differ, as the second has them: name and text.
#[must_use]
pub(crate) fn differences(first: &Value, second: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect("user", first, second, &mut found);
    found
}

fn collect(name: &str, first: &Value, second: &Value, found: &mut Vec<(String, String)>) {
    match second {
        Value::Object(members) => {
            for (name, value) in members {
                collect(name, first.get(name).unwrap_or(&Value::Null), value, found);
            }
        }
        Value::String(text) if first != second => found.push((name.to_owned(), text.clone())),
        Value::Number(number) if first != second => found.push((name.to_owned(), number.to_string())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::{Presented, Request};
    use rstest::rstest;
    use serde_json::json;
    use std::time::Duration;

    fn answered(status: u16, body: &str) -> Exchange {
        let response =
            Response { status, headers: http::HeaderMap::new(), body: body.to_owned().into(), truncated: false };
        Exchange {
            number: 1,
            request: Request::get("it", "http://h"),
            answer: Ok(response),
            honest: None,
            took: Duration::ZERO,
        }
    }

    #[rstest]
    #[case(401, "", Verdict::Met)]
    #[case(404, "", Verdict::Met)]
    #[case(405, "", Verdict::NotApplicable)]
    #[case(500, "", Verdict::Inconclusive)]
    #[case(202, "", Verdict::Violated)]
    #[case(200, r#"{"result":{}}"#, Verdict::Violated)]
    #[case(401, r#"{"result":{}}"#, Verdict::Violated)]
    #[case(200, r#"{"result":{"isError":true}}"#, Verdict::Met)]
    #[case(200, r#"{"error":{"code":-32602}}"#, Verdict::Met)]
    fn what_ought_not_be_served_is_refused(#[case] status: u16, #[case] body: &str, #[case] expected: Verdict) {
        assert_eq!(nothing_is_served(&answered(status, body)).verdict, expected);
    }

    #[rstest]
    #[case(TaskMethod::List, 200, r#"{"result":{"tasks":[{"taskId":"of-another"}]}}"#, Verdict::Met)]
    #[case(TaskMethod::List, 200, r#"{"result":{"tasks":[{"taskId":"of-the-user"}]}}"#, Verdict::Violated)]
    #[case(TaskMethod::List, 404, "", Verdict::Met)]
    #[case(TaskMethod::Get, 200, r#"{"result":{"status":"working"}}"#, Verdict::Violated)]
    #[case(TaskMethod::Get, 404, "", Verdict::Met)]
    fn a_task_is_neither_served_nor_listed_to_another_user(
        #[case] method: TaskMethod,
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: Verdict,
    ) {
        let task = TaskOf("of-the-user".to_owned());
        let finding = nothing_of_the_task(&answered(status, body), &task, AskedAboutTask(method));
        assert_eq!(finding.verdict, expected);
    }

    #[test]
    fn an_answer_is_compared_with_that_to_the_same_user() {
        let to = |name: &str, sub: &str| {
            let mut exchange = answered(200, &json!({ "result": { "structuredContent": { "sub": sub } } }).to_string());
            exchange.request.presented = Some(Presented { name: name.to_owned(), token: "a-token".into() });
            exchange
        };
        let known = Identities { user: to("of a", "a"), other: to("of b", "b") };
        let verdict = |exchange: &Exchange| is_answer_to_its_user(exchange, &known, Refusal::Fails).verdict;

        assert_eq!(verdict(&to("of b", "b")), Verdict::Met);
        assert_eq!(verdict(&to("of b", "a")), Verdict::Violated);
        assert_eq!(verdict(&to("of c", "c")), Verdict::HarnessError);
    }

    #[test]
    fn two_answers_differ_by_member() {
        let (a, b) = (json!({ "sub": "a", "aud": "x" }), json!({ "sub": "b", "aud": "x", "id": 7 }));
        assert_eq!(differences(&a, &b), [("sub".to_owned(), "b".to_owned()), ("id".to_owned(), "7".to_owned())]);
    }
}
