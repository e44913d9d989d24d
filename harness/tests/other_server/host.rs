//! What small servers on this machine have in common: a free port, and values that nobody guesses.
#![allow(unreachable_pub)]

use tokio::net::TcpListener;

/// Listens on a free port; tells the origin.
pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    (listener, origin)
}

pub fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
