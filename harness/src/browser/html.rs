//! Reads from an HTML page what a login by plain HTTP needs: title, alert, forms with their fields.
//!
//! Works on tokens, without building a tree and without style sheets. So what a style sheet hides counts as displayed
//! here; the two copies of Cognito's classic form send the same, and either will do.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, HtmlString, Spanned, StartTag, Token, Tokenizer};

use super::page::shorten;
use super::rule::UNAVAILABLE;

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

/// A form that may ask for credentials.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// The `action` as written, relative perhaps; `None` sends the form to the page itself.
    pub(super) action: Option<String>,
    /// The form is sent in the body, not in the query.
    pub(super) post: bool,
    /// The form is sent in another encoding than `application/x-www-form-urlencoded`.
    pub(super) other_encoding: bool,
    /// What is sent whatever the user types: hidden fields, preset fields, ticked boxes, the button.
    pub(super) preset: Vec<(String, String)>,
    pub(super) asks_username: bool,
    pub(super) asks_password: bool,
    has_button: bool,
}

impl Page {
    /// The form to fill: one that asks for both, else one that asks for either.
    pub(super) fn login_form(&self) -> Option<&Form> {
        let asks = |form: &&Form| form.asks_username || form.asks_password;
        let both = |form: &&Form| form.asks_username && form.asks_password;
        self.forms.iter().find(both).or_else(|| self.forms.iter().find(asks))
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
            "input" => self.with_form(|form| form.input(&attributes)),
            "button" => self.with_form(|form| form.button(&attributes)),
            _ => {}
        }
    }

    fn with_form(&mut self, change: impl FnOnce(&mut Form)) {
        if let Some(form) = &mut self.form {
            change(form);
        }
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
        if name == "form" {
            self.page.forms.extend(self.form.take());
        }
    }

    fn text(&mut self, text: &str) {
        match self.inside.as_deref() {
            Some("title") => self.page.title.push_str(text),
            Some(_) => return,
            None if self.alert.is_some() => self.alert_text.push_str(text),
            None => {}
        }
        self.shown_text.push_str(text);
        self.shown_text.push(' ');
    }

    fn finish(mut self) -> Page {
        self.close("form");
        let alert = shorten(&self.alert_text);
        self.page.alert = (!alert.is_empty()).then_some(alert);
        self.page.title = shorten(&self.page.title);
        self.page.unavailable = self.shown_text.contains(UNAVAILABLE);
        self.page
    }
}

impl Form {
    fn input(&mut self, attributes: &Attributes<'_>) {
        let kind = attributes.get("type").unwrap_or_default().to_ascii_lowercase();
        if kind == "submit" {
            return self.button(attributes);
        }
        let Some(name) = attributes.get("name").filter(|_| !attributes.has("disabled")) else {
            return;
        };
        let value = attributes.get("value");
        match (kind.as_str(), name.as_str()) {
            ("hidden", _) => self.preset.push((name, value.unwrap_or_default())),
            (_, "username") => self.asks_username = true,
            (_, "password") => self.asks_password = true,
            ("checkbox" | "radio", _) if !attributes.has("checked") => {}
            ("checkbox" | "radio", _) => self.preset.push((name, value.unwrap_or_else(|| "on".into()))),
            ("button" | "reset" | "image" | "file", _) => {}
            _ => self.preset.push((name, value.unwrap_or_default())),
        }
    }

    /// Only the button that is pressed is sent, and the first one is pressed.
    fn button(&mut self, attributes: &Attributes<'_>) {
        let kind = attributes.get("type").unwrap_or_default().to_ascii_lowercase();
        if self.has_button || attributes.has("disabled") || !matches!(kind.as_str(), "" | "submit") {
            return;
        }
        self.has_button = true;
        if let Some(name) = attributes.get("name") {
            self.preset.push((name, attributes.get("value").unwrap_or_default()));
        }
    }
}

struct Attributes<'a>(&'a BTreeMap<HtmlString, Spanned<HtmlString, ()>>);

impl Attributes<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name.as_bytes()).map(|value| lossy(value))
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

        let form = page.login_form().unwrap();
        let preset: Vec<_> = form.preset.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(page.title, "Sign in");
        assert_eq!(form.action.as_deref(), Some("/login?client_id=a&state=b"));
        assert!(form.post && form.asks_username && form.asks_password);
        assert_eq!(
            preset,
            [("_csrf", "x\"y"), ("cognitoAsfData", ""), ("keep", "on"), ("signInSubmitButton", "Sign in")]
        );
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

    #[test]
    fn prefers_the_form_that_asks_for_both() {
        let page = read(
            "<form action=/search><input name=username></form>\
             <form action=/login><input name=username><input name=password></form>",
        );

        assert_eq!(page.login_form().unwrap().action.as_deref(), Some("/login"));
    }

    #[test]
    fn takes_a_hidden_username_for_something_to_send_not_to_fill() {
        let page = read("<form><input type=hidden name=username value=alice><input name=password></form>");

        let form = page.login_form().unwrap();
        assert!(!form.asks_username);
        assert_eq!(form.preset, [("username".to_owned(), "alice".to_owned())]);
    }

    #[rstest]
    #[case::script("<script>document.write('<form><input name=username></form>')</script>")]
    #[case::comment("<!-- <form><input name=username></form> -->")]
    #[case::not_html("{\"error\":\"nope\"}")]
    #[case::broken("<form <input name=username <<<>>> </form")]
    #[case::empty("")]
    fn finds_no_form_where_there_is_none(#[case] html: &str) {
        assert!(read(html).login_form().is_none());
    }

    #[rstest]
    #[case("<h1>Login pages unavailable</h1>", true)]
    #[case("<script>'Login pages unavailable'</script>", false)]
    fn recognises_unavailable_login_pages(#[case] html: &str, #[case] unavailable: bool) {
        assert_eq!(read(html).unavailable, unavailable);
    }
}
