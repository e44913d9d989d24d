//! A driver process that leaves nothing behind: no process, no zombie, no file.
//!
//! Driver and browser share a process group whose leader is a small shell. The shell waits for our end of a pipe to
//! close, which also happens when this process is killed, and then kills the group. So does dropping [`DriverProcess`].

use std::io;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use url::Url;

use super::super::error::BrowserFailure;
use super::super::page::shorten;
use super::program::Program;

/// Starts the driver, lets go of its output (so that the output ends when the driver does), and waits for its input to
/// end. The driver is reaped before the rest of the group, itself included, is killed.
const WATCHDOG: &str = r#""$@" </dev/null 2>&1 &
exec >/dev/null 2>&1
read -r _
kill -KILL $!
wait $!
kill -KILL 0"#;

/// How often a driver may stumble over a port that another program has.
const ATTEMPTS: u32 = 5;
/// How long a driver may take until it listens. It takes 50 ms on a quiet machine.
const START: Duration = Duration::from_secs(20);
/// How long the watchdog may take to end the group before it is ended from here.
const STOP: Duration = Duration::from_secs(2);

/// A running driver. Dropping it kills the driver, the browser and whatever they started.
#[derive(Debug)]
pub(super) struct DriverProcess {
    watchdog: Child,
    group: Option<Pid>,
    address: Url,
    _folder: TempDir,
}

impl DriverProcess {
    /// Starts a driver and waits until it listens.
    pub(super) async fn start(program: &Program) -> Result<Self, BrowserFailure> {
        let mut attempt = 1;
        loop {
            match Self::start_once(program).await {
                // ChromeDriver takes a free IPv6 port and then wants the same one for IPv4.
                Err(BrowserFailure::NotStarted { reason, .. })
                    if attempt < ATTEMPTS && reason.contains("port not available") =>
                {
                    attempt += 1;
                }
                started => return started,
            }
        }
    }

    async fn start_once(program: &Program) -> Result<Self, BrowserFailure> {
        let failed =
            |reason: String| BrowserFailure::NotStarted { program: program.driver.display().to_string(), reason };
        let folder = tempfile::Builder::new()
            .prefix("browser-")
            .tempdir()
            .map_err(|error| failed(format!("no folder for its files: {error}")))?;
        let mut watchdog = spawn(program, &folder).map_err(|error| failed(error.to_string()))?;
        let output = watchdog.stdout.take();
        let group = watchdog.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let mut process = Self {
            watchdog,
            group,
            address: Url::parse("http://127.0.0.1/").map_err(|error| failed(error.to_string()))?,
            _folder: folder,
        };
        let output = output.ok_or_else(|| failed("its output cannot be read".into()))?;
        let port = listening(program, output).await.map_err(failed)?;
        if process.address.set_port(Some(port)).is_err() {
            return Err(failed(format!("it listens on port {port}, which is not usable")));
        }
        Ok(process)
    }

    /// Where the driver listens.
    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    /// Ends the group in order, so that no zombie is left to whoever adopts orphans.
    pub(super) async fn stop(mut self) {
        drop(self.watchdog.stdin.take());
        if timeout(STOP, self.watchdog.wait()).await.is_ok() {
            self.group = None;
        }
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        if let Some(group) = self.group.take() {
            // Fails only when the group is gone already. The leader is reaped by the runtime (`kill_on_drop`).
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn spawn(program: &Program, folder: &TempDir) -> io::Result<Child> {
    Command::new("/bin/sh")
        .arg("-c")
        .arg(WATCHDOG)
        .arg("watchdog")
        .arg(&program.driver)
        .args(program.kind.arguments())
        // Profiles, sockets and crash dumps go where they are removed with the process.
        .env("TMPDIR", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("XDG_CACHE_HOME", folder.path())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Reads what the driver says until it names its port, and goes on reading so that it never blocks on a full pipe.
async fn listening(program: &Program, output: ChildStdout) -> Result<u16, String> {
    let mut lines = BufReader::new(output).lines();
    let port = timeout(START, port(program, &mut lines))
        .await
        .map_err(|_| format!("it did not listen within {START:?}"))??;
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok(port)
}

async fn port(program: &Program, lines: &mut Lines<BufReader<ChildStdout>>) -> Result<u16, String> {
    let mut last = String::new();
    while let Some(line) = lines.next_line().await.map_err(|error| error.to_string())? {
        if let Some(port) = program.kind.port(&line) {
            return Ok(port);
        }
        last = line;
    }
    Err(format!("it ended, saying “{}”", shorten(&last)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use rustix::process::test_kill_process_group;

    use super::super::program::Kind;
    use super::*;

    /// A driver that starts a “browser” and then does what the script says.
    fn driver(script: &str) -> (Program, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("driver");
        fs::write(&path, format!("#!/bin/sh\nsleep 600 &\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let program = Program { kind: Kind::Chrome, driver: path, browser: None };
        (program, folder)
    }

    const LISTENS: &str = "echo 'on port 0'; echo 'ChromeDriver was started successfully on port 4711.'; sleep 600";

    /// Waits until the group has no member left.
    async fn ended(group: Pid) {
        let gone = async {
            while test_kill_process_group(group).is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), gone).await.expect("the group is gone");
    }

    fn folder_of(process: &DriverProcess) -> PathBuf {
        process._folder.path().to_owned()
    }

    #[tokio::test]
    async fn ends_the_whole_group_and_removes_its_folder_when_stopped() {
        let (program, _files) = driver(LISTENS);
        let process = DriverProcess::start(&program).await.unwrap();
        let (group, folder) = (process.group.unwrap(), folder_of(&process));
        assert_eq!(process.address().as_str(), "http://127.0.0.1:4711/");
        assert!(test_kill_process_group(group).is_ok() && folder.exists());

        process.stop().await;

        ended(group).await;
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn ends_the_whole_group_and_removes_its_folder_when_dropped() {
        let (program, _files) = driver(LISTENS);
        let process = DriverProcess::start(&program).await.unwrap();
        let (group, folder) = (process.group.unwrap(), folder_of(&process));

        drop(process);

        ended(group).await;
        assert!(!folder.exists());
    }

    /// What happens when this program is killed: nothing of it runs any more, only its end of the pipe is closed.
    #[tokio::test]
    async fn ends_the_whole_group_when_nobody_holds_the_pipe_any_more() {
        let (program, _files) = driver(LISTENS);
        let mut process = DriverProcess::start(&program).await.unwrap();
        let group = process.group.take().unwrap();

        drop(process.watchdog.stdin.take());
        process.watchdog.wait().await.unwrap();

        ended(group).await;
    }

    #[tokio::test]
    async fn tells_the_last_words_of_a_driver_that_ends_at_once() {
        let (program, _files) = driver("kill $!; echo 'cannot find libnss3.so' >&2; exit 127");

        let failure = DriverProcess::start(&program).await.unwrap_err();

        assert!(failure.to_string().contains("cannot find libnss3.so"), "{failure}");
    }

    #[tokio::test]
    async fn starts_again_when_the_port_it_chose_is_taken() {
        let (program, files) = driver(&format!(
            "kill $!; cd \"$(dirname \"$0\")\"; echo x >> tries\n\
             if [ \"$(wc -l < tries)\" -lt 3 ]; then echo 'IPv4 port not available. Exiting...'; exit 1; fi\n{LISTENS}"
        ));

        let process = DriverProcess::start(&program).await.unwrap();

        assert_eq!(fs::read_to_string(files.path().join("tries")).unwrap().lines().count(), 3);
        process.stop().await;
    }
}
