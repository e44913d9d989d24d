//! What a person sees of an HTML page, and what its forms send.
//!
//! Works on tokens, without a tree, a style sheet or a script. So what a style sheet hides counts as shown, and what a
//! script writes is not there.

use crate::wire::Response;
use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The text outside of scripts, styles and the head, white space folded.
    pub text: String,
    /// The forms.
    pub forms: Vec<Form>,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The `action` as written; none sends the form to the page itself.
    pub action: Option<String>,
    /// Whether it is sent in the body, not in the query.
    pub post: bool,
    /// What is sent whatever the user does.
    pub fields: Vec<(String, String)>,
    /// The names of the fields in which a user types, first those for text and then those for passwords.
    pub asks: Asks,
    /// The buttons that send it.
    pub buttons: Vec<Button>,
}

/// The fields in which a user types.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// For text.
    pub text: Vec<String>,
    /// For passwords.
    pub password: Vec<String>,
}

/// A button that sends a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Name and value, which are sent when it is the one that is pressed.
    pub field: Option<(String, String)>,
}

impl Page {
    /// Reads the page in an answer. What is not HTML is a page without forms.
    #[must_use]
    pub fn of(response: &Response) -> Self {
        Self::read(&String::from_utf8_lossy(&response.body))
    }

    /// Reads a page.
    #[must_use]
    pub fn read(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut reader = Reader::default();
        for token in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Ok(Token::StartTag(tag)) => reader.open(&tag),
                Ok(Token::EndTag(tag)) => reader.close(&lossy(&tag.name)),
                Ok(Token::String(text)) => reader.text(&lossy(&text)),
                Ok(_) => {}
            }
        }
        reader.close("form");
        reader.page.text = folded(&reader.page.text);
        reader.page
    }

    /// The form with a button that says `label`, and that button.
    #[must_use]
    pub fn button(&self, label: &str) -> Option<(&Form, &Button)> {
        let says = |button: &&Button| folded(&button.label).eq_ignore_ascii_case(&folded(label));
        self.forms.iter().find_map(|form| Some((form, form.buttons.iter().find(says)?)))
    }

    /// The form that asks for a password.
    #[must_use]
    pub fn login(&self) -> Option<&Form> {
        self.forms.iter().find(|form| !form.asks.password.is_empty())
    }
}

#[derive(Default)]
struct Reader {
    page: Page,
    /// The element being read whose text nobody sees.
    unseen: Option<String>,
    form: Option<Form>,
    in_button: bool,
}

impl Reader {
    fn open(&mut self, tag: &StartTag<()>) {
        let name = lossy(&tag.name);
        let attribute = |name: &str| tag.attributes.get(name.as_bytes()).map(|value| lossy(value));
        match name.as_str() {
            "title" | "script" | "style" | "template" | "noscript" => self.unseen = self.unseen.take().or(Some(name)),
            "form" => {
                self.close("form");
                self.form = Some(Form {
                    action: attribute("action").filter(|action| !action.trim().is_empty()),
                    post: attribute("method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
                    ..Form::default()
                });
            }
            "input" => {
                if let Some(form) = &mut self.form {
                    form.input(&attribute);
                }
            }
            "button" => {
                let kind = attribute("type").unwrap_or_default().to_ascii_lowercase();
                if let Some(form) = self.form.as_mut().filter(|_| matches!(kind.as_str(), "" | "submit")) {
                    form.buttons.push(Button { label: String::new(), field: named(&attribute) });
                    self.in_button = true;
                }
            }
            _ => self.page.text.push(' '),
        }
    }

    fn close(&mut self, name: &str) {
        if self.unseen.as_deref() == Some(name) {
            self.unseen = None;
        }
        match name {
            "form" => self.page.forms.extend(self.form.take()),
            "button" => self.in_button = false,
            _ => self.page.text.push(' '),
        }
    }

    fn text(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        self.page.text.push_str(text);
        let button = self.form.as_mut().filter(|_| self.in_button).and_then(|form| form.buttons.last_mut());
        if let Some(button) = button {
            button.label.push_str(text);
        }
    }
}

impl Form {
    fn input(&mut self, attribute: &impl Fn(&str) -> Option<String>) {
        let kind = attribute("type").unwrap_or_default().to_ascii_lowercase();
        if kind == "submit" {
            let label = attribute("value").unwrap_or_default();
            self.buttons.push(Button { label, field: named(attribute) });
            return;
        }
        let Some((name, value)) = named(attribute).filter(|_| attribute("disabled").is_none()) else { return };
        match kind.as_str() {
            "password" => self.asks.password.push(name),
            "" | "text" | "email" if value.is_empty() => self.asks.text.push(name),
            "checkbox" | "radio" if attribute("checked").is_none() => {}
            "button" | "reset" | "image" | "file" => {}
            _ => self.fields.push((name, value)),
        }
    }
}

fn named(attribute: &impl Fn(&str) -> Option<String>) -> Option<(String, String)> {
    Some((attribute("name")?, attribute("value").unwrap_or_default()))
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CONSENT: &str = r#"<title>Secret title</title><style>p { color: red }</style>
        <p>The client <b>Editor</b> asks for
           read&amp;write</p>
        <form method="POST" action="/consent">
          <input type="hidden" name="csrf" value="a&quot;b">
          <button name="action" value="yes" type="submit">Allow <i>it</i></button>
          <button name="action" value="no">Deny</button>
        </form><script>document.write("<p>more</p>")</script>"#;

    #[test]
    fn a_page_is_what_a_person_reads() {
        let page = Page::read(CONSENT);
        assert_eq!(page.text, "The client Editor asks for read&write Allow it Deny");
    }

    #[test]
    fn a_form_is_sent_by_the_button_that_is_pressed() {
        let page = Page::read(CONSENT);
        let (form, button) = page.button("allow it").unwrap();
        assert_eq!((form.action.as_deref(), form.post), (Some("/consent"), true));
        assert_eq!(form.fields, [("csrf".to_owned(), "a\"b".to_owned())]);
        assert_eq!(button.field, Some(("action".to_owned(), "yes".to_owned())));
        assert_eq!(page.button("nothing of the kind"), None);
    }

    #[test]
    fn a_login_is_a_form_that_asks_for_a_password() {
        let page =
            Page::read("<form><input name=user><input type=password name=pass><input type=submit value=Go></form>");
        let form = page.login().unwrap();
        assert_eq!(
            (form.asks.text.as_slice(), form.asks.password.as_slice()),
            (&["user".into()][..], &["pass".into()][..])
        );
        assert_eq!(Page::read(CONSENT).login(), None);
    }
}
