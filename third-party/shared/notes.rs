//! What the Rust servers here have in common and no library is concerned with: where they are, whom they trust, and the
//! notes of each user.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

pub fn issuer() -> String {
    std::env::var("MCP_CONFORMANCE_AUTH_SERVER_URL").expect("MCP_CONFORMANCE_AUTH_SERVER_URL names the issuer")
}

pub fn port() -> u16 {
    std::env::var("PORT").ok().and_then(|port| port.parse().ok()).expect("PORT is a number")
}

static NOTES: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

pub fn time() -> String {
    format!("{:?}", std::time::SystemTime::now())
}

pub fn write(user: &str, text: &str) -> String {
    let mut notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    notes.entry(user.to_owned()).or_default().push(text.to_owned());
    "written".to_owned()
}

pub fn notes_of(user: &str) -> String {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner).get(user).map(|notes| notes.join("\n")).unwrap_or_default()
}
