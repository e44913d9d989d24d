//! The tool that needs a third party's token, which the user gets it by an elicited URL: a page of the server, where the
//! user logs in, unless they come with an access token, and is sent on to the third party and back.
//!
//! What was granted is good for the call that demanded it, and for the session in which it was demanded.

use super::server::{Call, Server, cookie, random, redirect};
use super::setup::PASSWORD_ENV;
use super::tokens::user;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

const LOGIN: &str = "__Host-login";

/// What the tool and its pages remember.
#[derive(Default)]
pub struct Calendar {
    /// What was elicited, and from whom.
    elicited: HashMap<String, String>,
    /// Login cookie to user.
    logins: HashMap<String, String>,
    /// State towards the third party to elicitation.
    states: HashMap<String, String>,
    /// Elicitation to the third party's token.
    granted: HashMap<String, String>,
}

type Parameters = HashMap<String, String>;

pub async fn connect(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Query(query): Query<Parameters>,
) -> Response {
    let id = query.get("id").cloned().unwrap_or_default();
    let visitor = server.visitor(&headers).await;
    let mut memory = server.memory.lock().unwrap();
    let calendar = &mut memory.calendar;
    let Some(owner) = calendar.elicited.get(&id) else { return StatusCode::NOT_FOUND.into_response() };
    match visitor {
        None => {
            return Html(format!(
                "<form method=post action=/calendar/login><input type=hidden name=id value={id}><input name=who>\
                 <input type=password name=password><button>Log in</button></form>"
            ))
            .into_response();
        }
        Some(visitor) if visitor != *owner => return StatusCode::FORBIDDEN.into_response(),
        Some(_) => {}
    }
    let state = random();
    calendar.states.insert(state.clone(), id);
    let back = format!("{}/calendar/back", server.origin());
    let pairs = [("response_type", "code"), ("client_id", "c"), ("redirect_uri", &back), ("state", &state)];
    let to = format!("{}/authorize", server.told.third_party);
    redirect(url::Url::parse_with_params(&to, &pairs).unwrap().as_str())
}

pub async fn login(State(server): State<Arc<Server>>, Form(form): Form<Parameters>) -> Response {
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    if given("password") != std::env::var(PASSWORD_ENV).unwrap() {
        return StatusCode::FORBIDDEN.into_response();
    }
    let login = random();
    let user = user(&server.told.issuer, &given("who"));
    server.memory.lock().unwrap().calendar.logins.insert(login.clone(), user);
    let cookie = format!("{LOGIN}={login}; Path=/; Secure; HttpOnly; SameSite=Lax");
    let to = format!("/calendar/connect?id={}", given("id"));
    (StatusCode::SEE_OTHER, [("location", to), ("set-cookie", cookie)]).into_response()
}

pub async fn back(State(server): State<Arc<Server>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    let given = |name: &str| query.get(name).cloned().unwrap_or_default();
    let visitor = server.visitor(&headers).await;
    let id = {
        let calendar = &mut server.memory.lock().unwrap().calendar;
        let id = calendar.states.remove(&given("state"));
        id.filter(|id| visitor.is_some() && calendar.elicited.get(id) == visitor.as_ref())
    };
    let Some(id) = id else { return StatusCode::FORBIDDEN.into_response() };
    let form = [("grant_type", "authorization_code"), ("code", &given("code"))];
    let answer = server.ask(&format!("{}/token", server.told.third_party), &form).await.unwrap_or_default();
    let Some(token) = answer["access_token"].as_str() else { return StatusCode::BAD_GATEWAY.into_response() };
    server.memory.lock().unwrap().calendar.granted.insert(id, token.to_owned());
    Html("<p>You may close this page.</p>").into_response()
}

impl Server {
    /// The user of a browser: by an access token that it comes with, or by the cookie of a login.
    async fn visitor(&self, headers: &HeaderMap) -> Option<String> {
        if let Ok(caller) = self.caller(headers).await {
            return Some(caller.user);
        }
        self.memory.lock().unwrap().calendar.logins.get(&cookie(headers, LOGIN)?).cloned()
    }

    /// The tool: with the third party's token it works, without it demands one, as the revision has it.
    pub fn calendar(&self, user: &str, call: &Call<'_>) -> Result<Value, Value> {
        let mut memory = self.memory.lock().unwrap();
        let session = call.session.and_then(|id| memory.sessions.get(id)?.elicitation.clone());
        let state = call.params.get("requestState").and_then(Value::as_str).map(str::to_owned);
        let calendar = &mut memory.calendar;
        let is_granted = |id: &String| {
            calendar.granted.contains_key(id) && calendar.elicited.get(id).is_some_and(|owner| owner == user)
        };
        if state.or(session).as_ref().is_some_and(is_granted) {
            return Ok(json!({ "content": [{ "type": "text", "text": "nothing today" }] }));
        }
        let id = random();
        calendar.elicited.insert(id.clone(), user.to_owned());
        let url = format!("{}/calendar/connect?id={id}", self.origin());
        let url = json!({ "mode": "url", "elicitationId": id, "url": url, "message": "Connect your calendar" });
        let asked = json!({ "type": "object", "properties": { "colour": { "type": "string" } } });
        let form = json!({ "mode": "form", "message": "Which colour?", "requestedSchema": asked });
        if let Some(session) = call.session.and_then(|session| memory.sessions.get_mut(session)) {
            session.elicitation = Some(id.clone());
        }
        let request = |params: Value| json!({ "method": "elicitation/create", "params": params });
        match call.stateless {
            true => Ok(json!({
                "resultType": "input_required",
                "inputRequests": { "connect": request(url), "colour": request(form) },
                "requestState": id,
            })),
            false => Err(json!({ "code": -32042, "message": "open it", "data": { "elicitations": [url, form] } })),
        }
    }
}
