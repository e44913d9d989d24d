//! Members of a request, read by name and checked against the constraints of the service model.

use serde_json::{Map, Value};

use super::error::{ApiError, ErrorKind};

/// A JSON object of a request: the whole input or a structure in it. Members that nobody asks for are ignored, as on AWS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a>(&'a Map<String, Value>);

/// What a string member must look like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    /// The expression that the error text quotes.
    pub(crate) expression: &'static str,
    pub(crate) max: usize,
    pub(crate) allows: fn(char) -> bool,
}

/// Names of pools, clients and resource servers.
pub(crate) const NAME: Pattern = Pattern {
    expression: r"[\w\s+=,.@-]+",
    max: 128,
    allows: |c| c.is_ascii_alphanumeric() || c == '_' || c.is_ascii_whitespace() || "+=,.@-".contains(c),
};

/// User names: anything printable.
pub(crate) const USERNAME: Pattern = Pattern {
    expression: r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+",
    max: 128,
    allows: |c| !c.is_whitespace() && !c.is_control(),
};

impl<'a> Input<'a> {
    pub(crate) fn of(value: &'a Value) -> Result<Self, ApiError> {
        value.as_object().map(Self).ok_or_else(|| serialization("expected a structure"))
    }

    pub(crate) fn text(self, member: &str) -> Result<Option<&'a str>, ApiError> {
        self.read(member, "a string", Value::as_str)
    }

    pub(crate) fn required_text(self, member: &str) -> Result<&'a str, ApiError> {
        self.text(member)?.ok_or_else(|| ApiError::constraint(member, "null", "not be null"))
    }

    /// A required string that keeps to a pattern.
    pub(crate) fn required_match(self, member: &str, pattern: Pattern) -> Result<&'a str, ApiError> {
        let value = self.required_text(member)?;
        if value.is_empty() {
            return Err(ApiError::constraint(member, "''", "have length greater than or equal to 1"));
        }
        if value.chars().count() > pattern.max {
            return Err(too_long(member, value, pattern.max));
        }
        if !value.chars().all(pattern.allows) {
            return Err(mismatch(member, value, pattern.expression));
        }
        Ok(value)
    }

    pub(crate) fn flag(self, member: &str) -> Result<Option<bool>, ApiError> {
        self.read(member, "a boolean", Value::as_bool)
    }

    pub(crate) fn integer(self, member: &str) -> Result<Option<i64>, ApiError> {
        self.read(member, "an integer", Value::as_i64)
    }

    /// An integer within bounds, if there is one.
    pub(crate) fn integer_within(self, member: &str, min: i64, max: i64) -> Result<Option<i64>, ApiError> {
        let Some(value) = self.integer(member)? else { return Ok(None) };
        if value < min {
            let constraint = format!("have value greater than or equal to {min}");
            return Err(ApiError::constraint(member, &quoted(&value.to_string()), &constraint));
        }
        if value > max {
            let constraint = format!("have value less than or equal to {max}");
            return Err(ApiError::constraint(member, &quoted(&value.to_string()), &constraint));
        }
        Ok(Some(value))
    }

    /// A list of strings; empty when the member is missing.
    pub(crate) fn texts(self, member: &str) -> Result<Vec<&'a str>, ApiError> {
        let wrong = || serialization(&format!("{member} must be a list of strings"));
        self.list(member)?.iter().map(|item| item.as_str().ok_or_else(wrong)).collect()
    }

    /// A list of structures; empty when the member is missing.
    pub(crate) fn structures(self, member: &str) -> Result<Vec<Input<'a>>, ApiError> {
        self.list(member)?.iter().map(Input::of).collect()
    }

    pub(crate) fn structure(self, member: &str) -> Result<Option<Input<'a>>, ApiError> {
        match self.0.get(member) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => Input::of(value).map(Some),
        }
    }

    pub(crate) fn has(self, member: &str) -> bool {
        self.0.get(member).is_some_and(|value| !value.is_null())
    }

    /// All members of a map of strings.
    pub(crate) fn entries(self) -> Result<Vec<(&'a str, &'a str)>, ApiError> {
        let wrong = || serialization("expected a map of strings");
        self.0.iter().map(|(name, value)| Ok((name.as_str(), value.as_str().ok_or_else(wrong)?))).collect()
    }

    /// Copies of the named members, as they came.
    pub(crate) fn copies(self, members: &[&str]) -> Map<String, Value> {
        members.iter().filter_map(|member| Some(((*member).to_owned(), self.0.get(*member)?.clone()))).collect()
    }

    fn list(self, member: &str) -> Result<&'a [Value], ApiError> {
        Ok(self.read(member, "a list", Value::as_array)?.map_or(&[], Vec::as_slice))
    }

    fn read<T>(self, member: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, ApiError> {
        match self.0.get(member) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| serialization(&format!("{member} must be {kind}"))),
        }
    }
}

/// A string member that is none of the values of its enumeration.
pub(crate) fn not_in_enum(member: &str, value: &str, values: &[&str]) -> ApiError {
    ApiError::constraint(member, &quoted(value), &format!("satisfy enum value set: [{}]", values.join(", ")))
}

pub(crate) fn mismatch(member: &str, value: &str, expression: &str) -> ApiError {
    ApiError::constraint(member, &quoted(value), &format!("satisfy regular expression pattern: {expression}"))
}

pub(crate) fn too_long(member: &str, value: &str, max: usize) -> ApiError {
    ApiError::constraint(member, &quoted(value), &format!("have length less than or equal to {max}"))
}

fn quoted(value: &str) -> String {
    format!("'{value}'")
}

fn serialization(message: &str) -> ApiError {
    ApiError::new(ErrorKind::SerializationException, message)
}
