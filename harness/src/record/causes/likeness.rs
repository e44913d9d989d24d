//! What an exchange came to, and when two exchanges are of the same kind. Read from what was recorded, and from no label.

use crate::record::ExchangeRecord;
use crate::wire::events;
use serde_json::Value;

/// Header fields of a request that differ from one request to the next although nothing else does.
const FLEETING: [&str; 3] = ["content-length", "dpop", "mcp-session-id"];

/// How an MCP request was treated. Ordered only so that sets of it can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Treatment {
    /// Carried out, or taken in, whatever the status: a result, or success without an error.
    Served,
    /// Answered with success as far as HTTP goes, and with an error of JSON-RPC or of the tool.
    ErrorBehindSuccess,
    /// Answered with this status and no result.
    Status(u16),
    /// Not answered.
    Unanswered,
}

/// What makes two exchanges the same kind: operation, token and its place, and what the answer comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind<'a> {
    method: &'a str,
    url: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    token: Option<&'a str>,
    body: String,
    treatment: Treatment,
    media_type: Option<String>,
    error_code: Option<i64>,
}

impl Treatment {
    /// How `exchange` was treated, if it is one that a guard has to decide about: a JSON-RPC message, or a demand for the
    /// stream of events. Public documents are none.
    pub(super) fn of_guarded(exchange: &ExchangeRecord) -> Option<Self> {
        let asks_for_stream = field(&exchange.request_headers, "accept").is_some_and(|value| value == EVENT_STREAM);
        let is_message = json(&exchange.request_body).is_some_and(|message| is_json_rpc(&message));
        (asks_for_stream || is_message).then(|| Self::of(exchange))
    }

    /// How `exchange` was treated.
    pub(super) fn of(exchange: &ExchangeRecord) -> Self {
        let Some(status) = exchange.status else { return Self::Unanswered };
        let messages = messages(exchange);
        let has_result = messages.iter().any(|message| message.get("result").is_some_and(|result| !is_error(result)));
        let has_error =
            messages.iter().any(|message| message.get("error").is_some() || message.get("result").is_some());
        match status {
            _ if has_result => Self::Served,
            200..300 if has_error => Self::ErrorBehindSuccess,
            200..300 => Self::Served,
            status => Self::Status(status),
        }
    }
}

impl<'a> Kind<'a> {
    pub(super) fn of(exchange: &'a ExchangeRecord) -> Self {
        let lasting = |(name, _): &(&str, &str)| !FLEETING.contains(name);
        let headers = exchange.request_headers.iter().map(|(name, value)| (name.as_str(), without_name(value)));
        Self {
            method: &exchange.method,
            url: &exchange.url,
            headers: headers.filter(lasting).collect(),
            token: exchange.token.as_deref(),
            body: operation(&exchange.request_body),
            treatment: Treatment::of(exchange),
            media_type: media_type(exchange),
            error_code: messages(exchange).iter().find_map(|message| message.pointer("/error/code")?.as_i64()),
        }
    }
}

const EVENT_STREAM: &str = "text/event-stream";

