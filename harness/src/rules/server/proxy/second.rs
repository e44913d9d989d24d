//! What a proxy before a third-party authorization server can do wrong.

use crate::rules::server::mutants::{at, with_audience};
use crate::rules::server::second::*;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderValue, Method};
use url::Url;

const CONSENT: &str = "__Host-consent";
const CSRF: &str = "__Host-csrf";
const STATE: &str = "__Host-state";

fn asks_for_authorization(request: &Request) -> bool {
    request.path() == "/oauth/authorize"
}

fn calls_back(request: &Request) -> bool {
    request.path() == "/oauth/callback"
}

fn consents(request: &Request) -> bool {
    request.path() == "/oauth/consent"
}

/// The consent page.
fn is_page(request: &Request, response: &Response) -> bool {
    asks_for_authorization(request) && response.status == 200
}

/// The value of a hidden field of the page.
fn field(response: &Response, name: &str) -> Option<String> {
    let text = std::str::from_utf8(&response.body).ok()?;
    let (_, rest) = text.split_once(&format!("name={name} value="))?;
    rest.split('>').next().map(str::to_owned)
}

/// A query parameter of the URL to which an answer redirects.
fn redirected_with(response: &Response, name: &str) -> Option<String> {
    let url = Url::parse(response.headers.get(LOCATION)?.to_str().ok()?).ok()?;
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// What the page sends when its button is pressed, by the browser that it was shown in.
fn pressed(request: &Request, response: &Response) -> Option<Request> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for name in ["transaction", "client_id", "csrf"] {
        form.append_pair(name, &field(response, name)?);
    }
    let mut cookies: Vec<_> = request.cookies().into_iter().filter(|(name, _)| name != CSRF).collect();
    cookies.push((CSRF.to_owned(), field(response, "csrf")?));
    let cookies: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let url = Url::parse(&request.url).ok()?.join("/oauth/consent").ok()?;
    let pressed = Request::new(request.purpose.clone(), Method::POST, url)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
        .header(COOKIE, HeaderValue::from_str(&cookies.join("; ")).ok()?)
        .content(form.finish());
    Some(pressed)
}

/// The client in the cookie of a proxy that believes it, and the rest of the cookie.
fn client_in_cookie(request: &Request) -> Option<(String, String)> {
    let cookie = request.cookie(CONSENT)?;
    cookie.rsplit_once('.').map(|(rest, client)| (rest.to_owned(), client.to_owned()))
}

/// A redirect URI cut off behind what clients of the harness register.
fn registered_part(request: &Request) -> Option<String> {
    let given = request.query("redirect_uri").pop()?;
    let end = given.find("/callback")? + "/callback".len();
    given.get(..end).map(str::to_owned)
}

/// The state that the browser is sent to the third party with.
fn state(request: &Request, response: &Response) -> Option<String> {
    redirected_with(response, "state").filter(|_| consents(request) || asks_for_authorization(request))
}

