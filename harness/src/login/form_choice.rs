//! Which form of a page is the one to send, and which of its controls are the parts that were declared.
//!
//! Looks at a page that was read; sends nothing. Whether the form is filled or pressed is up to the rule.

use secrecy::ExposeSecret as _;

use super::parts::{Locator, LoginPages, folded};
use super::rule::Fields;
use crate::user_agent::{Control, Form, Page, Selector, UnreadableSelector, UserCredentials};

/// A locator, ready to be asked.
enum Finder {
    Css(Selector),
    Label(String),
}

impl Finder {
    fn new(locator: &Locator) -> Result<Self, UnreadableSelector> {
        match locator {
            Locator::Css(text) => Selector::parse(text).map(Self::Css),
            Locator::Label(by) => Ok(Self::Label(folded(&by.label))),
        }
    }

    fn finds(&self, page: &Page, control: &Control) -> bool {
        match self {
            Self::Css(selector) => page.matches(selector, control),
            Self::Label(wanted) => control.names.iter().any(|name| folded(name) == *wanted),
        }
    }
}

struct PageFinders {
    username: Option<Finder>,
    password: Option<Finder>,
    button: Option<Finder>,
}

/// The parts of all pages that a login may meet.
pub(super) struct Finders(Vec<PageFinders>);

/// A form, and what of it is used.
#[derive(Debug)]
pub(super) struct FormChoice<'p> {
    pub(super) form: &'p Form,
    pub(super) username: Option<&'p Control>,
    pub(super) password: Option<&'p Control>,
    button: Option<&'p Control>,
    found: usize,
}

impl Finders {
    /// The finders of these pages.
    ///
    /// # Errors
    /// The first selector that cannot be answered without a browser.
    pub(super) fn new(pages: &LoginPages) -> Result<Self, UnreadableSelector> {
        let finder = |locator: &Option<Locator>| locator.as_ref().map(Finder::new).transpose();
        let finders = pages.iter().map(|parts| {
            Ok(PageFinders {
                username: finder(&parts.username)?,
                password: finder(&parts.password)?,
                button: finder(&parts.button)?,
            })
        });
        finders.collect::<Result<_, _>>().map(Self)
    }

    /// The form with the most of what is declared of one page; one with fields before one with a button alone.
    pub(super) fn choose<'p>(&self, page: &'p Page) -> Option<FormChoice<'p>> {
        let choices = self.0.iter().flat_map(|parts| page.forms.iter().filter_map(|form| parts.choose(page, form)));
        choices.reduce(|best, next| if next.rank() > best.rank() { next } else { best })
    }
}

impl PageFinders {
    fn choose<'p>(&self, page: &'p Page, form: &'p Form) -> Option<FormChoice<'p>> {
        let first = |finder: &Option<Finder>, kind: fn(&Control) -> bool| {
            let finder = finder.as_ref()?;
            form.controls.iter().find(|control| kind(control) && finder.finds(page, control))
        };
        let username = first(&self.username, Control::is_field);
        let password = first(&self.password, Control::is_field);
        let button = first(&self.button, Control::is_button);
        let has_fields = self.username.is_some() || self.password.is_some();
        let found = [username, password, button].into_iter().flatten().count();
        let is_there = if has_fields { username.or(password).is_some() } else { button.is_some() };
        let button = button.or_else(|| form.first_button());
        is_there.then_some(FormChoice { form, username, password, button, found })
    }
}

impl FormChoice<'_> {
    /// Whether there is only something to press.
    pub(super) fn is_consent(&self) -> bool {
        self.username.is_none() && self.password.is_none()
    }

    fn rank(&self) -> (bool, usize) {
        (!self.is_consent(), self.found)
    }

    /// What is sent, with these fields filled in.
    pub(super) fn entries(&self, fields: Option<Fields>, credentials: &UserCredentials) -> Vec<(String, String)> {
        let username = self.username.filter(|_| fields.is_some_and(Fields::with_username));
        let password = self.password.filter(|_| fields.is_some_and(Fields::with_password));
        let typed = [
            username.map(|field| (field.id, credentials.username.as_str())),
            password.map(|field| (field.id, credentials.password.expose_secret())),
        ];
        self.form.entries(self.button.map(|button| button.id), &typed.into_iter().flatten().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::parts::PageParts;
    use super::*;

    fn by_default() -> Finders {
        Finders::new(&LoginPages::default()).unwrap()
    }

    fn declared(text: &str) -> Finders {
        let pages: Vec<PageParts> = text.split("---").map(|page| toml::from_str(page).unwrap()).collect();
        Finders::new(&LoginPages::declared(pages)).unwrap()
    }

    fn alice() -> UserCredentials {
        UserCredentials { username: "alice".into(), password: "secret".to_owned().into() }
    }

    fn sent(choice: &FormChoice<'_>, fields: Option<Fields>) -> String {
        let entries = choice.entries(fields, &alice());
        entries.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn prefers_the_form_that_asks_for_both() {
        let page = Page::read(
            "<form action=/search><input name=username></form>\
             <form action=/login><input name=username><input name=password></form>",
        );

        assert_eq!(by_default().choose(&page).unwrap().form.action.as_deref(), Some("/login"));
    }

    #[test]
    fn takes_a_hidden_username_for_something_to_send_not_to_fill() {
        let page = Page::read("<form><input type=hidden name=username value=alice><input name=password></form>");

        let finders = by_default();
        let choice = finders.choose(&page).unwrap();
        assert_eq!(choice.username, None);
        assert_eq!(sent(&choice, Some(Fields::Password)), "username=alice&password=secret");
    }

    #[test]
    fn finds_fields_and_button_by_selectors_and_labels() {
        let finders =
            declared("username = \"div > #idp\"\npassword = { label = \"Passcode\" }\nbutton = { label = \"Go on\" }");
        let page = Page::read(
            "<form><div><input id=idp name=identifier></div><label>Passcode: <input name=code></label>\
             <button name=act value=reset>Forgot it</button><button name=act value=go>Go  on</button></form>",
        );

        assert_eq!(sent(&finders.choose(&page).unwrap(), Some(Fields::Both)), "identifier=alice&code=secret&act=go");
    }

    #[test]
    fn presses_a_button_alone_only_where_there_is_nothing_to_fill() {
        let finders = declared("button = { label = \"Allow\" }");
        let consent =
            Page::read("<form><button name=a value=no>Deny</button><button name=a value=yes>Allow</button></form>");
        let both = Page::read("<form><button>Allow</button></form><form><input name=password></form>");

        let choice = finders.choose(&consent).unwrap();
        assert!(choice.is_consent());
        assert_eq!(sent(&choice, None), "a=yes");
        assert!(!finders.choose(&both).unwrap().is_consent());
    }

    #[test]
    fn names_the_selector_that_only_a_browser_can_answer() {
        let page = PageParts { username: Some(Locator::Css("input:focus".to_owned())), ..PageParts::default() };
        let error = Finders::new(&LoginPages::declared(vec![page])).err();
        assert_eq!(error, Some(UnreadableSelector("input:focus".to_owned())));
    }
}
