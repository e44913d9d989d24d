//! Things at a URL that are no decent MCP server: each ends in time, in a verdict or an error that says what it is.

use super::program::{Run, harness};
use rstest::rstest;
use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

type Behaviour = dyn Fn(&str, &str, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// Serves each connection on a thread of its own: reads a request, hands path, content and stream to `behave`.
fn serve(behave: impl Fn(&str, &str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> String {
    format!("{}/mcp", serve_origin(|_| behave))
}

/// The same for a behaviour that has to know its own origin, which is handed back.
pub(crate) fn serve_origin<B>(behave: impl FnOnce(String) -> B) -> String
where
    B: Fn(&str, &str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let behave: Arc<Behaviour> = Arc::new(behave(origin.clone()));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let behave = Arc::clone(&behave);
            // A client that has seen enough goes away, which is an error here and no matter.
            std::thread::spawn(move || connection(stream, &*behave).unwrap_or_default());
        }
    });
    origin
}

fn connection(mut stream: TcpStream, behave: &Behaviour) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut path, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if path.is_empty() {
                path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut content = vec![0; length];
        reader.read_exact(&mut content)?;
        behave(&path, &String::from_utf8_lossy(&content), &mut stream)?;
    }
}

pub(crate) fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len())?;
    stream.write_all(body)
}

fn judged(url: &str) -> Run {
    judged_with(url, &[])
}

fn judged_with(url: &str, options: &[&str]) -> Run {
    let run = harness(&[&[url, "--time-limit", "1"], options].concat(), &[]);
    assert!(run.took < Duration::from_secs(60), "it took {:?}", run.took);
    assert_ne!(run.code, 0, "nothing was seen that could be met: {}", run.errors);
    assert_ne!(run.code, 4, "the harness is not at fault: {}", run.errors);
    run
}

fn fails(url: &str, words: &str) {
    let run = judged(url);
    assert_eq!(run.code, 2, "{}", run.errors);
    assert!(run.errors.contains(words), "{}", run.errors);
}

#[test]
fn nothing_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fails(&format!("http://127.0.0.1:{port}/mcp"), "gives no HTTP answer");
}

#[test]
fn no_http() {
    fails(&serve(|_, _, stream| stream.write_all(b"220 mail.example ESMTP\r\n")), "is not HTTP");
}

#[test]
fn every_connection_is_closed() {
    fails(&serve(|_, _, _| Err(std::io::ErrorKind::ConnectionReset.into())), "gives no HTTP answer");
}

#[test]
fn no_answer_comes() {
    fails(
        &serve(|_, _, _| {
            std::thread::sleep(Duration::from_secs(5));
            Ok(())
        }),
        "no answer within",
    );
}

#[test]
fn a_page() {
    fails(
        &serve(|_, _, stream| answer(stream, "200 OK", "Content-Type: text/html\r\n", b"<h1>hello</h1>")),
        "does not look like an MCP endpoint",
    );
}

#[test]
fn everything_is_not_found() {
    fails(&serve(|_, _, stream| answer(stream, "404 Not Found", "", b"")), "does not look like an MCP endpoint");
}

#[test]
fn redirects_everywhere() {
    let location = "Location: http://169.254.169.254/latest\r\n";
    fails(&serve(move |_, _, stream| answer(stream, "307 Temporary Redirect", location, b"")), "redirects (HTTP 307)");
}

/// A page to log in is no MCP endpoint; the redirect to it stands where a refusal should.
#[test]
fn it_sends_clients_without_a_token_to_a_page() {
    let run = judged(&serve(|path, _, stream| match path {
        "/mcp" => answer(stream, "302 Found", "Location: /login\r\n", b""),
        _ => answer(stream, "200 OK", "Content-Type: text/html\r\n", b"<form></form>"),
    }));
    assert_eq!(run.code, 1, "{}", run.errors);
    assert_eq!(run.verdict("RS-CHALLENGE-01", "2025-11-25"), "violated");
}

#[test]
fn one_byte_a_second() {
    fails(
        &serve(|_, _, stream| {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n")?;
            for _ in 0..100 {
                stream.write_all(b" ")?;
                std::thread::sleep(Duration::from_secs(1));
            }
            Ok(())
        }),
        "no answer within",
    );
}

#[test]
fn broken_chunks() {
    let broken = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n";
    fails(&serve(move |_, _, stream| stream.write_all(broken)), "gives no HTTP answer");
}

/// The body is read up to the limit of the sender, and the rest of the connection is given up.
#[test]
fn a_gigabyte() {
    let url = serve(|_, _, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n")?;
        let block = [b'['; 1 << 16];
        for _ in 0..1 << 14 {
            stream.write_all(&block)?;
        }
        Ok(())
    });
    fails(&url, "does not look like an MCP endpoint");
}

#[test]
fn invalid_utf8() {
    fails(
        &serve(|_, _, stream| answer(stream, "200 OK", "Content-Type: application/json\r\n", b"{\"\xff\xfe\": 1}")),
        "does not look like an MCP endpoint",
    );
}

