//! `AdminCreateUser`, `AdminSetUserPassword`, `AdminGetUser`, `AdminDeleteUser` and `AdminUserGlobalSignOut`.
//!
//! No message is ever sent, whatever `MessageAction` says.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::error::{ApiError, ErrorKind};
use super::input::{Input, USERNAME};
use super::pools::{pool_of, pool_of_mut};
use super::protocol::{Answer, nothing};
use crate::clock::aws_timestamp;
use crate::pool::{Pool, Sub, User, UserStatus, Usernames};
use crate::random;
use crate::state::Shared;

pub(super) fn create(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let name = input.required_match("Username", USERNAME)?;
    let mut attributes = attributes(input)?;
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    let sub = Sub::from(random::uuid());
    let username = match pool.usernames {
        Usernames::Chosen => name.to_owned(),
        Usernames::Email => {
            name_by_email(name, &mut attributes)?;
            sub.as_str().to_owned()
        }
    };
    if pool.user(name).is_some() {
        let message = match pool.usernames {
            Usernames::Chosen => "User account already exists",
            Usernames::Email => "An account with the given email already exists.",
        };
        return Err(ApiError::new(ErrorKind::UsernameExistsException, message));
    }
    let password = match input.text("TemporaryPassword")? {
        Some(password) => accepted_password(pool, password)?,
        None => SecretString::from(random::alphanumeric(24)),
    };
    let now = shared.now();
    let status = UserStatus::ForceChangePassword;
    let user = User { sub: sub.clone(), username, attributes, status, password, created: now, modified: now };
    let mut description = description(&user);
    description["Attributes"] = attribute_list(&user);
    pool.users.insert(sub, user);
    Ok(json!({"User": description}))
}

pub(super) fn set_password(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let name = input.required_match("Username", USERNAME)?;
    let password = input.required_text("Password")?;
    let permanent = input.flag("Permanent")?.unwrap_or(false);
    let now = shared.now();
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    pool.user(name).ok_or_else(no_such_user)?;
    let password = accepted_password(pool, password)?;
    let user = pool.user_mut(name).ok_or_else(no_such_user)?;
    user.password = password;
    user.status = if permanent { UserStatus::Confirmed } else { UserStatus::ForceChangePassword };
    user.modified = now;
    nothing()
}

pub(super) fn get(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let name = input.required_match("Username", USERNAME)?;
    let state = shared.state();
    let user = pool_of(&state, input)?.user(name).ok_or_else(no_such_user)?;
    let mut description = description(user);
    description["UserAttributes"] = attribute_list(user);
    Ok(description)
}

pub(super) fn delete(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let name = input.required_match("Username", USERNAME)?;
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    let sub = pool.user(name).ok_or_else(no_such_user)?.sub.clone();
    pool.users.remove(&sub);
    pool.sign_ins.forget_user(&sub);
    nothing()
}

pub(super) fn sign_out(shared: &Arc<Shared>, input: Input<'_>) -> Answer {
    let name = input.required_match("Username", USERNAME)?;
    let mut state = shared.state();
    let pool = pool_of_mut(&mut state, input)?;
    let sub = pool.user(name).ok_or_else(no_such_user)?.sub.clone();
    pool.sign_ins.sign_out(&sub);
    nothing()
}

fn attributes(input: Input<'_>) -> Result<Vec<(String, String)>, ApiError> {
    let attributes = input.structures("UserAttributes")?;
    attributes
        .into_iter()
        .map(|attribute| match attribute.required_text("Name")? {
            "sub" => Err(ApiError::invalid("user.sub: Attribute cannot be updated.")),
            name => Ok((name.to_owned(), attribute.text("Value")?.unwrap_or_default().to_owned())),
        })
        .collect()
}

/// In pools that sign in by email the name given is the address; it becomes the attribute unless that was given as well.
fn name_by_email(name: &str, attributes: &mut Vec<(String, String)>) -> Result<(), ApiError> {
    let is_email = name
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if !is_email {
        return Err(ApiError::invalid("Username should be an email."));
    }
    match attributes.iter().find(|(attribute, _)| attribute == "email") {
        None => attributes.push(("email".to_owned(), name.to_owned())),
        Some((_, email)) if email == name => {}
        Some(_) => return Err(ApiError::invalid("Username should match the attribute email.")),
    }
    Ok(())
}

fn accepted_password(pool: &Pool, password: &str) -> Result<SecretString, ApiError> {
    if password.is_empty() || password.chars().count() > 256 || password.chars().any(char::is_whitespace) {
        // The value is left out: error texts end up in logs.
        return Err(ApiError::constraint("Password", "(hidden)", r"satisfy regular expression pattern: [\S]+"));
    }
    match pool.password_policy.objection(password) {
        Some(objection) => {
            let message = format!("Password did not conform with policy: {objection}");
            Err(ApiError::new(ErrorKind::InvalidPasswordException, message))
        }
        None => Ok(password.into()),
    }
}

fn no_such_user() -> ApiError {
    ApiError::new(ErrorKind::UserNotFoundException, "User does not exist.")
}

fn description(user: &User) -> Value {
    json!({
        "Username": user.username,
        "UserCreateDate": aws_timestamp(user.created),
        "UserLastModifiedDate": aws_timestamp(user.modified),
        "Enabled": true,
        "UserStatus": user.status.as_str(),
    })
}

fn attribute_list(user: &User) -> Value {
    let sub = [("sub", user.sub.as_str())];
    let given = user.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    sub.into_iter().chain(given).map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}
