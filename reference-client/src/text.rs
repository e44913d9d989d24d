//! Text that came from outside, made fit to be shown on a terminal.

/// The longest piece of foreign text that is shown, in characters.
const LONGEST: usize = 200;

/// Keeps the printable ASCII that RFC 6749 section 5.2 allows in `error` and `error_description` and cuts the rest off, so
/// that a peer can neither move the cursor of a terminal nor flood it.
pub(crate) fn printable(foreign: &str) -> String {
    foreign.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).take(LONGEST).collect()
}

/// Shows an identifier that a reader has to tell from others: what [`printable`] leaves out is written as an escape.
pub(crate) fn escaped(foreign: &str) -> String {
    let mut shown = String::new();
    for c in foreign.chars().take(LONGEST) {
        match c {
            '"' | '\\' => shown.extend(c.escape_default()),
            ' '..='~' => shown.push(c),
            other => shown.extend(other.escape_default()),
        }
    }
    if foreign.chars().nth(LONGEST).is_some() {
        shown.push_str("...");
    }
    shown
}

/// The same for what an MCP server answers: line breaks, tabs and letters of every script stay, control characters go.
pub(crate) fn without_controls(foreign: &str) -> String {
    foreign.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}
