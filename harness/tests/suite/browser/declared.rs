//! Pages whose fields and buttons have other names than usual, and are declared.

use super::methods::method;
use super::pages::{PASSWORD, Site, three_steps};
use super::{ENOUGH, credentials, kinds};
use harness::login::PageKind::{Callback, Consent, PasswordNext, UsernameFirst};
use harness::login::{
    Arrival, LoginAttempt, LoginError, LoginFailure, LoginMethod, LoginMethodChoice, LoginPages, PageParts,
};
use rstest::rstest;

const PAGES: [&str; 3] = [
    "username = { label = \"e-mail\" }\nbutton = { label = \"Next\" }",
    "password = \"form > input.secret:not([type=hidden])\"\nbutton = \"[name=act][value=Verify]\"",
    "button = { label = \"Allow access\" }",
];

async fn login(method: &LoginMethod, site: &Site, pages: &[&str]) -> Result<Arrival, LoginError> {
    let pages: Vec<PageParts> = pages.iter().map(|page| toml::from_str(page).unwrap()).collect();
    method
        .login(&LoginAttempt {
            authorization_url: &site.authorization_url(),
            redirect_uri: site.redirect_uri(),
            credentials: &credentials(PASSWORD),
            pages: &LoginPages::declared(pages),
            lang: None,
            deadline: ENOUGH,
            screenshot: None,
        })
        .await
}

#[rstest]
#[tokio::test]
async fn fills_and_presses_what_is_declared(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
    #[values(1, 3)] consents: usize,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(three_steps(consents)).await;

    let arrival = login(&method, &site, &PAGES).await.unwrap();

    assert_eq!(kinds(&arrival), [UsernameFirst, PasswordNext, Consent, Callback]);
    assert_eq!(site.posts(), 2 + consents);
}

#[rstest]
#[tokio::test]
async fn gives_up_on_a_consent_that_never_ends(
    #[values(LoginMethodChoice::PlainHttp, LoginMethodChoice::WebDriver)] choice: LoginMethodChoice,
) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(three_steps(100)).await;

    let error = login(&method, &site, &PAGES).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::PressedInVain { presses: 5 }), "{error:?}");
}

#[rstest]
#[case(LoginMethodChoice::PlainHttp, "input:focus")]
#[case(LoginMethodChoice::PlainHttp, "input[")]
#[case(LoginMethodChoice::WebDriver, "input[")]
#[tokio::test]
async fn names_the_selector_that_it_cannot_read(#[case] choice: LoginMethodChoice, #[case] selector: &str) {
    let Some(method) = method(choice).await else { return };
    let site = Site::serve(three_steps(1)).await;

    let error = login(&method, &site, &[&format!("username = \"{selector}\"")]).await.unwrap_err();

    let (LoginFailure::NeedsBrowser { selector: named } | LoginFailure::BadSelector { selector: named }) =
        &error.failure
    else {
        panic!("{error:?}")
    };
    assert_eq!(named, selector);
}
