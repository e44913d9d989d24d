//! A request of a report, sent again by hand: the line that is shown, pasted into a shell while the server is held.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const HARNESS: &str = env!("CARGO_BIN_EXE_harness");

/// What a server of these tests was sent as credentials, in order.
type Seen = Arc<Mutex<Vec<String>>>;

/// A server that takes any token for a good one, and where it listens.
async fn gullible() -> (u16, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Seen::default();
    let router = Router::new().fallback(answer).with_state(Arc::clone(&seen));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, seen)
}

async fn answer(State(seen): State<Seen>, request: Request) -> Response {
    let credentials = request.headers().get(header::AUTHORIZATION).map(|value| value.as_bytes().to_vec());
    let Some(credentials) = credentials.filter(|_| request.uri().path() == "/mcp") else {
        let challenge = HeaderValue::from_static("Bearer realm=\"mcp\"");
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response();
    };
    seen.lock().unwrap().push(String::from_utf8_lossy(&credentials).into_owned());
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap_or_default();
    let message: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let result = match message["method"].as_str() {
        Some("initialize") => serde_json::json!({
            "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
            "serverInfo": { "name": "gullible", "version": "1" },
        }),
        Some("tools/list") => serde_json::json!({ "tools": [{ "name": "now", "inputSchema": { "type": "object" } }] }),
        _ => serde_json::json!({ "content": [] }),
    };
    axum::Json(serde_json::json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })).into_response()
}

/// `harness server` around the server at this port, which no command has to start.
fn judging(port: u16, folder: &Path, more: &[&str]) -> Child {
    Command::new(HARNESS)
        .args(["server", "--command", "exec sleep 600", "--port", &port.to_string()])
        .args(["--endpoint", &format!("http://127.0.0.1:{port}/mcp"), "--revision", "2025-11-25", "--color", "never"])
        .args(["--out", &folder.display().to_string()])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// The lines up to the first that holds these words.
async fn lines_to(output: impl AsyncRead + Unpin, words: &str) -> Vec<String> {
    let mut lines = BufReader::new(output).lines();
    let mut read = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        read.push(line);
        if read.last().is_some_and(|line| line.contains(words)) {
            return read;
        }
    }
    panic!("`{words}` never came: {read:#?}");
}

fn repeated(lines: &[String]) -> &str {
    lines.iter().find_map(|line| line.strip_prefix("  repeat    ")).expect("a line that repeats a request")
}

/// What a shell makes of a line: the words that curl would be given.
async fn pasted(line: &str) -> Vec<String> {
    let folder = Path::new(HARNESS).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}; {line}");
    let output =
        Command::new("sh").args(["-c", &script]).env("PATH", format!("{folder}:{path}")).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let words = String::from_utf8(output.stdout).unwrap();
    words.split_terminator('\0').map(str::to_owned).collect()
}

/// Sends what curl would send; tells the status.
async fn sent(words: &[String]) -> u16 {
    let mut request = http::Request::builder();
    let (mut url, mut body) = (String::new(), String::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("an option has a value").as_str();
        match word.as_str() {
            "-X" => request = request.method(value()),
            "-H" => {
                let (name, value) = value().split_once(": ").expect("a field");
                request = request.header(name, value);
            }
            "--data-raw" => value().clone_into(&mut body),
            "--max-time" => drop(value()),
            flag if flag.starts_with('-') => {}
            place => place.clone_into(&mut url),
        }
    }
    let request = request.uri(url).body(body).unwrap();
    reqwest::Client::new().execute(request.try_into().unwrap()).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_line_that_repeats_a_request_works_when_it_is_pasted() {
    let folder = tempfile::tempdir().unwrap();
    let (port, seen) = gullible().await;
    let mut run = judging(port, folder.path(), &["--requirement", "RS-JWT-04", "--hold"]);

    let told = lines_to(run.stdout.take().unwrap(), "exit ").await;
    let held = lines_to(run.stderr.take().unwrap(), "stay up").await;
    let line = repeated(&told).to_owned();
    let before = seen.lock().unwrap().len();
    let status = sent(&pasted(&line).await).await;

    assert!(line.starts_with("TOKEN=$(harness token 'a token with a broken signature' --issuer http://"), "{line}");
    assert!(!line.contains("eyJ"), "{line}");
    assert!(held.last().unwrap().contains("Ctrl-C ends it"), "{held:?}");
    assert_eq!(status, 200, "{line}");
    let credentials = seen.lock().unwrap()[before..].to_vec();
    assert!(matches!(credentials.as_slice(), [one] if one.starts_with("Bearer eyJ")), "{credentials:?}");

    kill_process(Pid::from_raw(i32::try_from(run.id().unwrap()).unwrap()).unwrap(), Signal::INT).unwrap();
    assert_eq!(run.wait().await.unwrap().code(), Some(1));
}

#[tokio::test]
async fn tokens_of_the_played_issuer_are_shown_when_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (port, _) = gullible().await;
    let mut run = judging(port, folder.path(), &["--requirement", "RS-JWT-04", "--show-test-tokens"]);

    let told = lines_to(run.stdout.take().unwrap(), "exit ").await;
    let words = pasted(repeated(&told)).await;

    assert!(repeated(&told).starts_with("curl "), "nothing has to be made: {told:#?}");
    assert_eq!(sent(&words).await, 200);
    assert_eq!(run.wait().await.unwrap().code(), Some(1));
    assert!(std::fs::read_to_string(folder.path().join("report.json")).unwrap().contains("Bearer eyJ"));
}

#[tokio::test]
async fn what_is_no_token_is_shown_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (port, seen) = gullible().await;
    let mut run = judging(port, folder.path(), &["--requirement", "RS-CHALLENGE-14"]);

    let told = lines_to(run.stdout.take().unwrap(), "exit ").await;
    run.wait().await.unwrap();
    let words = pasted(repeated(&told)).await;

    let credentials = words.iter().find(|word| word.starts_with("authorization: ")).expect("credentials");
    assert!(!credentials.contains("redacted"), "{credentials}");
    let before = seen.lock().unwrap().len();
    assert_eq!(sent(&words).await, 200);
    assert_eq!(seen.lock().unwrap()[before..], [credentials.trim_start_matches("authorization: ")]);
}
