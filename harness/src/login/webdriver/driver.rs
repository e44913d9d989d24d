//! A driver that is started for one login and leaves nothing behind: no process, no zombie, no file.
//!
//! It says which program is started, with which arguments, where its files go, and by which line it says that it
//! listens. How a program is run and ended is the matter of [`crate::process`].

use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;
use url::Url;

use super::super::error::BrowserFailure;
use super::super::visited::shorten;
use super::program::Program;
use crate::process::{NotReady, Process};

/// How often a driver may stumble over a port that another program has.
const ATTEMPTS: u32 = 5;
/// How long a driver may take until it listens. It takes 50 ms on a quiet machine.
const START: Duration = Duration::from_secs(20);

/// A running driver. Dropping it kills the driver, the browser and everything that they started.
#[derive(Debug)]
pub(super) struct Driver {
    process: Process,
    address: Url,
    // Behind the process: what is removed is no longer in use.
    _folder: TempDir,
}

impl Driver {
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
        let started = Process::start_and_hear(command(program, &folder), START, |line| program.kind.port(line)).await;
        let (process, port) = started.map_err(|error| failed(why(&error)))?;
        let address = Url::parse(&format!("http://127.0.0.1:{port}/")).map_err(|error| failed(error.to_string()))?;
        Ok(Self { process, address, _folder: folder })
    }

    /// Where the driver listens.
    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    /// Ends the driver, and what it started, in order.
    pub(super) async fn stop(self) {
        self.process.stop().await;
    }
}

fn command(program: &Program, folder: &TempDir) -> Command {
    let mut command = Command::new(&program.driver);
    command
        .args(program.kind.arguments())
        // Profiles, sockets and crash dumps go where they are removed with the process.
        .env("TMPDIR", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("XDG_CACHE_HOME", folder.path())
        .current_dir(folder.path());
    command
}

fn why(error: &NotReady) -> String {
    match error {
        NotReady::NotStarted(error) => error.to_string(),
        NotReady::Ended(ended) => {
            format!("it ended, saying “{}”", shorten(ended.last_words.lines().next_back().unwrap_or_default()))
        }
        NotReady::Silent(within) => format!("it did not listen within {within:?}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use rustix::process::{Pid, test_kill_process_group};
    use tokio::time::timeout;

    use super::super::program::Kind;
    use super::*;

    /// A driver that starts a “browser” and then does what the script says.
    fn program(script: &str) -> (Program, TempDir) {
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

    fn folder_of(driver: &Driver) -> PathBuf {
        driver._folder.path().to_owned()
    }

    #[tokio::test]
    async fn ends_the_whole_group_and_removes_its_folder_when_stopped() {
        let (program, _files) = program(LISTENS);
        let driver = Driver::start(&program).await.unwrap();
        let (group, folder) = (driver.process.group().unwrap(), folder_of(&driver));
        assert_eq!(driver.address().as_str(), "http://127.0.0.1:4711/");
        assert!(test_kill_process_group(group).is_ok() && folder.exists());

        driver.stop().await;

        ended(group).await;
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn ends_the_whole_group_and_removes_its_folder_when_dropped() {
        let (program, _files) = program(LISTENS);
        let driver = Driver::start(&program).await.unwrap();
        let (group, folder) = (driver.process.group().unwrap(), folder_of(&driver));

        drop(driver);

        ended(group).await;
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn tells_the_last_words_of_a_driver_that_ends_at_once() {
        let (program, _files) = program("kill $!; echo 'cannot find libnss3.so' >&2; exit 127");

        let failure = Driver::start(&program).await.unwrap_err();

        assert!(failure.to_string().contains("cannot find libnss3.so"), "{failure}");
    }

    #[tokio::test]
    async fn starts_again_when_the_port_it_chose_is_taken() {
        let (program, files) = program(&format!(
            "kill $!; cd \"$(dirname \"$0\")\"; echo x >> tries\n\
             if [ \"$(wc -l < tries)\" -lt 3 ]; then echo 'IPv4 port not available. Exiting...'; exit 1; fi\n{LISTENS}"
        ));

        let driver = Driver::start(&program).await.unwrap();

        assert_eq!(fs::read_to_string(files.path().join("tries")).unwrap().lines().count(), 3);
        driver.stop().await;
    }
}
