//! The progress bar, which is only there where somebody can watch it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(250);

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
