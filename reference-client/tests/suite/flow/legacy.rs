//! A server of 2025-03-26, where one origin is everything.

use crate::common::{Approving, Authority, Log, Resource, authority::honest_metadata, serve};
use reference_client::{Callback, Registration, Revision, Settings, connect};
use rstest::rstest;
use serde_json::Map;
use std::sync::Arc;

struct Origin {
    log: Log,
    url: String,
}

impl Origin {
    async fn start(has_metadata: bool) -> Self {
        let log = Log::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let authority = Authority::unserved(&base, "");
        let resource = Resource::unserved(&base, &authority);
        authority.change(|script| {
            script.metadata.clear();
            if has_metadata {
                let mut document = honest_metadata(&base, &base);
                document["registration_endpoint"] = format!("{base}/register").into();
                script.metadata.insert("/.well-known/oauth-authorization-server".to_owned(), document);
            }
        });
        resource.change(|script| {
            script.metadata.clear();
            script.challenge = vec!["Bearer".to_owned()];
        });
        let router = serve("as", log.clone(), resource.endpoint().merge(authority.router())).await;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { log, url: resource.url }
    }

    fn settings(&self, revision: Option<Revision>) -> Settings {
        let mut settings = Settings::new(self.url.parse().unwrap());
        settings.registration = Registration::Dynamic;
        settings.callback = Callback::Port(0);
        settings.protocol = revision;
        settings
    }
}

#[rstest]
#[case::metadata_at_the_origin(true)]
#[case::default_endpoints(false)]
#[tokio::test]
async fn at_2025_03_26_the_origin_is_the_authorization_server(#[case] has_metadata: bool) {
    let origin = Origin::start(has_metadata).await;

    let session = connect(origin.settings(Some(Revision::V2025_03_26)), Arc::new(Approving::default())).await.unwrap();
    session.call_tool("get_time", Map::new()).await.unwrap();

    let metadata = origin.log.of("as", "/.well-known/oauth-authorization-server");
    assert_eq!(metadata[0].protocol.as_deref(), Some("2025-03-26"));
    assert_eq!(origin.log.authorizations().len(), 1);
}

#[rstest]
#[case::to_the_origin("{base}", true)]
#[case::to_the_endpoint("{base}/mcp", false)]
#[case::to_another_server("https://as.example", false)]
#[tokio::test]
async fn the_origin_gets_credentials_that_belong_to_it(#[case] registered_with: &str, #[case] goes_on: bool) {
    let origin = Origin::start(false).await;
    let base = origin.url.strip_suffix("/mcp").unwrap();
    let mut settings = origin.settings(Some(Revision::V2025_03_26));
    settings.registration = Registration::PreRegistered {
        client_id: "known-client".to_owned(),
        client_secret: None,
        issuer: registered_with.replace("{base}", base).parse().unwrap(),
    };

    let result = connect(settings, Arc::new(Approving::default())).await;

    assert_eq!(result.is_ok(), goes_on);
    let of_the_server = |path: &str| !path.starts_with("/mcp") && !path.contains("oauth-protected-resource");
    assert_eq!(origin.log.all().iter().any(|seen| of_the_server(&seen.path)), goes_on);
}

#[tokio::test]
async fn later_revisions_do_not_guess_an_authorization_server() {
    let origin = Origin::start(true).await;

    for revision in [None, Some(Revision::V2025_06_18)] {
        let result = connect(origin.settings(revision), Arc::new(Approving::default())).await;

        assert!(result.is_err());
    }
    assert_eq!(origin.log.authorizations().len(), 0);
}
