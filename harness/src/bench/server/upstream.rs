//! The upstream API of a server, played while the server is called.

use crate::bench::{PlayedUpstream, ServerStage};
use crate::declared::UpstreamTool;
use crate::wire::Exchange;

impl ServerStage {
    /// Plays the upstream API while `call` is carried out; hands back what came of that, and what the API was asked.
    ///
    /// # Errors
    /// When its port is not free.
    pub async fn beside_upstream<T>(
        &self,
        tool: &UpstreamTool,
        call: impl AsyncFnOnce() -> T,
    ) -> Result<(T, Vec<Exchange>), String> {
        let upstream = PlayedUpstream::start(tool, self.edit().await).await?;
        let outcome = call().await;
        let (calls, changes) = upstream.close().await;
        self.count_changes(changes);
        Ok((outcome, calls))
    }
}
