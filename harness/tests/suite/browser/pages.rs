//! An authorization server in miniature: one login page per misbehaviour, each behind the same authorization endpoint.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Router, serve};
use futures::StreamExt;
use harness::login::CallbackListener;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use url::Url;

/// The only password that is accepted.
pub(crate) const PASSWORD: &str = "correct horse & <battery>";
const USERNAME: &str = "alice@example.com";
const CSRF: &str = "7d1d4a8e";

type Params = HashMap<String, String>;

/// What the login endpoint serves.
pub(crate) struct Page(Router<Shared>);

#[derive(Clone)]
struct Shared(Arc<Inner>);

struct Inner {
    redirect_uri: Url,
    state: Mutex<Observed>,
    asked: Notify,
}

#[derive(Default)]
struct Observed {
    posts: usize,
    authorizations: usize,
    lang: Option<String>,
}

/// A running authorization server with a listener for its callbacks.
pub(crate) struct Site {
    origin: Url,
    catcher: CallbackListener,
    shared: Shared,
}

impl Site {
    pub(crate) async fn serve(page: Page) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = Url::parse(&format!("http://localhost:{}", listener.local_addr().unwrap().port())).unwrap();
        let catcher = CallbackListener::bind().await.unwrap();
        let shared = Shared(Arc::new(Inner {
            redirect_uri: catcher.redirect_uri().clone(),
            state: Mutex::default(),
            asked: Notify::new(),
        }));
        let app = page.0.with_state(shared.clone());
        tokio::spawn(async move { serve(listener, app).await });
        Self { origin, catcher, shared }
    }

    /// A server whose port is closed.
    pub(crate) async fn gone() -> Self {
        let mut site = Self::serve(one_page()).await;
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        site.origin.set_port(Some(port)).unwrap();
        site
    }

    pub(crate) fn authorization_url(&self) -> Url {
        let mut url = self.origin.join("/oauth2/authorize").unwrap();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", "the-client")
            .append_pair("redirect_uri", self.catcher.redirect_uri().as_str())
            .append_pair("state", "the state&more");
        url
    }

    pub(crate) fn redirect_uri(&self) -> &Url {
        self.catcher.redirect_uri()
    }

    pub(crate) async fn caught(&self) -> Url {
        self.catcher.caught().await.unwrap()
    }

    /// How many forms were received.
    pub(crate) fn posts(&self) -> usize {
        self.shared.observed(|seen| seen.posts)
    }

    pub(crate) fn lang_asked_for(&self) -> Option<String> {
        self.shared.observed(|seen| seen.lang.clone())
    }

    /// Waits for the first authorization request.
    pub(crate) async fn asked(&self) {
        self.shared.0.asked.notified().await;
    }
}

impl Shared {
    fn observed<T>(&self, look: impl FnOnce(&mut Observed) -> T) -> T {
        look(&mut self.0.state.lock().unwrap())
    }

    fn callback(&self, state: &str) -> Response {
        let mut url = self.0.redirect_uri.clone();
        url.query_pairs_mut().append_pair("code", "the-code").append_pair("state", state);
        found(url.as_str())
    }
}

fn found(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!("<!doctype html><html lang=en><title>{title}</title><body>{body}</body></html>"))
}

/// The authorization endpoint, which notes the request and sends the browser on to `/login` with a CSRF cookie.
fn authorize() -> Router<Shared> {
    Router::new().route(
        "/oauth2/authorize",
        get(async |State(shared): State<Shared>, Query(params): Query<Params>| {
            shared.observed(|seen| {
                seen.authorizations += 1;
                seen.lang = params.get("lang").cloned();
            });
            shared.0.asked.notify_one();
            let login = Url::parse_with_params("http://x/login", [("state", &params["state"])]).unwrap();
            let cookie = format!("XSRF-TOKEN={CSRF}; Path=/; HttpOnly; Secure; SameSite=Lax");
            ([(header::SET_COOKIE, cookie)], Redirect::to(&format!("/login?{}", login.query().unwrap())))
        }),
    )
}

/// Serves `body` as the login page; a form sent back must hold cookie, token and the right credentials.
fn form(body: &'static str) -> Page {
    let check = async move |State(shared): State<Shared>,
                            Query(query): Query<Params>,
                            headers: HeaderMap,
                            Form(sent): Form<Params>| {
        shared.observed(|seen| seen.posts += 1);
        let field = |name: &str| sent.get(name).map(String::as_str);
        if !cookie(&headers, "XSRF-TOKEN", CSRF) || field("_csrf") != Some(CSRF) {
            return (StatusCode::FORBIDDEN, page("Forbidden", "no token")).into_response();
        }
        if field("username") == Some(USERNAME) && field("password") == Some(PASSWORD) {
            return shared.callback(&query["state"]);
        }
        page("Sign in", &format!("<div role=alert>Incorrect username or password.</div>{body}")).into_response()
    };
    Page(authorize().route("/login", get(async move || page("Sign in", body)).post(check)))
}

