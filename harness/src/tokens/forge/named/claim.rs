//! Claims × shapes: each claim in each shape that a careless reader of JSON might take for something else. The names
//! are `a token without iss` and `a token whose iss is null`.

use super::{Alteration, Forgery};
use crate::tokens::forge::{Draft, Facts};
use serde_json::{Value, json};
use std::borrow::Cow;

/// What a claim holds in genuine tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Time,
}

/// A claim that something depends on.
#[derive(Clone, Copy)]
pub(crate) struct Claim {
    name: &'static str,
    /// How it is called in names of forgeries.
    word: &'static str,
    kind: Kind,
}

/// What becomes of a claim.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Absent,
    Null,
    Boolean,
    Number,
    Object,
    ArrayOfOne,
    EmptyArray,
    EmptyString,
    UpperCase,
    Longer,
    Shorter,
    WithSlash,
    LookAlike,
    Digits,
    Negative,
    Fraction,
    Huge,
}

const CLAIMS: [Claim; 10] = [
    Claim { name: "aud", word: "audience", kind: Kind::Text },
    text("client_id"),
    time("exp"),
    time("iat"),
    text("iss"),
    text("jti"),
    time("nbf"),
    text("scope"),
    text("sub"),
    text("token_use"),
];

const SHAPES: [(Shape, &str); 16] = [
    (Shape::Null, "null"),
    (Shape::Boolean, "true"),
    (Shape::Number, "a number"),
    (Shape::Object, "an object"),
    (Shape::ArrayOfOne, "an array of one"),
    (Shape::EmptyArray, "an empty array"),
    (Shape::EmptyString, "an empty string"),
    (Shape::UpperCase, "in upper case"),
    (Shape::Longer, "longer by a letter"),
    (Shape::Shorter, "shorter by a letter"),
    (Shape::WithSlash, "followed by a slash"),
    (Shape::LookAlike, "spelt with a look-alike letter"),
    (Shape::Digits, "a string of digits"),
    (Shape::Negative, "negative"),
    (Shape::Fraction, "a fraction"),
    (Shape::Huge, "a huge number"),
];

const fn text(name: &'static str) -> Claim {
    Claim { name, word: name, kind: Kind::Text }
}

const fn time(name: &'static str) -> Claim {
    Claim { name, word: name, kind: Kind::Time }
}

pub(crate) fn forgeries() -> impl Iterator<Item = Forgery> {
    CLAIMS.into_iter().flat_map(|claim| {
        let shaped = SHAPES.into_iter().filter(move |(shape, _)| shape.fits(claim.kind));
        let shaped =
            shaped.map(move |(shape, words)| named(format!("a token whose {} is {words}", claim.word), claim, shape));
        // Genuine tokens have no nbf that could be left out, and the article before `audience` needs a name by hand.
        let leavable = !matches!(claim.name, "aud" | "nbf");
        let absent = leavable.then(|| named(format!("a token without {}", claim.word), claim, Shape::Absent));
        shaped.chain(absent)
    })
}

fn named(name: String, claim: Claim, shape: Shape) -> Forgery {
    Forgery { name: Cow::Owned(name), alteration: Alteration::Claim(claim, shape) }
}

impl Shape {
    /// Whether the shape is another one than that of genuine tokens.
    fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Number | Self::UpperCase | Self::Longer | Self::Shorter | Self::WithSlash | Self::LookAlike => {
                kind == Kind::Text
            }
            Self::Digits | Self::Negative | Self::Fraction | Self::Huge => kind == Kind::Time,
            _ => true,
        }
    }

    /// Gives `claim` this shape.
    pub(crate) fn give(self, claim: Claim, draft: &mut Draft, facts: &Facts) {
        let genuine = draft.claims.get(claim.name).cloned().unwrap_or_else(|| facts.now.into());
        let as_text = genuine.as_str().unwrap_or_default();
        let value = match self {
            Self::Absent => return draft.without(claim.name),
            Self::Null => Value::Null,
            Self::Boolean => Value::Bool(true),
            Self::Number => 1.into(),
            Self::Object => json!({ "value": genuine }),
            Self::ArrayOfOne => json!([genuine]),
            Self::EmptyArray => json!([]),
            Self::EmptyString => "".into(),
            Self::UpperCase => as_text.to_uppercase().into(),
            Self::Longer => format!("{as_text}x").into(),
            Self::Shorter => as_text.get(..as_text.len().saturating_sub(1)).unwrap_or_default().into(),
            Self::WithSlash => format!("{as_text}/").into(),
            Self::LookAlike => look_alike(as_text).into(),
            Self::Digits => "9999999999".into(),
            Self::Negative => (-1).into(),
            Self::Fraction => (genuine.as_f64().unwrap_or_default() + 0.5).into(),
            Self::Huge => 1e30.into(),
        };
        draft.claim(claim.name, value);
    }
}

/// The text with its first letter that has a double in the Cyrillic alphabet replaced by it.
fn look_alike(text: &str) -> String {
    let doubles = [('a', 'а'), ('c', 'с'), ('e', 'е'), ('i', 'і'), ('o', 'о'), ('p', 'р'), ('s', 'ѕ'), ('x', 'х')];
    let double = |letter| doubles.into_iter().find(|(latin, _)| *latin == letter).map(|(_, cyrillic)| cyrillic);
    match text.char_indices().find_map(|(at, letter)| double(letter).map(|double| (at, double))) {
        Some((at, double)) => format!("{}{double}{}", &text[..at], &text[at + 1..]),
        None => format!("{text}\u{200b}"),
    }
}
