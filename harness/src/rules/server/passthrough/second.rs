//! What a server can do wrong that calls an upstream API, and that elicits a login at a third party.

use crate::rules::server::second::*;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret as _;

/// The name that the server's login page is sent.
const NAME: &str = "who";

fn asks_upstream(request: &Request) -> bool {
    request.path() == "/data"
}

fn calls_calendar(request: &Request, _: &Response) -> bool {
    calls(request, "calendar")
}

/// The pages between an elicited URL and the third party.
fn at_a_page(request: &Request) -> bool {
    ["/calendar/connect", "/calendar/back"].contains(&request.path().as_str())
}

/// The access token in the third party's answer to the server.
fn third_party_token(request: &Request, response: &Response) -> Option<String> {
    member(response, "access_token").filter(|_| request.path() == "/token")
}

/// Whether the tool has what it needs of the third party, and works.
fn is_content(request: &Request, response: &Response) -> bool {
    let done = response.json().is_some_and(|answer| answer.pointer("/result/content").is_some());
    calls(request, "calendar") && done
}

pub(crate) const MUTANTS: &[Mutant] = &[
    second(
        "sends the client's token on to its upstream API",
        &["RS-PASS-01"],
        &[],
        &[Act::Forward(asks_upstream, |request, token| {
            if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
                request.headers.insert(AUTHORIZATION, value);
            }
        })],
    ),
    second(
        "sends the client's token on in a query",
        &["RS-PASS-01"],
        &[],
        &[Act::Forward(asks_upstream, |request, token| request.url = format!("{}?access_token={token}", request.url))],
    ),
    second(
        "answers with the token of the third party",
        &["RS-PASS-03"],
        &[],
        &[Act::Leak(third_party_token, |request, response, token| {
            if is_content(request, response) {
                replace(response, "nothing today", token);
            }
        })],
    ),
    second(
        "shows the token of the third party in a header field",
        &["RS-PASS-03"],
        &[],
        &[Act::Leak(third_party_token, |request, response, token| {
            if let (true, Ok(value)) = (is_content(request, response), HeaderValue::from_str(token)) {
                response.headers.insert("x-third-party", value);
            }
        })],
    ),
    second(
        "takes every user for the one for whom a URL was made",
        &["RS-PASS-05"],
        &["RS-PASS-08"],
        &[Act::Mishear(|request| request.form(NAME) == ["bob"], Change::SetForm(NAME, "alice"))],
    ),
    second(
        "does not ask who opens an elicited URL",
        &["RS-PASS-05"],
        &["RS-PASS-08"],
        &[Act::Accept(|request| at_a_page(request) && request.cookies().is_empty())],
    ),
    second(
        "believes the user that an elicited URL names",
        &["RS-PASS-08"],
        &[],
        &[Act::Accept(|request| match request.path().as_str() {
            "/calendar/connect" => !request.query("user").is_empty(),
            "/calendar/back" => request.cookies().is_empty(),
            _ => false,
        })],
    ),
    second(
        "greets an attacker who opens an elicited URL by the user's name",
        &["RS-PASS-09"],
        &[],
        &[Act::Answer(
            |request, _| request.path() == "/calendar/connect" && request.cookies().is_empty(),
            Change::Rewrite(|_, response| replace(response, "<form", "<p>Hello alice</p><form")),
        )],
    ),
    second(
        "puts the client's token into an elicited URL",
        &["RS-PASS-06"],
        &[],
        &[Act::Answer(
            calls_calendar,
            Change::Rewrite(|request, response| {
                let Some(presented) = &request.presented else { return };
                let longer = format!("/connect?who={}&", presented.token.expose_secret());
                replace(response, "/connect?", &longer);
            }),
        )],
    ),
    second(
        "puts a mail address into an elicited URL",
        &["RS-PASS-06"],
        &[],
        &[Act::Answer(
            calls_calendar,
            Change::Rewrite(|_, response| replace(response, "/connect?", "/connect?login_hint=alice%40example.org&")),
        )],
    ),
    second(
        "asks for a password by a form",
        &["RS-PASS-07"],
        &[],
        &[Act::Answer(
            calls_calendar,
            Change::Rewrite(|_, response| replace(response, r#"{"colour":{"type"#, r#"{"password":{"type"#)),
        )],
    ),
];
