//! The files that say how tokens are to be had: a login, or client credentials; as TOML, with the names of environment
//! variables in the place of secrets.

use super::mismatch::Mismatch;
use crate::declared::Account;
use crate::login::{LoginMethodChoice, LoginPages, PageParts, UserCredentials};
use crate::oauth_client::ClientAuthentication;
use crate::setup::subject::{ClientOrder, LoginOrder, Person};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::time::Duration;
use toml::{Table, Value};
use url::Url;

/// Keys under which a secret might be written down, and those that name a variable instead.
const SECRETS: [(&str, &str); 6] = [
    ("client_secret", "client_secret_env"),
    ("secret", "client_secret_env"),
    ("password", "password_env"),
    ("token", "token_env"),
    ("access_token", "token_env"),
    ("refresh_token", "token_env"),
];

/// How long a login may take when the file does not say, in seconds.
const LOGIN: u64 = 60;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientFile {
    client_id: String,
    client_secret_env: String,
    authentication: Option<ClientAuthentication>,
    issuer: Option<String>,
    token_endpoint: Option<Url>,
    scopes: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginFile {
    client_id: String,
    client_secret_env: Option<String>,
    authentication: Option<ClientAuthentication>,
    issuer: Option<String>,
    redirect_uri: Option<Url>,
    scopes: Option<Vec<String>>,
    /// In seconds.
    time_limit: Option<u64>,
    #[serde(default)]
    accounts: Vec<Account>,
    #[serde(default)]
    pages: Vec<PageParts>,
}

/// A login as it is ordered, and the accounts that the file names.
pub(super) struct OrderedLogin {
    pub(super) order: LoginOrder,
    pub(super) accounts: Vec<Account>,
}

/// Reads a client credentials file.
pub(super) fn client_credentials(path: &Path) -> Result<ClientOrder, String> {
    let file: ClientFile = read(path)?;
    let secret = variable("client_secret_env", &file.client_secret_env).map_err(|error| at(path, &error))?;
    if file.authentication == Some(ClientAuthentication::None) {
        return Err(at(path, "`authentication`: a client without a secret has no credentials to present"));
    }
    Ok(ClientOrder {
        id: file.client_id,
        secret: Some(secret),
        authentication: file.authentication,
        issuer: file.issuer,
        token_endpoint: file.token_endpoint,
        scopes: file.scopes,
    })
}

/// Reads a login file, to log in by this method; a picture of the login page is kept in `out`.
pub(super) fn login(path: &Path, method: LoginMethodChoice, out: &Path) -> Result<OrderedLogin, String> {
    let file: LoginFile = read(path)?;
    let secret = file.client_secret_env.as_deref().map(|name| variable("client_secret_env", name)).transpose();
    let client = ClientOrder {
        id: file.client_id,
        secret: secret.map_err(|error| at(path, &error))?,
        authentication: file.authentication,
        issuer: file.issuer,
        token_endpoint: None,
        scopes: file.scopes,
    };
    let order = LoginOrder {
        client,
        redirect_uri: file.redirect_uri,
        pages: LoginPages::declared(file.pages),
        login_method: method,
        deadline: Duration::from_secs(file.time_limit.unwrap_or(LOGIN).clamp(1, 600)),
        screenshot: out.join("login.png"),
    };
    Ok(OrderedLogin { order, accounts: file.accounts })
}

/// The accounts with what their variables hold. An account that can only log in is passed over where there is no login.
pub(super) fn people(accounts: &[Account], can_log_in: bool) -> Result<Vec<Person>, String> {
    accounts.iter().filter_map(|account| person(account, can_log_in).transpose()).collect()
}

fn person(account: &Account, can_log_in: bool) -> Result<Option<Person>, String> {
    let named = |error: String| format!("account `{}`: {error}", account.name);
    let token = account.token_env.as_deref().map(|name| variable("token_env", name));
    let login = account.username.as_ref().zip(account.password_env.as_ref()).filter(|_| can_log_in);
    match (token, login) {
        (Some(Ok(token)), _) => Ok(Some(Person::Token(token))),
        (_, Some((username, name))) => {
            let password = variable("password_env", name).map_err(named)?;
            Ok(Some(Person::Password(UserCredentials { username: username.clone(), password })))
        }
        (Some(Err(error)), None) => Err(named(error)),
        (None, None) if can_log_in => {
            Err(named("it has neither `token_env` nor both `username` and `password_env`".to_owned()))
        }
        (None, None) => Ok(None),
    }
}

/// What an environment variable holds.
pub(super) fn variable(key: &str, name: &str) -> Result<SecretString, String> {
    let is_name = |text: &str| {
        let mut letters = text.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    // Whatever else stands there may be the secret itself, and is not repeated.
    if !is_name(name) {
        return Err(format!("`{key}` is not the name of an environment variable (letters, digits and underscores)"));
    }
    match std::env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(SecretString::from(value.trim())),
        _ => Err(format!("`{key}`: the environment variable {name} is not set, or empty")),
    }
}

fn at(path: &Path, error: &str) -> String {
    format!("{}: {error}", path.display())
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    parse(&text).map_err(|error| at(path, &error))
}

/// Parses a file that may hold, by mistake, a secret: no error repeats a value that stands in it, but for a URL that is
/// none.
fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    refuse_secrets(text)?;
    toml::from_str(text).map_err(|error| told::<T>(text, &error))
}

