//! At a URL, with tokens by client credentials.

use super::program::{file, harness};
use super::reference::{SUBJECT, Server, free_port};
use harness::issuer::{Issuer, IssuerForm};
use rstest::rstest;

/// What cannot be decided without a token, and in part not with one alone.
const DECIDED: [&str; 5] = ["RS-TOKEN-01", "RS-AUD-05", "RS-AUD-06", "RS-SCOPE-01", "RS-CHALLENGE-12"];

#[rstest]
#[case(IssuerForm::Bare)]
#[case(IssuerForm::Path)]
#[tokio::test(flavor = "multi_thread")]
async fn client_credentials_decide_what_needs_no_user(#[case] form: IssuerForm) {
    let issuer = Issuer::start(form).await.unwrap();
    let trusted = issuer.identifier().to_owned();
    let judged = tokio::task::spawn_blocking(move || {
        let server = Server::trusting(free_port(), &[("MCP_CONFORMANCE_AUTH_SERVER_URL", &trusted)]);
        let folder = tempfile::tempdir().unwrap();
        let client = "client_id = \"a-machine\"\nclient_secret_env = \"ITS_SECRET\"\n";
        let client = file(folder.path(), "client.toml", client).display().to_string();
        let subject = file(folder.path(), "subject.toml", SUBJECT).display().to_string();
        let only = DECIDED.iter().flat_map(|id| ["--requirement", *id]).chain(["--revision", "2025-11-25"]);
        let common: Vec<_> = [server.url.as_str(), "--subject", &subject].into_iter().chain(only).collect();
        let with = [&common[..], &["--client-credentials", &client]].concat();
        (harness(&with, &[("ITS_SECRET", "s3cret-s3cret")]), harness(&common, &[]))
    });
    let (run, without) = judged.await.unwrap();

    for id in DECIDED {
        assert_eq!(run.verdict(id, "2025-11-25"), "met", "{id}: {}", run.seen(id, "2025-11-25"));
        assert_eq!(without.verdict(id, "2025-11-25"), "inconclusive", "{id}");
    }
    assert_eq!(run.code, 0, "{}", run.errors);
    assert_eq!(run.report()["run"]["login"], "client credentials");
    assert!(!run.report().to_string().contains("s3cret"));
    assert!(issuer.contacts() > 0);
}

#[rstest]
#[case::secret_in_the_file("client_id = \"c\"\nclient_secret = \"hunter2\"", "name that as `client_secret_env`")]
#[case::unknown_field("client_id = \"c\"\nclient_secret_en = \"X\"", "did you mean `client_secret_env`?")]
#[case::missing_variable("client_id = \"c\"\nclient_secret_env = \"NO_SUCH_ONE\"", "NO_SUCH_ONE is not set")]
#[case::no_toml("client_id = ", "line 1")]
#[case::public_client(
    "client_id = \"c\"\nclient_secret_env = \"PATH\"\nauthentication = \"none\"",
    "no credentials to"
)]
fn a_file_that_cannot_be_used_is_wrong_usage(#[case] text: &str, #[case] words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "client.toml", text).display().to_string();

    let run = harness(&["http://localhost:9/mcp", "--client-credentials", &path], &[]);

    assert_eq!(run.code, 2);
    assert!(run.errors.contains(words) && !run.errors.contains("hunter2"), "{}", run.errors);
}

#[test]
fn one_source_of_tokens_is_enough() {
    let run = harness(&["http://localhost:9/mcp", "--client-credentials", "a", "--token-env", "B"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.errors.contains("cannot be used with"), "{}", run.errors);
}
