//! What a bench around a server is to be raised with, and why none could be. Values only.

use super::command::CommandError;
use super::discovery::DiscoveryError;
use super::token_source::{Person, TokenSource};
use super::without_token::NotJudgeable;
use crate::catalogue::Revision;
use crate::declared::Subject;
use crate::issuer::{IssuerError, IssuerForm};
use crate::login::NoDriver;
use crate::oauth_client::FlowError;
use crate::wire::{Carried, Limits, NoClient, TapError};
use secrecy::SecretString;

/// Where the server is.
#[derive(Clone, Debug)]
pub enum Target {
    /// It runs already.
    Url(String),
    /// It is started for the run.
    Command {
        /// The command, for the shell.
        command: String,
        /// Variables beside those of this process.
        environment: Vec<(String, String)>,
        /// The port it is told, if not a free one.
        port: Option<u16>,
        /// The endpoint as a path or URL, if not `/mcp`.
        endpoint: Option<String>,
    },
}

/// What a server is to be judged with.
#[derive(Clone, Debug)]
pub struct SubjectSettings {
    /// Where the server is.
    pub target: Target,
    /// What its operator declares.
    pub subject: Subject,
    /// How a valid token is to be had.
    pub credentials: TokenSource,
    /// Who has an account, where that is known; tokens are valid ones of the first and of the second.
    pub accounts: Vec<Person>,
    /// The revisions it is judged at.
    pub revisions: Vec<Revision>,
    /// The form of the issuer that is played for a command.
    pub issuer: IssuerForm,
    /// What one answer may cost.
    pub limits: Limits,
    /// Header fields that something before the server wants on every request.
    pub further: Vec<Carried>,
}

/// Why no bench could be raised around the server.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// The command did not bring it up.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// There is nothing to judge.
    #[error(transparent)]
    NotJudgeable(#[from] NotJudgeable),
    /// It died while it was looked at.
    #[error("the server ended ({ending}) while it was looked at{words}")]
    Died {
        /// How.
        ending: String,
        /// Its last words, with what leads to them.
        words: String,
    },
    /// No third party can be played where the subject file says.
    #[error("{0}; is `port` in [means.third_party] right, and free?")]
    ThirdParty(#[from] TapError),
    /// There is nobody to ask for a token.
    #[error("no token can be asked for: {0}")]
    NoAuthority(#[from] DiscoveryError),
    /// Nothing can be caught at the redirect URI.
    #[error("nothing can listen for the redirect URI {redirect_uri}: {source}")]
    RedirectUri {
        /// The redirect URI.
        redirect_uri: String,
        /// Why.
        source: std::io::Error,
    },
    /// A browser is demanded and there is none.
    #[error(transparent)]
    LoginMethod(#[from] NoDriver),
    /// No token came of it.
    #[error("no valid token could be had: {0}")]
    NoToken(#[source] FlowError),
    /// No issuer can be played here.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// An HTTP client cannot be made here.
    #[error(transparent)]
    Http(#[from] NoClient),
}

impl SubjectSettings {
    /// What must not appear in any output.
    #[must_use]
    pub fn secrets(&self) -> Vec<SecretString> {
        let accounts = self.accounts.iter().map(|person| person.secret().clone());
        let further = self.further.iter().map(|field| field.value.clone());
        self.credentials.secrets().into_iter().chain(accounts).chain(further).collect()
    }
}

impl SubjectError {
    /// Whether the person who typed the command can mend it, in contrast to a failure of the harness.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        match self {
            Self::NoToken(error) => !error.is_of_this_machine(),
            Self::Issuer(_) | Self::Http(_) => false,
            _ => true,
        }
    }
}
