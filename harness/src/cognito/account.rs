//! Which AWS account, region and endpoint to work on, and with whose credentials.
//!
//! Credentials come from the SDK's own chain, are resolved once at the start and shown to AWS, so that missing and stale ones are said before
//! anything is made. Nothing here calls Cognito.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::config::timeout::TimeoutConfig;
use aws_sdk_cognitoidentityprovider::config::{
    Credentials, ProvideCredentials as _, SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_http_client::tls;
use url::{Host, Url};

use super::backoff::Backoff;
use super::error::{CallFailure, Named as _, chain};
use super::journal::Place;
use super::leftovers::quoted;

/// No single attempt of a call may take longer, and no call longer than three such.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// The chain asks several places in turn, one of them over the network.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(20);
/// What the chain says when no place holds credentials, as opposed to credentials that are wrong.
const NOTHING_FOUND: &str = "the credential provider was not enabled";
const ATTEMPTS: u32 = 5;
const REMOVAL_ATTEMPTS: u32 = 8;

/// What the operator said about the account. All that is left out comes from where the AWS command line takes it.
#[derive(Debug, Clone, Default)]
pub struct AccountSettings {
    /// The region, such as `us-east-1`.
    pub region: Option<String>,
    /// The profile of `~/.aws/config` and `~/.aws/credentials` whose credentials are used, whatever the environment holds.
    pub profile: Option<String>,
    /// An endpoint instead of AWS's own: the emulator.
    pub endpoint_url: Option<Url>,
}

/// An account to provision in.
#[derive(Clone)]
pub struct Account {
    client: Client,
    removal_client: Client,
    region: String,
    endpoint_url: Option<Url>,
    /// What stands behind the endpoint, when that is only a way to another one.
    behind: Option<Url>,
    profile: Option<String>,
    account_id: Option<String>,
    removal: Backoff,
    readiness: Backoff,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("place", &self.place()).finish_non_exhaustive()
    }
}

/// There is no account to work on. Nothing was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoAccount {
    /// No region.
    #[error(
        "no AWS region: looked at --region, AWS_REGION, AWS_DEFAULT_REGION and {profile} in ~/.aws/config; name one; nothing was created"
    )]
    Region {
        /// The profile that was looked at, for a reader.
        profile: String,
    },
    /// No credentials.
    #[error(
        "no AWS credentials: looked {looked}{why}; set them, or for IAM Identity Center and `aws login`, which are not supported \
         directly, run: eval \"$(aws configure export-credentials --format env)\"; nothing was created"
    )]
    Credentials {
        /// Where they were looked for.
        looked: String,
        /// What the chain says, when there is more to say than that nothing was found.
        why: String,
    },
    /// AWS does not take the credentials, or cannot be reached.
    #[error("{0}; nothing was created")]
    Identity(#[source] CallFailure),
    /// Requests would travel in the clear.
    #[error(
        "endpoint {endpoint} is neither https nor on this machine: credentials must not travel in the clear; nothing was created"
    )]
    ClearText {
        /// The endpoint asked for.
        endpoint: Url,
    },
    /// The endpoint named by the environment is not a URL.
    #[error("AWS_ENDPOINT_URL is `{text}`, which is not a URL; correct or unset it; nothing was created")]
    Endpoint {
        /// What the environment names.
        text: String,
    },
}

impl Account {
    /// Opens the account that `settings` and the environment name: finds the region and resolves the credentials.
    ///
    /// # Errors
    /// Region or credentials are missing, AWS does not take them, or the endpoint would carry them in the clear.
    pub async fn open(settings: &AccountSettings) -> Result<Account, NoAccount> {
        let config = loader(settings).load().await;
        let endpoint_url = endpoint(config.endpoint_url())?;
        let profile = settings.profile.clone();
        let Some(region) = config.region().map(ToString::to_string) else {
            return Err(NoAccount::Region { profile: profile_in_words(profile.as_deref()) });
        };
        let config = match &profile {
            Some(name) => with_profile_only(config, name),
            None => config,
        };
        resolve(&config, profile.as_deref()).await?;
        let account_id = match &endpoint_url {
            // An endpoint of its own has credentials of its own, of which AWS knows nothing.
            Some(_) => None,
            None => account_id(&config).await.map_err(NoAccount::Identity)?,
        };
        Ok(Account { account_id, profile, ..Account::new(&config, region, endpoint_url) })
    }

