//! How the second subject can be set up, and what its operator declares of it.

use super::front::Front;
use super::spoilt::Spoilt;
use harness::declared::{
    Account, Capabilities, ConsentProxy, Effect, HandleTool, Implication, ScopedOperation, Subject, ThirdPartySeat,
    UpstreamTool,
};
use harness::mcp::ToolCall;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};

/// The scope that writing needs, and one that implies it.
pub const NARROW: &str = "notes.write";
pub const BROAD: &str = "notes";

/// The variable that holds the password of every account; cargo sets it.
pub const PASSWORD_ENV: &str = "CARGO_PKG_NAME";

/// By what tokens are told good from bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// By the keys of the issuer.
    #[default]
    Keys,
    /// By asking the issuer.
    Introspection,
    /// By the keys, and then by asking the issuer whether the token was revoked.
    Both,
}

/// Authorization server metadata that the host serves, as revision 2025-03-26 lets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metadata {
    #[default]
    Nothing,
    /// Its own, as the proxy before a third party that it is.
    OfTheProxy,
    /// A copy of its issuer's, at the root.
    OfTheIssuer,
    /// The same, without an endpoint where clients register.
    OfTheIssuerWithoutRegistration,
    /// The same where later revisions look.
    OfTheIssuerBelowTheRoot,
    /// A document of its own, at the root.
    Own,
    /// The same, without what RFC 8414 requires.
    OwnWithoutEndpoints,
    /// The same where later revisions look.
    OwnBelowTheRoot,
}

/// What the server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    pub verification: Verification,
    pub trusts_two: bool,
    pub lists_without_token: bool,
    pub metadata: Metadata,
    pub front: Front,
    pub spoilt: Spoilt,
    /// Whether a token without any scope is good for what needs none in particular.
    pub asks_no_scope: bool,
}

impl Setup {
    /// Everything that goes together.
    pub const WHOLE: Self = Self {
        verification: Verification::Both,
        trusts_two: true,
        lists_without_token: false,
        metadata: Metadata::OfTheProxy,
        front: Front::Nothing,
        spoilt: Spoilt::Nothing,
        asks_no_scope: false,
    };
}

fn tool(name: &str, arguments: Value) -> ToolCall {
    ToolCall { name: name.to_owned(), arguments: arguments.as_object().cloned().unwrap() }
}

fn account(name: &str) -> Account {
    Account {
        name: name.to_owned(),
        username: Some(name.to_owned()),
        password_env: Some(PASSWORD_ENV.to_owned()),
        ..Account::default()
    }
}

/// What the operator declares of the server.
pub fn declared() -> Subject {
    // It is free now; where another program takes it meanwhile, the scenarios that need it say so.
    let upstream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    Subject {
        name: Some("second subject".to_owned()),
        protected: Some(tool("get_time", json!({}))),
        effect: Some(Effect {
            call: tool("write", json!({ "text": "{marker}" })),
            read: tool("list_notes", json!({})),
        }),
        operations: vec![ScopedOperation {
            name: "writing".to_owned(),
            call: tool("write", json!({ "text": "{marker}" })),
            scopes: vec!["openid".to_owned(), NARROW.to_owned()],
        }],
        base_scopes: vec!["openid".to_owned()],
        allowed_origins: Some(vec!["{origin}".to_owned()]),
        scope_hierarchy: vec![Implication { broad: BROAD.to_owned(), narrow: NARROW.to_owned() }],
        public_operations: Some(vec!["ping".to_owned(), "server/discover".to_owned()]),
        rfc9068: true,
        key_cache_seconds: Some(2),
        accounts: vec![account("alice"), account("bob")],
        capabilities: Capabilities {
            dpop: true,
            handle: Some(HandleTool {
                make: tool("make_handle", json!({})),
                pointer: "/structuredContent/handle".to_owned(),
                take: tool("use_handle", json!({ "handle": "{handle}" })),
            }),
            request_state: Some(tool("ask", json!({ "about": "colours" }))),
            single_use_state: Some(tool("redeem", json!({ "about": "a voucher" }))),
            task: Some(tool("work", json!({}))),
            elicitation: Some(tool("calendar", json!({}))),
            upstream: Some(UpstreamTool { call: tool("fetch", json!({})), port: upstream }),
            third_party: Some(ThirdPartySeat::default()),
            consent_proxy: Some(ConsentProxy { approve: "Allow".to_owned(), ..ConsentProxy::default() }),
            ..Capabilities::default()
        },
        ..Subject::default()
    }
}
