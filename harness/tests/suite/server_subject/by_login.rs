//! At a URL, with logins at the authorization server that the server names.

use super::program::{Run, file, harness};
use super::reference::Protected;
use crate::browser::methods::by_another_program;
use rstest::rstest;
use std::io::Write as _;

fn judged(world: &Protected, arguments: &[&str]) -> Run {
    judged_with(world, arguments, &[])
}

fn judged_with(world: &Protected, arguments: &[&str], instead: &[(&'static str, &str)]) -> Run {
    let mut secrets = world.secrets();
    for (name, value) in instead {
        secrets.retain(|(known, _)| known != name);
        secrets.push((name, (*value).to_owned()));
    }
    let secrets: Vec<_> = secrets.iter().map(|(name, value)| (*name, value.as_str())).collect();
    harness(&[&[world.server.url.as_str()], arguments].concat(), &secrets)
}

/// The rules that one token from the environment cannot decide, each for its own reason.
const BY_LOGIN_ALONE: [(&str, &str); 7] = [
    ("RS-TOKEN-08", "an ID token"),
    ("RS-TOKEN-09", "a refresh token"),
    ("RS-AUD-05", "a token for somebody else"),
    ("RS-SCOPE-01", "a token with the base scopes only"),
    ("RS-CHALLENGE-12", "a token without the scope of an operation"),
    ("RS-ISO-03", "a token of another user"),
    ("RS-ISO-12", "tokens of two users"),
];

#[test]
fn a_login_decides_what_one_token_cannot() {
    let world = Protected::raise();
    let (login, subject) = (world.path("login.toml"), world.path("subject.toml"));

    let run = judged(&world, &["--login", &login, "--subject", &subject, "--no-browser", "--revision", "2025-11-25"]);

    for (id, token) in BY_LOGIN_ALONE {
        assert_eq!(run.verdict(id, "2025-11-25"), "met", "{id} stands on {token}: {}", run.seen(id, "2025-11-25"));
    }
    let report = run.report();
    assert_eq!(report["totals"]["violated"], 0, "{}", run.errors);
    assert_eq!(report["run"]["login"], "plain HTTP");
    assert!(run.notes().contains("PKCE"), "Cognito does not announce it: {}", run.notes());
    let text = report.to_string();
    for (name, secret) in world.secrets() {
        assert!(!text.contains(&secret) && !run.errors.contains(&secret), "{name} is in the report");
    }
}

#[test]
fn a_browser_logs_in_as_well() {
    let world = Protected::raise();
    let login = world.path("login.toml");

    let browsing = by_another_program();
    let run = judged(&world, &["--login", &login, "--webdriver", "--requirement", "RS-TOKEN-08"]);
    drop(browsing);

    if run.code == 2 && run.errors.contains("chromedriver") {
        // Not by a macro: the test runner would swallow it.
        let _ = writeln!(std::io::stderr(), "DID NOT RUN a_browser_logs_in_as_well: {}", run.errors);
        assert!(std::env::var_os("REQUIRE_WEBDRIVER").is_none(), "a browser is required");
        return;
    }
    assert_eq!(run.code, 0, "{}", run.errors);
    assert_eq!(run.verdict("RS-TOKEN-08", "2026-07-28"), "met");
    assert!(run.folder.path().join("login.png").exists());
}

#[test]
fn accounts_of_the_subject_file_log_in_too() {
    let world = Protected::raise();
    let (client, accounts): (String, String) = std::fs::read_to_string(world.path("login.toml"))
        .unwrap()
        .split_once("[[accounts]]")
        .map(|(client, accounts)| (client.to_owned(), format!("[[accounts]]{accounts}")))
        .unwrap();
    let login = file(world.folder.path(), "client.toml", &client).display().to_string();
    let subject = format!("{}\n{accounts}", super::reference::SUBJECT);
    let subject = file(world.folder.path(), "people.toml", &subject).display().to_string();
    let one = ["--no-browser", "--requirement", "RS-ISO-03", "--revision", "2025-11-25"];

    let run = judged(&world, &[&["--login", &login, "--subject", &subject], &one[..]].concat());
    let nobody = judged(&world, &[&["--login", &login], &one[..]].concat());

    assert_eq!(run.code, 0, "{}", run.errors);
    assert_eq!(nobody.code, 2);
    assert!(nobody.errors.contains("nobody can log in"), "{}", nobody.errors);
}

#[rstest]
#[case("PASSWORD_OF_ALICE", "wrong-wrong", 2, "the login was refused with")]
#[case("CLIENT_SECRET", "wrong-wrong", 2, "refuses with invalid_client")]
#[case("PASSWORD_OF_ALICE", "", 2, "account `alice`: `password_env`")]
#[case("CLIENT_SECRET", "", 2, "the environment variable CLIENT_SECRET is not set")]
fn a_secret_that_is_wrong_or_missing_is_one_clear_error(
    #[case] name: &'static str,
    #[case] value: &str,
    #[case] code: i32,
    #[case] words: &str,
) {
    let world = Protected::raise();
    let login = world.path("login.toml");

    let run = judged_with(&world, &["--login", &login, "--no-browser"], &[(name, value)]);

    assert_eq!(run.code, code, "{}", run.errors);
    assert!(run.errors.contains(words), "{}", run.errors);
    assert!(value.is_empty() || !run.errors.contains(value), "{}", run.errors);
    assert!(!run.folder.path().join("report.json").exists(), "nothing was judged");
}

/// A second user who cannot log in spoils what depends on one, and nothing else.
#[test]
fn a_second_user_who_cannot_log_in_is_inconclusive_by_name() {
    let world = Protected::raise();
    let (login, subject) = (world.path("login.toml"), world.path("subject.toml"));
    let arguments = ["--login", &login, "--subject", &subject, "--no-browser", "--revision", "2025-11-25"];
    let arguments = [&arguments[..], &["--requirement", "RS-ISO-03", "--requirement", "RS-TOKEN-01"]].concat();

    let run = judged_with(&world, &arguments, &[("PASSWORD_OF_BOB", "wrong-wrong")]);

    assert_eq!(run.code, 3, "{}", run.errors);
    assert_eq!(run.verdict("RS-TOKEN-01", "2025-11-25"), "met");
    assert_eq!(run.verdict("RS-ISO-03", "2025-11-25"), "inconclusive");
    assert!(run.report().to_string().contains("the login was refused with"), "{}", run.errors);
}
