//! The rule about plain http, on a server that is on another machine as far as its name tells: only there does it apply.
//! The server answers by https, and by plain http on the same port as it is told to.

use crate::{TwoUsers, findings, tool};
use harness::bench::{Bench, ServerBench, Variation};
use harness::catalogue::{Catalogue, RequirementId, Revision};
use harness::declared::{Means, Subject};
use harness::findings::Verdict;
use harness::plan::{Plan, Selection};
use harness::run::{RequirementResult, run};
use harness::wire::{Limits, Sender};
use rstest::rstest;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const HOST: &str = "mcp.example";
const CERTIFICATE: &[u8] = include_bytes!("../../../fixtures/keys/stranger-certificate.pem");
const KEY: &[u8] = include_bytes!("../../../fixtures/keys/stranger.pem");
const REFUSAL: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"mcp\"\r\n";
const REDIRECT: &str = "HTTP/1.1 301 Moved Permanently\r\nLocation: https://mcp.example/mcp\r\n";

/// What becomes of a request by plain http.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plain {
    HangsUp,
    Redirects,
}

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    AnswersByPlainHttp,
}

type Behaviour = Result<Plain, Fault>;

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()))
}

/// Serves both on one port, told apart by the first byte, which is that of a TLS handshake or of a method.
async fn start(behaviour: Behaviour) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = acceptor();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, acceptor.clone(), behaviour));
        }
    });
    address
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, behaviour: Behaviour) {
    let mut first = [0];
    if stream.peek(&mut first).await.is_ok_and(|seen| seen == 1) && first[0] == 22 {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        return answer(stream, REFUSAL).await;
    }
    match behaviour {
        Ok(Plain::HangsUp) => {}
        Ok(Plain::Redirects) => answer(stream, REDIRECT).await,
        Err(Fault::AnswersByPlainHttp) => answer(stream, REFUSAL).await,
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

fn judged(behaviour: Behaviour) -> RequirementResult {
    let catalogue = Catalogue::embedded().unwrap();
    let revision = Revision::V2026_07_28;
    let ids = vec![RequirementId::parse("RS-TOKEN-11").unwrap()];
    let selection = Selection { revisions: vec![revision], ids, ..Selection::default() };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let address = start(behaviour).await;
            let plan = Plan::new(&catalogue, vec![Variation::honest(revision)], &selection);
            run(&plan, &bench(address), || ()).await.requirements.remove(0)
        })
    })
    .join()
    .unwrap()
}

/// A bench for which the name of the host is an address of this machine.
fn bench(address: SocketAddr) -> Bench {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .resolve(HOST, address)
        .danger_accept_invalid_certs(true);
    let server = ServerBench {
        endpoint: format!("https://{HOST}:{}/mcp", address.port()),
        authority: Arc::new(TwoUsers),
        sender: Sender::over(client.build().unwrap(), Limits::default()),
        tool: tool("fetch", json!({})),
        means: Means::default(),
        effect: None,
        third_party: None,
        subject: Subject::default(),
        answered_without_token: Vec::new(),
        keys: None,
        canary: None,
    };
    Bench { server: Some(Arc::new(server)), ..Bench::default() }
}

#[rstest]
#[case(Plain::HangsUp)]
#[case(Plain::Redirects)]
fn a_server_that_keeps_the_rule_is_told_so(#[case] plain: Plain) {
    let result = judged(Ok(plain));
    assert_eq!(result.verdict, Verdict::Met, "{}", findings(&result));
}

#[rstest]
#[case("RS-TOKEN-11", Fault::AnswersByPlainHttp)]
fn a_server_that_breaks_the_rule_is_noticed(#[case] id: &str, #[case] fault: Fault) {
    let result = judged(Err(fault));
    assert_eq!((result.id.as_str(), result.verdict), (id, Verdict::Violated), "{}", findings(&result));
}
