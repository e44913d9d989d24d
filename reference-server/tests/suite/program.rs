//! The program: what it says and how it ends.

use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use reqwest::StatusCode;
use tokio::io::{AsyncBufReadExt, BufReader};

const BINARY: &str = env!("CARGO_BIN_EXE_reference-server");

/// Settings that are set but blank count as missing, wherever a `.env` file may lie.
const BLANK: [(&str, &str); 4] = [
    ("COGNITO_USER_POOL_ID", ""),
    ("COGNITO_APP_CLIENT_ID", ""),
    ("COGNITO_ISSUER", ""),
    ("MCP_CONFORMANCE_AUTH_SERVER_URL", ""),
];
const CONFIGURED: [(&str, &str); 3] =
    [("COGNITO_USER_POOL_ID", "eu-west-1_AbCdEfGhI"), ("COGNITO_APP_CLIENT_ID", "one"), ("MCP_SERVER_URL", "")];

fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    Command::new(BINARY).args(arguments).envs(BLANK).envs(settings.iter().copied()).output().unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn names_all_missing_settings_in_one_line() {
    let complaint = complaint(&run(&["--port", "0"], &[]));

    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.contains("COGNITO_USER_POOL_ID, COGNITO_APP_CLIENT_ID"), "{complaint}");
}

#[test]
fn says_why_there_is_no_sse_transport() {
    let complaint = complaint(&run(&["--transport", "sse"], &CONFIGURED));

    assert!(complaint.contains("removed from MCP"), "{complaint}");
}

#[test]
fn says_in_one_line_that_the_port_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let complaint = complaint(&run(&["--port", &port], &CONFIGURED));

    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.contains(&format!("port {port}")), "{complaint}");
}

#[test]
fn warns_of_everything_that_weakens_validation() {
    let mut settings = CONFIGURED.to_vec();
    settings.push(("MCP_ALLOW_ANY_CLIENT", "true"));

    let output = run(&["--port", "0", "--print-config"], &settings);

    assert!(output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("tokens of ANY client"));
}

#[tokio::test]
async fn says_where_it_listens_and_protects_that_address() {
    let mut program = tokio::process::Command::new(BINARY)
        .args(["--port", "0"])
        .envs(BLANK)
        .envs(CONFIGURED)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut resource = None;
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(named) = line.strip_prefix("resource:") {
            resource = Some(named.trim().to_owned());
        }
        if line.starts_with("listening on 127.0.0.1:") {
            break;
        }
    }

    let response = crate::subject::client().post(resource.unwrap()).send().await.unwrap();

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}
