//! Runs on this machine alone.

use rstest::rstest;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use tokio::io::AsyncReadExt as _;

use super::program::harness;

#[tokio::test]
async fn a_whole_run_meets_everything_and_says_so_within_80_columns() {
    let ended = harness("--no-browser").env("NO_COLOR", "1").run().await;

    ended.assert_code(0);
    let too_long = ended.stdout.lines().find(|line| line.chars().count() > 80 && !line.starts_with("  repeat "));
    assert_eq!(too_long, None, "{ended}");
    assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'), "{ended}");
    assert!(ended.stdout.trim_end().ends_with("\nexit 0: all applicable MUSTs met"), "{ended}");
    assert!(ended.stdout.lines().count() <= 10, "there is nothing to tell: {ended}");
    let totals = &ended.report()["totals"];
    assert!(totals["met"].as_u64() > Some(100) && totals["run"] == totals["expected"], "{totals}");
    for none in ["violated", "inconclusive", "harness_errors"] {
        assert_eq!(totals[none], 0, "{none}: {totals}");
    }
    assert_eq!(ended.journals(), 0);
}

#[tokio::test]
async fn tells_how_long_it_took_and_how_much_memory() {
    let ended = harness("--no-browser --requirement RS-TOKEN-08").run().await;

    let line = ended.stdout.lines().find(|line| line.starts_with("took ")).unwrap();
    assert!(line.contains(" s and ") && line.contains(" MB of memory"), "{line}");
    let run = &ended.report()["run"];
    assert!(run["milliseconds"].as_u64() > Some(0) && run["peak_memory_kilobytes"].as_u64() > Some(1000), "{run}");
}

/// Processor time is looked at, because the clock on the wall runs for the neighbours of this test too.
#[tokio::test]
async fn one_requirement_at_one_revision_is_less_than_a_second_of_work() {
    let mut run = harness("--no-browser --requirement RS-TOKEN-08 --revision 2026-07-28").start();
    let id = run.child().id().unwrap();
    let mut output = run.child().stdout.take().unwrap();
    let mut said = String::new();
    output.read_to_string(&mut said).await.unwrap();
    let pid = Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
    // It is looked at and not reaped, so that its times can still be read.
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let ended = run.end().await;

    ended.assert_code(0);
    assert!(said.contains("1 expected, 1 run, 1 met"), "{said}");
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    assert!(ticks < 100, "{ticks} hundredths of a second");
}

#[rstest]
#[case("HTTP_PROXY")]
#[case("http_proxy")]
#[case("ALL_PROXY")]
#[tokio::test]
async fn a_proxy_of_the_environment_is_none_for_this_machine(#[case] variable: &str) {
    let ended = harness("--no-browser --revision 2025-11-25").env(variable, "http://127.0.0.1:9").run().await;
    ended.assert_code(0);
}

#[tokio::test]
async fn lists_and_explains() {
    let list = harness("list --role server").run().await;
    let explained = harness("explain rs-token-08").run().await;

    assert!(list.stdout.contains("RS-TOKEN-08") && !list.stdout.contains("CL-PKCE-01"), "{list}");
    for part in ["RS-TOKEN-08", "MUST NOT", "What passes", "It rests on", "features/server/token.feature:"] {
        assert!(explained.stdout.contains(part), "{part}\n{explained}");
    }
}

#[rstest]
#[case("list", 0)]
#[case("explain RS-TOKEN-08", 0)]
#[case("--no-browser --requirement RS-TOKEN-08", 0)]
#[case("--help", 0)]
#[tokio::test]
async fn a_reader_that_goes_away_is_no_reason_to_panic(#[case] arguments: &str, #[case] code: i32) {
    let mut run = harness(arguments).start();
    drop(run.child().stdout.take());

    let ended = run.end().await;

    ended.assert_code(code);
    assert!(!ended.stderr.contains("panicked"), "{ended}");
}

#[tokio::test]
async fn a_report_that_cannot_be_written_hides_nothing_of_the_run() {
    let program = harness("--no-browser --requirement RS-TOKEN-08");
    // A folder where the file is to be.
    std::fs::create_dir_all(program.folder().join("harness-out/report.json")).unwrap();

    let ended = program.run().await;

    ended.assert_code(4);
    assert!(ended.stderr.contains("report.json cannot be written"), "{ended}");
    assert!(
        ended.stdout.contains(" 0 violated,") && ended.stdout.trim_end().ends_with("exit 4: the harness itself failed")
    );
}
