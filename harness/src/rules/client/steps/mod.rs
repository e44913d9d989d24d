//! What a client is made to do, and what must hold of what it sent.

mod then;
mod when;
