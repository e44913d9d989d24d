//! Sweeping removes expired pools of ours, and nothing else.

use std::time::{Duration, SystemTime};

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Credentials, Region};
use harness::authority::cognito::{provision, sweep};
use url::Url;

use crate::bench::{Bench, blueprint};
use crate::proxy::Deed;

/// Makes a pool as somebody else would.
async fn foreign_pool(endpoint: &Url, name: &str, tags: &[(&str, &str)]) -> String {
    let config = aws_sdk_cognitoidentityprovider::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint.as_str())
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    let request = Client::from_conf(config).create_user_pool().pool_name(name);
    let request = tags.iter().fold(request, |request, (key, value)| request.user_pool_tags(*key, *value));
    request.send().await.unwrap().user_pool.unwrap().id.unwrap()
}

#[tokio::test]
async fn removes_only_expired_pools_of_ours() {
    let bench = Bench::start().await;
    let endpoint = bench.emulator.api_url();
    let expired = blueprint();
    let alive = harness::authority::cognito::Blueprint { lifetime: Duration::from_secs(90_000), ..blueprint() };
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
    for number in 0..65 {
        foreign_pool(bench.emulator.api_url(), &format!("other-{number}"), &[]).await;
    }
    let expired = blueprint();
    let pool = provision(&bench.account, &expired, &bench.journal(&expired)).await.unwrap();

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
