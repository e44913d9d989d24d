//! At a URL, without the issuer's key.

use crate::program::{harness, reference_server};
use std::io::Read as _;
use std::process::{Child, Command, Stdio};

/// The reference server, which trusts an issuer that nothing listens for.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(reference_server())
            .env("PORT", port.to_string())
            .env("MCP_CONFORMANCE_AUTH_SERVER_URL", "http://localhost:9")
            .env("MCP_ALLOW_ANY_CLIENT", "true")
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let url = format!("http://localhost:{port}/mcp");
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "{}", words(&mut child));
            std::thread::yield_now();
        }
        Self { child, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn words(child: &mut Child) -> String {
    let mut text = String::new();
    let _ = child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut text));
    text
}

#[test]
fn what_needs_no_token_is_decided_and_the_rest_is_named() {
    let server = Server::start();

    let run = harness(&[&server.url], &[]);

    assert_eq!(run.verdict("RS-CHALLENGE-01", "2025-11-25"), "met");
    assert_eq!(run.verdict("RS-PRM-01", "2025-06-18"), "met");
    assert_eq!(run.verdict("RS-TOKEN-01", "2025-11-25"), "inconclusive");
    assert_eq!(run.verdict("RS-AUD-01", "2026-07-28"), "inconclusive");
    assert!(run.notes().contains("--token-env"), "{}", run.notes());
    assert_ne!(run.code, 0);
}

#[test]
fn a_token_comes_from_the_environment_and_appears_nowhere() {
    let server = Server::start();
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXRoYXQtaXMtbm9uZQ";

    let run = harness(&[&server.url, "--token-env", "ITS_TOKEN"], &[("ITS_TOKEN", token)]);

    assert!(!std::fs::read_to_string(run.folder.path().join("report.json")).unwrap().contains(token));
    assert!(!run.errors.contains(token));
}

#[test]
fn a_variable_without_a_token_is_wrong_usage() {
    let run = harness(&["http://localhost:9/mcp", "--token-env", "NO_SUCH_VARIABLE"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.errors.contains("NO_SUCH_VARIABLE holds no token"), "{}", run.errors);
}
