//! A page, as a user without scripts meets it: its words, its forms, its links.
//!
//! What a page is for, and which of its forms is to be sent, is not known here.

use super::form::{Control, Form};
use super::reader::read;
use super::selector::Selector;
use super::text::{folded, is_unseen, seen};
use super::tree::{Met, Tree, walk};

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The title, empty if there is none.
    pub title: String,
    /// The text that is seen, white space folded.
    pub text: String,
    /// The forms.
    pub forms: Vec<Form>,
    /// The links.
    pub links: Vec<Link>,
    tree: Tree,
}

/// A link to another page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as written.
    pub href: String,
    /// What it says.
    pub text: String,
}

impl Page {
    /// Reads a page. Takes anything: what is no HTML is a page without forms. A page that is too large, too deep or too
    /// crowded is read as far as that.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let tree = Tree::read(text);
        let found = tree.root().map(|root| (seen(root), read(root, &tree.forms))).unwrap_or_default();
        let (text, (title, forms, links)) = found;
        Self { title, text, forms, links, tree }
    }

    /// Reads the page in the body of an answer.
    #[must_use]
    pub fn of_body(body: &[u8]) -> Self {
        Self::read(&String::from_utf8_lossy(body))
    }

    /// Whether a selector selects a control of this page.
    #[must_use]
    pub fn matches(&self, selector: &Selector, control: &Control) -> bool {
        self.tree.element(control.id.0).is_some_and(|element| selector.0.matches(&element))
    }

    /// The text of each element that a selector selects, as it is seen; of one inside another, the outer.
    #[must_use]
    pub fn texts(&self, selector: &Selector) -> Vec<String> {
        let mut texts = Vec::new();
        let Some(root) = self.tree.root() else { return texts };
        walk(root, |met| match met {
            Met::Begin(element) if is_unseen(element) => false,
            Met::Begin(element) if selector.0.matches(&element) => {
                texts.push(seen(element));
                false
            }
            _ => true,
        });
        texts
    }

    /// The form with a button that says `label`, and that button; in whatever case.
    #[must_use]
    pub fn button(&self, label: &str) -> Option<(&Form, &Control)> {
        use super::form::ControlKind::Submit;
        let says =
            |control: &&Control| control.kind == Submit && folded(&control.text).eq_ignore_ascii_case(&folded(label));
        self.forms.iter().find_map(|form| Some((form, form.controls.iter().find(says)?)))
    }

    /// The form that asks for a password.
    #[must_use]
    pub fn password_form(&self) -> Option<&Form> {
        self.forms.iter().find(|form| form.controls.iter().any(Control::asks_for_password))
    }
}
