//! The record itself, for machines.

use crate::record::RunRecord;

pub(super) fn render(record: &RunRecord) -> String {
    // Strings, numbers and lists have no way to fail.
    let mut text = serde_json::to_string_pretty(record).unwrap_or_default();
    text.push('\n');
    text
}
