//! What is typed wrong is said in a line, with what would have been right, and costs nothing.

use rstest::rstest;

use super::program::harness;

#[rstest]
#[case::command("cogito", "unrecognized subcommand 'cogito'", "'cognito'")]
#[case::option("--requirment RS-PRM-01", "unexpected argument '--requirment'", "'--requirement'")]
#[case::requirement("--requirement RS-TOKN-08", "unknown requirement `RS-TOKN-08`", "RS-TOKEN-08")]
#[case::requirement_to_explain("explain RS-TOKN-08", "unknown requirement `RS-TOKN-08`", "RS-TOKEN-08")]
#[case::role("--role sever", "unknown role `sever`", "known are server, client and authority")]
#[case::role_to_list("list --role sever", "unknown role `sever`", "known are server, client and authority")]
#[case::revision("--revision 2025-06-17", "unknown revision `2025-06-17`", "2025-06-18")]
#[case::colour("--color sometimes", "'sometimes'", "auto, always, never")]
#[case::account_without_live("--region eu-west-1", "--region", "--live")]
#[case::two_lanes("--webdriver --no-browser", "--no-browser", "--webdriver")]
#[case::driver_that_is_no_url("--webdriver nonsense", "nonsense", "URL")]
#[case::test_tokens_of_another_issuer("server http://localhost:9/mcp --show-test-tokens", "cannot be used with", "URL")]
#[case::a_server_that_is_not_ours_to_hold("server http://localhost:9/mcp --hold", "cannot be used with", "URL")]
#[case::token(
    "token a-token-without-audience --issuer http://localhost:1 --resource http://localhost:2/mcp",
    "no token is named `a-token-without-audience`",
    "a token without an audience"
)]
#[case::nothing_in_force("--requirement RS-PRM-01 --revision 2025-03-26", "nothing is selected", "in force")]
#[tokio::test]
async fn names_what_is_wrong_and_what_is_near(#[case] arguments: &str, #[case] wrong: &str, #[case] near: &str) {
    let ended = harness(arguments).run().await;

    ended.assert_code(2);
    assert!(ended.stderr.contains(wrong) && ended.stderr.contains(near), "{ended}");
    assert_eq!(ended.stdout, "");
    assert_eq!(ended.files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_browser_that_is_required_and_not_there_is_said_in_one_line() {
    let ended = harness("--webdriver").run().await;

    let line = ended.assert_one_line_of_usage();
    assert!(line.contains("neither chromedriver nor geckodriver is on PATH"), "{line}");
}

#[tokio::test]
async fn a_driver_that_nobody_runs_is_said_in_one_line() {
    // A port that was free a moment ago, and on which nothing listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    let ended = harness(&format!("--webdriver http://{free}")).run().await;

    let line = ended.assert_one_line_of_usage();
    assert!(line.contains(&free.to_string()), "{line}");
}

#[rstest]
#[case::without_credentials("--live --no-browser --region eu-west-1", "no AWS credentials")]
#[case::without_a_region("--live --no-browser", "no AWS region")]
#[case::sweep("cognito sweep --region eu-west-1", "no AWS credentials")]
#[case::down("cognito down --region eu-west-1", "no AWS credentials")]
#[tokio::test]
async fn without_an_account_nothing_is_created(#[case] arguments: &str, #[case] what: &str) {
    let ended = harness(arguments).run().await;

    let line = ended.assert_one_line_of_usage();
    assert!(line.contains(what) && line.contains("nothing was created"), "{line}");
    assert_eq!(ended.files(), Vec::<String>::new());
}

#[tokio::test]
async fn an_output_folder_that_takes_no_files_is_said_before_anything_runs() {
    let program = harness("--no-browser --out file/out");
    std::fs::write(program.folder().join("file"), "in the way").unwrap();

    let ended = program.run().await;

    let line = ended.assert_one_line_of_usage();
    assert!(line.contains("--out") && line.contains("file/out"), "{line}");
}

#[rstest]
#[case::a_refresh_token("a refresh token", "only the issuer of the run itself can issue a refresh token")]
#[case::one_for_a_canary("a token whose iss is a stranger's", "a token whose iss is a stranger's")]
#[tokio::test]
async fn a_token_that_cannot_be_made_by_hand_is_said_in_one_line(#[case] name: &str, #[case] words: &str) {
    let arguments = "token --issuer http://localhost:1 --resource http://localhost:2/mcp";
    let ended = harness(arguments).argument(name).run().await;

    let line = ended.assert_one_line_of_usage();
    assert!(line.contains(words), "{line}");
}

#[tokio::test]
async fn help_names_the_exit_codes() {
    let ended = harness("--help").run().await;

    ended.assert_code(0);
    assert!(ended.stdout.contains("Exit codes: 0 all applicable MUSTs met"), "{ended}");
}
