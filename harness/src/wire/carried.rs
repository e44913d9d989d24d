//! Header fields that something before a subject wants on every request, such as the key of a gateway. They belong to
//! no request of the bench, and their values are secret: recorded is where a value comes from.

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::Request;

/// A header field with a secret value.
#[derive(Clone, Debug)]
pub struct Carried {
    /// Its name.
    pub name: HeaderName,
    /// Its value.
    pub value: SecretString,
    /// What is recorded in the place of the value.
    pub shown: HeaderValue,
}

/// The fields that requests to one origin carry.
#[derive(Clone, Debug)]
pub(super) struct Carriage {
    origin: url::Origin,
    fields: Vec<Carried>,
}

impl Carriage {
    /// The fields that requests to where `url` is carry; nothing where it is no URL.
    pub(super) fn to(url: &str, fields: &[Carried]) -> Option<Self> {
        let origin = Url::parse(url).ok().filter(|_| !fields.is_empty())?.origin();
        Some(Self { origin, fields: fields.to_vec() })
    }

    /// Puts the fields on a request as they are recorded.
    pub(super) fn show_on(&self, request: &mut Request) {
        self.put(request, |field| Some(field.shown.clone()));
    }

    /// Puts the fields on a request as they are sent.
    pub(super) fn put_on(&self, request: &mut Request) {
        self.put(request, |field| {
            let mut value = HeaderValue::from_str(field.value.expose_secret()).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
    }

    fn put(&self, request: &mut Request, value: impl Fn(&Carried) -> Option<HeaderValue>) {
        if Url::parse(&request.url).is_ok_and(|url| url.origin() == self.origin) {
            for field in &self.fields {
                value(field).map(|value| request.headers.insert(field.name.clone(), value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_requests_to_the_origin_carry_the_fields() {
        let name = HeaderName::from_static("x-api-key");
        let field = Carried { name: name.clone(), value: "s3cret".into(), shown: HeaderValue::from_static("$KEY") };
        let carriage = Carriage::to("https://mcp.example/mcp", &[field]).unwrap();
        for (url, expected) in [
            ("https://mcp.example/other", Some(("$KEY", "s3cret"))),
            ("https://mcp.example:443/mcp", Some(("$KEY", "s3cret"))),
            ("http://mcp.example/mcp", None),
            ("https://login.example/token", None),
        ] {
            let (mut shown, mut sent) = (Request::get("it", url), Request::get("it", url));
            carriage.show_on(&mut shown);
            carriage.put_on(&mut sent);
            let of = |request: &Request| request.headers.get(&name).map(|value| value.to_str().unwrap().to_owned());
            let seen = of(&shown).zip(of(&sent));
            assert_eq!(seen.as_ref().map(|(shown, sent)| (shown.as_str(), sent.as_str())), expected, "{url}");
        }
    }
}