pub(crate) const MUTANTS: &[Mutant] = &[
    second(
        "sends the browser to the third party at once",
        &["RS-PROXY-01"],
        &["RS-PROXY-02", "RS-PROXY-03", "RS-PROXY-04", "RS-PROXY-07"],
        &[Act::GoOn(|request, response| is_page(request, response).then(|| pressed(request, response))?)],
    ),
    second(
        "takes consent to one client for consent to all",
        &["RS-PROXY-01", "RS-PROXY-04"],
        &[],
        &[Act::GoOn(|request, response| {
            let consented = request.cookie(CONSENT).is_some();
            (is_page(request, response) && consented).then(|| pressed(request, response))?
        })],
    ),
    second(
        "does not name the client on the consent page",
        &["RS-PROXY-02"],
        &[],
        &[Act::Answer(is_page, Change::Rewrite(|_, response| replace(response, "<h1>Probe", "<h1>Client")))],
    ),
    second(
        "does not name the scopes on the consent page",
        &["RS-PROXY-02"],
        &[],
        &[Act::Answer(is_page, Change::Rewrite(|_, response| replace(response, "calendar:read", "something")))],
    ),
    second(
        "does not name the redirect URI on the consent page",
        &["RS-PROXY-02"],
        &[],
        &[Act::Answer(is_page, Change::Rewrite(|_, response| replace(response, "https://client-", "the client ")))],
    ),
    second(
        "does not look at whose token a consent form has",
        &["RS-PROXY-03"],
        &[],
        &[Act::Mishear(consents, Change::TakeCookie(CSRF, |request| request.form("csrf").pop()))],
    ),
    second(
        "lets its consent page be framed",
        &["RS-PROXY-03"],
        &[],
        &[Act::Answer(is_page, Change::DropHeader("content-security-policy"))],
    ),
    second(
        "does not protect the consent cookie",
        &["RS-PROXY-04"],
        &[],
        &[Act::Answer(
            |request, _| consents(request),
            Change::MapHeader("set-cookie", |cookie| match cookie.starts_with(CONSENT) {
                true => cookie.replace("; HttpOnly; SameSite=Lax", ""),
                false => cookie.to_owned(),
            }),
        )],
    ),
    second(
        "believes the client in the consent cookie",
        &["RS-PROXY-04"],
        &[],
        &[
            Act::Answer(
                |request, _| consents(request),
                Change::Rewrite(|request, response| {
                    let client = request.form("client_id").pop().unwrap_or_default();
                    for (_, value) in response.headers.iter_mut().filter(|(name, _)| **name == SET_COOKIE) {
                        let consent = value.to_str().ok().filter(|text| text.starts_with(CONSENT));
                        let longer = consent.map(|text| text.replacen(';', &format!(".{client};"), 1));
                        if let Some(longer) = longer.and_then(|text| HeaderValue::from_str(&text).ok()) {
                            *value = longer;
                        }
                    }
                }),
            ),
            Act::Mishear(
                |request| client_in_cookie(request).is_some(),
                Change::TakeCookie(CONSENT, |request| client_in_cookie(request).map(|(rest, _)| rest)),
            ),
            Act::GoOn(|request, response| {
                let believed =
                    client_in_cookie(request).is_some_and(|(_, client)| request.query("client_id") == [client]);
                (is_page(request, response) && believed).then(|| pressed(request, response))?
            }),
        ],
    ),
    second(
        "compares the beginning of a host",
        &["RS-PROXY-05"],
        &[],
        &[Act::Mishear(
            asks_for_authorization,
            Change::TakeQuery("redirect_uri", |request| {
                Some(request.query("redirect_uri").pop()?.replace(".evil.example", ""))
            }),
        )],
    ),
    at(
        with_audience,
        second(
            "compares the beginning of a redirect URI",
            &["RS-PROXY-05"],
            &[],
            &[Act::Mishear(asks_for_authorization, Change::TakeQuery("redirect_uri", registered_part))],
        ),
    ),
    at(
        with_audience,
        second(
            "compares redirect URIs without regard to case",
            &["RS-PROXY-05"],
            &[],
            &[Act::Mishear(
                asks_for_authorization,
                Change::TakeQuery("redirect_uri", |request| Some(request.query("redirect_uri").pop()?.to_lowercase())),
            )],
        ),
    ),
    second(
        "does not look at the state that comes back",
        &["RS-PROXY-06"],
        &[],
        &[Act::Mishear(calls_back, Change::TakeQuery("state", |request| request.cookie(STATE)))],
    ),
    second(
        "takes a state again",
        &["RS-PROXY-06"],
        &[],
        &[Act::Repeat(|request| request.query("state").pop().filter(|_| calls_back(request)))],
    ),
    second(
        "takes a state from every browser",
        &["RS-PROXY-06"],
        &["RS-PROXY-07"],
        &[Act::Mishear(calls_back, Change::TakeCookie(STATE, |request| request.query("state").pop()))],
    ),
    second("counts its states", &["RS-PROXY-06"], &[], &[Act::Rename(state, |_, count| format!("{count:032}"))]),
    // The state is known when the page is shown, as the transaction that the page names.
    second(
        "sets the state cookie with the consent page",
        &["RS-PROXY-07"],
        &[],
        &[
            Act::Answer(
                is_page,
                Change::Rewrite(|_, response| {
                    let state = field(response, "transaction").unwrap_or_default();
                    let cookie = format!("{STATE}={state}; Path=/; Secure; HttpOnly; SameSite=Lax");
                    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                        response.headers.append(SET_COOKIE, cookie);
                    }
                }),
            ),
            Act::Rename(
                |request, response| state(request, response).filter(|_| consents(request)),
                |request, _| request.form("transaction").pop().unwrap_or_default(),
            ),
        ],
    ),
    second(
        "goes on with tokens whose third-party session has ended",
        &["RS-PROXY-08"],
        &[],
        &[Act::Misread(
            |request, _| request.path() == "/introspect",
            Change::MapJson(|told| *told = json!({ "active": true, "sub": "third-party-user" })),
        )],
    ),
];
