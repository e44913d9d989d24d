//! `--live`, with the emulator in the place of AWS: decided as far as it can be without the issuer's key, and nothing left.

use super::aws::Aws;
use super::program::harness;
use crate::provision::proxy::Deed;

#[tokio::test(flavor = "multi_thread")]
async fn decides_what_can_be_decided_names_the_rest_and_leaves_nothing() {
    let aws = Aws::start().await;

    let program = harness(&format!("--live --no-browser --endpoint-url {}", aws.emulator.api_url()));
    let ended = aws.with_account(program).run().await;

    ended.assert_code(3);
    aws.assert_nothing_left();
    assert_eq!(ended.journals(), 0);
    let report = ended.report();
    assert_eq!((&report["totals"]["violated"], &report["totals"]["harness_errors"]), (&0.into(), &0.into()), "{ended}");
    assert!(report["totals"]["met"].as_u64().unwrap() > 80, "{ended}");
    let requirements = report["requirements"].as_array().unwrap();
    let undecided: Vec<_> = requirements.iter().filter(|one| one["verdict"] == "inconclusive").collect();
    assert!(!undecided.is_empty(), "{ended}");
    let (_, wants) = ended.stdout.split_once("inconclusive, for want of something\n  because   ").unwrap();
    for one in undecided {
        assert!(wants.contains(one["id"].as_str().unwrap()), "{one}\n{ended}");
        let said = one["scenarios"].to_string();
        assert!(said.contains("cannot be had here: "), "{said}");
    }
    assert!(ended.stdout.trim_end().ends_with("exit 3: something applicable could not be decided"), "{ended}");
    assert!(report["teardown"]["gone"].to_string().contains("user pool us-east-1_"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn says_what_it_will_create_before_it_creates_anything() {
    let aws = Aws::start().await;
    aws.proxy.set(|_| Deed::Refuse("AccessDeniedException", "not authorized".to_owned()));

    let ended = aws.harness("--live --no-browser").run().await;

    let (announcement, failure) = ended.stderr.split_once("harness: ").unwrap();
    assert!(announcement.starts_with("This run will create, and remove again:\n  user pool "), "{ended}");
    assert!(failure.contains("allow `cognito-idp:CreateUserPool`"), "{ended}");
    aws.assert_nothing_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_removed_is_named_and_removed_later() {
    let aws = Aws::start().await;
    aws.proxy.set(|call| match call.operation {
        "DeleteUserPool" | "DeleteUserPoolDomain" => Deed::Refuse("AccessDeniedException", "not authorized".to_owned()),
        _ => Deed::Pass,
    });

    let ended = aws.harness("--live --no-browser --requirement RS-TOKEN-08 --revision 2026-07-28").run().await;

    ended.assert_code(5);
    assert_eq!((ended.journals(), aws.emulator.holdings().pools), (1, 1), "{ended}");
    let all = ended.stdout.clone();
    assert!(all.contains("LEFT BEHIND: user pool us-east-1_"), "{ended}");
    assert!(all.contains("\n  remove it aws cognito-idp delete-user-pool --user-pool-id us-east-1_"), "{ended}");
    assert!(all.trim_end().ends_with("exit 5: something could not be torn down"), "{ended}");

    aws.proxy.heal();
    let down = aws.with_account(ended.then(&format!("cognito down --endpoint-url {}", aws.proxy.url))).run().await;

    down.assert_code(0);
    assert!(down.stdout.contains("is left"), "{down}");
    assert_eq!(down.journals(), 0);
    aws.assert_nothing_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aws_that_dies_in_the_middle_is_said_and_the_journal_stays() {
    let aws = Aws::start().await;
    let call = aws.watch("AdminSetUserPassword", 1);
    let run = aws.harness("--live --no-browser").start();
    call.comes().await;

    aws.emulator.stop().await;
    drop(aws.proxy);
    let ended = run.end().await;

    ended.assert_code(5);
    assert_eq!(ended.journals(), 1, "{ended}");
    assert!(ended.stderr.contains("LEFT BEHIND: user pool us-east-1_"), "{ended}");
    assert!(ended.stderr.trim_end().ends_with("exit 5: something could not be torn down"), "{ended}");
}
