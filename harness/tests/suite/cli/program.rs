//! The program in an environment of its own, and what came of running it.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// More than any run takes on a busy machine; a program that hangs must not hang the tests.
const PATIENCE: Duration = Duration::from_secs(120);

/// A command in a fresh folder, which is its home too, without anything of the environment of these tests.
pub(crate) struct Program {
    command: Command,
    folder: TempDir,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    folder: TempDir,
}

/// `harness` with these arguments, separated by spaces.
pub(crate) fn harness(arguments: &str) -> Program {
    Program::new(arguments, tempfile::tempdir().unwrap())
}

impl Program {
    fn new(arguments: &str, folder: TempDir) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
        command
            .args(arguments.split_whitespace())
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .env("PATH", folder.path())
            .env("COLUMNS", "80")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Program { command, folder }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Program {
        self.command.env(name, value);
        self
    }

    /// The same with an argument that may hold spaces.
    pub(crate) fn argument(mut self, argument: &str) -> Program {
        self.command.arg(argument);
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn run(self) -> Ended {
        self.start().end().await
    }

    pub(crate) fn start(mut self) -> Started {
        Started { child: self.command.spawn().unwrap(), folder: self.folder }
    }
}

/// A command under way.
pub(crate) struct Started {
    child: Child,
    folder: TempDir,
}

impl Started {
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().expect("it still runs")).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(crate) async fn end(self) -> Ended {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait_with_output());
        let Output { status, stdout, stderr } = ended.await.expect("it ends in time").unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: status.code(), stdout: text(stdout), stderr: text(stderr), folder: self.folder }
    }
}

impl Ended {
    /// The same program again, in the same folder.
    pub(crate) fn then(self, arguments: &str) -> Program {
        Program::new(arguments, self.folder)
    }

    pub(crate) fn report(&self) -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(self.folder.path().join("harness-out/report.json")).unwrap()).unwrap()
    }

    /// The journals of runs that are not shown to be gone.
    pub(crate) fn journals(&self) -> usize {
        harness::cognito::Journal::pending(&self.folder.path().join("harness-out")).unwrap().len()
    }

    /// Everything in the folder, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        gather(self.folder.path(), &mut names);
        names.sort();
        names
    }

    #[track_caller]
    pub(crate) fn assert_code(&self, code: i32) {
        assert_eq!(self.code, Some(code), "{self}");
    }

    /// Nothing but one line on standard error, and exit code 2.
    #[track_caller]
    pub(crate) fn assert_one_line_of_usage(&self) -> &str {
        self.assert_code(2);
        assert_eq!(self.stdout, "", "{self}");
        assert_eq!(self.stderr.lines().count(), 1, "{self}");
        self.stderr.trim_end()
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

fn gather(folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { gather(&path, names) } else { names.push(path.display().to_string()) }
    }
}
