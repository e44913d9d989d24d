//! Whole sessions against an honest peer, at every revision.

use std::sync::Arc;

use crate::common::{Approving, Peers, value};
use reference_client::{Revision, connect};
use rstest::rstest;
use serde_json::{Map, json};

#[rstest]
#[case::v2025_03_26(Some("2025-03-26"), "2025-03-26")]
#[case::v2025_06_18(Some("2025-06-18"), "2025-06-18")]
#[case::v2025_11_25(Some("2025-11-25"), "2025-11-25")]
#[case::v2026_07_28(Some("2026-07-28"), "2026-07-28")]
#[case::newest(None, "2026-07-28")]
#[tokio::test]
async fn logs_in_lists_and_calls(#[case] asked: Option<&str>, #[case] spoken: &str) {
    let peers = Peers::start().await;
    let revision: Option<Revision> = asked.map(|text| text.parse().unwrap());

    let session = connect(peers.settings(revision), Arc::new(Approving::default())).await.unwrap();
    let tools = session.list_tools().await.unwrap();
    let answer = session.call_tool("get_time", Map::new()).await.unwrap();

    assert_eq!(session.revision(), spoken);
    assert_eq!(tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["add_note", "get_time"]);
    assert_eq!((answer.is_error, answer.text), (false, vec!["noon".to_owned()]));
    assert_eq!(peers.log.authorizations().len(), 1);
    session.close().await;
}

#[tokio::test]
async fn falls_back_to_the_handshake_with_an_older_server() {
    let peers = Peers::start().await;
    peers.resource.change(|script| script.old = true);

    let session = connect(peers.settings(None), Arc::new(Approving::default())).await.unwrap();

    assert_eq!(session.revision(), "2025-11-25");
    assert_eq!(peers.log.authorizations().len(), 1);
}

#[tokio::test]
async fn steps_up_once_and_repeats_the_call() {
    let peers = Peers::start().await;
    peers.resource.change(|script| {
        script.challenge[0].push_str(", scope=\"read\"");
        script.scopes.insert("add_note".to_owned(), "write".to_owned());
    });
    let session = connect(peers.settings(None), Arc::new(Approving::default())).await.unwrap();

    let arguments = json!({"text": "x"}).as_object().unwrap().clone();
    let answer = session.call_tool("add_note", arguments).await.unwrap();

    assert_eq!(answer.text, ["kept: x"]);
    let asked: Vec<_> = peers.log.authorizations().iter().map(|q| value(q, "scope").unwrap().to_owned()).collect();
    assert_eq!(asked, ["read", "read write"]);
}

#[test]
fn a_session_can_be_shared_between_tasks() {
    fn shareable<T: Send + Sync>() {}

    shareable::<reference_client::Session>();
}
