//! The administrative API, with the texts that provisioning code has to expect.

use aws_sdk_cognitoidentityprovider as idp;
use cognito_emulator::Settings;
use idp::error::{ProvideErrorMetadata, SdkError};
use idp::types::{
    AdminCreateUserConfigType, DeletionProtectionType, PasswordPolicyType, ResourceServerScopeType, UserPoolPolicyType,
    UserPoolTierType,
};
use rstest::rstest;

use crate::bench::{Bench, RESOURCE, empty};
use crate::browser::http;

/// Type and text of a refusal.
pub(crate) fn refusal<T, E: ProvideErrorMetadata, R>(answer: Result<T, SdkError<E, R>>) -> (String, String) {
    match answer {
        Ok(_) => panic!("accepted"),
        Err(error) => (error.code().expect("a type").to_owned(), error.message().expect("a text").to_owned()),
    }
}

pub(crate) fn invalid(text: &str) -> (String, String) {
    ("InvalidParameterException".to_owned(), text.to_owned())
}

#[tokio::test]
async fn a_pool_is_described_as_it_was_created() {
    let (_emulator, idp) = empty(Settings::default()).await;
    let created = idp
        .create_user_pool()
        .pool_name("mcp-harness-1")
        .user_pool_tier(UserPoolTierType::Plus)
        .user_pool_tags("mcp-harness", "1")
        .admin_create_user_config(AdminCreateUserConfigType::builder().allow_admin_create_user_only(true).build())
        .send()
        .await
        .unwrap();
    let id = created.user_pool.unwrap().id.unwrap();

    let pool = idp.describe_user_pool().user_pool_id(&id).send().await.unwrap().user_pool.unwrap();

    let (region, name) = id.split_once('_').unwrap();
    assert_eq!((region, name.len()), ("us-east-1", 9));
    assert_eq!(pool.name.as_deref(), Some("mcp-harness-1"));
    assert_eq!(pool.user_pool_tier, Some(UserPoolTierType::Plus));
    assert_eq!(pool.user_pool_tags.as_ref().unwrap()["mcp-harness"], "1");
    assert!(pool.admin_create_user_config.unwrap().allow_admin_create_user_only);
    assert!(pool.creation_date.is_some());
    assert_eq!(pool.domain, None);
    let tags = idp.list_tags_for_resource().resource_arn(pool.arn.unwrap()).send().await.unwrap().tags.unwrap();
    assert_eq!(tags["mcp-harness"], "1");
}

#[tokio::test]
async fn a_described_pool_names_its_domain() {
    let bench = Bench::start().await;

    let pool = bench.idp.describe_user_pool().user_pool_id(&bench.pool).send().await.unwrap().user_pool.unwrap();

    assert_eq!(pool.domain.as_deref(), Some("mcp-test-domain"));
    assert_eq!(pool.estimated_number_of_users, 1);
}

#[tokio::test]
async fn pools_are_listed_page_by_page_each_once() {
    let (_emulator, idp) = empty(Settings::default()).await;
    for _ in 0..5 {
        idp.create_user_pool().pool_name("same name").send().await.unwrap();
    }

    let mut seen = Vec::new();
    let mut pages = idp.list_user_pools().max_results(2).into_paginator().send();
    while let Some(page) = pages.next().await {
        let ids = page.unwrap().user_pools.unwrap_or_default().into_iter().map(|pool| pool.id.unwrap());
        seen.push(ids.collect::<Vec<_>>());
    }

    let sizes: Vec<usize> = seen.iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 2, 1]);
    let distinct: std::collections::BTreeSet<String> = seen.into_iter().flatten().collect();
    assert_eq!(distinct.len(), 5);
}

#[rstest]
#[case(0, "greater than or equal to 1")]
#[case(61, "less than or equal to 60")]
#[tokio::test]
async fn a_page_has_one_to_sixty_pools(#[case] size: i32, #[case] constraint: &str) {
    let (_emulator, idp) = empty(Settings::default()).await;

    let (kind, text) = refusal(idp.list_user_pools().max_results(size).send().await);

    assert_eq!(kind, "InvalidParameterException");
    assert_eq!(
        text,
        format!(
            "1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: Member must have value {constraint}"
        )
    );
}