fn cookie(headers: &HeaderMap, name: &str, value: &str) -> bool {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split("; "))
        .any(|pair| pair == format!("{name}={value}"))
}

pub(crate) fn one_page() -> Page {
    form(
        r#"<h1>Sign in</h1><form method=post><input type=hidden name=_csrf value=7d1d4a8e>
        <label>Email address <input name=username></label><label>Password <input name=password type=password></label>
        <label>Show password <input type=checkbox></label><button type=submit>Sign in</button></form>"#,
    )
}

/// A form, and behind it what no author of pages closes: deep, broken, and more than is read.
pub(crate) fn endless_markup() -> Page {
    let body = format!(
        "<form method=post><input type=hidden name=_csrf value=7d1d4a8e><input name=username>\
         <input name=password type=password><button>Sign in</button></form>{}",
        "<div><b><table><tr <p class='x>".repeat(100_000)
    );
    form(body.leak())
}

pub(crate) fn without_a_button() -> Page {
    form(
        r#"<form method=post><input type=hidden name=_csrf value=7d1d4a8e>
        <input name=username><input name=password type=password></form>
        <script>document.forms[0].onkeydown = e => { if (e.key === 'Enter') document.forms[0].submit() }</script>"#,
    )
}

pub(crate) fn classic() -> Page {
    form(
        r#"<style>.phone { display: none }</style>
        <div class=phone><form name=cognitoSignInForm method=post><input type=hidden name=_csrf value=7d1d4a8e>
        <input id=signInFormUsername name=username><input id=signInFormPassword name=password type=password>
        <input name=signInSubmitButton type=submit value="Sign in"></form></div>
        <div class=desktop><form name=cognitoSignInForm method=post><input type=hidden name=_csrf value=7d1d4a8e>
        <input type=hidden name=cognitoAsfData><input id=signInFormUsername name=username>
        <input id=signInFormPassword name=password type=password>
        <input name=signInSubmitButton type=submit value="Sign in" aria-label=submit></form></div>"#,
    )
}

pub(crate) fn two_pages() -> Page {
    const FIRST: &str = "<form method=post action=/login/password>\
        <input name=username><button type=submit>Next</button></form>";
    let second = async |State(shared): State<Shared>, headers: HeaderMap, Form(sent): Form<Params>| {
        shared.observed(|seen| seen.posts += 1);
        let username = sent["username"].clone();
        let form = format!(
            "<h1>Enter your password</h1><form method=post><input type=hidden name=username value='{username}'>\
             <input name=password type=password placeholder='Enter password'><input type=checkbox>\
             <a href='/forgot'>Forgot your password?</a>\
             <button type=button>Back</button><button type=submit>Continue</button></form>"
        );
        match sent.get("password").map(String::as_str) {
            None => page("Password", &form).into_response(),
            Some(PASSWORD) if username == USERNAME && cookie(&headers, "XSRF-TOKEN", CSRF) => {
                shared.callback("the state&more")
            }
            Some(_) => {
                page("Password", &format!("<p role=alert>Incorrect username or password.</p>{form}")).into_response()
            }
        }
    };
    Page(
        authorize()
            .route("/login", get(async || page("Sign in", FIRST)))
            .route("/login/password", axum::routing::post(second)),
    )
}

/// The form with a script behind it.
macro_rules! scripted {
    ($script:literal) => {
        form(concat!(
            "<form method=post><input type=hidden name=_csrf value=7d1d4a8e>",
            "<input name=username><input name=password type=password><button type=submit>Sign in</button></form>",
            "<script>const form = document.forms[0];",
            $script,
            "</script>"
        ))
    };
}

pub(crate) fn emptied_once() -> Page {
    scripted!("form.password.addEventListener('input', () => form.reset(), { once: true });")
}

pub(crate) fn replaced_once() -> Page {
    scripted!("form.username.addEventListener('input', () => { form.innerHTML = form.innerHTML; }, { once: true });")
}

pub(crate) fn first_click_swallowed() -> Page {
    scripted!("form.addEventListener('submit', e => { e.preventDefault(); form.reset(); }, { once: true });")
}

pub(crate) fn emptied_always() -> Page {
    scripted!("form.password.addEventListener('input', () => form.reset());")
}

pub(crate) fn second_step_in_place() -> Page {
    scripted!(
        "const password = form.password; password.remove();
         form.addEventListener('submit', e => {
           e.preventDefault();
           setTimeout(() => {
             form.username.type = 'hidden';
             form.prepend(password);
           }, 300);
         }, { once: true });"
    )
}

pub(crate) fn form_by_script() -> Page {
    scripted!("form.remove(); setTimeout(() => document.body.append(form), 700);")
}

pub(crate) fn asks_again() -> Page {
    Page(authorize().route(
        "/login",
        get(async || page("Sign in", ANY_FORM)).post(async |State(shared): State<Shared>| {
            shared.observed(|seen| seen.posts += 1);
            page("Sign in", ANY_FORM)
        }),
    ))
}

