//! Parameters of a query string or a form, decoded once.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// Decoded parameters by name.
#[derive(Debug)]
pub(super) struct Parameters(BTreeMap<String, Vec<String>>);

impl Parameters {
    /// Decodes `application/x-www-form-urlencoded` text. Any text decodes to something.
    pub(super) fn parse(encoded: &[u8]) -> Self {
        let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            parameters.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Self(parameters)
    }

    /// The first value of a parameter. One without a value counts as omitted (RFC 6749 section 3.1).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|values| values.first()).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether one of these parameters is there more than once, which RFC 6749 sections 3.1 and 3.2 forbid.
    pub(super) fn any_repeated(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.get(*name).is_some_and(|values| values.len() > 1))
    }
}

/// `uri` with parameters added to its query; the rest of it stays as it is.
pub(super) fn with_query<'a>(uri: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let separator = if uri.contains('?') { '&' } else { '?' };
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("{uri}{separator}{query}")
}
