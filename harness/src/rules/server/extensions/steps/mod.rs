//! Steps: from the words of the feature files to one call each.

mod client_credentials;
mod dpop;
mod negotiation;
