//! `Host` and `Origin`.

use reqwest::StatusCode;
use rstest::rstest;
use serde_json::json;

use crate::subject::{Subject, client};

#[rstest]
#[case("evil.example")]
#[case("localhost.evil.example")]
#[case("localhost@evil.example")]
#[tokio::test]
async fn refuses_another_host_everywhere(#[case] host: &str) {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let endpoint = subject.modern(Some(&token), "tools/list", json!({})).header("host", host);
    let metadata = client().get(subject.at("/.well-known/oauth-protected-resource/mcp")).header("host", host);

    assert_eq!(endpoint.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(metadata.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn never_repeats_a_forwarded_host() {
    let subject = Subject::start().await;

    let request = subject.modern(None, "tools/list", json!({})).header("x-forwarded-host", "evil.example");
    let response = request.send().await.unwrap();

    assert!(!format!("{:?}", response.headers()).contains("evil.example"));
}

#[rstest]
#[case::foreign("http://evil.example".to_owned())]
#[case::null("null".to_owned())]
#[case::alike("https://localhost.evil.example".to_owned())]
#[case::another_port("http://localhost:1".to_owned())]
#[case::another_scheme("https://localhost:{port}".to_owned())]
#[case::with_a_path("http://localhost:{port}/".to_owned())]
#[case::with_user_information("http://a@localhost:{port}".to_owned())]
#[case::empty(String::new())]
#[tokio::test]
async fn refuses_a_foreign_origin_with_and_without_a_token(#[case] origin: String) {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");
    let port = subject.resource.trim_start_matches("http://localhost:").trim_end_matches("/mcp");
    let origin = origin.replace("{port}", port);

    for token in [Some(token.as_str()), None] {
        let request = subject.modern(token, "tools/list", json!({})).header("origin", &origin);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{origin}");
    }
}

#[tokio::test]
async fn refuses_two_origins() {
    let subject = Subject::start().await;
    let token = subject.token("alice", "openid");

    let own = subject.at("");
    let request = subject.modern(Some(&token), "tools/list", json!({})).header("origin", &own).header("origin", &own);

    assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn serves_its_own_origin_and_configured_ones() {
    let subject = Subject::start_with(|config| config.allowed_origins.push("https://app.example".to_owned())).await;
    let token = subject.token("alice", "openid");

    for origin in [subject.at("").as_str(), "https://app.example", "https://app.example:443"] {
        let request = subject.modern(Some(&token), "tools/list", json!({})).header("origin", origin);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{origin}");
    }
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_ask_first_and_read_the_challenge() {
    let subject = Subject::start_with(|config| config.allowed_origins.push("https://app.example".to_owned())).await;

    let preflight = |origin: &'static str| {
        let request = subject.request(reqwest::Method::OPTIONS, None).header("origin", origin);
        request.header("access-control-request-method", "POST").send()
    };
    let allowed = preflight("https://app.example").await.unwrap();
    let foreign = preflight("https://evil.example").await.unwrap();
    let call = subject.modern(None, "tools/list", json!({})).header("origin", "https://app.example");
    let refused = call.send().await.unwrap();

    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://app.example");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert!(!foreign.headers().contains_key("access-control-allow-origin"));
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(refused.headers()["access-control-expose-headers"].to_str().unwrap().contains("www-authenticate"));
}
