//! Claims × shapes: each claim in each shape that a careless reader of JSON might take for something else. The names
//! are `a token without iss` and `a token whose iss is null`.

use super::{Alteration, Forgery};
use crate::tokens::forge::{Draft, Facts};
use serde_json::{Value, json};

/// The name of a claim that something depends on.
pub(crate) type Claim = &'static str;

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

/// A claim that is a text in genuine tokens, under the word that names of forgeries have for it; last the name of the token
/// that lacks it, where that belongs to the shapes.
macro_rules! text {
    ($claim:literal, $word:literal $(, $absent:literal)?) => {
        &[
            shaped($claim, Shape::Null, concat!("a token whose ", $word, " is null")),
            shaped($claim, Shape::Boolean, concat!("a token whose ", $word, " is true")),
            shaped($claim, Shape::Number, concat!("a token whose ", $word, " is a number")),
            shaped($claim, Shape::Object, concat!("a token whose ", $word, " is an object")),
            shaped($claim, Shape::ArrayOfOne, concat!("a token whose ", $word, " is an array of one")),
            shaped($claim, Shape::EmptyArray, concat!("a token whose ", $word, " is an empty array")),
            shaped($claim, Shape::EmptyString, concat!("a token whose ", $word, " is an empty string")),
            shaped($claim, Shape::UpperCase, concat!("a token whose ", $word, " is in upper case")),
            shaped($claim, Shape::Longer, concat!("a token whose ", $word, " is longer by a letter")),
            shaped($claim, Shape::Shorter, concat!("a token whose ", $word, " is shorter by a letter")),
            shaped($claim, Shape::WithSlash, concat!("a token whose ", $word, " is followed by a slash")),
            shaped($claim, Shape::LookAlike, concat!("a token whose ", $word, " is spelt with a look-alike letter")),
            $(shaped($claim, Shape::Absent, $absent),)?
        ]
    };
}

/// The same for a claim that is a time.
macro_rules! time {
    ($claim:literal, $word:literal $(, $absent:literal)?) => {
        &[
            shaped($claim, Shape::Null, concat!("a token whose ", $word, " is null")),
            shaped($claim, Shape::Boolean, concat!("a token whose ", $word, " is true")),
            shaped($claim, Shape::Object, concat!("a token whose ", $word, " is an object")),
            shaped($claim, Shape::ArrayOfOne, concat!("a token whose ", $word, " is an array of one")),
            shaped($claim, Shape::EmptyArray, concat!("a token whose ", $word, " is an empty array")),
            shaped($claim, Shape::EmptyString, concat!("a token whose ", $word, " is an empty string")),
            shaped($claim, Shape::Digits, concat!("a token whose ", $word, " is a string of digits")),
            shaped($claim, Shape::Negative, concat!("a token whose ", $word, " is negative")),
            shaped($claim, Shape::Fraction, concat!("a token whose ", $word, " is a fraction")),
            shaped($claim, Shape::Huge, concat!("a token whose ", $word, " is a huge number")),
            $(shaped($claim, Shape::Absent, $absent),)?
        ]
    };
}

// A token without an audience is made in `audience`.
pub(crate) const AUDIENCE: &[Forgery] = text!("aud", "audience");
pub(crate) const CLIENT_ID: &[Forgery] = text!("client_id", "client_id", "a token without client_id");
pub(crate) const EXP: &[Forgery] = time!("exp", "exp", "a token without exp");
pub(crate) const IAT: &[Forgery] = time!("iat", "iat", "a token without iat");
pub(crate) const ISS: &[Forgery] = text!("iss", "iss", "a token without iss");
pub(crate) const JTI: &[Forgery] = text!("jti", "jti", "a token without jti");
// Genuine tokens have no nbf that could be left out.
pub(crate) const NBF: &[Forgery] = time!("nbf", "nbf");
pub(crate) const SCOPE: &[Forgery] = text!("scope", "scope", "a token without scope");
pub(crate) const SUB: &[Forgery] = text!("sub", "sub", "a token without sub");
pub(crate) const TOKEN_USE: &[Forgery] = text!("token_use", "token_use", "a token without token_use");

const fn shaped(claim: Claim, shape: Shape, name: &'static str) -> Forgery {
    Forgery::new(name, Alteration::Claim(claim, shape))
}

impl Shape {
    /// Gives `claim` this shape.
    pub(crate) fn give(self, claim: Claim, draft: &mut Draft, facts: &Facts) {
        let genuine = draft.claims.get(claim).cloned().unwrap_or_else(|| facts.now.into());
        let as_text = genuine.as_str().unwrap_or_default();
        let value = match self {
            Self::Absent => return draft.without(claim),
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
        draft.claim(claim, value);
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
