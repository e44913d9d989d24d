//! Text on a terminal: wrapped at words, painted where colours are shown, and free of what a terminal would obey.

use super::Look;
use std::borrow::Cow;
use std::fmt::Write as _;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

pub(crate) const BOLD: &str = "1";
pub(crate) const DIM: &str = "2";
pub(crate) const RED: &str = "31";
pub(crate) const GREEN: &str = "32";
pub(crate) const YELLOW: &str = "33";

/// The narrowest column that text is wrapped in.
const NARROWEST: usize = 20;

pub(crate) fn paint(look: Look, code: &str, text: &str) -> String {
    if look.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// A text behind a lead, wrapped at words; further lines stand below its beginning.
pub(crate) fn line(text: &mut String, look: Look, lead: &str, content: &str) {
    let indent = " ".repeat(lead.chars().count());
    let content = printable(content);
    let room = look.width.saturating_sub(indent.len());
    for (index, row) in wrapped(&content, room).into_iter().enumerate() {
        let _ = writeln!(text, "{}{row}", if index == 0 { lead } else { &indent });
    }
}

/// The rows of a text, at least one. Words that do not fit are broken; ids and URLs stay whole at their hyphens.
pub(crate) fn wrapped(text: &str, room: usize) -> Vec<Cow<'_, str>> {
    // Said and not left to the features of the library, which other crates turn on.
    let options = Options::new(room.max(NARROWEST))
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text.trim(), options)
}

/// What a subject says may hold anything, also what moves the cursor or paints a lie.
pub(crate) fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

pub(crate) fn clipped(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut clipped: String = text.chars().take(room.saturating_sub(1)).collect();
    clipped.push('…');
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::short("a few words", &["a few words"])]
    #[case::at_a_word("words that are wrapped at a word", &["words that are", "wrapped at a word"])]
    #[case::at_no_hyphen("the rules are RS-TOKEN-05 and another", &["the rules are", "RS-TOKEN-05 and", "another"])]
    #[case::just_fitting("exactly twenty chars and more", &["exactly twenty chars", "and more"])]
    #[case::one_long_word("aVeryLongWordWithoutAnyBreak", &["aVeryLongWordWithout", "AnyBreak"])]
    #[case::wide_letters("ééééééééééééééééééééé", &["éééééééééééééééééééé", "é"])]
    #[case::nothing("", &[""])]
    fn wraps_at_words(#[case] text: &str, #[case] rows: &[&str]) {
        assert_eq!(wrapped(text, 20), rows);
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(printable("a\u{1b}[2Jb\rc"), "a\\u{1b}[2Jb\\rc");
    }
}
