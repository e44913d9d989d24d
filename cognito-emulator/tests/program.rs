//! The program: what it prints where, and how it ends.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

fn emulator(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cognito-emulator"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running emulator that ends with its test.
struct Running(Child);

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self(emulator(arguments).spawn().unwrap())
    }

    /// Standard error up to the line that says that the emulator listens; by then standard output is complete.
    fn until_ready(&mut self) -> String {
        let mut said = String::new();
        let mut lines = BufReader::new(self.0.stderr.as_mut().unwrap());
        while !said.contains("Listening on") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "ended early: {said}");
        }
        said
    }

    fn stdout_after_end(mut self) -> String {
        self.0.kill().unwrap();
        let mut printed = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        printed
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn variables(env: &str) -> BTreeMap<&str, &str> {
    env.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once('=').unwrap()).collect()
}

#[test]
fn prints_an_env_file_and_nothing_else_on_standard_output() {
    let mut running = Running::start(&["--port", "0", "--resource", "http://localhost:9001/mcp"]);
    let said = running.until_ready();

    let printed = running.stdout_after_end();

    let variables = variables(&printed);
    let names: Vec<&str> = variables.keys().copied().collect();
    assert_eq!(
        names,
        [
            "COGNITO_APP_CLIENT_ID",
            "COGNITO_APP_CLIENT_SECRET",
            "COGNITO_DOMAIN",
            "COGNITO_ISSUER",
            "COGNITO_REGION",
            "COGNITO_USER_POOL_ID",
            "MCP_SERVER_URL"
        ]
    );
    assert_eq!(variables["MCP_SERVER_URL"], "http://localhost:9001/mcp");
    assert_eq!(variables["COGNITO_REGION"], "us-east-1");
    assert!(variables["COGNITO_ISSUER"].ends_with(variables["COGNITO_USER_POOL_ID"]));
    assert!(!variables["COGNITO_DOMAIN"].contains('/'));
    assert!(said.contains("prove nothing outside tests"));
    assert!(!said.contains(variables["COGNITO_APP_CLIENT_SECRET"]));
}

#[test]
fn writes_the_same_into_a_file() {
    let file = std::env::temp_dir().join(format!("cognito-emulator-{}.env", std::process::id()));
    let mut running = Running::start(&["--port", "0", "--write-env", file.to_str().unwrap()]);
    running.until_ready();

    let written = std::fs::read_to_string(&file).unwrap();

    std::fs::remove_file(&file).unwrap();
    assert_eq!(written, running.stdout_after_end());
}

#[test]
fn empty_prints_nothing_on_standard_output() {
    let mut running = Running::start(&["--port", "0", "--empty"]);
    running.until_ready();

    assert_eq!(running.stdout_after_end(), "");
}

#[test]
fn a_port_in_use_is_one_clear_error_and_exit_code_2() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let output = emulator(&["--port", &port]).output().unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(&port) && said.contains("in use"), "{said}");
}

#[test]
fn a_callback_that_cognito_refuses_is_an_error_and_exit_code_1() {
    let output = emulator(&["--port", "0", "--callback", "http://example.com/callback"]).output().unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("http://example.com/callback cannot use the HTTP protocol."), "{said}");
    assert!(output.stdout.is_empty());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_with_success() {
    let mut running = Running::start(&["--port", "0"]);
    running.until_ready();

    let sent = Command::new("kill").args(["-INT", &running.0.id().to_string()]).status();

    assert!(sent.unwrap().success());
    assert!(running.0.wait().unwrap().success());
}
