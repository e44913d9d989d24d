//! Raises a scene: a tap before each host, the honest parties behind the taps, and the traps of the scene between the two.

use super::around::{Address, Around, Trapped};
use super::parties::{Host, Instance, MCP, McpServer, Resident, spot_of_server};
use super::pool_front::{Facade, spot_of_pool};
use super::scene::{Authorities, Party, Place, Scene, Seat, SetUp};
use super::subject::Registration;
use crate::cognito::Pool;
use crate::issuer::Issuer;
use crate::wire::{Edit, Recorder, Tap, Trace, Upstream};
use reference_server::{AllowedClients, Config, Running, Server};
use secrecy::SecretString;
use std::fmt::Display;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;
use url::Url;

/// The identifier of a client that is registered with the first played issuer.
const REGISTERED_CLIENT: &str = "registered-client";

/// A scene that is being played.
pub(super) struct Play {
    pub(super) around: Arc<Around>,
    /// The endpoints of the MCP servers, by their places.
    pub(super) endpoints: Vec<String>,
    recorder: Arc<Recorder>,
    edit: Arc<dyn Edit>,
    taps: Vec<Tap>,
    servers: Vec<Running>,
    _issuers: Vec<Issuer>,
}

/// An issuer as an MCP server has to know it.
struct Trust {
    /// The identifier that the metadata names.
    named: String,
    /// The `iss` of its tokens.
    signs: String,
    keys: Url,
    clients: AllowedClients,
}

/// A host of authorization servers before its tap is up.
struct Front<U> {
    listener: TcpListener,
    origin: String,
    honest: U,
}

impl Play {
    /// Raises a scene, with `edit` beside the recorder. `pool` is the user pool of the run.
    pub(super) async fn raise(scene: &'static Scene, pool: &Pool, edit: Arc<dyn Edit>) -> Result<Self, String> {
        match scene.authorities {
            Authorities::Pool => {
                let (front, trust) = pool_front(pool).await?;
                let mut play = Self::among(scene, std::slice::from_ref(&trust), edit, Vec::new());
                let read = Box::new(|path: &str| (Party::Authority(Place::First), spot_of_pool(path)));
                play.tap(front, read)?;
                play.start_servers(&[trust]).await
            }
            Authorities::Played(seats) => {
                let (fronts, trusts, issuers) = hosts(seats).await?;
                let mut play = Self::among(scene, &trusts, edit, issuers);
                for front in fronts {
                    let host = front.honest.clone();
                    play.tap(front, Box::new(move |path| host.read(path)))?;
                }
                play.start_servers(&trusts).await
            }
        }
    }

    fn among(scene: &'static Scene, trusts: &[Trust], edit: Arc<dyn Edit>, issuers: Vec<Issuer>) -> Self {
        Self {
            around: Around::new(scene, trusts.iter().map(|trust| trust.named.clone()).collect()),
            endpoints: Vec::new(),
            recorder: Arc::default(),
            edit,
            taps: Vec::new(),
            servers: Vec::new(),
            _issuers: issuers,
        }
    }

    fn tap(&mut self, front: Front<impl Upstream>, read: super::around::Read) -> Result<(), String> {
        let Front { listener, origin, honest } = front;
        let address = Address { around: Arc::clone(&self.around), read };
        let honest = Box::new(Trapped { around: Arc::clone(&self.around), honest });
        let (edit, recorder) = (Arc::clone(&self.edit), Arc::clone(&self.recorder));
        self.taps.push(Tap::start(address, listener, origin, honest, edit, recorder).map_err(text)?);
        Ok(())
    }

    async fn start_servers(mut self, trusts: &[Trust]) -> Result<Self, String> {
        for (place, issuers) in [Place::First, Place::Second].into_iter().zip(self.around.scene.servers) {
            let (listener, front) = listen().await?;
            let endpoint = format!("{front}{MCP}");
            let mut instances: Vec<Instance> = Vec::new();
            for issuer in *issuers {
                if instances.iter().any(|instance| instance.issuer == *issuer) {
                    continue;
                }
                let trust = issuer.of(trusts).ok_or("the scene has no such issuer")?;
                let (listener, origin) = listen().await?;
                self.servers.push(Server::start(config(&endpoint, trust)?, listener).await.map_err(text)?);
                instances.push(Instance { issuer: *issuer, signs: trust.signs.clone(), origin });
            }
            let around = Arc::clone(&self.around);
            let honest = McpServer { around, place, front: front.clone(), instances };
            let read = Box::new(move |path: &str| (Party::Server(place), spot_of_server(path)));
            self.tap(Front { listener, origin: front, honest }, read)?;
            self.endpoints.push(endpoint);
        }
        Ok(self)
    }

