//! Runs that do not come to their end: because somebody ends them, or because the server does not last.

use super::bad::{answer, serve_origin};
use super::program::harness;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::io::Read as _;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

/// The number in a file, once it is there.
fn number_in(path: &std::path::Path) -> i32 {
    let began = Instant::now();
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if let Some(number) = text.strip_suffix('\n').and_then(|text| text.parse().ok()) {
            return number;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "nothing was written to {}", path.display());
        std::thread::yield_now();
    }
}

fn gone(id: i32) -> bool {
    test_kill_process(Pid::from_raw(id).unwrap()).is_err()
}

#[rstest::rstest]
#[case(Signal::INT)]
#[case(Signal::TERM)]
fn a_signal_ends_the_server_with_its_children_and_the_run_with_exit_code_3(#[case] signal: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let (server, child) = (folder.path().join("server"), folder.path().join("child"));
    // It never answers, so the harness waits for it until the signal comes.
    let command = format!("sleep 600 & echo $! > {}; echo $$ > {}; wait", child.display(), server.display());
    let mut run = Command::new(env!("CARGO_BIN_EXE_harness"))
        .args(["server", "--command", &command, "--out", &folder.path().display().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (server, child) = (number_in(&server), number_in(&child));

    let id = i32::try_from(run.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    let mut errors = String::new();
    run.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    let ended = run.wait().unwrap();

    assert_eq!(ended.code(), Some(3), "{errors}");
    assert!(errors.contains("interrupted; whatever was started is ended"), "{errors}");
    let began = Instant::now();
    while !(gone(server) && gone(child)) {
        assert!(began.elapsed() < Duration::from_secs(10), "something of {server} and {child} is left");
        std::thread::yield_now();
    }
}

/// Ends a process, and waits until it has ended; whoever started it may not have noticed.
fn end(id: i32) {
    // Fails only when it is gone already.
    let _ = kill_process(Pid::from_raw(id).unwrap(), Signal::KILL);
    let runs = || {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    };
    while runs() {
        std::thread::yield_now();
    }
}

/// What answers is the test; what ends is the command: by the signal of the test, at a certain request.
#[rstest::rstest]
#[case::while_it_is_looked_at(1, 2)]
#[case::while_it_is_judged(30, 3)]
fn a_server_that_dies_is_not_judged_for_what_could_not_be_seen(#[case] at: usize, #[case] code: i32) {
    let folder = tempfile::tempdir().unwrap();
    let server = folder.path().join("server");
    let (command, left) = (format!("echo $$ > {}; exec sleep 600", server.display()), AtomicUsize::new(at));
    let origin = serve_origin(move |_| {
        move |_: &str, _: &str, stream: &mut TcpStream| {
            if left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_err() {
                end(number_in(&server));
                return Err(std::io::ErrorKind::ConnectionReset.into());
            }
            answer(stream, "401 Unauthorized", "WWW-Authenticate: Bearer realm=\"m\"\r\n", b"")
        }
    });

    let run = harness(&["--command", &command, "--endpoint", &format!("{origin}/mcp"), "--time-limit", "2"], &[]);

    assert!(run.took < Duration::from_secs(60), "it took {:?}", run.took);
    assert_eq!(run.code, code, "{}", run.errors);
    if code == 2 {
        assert!(run.errors.contains("ended") && run.errors.contains("while it was looked at"), "{}", run.errors);
        return;
    }
    assert_eq!(run.report()["totals"]["harness_errors"], 0);
    assert_eq!(run.verdict("RS-CHALLENGE-01", "2026-07-28"), "inconclusive");
    assert!(run.notes().contains("The server ended in the middle of the run"), "{}", run.notes());
}
