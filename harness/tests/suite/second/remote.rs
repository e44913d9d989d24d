//! A server that is on another machine, as far as its name tells: only there is plain http forbidden. It answers by https,
//! with nothing but refusals, and to plain http on the same port as it is told to, which is honest either way.

use futures::future::BoxFuture;
use harness::bench::{Bench, ServerBench};
use harness::declared::{Capabilities, Subject};
use harness::mcp::ToolCall;
use harness::plan::Plan;
use harness::run::{Outcome, run};
use harness::token_name::{ForgeryName, TokenName, VALID};
use harness::tokens::forge::ForgeryDetails;
use harness::tokens::{Authority, Cannot, Token};
use harness::wire::{Connections, Limits, Sender};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const HOST: &str = "mcp.example";
const CERTIFICATE: &[u8] = include_bytes!("../../../../fixtures/keys/stranger-certificate.pem");
const KEY: &[u8] = include_bytes!("../../../../fixtures/keys/stranger.pem");
const REFUSAL: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"mcp\"\r\n";
const REDIRECT: &str = "HTTP/1.1 301 Moved Permanently\r\nLocation: https://mcp.example/mcp\r\n";

/// What becomes of a request by plain http.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    HangsUp,
    Redirects,
}

/// Runs a plan on the server, on a thread of its own, because a run cannot leave the one it began on.
pub fn perform(plain: Plain, plan: Plan) -> (Plan, Outcome) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(async {
            let address = start(plain).await;
            run(&plan, &bench(address), || ()).await
        });
        (plan, outcome)
    })
    .join()
    .unwrap()
}

/// Issues one token, which the server does not look at.
struct AnyToken;

impl Authority for AnyToken {
    fn issuer(&self) -> &'static str {
        "https://login.example"
    }

    fn client_id(&self) -> &'static str {
        "client"
    }

    fn describe(&self) -> String {
        "one token".to_owned()
    }

    fn issue<'a>(&'a self, name: &'a TokenName) -> BoxFuture<'a, Result<Token, Cannot>> {
        let cannot = || Cannot::Issue { name: name.to_string(), reason: "there is one token only".to_owned() };
        let token = || Token { name: name.clone(), raw: "the-one-token".into() };
        Box::pin(async move { (*name == VALID).then(token).ok_or_else(cannot) })
    }

    fn forge_anew(&self, forgery: ForgeryName, _: ForgeryDetails) -> BoxFuture<'_, Result<Token, Cannot>> {
        Box::pin(async move { self.issue(&TokenName::Forged(forgery)).await })
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()))
}

/// Serves both on one port, told apart by the first byte, which is that of a TLS handshake or of a method.
async fn start(plain: Plain) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = acceptor();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, acceptor.clone(), plain));
        }
    });
    address
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, plain: Plain) {
    let mut first = [0];
    if stream.peek(&mut first).await.is_ok_and(|seen| seen == 1) && first[0] == 22 {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        return answer(stream, REFUSAL).await;
    }
    if plain == Plain::Redirects {
        answer(stream, REDIRECT).await;
    }
}

/// Reads one request to its end, and gives this answer.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, head: &str) {
    let mut received = Vec::new();
    while !is_whole(&received) {
        match stream.read_buf(&mut received).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    let text = format!("{head}Content-Length: 0\r\nConnection: close\r\n\r\n");
    // A client that has gone away is no matter.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn is_whole(received: &[u8]) -> bool {
    let text = String::from_utf8_lossy(received).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// Takes any certificate, for the name has none.
#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn trusting() -> ClientConfig {
    let versions = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let versions = versions.with_safe_default_protocol_versions().unwrap().dangerous();
    versions.with_custom_certificate_verifier(Arc::new(AnyCertificate)).with_no_client_auth()
}

/// A bench for which the name of the host is an address of this machine.
fn bench(address: SocketAddr) -> Bench {
    let limits = Limits::default();
    let connections = Connections::to(HOST, address, trusting(), limits.time);
    let endpoint = format!("https://{HOST}:{}/mcp", address.port());
    let server = ServerBench {
        target: endpoint.clone(),
        endpoint,
        authority: Arc::new(AnyToken),
        sender: Sender::over(connections, limits),
        tool: ToolCall { name: "get_time".to_owned(), arguments: serde_json::Map::new() },
        capabilities: Capabilities::default(),
        effect: None,
        third_party: None,
        subject: Subject::default(),
        answered_without_token: Vec::new(),
        keys: None,
        canary: None,
    };
    Bench { server: Some(Arc::new(server)), ..Bench::default() }
}