fn field<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn media_type(exchange: &ExchangeRecord) -> Option<String> {
    let value = field(&exchange.response_headers, "content-type")?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn is_json_rpc(message: &Value) -> bool {
    match message {
        Value::Array(batch) => batch.iter().any(is_json_rpc),
        message => message.get("jsonrpc").is_some(),
    }
}

/// A result of a tool that failed (MCP, Tools, Error Handling).
fn is_error(result: &Value) -> bool {
    result.get("isError") == Some(&Value::Bool(true))
}

/// The JSON-RPC messages of an answer, batches taken apart.
fn messages(exchange: &ExchangeRecord) -> Vec<Value> {
    let body = &exchange.response_body;
    let texts = if media_type(exchange).as_deref() == Some(EVENT_STREAM) { events(body) } else { vec![body.clone()] };
    let unbatched = texts.iter().filter_map(|text| json(text)).flat_map(|message| match message {
        Value::Array(batch) => batch,
        message => vec![message],
    });
    unbatched.collect()
}

/// A field up to a token that is hidden in it. Scenarios call one token by several names; which it is, is told apart by the
/// words that it can be asked for with.
fn without_name(value: &str) -> &str {
    value.split("[redacted").next().unwrap_or_default()
}

/// The content without the ids of its messages, which count up, and without the texts in arguments, which are other ones
/// each time.
fn operation(body: &str) -> String {
    let Some(mut message) = json(body) else { return body.to_owned() };
    let all = match &mut message {
        Value::Array(batch) => batch.iter_mut().collect(),
        one => vec![one],
    };
    for one in all {
        if let Value::Object(members) = one {
            members.remove("id");
        }
        let arguments = one.pointer_mut("/params/arguments").and_then(Value::as_object_mut);
        for text in arguments.into_iter().flat_map(|arguments| arguments.values_mut()).filter(|value| value.is_string())
        {
            *text = Value::Null;
        }
    }
    message.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn exchange(status: Option<u16>, body: &str) -> ExchangeRecord {
        ExchangeRecord {
            number: 1,
            label: "tools/list".to_owned(),
            token: Some("an ID token".to_owned()),
            method: "POST".to_owned(),
            url: "http://localhost:8001/mcp".to_owned(),
            request_headers: vec![("mcp-session-id".to_owned(), "a".to_owned())],
            request_body: r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#.to_owned(),
            status,
            response_headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            response_body: body.to_owned(),
            failure: None,
            earlier: Vec::new(),
            edge: None,
            milliseconds: 1,
        }
    }

    #[rstest]
    #[case::a_result(Some(200), r#"{"result":{"tools":[]}}"#, Treatment::Served)]
    #[case::a_result_behind_a_refusal(Some(401), r#"{"result":{"tools":[]}}"#, Treatment::Served)]
    #[case::a_notification_that_is_taken_in(Some(202), "", Treatment::Served)]
    #[case::one_message_of_a_batch(Some(200), r#"[{"error":{"code":1}},{"result":{}}]"#, Treatment::Served)]
    #[case::an_error(Some(200), r#"{"error":{"code":-32001}}"#, Treatment::ErrorBehindSuccess)]
    #[case::a_tool_that_failed(Some(200), r#"{"result":{"isError":true}}"#, Treatment::ErrorBehindSuccess)]
    #[case::a_refusal(Some(401), r#"{"error":{"code":-32001}}"#, Treatment::Status(401))]
    #[case::a_failure(Some(500), "<h1>oops</h1>", Treatment::Status(500))]
    #[case::silence(None, "", Treatment::Unanswered)]
    fn an_answer_is_read_as_what_it_does(#[case] status: Option<u16>, #[case] body: &str, #[case] expected: Treatment) {
        assert_eq!(Treatment::of_guarded(&exchange(status, body)), Some(expected));
    }

    #[test]
    fn a_document_is_not_guarded() {
        let mut document = exchange(Some(200), "{}");
        document.method = "GET".to_owned();
        document.request_body = String::new();
        assert_eq!(Treatment::of_guarded(&document), None);
    }

    #[test]
    fn a_message_in_an_event_stream_is_read() {
        let mut streamed = exchange(Some(200), "data: {\"error\":{\"code\":1}}\n\n");
        streamed.response_headers = vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
        assert_eq!(Treatment::of(&streamed), Treatment::ErrorBehindSuccess);
    }

    #[test]
    fn what_counts_up_makes_no_other_kind_and_what_was_sent_does() {
        let one = exchange(Some(500), "");
        let mut again = one.clone();
        again.request_body = one.request_body.replace('7', "8");
        again.request_headers = vec![("mcp-session-id".to_owned(), "b".to_owned())];
        again.response_body = "another text".to_owned();
        assert_eq!(Kind::of(&one), Kind::of(&again));

        let call = |text: &str, name: &str| ExchangeRecord {
            request_headers: vec![("authorization".to_owned(), format!("Bearer [redacted: {name}]"))],
            request_body: format!(
                r#"{{"jsonrpc":"2.0","method":"tools/call","params":{{"name":"add","arguments":{{"text":"{text}"}}}}}}"#
            ),
            ..one.clone()
        };
        assert_eq!(Kind::of(&call("marker-1", "a token")), Kind::of(&call("marker-2", "the same token")));

        let other_token = ExchangeRecord { token: Some("a refresh token".to_owned()), ..one.clone() };
        let other_answer = ExchangeRecord { status: Some(403), ..one.clone() };
        let elsewhere = ExchangeRecord { url: format!("{}?a=b", one.url), ..one.clone() };
        for other in [other_token, other_answer, elsewhere] {
            assert_ne!(Kind::of(&one), Kind::of(&other));
        }
    }
}
