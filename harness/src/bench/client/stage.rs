//! The client bench at one variation: each scene is played once, and shared by all rules that look at it.

use super::play::Play;
use super::run::ClientRun;
use super::scene::{Authorities, Scene};
use super::scenes;
use super::subject::{ClientJob, ClientSubject, Registration};
use super::user::User;
use crate::bench::Variation;
use crate::mutation::Mutation;
use crate::oauth_client::HostedLogin;
use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// How long a client may take where the user is at once where the client sends them.
const DEADLINE: Duration = Duration::from_secs(20);

/// What is known of the client under judgement and played around it.
pub struct ClientBench {
    /// The client.
    pub subject: Box<dyn ClientSubject>,
    /// The user and the authorization server.
    pub user: Arc<HostedLogin>,
    /// The loopback listener behind the client's redirect URI, which the app client was registered with. Clients
    /// take turns with it.
    pub callback: Mutex<TcpListener>,
}

/// Why a scene was not played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unplayed {
    /// The client cannot be set up as the scene needs it, and why.
    Inapplicable(String),
    /// The bench could not raise it, and why.
    NotRaised(String),
}

impl fmt::Display for Unplayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inapplicable(reason) | Self::NotRaised(reason) => f.write_str(reason),
        }
    }
}

/// The client bench at one variation.
pub struct ClientStage {
    bench: Arc<ClientBench>,
    variation: Variation,
    runs: Vec<(&'static Scene, OnceCell<Played>)>,
}

struct Played {
    run: Result<Arc<ClientRun>, Unplayed>,
    changes: usize,
}

impl ClientStage {
    pub(crate) fn new(bench: Arc<ClientBench>, variation: Variation) -> Self {
        Self { bench, variation, runs: scenes::all().map(|scene| (scene, OnceCell::new())).collect() }
    }

    pub(crate) fn changes(&self) -> usize {
        self.runs.iter().filter_map(|(_, played)| played.get()).map(|played| played.changes).sum()
    }

    /// Runs the client in a scene, once.
    ///
    /// # Errors
    /// Says why the scene was not played.
    pub async fn meet(&self, scene: &'static Scene) -> Result<Arc<ClientRun>, Unplayed> {
        let found = self.runs.iter().find(|(known, _)| *known == scene);
        let (_, played) = found.ok_or_else(|| Unplayed::NotRaised("the scene is not in the table".to_owned()))?;
        played.get_or_init(|| self.play(scene)).await.run.clone()
    }

    async fn play(&self, scene: &'static Scene) -> Played {
        let mutation = Arc::new(Mutation { mutant: self.variation.mutant, ..Mutation::default() });
        let pool = &self.bench.user.pool;
        let play = match Play::raise(scene, pool, mutation).await {
            Ok(play) => play,
            Err(reason) => return Played { run: Err(Unplayed::NotRaised(reason)), changes: 0 },
        };
        let registration = play.registration(pool);
        if let Some(reason) = self.bench.subject.lacks(&registration) {
            return Played { run: Err(Unplayed::Inapplicable(reason)), changes: 0 };
        }
        let ending = match self.let_it_run(&play, registration.clone()).await {
            Ok(()) => "the client ended well".to_owned(),
            Err(complaint) => complaint,
        };
        let (endpoints, issuers) = (play.endpoints.clone(), play.around.issuers.clone());
        let (trace, changes) = play.end().await;
        Played { run: Ok(Arc::new(ClientRun { scene, trace, ending, endpoints, issuers, registration })), changes }
    }

    async fn let_it_run(&self, play: &Play, registration: Registration) -> Result<(), String> {
        let not_handed_over = |error| format!("the callback listener could not be handed over: {error}");
        let login = &self.bench.user;
        // The redirect URI that the app client was registered with is one; elsewhere each run has its own.
        let (user, callback, deadline, _turn) = match play.around.scene.authorities {
            Authorities::Pool => {
                let turn = self.bench.callback.lock().await;
                let callback = turn.try_clone().map_err(not_handed_over)?;
                (User::AtPool(Arc::clone(login)), callback, login.deadline, Some(turn))
            }
            Authorities::Played(_) => {
                let callback = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(not_handed_over)?;
                (User::Approving(login.sender.clone()), callback, DEADLINE, None)
            }
        };
        let job = ClientJob {
            servers: play.endpoints.clone(),
            revision: self.variation.revision,
            registration,
            steps: play.around.scene.steps,
            callback,
            user,
            deadline,
        };
        self.bench.subject.run(job).await.map_err(|complaint| format!("the client said: {complaint}"))
    }
}
