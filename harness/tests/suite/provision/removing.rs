//! Tearing down: again, late, under throttling, and against an account that does not keep its word.

use std::fs;

use harness::cognito::{Account, Journal, Pool, provision, teardown};
use rstest::rstest;

use super::bench::{Bench, blueprint};
use super::folder::Folder;
use super::proxy::Deed;
use super::stranger::{foreign_pool, stranger};

/// A bench with a pool on it.
async fn provisioned() -> (Bench, Journal, Pool) {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);
    let pool = provision(&bench.shaky, &blueprint, &journal).await.unwrap();
    (bench, journal, pool)
}

#[tokio::test]
async fn leaves_nothing_and_proves_it() {
    let (bench, journal, pool) = provisioned().await;

    let proof = teardown(&bench.shaky, &journal).await.unwrap();

    bench.assert_nothing_left();
    assert!(!journal.path().exists());
    let text = proof.to_string();
    assert!(text.contains(&pool.id) && text.contains(&pool.domain) && text.contains(&pool.user.username), "{text}");
    let deletions: Vec<_> = bench.proxy.calls().into_iter().filter(|call| call.starts_with("Delete")).collect();
    assert_eq!(deletions, ["DeleteUserPoolDomain", "DeleteUserPool"]);
}

#[tokio::test]
async fn may_be_repeated() {
    let (bench, journal, _) = provisioned().await;

    let first = teardown(&bench.shaky, &journal).await.unwrap();
    let second = teardown(&bench.shaky, &journal).await.unwrap();

    assert_eq!(first, second);
}

#[tokio::test]
async fn is_done_when_the_pool_is_gone_already() {
    let (bench, journal, _) = provisioned().await;
    let elsewhere = Folder::new();
    let copy = elsewhere.path().join(journal.path().file_name().unwrap());
    fs::copy(journal.path(), &copy).unwrap();
    teardown(&bench.shaky, &journal).await.unwrap();

    let late = Journal::load(&copy).unwrap();
    teardown(&bench.shaky, &late).await.unwrap();

    assert!(!copy.exists());
}

#[tokio::test]
async fn is_done_when_a_policy_by_tag_denies_looking_at_a_pool_that_is_gone() {
    let (bench, journal, _) = provisioned().await;
    bench.proxy.set(|call| match (call.operation, call.nth) {
        ("DescribeUserPool", 2..) => Deed::Refuse("AccessDeniedException", "not authorized".to_owned()),
        _ => Deed::Pass,
    });

    teardown(&bench.shaky, &journal).await.unwrap();

    bench.assert_nothing_left();
}

#[tokio::test]
async fn a_denial_does_not_prove_that_a_pool_is_gone() {
    let (bench, journal, pool) = provisioned().await;
    bench.proxy.set(|call| match call.operation {
        "DescribeUserPool" => Deed::Refuse("AccessDeniedException", "not authorized".to_owned()),
        _ => Deed::Pass,
    });

    let leftovers = teardown(&bench.shaky, &journal).await.unwrap_err();

    assert_eq!(leftovers.items[0].what, format!("user pool {}", pool.id));
    assert!(leftovers.items[0].why.contains("allow `cognito-idp:DescribeUserPool`"), "{leftovers}");
}

#[tokio::test]
async fn removes_what_was_made_though_nobody_said_so() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);
    bench.proxy.set(|call| match call.operation {
        "CreateUserPool" => Deed::LoseAnswer,
        _ => Deed::Pass,
    });
    provision(&bench.shaky, &blueprint, &journal).await.unwrap_err();
    drop(journal);
    bench.proxy.heal();

    let pending = Journal::pending(bench.folder.path()).unwrap();
    let journal = Journal::load(&pending[0]).unwrap();
    assert_eq!(bench.emulator.holdings().pools, 1);
    teardown(&bench.shaky, &journal).await.unwrap();

    bench.assert_nothing_left();
    assert!(Journal::pending(bench.folder.path()).unwrap().is_empty());
}

#[rstest]
#[case::throttled("TooManyRequestsException", "Rate exceeded")]
#[case::somebody_else_writes("ConcurrentModificationException", "try again")]
#[case::internal("InternalErrorException", "something broke")]
#[case::domain_not_forgotten_yet(
    "InvalidParameterException",
    "User pool cannot be deleted. It has a domain configured that should be deleted first."
)]
#[tokio::test]
async fn tries_again_when_a_refusal_passes_by_itself(#[case] code: &'static str, #[case] text: &'static str) {
    let (bench, journal, _) = provisioned().await;
    bench.proxy.set(|call| match (call.operation, call.nth) {
        ("DeleteUserPool" | "DeleteUserPoolDomain", 1 | 2) => Deed::Refuse(code, text.to_owned()),
        _ => Deed::Pass,
    });

    teardown(&bench.shaky, &journal).await.unwrap();

    bench.assert_nothing_left();
}

