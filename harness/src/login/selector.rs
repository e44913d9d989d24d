//! CSS selectors, as far as a page that was read without a tree can answer them: lists of compound selectors made of a
//! name, ids, classes and attributes (Selectors Level 3).

use std::collections::BTreeMap;

/// The selector needs more than one element to be looked at at a time, or is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable;

/// A list of compound selectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector(Vec<Compound>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Compound {
    tag: Option<String>,
    attributes: Vec<(String, Test)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Present,
    Is(String),
    HasWord(String),
    Begins(String),
    Ends(String),
    Holds(String),
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// When it has combinators, pseudo-classes, escapes, or is no selector.
    pub(super) fn parse(text: &str) -> Result<Self, Unreadable> {
        let compounds: Result<Vec<_>, _> = split_list(text).into_iter().map(|part| compound(part.trim())).collect();
        compounds.map(Self)
    }

    /// Whether an element with this name and these attributes is selected.
    pub(super) fn selects(&self, tag: &str, attributes: &BTreeMap<String, String>) -> bool {
        self.0.iter().any(|compound| compound.selects(tag, attributes))
    }
}

impl Compound {
    fn selects(&self, tag: &str, attributes: &BTreeMap<String, String>) -> bool {
        let named = self.tag.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(tag));
        named && self.attributes.iter().all(|(name, test)| attributes.get(name).is_some_and(|value| test.passes(value)))
    }
}

impl Test {
    fn passes(&self, value: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Is(wanted) => value == wanted,
            Self::HasWord(wanted) => value.split_whitespace().any(|word| word == wanted),
            Self::Begins(wanted) => !wanted.is_empty() && value.starts_with(wanted),
            Self::Ends(wanted) => !wanted.is_empty() && value.ends_with(wanted),
            Self::Holds(wanted) => !wanted.is_empty() && value.contains(wanted),
        }
    }
}

/// The members of a list; commas in brackets separate nothing.
fn split_list(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut members = vec![];
    let mut from = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            ',' if !inside => {
                members.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    members.push(&text[from..]);
    members
}

fn compound(text: &str) -> Result<Compound, Unreadable> {
    let (tag, mut rest) = identifier(text);
    let mut found = Compound { tag: (!tag.is_empty()).then(|| tag.to_owned()), attributes: Vec::new() };
    if let Some(after) = rest.strip_prefix('*').filter(|_| tag.is_empty()) {
        rest = after;
    }
    while let Some(mark) = rest.chars().next() {
        let after = &rest[mark.len_utf8()..];
        let (name, test, left) = match mark {
            '#' | '.' => {
                let (word, left) = identifier(after);
                if word.is_empty() {
                    return Err(Unreadable);
                }
                let (name, test) = if mark == '#' {
                    ("id", Test::Is(word.to_owned()))
                } else {
                    ("class", Test::HasWord(word.to_owned()))
                };
                (name.to_owned(), test, left)
            }
            '[' => attribute(after)?,
            _ => return Err(Unreadable),
        };
        found.attributes.push((name, test));
        rest = left;
    }
    if text.is_empty() { Err(Unreadable) } else { Ok(found) }
}

type Operator = (&'static str, fn(String) -> Test);

const OPERATORS: [Operator; 5] =
    [("=", Test::Is), ("~=", Test::HasWord), ("^=", Test::Begins), ("$=", Test::Ends), ("*=", Test::Holds)];

/// What stands in brackets, after the first one; and what comes behind the second.
fn attribute(text: &str) -> Result<(String, Test, &str), Unreadable> {
    let (inside, left) = text.split_once(']').ok_or(Unreadable)?;
    let (name, rest) = identifier(inside.trim());
    if name.is_empty() {
        return Err(Unreadable);
    }
    let rest = rest.trim();
    let test = match OPERATORS.iter().find_map(|(sign, test)| Some((rest.strip_prefix(sign)?.trim(), test))) {
        Some((value, test)) => test(unquoted(value)?),
        None if rest.is_empty() => Test::Present,
        None => return Err(Unreadable),
    };
    Ok((name.to_ascii_lowercase(), test, left))
}

fn unquoted(value: &str) -> Result<String, Unreadable> {
    let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    match quoted {
        Some(inside) if !inside.contains(['"', '\'', '\\']) => Ok(inside.to_owned()),
        None if !value.is_empty() && identifier(value).1.is_empty() => Ok(value.to_owned()),
        _ => Err(Unreadable),
    }
}

fn identifier(text: &str) -> (&str, &str) {
    let end =
        text.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '_'))).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn input() -> BTreeMap<String, String> {
        let pairs =
            [("id", "idp-user"), ("class", "big blue"), ("name", "identifier"), ("type", "text"), ("required", "")];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[rstest]
    #[case("input", true)]
    #[case("*", true)]
    #[case("#idp-user", true)]
    #[case("INPUT#idp-user.blue", true)]
    #[case(".big.blue[required]", true)]
    #[case("input[name=\"identifier\"]", true)]
    #[case("input[ name = identifier ][type='text']", true)]
    #[case("[name^=ident][name$=fier][name*=tif][class~=big]", true)]
    #[case("#other, [name='identifier']", true)]
    #[case("button", false)]
    #[case("#idp", false)]
    #[case(".bi", false)]
    #[case("[name=ident]", false)]
    #[case("[name='a,b']", false)]
    fn selects_by_name_id_class_and_attributes(#[case] selector: &str, #[case] selects: bool) {
        assert_eq!(Selector::parse(selector).unwrap().selects("input", &input()), selects);
    }

    #[rstest]
    #[case("form input")]
    #[case("form > input")]
    #[case("input:not([type=hidden])")]
    #[case("input:focus")]
    #[case("#a\\:b")]
    #[case("[name")]
    #[case("")]
    #[case("#")]
    #[case("a,")]
    fn says_that_it_cannot_read_the_rest(#[case] selector: &str) {
        assert_eq!(Selector::parse(selector), Err(Unreadable));
    }
}
