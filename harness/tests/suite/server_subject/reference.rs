//! The reference server as a program, beside an authorization server that the test raises.

use super::program::{file, reference_server};
use cognito_emulator::Emulator;
use harness::cognito::{Account, Blueprint, Journals, Pool, RunId, provision};
use secrecy::ExposeSecret as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;

/// What an operator would declare of the reference server.
pub(crate) const SUBJECT: &str = r#"
name = "reference-server"
base_scopes = ["openid"]
[protected]
name = "get_time"
[effect.call]
name = "add_note"
arguments = { text = "{marker}" }
[effect.read]
name = "list_notes"
[[operations]]
name = "writing a note"
scopes = ["openid", "{endpoint}/notes.write"]
call = { name = "add_note", arguments = { text = "{marker}" } }
[means]
lacks = ["state-handles", "request-state", "tasks", "elicitation", "upstream", "consent-proxy", "dpop", "client-credentials"]
whoami = { name = "whoami" }
"#;

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The running program.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// One that trusts an issuer which nothing listens for.
    pub(crate) fn alone() -> Self {
        Self::trusting(free_port(), &[("MCP_CONFORMANCE_AUTH_SERVER_URL", "http://localhost:9")])
    }

    /// One with these settings, which accepts any client.
    pub(crate) fn trusting(port: u16, settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(reference_server())
            .env("PORT", port.to_string())
            .env("MCP_ALLOW_ANY_CLIENT", "true")
            .envs(settings.iter().copied())
            // A pipe that nobody reads would fill up, and the server would wait for ever.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "the reference server has ended");
            std::thread::yield_now();
        }
        Self { child, url: format!("http://localhost:{port}/mcp") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The reference server with a user pool of the emulator, two users, and the files that a person would write for it.
pub(crate) struct Protected {
    pub(crate) server: Server,
    pub(crate) pool: Pool,
    pub(crate) folder: TempDir,
    _emulator: Emulator,
    _runtime: Runtime,
}

impl Protected {
    pub(crate) fn raise() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (port, callback) = (free_port(), free_port());
        let (emulator, pool) = runtime.block_on(provisioned(port, callback, folder.path()));
        let server = Server::trusting(port, &[("COGNITO_ISSUER", &pool.issuer)]);
        let login = format!(
            "client_id = \"{}\"\nclient_secret_env = \"CLIENT_SECRET\"\nauthentication = \"client_secret_post\"\n\
             redirect_uri = \"http://localhost:{callback}/callback\"\n\
             [[accounts]]\nname = \"alice\"\nusername = \"{}\"\npassword_env = \"PASSWORD_OF_ALICE\"\n\
             [[accounts]]\nname = \"bob\"\nusername = \"{}\"\npassword_env = \"PASSWORD_OF_BOB\"\n",
            pool.client_id,
            pool.user.username,
            pool.second_user.as_ref().unwrap().username,
        );
        file(folder.path(), "login.toml", &login);
        file(folder.path(), "subject.toml", SUBJECT);
        Self { server, pool, folder, _emulator: emulator, _runtime: runtime }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The secrets that the login file names the variables of.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, String)> {
        let second = self.pool.second_user.as_ref().unwrap();
        vec![
            ("CLIENT_SECRET", self.pool.client_secret.expose_secret().to_owned()),
            ("PASSWORD_OF_ALICE", self.pool.user.password.expose_secret().to_owned()),
            ("PASSWORD_OF_BOB", second.password.expose_secret().to_owned()),
        ]
    }
}

async fn provisioned(port: u16, callback: u16, folder: &Path) -> (Emulator, Pool) {
    let emulator = Emulator::start(cognito_emulator::Settings::default()).await.unwrap();
    let account = Account::for_emulator(emulator.api_url(), "us-east-1");
    let blueprint = Blueprint {
        run: RunId::random(),
        resource: format!("http://localhost:{port}/mcp"),
        scopes: vec![("notes.write".to_owned(), "Write notes".to_owned())],
        callbacks: vec![Url::parse(&format!("http://localhost:{callback}/callback")).unwrap()],
        lifetime: Duration::from_secs(3600),
        second_user: true,
    };
    let journal = Journals::new(folder).begin(&blueprint.run).unwrap();
    let pool = provision(&account, &blueprint, &journal).await.unwrap();
    (emulator, pool)
}