    /// An emulator on this machine, with credentials that are worth nothing anywhere else.
    pub fn for_emulator(endpoint: &Url, region: &str) -> Account {
        let credentials = Credentials::new("emulator", "emulator", None, None, "emulator");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .endpoint_url(endpoint.as_str())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        Account::new(&config, region.to_owned(), Some(endpoint.clone()))
    }

    /// This account, reached by way of `tap`, which hands calls on to its endpoint. What is made by way of the tap is in
    /// this account, so a journal names this account's endpoint, and teardown needs no tap.
    #[must_use]
    pub fn by_way_of(&self, tap: &Url) -> Account {
        Account { behind: self.endpoint_url.clone(), ..Account::for_emulator(tap, &self.region) }
    }

    fn new(config: &SdkConfig, region: String, endpoint_url: Option<Url>) -> Account {
        let on_loopback = endpoint_url.as_ref().is_some_and(is_loopback);
        let config = &if on_loopback { without_proxy(config) } else { config.clone() };
        let (removal, readiness) = if on_loopback {
            (Backoff::ON_LOOPBACK, Backoff::ON_LOOPBACK)
        } else {
            (Backoff::REMOVAL_ON_AWS, Backoff::READINESS_ON_AWS)
        };
        Account {
            client: client(config, ATTEMPTS, &removal),
            removal_client: client(config, REMOVAL_ATTEMPTS, &removal),
            region,
            endpoint_url,
            behind: None,
            profile: None,
            account_id: None,
            removal,
            readiness,
        }
    }

    /// The same account with another patience for removing things and for seeing them gone.
    #[must_use]
    pub fn with_removal_patience(self, removal: Backoff) -> Account {
        Account { removal, ..self }
    }

    /// The same account with another patience for the hosted login to come up.
    #[must_use]
    pub fn with_readiness_patience(self, readiness: Backoff) -> Account {
        Account { readiness, ..self }
    }

    /// The AWS region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The number of the AWS account; unknown at an endpoint that is not AWS's own.
    pub fn account_id(&self) -> Option<&str> {
        self.account_id.as_deref()
    }

    /// The endpoint, when it is not AWS's own.
    pub fn endpoint_url(&self) -> Option<&Url> {
        self.endpoint_url.as_ref()
    }

    /// What a journal keeps, to know this account again.
    pub fn place(&self) -> Place {
        Place {
            region: self.region.clone(),
            endpoint_url: self.behind.as_ref().or(self.endpoint_url.as_ref()).map(ToString::to_string),
            account_id: self.account_id.clone(),
        }
    }

    /// The issuer of a pool, which Cognito builds from the host of its API and the pool's id.
    pub(super) fn issuer(&self, pool_id: &str) -> String {
        match &self.endpoint_url {
            Some(endpoint) => format!("{}/{pool_id}", endpoint.as_str().trim_end_matches('/')),
            None => format!("https://cognito-idp.{}.amazonaws.com/{pool_id}", self.region),
        }
    }