#[tokio::test]
async fn a_pool_with_a_domain_or_protection_is_not_deleted() {
    let bench = Bench::start().await;
    let protected = bench.idp.create_user_pool().pool_name("p").deletion_protection(DeletionProtectionType::Active);
    let protected = protected.send().await.unwrap().user_pool.unwrap().id.unwrap();

    assert_eq!(
        refusal(bench.idp.delete_user_pool().user_pool_id(&bench.pool).send().await),
        invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.")
    );
    assert_eq!(
        refusal(bench.idp.delete_user_pool().user_pool_id(&protected).send().await),
        invalid(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first."
        )
    );
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let bench = Bench::start().await;
    let (idp, pool) = (&bench.idp, &bench.pool);
    let kind = |refusal: (String, String)| refusal.0;

    let not_found = "ResourceNotFoundException";
    assert_eq!(kind(refusal(idp.describe_user_pool().user_pool_id("us-east-1_000000000").send().await)), not_found);
    assert_eq!(kind(refusal(idp.delete_user_pool().user_pool_id("us-east-1_000000000").send().await)), not_found);
    assert_eq!(
        kind(refusal(idp.describe_user_pool_client().user_pool_id(pool).client_id("unknown").send().await)),
        not_found
    );
    assert_eq!(
        kind(refusal(idp.describe_resource_server().user_pool_id(pool).identifier("unknown").send().await)),
        not_found
    );
    assert_eq!(kind(refusal(idp.list_tags_for_resource().resource_arn("arn:aws:unknown").send().await)), not_found);
    let user = idp.admin_get_user().user_pool_id(pool).username("nobody@example.com").send().await;
    assert_eq!(refusal(user), ("UserNotFoundException".to_owned(), "User does not exist.".to_owned()));
}

#[tokio::test]
async fn two_validity_periods_for_temporary_passwords_are_refused_even_as_zeros() {
    let (_emulator, idp) = empty(Settings::default()).await;
    // Building either structure puts a zero on the wire.
    let config = || AdminCreateUserConfigType::builder().allow_admin_create_user_only(true).build();
    let policy = || PasswordPolicyType::builder().minimum_length(10).build();
    let policies = || UserPoolPolicyType::builder().password_policy(policy()).build();

    let both =
        idp.create_user_pool().pool_name("p").admin_create_user_config(config()).policies(policies()).send().await;

    assert_eq!(
        refusal(both),
        invalid("Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays")
    );
    idp.create_user_pool().pool_name("p").admin_create_user_config(config()).send().await.unwrap();
    idp.create_user_pool().pool_name("p").policies(policies()).send().await.unwrap();
}

#[rstest]
#[case("mcp-cognito-1", "Domain cannot contain reserved word: cognito")]
#[case("my-aws-login", "Domain cannot contain reserved word: aws")]
#[case("amazonia", "Domain cannot contain reserved word: amazon")]
#[case("mcp-test-domain", "Domain already associated with another user pool.")]
#[tokio::test]
async fn a_domain_prefix_is_free_and_has_no_reserved_word(#[case] prefix: &str, #[case] text: &str) {
    let bench = Bench::start().await;
    let other = bench.idp.create_user_pool().pool_name("other").send().await.unwrap().user_pool.unwrap().id.unwrap();

    let answer = bench.idp.create_user_pool_domain().user_pool_id(&other).domain(prefix).send().await;

    assert_eq!(refusal(answer), invalid(text));
}

#[rstest]
#[case("Upper")]
#[case("-leading")]
#[case("trailing-")]
#[case("under_score")]
#[tokio::test]
async fn a_domain_prefix_keeps_to_its_pattern(#[case] prefix: &str) {
    let bench = Bench::start().await;

    let (kind, text) =
        refusal(bench.idp.create_user_pool_domain().user_pool_id(&bench.pool).domain(prefix).send().await);

    assert_eq!(kind, "InvalidParameterException");
    assert!(
        text.contains("at 'domain' failed to satisfy constraint: Member must satisfy regular expression pattern"),
        "{text}"
    );
}

#[tokio::test]
async fn a_pool_has_one_prefix_domain_and_lite_has_no_managed_login() {
    let bench = Bench::start().await;
    let lite = bench.idp.create_user_pool().pool_name("lite").user_pool_tier(UserPoolTierType::Lite);
    let lite = lite.send().await.unwrap().user_pool.unwrap().id.unwrap();
    let domain = |pool: &str| bench.idp.create_user_pool_domain().user_pool_id(pool).domain("another-domain");

    assert_eq!(refusal(domain(&bench.pool).send().await).0, "InvalidParameterException");
    let managed = domain(&lite).managed_login_version(2).send().await;
    assert_eq!(refusal(managed).0, "FeatureUnavailableInTierException");
    assert_eq!(domain(&lite).send().await.unwrap().managed_login_version, Some(1));
}

#[tokio::test]
async fn an_unknown_domain_is_described_by_an_empty_structure() {
    let bench = Bench::start().await;
    let describe = |prefix: &str| bench.idp.describe_user_pool_domain().domain(prefix);

    let known = describe("mcp-test-domain").send().await.unwrap().domain_description.unwrap();
    let unknown = describe("unknown").send().await.unwrap().domain_description.unwrap();

    assert_eq!(known.status, Some(idp::types::DomainStatusType::Active));
    assert_eq!(known.user_pool_id, Some(bench.pool.clone()));
    assert_eq!((unknown.status, unknown.user_pool_id), (None, None));
}

