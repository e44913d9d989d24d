//! What an operator without region or credentials is told.
//!
//! The credentials chain reads the environment of the process, so each case runs in a child process with an environment of its own.

use std::path::Path;
use std::process::Command;

use harness::cognito::{Account, AccountSettings};
use url::Url;
use wiremock::matchers::{any, header_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::folder::Folder;

const SETTINGS: &str = "TEST_ACCOUNT_SETTINGS";

/// Not a test of its own: opens an account in the environment it finds and says what came of it.
#[allow(clippy::print_stderr)]
#[tokio::test]
#[ignore = "the other tests of this module run it in a child process"]
async fn child_opens_an_account() {
    let settings = std::env::var(SETTINGS).unwrap();
    let [region, profile, endpoint] = settings.split('|').collect::<Vec<_>>()[..] else { panic!("{settings}") };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let endpoint_url = some(endpoint).map(|url| Url::parse(&url).unwrap());
    let settings = AccountSettings { region: some(region), profile: some(profile), endpoint_url };
    match Account::open(&settings).await {
        Ok(account) => eprintln!("OPENED {}", account.place()),
        Err(error) => {
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
            eprintln!("REFUSED {error}");
        }
    }
}

/// What [`child_opens_an_account`] says with these settings (`region|profile|endpoint`) and this environment only.
fn open(home: &Path, settings: &str, environment: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "provision::credentials::child_opens_an_account", "--ignored", "--nocapture"])
        .env_clear()
        .env("HOME", home)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env(SETTINGS, settings)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let said = text.lines().find(|line| line.starts_with("OPENED") || line.starts_with("REFUSED"));
    said.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn missing_credentials_are_said_in_one_line() {
    let home = Folder::new();
    insta::assert_snapshot!(open(home.path(), "us-east-1||", &[]));
}

#[test]
fn a_missing_region_is_said_in_one_line() {
    let home = Folder::new();
    insta::assert_snapshot!(open(home.path(), "||", &[]));
}

#[test]
fn an_unknown_profile_is_said_in_one_line() {
    let home = Folder::new();
    insta::assert_snapshot!(open(home.path(), "us-east-1|sandbox|", &[]));
}

#[test]
fn a_profile_that_needs_single_sign_on_says_what_to_run() {
    let home = Folder::new();
    let profile = "[profile corporate]\nregion = us-east-1\nsso_start_url = https://sso.example\nsso_region = us-east-1\n\
                   sso_account_id = 111122223333\nsso_role_name = Tester\n";
    write(home.path(), "config", profile);
    insta::assert_snapshot!(open(home.path(), "|corporate|", &[]));
}

/// AWS's word on whose credentials those of access key `AKIDSANDBOX` are; nobody else's are known.
async fn identity_service() -> MockServer {
    let server = MockServer::start().await;
    let known = header_regex("authorization", "Credential=AKIDSANDBOX/.*/eu-west-1/sts/");
    let identity = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    Mock::given(known).respond_with(ResponseTemplate::new(200).set_body_string(identity)).mount(&server).await;
    let unknown = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>\
                   <Message>The security token is invalid.</Message></Error></ErrorResponse>";
    let refusal = ResponseTemplate::new(403).set_body_string(unknown);
    Mock::given(any()).respond_with(refusal).with_priority(9).mount(&server).await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_asked_for_by_name_beats_the_environment() {
    let home = Folder::new();
    let identities = identity_service().await;
    write(home.path(), "config", "[profile sandbox]\nregion = eu-west-1\n");
    write(home.path(), "credentials", "[sandbox]\naws_access_key_id = AKIDSANDBOX\naws_secret_access_key = hush\n");
    let uri = identities.uri();
    let environment =
        [("AWS_ACCESS_KEY_ID", "AKIDOTHER"), ("AWS_SECRET_ACCESS_KEY", "hush"), ("AWS_ENDPOINT_URL_STS", &uri)];

    let said = open(home.path(), "|sandbox|", &environment);

    assert_eq!(said, "OPENED eu-west-1 in account 111122223333");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_aws_does_not_know_are_said_before_anything_is_made() {
    let home = Folder::new();
    let identities = identity_service().await;
    let uri = identities.uri();
    let environment =
        [("AWS_ACCESS_KEY_ID", "AKIDOTHER"), ("AWS_SECRET_ACCESS_KEY", "hush"), ("AWS_ENDPOINT_URL_STS", &uri)];

    insta::assert_snapshot!(open(home.path(), "eu-west-1||", &environment));
}

#[test]
fn the_environment_is_enough() {
    let home = Folder::new();
    let environment = [("AWS_ACCESS_KEY_ID", "X"), ("AWS_SECRET_ACCESS_KEY", "Y"), ("AWS_REGION", "eu-central-1")];

    let said = open(home.path(), "||http://127.0.0.1:9229", &environment);

    assert!(said.starts_with("OPENED") && said.contains("eu-central-1"), "{said}");
}

#[test]
fn credentials_do_not_travel_in_the_clear() {
    let home = Folder::new();
    let said = open(home.path(), "us-east-1||http://cognito.example", &[]);
    assert!(said.starts_with("REFUSED endpoint http://cognito.example/ is neither https"), "{said}");
}

fn write(home: &Path, file: &str, text: &str) {
    let folder = home.join(".aws");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(file), text).unwrap();
}
