//! Making the pool, step by step, in the order that works: what a step names must be there before it.
//!
//! Before each creation its intent goes to the journal, after it the id. A failure stops at once and undoes nothing: that is teardown's
//! work, and it has the journal.

use std::time::SystemTime;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    AccountRecoverySettingType, AdminCreateUserConfigType, AttributeType, DeletionProtectionType,
    ExplicitAuthFlowsType, MessageActionType, OAuthFlowType, PreventUserExistenceErrorTypes, RecoveryOptionNameType,
    RecoveryOptionType, ResourceServerScopeType, TimeUnitsType, TokenValidityUnitsType, UserPoolMfaType,
    UserPoolTierType, UserType, UsernameAttributeType, UsernameConfigurationType, VerifiedAttributeType,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::account::Account;
use super::blueprint::Blueprint;
use super::error::{Named as _, ProvisionError};
use super::journal::{Journal, Kind};
use super::naming::{EXPIRY_TAG, RUN_TAG, expiry_tag};
use super::pool::{Pool, PoolUser};
use super::random;
use super::readiness;
use super::readiness::LoginPage;

/// Lifetime of access and ID tokens in minutes: Cognito's login cookie lives as long.
const TOKEN_MINUTES: i32 = 60;
/// Lifetime of refresh tokens in minutes: the shortest that is longer than that of the others by some margin.
const REFRESH_MINUTES: i32 = 24 * 60;
/// The version of the hosted pages that honours `resource` (RFC 8707).
const MANAGED_LOGIN: i32 = 2;

/// Makes the pool that `blueprint` describes and waits until it can be logged in to.
///
/// # Errors
/// Names the call that failed, on what, and what to do. What was made by then is in `journal`, for [`teardown`](super::teardown()).
pub async fn provision(account: &Account, blueprint: &Blueprint, journal: &Journal) -> Result<Pool, ProvisionError> {
    let callback = blueprint.callbacks.first().ok_or(ProvisionError::NoCallback)?;
    journal.begin(account.place())?;
    let steps = Steps { client: account.client(), blueprint, journal };
    let id = steps.user_pool().await?;
    steps.resource_server(&id).await?;
    let (client_id, client_secret) = steps.app_client(&id).await?;
    steps.branding(&id, &client_id).await?;
    let domain = steps.domain(&id).await?;
    let mut users = Vec::new();
    for name in blueprint.usernames() {
        users.push(steps.user(&id, name).await?);
    }
    let mut users = users.into_iter();
    let user = users.next().ok_or(ProvisionError::Incomplete { call: "AdminCreateUser", member: "User" })?;
    let page = LoginPage { client_id: &client_id, callback };
    let ready = readiness::wait(account, &id, &domain, page).await?;
    Ok(Pool {
        id,
        issuer: ready.issuer,
        discovery: ready.discovery,
        endpoints: ready.endpoints,
        domain,
        resource: blueprint.resource.clone(),
        client_id,
        client_secret,
        callbacks: blueprint.callbacks.clone(),
        granted_scopes: blueprint.granted_scopes(),
        user,
        second_user: users.next(),
    })
}

/// One method per creation.
struct Steps<'a> {
    client: &'a Client,
    blueprint: &'a Blueprint,
    journal: &'a Journal,
}

