//! An end that somebody wants in the middle of a live run: nothing is left, wherever the run was.

use rstest::rstest;
use rustix::process::Signal;

use super::aws::Aws;

#[rstest]
#[case::while_the_pool_is_made("CreateUserPool", 1, Signal::INT)]
#[case::while_the_domain_is_made("CreateUserPoolDomain", 1, Signal::TERM)]
#[case::while_the_user_is_made("AdminCreateUser", 1, Signal::INT)]
#[case::while_a_scenario_makes_a_pool_of_its_own("CreateUserPool", 2, Signal::INT)]
#[case::while_a_scenario_has_a_pool_of_its_own("AdminCreateUser", 2, Signal::TERM)]
#[tokio::test(flavor = "multi_thread")]
async fn leaves_nothing(#[case] operation: &'static str, #[case] nth: usize, #[case] signal: Signal) {
    let aws = Aws::start().await;
    let call = aws.watch(operation, nth);
    let run = aws.harness("--live --no-browser").start();
    call.comes().await;

    run.signal(signal);
    let ended = run.end().await;

    ended.assert_code(3);
    assert!(ended.stderr.contains("harness: interrupted; torn down: "), "{ended}");
    assert!(ended.stderr.trim_end().ends_with("exit 3: something applicable could not be decided"), "{ended}");
    aws.assert_nothing_left();
    assert_eq!(ended.journals(), 0, "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn being_asked_twice_does_not_stop_the_teardown() {
    let aws = Aws::start().await;
    let call = aws.watch("AdminCreateUser", 1);
    let run = aws.harness("--live --no-browser").start();
    call.comes().await;
    let deletion = aws.watch("DeleteUserPool", 1);

    run.signal(Signal::INT);
    deletion.comes().await;
    run.signal(Signal::INT);
    let ended = run.end().await;

    ended.assert_code(3);
    aws.assert_nothing_left();
}
