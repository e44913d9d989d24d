//! CSS selectors, as far as a page that is not displayed can answer them.
//!
//! Knows how they are written, and not what is looked for by them.

/// A selector, or a list of them (Selectors Level 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(pub(super) scraper::Selector);

/// A text that is no selector, or one with a pseudo-class that only a displayed page can answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no CSS selector that a page can answer which is not displayed")]
pub struct UnreadableSelector(pub String);

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// When it is none, or asks for what only a displayed page has, such as `:focus`.
    pub fn parse(text: &str) -> Result<Self, UnreadableSelector> {
        scraper::Selector::parse(text).map(Self).map_err(|_| UnreadableSelector(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Page;
    use super::*;
    use rstest::rstest;

    const INPUT: &str =
        "<form><p>User<input id='idp-user' class='big blue' name=identifier type=text required></p></form>";

    #[rstest]
    #[case("input", true)]
    #[case("*", true)]
    #[case("#idp-user", true)]
    #[case("INPUT#idp-user.blue", true)]
    #[case(".big.blue[required]", true)]
    #[case("input[name=\"identifier\"]", true)]
    #[case("input[ NAME = identifier ][type='text']", true)]
    #[case("[name^=ident][name$=fier][name*=tif][class~=big]", true)]
    #[case("#other, [name='identifier']", true)]
    #[case("form > p input:not([type=hidden])", true)]
    #[case("p:has(> input) > :last-child", true)]
    #[case("#idp\\-user", true)]
    #[case("button", false)]
    #[case("#idp", false)]
    #[case(".bi", false)]
    #[case("[name=ident]", false)]
    #[case("[name='a,b']", false)]
    #[case("form > input", false)]
    fn selects_by_what_stands_in_the_page(#[case] selector: &str, #[case] selects: bool) {
        let page = Page::read(INPUT);
        let selector = Selector::parse(selector).unwrap();
        assert_eq!(page.matches(&selector, &page.forms[0].controls[0]), selects);
    }

    #[rstest]
    #[case("input:focus")]
    #[case("input::placeholder")]
    #[case("[name=]")]
    #[case("input[")]
    #[case("")]
    #[case("#")]
    #[case("a,")]
    fn says_that_it_cannot_read_the_rest(#[case] selector: &str) {
        assert_eq!(Selector::parse(selector), Err(UnreadableSelector(selector.to_owned())));
    }
}
