//! How much of a page is read, and so what reading it may cost.
//!
//! A page comes from the party that is looked at and may be anything. Browsers have limits of their own; these are those
//! of a reader that only wants forms and words. Looks at characters, and does not know what they mean.

/// How long the text of a page may be, in bytes; the rest is not read. Login pages are a tenth of it.
pub const PAGE_LIMIT: usize = 1 << 20;

/// How many elements a page may have; the rest is not read.
pub(super) const ELEMENTS: usize = 50_000;

/// How deep elements may be nested, as in browsers; what comes behind is not read.
pub(super) const DEPTH: usize = 512;

/// How many attributes one tag may have, and all tags of a page. The parser compares each with each of the same tag.
const ATTRIBUTES: usize = 1_000;
const ALL_ATTRIBUTES: usize = 50_000;

/// The part of a text that is read.
pub(super) fn readable(text: &str) -> &str {
    let text = &text[..text.floor_char_boundary(PAGE_LIMIT)];
    let mut all = 0;
    let mut at = 0;
    while let Some(tag) = next_tag(text, at) {
        all += tag.words;
        if tag.words > ATTRIBUTES || all > ALL_ATTRIBUTES {
            return &text[..tag.from];
        }
        at = match tag.name(text) {
            name if name.eq_ignore_ascii_case("script") => end_of(text, tag.end, "</script"),
            name if name.eq_ignore_ascii_case("style") => end_of(text, tag.end, "</style"),
            _ => tag.end,
        };
    }
    text
}

/// Where a tag stands, and how many words are in it outside of quotes: at least as many as it has attributes.
struct Tag {
    from: usize,
    end: usize,
    words: usize,
}

impl Tag {
    fn name<'a>(&self, text: &'a str) -> &'a str {
        let inside = text.get(self.from + 1..self.end).unwrap_or_default();
        inside.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default()
    }
}

/// The first tag that opens an element, at or behind `at`.
fn next_tag(text: &str, at: usize) -> Option<Tag> {
    let bytes = text.as_bytes();
    let opens = |from: &usize| bytes[*from] == b'<' && bytes.get(from + 1).is_some_and(u8::is_ascii_alphabetic);
    let from = (at..bytes.len()).find(opens)?;
    let (mut words, mut in_word, mut has_equals, mut quote) = (0, false, false, None);
    for (end, byte) in bytes.iter().enumerate().skip(from + 1) {
        match byte {
            closing if quote == Some(closing) => (quote, in_word) = (None, false),
            _ if quote.is_some() => {}
            b'>' => return Some(Tag { from, end: end + 1, words }),
            b'"' | b'\'' if has_equals => quote = Some(byte),
            b'=' => has_equals = true,
            b'/' => in_word = false,
            space if space.is_ascii_whitespace() => in_word = false,
            _ => {
                words += usize::from(!in_word);
                (in_word, has_equals) = (true, false);
            }
        }
    }
    Some(Tag { from, end: bytes.len(), words })
}

/// Where the next end tag stands that begins like this; the end of the text where there is none.
fn end_of(text: &str, at: usize, tag: &str) -> usize {
    let rest = &text.as_bytes()[at..];
    let found = rest.windows(tag.len()).position(|part| part.eq_ignore_ascii_case(tag.as_bytes()));
    found.map_or(text.len(), |found| at + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(count: usize) -> String {
        (0..count).map(|number| format!(" a{number}")).collect()
    }

    #[test]
    fn an_ordinary_page_is_read_to_its_end() {
        let words = "word ".repeat(2 * ATTRIBUTES);
        for page in [
            "<p class=a id = 'b'>Text</p><br/>".to_owned(),
            format!("<img alt=\"{words}\"><p data-a='{words}'>{words}<i>"),
            format!("<script>if (i <n) {{ {words} }}</script><STYLE>a <b {words}</STYLE><p>"),
            format!("1 < 2 {words}"),
        ] {
            assert_eq!(readable(&page), page);
        }
    }

    #[test]
    fn a_page_is_cut_off_before_a_tag_with_too_many_attributes() {
        let page = format!("<form><input{}><p>", attributes(2 * ATTRIBUTES));
        assert_eq!(readable(&page), "<form>");
        assert_eq!(readable(&page.replace('>', "")), "");
        let many = format!("<p{}>", attributes(ATTRIBUTES / 2)).repeat(2 * ALL_ATTRIBUTES / ATTRIBUTES + 1);
        assert!(readable(&many).len() < many.len());
    }

    #[test]
    fn a_page_is_cut_off_where_it_is_too_long_but_within_no_letter() {
        let page = format!("a{}", "ä".repeat(PAGE_LIMIT));
        assert_eq!(readable(&page).len(), PAGE_LIMIT - 1);
    }
}
