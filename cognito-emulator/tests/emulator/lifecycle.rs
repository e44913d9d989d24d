//! Starting, stopping, and what is left.

use cognito_emulator::{Emulator, Settings, StartError};

use crate::bench::{Bench, empty};
use crate::browser::{Browser, http};

async fn answers(url: url::Url) -> bool {
    http().get(url).send().await.is_ok()
}

#[tokio::test]
async fn says_that_a_port_is_taken() {
    let (first, _) = empty(Settings::default()).await;
    let settings = Settings { api_port: first.api_url().port().unwrap(), ..Settings::default() };

    let second = Emulator::start(settings).await;

    assert!(matches!(second, Err(StartError::PortInUse { port }) if Some(port) == first.api_url().port()));
}

#[tokio::test]
async fn stopping_closes_the_api_and_every_domain() {
    let bench = Bench::start().await;
    let (api, domain) = (bench.emulator.api_url().clone(), bench.domain());
    assert!(answers(api.clone()).await && answers(domain.clone()).await);

    bench.emulator.stop().await;

    assert!(!answers(api).await && !answers(domain).await);
}

#[tokio::test]
async fn deleting_a_domain_closes_its_listener_and_no_other() {
    let bench = Bench::start().await;
    let domain = bench.domain();
    // A kept-alive connection, as browsers leave behind.
    let mut browser = Browser::new();
    browser.get(bench.request().url()).await;

    bench.idp.delete_user_pool_domain().user_pool_id(&bench.pool).domain("mcp-test-domain").send().await.unwrap();

    assert!(!answers(domain).await);
    assert!(answers(bench.emulator.api_url().clone()).await);
    assert_eq!(bench.emulator.domain_url(&bench.pool), None);
}

#[tokio::test]
async fn holdings_count_everything_and_end_at_nothing() {
    let bench = Bench::start().await;
    let held = bench.emulator.holdings();
    assert_eq!((held.pools, held.domains, held.clients), (1, 1, 1));
    assert_eq!((held.resource_servers, held.brandings, held.users), (1, 1, 1));

    bench.idp.delete_user_pool_domain().user_pool_id(&bench.pool).domain("mcp-test-domain").send().await.unwrap();
    assert!(!bench.emulator.holdings().is_empty());
    bench.idp.delete_user_pool().user_pool_id(&bench.pool).send().await.unwrap();

    assert!(bench.emulator.holdings().is_empty());
}
