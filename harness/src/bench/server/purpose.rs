//! What the server bench sends its requests for, as far as rooms share it. A room has purposes of its own for the rest.

use crate::mcp::Operation;
use crate::protocol::metadata::Way;
use crate::token_name::TokenName;
use crate::wire::{Purpose, Request, purpose};
use std::fmt;

/// To see what the endpoint answers to an operation with these tokens, or without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The operation.
    pub operation: Operation,
    /// The names of the tokens that are presented.
    pub tokens: Vec<TokenName>,
}
purpose!(Asked);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tokens.as_slice() {
            [] => write!(f, "{} without a token", self.operation),
            [first, others @ ..] => {
                write!(f, "{} with {first}", self.operation)?;
                others.iter().try_for_each(|token| write!(f, " and {token}"))
            }
        }
    }
}

/// To see what the endpoint answers to an operation under a circumstance that a room names.
#[derive(Clone, Debug)]
pub struct Under {
    /// The circumstance.
    pub circumstance: Purpose,
    /// The operation.
    pub operation: Operation,
    /// The name of the token that is presented, where the circumstance does not say it.
    pub token: Option<TokenName>,
}
purpose!(Under);

impl Under {
    /// An operation under a circumstance.
    pub fn new(circumstance: impl Into<Purpose>, operation: &Operation, token: Option<&TokenName>) -> Self {
        Self { circumstance: circumstance.into(), operation: operation.clone(), token: token.cloned() }
    }

    /// The operation of a request that was sent under a circumstance of this type, and the circumstance.
    #[must_use]
    pub fn of<T: crate::wire::Aim>(request: &Request) -> Option<(&Operation, &T)> {
        let under = request.purpose.get::<Self>()?;
        Some((&under.operation, under.circumstance.get::<T>()?))
    }
}

impl fmt::Display for Under {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.circumstance, self.operation)?;
        self.token.iter().try_for_each(|token| write!(f, " with {token}"))
    }
}

/// To look at the id of one session of many that are opened for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneOfMany;
purpose!(OneOfMany);

impl fmt::Display for OneOfMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one session of many")
    }
}

/// To see which sockets of this machine listen on a port, which takes no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListeningSockets {
    /// The port of the endpoint.
    pub port: u16,
}
purpose!(ListeningSockets);

impl fmt::Display for ListeningSockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sockets that listen on port {}", self.port)
    }
}

/// To find what a server or its authorization servers publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The protected resource metadata.
    ForMetadata(Way),
    /// The metadata of an authorization server that it names.
    ForIssuer,
}
purpose!(Looked);

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForMetadata(way) => write!(f, "metadata at {}", way.as_str()),
            Self::ForIssuer => f.write_str("metadata of an authorization server"),
        }
    }
}
