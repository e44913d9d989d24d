//! One look at the page in the browser: what is displayed, and the elements to work with.
//!
//! Looks, types and presses when told to; decides nothing.

use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::{Client, key::Key};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;

use super::super::attempt::LoginAttempt;
use super::super::rule::{Fields, Sight, UNAVAILABLE};
use super::super::visited::{is_private, shorten, without_values};
use crate::user_agent::UserCredentials;

/// What the script returns.
#[derive(Debug, Deserialize)]
struct Looked {
    document: String,
    scheme: String,
    complete: bool,
    /// 0 where the browser does not tell.
    status: u16,
    title: String,
    alert: String,
    text: String,
    username: Value,
    password: Value,
    submit: Value,
    consent: bool,
    emptied: bool,
    /// The selector that is none, empty if they are all right.
    unreadable: String,
}

/// A page as it is at one moment.
pub(super) struct View {
    pub(super) sight: Sight,
    /// The browser shows a page of its own instead of the one that was asked for.
    pub(super) not_loaded: bool,
    /// The fields that are displayed are empty.
    pub(super) emptied: bool,
    /// A declared selector that is none.
    pub(super) unreadable: Option<String>,
    /// What is typed here stays secret on the way.
    pub(super) private: bool,
    username: Option<Element>,
    password: Option<Element>,
    submit: Option<Element>,
}

impl View {
    /// Looks at the page.
    pub(super) async fn of(client: &Client, login: &LoginAttempt<'_>) -> Result<Self, CmdError> {
        let pages = serde_json::to_value(login.pages).map_err(CmdError::Json)?;
        let answer = client.execute(include_str!("look.js"), vec![pages]).await?;
        let looked: Looked = serde_json::from_value(answer).map_err(CmdError::Json)?;
        // Asked of the driver, which also knows the URL of a page that could not be loaded.
        let url = client.current_url().await?;
        let not_loaded = looked.scheme == "chrome-error:" || url.scheme() == "about" && url.path() == "neterror";
        let alert = shorten(&looked.alert);
        let element = |value: &Value| element(client, value);
        let (username, password) = (element(&looked.username), element(&looked.password));
        Ok(Self {
            sight: Sight {
                document: looked.document,
                complete: looked.complete,
                url: without_values(&url),
                status: Some(looked.status).filter(|status| *status != 0),
                title: shorten(&looked.title),
                alert: (!alert.is_empty()).then_some(alert),
                username: username.is_some(),
                password: password.is_some(),
                consent: looked.consent,
                unavailable: looked.text.contains(UNAVAILABLE),
                arrived: login.ends_at(&url) && looked.scheme.starts_with("http"),
            },
            not_loaded,
            emptied: looked.emptied,
            unreadable: (!looked.unreadable.is_empty()).then_some(looked.unreadable),
            private: is_private(&url),
            username,
            password,
            submit: element(&looked.submit),
        })
    }

    /// Types the credentials, without sending them.
    pub(super) async fn fill(&self, fields: Fields, credentials: &UserCredentials) -> Result<(), CmdError> {
        for (field, value) in self.values(fields, credentials) {
            field.clear().await?;
            field.send_keys(value).await?;
        }
        Ok(())
    }

    /// Whether the fields hold what was typed. Scripts that take a page over late are known to empty them.
    pub(super) async fn holds(&self, fields: Fields, credentials: &UserCredentials) -> Result<bool, CmdError> {
        for (field, value) in self.values(fields, credentials) {
            if field.prop("value").await?.as_deref() != Some(value) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends the form, or presses what there is: by its button, or by the enter key where it has none.
    pub(super) async fn send(&self) -> Result<(), CmdError> {
        match (&self.submit, self.password.as_ref().or(self.username.as_ref())) {
            (Some(button), _) => button.click().await,
            (None, Some(field)) => field.send_keys(&Key::Enter.to_string()).await,
            (None, None) => Ok(()),
        }
    }

    fn values<'a>(
        &'a self,
        fields: Fields,
        credentials: &'a UserCredentials,
    ) -> impl Iterator<Item = (&'a Element, &'a str)> {
        let username = self.username.as_ref().filter(|_| fields.with_username());
        let password = self.password.as_ref().filter(|_| fields.with_password());
        let username = username.map(|field| (field, credentials.username.as_str()));
        let password = password.map(|field| (field, credentials.password.expose_secret()));
        username.into_iter().chain(password)
    }
}

/// An element as WebDriver writes it: an object whose only value is the reference.
fn element(client: &Client, value: &Value) -> Option<Element> {
    let reference = value.as_object()?.values().next()?.as_str()?;
    Some(Element::from_element_id(client.clone(), ElementRef::from(reference.to_owned())))
}
