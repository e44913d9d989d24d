//! What a redirect carries back to a client. A reader without opinions.

use crate::wire::Response;
use http::header::LOCATION;
use url::Url;

/// The query parameters of the `Location` that an answer redirects to.
#[must_use]
pub fn redirect_param(response: &Response, name: &str) -> Vec<String> {
    let location = response.header_values(&LOCATION).into_iter().next().unwrap_or_default();
    let base = Url::parse("http://relative.invalid").ok();
    let Ok(url) = Url::options().base_url(base.as_ref()).parse(&location) else { return Vec::new() };
    url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}
