//! A subject that is a command: started in a process group of its own, listened to, and ended with everything it
//! started, whatever happens to the harness.
//!
//! Beside the command a small shell sits in the same group and waits for our end of a pipe to close, which also happens
//! when this process is killed; then it kills the group. So does dropping [`Process`]. What a command starts in a
//! session of its own, as daemons do, is out of reach.

use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::VecDeque;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const WATCHDOG: &str = "trap '' TERM INT HUP; read -r _; kill -KILL 0";

/// How long a command may take to end by itself when it is asked to.
const GRACE: Duration = Duration::from_millis(300);

/// How much of what it printed is kept, in bytes.
const KEPT: usize = 4 << 10;

/// A running command.
#[derive(Debug)]
pub struct Process {
    child: Child,
    watchdog: Child,
    group: Option<Pid>,
    printed: Arc<Mutex<VecDeque<u8>>>,
    listening: Vec<JoinHandle<()>>,
    ended: Option<ExitStatus>,
}

impl Process {
    /// Starts `command` by the shell, with `environment` beside that of this process.
    ///
    /// # Errors
    /// When no process can be made, or it ended at once.
    pub fn start(command: &str, environment: &[(String, String)]) -> io::Result<Self> {
        let mut child = Command::new("/bin/sh")
            .arg("-c")
            .arg(command)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let printed = Arc::default();
        let mut listening = Vec::new();
        if let Some(output) = child.stdout.take() {
            listening.push(tokio::spawn(keep(output, Arc::clone(&printed))));
        }
        if let Some(output) = child.stderr.take() {
            listening.push(tokio::spawn(keep(output, Arc::clone(&printed))));
        }
        let guarded = group.ok_or_else(|| io::Error::other("the command ended at once")).and_then(watchdog);
        match guarded {
            Ok(watchdog) => Ok(Self { child, watchdog, group, printed, listening, ended: None }),
            Err(error) => {
                end(group);
                Err(error)
            }
        }
    }

    /// How the command ended, if it did.
    pub fn ending(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended
    }

    /// Waits for what a command that has ended printed last. What it left running may hold the pipe open; for that nobody
    /// waits.
    pub async fn hear_out(&mut self) {
        for listening in self.listening.drain(..) {
            let _ = timeout(GRACE, listening).await;
        }
    }

    /// The end of what it printed, in the order in which it came.
    #[must_use]
    pub fn last_words(&self) -> String {
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&printed.iter().copied().collect::<Vec<_>>()).trim().to_owned()
    }

    /// Asks the group to end, and after a moment makes it.
    pub async fn stop(mut self) {
        if let Some(group) = self.group {
            // Fails only when nothing of the group is left.
            let _ = kill_process_group(group, Signal::TERM);
        }
        // A failure to wait means that somebody else reaped it.
        let _ = timeout(GRACE, self.child.wait()).await;
        end(self.group.take());
        let _ = timeout(GRACE, self.child.wait()).await;
        let _ = timeout(GRACE, self.watchdog.wait()).await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        end(self.group.take());
    }
}

fn end(group: Option<Pid>) {
    if let Some(group) = group {
        // Fails only when the group is gone already.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

fn watchdog(group: Pid) -> io::Result<Child> {
    Command::new("/bin/sh")
        .arg("-c")
        .arg(WATCHDOG)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(group.as_raw_nonzero().get())
        .kill_on_drop(true)
        .spawn()
}

async fn keep(mut output: impl AsyncRead + Unpin, printed: Arc<Mutex<VecDeque<u8>>>) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = output.read(&mut buffer).await {
        let mut printed = printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.extend(&buffer[..count]);
        let excess = printed.len().saturating_sub(KEPT);
        printed.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use rustix::process::test_kill_process_group;
    use std::time::Instant;

    /// Waits until what was printed holds `text`.
    async fn prints(process: &Process, text: &str) {
        let seen = async {
            while !process.last_words().contains(text) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(10), seen).await.expect("it prints");
    }

    async fn gone(group: Pid) {
        let gone = async {
            while test_kill_process_group(group).is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(10), gone).await.expect("the group is gone");
    }

    #[tokio::test]
    async fn what_was_printed_last_is_heard_although_the_command_has_ended() {
        for _ in 0..20 {
            let mut process = Process::start("echo last words >&2; exit 7", &[]).unwrap();
            while process.ending().is_none() {
                tokio::task::yield_now().await;
            }

            process.hear_out().await;

            assert_eq!(process.last_words(), "last words");
        }
    }

    const STUBBORN: &str = "trap '' TERM; sleep 600 & echo up; while :; do sleep 600; done";

    #[tokio::test]
    async fn a_stubborn_command_and_its_children_are_ended_within_half_a_second() {
        let process = Process::start(STUBBORN, &[]).unwrap();
        prints(&process, "up").await;
        let group = process.group.unwrap();

        let began = Instant::now();
        process.stop().await;

        assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
        gone(group).await;
    }

    #[tokio::test]
    async fn dropping_ends_the_whole_group() {
        let process = Process::start(STUBBORN, &[]).unwrap();
        prints(&process, "up").await;
        let group = process.group.unwrap();
        drop(process);
        gone(group).await;
    }

    /// What happens when this program is killed: only its end of the pipe is closed.
    #[tokio::test]
    async fn nothing_is_left_when_nobody_holds_the_pipe_any_more() {
        let mut process = Process::start(STUBBORN, &[]).unwrap();
        prints(&process, "up").await;
        let group = process.group.take().unwrap();
        drop(process.watchdog.stdin.take());
        process.child.wait().await.unwrap();
        process.watchdog.wait().await.unwrap();
        gone(group).await;
    }

    #[tokio::test]
    async fn tells_how_it_ended_and_what_it_said_last() {
        let environment = [("WORD".to_owned(), "cannot bind".to_owned())];
        let mut process =
            Process::start("yes long | head -c 100000; echo \"$WORD\" >&2; read x; exit 3", &environment).unwrap();
        prints(&process, "cannot bind").await;
        let ending = process.child.wait().await.unwrap();
        assert_eq!(ending.code(), Some(3));
        assert_eq!(process.ending().and_then(|ending| ending.code()), Some(3));
        assert!(process.last_words().len() <= KEPT);
    }
}
