//! Looking for the protected resource metadata of a server, in all the ways in which clients do, and where none looks.

use super::purpose::Looked;
use crate::bench::ServerStage;
use crate::protocol::challenge::bearer;
use crate::protocol::metadata::{Attempt, Way, own_documents};
use crate::protocol::url::{origin_of, well_known_metadata};
use crate::wire::{Exchange, Request, Response};
use http::header::LOCATION;
use url::Url;

/// What came of looking for the protected resource metadata.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// The refusal whose challenge was read.
    pub refusal: Exchange,
    /// What its challenge names as `resource_metadata`, whether or not it could be fetched.
    pub named: Option<String>,
    /// One attempt a way.
    pub attempts: Vec<Attempt>,
    /// Where no client looks, where the ways led to nothing.
    pub astray: Option<Attempt>,
}

/// How many redirects are followed on the way to metadata.
const REDIRECTS: usize = 5;

impl ServerStage {
    pub(super) async fn discover(&self) -> Discovery {
        let endpoint = self.bench().endpoint.clone();
        let refusal = self.send(&self.guarded(), &[]).await;
        let named = refusal
            .response()
            .filter(|response| response.status == 401)
            .and_then(bearer)
            .and_then(|challenge| challenge.param("resource_metadata").map(str::to_owned));
        let mut attempts = Vec::new();
        if let Some(url) = named.as_ref().filter(|url| self.is_safe_to_follow(url)) {
            attempts.push(self.attempt(Way::Challenge, url, &endpoint).await);
        }
        if let Some((suffixed, root)) = well_known_metadata(&endpoint) {
            attempts.push(self.attempt(Way::PathSuffixed, &suffixed, &endpoint).await);
            if root != suffixed {
                let origin = origin_of(&endpoint).unwrap_or_default();
                attempts.push(self.attempt(Way::Root, &root, origin).await);
            }
        }
        let astray = match own_documents(&attempts, &endpoint).is_empty() {
            true => self.look_astray(&endpoint).await,
            false => None,
        };
        Discovery { refusal, named, attempts, astray }
    }

    /// Metadata that is served, and where no client looks: the well-known part behind the path and not before it.
    async fn look_astray(&self, endpoint: &str) -> Option<Attempt> {
        let path = endpoint.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let (_, root) = well_known_metadata(endpoint)?;
        let url = format!("{path}/.well-known/oauth-protected-resource");
        if url == root {
            return None;
        }
        Some(self.attempt(Way::Below, &url, endpoint).await)
    }

    async fn attempt(&self, way: Way, url: &str, identifier: &str) -> Attempt {
        let (mut redirects, mut url) = (Vec::new(), url.to_owned());
        loop {
            let exchange = self.exchange(Request::get(Looked::ForMetadata(way), url.clone())).await;
            let next = exchange.response().and_then(|response| redirect_target(response, &url));
            match next.filter(|next| redirects.len() < REDIRECTS && self.is_safe_to_follow(next)) {
                Some(next) => {
                    redirects.push(exchange);
                    url = next;
                }
                None => return Attempt { way, identifier: identifier.to_owned(), redirects, exchange },
            }
        }
    }
}

/// Where a redirect leads, in view of the URL that was asked.
fn redirect_target(response: &Response, url: &str) -> Option<String> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.header_values(&LOCATION).into_iter().next()?;
    Url::parse(url).ok()?.join(&location).ok().map(String::from)
}