impl Steps<'_> {
    async fn user_pool(&self) -> Result<String, ProvisionError> {
        let name = self.blueprint.run.pool_name();
        // No password policy: the SDK would send a zero beside the one below, and Cognito refuses the pair. Its default policy is fine.
        let request = self
            .client
            .create_user_pool()
            .pool_name(&name)
            .user_pool_tier(UserPoolTierType::Essentials)
            .username_attributes(UsernameAttributeType::Email)
            .auto_verified_attributes(VerifiedAttributeType::Email)
            .username_configuration(UsernameConfigurationType::builder().case_sensitive(false).build()?)
            .admin_create_user_config(AdminCreateUserConfigType::builder().allow_admin_create_user_only(true).build())
            .account_recovery_setting(no_self_service_recovery()?)
            .mfa_configuration(UserPoolMfaType::Off)
            .deletion_protection(DeletionProtectionType::Inactive)
            .user_pool_tags(RUN_TAG, self.blueprint.run.as_str())
            .user_pool_tags(EXPIRY_TAG, expiry_tag(SystemTime::now(), self.blueprint.lifetime));
        self.journal.intend(Kind::UserPool, &name)?;
        let output = request.send().await.named("CreateUserPool", &name)?;
        let id = output.user_pool.and_then(|pool| pool.id).ok_or(missing("CreateUserPool", "UserPool.Id"))?;
        self.journal.created(Kind::UserPool, &name, Some(&id))?;
        Ok(id)
    }

    async fn resource_server(&self, pool_id: &str) -> Result<(), ProvisionError> {
        let identifier = &self.blueprint.resource;
        let request = self
            .client
            .create_resource_server()
            .user_pool_id(pool_id)
            .identifier(identifier)
            .name("MCP server")
            .set_scopes(Some(self.scopes()?));
        self.journal.intend(Kind::ResourceServer, identifier)?;
        request.send().await.named("CreateResourceServer", identifier)?;
        Ok(self.journal.created(Kind::ResourceServer, identifier, None)?)
    }

    fn scopes(&self) -> Result<Vec<ResourceServerScopeType>, ProvisionError> {
        let scope = |(name, description): &(String, String)| {
            ResourceServerScopeType::builder().scope_name(name).scope_description(description).build()
        };
        Ok(self.blueprint.scopes.iter().map(scope).collect::<Result<_, _>>()?)
    }

    async fn app_client(&self, pool_id: &str) -> Result<(String, SecretString), ProvisionError> {
        let name = self.blueprint.run.pool_name();
        let callbacks = self.blueprint.callbacks.iter().map(ToString::to_string).collect();
        let request = self
            .client
            .create_user_pool_client()
            .user_pool_id(pool_id)
            .client_name(&name)
            .generate_secret(true)
            .allowed_o_auth_flows_user_pool_client(true)
            .allowed_o_auth_flows(OAuthFlowType::Code)
            .set_allowed_o_auth_scopes(Some(self.blueprint.granted_scopes()))
            .supported_identity_providers("COGNITO")
            .set_callback_urls(Some(callbacks))
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
            .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled)
            .enable_token_revocation(true)
            .access_token_validity(TOKEN_MINUTES)
            .id_token_validity(TOKEN_MINUTES)
            .refresh_token_validity(REFRESH_MINUTES)
            .token_validity_units(in_minutes());
        self.journal.intend(Kind::AppClient, &name)?;
        let output = request.send().await.named("CreateUserPoolClient", &name)?;
        let client = output.user_pool_client.ok_or(missing("CreateUserPoolClient", "UserPoolClient"))?;
        let id = client.client_id.ok_or(missing("CreateUserPoolClient", "UserPoolClient.ClientId"))?;
        let secret = client.client_secret.ok_or(missing("CreateUserPoolClient", "UserPoolClient.ClientSecret"))?;
        self.journal.created(Kind::AppClient, &name, Some(&id))?;
        Ok((id, SecretString::from(secret)))
    }

    /// Without a branding, the pages of an app client answer 403.
    async fn branding(&self, pool_id: &str, client_id: &str) -> Result<(), ProvisionError> {
        let request = self
            .client
            .create_managed_login_branding()
            .user_pool_id(pool_id)
            .client_id(client_id)
            .use_cognito_provided_values(true);
        self.journal.intend(Kind::Branding, client_id)?;
        let output = request.send().await.named("CreateManagedLoginBranding", client_id)?;
        let id = output.managed_login_branding.and_then(|branding| branding.managed_login_branding_id);
        Ok(self.journal.created(Kind::Branding, client_id, id.as_deref())?)
    }

    async fn domain(&self, pool_id: &str) -> Result<String, ProvisionError> {
        let prefix = self.blueprint.run.domain_prefix();
        let request = self
            .client
            .create_user_pool_domain()
            .user_pool_id(pool_id)
            .domain(&prefix)
            .managed_login_version(MANAGED_LOGIN);
        self.journal.intend(Kind::Domain, &prefix)?;
        request.send().await.named("CreateUserPoolDomain", &prefix)?;
        self.journal.created(Kind::Domain, &prefix, None)?;
        Ok(prefix)
    }

    async fn user(&self, pool_id: &str, username: String) -> Result<PoolUser, ProvisionError> {
        let request = self
            .client
            .admin_create_user()
            .user_pool_id(pool_id)
            .username(&username)
            .message_action(MessageActionType::Suppress)
            .user_attributes(AttributeType::builder().name("email").value(&username).build()?)
            .user_attributes(AttributeType::builder().name("email_verified").value("true").build()?);
        self.journal.intend(Kind::User, &username)?;
        let output = request.send().await.named("AdminCreateUser", &username)?;
        let sub = output.user.and_then(subject).ok_or(missing("AdminCreateUser", "User.Username"))?;
        self.journal.created(Kind::User, &username, Some(&sub))?;
        let password = self.permanent_password(pool_id, &username).await?;
        Ok(PoolUser { username, password, sub })
    }

    /// A permanent password spares the page that asks for a new one.
    async fn permanent_password(&self, pool_id: &str, username: &str) -> Result<SecretString, ProvisionError> {
        let password = random::password();
        let request = self
            .client
            .admin_set_user_password()
            .user_pool_id(pool_id)
            .username(username)
            .password(password.expose_secret())
            .permanent(true);
        let answer = request.send().await.named("AdminSetUserPassword", username);
        answer.map_err(|failure| failure.without(password.expose_secret()))?;
        Ok(password)
    }
}

/// In a pool where users sign in by e-mail the real user name is the subject; the attribute says the same.
fn subject(user: UserType) -> Option<String> {
    let attribute = user.attributes().iter().find(|attribute| attribute.name() == "sub");
    attribute.and_then(|attribute| attribute.value().map(str::to_owned)).or(user.username)
}

fn no_self_service_recovery() -> Result<AccountRecoverySettingType, ProvisionError> {
    let option = RecoveryOptionType::builder().priority(1).name(RecoveryOptionNameType::AdminOnly).build()?;
    Ok(AccountRecoverySettingType::builder().recovery_mechanisms(option).build())
}

fn in_minutes() -> TokenValidityUnitsType {
    TokenValidityUnitsType::builder()
        .access_token(TimeUnitsType::Minutes)
        .id_token(TimeUnitsType::Minutes)
        .refresh_token(TimeUnitsType::Minutes)
        .build()
}

fn missing(call: &'static str, member: &'static str) -> ProvisionError {
    ProvisionError::Incomplete { call, member }
}
