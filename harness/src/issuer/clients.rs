//! How an issuer names the clients that register.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What the first client is called where clients are counted.
pub const FIRST_CLIENT: &str = "client-1";

/// The names of registered clients.
pub(super) enum Clients {
    /// Each name is drawn by lot.
    Random,
    /// `client-1`, `client-2` and so on, so that who looks at the traffic knows them beforehand.
    Counted(AtomicUsize),
}

impl Clients {
    /// Clients that are counted, from 1.
    pub(super) const fn counted() -> Self {
        Self::Counted(AtomicUsize::new(0))
    }

    /// The client identifier of the next client.
    pub(super) fn next(&self) -> String {
        match self {
            Self::Random => uuid::Uuid::new_v4().simple().to_string(),
            Self::Counted(count) => format!("client-{}", count.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_counted_from_one() {
        let clients = Clients::counted();
        assert_eq!((clients.next().as_str(), clients.next().as_str()), (FIRST_CLIENT, "client-2"));
    }
}
