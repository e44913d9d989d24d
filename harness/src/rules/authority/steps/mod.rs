//! What is done to an authorization server, and what must hold of its answers.

mod then;
mod when;
