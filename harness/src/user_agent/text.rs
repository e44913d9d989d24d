//! The text that a user sees of a page or of a part of it.
//!
//! Without style sheets and scripts: what a style sheet hides counts as seen, and what a script writes is not there.

use scraper::ElementRef;

use super::tree::{Met, walk};

/// Elements whose text is not shown: by the rules for all browsers, or because this browser runs scripts for all the
/// user knows.
const UNSEEN: [&str; 8] = ["iframe", "noembed", "noframes", "noscript", "script", "style", "template", "title"];

/// Elements that stand in the middle of a word as well as between words; all others separate words.
const INLINE: [&str; 27] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr",
];

/// A text with each stretch of white space as one space, and none at its ends.
#[must_use]
pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether nothing of an element is shown.
pub(super) fn is_unseen(element: ElementRef<'_>) -> bool {
    let name = element.value().name();
    // The content of a declared shadow root is shown, in contrast to that of other templates.
    UNSEEN.contains(&name) && !(name == "template" && element.attr("shadowrootmode").is_some())
}

/// The text of an element as it is seen, folded.
pub(super) fn seen(element: ElementRef<'_>) -> String {
    seen_up_to(usize::MAX, element)
}

/// The same for what is called by its text, a button or a label, of which a page may have many around each other; a name
/// ends somewhere.
pub(super) fn name_of(element: ElementRef<'_>) -> String {
    const LONGEST: usize = 1_000;
    seen_up_to(LONGEST, element)
}

fn seen_up_to(limit: usize, element: ElementRef<'_>) -> String {
    let mut text = String::new();
    walk(element, |met| match met {
        Met::Text(more) => {
            let room = limit.saturating_sub(text.len());
            text.push_str(&more[..more.floor_char_boundary(room)]);
            true
        }
        Met::Begin(inner) => {
            separate(&mut text, inner);
            !is_unseen(inner)
        }
        Met::End(inner) => {
            separate(&mut text, inner);
            true
        }
    });
    folded(&text)
}

fn separate(text: &mut String, element: ElementRef<'_>) {
    if !INLINE.contains(&element.value().name()) && !text.ends_with(' ') {
        text.push(' ');
    }
}
