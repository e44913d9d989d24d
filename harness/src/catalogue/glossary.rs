//! What the words of the features mean, as `features/README.md` says it: the steps, and the tokens that they send.
//!
//! Reads the tables of steps, and those that say of a name what it is or what is wrong with it. Their first column is
//! set in backquotes; words in capitals between the backquotes stand for anything. Knows nothing of what the words do.

/// The meanings of steps and names.
#[derive(Clone, Debug)]
pub struct Glossary {
    entries: Vec<Entry>,
}

/// A row: the fixed pieces of a phrase with something between each two, and what the phrase means.
#[derive(Clone, Debug)]
struct Entry {
    pieces: Vec<String>,
    meaning: String,
}

impl Glossary {
    /// The glossary in a text of Markdown.
    #[must_use]
    pub fn of(markdown: &str) -> Self {
        let mut entries = Vec::new();
        let mut gives_meanings = false;
        for row in markdown.lines() {
            match row.trim_matches('|').split_once('|').map(|(head, next)| (head.trim(), next.trim())) {
                Some(("Given" | "When" | "Then", _)) => gives_meanings = true,
                Some(("name", next)) => gives_meanings = next.starts_with("what"),
                _ => entries.extend(Entry::of(row).filter(|_| gives_meanings)),
            }
        }
        Self { entries }
    }

    /// Whether a row is about this phrase.
    #[must_use]
    pub fn has(&self, phrase: &str) -> bool {
        self.entry(phrase).is_some()
    }

    /// What a phrase means; `None` where no row says so.
    #[must_use]
    pub fn meaning(&self, phrase: &str) -> Option<&str> {
        let meaning = self.entry(phrase)?.meaning.as_str();
        (!meaning.is_empty() && !meaning.starts_with("the same")).then_some(meaning)
    }

    /// The row that leaves the least of the phrase open.
    fn entry(&self, phrase: &str) -> Option<&Entry> {
        self.entries.iter().filter(|entry| entry.fits(phrase)).max_by_key(|entry| entry.fixed())
    }
}

impl Entry {
    fn of(row: &str) -> Option<Self> {
        let mut cells = row.strip_prefix("| ")?.split('|').map(str::trim);
        let pieces = pieces(cells.next()?)?;
        Some(Self { pieces, meaning: cells.next()?.to_owned() })
    }

    fn fixed(&self) -> usize {
        self.pieces.iter().map(String::len).sum()
    }

    fn fits(&self, phrase: &str) -> bool {
        let [first, rest @ ..] = self.pieces.as_slice() else { return false };
        let Some(open) = phrase.strip_prefix(first.as_str()) else { return false };
        let [middle @ .., last] = rest else { return open.is_empty() };
        let Some(mut open) = open.strip_suffix(last.as_str()) else { return false };
        for piece in middle {
            match open.split_once(piece.as_str()) {
                Some((before, after)) if !before.is_empty() => open = after,
                _ => return false,
            }
        }
        !open.is_empty()
    }
}

/// The pieces of a cell such as `` `the answer is` STATUS ``; `None` when it is something else.
fn pieces(cell: &str) -> Option<Vec<String>> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    let mut any = false;
    for part in cell.split('`') {
        let open = part.trim();
        match pieces.last_mut() {
            Some(piece) if quoted || open.is_empty() => piece.push_str(part),
            Some(piece) if open.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' ') => {
                let (before, after) = part.split_once(open)?;
                piece.push_str(before);
                pieces.push(after.to_owned());
            }
            _ => return None,
        }
        any |= quoted;
        quoted = !quoted;
    }
    any.then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const TABLES: &str = "\
A word in `backquotes` outside of a table.

| Then | |
|---|---|
| `the answer is` STATUS | exactly this HTTP status |
| `the answer is` STATUS`, or 405` | with 405 the rule does not apply |
| OPERATION `is accepted with a valid token` | the control |
| `a client names` TOOL `in the header and` TOOL `in the body` | two tools |
| `a client says` FIELD VALUE | a header field |
| `nothing is served` | |
| `one`, `another` | two names in a cell |

| name | what is wrong | takes |
|---|---|---|
| `a token for another host` | `aud` is `https://other.example/mcp` | login |
| `a token for another port` | the same | login |

| name | where |
|---|---|
| `initialize` | revisions with a handshake |
";

    #[rstest]
    #[case("the answer is 401", Some("exactly this HTTP status"))]
    #[case("the answer is 401, or 405", Some("with 405 the rule does not apply"))]
    #[case("tools/list is accepted with a valid token", Some("the control"))]
    #[case("a client names this in the header and that in the body", Some("two tools"))]
    #[case("a client names this in the header and that", None)]
    #[case("a client says Host evil.example", Some("a header field"))]
    #[case("the answer is ", None)]
    #[case("nothing is served", None)]
    #[case("one", None)]
    #[case("initialize", None)]
    #[case("a token for another host", Some("`aud` is `https://other.example/mcp`"))]
    #[case("a token for another port", None)]
    #[case("a token for another", None)]
    fn the_row_that_fits_best_gives_the_meaning(#[case] phrase: &str, #[case] meaning: Option<&str>) {
        assert_eq!(Glossary::of(TABLES).meaning(phrase), meaning);
    }

    #[test]
    fn a_row_without_a_meaning_is_there_all_the_same() {
        assert!(Glossary::of(TABLES).has("nothing is served"));
        assert!(!Glossary::of(TABLES).has("something is served"));
    }
}
