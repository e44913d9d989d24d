//! Listings in pages: `MaxResults` and `NextToken`.

use serde_json::{Value, json};

use super::error::ApiError;
use super::input::Input;
use super::protocol::Answer;

/// `MaxResults`: at most what the operation allows, and all of it when the member may be left out and is.
pub(super) fn page_size(input: Input<'_>, limit: usize, required: bool) -> Result<usize, ApiError> {
    let asked = input.integer_within("MaxResults", 1, i64::try_from(limit).unwrap_or(i64::MAX))?;
    match asked {
        Some(asked) => Ok(usize::try_from(asked).unwrap_or(limit)),
        None if required => Err(ApiError::constraint("MaxResults", "null", "not be null")),
        None => Ok(limit),
    }
}

/// One page of a listing in key order. The token of the next page is the last key of this one.
pub(super) fn page<'a>(
    member: &str,
    items: impl Iterator<Item = (&'a str, Value)>,
    max: usize,
    token: Option<&str>,
) -> Answer {
    let mut rest = items.skip_while(|(key, _)| token.is_some_and(|token| *key <= token)).peekable();
    let mut last = None;
    let mut shown = Vec::new();
    while let Some((key, item)) = (shown.len() < max).then(|| rest.next()).flatten() {
        last = Some(key);
        shown.push(item);
    }
    let mut answer = json!({ member: shown });
    if rest.peek().is_some() {
        answer["NextToken"] = json!(last);
    }
    Ok(answer)
}
