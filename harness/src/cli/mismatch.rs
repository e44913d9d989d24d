//! Why a TOML document does not fit a type, as data.
//!
//! The parser tells it in words, which repeat the value that does not fit, and that may be a secret. So a document that
//! was refused is deserialized once more by serde alone, with an error type that is told the kind of each mismatch.
//! Where in the document it is, the parser knows; here there are no places.

use super::nearest::nearest;
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{DeserializeOwned, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};
use std::fmt;
use toml::{Table, Value};

/// Why a document does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// A key that the type has not.
    UnknownKey {
        key: String,
        /// Those that it has.
        known: &'static [&'static str],
    },
    /// A value that does not fit. It is not repeated.
    Value {
        /// What would have fitted.
        expected: String,
    },
    /// Anything else, such as a key that is missing or a URL that is none, in the words of the type, which may repeat
    /// the value.
    Other(String),
}

impl Mismatch {
    /// The first mismatch of `document` with `T`.
    pub(super) fn find<T: DeserializeOwned>(document: &Table) -> Option<Self> {
        T::deserialize(Node(Value::Table(document.clone()))).err()
    }

    /// The key that was probably meant, where one is unknown.
    pub(super) fn suggestion(&self) -> Option<String> {
        let Self::UnknownKey { key, known } = self else { return None };
        let near = nearest(key, known.iter().copied(), 1);
        near.first().map(|near| format!("did you mean `{near}`?"))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { key, .. } => write!(f, "unknown key `{key}`"),
            Self::Value { expected } => write!(f, "another value than expected, which is {expected}"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    fn custom<T: fmt::Display>(words: T) -> Self {
        Self::Other(words.to_string())
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::UnknownKey { key: key.to_owned(), known }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Value { expected: expected.to_string() }
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Value { expected: expected.to_string() }
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        let quoted: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
        let expected = match quoted.as_slice() {
            [first, second] => format!("{first} or {second}"),
            [] | [_] => quoted.concat(),
            several => format!("one of {}", several.join(", ")),
        };
        Self::Value { expected }
    }
}

/// A value of the document.
struct Node(Value);

impl IntoDeserializer<'_, Mismatch> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Boolean(value) => visitor.visit_bool(value),
            Value::Integer(value) => visitor.visit_i64(value),
            Value::Float(value) => visitor.visit_f64(value),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Node))),
            Value::Table(table) => {
                visitor.visit_map(MapDeserializer::new(table.into_iter().map(|(key, value)| (key, Node(value)))))
            }
            Value::Datetime(_) => Err(Mismatch::invalid_type(Unexpected::Other("date"), &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    /// No file has anything but names in the place of a choice.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(StringDeserializer::new(name)),
            _ => Err(Mismatch::Value { expected: "a string".to_owned() }),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;
    use serde::Deserialize;
    use url::Url;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Way {
        First,
        Second,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        port: Option<u16>,
        way: Option<Way>,
        url: Option<Url>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Document {
        name: String,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    fn found(text: &str) -> Option<Mismatch> {
        Mismatch::find::<Document>(&text.parse().unwrap())
    }

    #[rstest]
    #[case::another_type("name = [\"s3cret\"]", "a string")]
    #[case::a_date("name = 2026-11-30", "a string")]
    #[case::out_of_range("name = \"n\"\n[[inner]]\nport = 70000", "u16")]
    #[case::another_name("name = \"n\"\n[[inner]]\nway = \"s3cret\"", "`first` or `second`")]
    fn a_value_is_told_by_what_would_have_fitted(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(found(text), Some(Mismatch::Value { expected: expected.to_owned() }));
    }

    #[test]
    fn an_unknown_key_comes_with_those_that_there_are() {
        let mismatch = found("name = \"n\"\n[[inner]]\nprot = 1").unwrap();
        assert_eq!(mismatch, Mismatch::UnknownKey { key: "prot".to_owned(), known: &["port", "way", "url"] });
        assert_eq!(mismatch.suggestion().as_deref(), Some("did you mean `port`?"));
    }

    #[test]
    fn what_fits_is_no_mismatch_and_what_is_missing_is_named() {
        assert_eq!(found("name = \"n\"\n[[inner]]\nport = 1\nway = \"first\"\nurl = \"http://h/\""), None);
        assert_eq!(found(""), Some(Mismatch::Other("missing field `name`".to_owned())));
        let url = found("name = \"n\"\n[[inner]]\nurl = \"h\"").unwrap();
        assert!(url.to_string().starts_with("relative URL without a base"), "{url}");
    }
}
