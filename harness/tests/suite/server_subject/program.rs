//! The program, run to its end.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) errors: String,
    pub(crate) took: Duration,
    pub(crate) folder: TempDir,
}

impl Run {
    /// The report of the run.
    pub(crate) fn report(&self) -> Value {
        let text = std::fs::read_to_string(self.folder.path().join("report.json")).expect("a report");
        serde_json::from_str(&text).expect("the report is JSON")
    }

    /// The verdict of a requirement at a revision, with the reason why it is not applicable if it is.
    pub(crate) fn verdict(&self, id: &str, revision: &str) -> String {
        let report = self.report();
        let requirements = report["requirements"].as_array().expect("requirements").clone();
        let found = requirements.iter().find(|one| one["id"] == id && one["revision"] == revision);
        found.expect("the requirement is in the report")["verdict"].as_str().expect("a verdict").to_owned()
    }

    /// What was seen of a requirement at a revision, for messages.
    pub(crate) fn seen(&self, id: &str, revision: &str) -> String {
        let report = self.report();
        let requirements = report["requirements"].as_array().expect("requirements").clone();
        let found = requirements.iter().find(|one| one["id"] == id && one["revision"] == revision);
        let scenarios = found.and_then(|one| one["scenarios"].as_array().cloned()).unwrap_or_default();
        let findings = scenarios.iter().flat_map(|one| one["findings"].as_array().cloned().unwrap_or_default());
        findings.map(|finding| finding["actual"].to_string()).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn notes(&self) -> String {
        self.report()["run"]["notes"].to_string()
    }
}

/// Runs `harness server` with these arguments and variables.
pub(crate) fn harness(arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let began = Instant::now();
    let output: Output = Command::new(env!("CARGO_BIN_EXE_harness"))
        .arg("server")
        .args(arguments)
        .args(["--out", &folder.path().display().to_string()])
        .envs(variables.iter().copied())
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Run { code: output.status.code().unwrap_or(-1), errors, took: began.elapsed(), folder }
}

/// A file with this text.
pub(crate) fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("the file is written");
    path
}

/// The reference server's program, which stands beside the harness's. `cargo test --workspace` builds both.
pub(crate) fn reference_server() -> String {
    let path = Path::new(env!("CARGO_BIN_EXE_harness")).with_file_name("reference-server");
    assert!(path.exists(), "{} is not built; run with --workspace", path.display());
    path.display().to_string()
}
