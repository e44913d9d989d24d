//! Users: creation, lookup, passwords.

use aws_sdk_cognitoidentityprovider::types::{AttributeType, UserStatusType};
use cognito_emulator::Settings;
use rstest::rstest;

use crate::api::{invalid, refusal};
use crate::bench::{Bench, EMAIL, PASSWORD, empty};

#[tokio::test]
async fn a_created_user_has_a_generated_name_and_must_change_a_temporary_password() {
    let bench = Bench::start().await;
    let (idp, pool) = (&bench.idp, &bench.pool);

    let user =
        idp.admin_create_user().user_pool_id(pool).username("bob@example.com").send().await.unwrap().user.unwrap();

    let name = user.username.unwrap();
    assert!(uuid::Uuid::parse_str(&name).is_ok());
    assert_eq!(user.user_status, Some(UserStatusType::ForceChangePassword));
    let found = idp.admin_get_user().user_pool_id(pool).username("BOB@example.com").send().await.unwrap();
    assert_eq!(found.username, name);
    let attributes: Vec<_> = found.user_attributes.unwrap().into_iter().map(|a| (a.name, a.value.unwrap())).collect();
    assert_eq!(attributes, [("sub".to_owned(), name.clone()), ("email".to_owned(), "bob@example.com".to_owned())]);
    idp.admin_set_user_password()
        .user_pool_id(pool)
        .username(&name)
        .password(PASSWORD)
        .permanent(true)
        .send()
        .await
        .unwrap();
    let confirmed = idp.admin_get_user().user_pool_id(pool).username(&name).send().await.unwrap();
    assert_eq!(confirmed.user_status, Some(UserStatusType::Confirmed));
}

#[tokio::test]
async fn users_are_refused_in_cognitos_words() {
    let bench = Bench::start().await;
    let create = |name: &str| bench.idp.admin_create_user().user_pool_id(&bench.pool).username(name);

    let twice = refusal(create("Alice@example.com").send().await);
    let no_address = refusal(create("alice").send().await);
    let other_address = AttributeType::builder().name("email").value("other@example.com").build().unwrap();
    let mismatch = refusal(create("carol@example.com").user_attributes(other_address).send().await);

    assert_eq!(
        twice,
        ("UsernameExistsException".to_owned(), "An account with the given email already exists.".to_owned())
    );
    assert_eq!(no_address, invalid("Username should be an email."));
    assert_eq!(mismatch.0, "InvalidParameterException");
}

#[tokio::test]
async fn a_pool_of_chosen_names_keeps_them_and_their_case() {
    let (_emulator, idp) = empty(Settings::default()).await;
    let pool = idp.create_user_pool().pool_name("p").send().await.unwrap().user_pool.unwrap().id.unwrap();
    let create = |name: &str| idp.admin_create_user().user_pool_id(&pool).username(name);

    let user = create("testuser").send().await.unwrap().user.unwrap();

    assert_eq!(user.username.as_deref(), Some("testuser"));
    assert_eq!(
        refusal(create("testuser").send().await),
        ("UsernameExistsException".to_owned(), "User account already exists".to_owned())
    );
    create("TestUser").send().await.unwrap();
}

#[rstest]
#[case("Short-7", "Password not long enough")]
#[case("correct-horse-7", "Password must have uppercase characters")]
#[case("CORRECT-HORSE-7", "Password must have lowercase characters")]
#[case("Correct-horse", "Password must have numeric characters")]
#[case("Correcthorse7", "Password must have symbol characters")]
#[tokio::test]
async fn passwords_keep_to_the_policy(#[case] password: &str, #[case] objection: &str) {
    let bench = Bench::start().await;

    let set = bench.idp.admin_set_user_password().user_pool_id(&bench.pool).username(EMAIL).password(password);

    let expected = format!("Password did not conform with policy: {objection}");
    assert_eq!(refusal(set.permanent(true).send().await), ("InvalidPasswordException".to_owned(), expected));
}

#[tokio::test]
async fn a_deleted_user_is_gone() {
    let bench = Bench::start().await;

    bench.idp.admin_delete_user().user_pool_id(&bench.pool).username(EMAIL).send().await.unwrap();

    let again = bench.idp.admin_delete_user().user_pool_id(&bench.pool).username(EMAIL).send().await;
    assert_eq!(refusal(again).0, "UserNotFoundException");
}