    /// Options of the AWS command line that lead to this account.
    pub(super) fn cli_options(&self) -> String {
        let endpoint = self
            .endpoint_url
            .as_ref()
            .map(|url| format!(" --endpoint-url {}", quoted(url.as_str())))
            .unwrap_or_default();
        let profile = self.profile.as_ref().map(|name| format!(" --profile {}", quoted(name))).unwrap_or_default();
        format!("--region {}{endpoint}{profile}", quoted(&self.region))
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// A client that tries longer, for removing things and for looking whether they are gone.
    pub(super) fn removal_client(&self) -> &Client {
        &self.removal_client
    }

    pub(super) fn removal_patience(&self) -> Backoff {
        self.removal
    }

    pub(super) fn readiness_patience(&self) -> Backoff {
        self.readiness
    }

    pub(super) fn is_on_loopback(&self) -> bool {
        self.endpoint_url.as_ref().is_some_and(is_loopback)
    }
}

fn loader(settings: &AccountSettings) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &settings.endpoint_url {
        loader = loader.endpoint_url(endpoint.as_str());
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    loader
}

/// A profile that was asked for by name beats keys left in the environment, which may be another account's.
fn with_profile_only(config: SdkConfig, name: &str) -> SdkConfig {
    let setting = ProviderConfig::without_region()
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_region(config.region().cloned());
    let provider = ProfileFileCredentialsProvider::builder().configure(&setting).profile_name(name).build();
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

fn endpoint(text: Option<&str>) -> Result<Option<Url>, NoAccount> {
    let Some(text) = text else { return Ok(None) };
    let endpoint = Url::parse(text).map_err(|_| NoAccount::Endpoint { text: text.to_owned() })?;
    if endpoint.scheme() == "https" || is_loopback(&endpoint) {
        Ok(Some(endpoint))
    } else {
        Err(NoAccount::ClearText { endpoint })
    }
}

async fn resolve(config: &SdkConfig, profile: Option<&str>) -> Result<(), NoAccount> {
    let missing = |why: String| {
        let why = if why.is_empty() { why } else { format!(" ({why})") };
        NoAccount::Credentials { looked: looked_in_words(profile), why }
    };
    let provider = config.credentials_provider().ok_or_else(|| missing("there is no chain".to_owned()))?;
    match tokio::time::timeout(CREDENTIALS_TIMEOUT, provider.provide_credentials()).await {
        Ok(Ok(_)) => Ok(()),
        // The places where nothing was found are named already.
        Ok(Err(error)) if error.to_string() == NOTHING_FOUND => Err(missing(String::new())),
        Ok(Err(error)) => Err(missing(chain(&error))),
        Err(_) => Err(missing(format!("no answer within {} s", CREDENTIALS_TIMEOUT.as_secs()))),
    }
}

/// The number of the account the credentials belong to. Everyone may ask that, so a denial is somebody's deliberate rule and no reason to stop.
async fn account_id(config: &SdkConfig) -> Result<Option<String>, CallFailure> {
    let config = aws_sdk_sts::config::Builder::from(config).timeout_config(timeouts()).build();
    let answer = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
    match answer.named("GetCallerIdentity", "these credentials") {
        Ok(identity) => Ok(identity.account),
        Err(failure) if failure.is_denied() => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn looked_in_words(profile: Option<&str>) -> String {
    match profile {
        Some(name) => format!("at profile `{name}` in ~/.aws/config and ~/.aws/credentials"),
        None => "in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), in the profile files under ~/.aws, and at web identity, \
                 container and instance metadata"
            .to_owned(),
    }
}

fn profile_in_words(profile: Option<&str>) -> String {
    profile.map_or_else(|| "the default profile".to_owned(), |name| format!("profile `{name}`"))
}

fn client(config: &SdkConfig, attempts: u32, patience: &Backoff) -> Client {
    let retries = RetryConfig::standard()
        .with_max_attempts(attempts)
        .with_initial_backoff(patience.first_pause)
        .with_max_backoff(patience.longest_pause);
    let config = aws_sdk_cognitoidentityprovider::config::Builder::from(config);
    Client::from_conf(config.retry_config(retries).timeout_config(timeouts()).build())
}

/// A proxy of the environment leads away from this machine, and the SDK would take it even to 127.0.0.1.
fn without_proxy(config: &SdkConfig) -> SdkConfig {
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
    let direct: SharedHttpClient = aws_smithy_http_client::Builder::new().tls_provider(provider).build_https();
    config.clone().into_builder().http_client(direct).build()
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).operation_timeout(ATTEMPT_TIMEOUT * 3).build()
}

/// Whether a URL leads to this machine, by its literal host.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
