//! What the value of a cookie holds, in whichever encoding. A reader without opinions.

use base64::Engine as _;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_encode_padding(false);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);

/// What separates the parts of a cookie that are encoded each for itself.
const SEPARATORS: [char; 4] = ['.', '|', ':', '~'];

/// Whether a cookie's value holds a text: as it is, percent-encoded, or in a part that is base64.
#[must_use]
pub fn holds(value: &str, text: &str) -> bool {
    !text.is_empty() && forgery(value, text, "").is_some()
}

/// The value with `old` in it replaced by `new`, in whichever encoding it is there; none when it is not.
#[must_use]
pub fn forgery(value: &str, old: &str, new: &str) -> Option<String> {
    if value.contains(old) {
        return Some(value.replace(old, new));
    }
    let decoded: String = url::form_urlencoded::parse(format!("v={}", value.replace('+', "%2B")).as_bytes())
        .find_map(|(name, value)| (name == "v").then(|| value.into_owned()))
        .unwrap_or_default();
    if decoded.contains(old) {
        return Some(url::form_urlencoded::byte_serialize(decoded.replace(old, new).as_bytes()).collect());
    }
    decoded.split(SEPARATORS).find_map(|part| {
        [STANDARD, URL_SAFE].iter().find_map(|engine| {
            let text = String::from_utf8(engine.decode(part).ok()?).ok()?;
            text.contains(old).then(|| decoded.replace(part, &engine.encode(text.replace(old, new))))
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("client-1.sig", "client-2.sig")]
    #[case::percent("%7B%22client-1%22%7D", "%7B%22client-2%22%7D")]
    #[case::base64("WyJjbGllbnQtMSJd.c2ln", "WyJjbGllbnQtMiJd.c2ln")]
    fn what_a_cookie_holds_can_be_exchanged(#[case] value: &str, #[case] expected: &str) {
        assert!(holds(value, "client-1") && !holds(value, "client-3"));
        assert_eq!(forgery(value, "client-1", "client-2").unwrap(), expected);
    }
}
