//! One running program, from its start to the end of everything that it started, whatever happens to the harness.
//!
//! Beside the program a small shell sits in the same process group and waits for our end of a pipe to close, which also
//! happens when the harness is killed; then it kills the group. So does dropping [`Process`]. What a program starts in a
//! session of its own, as daemons do, is out of reach.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::output::Output;

const WATCHDOG: &str = "trap '' TERM INT HUP; read -r _; kill -KILL 0";

/// How long a program may take to end by itself when it is asked to.
const GRACE: Duration = Duration::from_millis(300);

/// How many lines may wait to be looked at.
const LINES: usize = 16;

/// A running program. Dropping it kills the program and everything that it started.
#[derive(Debug)]
pub struct Process {
    child: Child,
    watchdog: Child,
    group: Option<Pid>,
    output: Output,
    ending: Option<ExitStatus>,
}

/// The program ended while something was awaited of it.
#[derive(Debug, thiserror::Error)]
#[error("it ended ({}), saying “{last_words}”", shown(*.ending))]
pub struct Ended {
    /// How it ended, where that can be known.
    pub ending: Option<ExitStatus>,
    /// The end of what it printed.
    pub last_words: String,
}

/// Why a program did not come so far as to print the line that was awaited.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// No process could be made of it.
    #[error(transparent)]
    NotStarted(#[from] io::Error),
    /// It ended before.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// It runs, and did not print the line in time.
    #[error("it did not say that it is ready within {0:?}")]
    Silent(Duration),
}

impl Process {
    /// Starts a program. Its input is empty, and its output is read.
    ///
    /// # Errors
    /// When no process can be made, or it ended at once.
    pub fn start(command: Command) -> io::Result<Self> {
        Self::spawn(command, None)
    }

    /// Starts a command by the shell, with `environment` beside that of this process.
    ///
    /// # Errors
    /// When no process can be made, or it ended at once.
    pub fn shell(command: &str, environment: &[(String, String)]) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command).envs(environment.iter().map(|(name, value)| (name, value)));
        Self::start(shell)
    }

    /// Starts a program and waits, no longer than `within`, for the line in which `wanted` finds something.
    ///
    /// # Errors
    /// When there is no process, when it ended before, and when the time is up.
    pub async fn start_and_hear<T>(
        command: Command,
        within: Duration,
        wanted: impl Fn(&str) -> Option<T>,
    ) -> Result<(Self, T), NotReady> {
        let (sender, mut lines) = mpsc::channel(LINES);
        let mut process = Self::spawn(command, Some(sender))?;
        // It takes the receiver along: what is printed afterwards waits for no reader of lines.
        let heard = async move {
            while let Some(line) = lines.recv().await {
                if let Some(found) = wanted(&line) {
                    return Some(found);
                }
            }
            None
        };
        match timeout(within, process.until(heard)).await {
            Ok(Ok(Some(found))) => Ok((process, found)),
            Ok(Ok(None)) => Err(process.ended().await.into()),
            Ok(Err(ended)) => Err(ended.into()),
            Err(_) => Err(NotReady::Silent(within)),
        }
    }

    fn spawn(mut command: Command, lines: Option<mpsc::Sender<String>>) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let mut output = Output::default();
        if let Some(stream) = child.stdout.take() {
            output.read(stream, lines.clone());
        }
        if let Some(stream) = child.stderr.take() {
            output.read(stream, lines);
        }
        let guarded = group.ok_or_else(|| io::Error::other("the command ended at once")).and_then(watchdog);
        match guarded {
            Ok(watchdog) => Ok(Self { child, watchdog, group, output, ending: None }),
            Err(error) => {
                kill(group);
                Err(error)
            }
        }
    }

    /// How the program ended, if it did.
    pub fn ending(&mut self) -> Option<ExitStatus> {
        if self.ending.is_none() {
            self.ending = self.child.try_wait().ok().flatten();
        }
        self.ending
    }

    /// Waits for an event, and no longer than the program runs.
    ///
    /// # Errors
    /// When the program ended first.
    pub async fn until<T>(&mut self, event: impl Future<Output = T>) -> Result<T, Ended> {
        tokio::select! {
            biased;
            happened = event => return Ok(happened),
            ending = self.child.wait() => self.ending = ending.ok(),
        }
        Err(self.ended().await)
    }

    /// What there is to say of a program that has ended, or has closed its output and is about to.
    async fn ended(&mut self) -> Ended {
        self.hear_out().await;
        if let Ok(Ok(ending)) = timeout(GRACE, self.child.wait()).await {
            self.ending = Some(ending);
        }
        Ended { ending: self.ending, last_words: self.last_words() }
    }

    /// Waits for what a program that has ended printed last. What it left running may hold the pipe open; that is not
    /// waited for.
    pub async fn hear_out(&mut self) {
        self.output.hear_out(GRACE).await;
    }

    /// The end of what it printed, in the order in which it came.
    #[must_use]
    pub fn last_words(&self) -> String {
        self.output.last_words()
    }

    /// Asks the group to end, and after a moment makes it.
    pub async fn stop(mut self) {
        if let Some(group) = self.group {
            // Fails only when nothing of the group is left.
            let _ = kill_process_group(group, Signal::TERM);
        }
        // A failure to wait means that the child has been reaped already.
        let _ = timeout(GRACE, self.child.wait()).await;
        kill(self.group.take());
        let _ = timeout(GRACE, self.child.wait()).await;
        let _ = timeout(GRACE, self.watchdog.wait()).await;
    }

    /// The process group, as long as it has not been ended from here.
    #[cfg(test)]
    pub(crate) fn group(&self) -> Option<Pid> {
        self.group
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill(self.group.take());
    }
}

