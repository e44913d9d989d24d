//! Reads from an HTML page what a login by plain HTTP needs: title, alert, forms with their fields.
//!
//! Works on tokens, without building a tree and without style sheets. So what a style sheet hides counts as displayed
//! here; the two copies of Cognito's classic form send the same, and either will do. Which controls are the ones to fill
//! is not decided here.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, HtmlString, Spanned, StartTag, Token, Tokenizer};

use super::rule::UNAVAILABLE;
use super::visited::shorten;

/// What was read from a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) title: String,
    /// The text of what the page marks as an alert, `None` when there is none or it is empty.
    pub(super) alert: Option<String>,
    /// The page says that login pages are unavailable.
    pub(super) unavailable: bool,
    pub(super) forms: Vec<Form>,
}

/// A form, with its controls in the order of the page.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// The `action` as written, relative perhaps; `None` sends the form to the page itself.
    pub(super) action: Option<String>,
    /// The form is sent in the body, not in the query.
    pub(super) post: bool,
    /// The form is sent in another encoding than `application/x-www-form-urlencoded`.
    pub(super) other_encoding: bool,
    pub(super) controls: Vec<Control>,
}

/// A field or a button.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Control {
    /// `input` or `button`.
    pub(super) tag: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// What the page calls it: the text of its label, or its own if it is a button.
    pub(super) label: String,
}

impl Control {
    fn kind(&self) -> String {
        self.attributes.get("type").map(|kind| kind.to_ascii_lowercase()).unwrap_or_default()
    }

    fn is_disabled(&self) -> bool {
        self.attributes.contains_key("disabled")
    }

    /// Whether pressing it sends the form.
    pub(super) fn is_button(&self) -> bool {
        let sends = match self.tag.as_str() {
            "button" => matches!(self.kind().as_str(), "" | "submit"),
            _ => self.kind() == "submit",
        };
        sends && !self.is_disabled()
    }

    /// Whether something can be typed into it.
    pub(super) fn is_field(&self) -> bool {
        let other = ["hidden", "submit", "button", "reset", "image", "file", "checkbox", "radio"];
        self.tag == "input" && !other.contains(&self.kind().as_str()) && !self.is_disabled()
    }

    fn name(&self) -> Option<&str> {
        self.attributes.get("name").map(String::as_str).filter(|_| !self.is_disabled())
    }

    /// What is sent of it when the user does not touch it.
    fn preset(&self) -> Option<&str> {
        let value = self.attributes.get("value").map(String::as_str);
        match self.kind().as_str() {
            _ if self.tag == "button" => None,
            "submit" | "button" | "reset" | "image" | "file" => None,
            "checkbox" | "radio" if !self.attributes.contains_key("checked") => None,
            "checkbox" | "radio" => value.or(Some("on")),
            _ => value.or(Some("")),
        }
    }
}

impl Form {
    /// What is sent when the button at `pressed` is, and these values were typed into fields.
    pub(super) fn values(&self, pressed: Option<usize>, typed: &[(usize, &str)]) -> Vec<(String, String)> {
        let value = |at: usize, control: &Control| match typed.iter().find(|(field, _)| *field == at) {
            Some((_, value)) => Some((*value).to_owned()),
            None if pressed == Some(at) => Some(control.attributes.get("value").cloned().unwrap_or_default()),
            None => control.preset().map(str::to_owned),
        };
        let sent = |(at, control): (usize, &Control)| Some((control.name()?.to_owned(), value(at, control)?));
        self.controls.iter().enumerate().filter_map(sent).collect()
    }
}

