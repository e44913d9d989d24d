//! Whether a request that ought to come to nothing came to nothing, and whose answer an answer is.

use super::calls::TaskMethod;
use super::evidence::{AskedAboutTask, Identities, TaskOf};
pub(super) use super::served::is_served as is_carried_out;
use crate::findings::Finding;
use crate::findings::answer::unanswered;
use crate::mcp::session_id;
use crate::protocol::jsonrpc;
use crate::protocol::reply::{is_accepted, shown};
use crate::wire::{Exchange, Response};
use serde_json::Value;

const NOTHING: &str = "a refusal, and no result";

/// A request without credentials was not served, whichever way it was refused.
#[must_use]
pub(crate) fn nothing_gets_through(exchange: &Exchange) -> Finding {
    let Some(response) = exchange.response() else { return unanswered(exchange, NOTHING) };
    let seen = format!("{}: {}", exchange.request.label(), shown(response));
    Finding::check(!is_carried_out(&exchange.request, response), NOTHING, seen, exchange)
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
        _ => nothing_gets_through(exchange),
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

/// A JSON-RPC error, or a tool's own: the answer has HTTP status 200 and says no.
#[must_use]
pub(crate) fn says_no(response: &Response) -> bool {
    jsonrpc::error_code(response).is_some() || jsonrpc::result(response).as_ref().is_some_and(is_error)
}

pub(super) fn is_error(result: &Value) -> bool {
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

/// The answer to another user is not that of the user who opened the session.
#[must_use]
pub(super) fn is_not_the_first_users(exchange: &Exchange, known: &Identities) -> Finding {
    let expected = "a refusal, or the answer to the other user";
    let Some(response) = exchange.response() else { return unanswered(exchange, expected) };
    let evidence = vec![known.user.number, exchange.number];
    let seen = format!("{}: {}", exchange.request.label(), shown(response));
    match told(exchange) {
        Some(answer) if Some(&answer) == told(&known.user).as_ref() => {
            Finding::of(false, expected, format!("{seen}, which is the answer to the user who opened it"), evidence)
        }
        Some(answer) if Some(&answer) != told(&known.other).as_ref() => {
            Finding::inconclusive(expected, format!("{seen}, which is the answer to neither"), evidence)
        }
        _ => Finding::of(true, expected, seen, evidence),
    }
}

/// No message that answers one of these requests came, as far as the stream was read.
#[must_use]
pub(super) fn answers_none_of(exchange: &Exchange, requests: &[&Value]) -> Finding {
    let expected = "no answer to a request of another stream";
    let Some(response) = exchange.response() else { return unanswered(exchange, expected) };
    let messages = jsonrpc::messages(response);
    let found = messages.iter().filter_map(|message| message.get("id")).find(|id| requests.contains(id));
    let actual = match found {
        Some(id) => format!("the answer to request {id} comes, which another stream has delivered"),
        None => format!("{}, and none comes", shown(response)),
    };
    Finding::check(found.is_none(), expected, actual, exchange)
}

/// The session serves another token of the user who opened it.
#[must_use]
pub(super) fn serves_its_user(exchange: &Exchange) -> Finding {
    let expected = "a result for the second token, as in a session of its own";
    let Some(response) = exchange.response() else { return unanswered(exchange, expected) };
    let seen = format!("{}: {}", exchange.request.label(), shown(response));
    Finding::check(is_accepted(response) && !says_no(response), expected, seen, exchange)
}

/// A session is opened under another id than the client chose, or not at all.
#[must_use]
pub(super) fn does_not_adopt(exchange: &Exchange, chosen: &str) -> Finding {
    let expected = "a refusal, or a session under an id of the server's own";
    let Some(response) = exchange.response() else { return unanswered(exchange, expected) };
    let opened = session_id(response).filter(|_| is_accepted(response));
    let actual = match &opened {
        Some(id) if id == chosen => "the session is opened under the id that the client chose".to_owned(),
        Some(_) => "the session has another id".to_owned(),
        None => shown(response),
    };
    Finding::check(opened.as_deref() != Some(chosen), expected, actual, exchange)
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
    use crate::token_name::{OTHER_USER, TokenName, VALID};
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
    #[case(500, "", Verdict::Met)]
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
        let to = |name: &TokenName, sub: &str| {
            let mut exchange = answered(200, &json!({ "result": { "structuredContent": { "sub": sub } } }).to_string());
            exchange.request.presented = Some(Presented { name: name.clone(), token: "a-token".into() });
            exchange
        };
        let known = Identities { user: to(&VALID, "a"), other: to(&OTHER_USER, "b") };
        let verdict = |exchange: &Exchange| is_answer_to_its_user(exchange, &known, Refusal::Fails).verdict;

        assert_eq!(verdict(&to(&OTHER_USER, "b")), Verdict::Met);
        assert_eq!(verdict(&to(&OTHER_USER, "a")), Verdict::Violated);
        assert_eq!(verdict(&to(&TokenName::OfProxy, "c")), Verdict::HarnessError);
    }

    #[rstest]
    #[case::of_the_first_user("a", Verdict::Violated)]
    #[case::of_the_other_user("b", Verdict::Met)]
    #[case::of_neither("c", Verdict::Inconclusive)]
    fn a_session_does_not_lend_its_user(#[case] sub: &str, #[case] expected: Verdict) {
        let to = |sub: &str| answered(200, &json!({ "result": { "structuredContent": { "sub": sub } } }).to_string());
        let known = Identities { user: to("a"), other: to("b") };
        assert_eq!(is_not_the_first_users(&to(sub), &known).verdict, expected);
        assert_eq!(is_not_the_first_users(&answered(404, ""), &known).verdict, Verdict::Met);
    }

    #[rstest]
    #[case("{}", Verdict::Met)]
    #[case(r#"{"id":1,"result":{}}"#, Verdict::Met)]
    #[case(r#"{"id":2,"result":{}}"#, Verdict::Violated)]
    fn the_answer_of_another_stream_is_noticed(#[case] body: &str, #[case] expected: Verdict) {
        assert_eq!(answers_none_of(&answered(200, body), &[&json!(2)]).verdict, expected);
    }

    #[rstest]
    #[case(200, r#"{"result":{}}"#, Verdict::Met)]
    #[case(401, "", Verdict::Violated)]
    fn a_session_serves_a_second_token(#[case] status: u16, #[case] body: &str, #[case] expected: Verdict) {
        assert_eq!(serves_its_user(&answered(status, body)).verdict, expected);
    }

    #[rstest]
    #[case(200, "chosen", Verdict::Violated)]
    #[case(200, "another", Verdict::Met)]
    #[case(400, "chosen", Verdict::Met)]
    fn an_id_that_a_client_chose_is_not_adopted(
        #[case] status: u16,
        #[case] id: &'static str,
        #[case] expected: Verdict,
    ) {
        let mut exchange = answered(status, r#"{"result":{}}"#);
        if let Ok(response) = &mut exchange.answer {
            response.headers.insert("mcp-session-id", http::HeaderValue::from_static(id));
        }
        assert_eq!(does_not_adopt(&exchange, "chosen").verdict, expected);
    }

    #[test]
    fn two_answers_differ_by_member() {
        let (a, b) = (json!({ "sub": "a", "aud": "x" }), json!({ "sub": "b", "aud": "x", "id": 7 }));
        assert_eq!(differences(&a, &b), [("sub".to_owned(), "b".to_owned()), ("id".to_owned(), "7".to_owned())]);
    }
}
