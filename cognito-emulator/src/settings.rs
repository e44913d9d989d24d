//! What a caller may choose about an emulator before it starts. Every choice is a shape that user pools on AWS come in.

use crate::clock::Clock;

/// How an emulator is set up. The default is a plain Cognito in `us-east-1` on free ports.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The AWS region the emulator claims to be in; the first part of every pool id.
    pub region: String,
    /// The port of the API host on 127.0.0.1; 0 takes a free one.
    pub api_port: u16,
    /// How many pages the managed login asks for credentials on.
    pub login_shape: LoginShape,
    /// Whether the discovery document lists `code_challenge_methods_supported`. Cognito's does not, although PKCE works.
    pub announce_pkce: bool,
    /// What is answered at the well-known places where Cognito serves nothing.
    pub absent_metadata: AbsentMetadata,
    /// The clock that codes, sessions and tokens expire by.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            api_port: 0,
            login_shape: LoginShape::OnePage,
            announce_pkce: false,
            absent_metadata: AbsentMetadata::BadRequest,
            clock: Clock::system(),
        }
    }
}

/// The two shapes in which the managed login has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginShape {
    /// User name and password on one page.
    OnePage,
    /// The user name on a first page with “Next”, the password on a second with “Continue”.
    TwoPages,
}

/// The answer at well-known places that Cognito does not serve, such as those of RFC 8414. The true status is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsentMetadata {
    /// 400 with a JSON message.
    BadRequest,
    /// 404 with a JSON message.
    NotFound,
}
