//! Forms: which controls they have, where they are sent, and what is sent of them (HTML, “Form submission”).
//!
//! Which form is the right one, and what is typed into its fields, is not decided here.

use url::Url;

use super::tree::Node;

/// Which element of its page a form or a control is. Capabilities nothing in another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ElementId(pub(super) Node);

/// A form, with its controls in the order of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The element.
    pub id: ElementId,
    /// The `action` as written, relative perhaps; none sends the form to the page itself.
    pub action: Option<String>,
    /// Whether it is sent in the body, not in the query.
    pub is_post: bool,
    /// Whether it wants to be sent in another encoding than `application/x-www-form-urlencoded`.
    pub has_other_encoding: bool,
    /// Fields and buttons.
    pub controls: Vec<Control>,
}

/// A field or a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The element.
    pub id: ElementId,
    /// What kind it is.
    pub kind: ControlKind,
    /// Under which name it is sent; without one it is not.
    pub name: Option<String>,
    /// Whether it takes no part.
    pub is_disabled: bool,
    /// What is sent when it is a button and pressed.
    pub value: String,
    /// What is sent when the user leaves it as it is.
    pub preset: Vec<String>,
    /// What a button says.
    pub text: String,
    /// What the page calls it: by labels, by the text that stands in its place, by what a button says.
    pub names: Vec<String>,
}

/// A kind of field or button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlKind {
    /// One line of any text.
    Text,
    /// An e-mail address.
    Email,
    /// A password.
    Password,
    /// Something else that is typed or set: a number, a date, a search.
    OtherText,
    /// What the user does not see.
    Hidden,
    /// A mark that is made or not.
    Checkbox,
    /// One mark of several.
    Radio,
    /// A file.
    File,
    /// One or more of a list.
    Select,
    /// Several lines of text.
    TextArea,
    /// A button that sends the form.
    Submit,
    /// A button that does something else.
    OtherButton,
}

/// Why a form cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Its action leads nowhere.
    #[error("its action is not a URL")]
    Action,
    /// Its fields are to be sent as parts of a message, or as text.
    #[error("it wants another encoding than application/x-www-form-urlencoded")]
    Encoding,
}

impl Control {
    /// Whether something can be typed into it.
    #[must_use]
    pub fn is_field(&self) -> bool {
        use ControlKind::{Email, OtherText, Password, Text};
        matches!(self.kind, Text | Email | Password | OtherText) && !self.is_disabled
    }

    /// Whether pressing it sends the form.
    #[must_use]
    pub fn is_button(&self) -> bool {
        self.kind == ControlKind::Submit && !self.is_disabled
    }

    /// Whether it is a password that is asked for.
    #[must_use]
    pub fn asks_for_password(&self) -> bool {
        self.kind == ControlKind::Password && self.is_sent()
    }

    /// Whether it is a text or an e-mail address that is asked for: a field that is empty.
    #[must_use]
    pub fn asks_for_text(&self) -> bool {
        let is_text = matches!(self.kind, ControlKind::Text | ControlKind::Email);
        is_text && self.is_sent() && self.preset.iter().all(String::is_empty)
    }

    fn is_sent(&self) -> bool {
        self.name.is_some() && !self.is_disabled
    }
}

impl Form {
    /// Where it is sent by the page at `page`.
    ///
    /// # Errors
    /// When its action is no URL.
    pub fn target(&self, page: &Url) -> Result<Url, FormError> {
        match &self.action {
            Some(action) => page.join(action).map_err(|_| FormError::Action),
            None => Ok(page.clone()),
        }
    }

    /// The first of its buttons that can be pressed.
    #[must_use]
    pub fn first_button(&self) -> Option<&Control> {
        self.controls.iter().find(|control| control.is_button())
    }

    /// What is sent, in the order of the page, when `pressed` is the button that was pressed, and these texts were typed
    /// into fields.
    #[must_use]
    pub fn entries(&self, pressed: Option<ElementId>, typed: &[(ElementId, &str)]) -> Vec<(String, String)> {
        let mut entries = Vec::new();
        for control in &self.controls {
            let is_pressed = pressed == Some(control.id);
            let Some(name) = control.name.as_ref().filter(|_| is_pressed || !control.is_disabled) else { continue };
            match typed.iter().find(|(field, _)| *field == control.id) {
                Some((_, text)) => entries.push((name.clone(), (*text).to_owned())),
                None if is_pressed => entries.push((name.clone(), control.value.clone())),
                None => entries.extend(control.preset.iter().map(|value| (name.clone(), value.clone()))),
            }
        }
        entries
    }

    /// The same form without what it sends by itself and `keep` is not content with; its buttons stay.
    #[must_use]
    pub fn keeping(mut self, keep: impl Fn(&(String, String)) -> bool) -> Self {
        for control in &mut self.controls {
            if let Some(name) = &control.name {
                control.preset.retain(|value| keep(&(name.clone(), value.clone())));
            }
        }
        self
    }
}
