//! At a URL, without the issuer's key.

use super::program::harness;
use super::reference::Server;

#[test]
fn what_needs_no_token_is_decided_and_the_rest_is_named() {
    let server = Server::alone();

    let run = harness(&[&server.url], &[]);

    assert_eq!(run.verdict("RS-CHALLENGE-01", "2025-11-25"), "met");
    assert_eq!(run.verdict("RS-PRM-01", "2025-06-18"), "met");
    assert_eq!(run.verdict("RS-TOKEN-01", "2025-11-25"), "inconclusive");
    assert_eq!(run.verdict("RS-AUD-01", "2026-07-28"), "inconclusive");
    for option in ["--token-env", "--login", "--client-credentials", "--subject"] {
        assert!(run.notes().contains(option), "{option} is not in {}", run.notes());
    }
    assert_ne!(run.code, 0);
}

#[test]
fn a_token_comes_from_the_environment_and_appears_nowhere() {
    let server = Server::alone();
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXRoYXQtaXMtbm9uZQ";

    let run = harness(&[&server.url, "--token-env", "ITS_TOKEN"], &[("ITS_TOKEN", token)]);

    assert!(!std::fs::read_to_string(run.folder.path().join("report.json")).unwrap().contains(token));
    assert!(!run.errors.contains(token));
}

#[test]
fn a_variable_without_a_token_is_wrong_usage() {
    let run = harness(&["http://localhost:9/mcp", "--token-env", "NO_SUCH_VARIABLE"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.errors.contains("NO_SUCH_VARIABLE is not set"), "{}", run.errors);
}

/// Two tokens from the environment are two users, and nobody logs in.
#[test]
fn an_account_with_a_token_is_the_other_user() {
    let server = Server::alone();
    let folder = tempfile::tempdir().unwrap();
    let accounts = "[[accounts]]\nname = \"bob\"\ntoken_env = \"TOKEN_OF_BOB\"\n";
    let subject = super::program::file(folder.path(), "subject.toml", accounts).display().to_string();
    let arguments = [server.url.as_str(), "--token-env", "ITS_TOKEN", "--subject", &subject];
    let arguments = [&arguments[..], &["--requirement", "RS-ISO-03", "--revision", "2025-11-25"]].concat();

    let missing = harness(&arguments, &[("ITS_TOKEN", "alice-alice")]);
    let both = harness(&arguments, &[("ITS_TOKEN", "alice-alice"), ("TOKEN_OF_BOB", "bob-bob-bob")]);

    assert_eq!(missing.code, 2);
    assert!(missing.errors.contains("account `bob`: `token_env`"), "{}", missing.errors);
    assert_eq!(both.code, 3, "{}", both.errors);
    assert!(!both.report().to_string().contains("no second account"), "{}", both.report());
}

/// The key of a gateway reaches the server, and nothing that the harness prints or writes.
#[test]
fn a_field_that_a_gateway_wants_is_sent_and_never_shown() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let kept = std::sync::Arc::clone(&seen);
    let gateway = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mcp", gateway.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in gateway.incoming().flatten() {
            let mut received = vec![0; 1 << 16];
            let length = std::io::Read::read(&mut stream, &mut received).unwrap_or(0);
            kept.lock().unwrap().push_str(&String::from_utf8_lossy(&received[..length]));
            let refusal =
                "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer realm=\"m\"\r\nconnection: close\r\n\r\n";
            let _ = std::io::Write::write_all(&mut stream, refusal.as_bytes());
        }
    });
    let options = ["--header-env", "x-api-key=KEY_OF_THE_GATEWAY", "--requirement", "RS-CHALLENGE-01"];

    let run = harness(&[&[url.as_str()], &options[..]].concat(), &[("KEY_OF_THE_GATEWAY", "s3cret-s3cret")]);

    assert!(seen.lock().unwrap().contains("x-api-key: s3cret-s3cret"), "{}", seen.lock().unwrap());
    let report = run.report().to_string();
    assert!(report.contains("$KEY_OF_THE_GATEWAY") && !report.contains("s3cret"), "{report}");
    assert!(!run.errors.contains("s3cret"), "{}", run.errors);
}

#[rstest::rstest]
#[case::no_pair("x-api-key", "takes NAME=VARIABLE")]
#[case::no_name("x api key=HOME", "takes NAME=VARIABLE")]
#[case::of_tokens("Authorization=HOME", "sets `authorization` itself")]
#[case::no_variable("x-api-key=NO_SUCH_VARIABLE", "NO_SUCH_VARIABLE is not set")]
#[case::a_secret_instead("x-api-key=s3cret-s3cret", "is not the name of an environment variable")]
fn a_field_that_cannot_be_sent_is_wrong_usage(#[case] pair: &str, #[case] words: &str) {
    let run = harness(&["http://localhost:9/mcp", "--header-env", pair], &[]);
    assert_eq!(run.code, 2);
    assert!(run.errors.contains(words), "{}", run.errors);
    assert!(!run.errors.contains("s3cret"), "{}", run.errors);
}
