//! The program as a child process, with its input, output and exit code.

use std::process::{Output, Stdio};

use crate::common::{Peers, value};
use tokio::{io::AsyncWriteExt, process::Command};

/// A run by the conformance contract, which needs no user; `arguments` come before the server URL.
async fn run(peers: &Peers, arguments: &[&str], input: &str) -> Output {
    let mut command = program(peers);
    command.env("MCP_CONFORMANCE_SCENARIO", "auth/basic");
    command.env("MCP_CONFORMANCE_CONTEXT", r#"{"client_id": "known-client", "client_secret": "s3cret-of-the-test"}"#);
    let mut child = command.args(arguments).arg(&peers.resource.url).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    child.wait_with_output().await.unwrap()
}

fn program(peers: &Peers) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-client"));
    // A directory without .env, and nothing of the developer's own environment.
    command.current_dir(std::env::temp_dir()).env_clear();
    command.env("MCP_SERVER_URL", &peers.resource.url);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Configures the client that the authority knows.
fn register<'a>(command: &'a mut Command, peers: &Peers) -> &'a mut Command {
    command.env("COGNITO_APP_CLIENT_ID", "known-client").env("COGNITO_ISSUER", &peers.authority.issuer)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn the_contract_lists_the_tools_and_calls_one_that_needs_nothing() {
    let peers = Peers::start().await;

    let output = run(&peers, &["--issuer", &peers.authority.issuer], "").await;

    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let bodies: Vec<_> = peers.log.of("rs", "/mcp").into_iter().map(|seen| seen.body).collect();
    assert!(bodies.iter().any(|body| body.contains("tools/list")));
    assert!(bodies.iter().any(|body| body.contains("tools/call") && body.contains("get_time")));
}

#[tokio::test]
async fn the_log_says_whom_credentials_without_an_issuer_belong_to() {
    let peers = Peers::start().await;

    let output = run(&peers, &[], "").await;

    let (said, expected) = (text(&output.stderr), format!("belongs to `{}`", peers.authority.issuer));
    assert_eq!((output.status.code(), said.lines().count()), (Some(0), 1), "{said}");
    assert!(said.contains(&expected), "{said}");
}

#[tokio::test]
async fn a_client_id_without_an_issuer_ends_with_exit_code_2() {
    let peers = Peers::start().await;
    let mut command = program(&peers);
    command.env("COGNITO_APP_CLIENT_ID", "known-client").env("COGNITO_APP_CLIENT_SECRET", "s3cret-of-the-test");

    let output = command.arg("list").output().await.unwrap();

    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("COGNITO_ISSUER is missing, although COGNITO_APP_CLIENT_ID is set"), "{said}");
    assert!(!said.contains("s3cret-of-the-test"), "{said}");
    assert_eq!(peers.log.all().len(), 0);
}

#[tokio::test]
async fn a_server_that_leads_to_another_authorization_server_ends_with_exit_code_1() {
    let peers = Peers::start().await;
    let pool = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI";
    let mut command = program(&peers);
    command.env("COGNITO_APP_CLIENT_ID", "known-client").env("COGNITO_APP_CLIENT_SECRET", "s3cret-of-the-test");
    command.env("COGNITO_USER_POOL_ID", "eu-central-1_AbCdEfGhI").env("RUST_LOG", "trace");

    let output = command.args(["--no-browser", "--callback-port", "0", "list"]).output().await.unwrap();

    let said = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    assert!(said.contains(pool) && said.contains(&peers.authority.issuer), "{said}");
    assert!(!said.contains("s3cret-of-the-test"), "{said}");
    assert!(peers.log.all().iter().all(|seen| seen.peer == "rs"));
}

#[tokio::test]
async fn one_command_prints_its_answer_and_nothing_else() {
    let peers = Peers::start().await;

    let list = run(&peers, &["list"], "").await;
    let call = run(&peers, &["call", "add_note", r#"{"text": "x"}"#], "").await;

    assert_eq!(text(&list.stdout), "add_note  Keeps a note\nget_time  What time it is\n");
    assert_eq!((call.status.code(), text(&call.stdout)), (Some(0), "kept: x\n".to_owned()));
}

#[tokio::test]
async fn a_failure_is_told_on_standard_error_with_exit_code_1() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.remove("code_challenge_methods_supported")));

    let output = run(&peers, &["list"], "").await;

    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    let advice = format!("--exempt {}=pkce-metadata", peers.authority.issuer);
    assert!(text(&output.stderr).contains(&advice), "{}", text(&output.stderr));
}

#[tokio::test]
async fn the_printed_advice_works_and_warns() {
    let peers = Peers::start().await;
    peers.authority.bend_metadata(|document| drop(document.remove("code_challenge_methods_supported")));

    let exemption = format!("{}=pkce-metadata", peers.authority.issuer);
    let output = run(&peers, &["--exempt", &exemption, "call", "get_time"], "").await;

    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "noon\n".to_owned()));
    assert!(text(&output.stderr).contains("does not keep the rule pkce-metadata"), "{}", text(&output.stderr));
}

