//! The certificates that this machine trusts, read once.
//!
//! An HTTP client of its own reads the whole store each time, which costs more than a scenario.

use reqwest::ClientBuilder;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::sync::{Arc, OnceLock};

/// What every client of the wire has in common: it follows nothing, asks no proxy, and trusts what this machine trusts.
///
/// Where the store cannot be read, building the client says so.
pub(super) fn client_builder() -> ClientBuilder {
    let builder = ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).no_proxy();
    match shared() {
        Some(trusted) => builder.tls_backend_preconfigured(trusted.clone()),
        None => builder,
    }
}

fn shared() -> Option<&'static ClientConfig> {
    static SHARED: OnceLock<Option<ClientConfig>> = OnceLock::new();
    SHARED.get_or_init(|| read().ok()).as_ref()
}

fn read() -> Result<ClientConfig, rustls::Error> {
    let versions =
        ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    let mut config = versions?.with_platform_verifier()?.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_built_from_the_shared_store() {
        assert!(shared().is_some());
        assert!(client_builder().build().is_ok(), "reqwest takes a configuration of this version of rustls");
    }
}