#[tokio::test]
async fn a_resource_server_is_described_listed_once_and_deleted() {
    let bench = Bench::start().await;
    let (idp, pool) = (&bench.idp, &bench.pool);

    let server = idp
        .describe_resource_server()
        .user_pool_id(pool)
        .identifier(RESOURCE)
        .send()
        .await
        .unwrap()
        .resource_server
        .unwrap();

    assert_eq!(server.identifier.as_deref(), Some(RESOURCE));
    assert_eq!(server.scopes.unwrap()[0].scope_name(), "notes.write");
    assert_eq!(
        refusal(idp.create_resource_server().user_pool_id(pool).identifier(RESOURCE).name("again").send().await),
        invalid(&format!("{RESOURCE} already exists in user pool {pool}."))
    );
    let list = || idp.list_resource_servers().user_pool_id(pool).max_results(50);
    assert_eq!(list().send().await.unwrap().resource_servers.len(), 1);
    idp.delete_resource_server().user_pool_id(pool).identifier(RESOURCE).send().await.unwrap();
    assert_eq!(list().send().await.unwrap().resource_servers.len(), 0);
}

#[rstest]
#[case::space_in_identifier("with space", "Name", "read", "identifier")]
#[case::slash_in_name("id", "a/b", "read", "name")]
#[case::slash_in_scope("id", "Name", "notes/read", "scopeName")]
#[tokio::test]
async fn names_of_resource_servers_keep_to_their_patterns(
    #[case] identifier: &str,
    #[case] name: &str,
    #[case] scope: &str,
    #[case] member: &str,
) {
    let bench = Bench::start().await;
    let scope = ResourceServerScopeType::builder().scope_name(scope).scope_description("x").build().unwrap();

    let create = bench.idp.create_resource_server().user_pool_id(&bench.pool).identifier(identifier);
    let (kind, text) = refusal(create.name(name).scopes(scope).send().await);

    assert_eq!(kind, "InvalidParameterException");
    assert!(text.contains(&format!("at '{member}' failed")), "{text}");
}

/// A raw call, for what the SDK never sends.
async fn raw(bench: &Bench, target: &str, signed: bool, body: &str) -> (u16, serde_json::Value) {
    let request = http().post(bench.emulator.api_url().clone()).header("x-amz-target", target);
    let request = if signed { request.header("authorization", "AWS4-HMAC-SHA256 anything") } else { request };
    let answer = request.body(body.to_owned()).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[rstest]
#[case::unsigned("DescribeUserPool", false, "{}", "MissingAuthenticationTokenException")]
#[case::unknown("DeleteEverything", true, "{}", "UnknownOperationException")]
#[case::no_json("DescribeUserPool", true, "nonsense", "SerializationException")]
#[case::no_structure("DescribeUserPool", true, "[]", "SerializationException")]
#[case::wrong_kind("DescribeUserPool", true, r#"{"UserPoolId":7}"#, "SerializationException")]
#[case::no_member("DescribeUserPool", true, "{}", "InvalidParameterException")]
#[tokio::test]
async fn refuses_calls_that_no_sdk_makes(
    #[case] operation: &str,
    #[case] signed: bool,
    #[case] body: &str,
    #[case] kind: &str,
) {
    let bench = Bench::start().await;

    let (status, answer) = raw(&bench, &format!("AWSCognitoIdentityProviderService.{operation}"), signed, body).await;

    assert_eq!((status, &answer["__type"]), (400, &kind.into()));
    assert!(answer["message"].is_string());
}

#[tokio::test]
async fn a_missing_member_is_named_as_the_service_names_it() {
    let bench = Bench::start().await;

    let (_, answer) = raw(&bench, "AWSCognitoIdentityProviderService.DescribeUserPool", true, "{}").await;

    assert_eq!(
        answer["message"],
        "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: Member must not be null"
    );
}

#[tokio::test]
async fn features_that_are_not_emulated_are_refused_rather_than_ignored() {
    let bench = Bench::start().await;
    for member in
        [r#""DcrConfiguration":{}"#, r#""MfaConfiguration":"ON""#, r#""IssuerConfiguration":{"Type":"UPDATED"}"#]
    {
        let body = format!(r#"{{"PoolName":"p",{member}}}"#);

        let (status, answer) = raw(&bench, "AWSCognitoIdentityProviderService.CreateUserPool", true, &body).await;

        assert_eq!((status, &answer["__type"]), (400, &"InvalidParameterException".into()), "{member}");
    }
}
