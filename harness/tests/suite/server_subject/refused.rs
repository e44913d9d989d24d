//! Authorization servers that are not what they should be: each ends in time, in one error that says what it is.

use super::bad::{answer, serve_origin};
use super::program::{Run, file, harness};
use rstest::rstest;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

const CONSENT: &str = "<form method=post action=/consent><button name=a value=y>Allow</button></form>";
const FORM: &str = "<form method=post action=/login><input name=username><input name=password></form>";

/// What the authorization server does otherwise than it should.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    OtherIssuer,
    NoMetadata,
    Unreachable,
    Inwards,
    Unencrypted,
    NoToken,
    NotBearer,
    Html,
    UnknownPage,
    EndlessConsent,
    WrongState,
    WrongIss,
    AccessDenied,
    PasswordInTheClear,
}

/// An MCP server and its authorization server at one origin.
fn serve(fault: Fault) -> String {
    let origin = serve_origin(move |origin| {
        move |path: &str, _: &str, stream: &mut TcpStream| behave(fault, &origin, path, stream)
    });
    format!("{origin}/mcp")
}

fn behave(fault: Fault, origin: &str, path: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    let json = "Content-Type: application/json\r\n";
    let issuer = match fault {
        Fault::Unreachable => "http://127.0.0.1:9",
        Fault::Inwards => "http://169.254.169.254/as",
        Fault::Unencrypted => "http://as.example",
        _ => origin,
    };
    let query = |name: &str| {
        let (_, query) = path.split_once('?')?;
        let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
        Some(found.1.into_owned())
    };
    let page =
        |stream: &mut TcpStream, text: &str| answer(stream, "200 OK", "Content-Type: text/html\r\n", text.as_bytes());
    match path.split('?').next().unwrap_or_default() {
        "/mcp" => answer(stream, "401 Unauthorized", "WWW-Authenticate: Bearer realm=\"m\"\r\n", b""),
        "/.well-known/oauth-protected-resource/mcp" => {
            let body = format!(r#"{{"resource":"{origin}/mcp","authorization_servers":["{issuer}"]}}"#);
            answer(stream, "200 OK", json, body.as_bytes())
        }
        "/.well-known/oauth-authorization-server" if fault != Fault::NoMetadata => {
            let named = if fault == Fault::OtherIssuer { "https://somebody.example" } else { origin };
            let body = format!(
                r#"{{"issuer":"{named}","authorization_endpoint":"{origin}/authorize","token_endpoint":"{origin}/token"}}"#
            );
            answer(stream, "200 OK", json, body.as_bytes())
        }
        "/token" => match fault {
            Fault::NotBearer => answer(stream, "200 OK", json, br#"{"access_token":"t","token_type":"DPoP"}"#),
            Fault::Html => answer(stream, "502 Bad Gateway", "", b"<h1>sorry</h1>"),
            _ => answer(stream, "200 OK", json, br#"{"token_type":"Bearer"}"#),
        },
        "/authorize" => match fault {
            Fault::UnknownPage => page(stream, "<form><input name=identifier></form>"),
            Fault::EndlessConsent => page(stream, CONSENT),
            Fault::PasswordInTheClear => {
                page(stream, &FORM.replace("action=/login", "action=http://login.example/login"))
            }
            Fault::WrongState | Fault::WrongIss | Fault::AccessDenied => {
                let (uri, state) = (query("redirect_uri").unwrap_or_default(), query("state").unwrap_or_default());
                let rest = match fault {
                    Fault::WrongState => "code=c&state=other".to_owned(),
                    Fault::WrongIss => format!("code=c&state={state}&iss=https://somebody.example"),
                    _ => format!("error=access_denied&error_description=not+today&state={state}"),
                };
                answer(stream, "302 Found", &format!("Location: {uri}?{rest}\r\n"), b"")
            }
            _ => page(stream, FORM),
        },
        "/consent" => page(stream, CONSENT),
        _ => {
            write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
            Ok(())
        }
    }
}

fn judged(fault: Fault, option: &str, text: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "file.toml", text).display().to_string();
    let url = serve(fault);
    let arguments: &[&str] = match option {
        "--login" => &[&url, option, &path, "--no-browser", "--time-limit", "2"],
        _ => &[&url, option, &path, "--time-limit", "2"],
    };
    let run = harness(arguments, &[("ITS_SECRET", "s3cret-s3cret")]);
    assert!(run.took < Duration::from_secs(30), "it took {:?}", run.took);
    assert!(!run.errors.contains("s3cret"), "{}", run.errors);
    run
}

fn fails(run: &Run, words: &str) {
    assert_eq!(run.code, 2, "{}", run.errors);
    assert!(run.errors.contains(words), "{}", run.errors);
    assert!(!run.folder.path().join("report.json").exists(), "nothing was judged");
}

const CLIENT: &str = "client_id = \"c\"\nclient_secret_env = \"ITS_SECRET\"\n";

#[rstest]
#[case(Fault::OtherIssuer, "is of the issuer https://somebody.example and not of")]
#[case(Fault::Inwards, "no server elsewhere may send the harness to")]
#[case(Fault::Unencrypted, "neither https nor on this machine")]
#[case(Fault::NoToken, "answers HTTP 200 without an access_token")]
#[case(Fault::NotBearer, "of the type `DPoP`")]
#[case(Fault::Html, "answers HTTP 502 without an access_token")]
fn client_credentials_that_come_to_nothing(#[case] fault: Fault, #[case] words: &str) {
    fails(&judged(fault, "--client-credentials", CLIENT), words);
}

/// What needs no token is judged all the same.
#[rstest]
#[case(Fault::NoMetadata, "--client-credentials", CLIENT)]
#[case(Fault::Unreachable, "--client-credentials", CLIENT)]
#[case(Fault::NoMetadata, "--login", LOGIN)]
fn an_authorization_server_without_metadata(#[case] fault: Fault, #[case] option: &str, #[case] text: &str) {
    let run = judged(fault, option, text);
    assert!(matches!(run.code, 1 | 3), "{}: {}", run.code, run.errors);
    assert!(run.notes().contains("has no metadata where MCP looks for it"), "{}", run.notes());
    assert_eq!(run.verdict("RS-CHALLENGE-01", "2025-11-25"), "met");
    assert_eq!(run.verdict("RS-TOKEN-01", "2025-11-25"), "inconclusive");
}

const LOGIN: &str = "client_id = \"c\"\ntime_limit = 5\n[[accounts]]\nname = \"alice\"\nusername = \"alice\"\n\
                     password_env = \"ITS_SECRET\"\n[[pages]]\nbutton = { label = \"allow\" }\n";

#[rstest]
#[case(Fault::OtherIssuer, "is of the issuer https://somebody.example and not of")]
#[case(Fault::UnknownPage, "no form with a field that is looked for")]
#[case(Fault::EndlessConsent, "came back each of the 5 times it was pressed")]
#[case(Fault::WrongState, "does not carry the state that was sent")]
#[case(Fault::WrongIss, "its iss is https://somebody.example")]
#[case(Fault::AccessDenied, "answered access_denied (not today)")]
#[case(Fault::PasswordInTheClear, "asks for the password without encryption")]
fn logins_that_come_to_nothing(#[case] fault: Fault, #[case] words: &str) {
    fails(&judged(fault, "--login", LOGIN), words);
}

#[rstest]
#[case::elsewhere("https://app.example/callback", "it is not http on a name of the loopback")]
#[case::no_port("http://localhost/callback", "it names no port")]
fn a_redirect_uri_where_nothing_can_listen(#[case] redirect_uri: &str, #[case] words: &str) {
    let text = format!("redirect_uri = \"{redirect_uri}\"\n{LOGIN}");
    fails(&judged(Fault::UnknownPage, "--login", &text), words);
}

#[test]
fn a_redirect_uri_whose_port_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let text = format!("redirect_uri = \"http://localhost:{port}/callback\"\n{LOGIN}");
    fails(&judged(Fault::UnknownPage, "--login", &text), "nothing can listen for the redirect URI");
}
