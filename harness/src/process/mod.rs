//! Programs that the harness starts: run in a process group of their own, listened to, and ended with everything that
//! they started.
//!
//! Knows processes and pipes. It does not know what a program is for: whether it is a server under judgement or the
//! driver of a browser is the matter of the module that starts it. Only this module sends signals.
//!
//! Known to `login` and `setup`.

mod output;
mod running;

pub use running::{Ended, NotReady, Process};
