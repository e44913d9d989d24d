//! Server-sent events, as far as MCP uses them: the `data` of each complete event.

/// The data of every complete event in `text`.
#[must_use]
pub fn events(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let Some(end) = text.rfind("\n\n") else { return Vec::new() };
    text[..end].split("\n\n").filter_map(event_data).collect()
}

/// The ids of the complete events in `text` that have one.
#[must_use]
pub fn event_ids(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let Some(end) = text.rfind("\n\n") else { return Vec::new() };
    let ids = text[..end].lines().filter_map(|line| line.strip_prefix("id:"));
    ids.map(|id| id.strip_prefix(' ').unwrap_or(id).to_owned()).collect()
}

/// Whether `text` holds an event with a JSON-RPC answer, after which a stream that answers a POST has nothing to add; or
/// one that elicits something, after which the server waits.
pub(super) fn holds_an_answer(text: &str) -> bool {
    events(text).iter().any(|data| {
        serde_json::from_str::<serde_json::Value>(data).is_ok_and(|message| {
            message.get("result").is_some()
                || message.get("error").is_some()
                || message.get("method").is_some_and(|method| method == "elicitation/create")
        })
    })
}

fn event_data(event: &str) -> Option<String> {
    let lines: Vec<_> = event
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|data| data.strip_prefix(' ').unwrap_or(data))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_data_of_complete_events_only() {
        let text = "id: 0\nretry: 3000\n\ndata: {\"a\":\ndata: 1}\r\n\r\ndata: half";
        assert_eq!(events(text), ["{\"a\":\n1}"]);
    }

    #[test]
    fn reads_the_ids_of_complete_events_only() {
        assert_eq!(event_ids("id: a/0\ndata: \n\nid:a/1\r\ndata: {}\r\n\r\nid: half"), ["a/0", "a/1"]);
    }

    #[test]
    fn notices_a_json_rpc_answer() {
        assert!(!holds_an_answer("data: {\"method\":\"notifications/progress\"}\n\n"));
        assert!(holds_an_answer("data: {\"id\":1,\"result\":{}}\n\n"));
    }
}
