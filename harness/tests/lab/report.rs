//! One run of the harness at one server of the lab, and what its report says. The report is read as any other program reads
//! it: as JSON, by the names of its members.

use crate::table::{Entry, folder};
use libtest_mimic::Failed;
use serde::Deserialize;
use std::process::{Command, Stdio};

/// What came of a run.
pub(crate) struct Run {
    /// The command, to be repeated by hand.
    pub(crate) command: String,
    /// How the harness ended.
    pub(crate) exit: i32,
    /// What it reported.
    pub(crate) report: Report,
}

/// What is looked at of a report.
#[derive(Deserialize)]
pub(crate) struct Report {
    pub(crate) requirements: Vec<Requirement>,
    #[serde(default)]
    pub(crate) causes: Vec<Cause>,
}

/// A requirement.
#[derive(Deserialize)]
pub(crate) struct Requirement {
    pub(crate) id: String,
    pub(crate) verdict: String,
    pub(crate) severity: String,
}

/// A cause.
#[derive(Deserialize)]
pub(crate) struct Cause {
    pub(crate) leading: String,
}

impl Run {
    /// Has the harness judge the server of `entry`.
    pub(crate) fn of(entry: &Entry) -> Result<Self, Failed> {
        let out = tempfile::tempdir()?;
        let server = folder().join("server.mjs");
        let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
        command.arg("server").arg("--command").arg(format!("exec node '{}'", server.display()));
        command.arg("--env").arg(format!("LAB={}", entry.switches().join(",")));
        for (name, value) in &entry.environment {
            command.env(name, value).arg("--env").arg(format!("{name}={value}"));
        }
        if let Some(subject) = entry.subject() {
            command.arg("--subject").arg(subject);
        }
        command.args(["--revision", entry.revision()]).args(&entry.options).args(["--color", "never"]);
        let told = told(&command);
        let output = command.arg("--out").arg(out.path()).stdin(Stdio::null()).output()?;
        let report = std::fs::read_to_string(out.path().join("report.json"))
            .map_err(|error| format!("no report: {error}\n{told}\n{}", String::from_utf8_lossy(&output.stderr)))?;
        let exit = output.status.code().ok_or("the harness was ended by a signal")?;
        Ok(Self { command: told, exit, report: serde_json::from_str(&report)? })
    }
}

fn told(command: &Command) -> String {
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"));
    std::iter::once(command.get_program()).chain(command.get_args()).map(quoted).collect::<Vec<_>>().join(" ")
}
