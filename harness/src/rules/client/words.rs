//! The words of the rules for clients, for people: the tables of `features/README.md`, made of the scenes and assertions.

use super::assertions;
use crate::bench::client::scenes;
use std::fmt::Write as _;

/// The tables of steps and scenes, as Markdown.
#[must_use]
pub fn client_words() -> String {
    let mut text = String::from(
        "| When | |\n|---|---|\n| `the client meets` SCENE | once a revision; the scenes are below |\n\n| Then | \
         |\n|---|---|\n",
    );
    for assertion in assertions() {
        row(&mut text, &format!("the client {}", assertion.name), assertion.means);
    }
    text.push_str("\n| name | what the client meets | what is bent |\n|---|---|---|\n");
    for scene in scenes::all() {
        let bent: Vec<_> = scene.traps.iter().map(|trap| trap.name).collect();
        let bent = if bent.is_empty() { "nothing".to_owned() } else { bent.join("; ") };
        let _ = writeln!(text, "| `{}` | {} | {bent} |", scene.name, scene.means);
    }
    text
}

fn row(text: &mut String, words: &str, means: &str) {
    let _ =
        if means.is_empty() { writeln!(text, "| `{words}` | |") } else { writeln!(text, "| `{words}` | {means} |") };
}