/// Reads a page. Takes anything: what is not HTML is a page without forms.
pub(super) fn read(text: &str) -> Page {
    let mut emitter = DefaultEmitter::default();
    // Without a tree this is how the inside of scripts, styles and titles is kept from being read as tags.
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for token in Tokenizer::new_with_emitter(text, emitter) {
        match token {
            Ok(Token::StartTag(tag)) => reader.open(&tag),
            Ok(Token::EndTag(tag)) => reader.close(&lossy(&tag.name)),
            Ok(Token::String(text)) => reader.text(&lossy(&text)),
            Ok(_) => {}
        }
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    page: Page,
    /// The text element being read: its content is the title, or no text at all.
    inside: Option<String>,
    form: Option<Form>,
    /// The alert being read: its tag, and how many of that name are open in it.
    alert: Option<(String, usize)>,
    alert_text: String,
    shown_text: String,
    /// The label being read.
    label: Option<Label>,
    labels: Vec<Label>,
    /// The text of the last control is being read, which is a button.
    in_button: bool,
}

/// A label, and what it is for: the control with an id, or those inside of it.
#[derive(Default)]
struct Label {
    for_id: Option<String>,
    /// The number of the form, and that of the control in it.
    inside: Vec<(usize, usize)>,
    text: String,
}

impl Reader {
    fn open(&mut self, tag: &StartTag<()>) {
        let name = lossy(&tag.name);
        if matches!(name.as_str(), "title" | "script" | "style" | "template") {
            self.inside = Some(name);
            return;
        }
        let attributes = Attributes(&tag.attributes);
        match &mut self.alert {
            Some((element, open)) if *element == name => *open += 1,
            Some(_) => {}
            None if attributes.mark_an_alert() => self.alert = Some((name.clone(), 1)),
            None => {}
        }
        match name.as_str() {
            "form" => {
                self.close("form");
                self.form = Some(attributes.form());
            }
            "label" => self.label = Some(Label { for_id: attributes.get("for"), ..Label::default() }),
            "input" | "button" => self.control(&name, &attributes),
            _ => {}
        }
    }

    fn control(&mut self, tag: &str, attributes: &Attributes<'_>) {
        let Some(form) = &mut self.form else { return };
        if let Some(label) = self.label.as_mut().filter(|label| label.for_id.is_none()) {
            label.inside.push((self.page.forms.len(), form.controls.len()));
        }
        form.controls.push(Control { tag: tag.to_owned(), attributes: attributes.all(), label: String::new() });
        self.in_button = tag == "button";
    }

    fn close(&mut self, name: &str) {
        if self.inside.as_deref() == Some(name) {
            self.inside = None;
        }
        if let Some((element, open)) = &mut self.alert
            && element == name
        {
            *open -= 1;
            if *open == 0 {
                self.alert = None;
                self.alert_text.push(' ');
            }
        }
        match name {
            "form" => self.page.forms.extend(self.form.take()),
            "label" => self.labels.extend(self.label.take()),
            "button" => self.in_button = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.inside.as_deref() {
            Some("title") => self.page.title.push_str(text),
            Some(_) => return,
            None if self.alert.is_some() => self.alert_text.push_str(text),
            None => {}
        }
        if let Some(label) = &mut self.label {
            label.text.push_str(text);
        }
        if self.in_button
            && let Some(button) = self.form.as_mut().and_then(|form| form.controls.last_mut())
        {
            button.label.push_str(text);
        }
        self.shown_text.push_str(text);
        self.shown_text.push(' ');
    }

    fn finish(mut self) -> Page {
        self.close("form");
        self.close("label");
        self.name_controls();
        let alert = shorten(&self.alert_text);
        self.page.alert = (!alert.is_empty()).then_some(alert);
        self.page.title = shorten(&self.page.title);
        self.page.unavailable = self.shown_text.contains(UNAVAILABLE);
        self.page
    }

    /// Gives each control the text of its label, wherever on the page that stands.
    fn name_controls(&mut self) {
        for (number, form) in self.page.forms.iter_mut().enumerate() {
            for (at, control) in form.controls.iter_mut().enumerate() {
                let id = control.attributes.get("id");
                let is_for = |label: &&Label| match &label.for_id {
                    Some(named) => id == Some(named),
                    None => label.inside.contains(&(number, at)),
                };
                if let Some(label) = self.labels.iter().find(is_for) {
                    control.label.clone_from(&label.text);
                }
            }
        }
    }
}

struct Attributes<'a>(&'a BTreeMap<HtmlString, Spanned<HtmlString, ()>>);

impl Attributes<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name.as_bytes()).map(|value| lossy(value))
    }

    fn all(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(name, value)| (lossy(name), lossy(value))).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name.as_bytes())
    }

    /// `role="alert"` on managed login, an id on the classic pages.
    fn mark_an_alert(&self) -> bool {
        !self.has("hidden")
            && (self.get("role").as_deref() == Some("alert") || self.get("id").as_deref() == Some("loginErrorMessage"))
    }

    fn form(&self) -> Form {
        let is = |name: &str, value: &str| self.get(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
        Form {
            action: self.get("action").filter(|action| !action.trim().is_empty()),
            post: is("method", "post"),
            other_encoding: is("enctype", "multipart/form-data") || is("enctype", "text/plain"),
            ..Form::default()
        }
    }
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use rstest::rstest;

    use super::*;

    #[test]
    fn reads_hidden_fields_and_the_pressed_button_of_a_form() {
        let page = read(
            r#"<!doctype html><title>Sign in</title>
            <form method="POST" action="/login?client_id=a&amp;state=b">
              <input type="hidden" name="_csrf" value="x&quot;y"><input type=hidden name=cognitoAsfData>
              <input name="username"><input name=password type=password>
              <input type="checkbox" name="show"><input type="checkbox" name="keep" checked>
              <button type="button" name="back">Back</button>
              <input type="submit" name="signInSubmitButton" value="Sign in"><button name="other">Other</button>
            </form>"#,
        );

        let form = &page.forms[0];
        let button = form.controls.iter().position(Control::is_button);
        let values = form.values(button, &[(2, "alice"), (3, "secret")]);
        let values: Vec<_> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(page.title, "Sign in");
        assert_eq!(form.action.as_deref(), Some("/login?client_id=a&state=b"));
        assert!(form.post && form.controls[2].is_field() && form.controls[3].is_field());
        assert_eq!(
            values,
            [
                ("_csrf", "x\"y"),
                ("cognitoAsfData", ""),
                ("username", "alice"),
                ("password", "secret"),
                ("keep", "on"),
                ("signInSubmitButton", "Sign in")
            ]
        );
    }

    #[test]
    fn reads_what_the_page_calls_its_controls() {
        let page = read(
            "<label for=p>Your <b>password</b></label><form><label>User <input name=u></label><input id=p>\
             <button>Sign <i>in</i></button></form>",
        );
        let labels: Vec<_> = page.forms[0].controls.iter().map(|control| control.label.trim()).collect();
        assert_eq!(labels, ["User", "Your password", "Sign in"]);
    }

    #[rstest]
    #[case::managed(
        "<div role=alert><p>Incorrect <b>username</b></p> or password.</div>",
        Some("Incorrect username or password.")
    )]
    #[case::classic("<p id=loginErrorMessage>User does not exist.</p>", Some("User does not exist."))]
    #[case::nested("<div role=alert><div>one</div> two</div> three", Some("one two"))]
    #[case::empty("<div role=alert> </div>", None)]
    #[case::hidden("<div role=alert hidden>No</div>", None)]
    #[case::absent("<p>Welcome</p>", None)]
    fn reads_the_alert(#[case] html: &str, #[case] alert: Option<&str>) {
        assert_eq!(read(html).alert.as_deref(), alert);
    }

    #[rstest]
    #[case::script("<script>document.write('<form><input name=username></form>')</script>")]
    #[case::comment("<!-- <form><input name=username></form> -->")]
    #[case::not_html("{\"error\":\"nope\"}")]
    #[case::broken("<form <input name=username <<<>>> </form")]
    #[case::empty("")]
    fn finds_no_form_where_there_is_none(#[case] html: &str) {
        assert!(read(html).forms.iter().all(|form| form.controls.is_empty()));
    }

    #[rstest]
    #[case("<h1>Login pages unavailable</h1>", true)]
    #[case("<script>'Login pages unavailable'</script>", false)]
    fn recognises_unavailable_login_pages(#[case] html: &str, #[case] unavailable: bool) {
        assert_eq!(read(html).unavailable, unavailable);
    }
}
