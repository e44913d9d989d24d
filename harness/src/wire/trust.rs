//! The certificates that this machine trusts, read once, and only when a connection by https asks for them.
//!
//! An HTTP client that is left to itself reads the whole store as soon as it is made, which costs more than a scenario.

use reqwest::ClientBuilder;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs::default_provider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, LazyLock, OnceLock};

/// What every client of the wire has in common: it follows nothing, asks no proxy, and trusts what this machine trusts.
pub(super) fn client_builder() -> ClientBuilder {
    let builder = ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).no_proxy();
    match &*SHARED {
        Ok(trusting) => builder.tls_backend_preconfigured(trusting.clone()),
        // Where this build of rustls knows none of the versions of TLS, reqwest has to say it.
        Err(_) => builder,
    }
}

/// What this machine trusts, for a client that does not go by reqwest.
///
/// # Errors
/// When this build of rustls knows none of the versions of TLS.
pub(super) fn shared_configuration() -> Result<ClientConfig, Error> {
    SHARED.clone()
}

static SHARED: LazyLock<Result<ClientConfig, Error>> = LazyLock::new(configuration);

fn configuration() -> Result<ClientConfig, Error> {
    let provider = Arc::new(default_provider());
    let trusted = Trusted { provider: Arc::clone(&provider), verifier: OnceLock::new() };
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = versions.dangerous().with_custom_certificate_verifier(Arc::new(trusted)).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Verifies as the platform's verifier does, which is made when it is first needed.
#[derive(Debug)]
struct Trusted {
    provider: Arc<CryptoProvider>,
    verifier: OnceLock<Result<Verifier, Error>>,
}

impl Trusted {
    fn verifier(&self) -> Result<&Verifier, Error> {
        self.verifier.get_or_init(|| Verifier::new(Arc::clone(&self.provider))).as_ref().map_err(Clone::clone)
    }
}

impl ServerCertVerifier for Trusted {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verifier()?.verify_server_cert(certificate, intermediates, name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use rustls::pki_types::pem::PemObject as _;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    #[test]
    fn clients_are_built_with_the_shared_configuration() {
        assert!(SHARED.is_ok());
        assert!(client_builder().build().is_ok(), "reqwest takes a configuration of this version of rustls");
    }

    #[tokio::test]
    async fn a_certificate_that_nobody_signed_is_not_trusted() {
        let certificate = include_bytes!("../../../fixtures/keys/stranger-certificate.pem");
        let key = include_bytes!("../../../fixtures/keys/stranger.pem");
        let chain = vec![CertificateDer::from_pem_slice(certificate).unwrap()];
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = config.with_single_cert(chain, PrivateKeyDer::from_pem_slice(key).unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            TlsAcceptor::from(Arc::new(config)).accept(stream).await.map(|_| ())
        });

        let client = client_builder().resolve("mcp.example", address).build().unwrap();
        let url = format!("https://mcp.example:{}/mcp", address.port());
        let refused = client.get(url).send().await.unwrap_err();

        assert!(format!("{refused:?}").contains("InvalidCertificate"), "{refused:?}");
        assert!(accepting.await.unwrap().is_err());
    }
}
