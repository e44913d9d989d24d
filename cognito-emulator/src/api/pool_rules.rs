//! The rules of `CreateUserPool`: what can be chosen, what is refused, and what is refused because it is not emulated.

use std::collections::BTreeMap;

use super::error::ApiError;
use super::input::{Input, not_in_enum};
use crate::pool::{PasswordPolicy, Tier, Usernames};

/// The choices that change what a pool does.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) tier: Tier,
    pub(super) usernames: Usernames,
    pub(super) case_sensitive: bool,
    pub(super) password_policy: PasswordPolicy,
    pub(super) deletion_protected: bool,
    pub(super) tags: BTreeMap<String, String>,
}

pub(super) fn chosen(input: Input<'_>) -> Result<Chosen, ApiError> {
    refuse_what_is_not_emulated(input)?;
    refuse_two_validity_periods(input)?;
    Ok(Chosen {
        tier: tier(input)?,
        usernames: usernames(input)?,
        case_sensitive: case_sensitive(input)?,
        password_policy: password_policy(input)?,
        deletion_protected: deletion_protection(input)?,
        tags: tags(input)?,
    })
}

/// A pool that was created without saying so tells upper from lower case.
fn case_sensitive(input: Input<'_>) -> Result<bool, ApiError> {
    let configuration = input.structure("UsernameConfiguration")?;
    let given = configuration.map(|configuration| configuration.flag("CaseSensitive")).transpose()?;
    Ok(given.flatten().unwrap_or(true))
}

fn tags(input: Input<'_>) -> Result<BTreeMap<String, String>, ApiError> {
    let Some(tags) = input.structure("UserPoolTags")? else { return Ok(BTreeMap::new()) };
    Ok(tags.entries()?.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}

fn tier(input: Input<'_>) -> Result<Tier, ApiError> {
    match input.text("UserPoolTier")? {
        None | Some("ESSENTIALS") => Ok(Tier::Essentials),
        Some("LITE") => Ok(Tier::Lite),
        Some("PLUS") => Ok(Tier::Plus),
        Some(other) => Err(not_in_enum("UserPoolTier", other, &["LITE", "ESSENTIALS", "PLUS"])),
    }
}

fn usernames(input: Input<'_>) -> Result<Usernames, ApiError> {
    match input.texts("UsernameAttributes")?.as_slice() {
        [] => Ok(Usernames::Chosen),
        ["email"] => Ok(Usernames::Email),
        others => {
            Err(ApiError::invalid(format!("This emulator knows no pools that sign in by {}.", others.join(" and "))))
        }
    }
}

fn deletion_protection(input: Input<'_>) -> Result<bool, ApiError> {
    match input.text("DeletionProtection")? {
        None | Some("INACTIVE") => Ok(false),
        Some("ACTIVE") => Ok(true),
        Some(other) => Err(not_in_enum("DeletionProtection", other, &["ACTIVE", "INACTIVE"])),
    }
}

fn password_policy(input: Input<'_>) -> Result<PasswordPolicy, ApiError> {
    let Some(policies) = input.structure("Policies")? else { return Ok(PasswordPolicy::default()) };
    let Some(policy) = policies.structure("PasswordPolicy")? else { return Ok(PasswordPolicy::default()) };
    let required = |member| Ok::<bool, ApiError>(policy.flag(member)?.unwrap_or(false));
    let minimum_length = policy.integer_within("MinimumLength", 6, 99)?.unwrap_or(8);
    Ok(PasswordPolicy {
        minimum_length: usize::try_from(minimum_length).unwrap_or(8),
        uppercase: required("RequireUppercase")?,
        lowercase: required("RequireLowercase")?,
        numbers: required("RequireNumbers")?,
        symbols: required("RequireSymbols")?,
    })
}

/// The API knows the life of a temporary password under an old and a new name and refuses both together. The Rust SDK sends both,
/// each as zero, as soon as both structures are built.
fn refuse_two_validity_periods(input: Input<'_>) -> Result<(), ApiError> {
    let old = input.structure("AdminCreateUserConfig")?.is_some_and(|config| config.has("UnusedAccountValidityDays"));
    let policy = match input.structure("Policies")? {
        Some(policies) => policies.structure("PasswordPolicy")?,
        None => None,
    };
    if old && policy.is_some_and(|policy| policy.has("TemporaryPasswordValidityDays")) {
        return Err(ApiError::invalid(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
        ));
    }
    Ok(())
}

/// Features whose silent absence would make a test pass for the wrong reason.
fn refuse_what_is_not_emulated(input: Input<'_>) -> Result<(), ApiError> {
    let unsupported = |what: &str| Err(ApiError::invalid(format!("This emulator has no {what}.")));
    if let Some(dcr) = input.structure("DcrConfiguration")?
        && dcr.text("EnableStatus")? != Some("Disabled")
    {
        return unsupported("dynamic client registration");
    }
    if input.text("MfaConfiguration")?.is_some_and(|mfa| mfa != "OFF") {
        return unsupported("multi-factor authentication");
    }
    if let Some(issuer) = input.structure("IssuerConfiguration")?
        && issuer.text("Type")?.is_some_and(|kind| kind != "ORIGINAL")
    {
        return unsupported("updated issuer");
    }
    Ok(())
}
