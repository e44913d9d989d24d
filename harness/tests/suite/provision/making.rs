//! Making a pool, and failing at it.

use std::collections::BTreeSet;
use std::fs;

use harness::cognito::{Journal, Kind, ProvisionError, State, minimal_iam_policy, provision, sweep, teardown};
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::bench::{Bench, RESOURCE, blueprint};
use super::proxy::Deed;

#[tokio::test]
async fn makes_a_pool_that_its_discovery_document_describes() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);

    let pool = provision(&bench.account, &blueprint, &journal).await.unwrap();

    assert_eq!(pool.issuer, bench.emulator.issuer(&pool.id));
    assert_eq!(pool.discovery["issuer"], pool.issuer.as_str());
    assert_eq!(pool.discovery["token_endpoint"], pool.endpoints.token.as_str());
    assert_eq!(pool.granted_scopes, ["openid", "email", "profile", "http://localhost:8001/mcp/notes.write"]);
    assert_eq!(pool.resource, RESOURCE);
    assert_ne!(pool.user.sub, pool.second_user.unwrap().sub);
    teardown(&bench.account, &journal).await.unwrap();
    bench.assert_nothing_left();
}

#[tokio::test]
async fn writes_down_all_that_it_made() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);

    let pool = provision(&bench.account, &blueprint, &journal).await.unwrap();

    let entries = Journal::load(journal.path()).unwrap().entries();
    let kinds: Vec<Kind> = entries.iter().map(|entry| entry.kind).collect();
    let expected =
        [Kind::UserPool, Kind::ResourceServer, Kind::AppClient, Kind::Branding, Kind::Domain, Kind::User, Kind::User];
    assert_eq!(kinds, expected);
    assert!(entries.iter().all(|entry| entry.state == State::Created), "{entries:?}");
    assert_eq!(entries[0].id.as_deref(), Some(pool.id.as_str()));
}

#[tokio::test]
async fn says_beforehand_what_it_will_make() {
    let bench = Bench::start().await;
    let blueprint = blueprint();

    let text = blueprint.lines(&bench.account).join("\n");

    let run = blueprint.run.as_str();
    let text = text.replace(run, "RUN").replace(bench.emulator.api_url().as_str(), "ENDPOINT");
    insta::assert_snapshot!(text);
    bench.assert_nothing_left();
}

#[rstest]
#[case("CreateUserPool", 1)]
#[case("CreateResourceServer", 1)]
#[case("CreateUserPoolClient", 1)]
#[case("CreateManagedLoginBranding", 1)]
#[case("CreateUserPoolDomain", 1)]
#[case("AdminCreateUser", 1)]
#[case("AdminSetUserPassword", 1)]
#[case("AdminCreateUser", 2)]
#[case("AdminSetUserPassword", 2)]
#[tokio::test]
async fn a_failure_at_any_step_leaves_a_journal_that_teardown_can_use(
    #[case] operation: &'static str,
    #[case] nth: usize,
    #[values(false, true)] done_but_unheard: bool,
) {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);
    bench.proxy.set(move |call| match (call.operation == operation && call.nth == nth, done_but_unheard) {
        (true, true) => Deed::LoseAnswer,
        (true, false) => Deed::Refuse("AccessDeniedException", "not authorized".to_owned()),
        (false, _) => Deed::Pass,
    });

    let error = provision(&bench.shaky, &blueprint, &journal).await.unwrap_err();
    bench.proxy.heal();
    let proof = teardown(&bench.shaky, &Journal::load(journal.path()).unwrap()).await.unwrap();

    let ProvisionError::Call(failure) = &error else { panic!("{error}") };
    assert_eq!(failure.call, operation);
    if !done_but_unheard {
        assert!(error.to_string().contains(&format!("allow `cognito-idp:{operation}`")), "{error}");
    }
    assert!(!proof.absent.is_empty());
    bench.assert_nothing_left();
}

#[tokio::test]
async fn says_what_it_last_saw_of_a_domain_that_does_not_come_up() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);
    bench.proxy.set(|call| match call.operation {
        "DescribeUserPoolDomain" => Deed::Lie,
        _ => Deed::Pass,
    });

    let error = provision(&bench.shaky, &blueprint, &journal).await.unwrap_err();

    let ProvisionError::NotReady { last_seen, .. } = error else { panic!("{error}") };
    assert!(last_seen.contains("is unknown"), "{last_seen}");
    bench.proxy.heal();
    teardown(&bench.shaky, &journal).await.unwrap();
    bench.assert_nothing_left();
}

#[tokio::test]
async fn no_secret_is_in_the_journal_or_in_a_debug_form() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);

    let pool = provision(&bench.account, &blueprint, &journal).await.unwrap();

    let shown = format!("{}{journal:?}{pool:?}{:?}", fs::read_to_string(journal.path()).unwrap(), bench.account);
    let second = pool.second_user.as_ref().unwrap();
    for secret in [&pool.client_secret, &pool.user.password, &second.password] {
        assert!(!shown.contains(secret.expose_secret()));
    }
    assert!(shown.contains("REDACTED"));
}

#[tokio::test]
async fn a_password_that_aws_repeats_is_not_in_the_error() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);
    let (sent, received) = std::sync::mpsc::channel();
    bench.proxy.set(move |call| {
        let Some(password) = call.body.get("Password").and_then(Value::as_str) else { return Deed::Pass };
        sent.send(password.to_owned()).unwrap();
        Deed::Refuse("InvalidParameterException", format!("Value '{password}' at 'password' failed"))
    });

    let error = provision(&bench.shaky, &blueprint, &journal).await.unwrap_err();

    let password = received.try_recv().unwrap();
    assert!(error.to_string().contains("Value '[redacted]' at 'password' failed"), "{error}");
    assert!(!format!("{error} {error:?}").contains(&password));
}

#[tokio::test]
async fn the_minimal_iam_policy_allows_exactly_the_calls_that_are_made() {
    let bench = Bench::start().await;
    let blueprint = blueprint();
    let journal = bench.journal(&blueprint);

    provision(&bench.shaky, &blueprint, &journal).await.unwrap();
    teardown(&bench.shaky, &journal).await.unwrap();
    sweep(&bench.shaky, std::time::SystemTime::now()).await.unwrap();

    let mut made: BTreeSet<String> = bench.proxy.calls().iter().map(|call| format!("cognito-idp:{call}")).collect();
    // Tags given to CreateUserPool are checked under the name of the call that would set them alone.
    made.insert("cognito-idp:TagResource".to_owned());
    let policy: Value = serde_json::from_str(minimal_iam_policy()).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements.iter().flat_map(|statement| statement["Action"].as_array().unwrap());
    let allowed: BTreeSet<String> = actions.map(|action| action.as_str().unwrap().to_owned()).collect();
    assert_eq!(made, allowed);
}