#[tokio::test]
async fn a_refusal_that_stays_is_a_leftover_with_its_command() {
    let (bench, journal, pool) = provisioned().await;
    bench.proxy.set(|call| match call.operation {
        "DeleteUserPoolDomain" => Deed::Refuse("AccessDeniedException", "not authorized".to_owned()),
        _ => Deed::Pass,
    });

    let leftovers = teardown(&bench.shaky, &journal).await.unwrap_err();

    assert!(journal.path().exists());
    let text = leftovers
        .to_string()
        .replace(&pool.id, "POOL")
        .replace(journal.run().as_str(), "RUN")
        .replace(bench.proxy.url.as_str(), "ENDPOINT");
    insta::assert_snapshot!(text);
}

#[rstest]
#[case::about_the_pool("DeleteUserPool")]
#[case::about_the_domain("DeleteUserPoolDomain")]
#[tokio::test]
async fn a_deletion_that_lies_is_found_out(#[case] operation: &'static str) {
    let (bench, journal, pool) = provisioned().await;
    bench.proxy.set(move |call| if call.operation == operation { Deed::Lie } else { Deed::Pass });

    let leftovers = teardown(&bench.shaky, &journal).await.unwrap_err();

    let whats: Vec<&str> = leftovers.items.iter().map(|item| item.what.as_str()).collect();
    assert!(whats.contains(&format!("user pool {}", pool.id).as_str()), "{leftovers}");
    let about_the_domain = format!("domain {} of user pool {}", pool.domain, pool.id);
    assert_eq!(whats.contains(&about_the_domain.as_str()), operation == "DeleteUserPoolDomain", "{leftovers}");
    assert!(journal.path().exists());
    bench.proxy.heal();
    teardown(&bench.shaky, &journal).await.unwrap();
    bench.assert_nothing_left();
}

#[tokio::test]
async fn an_account_that_cannot_be_looked_at_proves_nothing() {
    let (bench, journal, _) = provisioned().await;
    bench.proxy.set(|call| match call.operation {
        "ListUserPools" | "DescribeUserPoolDomain" => Deed::Refuse("AccessDeniedException", "no".to_owned()),
        _ => Deed::Pass,
    });

    let leftovers = teardown(&bench.shaky, &journal).await.unwrap_err();

    let text = leftovers.to_string();
    assert!(text.contains("list-user-pools") && text.contains("describe-user-pool-domain"), "{text}");
}

#[tokio::test]
async fn an_account_that_cannot_be_reached_proves_nothing() {
    let (bench, journal, _) = provisioned().await;
    bench.emulator.stop().await;
    drop(bench.proxy);

    let leftovers = teardown(&bench.shaky, &journal).await.unwrap_err();

    assert!(leftovers.to_string().contains("no usable answer"), "{leftovers}");
    assert!(journal.path().exists());
}

#[tokio::test]
async fn refuses_to_look_in_another_region() {
    let (bench, journal, _) = provisioned().await;
    let elsewhere = Account::for_emulator(&bench.proxy.url, "eu-west-1");

    let leftovers = teardown(&elsewhere, &journal).await.unwrap_err();

    assert!(leftovers.to_string().contains("made on us-east-1"), "{leftovers}");
    assert!(journal.path().exists());
}

#[tokio::test]
async fn a_journal_of_a_run_that_made_nothing_is_closed() {
    let bench = Bench::start().await;
    let journal = bench.journal(&blueprint());

    teardown(&bench.account, &journal).await.unwrap();

    assert!(!journal.path().exists());
}

#[tokio::test]
async fn leaves_a_domain_alone_that_somebody_else_has() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);
    let prefix = blueprint.run.domain_prefix();
    let other = foreign_pool(bench.emulator.api_url(), "somebody-elses", &[]).await;
    let request = stranger(bench.emulator.api_url()).create_user_pool_domain().domain(&prefix).user_pool_id(&other);
    request.send().await.unwrap();

    let error = provision(&bench.account, &blueprint, &journal).await.unwrap_err();
    teardown(&bench.account, &journal).await.unwrap();

    assert!(error.to_string().contains("Domain already associated with another user pool"), "{error}");
    let holdings = bench.emulator.holdings();
    assert_eq!((holdings.pools, holdings.domains), (1, 1));
}
