//! What the command line needs of the terminal: writing to it, its width, its colours, and the progress bar.
//!
//! Nothing else in the library prints. What is printed is made elsewhere.

use crate::report::Look;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(250);

/// The width of a terminal that does not tell it.
const WIDTH: usize = 80;
const NARROWEST: usize = 60;
const WIDEST: usize = 140;

// When colours are shown. Comments on the variants would be shown in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

impl Colour {
    /// How standard output is written to.
    pub(super) fn look(self) -> Look {
        let colour = match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = columns.or_else(columns_of_terminal).unwrap_or(WIDTH);
        Look { width: width.clamp(NARROWEST, WIDEST), colour }
    }
}

fn columns_of_terminal() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}

/// Writes to standard output.
pub(super) fn print(text: &str) {
    // A reader that went away, as `head` does, is no reason to panic.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Writes a line to standard error.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A bar over `count` scenarios, on standard error; hidden when that is no terminal.
pub(super) fn bar(count: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(u64::try_from(count).ok(), ProgressDrawTarget::stderr());
    // A run that is interrupted drops the bar where it stands.
    let bar = bar.with_finish(ProgressFinish::AndClear);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} scenarios, {elapsed}") {
        bar.set_style(style);
    }
    // Provisioning and logging in take their time, during which nothing else moves.
    bar.enable_steady_tick(TICK);
    bar
}
