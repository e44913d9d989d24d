//! Sweeping removes expired pools of ours, and nothing else.

use std::time::{Duration, SystemTime};

use harness::cognito::{Blueprint, provision, sweep};

use super::bench::{Bench, blueprint};
use super::proxy::Deed;
use super::stranger::foreign_pool;

#[tokio::test]
async fn removes_only_expired_pools_of_ours() {
    let bench = Bench::start().await;
    let endpoint = bench.emulator.api_url();
    let expired = blueprint();
    let alive = Blueprint { lifetime: Duration::from_secs(90_000), ..blueprint() };
    let old = provision(&bench.account, &expired, &bench.journal(&expired)).await.unwrap();
    let young = provision(&bench.account, &alive, &bench.journal(&alive)).await.unwrap();
    let past = [("mcp-harness", "abcdefghijk1"), ("mcp-harness-expires", "1")];
    let other_name = foreign_pool(endpoint, "somebody-elses", &past).await;
    let no_tags = foreign_pool(endpoint, "mcp-harness-abcdefghijk1", &[]).await;
    let other_run = foreign_pool(endpoint, "mcp-harness-abcdefghijk2", &past).await;

    let report = sweep(&bench.account, SystemTime::now() + Duration::from_secs(7_200)).await.unwrap();

    assert_eq!(report.removed, [old.id]);
    assert_eq!(report.left, []);
    let mut kept: Vec<&str> = report.kept.iter().map(|pool| pool.id.as_str()).collect();
    kept.sort_unstable();
    let mut expected = [young.id.as_str(), &no_tags, &other_run];
    expected.sort_unstable();
    assert_eq!(kept, expected);
    assert!(!report.kept.iter().any(|pool| pool.id == other_name));
    assert_eq!(bench.emulator.holdings().pools, 4);
    assert_eq!(bench.emulator.holdings().domains, 1);
}

#[tokio::test]
async fn finds_pools_beyond_the_first_page() {
    let bench = Bench::start().await;
    let expired = blueprint();
    // On the second page, whether the listing begins with the oldest or with the youngest.
    crowd(&bench, "older").await;
    let pool = provision(&bench.account, &expired, &bench.journal(&expired)).await.unwrap();
    crowd(&bench, "younger").await;

    let report = sweep(&bench.account, SystemTime::now() + Duration::from_secs(7_200)).await.unwrap();

    assert_eq!(report.removed, [pool.id]);
}

#[tokio::test]
async fn reports_a_pool_that_stays() {
    let bench = Bench::start().await;
    let expired = blueprint();
    let pool = provision(&bench.shaky, &expired, &bench.journal(&expired)).await.unwrap();
    bench.proxy.set(|call| match call.operation {
        "DeleteUserPool" => Deed::Refuse("InvalidParameterException", "deletion protection is activated".to_owned()),
        _ => Deed::Pass,
    });

    let report = sweep(&bench.shaky, SystemTime::now() + Duration::from_secs(7_200)).await.unwrap();

    assert_eq!(report.removed, Vec::<String>::new());
    assert_eq!(report.left[0].what, format!("user pool {}", pool.id));
    assert!(report.left[0].why.contains("deletion protection"), "{:?}", report.left);
}

#[tokio::test]
async fn finds_out_a_deletion_that_lies() {
    let bench = Bench::start().await;
    let expired = blueprint();
    let pool = provision(&bench.shaky, &expired, &bench.journal(&expired)).await.unwrap();
    bench.proxy.set(|call| if call.operation == "DeleteUserPool" { Deed::Lie } else { Deed::Pass });

    let report = sweep(&bench.shaky, SystemTime::now() + Duration::from_secs(7_200)).await.unwrap();

    assert_eq!(report.removed, Vec::<String>::new());
    assert_eq!(report.left[0].what, format!("user pool {}", pool.id));
}

/// More pools of somebody else than a page of the listing holds.
async fn crowd(bench: &Bench, name: &str) {
    for number in 0..65 {
        foreign_pool(bench.emulator.api_url(), &format!("{name}-{number}"), &[]).await;
    }
}
