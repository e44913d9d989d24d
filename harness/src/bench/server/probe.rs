//! What the bench finds out about a server beside MCP itself: the authorization servers it names, the sockets it listens
//! on; and how a correct request is made incorrect.

use super::purpose::{ListeningSockets, Looked};
use crate::bench::ServerStage;
use crate::protocol::issuer::{IssuerLookup, well_known};
use crate::protocol::metadata::{issuers, own_documents};
use crate::protocol::url::origin_of;
use crate::wire::{Exchange, Request, Response};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::Url;

/// The state of a listening socket in `/proc/net/tcp`.
const LISTENING: &str = "0A";

/// Rewrites the JSON content of a request; content that is none stays as it is.
pub fn rewrite(request: &mut Request, edit: impl FnOnce(&mut Value)) {
    if let Ok(mut message) = serde_json::from_slice(&request.body) {
        edit(&mut message);
        request.body = message.to_string().into();
    }
}

/// Sets a header field that mirrors something of the content, where the request has it.
pub fn set_mirror(request: &mut Request, name: &'static str, value: &str) {
    let name = HeaderName::from_static(name);
    if let (true, Ok(value)) = (request.headers.contains_key(&name), HeaderValue::from_str(value)) {
        request.headers.insert(name, value);
    }
}

impl ServerStage {
    /// Looks for the metadata of every authorization server that the protected resource metadata names, once, in the
    /// order in which MCP has clients do it.
    pub async fn issuer_lookups(&self) -> &[IssuerLookup] {
        self.lookups.get_or_init(|| self.look_up()).await
    }

    async fn look_up(&self) -> Vec<IssuerLookup> {
        let mut found: Vec<IssuerLookup> = Vec::new();
        for (_, document) in own_documents(&self.discovery().await.attempts, &self.bench().endpoint) {
            let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default().to_owned();
            for issuer in issuers(&document) {
                if !found.iter().any(|known| known.issuer == issuer && known.resource == resource) {
                    found.push(self.look_up_one(issuer, &resource).await);
                }
            }
        }
        found
    }

    async fn look_up_one(&self, issuer: &str, resource: &str) -> IssuerLookup {
        let mut lookup = IssuerLookup {
            issuer: issuer.to_owned(),
            resource: resource.to_owned(),
            is_safe: self.is_safe_to_follow(issuer),
            attempts: Vec::new(),
        };
        if lookup.is_safe {
            for url in well_known(issuer) {
                let request = Request::get(Looked::ForIssuer, url);
                let exchange = self.deliver(request, &self.bench().sender).await;
                lookup.attempts.push(exchange);
                if lookup.document().is_some() {
                    break;
                }
            }
        }
        lookup
    }

    /// The sockets of this machine that listen on the port of the endpoint, as an exchange whose answer lists addresses.
    ///
    /// # Errors
    /// Says why they cannot be seen from here.
    pub async fn listening_sockets(&self) -> Result<Exchange, &'static str> {
        let endpoint = Url::parse(&self.bench().endpoint).map_err(|_| "the endpoint is no URL")?;
        let port = endpoint.port_or_known_default().ok_or("the endpoint has no port")?;
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
        let read = tables.map(|path| std::fs::read_to_string(path).ok());
        if read.iter().all(Option::is_none) {
            return Err("this system does not list its sockets in /proc/net");
        }
        let addresses: Vec<_> = read.iter().flatten().flat_map(|table| listening(table, port)).collect();
        let addresses: Vec<_> = addresses.iter().map(IpAddr::to_string).collect();
        let request = Request::get(ListeningSockets { port }, "file:///proc/net/tcp");
        let body = json!({ "listening": addresses }).to_string().into();
        Ok(self.observe(request, Response { status: 200, headers: HeaderMap::new(), body, truncated: false }).await)
    }

    /// Whether a URL is on the server under judgement.
    #[must_use]
    pub fn belongs(&self, url: &str) -> bool {
        origin_of(url).is_some() && origin_of(url) == origin_of(&self.bench().endpoint)
    }
}

/// The local addresses of listening sockets on `port`, from a table of the Linux kernel.
fn listening(table: &str, port: u16) -> Vec<IpAddr> {
    let address = |line: &str| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (local, _, state) = (fields.next()?, fields.next()?, fields.next()?);
        let (ip, at) = local.split_once(':')?;
        let fits = state == LISTENING && u16::from_str_radix(at, 16).ok()? == port;
        if fits { ip_of(ip) } else { None }
    };
    table.lines().skip(1).filter_map(address).collect()
}

/// An address as the kernel prints it: words of four bytes, each in the order of this machine.
fn ip_of(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| Some(u32::from_str_radix(hex.get(at * 8..at * 8 + 8)?, 16).ok()?.to_ne_bytes());
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let bytes: Vec<u8> = [word(0)?, word(1)?, word(2)?, word(3)?].concat();
            Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn reads_the_addresses_of_listening_sockets_on_the_port() {
        let table = "  sl  local_address rem_address   st tx_queue\n\
            0: 0100007F:1F41 00000000:0000 0A 00000000:00000000\n\
            1: 00000000:1F41 00000000:0000 0A 00000000:00000000\n\
            2: 0100007F:1F41 0100007F:8000 01 00000000:00000000\n\
            3: 0100007F:1F42 00000000:0000 0A 00000000:00000000\n";
        let table6 = "  sl  local_address\n\
            0: 00000000000000000000000001000000:1F41 00000000000000000000000000000000:0000 0A\n";

        let found: Vec<_> =
            listening(table, 8001).iter().chain(&listening(table6, 8001)).map(IpAddr::to_string).collect();

        assert_eq!(found, ["127.0.0.1", "0.0.0.0", "::1"]);
    }
}