fn kill(group: Option<Pid>) {
    if let Some(group) = group {
        // Fails only when the group is gone already. Its leader is reaped by the runtime (`kill_on_drop`).
        let _ = kill_process_group(group, Signal::KILL);
    }
}

fn watchdog(group: Pid) -> io::Result<Child> {
    Command::new("/bin/sh")
        .arg("-c")
        .arg(WATCHDOG)
        .arg("watchdog")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(group.as_raw_nonzero().get())
        .kill_on_drop(true)
        .spawn()
}

fn shown(ending: Option<ExitStatus>) -> String {
    ending.map_or_else(|| "it cannot be known how".to_owned(), |ending| ending.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::output::KEPT;
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

    fn script(script: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(script);
        shell
    }

    fn number(line: &str) -> Option<u32> {
        line.strip_prefix("number ")?.parse().ok()
    }

    const LONG: Duration = Duration::from_secs(10);
    const STUBBORN: &str = "trap '' TERM; sleep 600 & echo up; while :; do sleep 600; done";

    #[tokio::test]
    async fn what_was_printed_last_is_heard_although_the_command_has_ended() {
        for _ in 0..20 {
            let mut process = Process::shell("echo last words >&2; exit 7", &[]).unwrap();
            while process.ending().is_none() {
                tokio::task::yield_now().await;
            }

            process.hear_out().await;

            assert_eq!(process.last_words(), "last words");
        }
    }

    #[tokio::test]
    async fn a_stubborn_command_and_its_children_are_ended_within_half_a_second() {
        let process = Process::shell(STUBBORN, &[]).unwrap();
        prints(&process, "up").await;
        let group = process.group.unwrap();

        let began = Instant::now();
        process.stop().await;

        assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
        gone(group).await;
    }

    #[tokio::test]
    async fn dropping_ends_the_whole_group() {
        let process = Process::shell(STUBBORN, &[]).unwrap();
        prints(&process, "up").await;
        let group = process.group.unwrap();
        drop(process);
        gone(group).await;
    }

    /// What happens when this program is killed: only its end of the pipe is closed.
    #[tokio::test]
    async fn nothing_is_left_when_the_harness_no_longer_holds_the_pipe() {
        let mut process = Process::shell(STUBBORN, &[]).unwrap();
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
            Process::shell("yes long | head -c 100000; echo \"$WORD\" >&2; read x; exit 3", &environment).unwrap();
        prints(&process, "cannot bind").await;
        let ending = process.child.wait().await.unwrap();
        assert_eq!(ending.code(), Some(3));
        assert_eq!(process.ending().and_then(|ending| ending.code()), Some(3));
        assert!(process.last_words().len() <= KEPT);
    }

    #[tokio::test]
    async fn waits_for_a_line_and_reads_on_after_it() {
        let printing = script("echo starting; echo number 7 >&2; yes more | head -c 1000000; echo done; sleep 600");

        let (process, found) = Process::start_and_hear(printing, LONG, number).await.unwrap();

        assert_eq!(found, 7);
        prints(&process, "done").await;
    }

    #[tokio::test]
    async fn says_that_a_program_ended_before_the_line_came() {
        let error = Process::start_and_hear(script("echo cannot bind; exit 3"), LONG, number).await.unwrap_err();

        let NotReady::Ended(Ended { ending, last_words }) = error else { panic!("{error:?}") };
        assert_eq!((ending.and_then(|ending| ending.code()), last_words.as_str()), (Some(3), "cannot bind"));
    }

    #[tokio::test]
    async fn says_that_a_line_did_not_come_in_time() {
        let brief = Duration::from_millis(50);

        let error = Process::start_and_hear(script("sleep 600"), brief, number).await.unwrap_err();

        assert!(matches!(error, NotReady::Silent(within) if within == brief), "{error:?}");
    }

    #[tokio::test]
    async fn says_that_there_is_no_such_program() {
        let error = Process::start_and_hear(Command::new("/nowhere/at-all"), LONG, number).await.unwrap_err();

        assert!(matches!(error, NotReady::NotStarted(_)), "{error:?}");
    }

    #[tokio::test]
    async fn waits_for_an_event_no_longer_than_the_program_runs() {
        let mut process = Process::shell("echo gone; exit 4", &[]).unwrap();

        let Ended { ending, last_words } = process.until(std::future::pending::<()>()).await.unwrap_err();

        assert_eq!((ending.and_then(|ending| ending.code()), last_words.as_str()), (Some(4), "gone"));
        assert_eq!(process.until(async { "happened" }).await.unwrap(), "happened");
    }
}
