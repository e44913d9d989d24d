//! The invariants of the house, read off its source: who knows whom, who may talk to whom, what never gets out.

mod layers;
mod output;
mod rooms;
mod source;
mod subjects;
