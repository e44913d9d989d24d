//! Where nothing is bent.

use crate::bench::client::scene::{Scene, scene};

scenes! {
    /// An honest server and an honest authorization server.
    HONEST = scene(
        "an honest server and an honest authorization server",
        "the client connects, a user logs in, the tools are listed and one is called",
    );
}
