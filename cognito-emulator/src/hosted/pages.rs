//! The pages of a domain, as HTML with nothing to load from elsewhere.
//!
//! Every page forbids framing. The content security policy has no `form-action`: browsers apply it to the redirect that follows a form,
//! and that one leads to the client.

use std::fmt::Write as _;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::host::Host;
use super::parameters::Parameters;
use crate::pool::Usernames;
use crate::random;
use crate::state::LoginVersion;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What a login page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoginStep {
    /// User name and password.
    Both,
    /// The user name, then “Next”.
    Username,
    /// The password of a user already named.
    Password,
}

/// A login page.
#[derive(Debug)]
pub(super) struct LoginPage<'a> {
    /// The query of the authorization request; the form goes back to the same one.
    pub(super) query: &'a str,
    pub(super) csrf: &'a str,
    pub(super) step: LoginStep,
    pub(super) username: &'a str,
    pub(super) usernames: Usernames,
    pub(super) alert: Option<&'a str>,
}

impl IntoResponse for LoginPage<'_> {
    fn into_response(self) -> Response {
        let (title, button) = match self.step {
            LoginStep::Both => ("Sign in", "Sign in"),
            LoginStep::Username => ("Sign in", "Next"),
            LoginStep::Password => ("Enter your password", "Continue"),
        };
        let action = format!("/login?{}", self.query);
        let mut form = format!(r#"<form method="post" action="{}">"#, escaped(&action));
        let _ = write!(form, r#"<input type="hidden" name="_csrf" value="{}">"#, escaped(self.csrf));
        form.push_str(&self.fields());
        let _ = write!(form, r#"<button type="submit">{button}</button>"#);
        if self.step == LoginStep::Password {
            let _ = write!(form, r#"<div class="links"><a href="{}">Back</a></div>"#, escaped(&action));
        }
        form.push_str("</form>");
        let body = format!("<p>Sign in to your account.</p>{}{form}", alert(self.alert));
        document(StatusCode::OK, title, &body)
    }
}

impl LoginPage<'_> {
    fn fields(&self) -> String {
        let username = escaped(self.username);
        match self.step {
            LoginStep::Both => self.username_field(&username) + PASSWORD_FIELD,
            LoginStep::Username => self.username_field(&username),
            LoginStep::Password => {
                format!(r#"<input type="hidden" name="username" value="{username}"><p>{username}</p>{PASSWORD_FIELD}"#)
            }
        }
    }

    fn username_field(&self, value: &str) -> String {
        let label = match self.usernames {
            Usernames::Email => "Email address",
            Usernames::Chosen => "Username",
        };
        format!(
            r#"<label for="username">{label}</label><input id="username" type="text" name="username" value="{value}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>"#
        )
    }
}

const PASSWORD_FIELD: &str = r#"<label for="password">Password</label><input id="password" type="password" name="password" placeholder="Enter password" autocomplete="current-password" required><label class="show"><input id="show-password" type="checkbox"> Show password</label>"#;

/// `/error`: what a browser sees when a request cannot go back to the client. Managed login does not say why.
pub(super) async fn error_endpoint(State(host): State<Host>, RawQuery(query): RawQuery) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    tracing::info!(error = parameters.get("error"), client_id = parameters.get("client_id"), "error page");
    match host.login {
        LoginVersion::Managed => unavailable(),
        LoginVersion::Classic => broken(),
    }
}

/// A client without a branding style has no pages.
pub(super) fn unavailable() -> Response {
    document(StatusCode::FORBIDDEN, "Login pages unavailable", "<p>Please contact an administrator.</p>")
}

/// A request that makes no sense on this domain.
pub(super) fn broken() -> Response {
    let body = alert(Some("An error was encountered with the requested page."));
    document(StatusCode::BAD_REQUEST, "Error", &body)
}

/// A client that offers no way to sign in.
pub(super) fn no_provider() -> Response {
    let body = alert(Some("Login option is not available. Please try another one"));
    document(StatusCode::OK, "Sign in", &body)
}

/// A form that did not come from a page of this domain.
pub(super) fn forged() -> Response {
    document(StatusCode::FORBIDDEN, "Error", &alert(Some("Invalid or missing CSRF token. Go back and try again.")))
}

fn alert(text: Option<&str>) -> String {
    text.map(|text| format!(r#"<div role="alert">{}</div>"#, escaped(text))).unwrap_or_default()
}

fn document(status: StatusCode, title: &str, body: &str) -> Response {
    let nonce = random::alphanumeric(24);
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
    );
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" href="data:,"><style nonce="{nonce}">{STYLE}</style></head>
<body><main><h1>{title}</h1>{body}<footer>User pool emulator for tests. Do not enter real credentials.</footer></main>
<script nonce="{nonce}">{SCRIPT}</script></body>
</html>
"#
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html;charset=UTF-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, [(header::CONTENT_SECURITY_POLICY, policy)], html).into_response()
}

/// Text that may stand in HTML, in attributes too.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}