#[tokio::test]
async fn wrong_usage_ends_with_exit_code_2() {
    let peers = Peers::start().await;

    let output = run(&peers, &["frobnicate"], "").await;

    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no command `frobnicate`"), "{}", text(&output.stderr));
    assert_eq!(peers.log.all().len(), 0);
}

#[tokio::test]
async fn shows_no_secret_even_when_told_to_log_everything() {
    let peers = Peers::start().await;
    let mut command = program(&peers);
    command.env("MCP_CONFORMANCE_CONTEXT", r#"{"client_id": "known-client", "client_secret": "s3cret-of-the-test"}"#);
    command.env("RUST_LOG", "trace").stdin(Stdio::null());

    let output = command.arg("list").output().await.unwrap();

    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout) + &text(&output.stderr);
    let verifier = value(&peers.log.tokens()[0], "code_verifier").unwrap().to_owned();
    let basic = peers.log.of("as", "/token")[0].authorization.clone().unwrap();
    assert!(shown.contains("TRACE"), "nothing was logged");
    for secret in ["s3cret-of-the-test", &verifier, basic.trim_start_matches("Basic "), "token-", "code-"] {
        assert!(!shown.contains(secret), "{secret} in the output");
    }
}

/// The prompt, with a user who opens the printed URL.
#[tokio::test]
async fn the_prompt_answers_every_line_until_quit() {
    let peers = Peers::start().await;
    let mut command = program(&peers);
    register(&mut command, &peers);
    let mut child = command.args(["--no-browser", "--callback-port", "0"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines =
        "\nlist\ncall get_time\ncall add_note {\"text\": \"a  b\"}\ncall add_note {\ncall\nhuh\nhelp\nquit\nlist\n";
    stdin.write_all(lines.as_bytes()).await.unwrap();

    approve(child.stderr.take().unwrap()).await;
    let output = child.wait_with_output().await.unwrap();

    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout).replace(&peers.resource.base, "http://rs");
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn the_prompt_leaves_at_the_end_of_its_input() {
    let peers = Peers::start().await;
    let mut command = program(&peers);
    register(&mut command, &peers).stdin(Stdio::null());
    let mut child = command.args(["--no-browser", "--callback-port", "0"]).spawn().unwrap();

    approve(child.stderr.take().unwrap()).await;
    let output = child.wait_with_output().await.unwrap();

    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).ends_with("mcp> \n"));
}

/// The opener gets the URL as one argument: what a shell would run or split arrives as it is.
#[cfg(unix)]
#[tokio::test]
async fn opens_the_login_without_a_shell() {
    use std::os::unix::fs::PermissionsExt;

    let peers = Peers::start().await;
    let hostile = "$(touch${IFS}canary);touch${IFS}canary|`touch${IFS}canary`";
    let endpoint = format!("{}/authorize?tenant={hostile}", peers.authority.base);
    peers.authority.bend_metadata(|document| {
        document.insert("authorization_endpoint".to_owned(), endpoint.clone().into());
    });
    let directory = Directory::new();
    let opener = directory.0.join("xdg-open");
    std::fs::write(&opener, "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" > opened.new && mv opened.new opened\n").unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = program(&peers);
    register(&mut command, &peers).current_dir(&directory.0);
    command.env("PATH", format!("{}:/usr/bin:/bin", directory.0.display()));
    let child = command.args(["--callback-port", "0", "call", "get_time"]).spawn().unwrap();

    let opened = directory.content_of("opened").await;
    let (count, url) = opened.trim_end().split_once('\n').unwrap();
    assert_eq!(count, "1");
    assert!(url.starts_with(&endpoint), "{url}");
    reference_client::Browser::open(&crate::common::Approving::default(), &url.parse().unwrap()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();

    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "noon\n".to_owned()));
    assert!(!directory.0.join("canary").exists());
}

/// A directory of one test, removed when the test is over.
struct Directory(std::path::PathBuf);

impl Directory {
    fn new() -> Self {
        // The port is free at this moment, so no other test has it: a name nobody else uses.
        let unique = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = std::env::temp_dir().join(format!("reference-client-{}-{unique}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// The content of a file that another process is about to put there.
    async fn content_of(&self, name: &str) -> String {
        let appears = async {
            loop {
                if let Ok(content) = std::fs::read_to_string(self.0.join(name)) {
                    return content;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), appears).await.expect("the file appears")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Waits for the printed URL and follows it.
async fn approve(stderr: tokio::process::ChildStderr) {
    use reference_client::Browser;
    use tokio::io::AsyncBufReadExt;

    let mut lines = tokio::io::BufReader::new(stderr).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Ok(url) = url::Url::parse(line.trim()) {
            crate::common::Approving::default().open(&url).await.unwrap();
            return;
        }
    }
    panic!("no URL was printed");
}