#[test]
fn a_401_to_everything() {
    let run = judged(&serve(|_, _, stream| answer(stream, "401 Unauthorized", "", b"")));
    assert_eq!(run.code, 1, "{}", run.errors);
    assert_eq!(run.verdict("RS-CHALLENGE-01", "2025-06-18"), "met");
    assert_eq!(run.verdict("RS-CHALLENGE-02", "2025-06-18"), "violated");
    assert_eq!(run.verdict("RS-PRM-01", "2025-06-18"), "violated");
    assert_eq!(run.verdict("RS-TOKEN-01", "2025-06-18"), "inconclusive");
}

/// Answers whatever it is asked, and looks at no token.
fn served(content: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    let id = serde_json::from_str::<serde_json::Value>(content).map(|m| m["id"].clone()).unwrap_or_default();
    let result = match content {
        _ if content.contains("\"initialize\"") => {
            r#"{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"p","version":"1"}}"#
        }
        _ if content.contains("tools/list") => r#"{"tools":[{"name":"now","inputSchema":{"type":"object"}}]}"#,
        _ => r#"{"content":[]}"#,
    };
    let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#);
    answer(stream, "200 OK", "Content-Type: application/json\r\n", body.as_bytes())
}

/// A public MCP server breaks no rule: there is nothing that it would have to protect.
#[test]
fn a_public_server() {
    let run = judged(&serve(|_, content, stream| served(content, stream)));
    assert_eq!(run.code, 3, "{}", run.errors);
    let report = run.report();
    assert_eq!(report["totals"]["violated"], 0);
    assert!(report.to_string().contains("no protected operation was found"));
}

/// The same with metadata, by which it says that tokens are needed.
#[test]
fn a_200_to_everything_of_a_server_that_calls_itself_protected() {
    let run = judged(&serve(|path, content, stream| {
        if !path.contains("/.well-known/oauth-protected-resource") {
            return served(content, stream);
        }
        let body = br#"{"resource":"http://127.0.0.1/mcp","authorization_servers":["https://login.example"]}"#;
        answer(stream, "200 OK", "Content-Type: application/json\r\n", body)
    }));
    assert_eq!(run.code, 1, "{}", run.errors);
    assert_eq!(run.verdict("RS-CHALLENGE-01", "2025-11-25"), "violated");
    assert_eq!(run.verdict("RS-JWT-01", "2025-11-25"), "violated");
    assert_eq!(run.verdict("RS-TOKEN-05", "2025-11-25"), "violated");
}

/// Metadata that names itself, and an issuer inside the network of whoever looks: nothing of it is contacted.
#[rstest]
#[case("http://169.254.169.254/latest")]
#[case("http://0.0.0.0:1/")]
#[case("file:///etc/passwd")]
fn metadata_that_leads_astray(#[case] issuer: &str) {
    let issuer = issuer.to_owned();
    let url = serve(move |path, _, stream| {
        if path.contains("/.well-known/") {
            let body = format!(r#"{{"resource":"x","authorization_servers":["{issuer}"]}}"#);
            return answer(stream, "200 OK", "Content-Type: application/json\r\n", body.as_bytes());
        }
        let challenge = format!("WWW-Authenticate: Bearer resource_metadata=\"{issuer}\"\r\n");
        answer(stream, "401 Unauthorized", &challenge, b"")
    });
    let run = judged(&url);
    assert_eq!(run.code, 1, "{}", run.errors);
    let report = run.report().to_string();
    assert!(!report.contains(&format!("\"url\":\"{}\"", "http://169.254.169.254/latest")), "it was contacted");
}

/// One that dies in the middle is not judged for what could no longer be seen.
#[test]
fn it_goes_away_in_the_middle() {
    let left = std::sync::atomic::AtomicUsize::new(12);
    let url = serve(move |_, _, stream| {
        use std::sync::atomic::Ordering::SeqCst;
        if left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_err() {
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        answer(stream, "401 Unauthorized", "WWW-Authenticate: Bearer realm=\"m\"\r\n", b"")
    });
    let run = judged(&url);
    assert_eq!(run.report()["totals"]["harness_errors"], 0);
    assert_eq!(run.verdict("RS-CHALLENGE-01", "2026-07-28"), "inconclusive");
}

/// Too many requests: whoever puts a request off has not said what becomes of it.
#[test]
fn it_limits_the_rate() {
    let left = std::sync::atomic::AtomicUsize::new(12);
    let url = serve(move |_, _, stream| {
        use std::sync::atomic::Ordering::SeqCst;
        if left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_err() {
            return answer(stream, "429 Too Many Requests", "Retry-After: 60\r\n", b"");
        }
        answer(stream, "401 Unauthorized", "WWW-Authenticate: Bearer realm=\"m\"\r\n", b"")
    });
    let run = judged_with(&url, &["--patience", "1"]);
    let report = run.report();
    let requirements = report["requirements"].as_array().unwrap();
    let scenarios = requirements.iter().flat_map(|one| one["scenarios"].as_array().unwrap());
    let findings = scenarios.flat_map(|scenario| scenario["findings"].as_array().unwrap());
    let about = |finding: &serde_json::Value| finding["actual"].as_str().unwrap().contains("429");
    let (put_off, accused): (Vec<_>, Vec<_>) =
        findings.filter(|finding| about(finding)).partition(|finding| finding["verdict"] == "inconclusive");
    assert!(!put_off.is_empty() && accused.is_empty(), "{accused:#?}");
    assert_eq!(run.verdict("RS-CHALLENGE-01", "2026-07-28"), "inconclusive");
}