fn told<T: DeserializeOwned>(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
    let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let words = error.message().lines().next().unwrap_or_default();
    // What is no TOML has no values that the parser would repeat.
    let Ok(document) = text.parse::<Table>() else { return format!("{line}{words}") };
    match Mismatch::find::<T>(&document) {
        Some(mismatch @ Mismatch::UnknownKey { .. }) => {
            let suggestion = mismatch.suggestion().map(|suggestion| format!("; {suggestion}")).unwrap_or_default();
            format!("{line}{words}{suggestion}")
        }
        Some(mismatch) => format!("{line}{mismatch}"),
        None => format!("{line}a value that does not fit"),
    }
}

/// Refuses a file in which a secret is written down. Arguments of tools are called as they like.
pub(super) fn refuse_secrets(text: &str) -> Result<(), String> {
    let table: Table = text.parse().unwrap_or_default();
    match written_down(&table) {
        Some((key, instead)) => Err(format!(
            "`{key}`: secrets do not belong into a file; put it into an environment variable and name that as `{instead}`"
        )),
        None => Ok(()),
    }
}

fn written_down(table: &Table) -> Option<(&'static str, &'static str)> {
    table.iter().find_map(|(key, value)| match value {
        Value::Table(table) if key != "arguments" => written_down(table),
        Value::Array(list) => list.iter().filter_map(Value::as_table).find_map(written_down),
        Value::String(_) => SECRETS.into_iter().find(|(secret, _)| secret == key),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[test]
    fn reads_a_login_with_accounts_and_pages() {
        let file: LoginFile = parse(
            "client_id = \"c\"\nredirect_uri = \"http://localhost:8765/cb\"\n[[accounts]]\nname = \"alice\"\n\
             username = \"a\"\npassword_env = \"A\"\n[[pages]]\nusername = \"#u\"\nbutton = { label = \"Next\" }\n",
        )
        .unwrap();
        assert_eq!((file.accounts.len(), file.pages.len()), (1, 1));
        assert_eq!(file.redirect_uri.unwrap().port(), Some(8765));
    }

    #[rstest]
    #[case("client_id = \"c\"\nclient_secret = \"hunter2\"", "name that as `client_secret_env`")]
    #[case("client_id = \"c\"\n[[accounts]]\npassword = \"hunter2\"", "name that as `password_env`")]
    #[case("client_id = \"c\"\n[[accounts]]\ntoken = \"hunter2\"", "name that as `token_env`")]
    #[case("client_id = \"c\"\nscopes = \"hunter2\"", "line 2: another value than expected, which is a sequence")]
    #[case("client_id = \"c\"\nclient_secret_en = \"hunter2\"", "did you mean `client_secret_env`?")]
    #[case("client_id = \"c\"\nauthentication = \"hunter2\"", "line 2: another value")]
    #[case("client_id = \"hunter2", "line 1")]
    #[case("", "missing field `client_id`")]
    fn says_what_is_wrong_and_repeats_no_secret(#[case] text: &str, #[case] words: &str) {
        let error = parse::<LoginFile>(text).unwrap_err();
        assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
    }

    #[rstest]
    #[case("p4ss word!", "is not the name of an environment variable")]
    #[case("NO_SUCH_VARIABLE_HERE", "NO_SUCH_VARIABLE_HERE is not set")]
    fn a_secret_is_the_name_of_a_variable(#[case] name: &str, #[case] words: &str) {
        let error = variable("password_env", name).unwrap_err();
        assert!(error.contains(words) && !error.contains("p4ss"), "{error}");
    }

    #[test]
    fn an_account_that_cannot_be_used_here_is_passed_over_and_one_that_can_never_be_is_refused() {
        let alice = Account { name: "alice".to_owned(), username: Some("a".to_owned()), ..Account::default() };
        let with_password = Account { password_env: Some("NO_SUCH_VARIABLE_HERE".to_owned()), ..alice.clone() };
        assert!(people(std::slice::from_ref(&with_password), false).unwrap().is_empty());
        let error = people(&[with_password], true).unwrap_err();
        assert!(error.contains("account `alice`") && error.contains("NO_SUCH_VARIABLE_HERE"), "{error}");
        assert!(people(&[alice], true).unwrap_err().contains("neither `token_env`"));
    }

    #[test]
    fn arguments_of_tools_are_no_secrets() {
        assert_eq!(refuse_secrets("[protected]\nname = \"t\"\narguments = { token = \"x\" }"), Ok(()));
        assert!(refuse_secrets("[[accounts]]\npassword = \"x\"").is_err());
    }
}
