//! Which parts of a login page are the fields and the button, for pages that do not call them as Cognito and most plain
//! forms do.
//!
//! Declared by the operator of the server, who knows the pages, or the default. A login method looks at a page through
//! them; what is done with what it finds is up to the rule.

use serde::{Deserialize, Serialize};

/// How a field or a button is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a CSS selector, or { label = \"…\" }")]
pub enum Locator {
    /// By a CSS selector.
    Css(String),
    /// By what the page calls it.
    Label(ByLabel),
}

/// By what the page calls a field or a button: its label, its text, its placeholder; in whatever case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByLabel {
    /// The text.
    pub label: String,
}

/// The parts of one page. A page with fields is at hand when one of them is displayed; one with a button alone, such as a
/// page that asks for consent, when that is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageParts {
    /// The field for the username.
    pub username: Option<Locator>,
    /// The field for the password.
    pub password: Option<Locator>,
    /// What sends the form; its first button, when nothing is said.
    pub button: Option<Locator>,
}

impl PageParts {
    /// Whether there is nothing to fill, only something to press.
    #[must_use]
    pub fn is_button_alone(&self) -> bool {
        self.username.is_none() && self.password.is_none()
    }
}

/// The pages that a login may meet, in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LoginPages(Vec<PageParts>);

impl LoginPages {
    /// These pages; those of the default where there are none with a field.
    #[must_use]
    pub fn declared(mut pages: Vec<PageParts>) -> Self {
        if pages.iter().all(PageParts::is_button_alone) {
            pages.splice(0..0, Self::default().0);
        }
        Self(pages)
    }

    /// Each page.
    pub(super) fn iter(&self) -> impl Iterator<Item = &PageParts> {
        self.0.iter()
    }
}

impl Default for LoginPages {
    /// Fields that are named `username` and `password`, on one page or two: Cognito's, Keycloak's, and plain forms.
    fn default() -> Self {
        let named = |name: &str| Some(Locator::Css(format!("input[name=\"{name}\"]")));
        Self(vec![PageParts { username: named("username"), password: named("password"), button: None }])
    }
}

/// A label as it is compared: white space folded, without case and without what marks a field as required.
pub(super) fn folded(label: &str) -> String {
    let words = label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words.trim_end_matches([' ', '*', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_part_is_declared_by_a_selector_or_a_label() {
        let page: PageParts = toml::from_str("username = \"#user\"\nbutton = { label = \"Sign in\" }").unwrap();
        assert_eq!(page.username, Some(Locator::Css("#user".to_owned())));
        assert_eq!(page.button, Some(Locator::Label(ByLabel { label: "Sign in".to_owned() })));
        let error = toml::from_str::<PageParts>("username = { lable = \"User\" }").unwrap_err();
        assert!(error.message().contains("a CSS selector, or"), "{error}");
    }

    #[test]
    fn a_consent_button_alone_leaves_the_usual_fields_as_they_are() {
        let consent = PageParts { button: Some(Locator::Css("#yes".to_owned())), ..PageParts::default() };
        let pages = LoginPages::declared(vec![consent.clone()]);
        assert_eq!(pages.iter().count(), 2);
        assert_eq!(pages.iter().next(), LoginPages::default().iter().next());
        let own = PageParts { username: Some(Locator::Css("#u".to_owned())), ..PageParts::default() };
        assert_eq!(LoginPages::declared(vec![own, consent]).iter().count(), 2);
    }

    #[test]
    fn labels_are_compared_by_their_words() {
        assert_eq!(folded("  E-Mail\n address * "), "e-mail address");
        assert_eq!(folded("Password:"), "password");
    }
}