    /// How the client comes by its credentials.
    pub(super) fn registration(&self, pool: &Pool) -> Registration {
        let issuer = self.around.issuers.first().cloned().unwrap_or_default();
        match (self.around.scene.set_up, self.around.scene.authorities) {
            (SetUp::Registering, _) => Registration::Dynamic,
            (SetUp::PreRegistered, Authorities::Pool) => Registration::PreRegistered {
                client_id: pool.client_id.clone(),
                client_secret: pool.client_secret.clone(),
                issuer,
            },
            (SetUp::PreRegistered, Authorities::Played(_)) => Registration::PreRegistered {
                client_id: REGISTERED_CLIENT.to_owned(),
                client_secret: SecretString::from(uuid::Uuid::new_v4().simple().to_string()),
                issuer,
            },
        }
    }

    /// Takes the scene down; what was exchanged, and how often the edit changed something.
    pub(super) async fn end(self) -> (Trace, usize) {
        for server in self.servers {
            server.stop().await;
        }
        (self.recorder.trace(), self.taps.iter().map(Tap::changes).sum())
    }
}

async fn pool_front(pool: &Pool) -> Result<(Front<Facade>, Trust), String> {
    let (listener, origin) = listen().await?;
    let honest = Facade::new(pool.clone(), origin.clone());
    let trust = Trust {
        named: honest.issuer(),
        signs: pool.issuer.clone(),
        keys: pool.endpoints.jwks_uri.clone(),
        clients: AllowedClients::Listed([pool.client_id.clone()].into()),
    };
    Ok((Front { listener, origin, honest }, trust))
}

/// The hosts, the issuers by their places as servers know them, and what keeps them up.
async fn hosts(seats: &[Seat]) -> Result<(Vec<Front<Host>>, Vec<Trust>, Vec<Issuer>), String> {
    let (mut fronts, mut trusts, mut issuers) = (Vec::new(), Vec::new(), Vec::new());
    let mut hosts: Vec<(Place, usize)> = Vec::new();
    for (place, seat) in [Place::First, Place::Second].into_iter().zip(seats) {
        let at = match hosts.iter().find(|(host, _)| *host == seat.host) {
            Some((_, at)) => *at,
            None => {
                let (listener, origin) = listen().await?;
                let honest = Host { front: origin.clone(), residents: Vec::new() };
                fronts.push(Front { listener, origin, honest });
                hosts.push((seat.host, fronts.len() - 1));
                fronts.len() - 1
            }
        };
        let front: &mut Front<Host> = fronts.get_mut(at).ok_or("the scene has no such host")?;
        let issuer = Issuer::behind(&front.origin, seat.tenant).await.map_err(text)?;
        let origin = issuer.origin().to_owned();
        front.honest.residents.push(Resident { place, tenant: seat.tenant, origin });
        trusts.push(Trust {
            named: issuer.identifier().to_owned(),
            signs: issuer.identifier().to_owned(),
            keys: Url::parse(&issuer.jwks_uri()).map_err(text)?,
            clients: AllowedClients::Any,
        });
        issuers.push(issuer);
    }
    Ok((fronts, trusts, issuers))
}

fn config(resource: &str, trust: &Trust) -> Result<Config, String> {
    let mut config = Config::for_issuer(resource, &trust.signs, [REGISTERED_CLIENT.to_owned()]).map_err(text)?;
    config.clients = trust.clients.clone();
    config.jwks_uri = trust.keys.clone();
    config.authorization_servers = vec![trust.named.clone()];
    Ok(config)
}

async fn listen() -> Result<(TcpListener, String), String> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.and_then(|listener| {
        let port = listener.local_addr()?.port();
        Ok((listener, format!("http://localhost:{port}")))
    });
    bound.map_err(|error| format!("no free port on the loopback: {error}"))
}

fn text(error: impl Display) -> String {
    error.to_string()
}
