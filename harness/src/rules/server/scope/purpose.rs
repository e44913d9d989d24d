//! What requests about scopes are for.

use crate::bench::ChosenScopes;
use crate::rules::server::common::words::worded;
use crate::token_name::TokenName;
use crate::wire::purpose;
use std::fmt;

/// What is tried, with which scopes and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules::server) enum Tried {
    /// The scoped operation, with a token of these scopes.
    Operation(ChosenScopes),
    /// The same with the base scopes alone, one time of many, counted from 1.
    OperationAgain {
        /// Which time it is.
        time: usize,
    },
    /// The same beside a request without any token.
    OperationBesideOutsider,
    /// The same, to learn from the challenge what is lacking.
    OperationBeforeStepUp,
    /// With what the challenge names as well.
    OperationAfterStepUp,
    /// With the base scopes alone, to see afterwards whether it had its effect.
    OperationForItsEffect,
    /// With the base scopes alone, whether or not it is in the list of tools.
    OperationUnlisted,
    /// The scoped operation with its scopes, as a control.
    PositiveControl,
    /// The scoped operation without its scopes, as a control.
    NegativeControl,
    /// An operation with a broader scope than the one that it needs.
    Implied {
        /// The name of the operation.
        operation: String,
        /// The scope that the token has.
        broad: String,
        /// The scope that the operation needs.
        narrow: String,
    },
    /// The tool that needs no other than the base scopes, with those alone.
    HarmlessTool,
    /// The list of tools without a token, one time of many, counted from 1.
    ListByOutsider {
        /// Which time it is.
        time: usize,
    },
    /// The list of tools, by callers with different scopes in turn.
    List {
        /// The scopes of the caller.
        scopes: ChosenScopes,
        /// Which of three it is.
        turn: Turn,
        /// The connection.
        connection: Connection,
    },
    /// A page of the list of tools.
    Page {
        /// The scopes of the caller.
        scopes: ChosenScopes,
        /// Which page it is, counted from 1.
        number: usize,
    },
    /// The operation by which tokens are tried, with a scope that nothing needs.
    UnrelatedScope,
    /// The list of tools, before one that it may not show is called.
    ListBeforeCall,
    /// The scoped operation, with a token that grants nothing.
    OperationWithToken(TokenName),
    /// The same by the name of its tool in other case, with the base scopes alone.
    NamedInOtherCase,
    /// The same with the base scopes alone, and those that are lacking named at this place.
    ScopesBeside(Beside),
    /// The guarded operation, without the scopes that every request needs.
    WithoutBase,
}
purpose!(Tried);

worded! {
    /// Where a client names scopes that its token has not.
    Beside {
        /// The arguments of the tool.
        Arguments = "the arguments",
        /// The metadata of the call.
        Meta = "_meta",
        /// The fields in which gateways tell what a token grants.
        HeaderFields = "header fields",
        /// The query of the endpoint.
        Query = "the query",
    }
}

/// Which of three requests in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules::server) enum Turn {
    First,
    Second,
    Third,
}

/// The connection that a request of several goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules::server) enum Connection {
    /// The same one for all.
    Shared,
    /// One of its own.
    Fresh,
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = ChosenScopes::OnlyBase;
        match self {
            Self::Operation(scopes) => write!(f, "the scoped operation with {scopes}"),
            Self::OperationAgain { time } => write!(f, "the scoped operation with {base}, time {time}"),
            Self::OperationBesideOutsider => write!(f, "the scoped operation with {base}, beside a 401"),
            Self::OperationBeforeStepUp => f.write_str("the scoped operation before the step-up"),
            Self::OperationAfterStepUp => f.write_str("the scoped operation with what the challenge names as well"),
            Self::OperationForItsEffect => f.write_str("the scoped operation whose effect is looked for"),
            Self::OperationUnlisted => f.write_str("the scoped operation called directly"),
            Self::PositiveControl => f.write_str("the scoped operation as positive control"),
            Self::NegativeControl => f.write_str("the scoped operation as negative control"),
            Self::Implied { operation, broad, narrow } => write!(f, "{operation} with {broad} in place of {narrow}"),
            Self::HarmlessTool => write!(f, "the harmless tool with {base}"),
            Self::ListByOutsider { time } => write!(f, "tools/list without a token, time {time}"),
            Self::List { scopes, turn, connection } => write!(f, "the {turn} list with {scopes}, on {connection}"),
            Self::Page { scopes, number } => write!(f, "page {number} of tools/list with {scopes}"),
            Self::UnrelatedScope => f.write_str("tools/list with a scope that nothing needs"),
            Self::ListBeforeCall => f.write_str("the list before a direct call"),
            Self::OperationWithToken(token) => write!(f, "the scoped operation with {token}"),
            Self::NamedInOtherCase => write!(f, "the scoped operation by its name in other case, with {base}"),
            Self::ScopesBeside(place) => write!(f, "the scoped operation with {base}, and the others in {place}"),
            Self::WithoutBase => f.write_str("the guarded operation with none of the base scopes"),
        }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
        })
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "one connection",
            Self::Fresh => "a fresh connection",
        })
    }
}
