//! Pages whose fields and buttons have other names than usual, and are declared.

use crate::lanes::lane;
use crate::pages::{PASSWORD, Site, three_steps};
use crate::{ENOUGH, credentials, shapes};
use harness::browser::PageShape::{Callback, Consent, PasswordNext, UsernameFirst};
use harness::browser::{Arrival, Lane, LaneChoice, Login, LoginError, LoginFailure, LoginPages, PageParts};
use rstest::rstest;

const PAGES: [&str; 3] = [
    "username = { label = \"e-mail\" }\nbutton = { label = \"Next\" }",
    "password = \"input.secret\"\nbutton = \"[name=act][value=Verify]\"",
    "button = { label = \"Allow access\" }",
];

async fn login(lane: &Lane, site: &Site, pages: &[&str]) -> Result<Arrival, LoginError> {
    let pages: Vec<PageParts> = pages.iter().map(|page| toml::from_str(page).unwrap()).collect();
    lane.login(&Login {
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
    #[values(LaneChoice::Scripted, LaneChoice::Webdriver)] choice: LaneChoice,
    #[values(1, 3)] consents: usize,
) {
    let Some(lane) = lane(choice).await else { return };
    let site = Site::serve(three_steps(consents)).await;

    let arrival = login(&lane, &site, &PAGES).await.unwrap();

    assert_eq!(shapes(&arrival), [UsernameFirst, PasswordNext, Consent, Callback]);
    assert_eq!(site.posts(), 2 + consents);
}

#[rstest]
#[tokio::test]
async fn gives_up_on_a_consent_that_never_ends(
    #[values(LaneChoice::Scripted, LaneChoice::Webdriver)] choice: LaneChoice,
) {
    let Some(lane) = lane(choice).await else { return };
    let site = Site::serve(three_steps(100)).await;

    let error = login(&lane, &site, &PAGES).await.unwrap_err();

    assert!(matches!(error.failure, LoginFailure::PressedInVain { presses: 5 }), "{error:?}");
}

#[rstest]
#[case(LaneChoice::Scripted, "form > input")]
#[case(LaneChoice::Webdriver, "input[")]
#[tokio::test]
async fn names_the_selector_that_it_cannot_read(#[case] choice: LaneChoice, #[case] selector: &str) {
    let Some(lane) = lane(choice).await else { return };
    let site = Site::serve(three_steps(1)).await;

    let error = login(&lane, &site, &[&format!("username = \"{selector}\"")]).await.unwrap_err();

    let (LoginFailure::NeedsBrowser { selector: named } | LoginFailure::BadSelector { selector: named }) =
        &error.failure
    else {
        panic!("{error:?}")
    };
    assert_eq!(named, selector);
}