pub(crate) fn error_page() -> Page {
    let to_error = get(async |State(shared): State<Shared>| {
        shared.0.asked.notify_one();
        Redirect::to("/error?error=redirect_mismatch&client_id=the-client")
    });
    let error = get(async || (StatusCode::BAD_REQUEST, page("Error", "<h1>An error was encountered</h1>")));
    Page(Router::new().route("/oauth2/authorize", to_error).route("/error", error))
}

pub(crate) fn denied() -> Page {
    let deny =
        get(async |State(shared): State<Shared>| found(&format!("{}?error=access_denied", shared.0.redirect_uri)));
    Page(Router::new().route("/oauth2/authorize", deny))
}

/// A form for pages that do not look at what is sent.
const ANY_FORM: &str = "<form method=post><input name=username><input name=password><button>Go</button></form>";

const NO_BRANDING: &str = "<h1>Login pages unavailable</h1><p>Please contact an administrator.</p>";

/// Unavailable for the first two authorization requests.
pub(crate) fn unavailable_at_first() -> Page {
    let login = get(async |State(shared): State<Shared>| {
        if shared.observed(|seen| seen.authorizations <= 2) {
            return (StatusCode::FORBIDDEN, page("Login pages unavailable", NO_BRANDING)).into_response();
        }
        page("Sign in", ANY_FORM).into_response()
    })
    .post(async |State(shared): State<Shared>| shared.callback("the state&more"));
    Page(authorize().route("/login", login))
}

pub(crate) fn always_unavailable() -> Page {
    let unavailable = async || (StatusCode::FORBIDDEN, page("Login pages unavailable", NO_BRANDING));
    Page(authorize().route("/login", get(unavailable)))
}

pub(crate) fn without_a_form() -> Page {
    Page(authorize().route("/login", get(async || page("Welcome", "<p>Nothing to see</p>"))))
}

/// Sends the beginning of a page and keeps the connection open.
pub(crate) fn never_ends() -> Page {
    let endless = async || {
        let beginning =
            futures::stream::iter([Ok::<_, Infallible>(Bytes::from("<!doctype html><title>Slow</title><p>"))]);
        Response::builder()
            .header(header::CONTENT_TYPE, "text/html")
            .body(Body::from_stream(beginning.chain(futures::stream::pending())))
            .unwrap()
    };
    Page(authorize().route("/login", get(endless)))
}

pub(crate) fn never_answers() -> Page {
    Page(Router::new().route("/oauth2/authorize", any(std::future::pending::<()>)))
}

pub(crate) fn circle() -> Page {
    Page(Router::new().route("/oauth2/authorize", get(async || Redirect::to("/oauth2/authorize"))))
}

pub(crate) fn forwards_credentials() -> Page {
    let forward = async |State(shared): State<Shared>| Redirect::temporary(shared.0.redirect_uri.as_str());
    Page(authorize().route("/login", get(async || page("Sign in", ANY_FORM)).post(forward)))
}

/// Skips the page for a browser that has logged in before.
pub(crate) fn remembers_the_session() -> Page {
    let login = get(async |State(shared): State<Shared>, headers: HeaderMap| {
        if cookie(&headers, "cognito", "session") {
            return shared.callback("remembered");
        }
        page("Sign in", ANY_FORM).into_response()
    })
    .post(async |State(shared): State<Shared>| {
        ([(header::SET_COOKIE, "cognito=session; Path=/; HttpOnly")], shared.callback("new"))
    });
    Page(authorize().route("/login", login))
}

/// A page for the name, one for the password, one that asks for consent; with names of their own, and with a wrong button
/// before the right one. `consents` is how often the last one comes.
pub(crate) fn three_steps(consents: usize) -> Page {
    const NAME: &str = "<form method=post><label for=i>E-mail *</label><input id=i name=identifier>\
        <button name=act value=register>Register</button><button name=act value=next>Next</button></form>";
    const SECRET: &str = "<form method=post><input class=secret name='credentials.passcode' type=password>\
        <input type=submit name=act value=Verify></form>";
    const CONSENT: &str = "<p>Password: known</p><form method=post><button name=act value=deny>Deny</button>\
        <button name=act value=allow>Allow access</button></form>";
    let step = async move |State(shared): State<Shared>, Query(query): Query<Params>, Form(sent): Form<Params>| {
        let posts = shared.observed(|seen| {
            seen.posts += 1;
            seen.posts
        });
        let field = |name: &str| sent.get(name).map(String::as_str);
        match field("act") {
            Some("next") if field("identifier") == Some(USERNAME) => page("Password", SECRET).into_response(),
            Some("Verify") if field("credentials.passcode") == Some(PASSWORD) => {
                page("Consent", CONSENT).into_response()
            }
            Some("allow") if posts >= 2 + consents => shared.callback(&query["state"]),
            Some("allow") => page("Consent", CONSENT).into_response(),
            other => page("Error", &format!("{other:?}")).into_response(),
        }
    };
    Page(authorize().route("/login", get(async || page("Sign in", NAME)).post(step)))
}
