//! What a reader is shown: the summary on a terminal, the JSON report, and that neither gives a secret away.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use harness::bench::Variation;
use harness::catalogue::{Catalogue, Keyword, RequirementId, Revision, Role};
use harness::exit::Exit;
use harness::findings::{Finding, Severity, Verdict};
use harness::record::{
    ExchangeRecord, FindingRecord, LeftBehind, Redactor, RequirementRecord, RunFacts, RunRecord, SCHEMA,
    ScenarioRecord, Teardown, Totals, causes,
};
use harness::report::{FORMATS, Look, everything, summary};
use harness::run::{Outcome, RequirementResult, ScenarioResult};
use harness::token_name::VALID;
use harness::wire::{Exchange, Presented, Request, Response, Trace};
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, SET_COOKIE};
use rstest::rstest;
use secrecy::SecretString;

const COLUMNS: usize = 80;

fn finding(verdict: Verdict, expected: &str, actual: &str, evidence: &[usize]) -> FindingRecord {
    let (expected, actual) = (expected.to_owned(), actual.to_owned());
    FindingRecord { verdict, expected, actual, evidence: evidence.to_vec(), lack: None }
}

fn exchange(number: usize) -> ExchangeRecord {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    ExchangeRecord {
        number,
        label: "tools/list with an ID token".to_owned(),
        token: Some("an ID token".to_owned()),
        method: "POST".to_owned(),
        url: "http://localhost:8001/mcp".to_owned(),
        request_headers: vec![
            header("content-type", "application/json"),
            header("authorization", "Bearer [redacted: an ID token]"),
        ],
        request_body: r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","it's":1}"#.to_owned(),
        status: Some(200),
        response_headers: vec![header("content-type", "application/json")],
        response_body: r#"{"jsonrpc":"2.0","id":7,"result":{"tools":[]}}"#.to_owned(),
        failure: None,
        milliseconds: 4,
        earlier: Vec::new(),
        edge: None,
    }
}

fn scenario(name: &str, verdict: Verdict, findings: Vec<FindingRecord>) -> ScenarioRecord {
    ScenarioRecord { name: name.to_owned(), verdict, findings, exchanges: vec![exchange(1)] }
}

/// A requirement at a revision; `line` is where it stands.
fn requirement(
    (id, line, title): (&str, usize, &str),
    revision: Revision,
    keyword: Option<Keyword>,
    verdict: Verdict,
    scenarios: Vec<ScenarioRecord>,
) -> RequirementRecord {
    let severity = keyword.map_or(Severity::None, |keyword| Severity::of(verdict, keyword, false));
    RequirementRecord {
        id: RequirementId::parse(id).unwrap(),
        role: Role::Server,
        revision,
        keyword,
        derived: false,
        title: title.to_owned(),
        sources: vec!["OAuth 2.1-13 section 5.2".to_owned(), "MCP 2026-07-28 authorization, Token Handling".to_owned()],
        fix: "accept access tokens only; on Cognito they say so in `token_use`.".to_owned(),
        follows: Vec::new(),
        place: format!("server/token.feature:{line}"),
        verdict,
        severity,
        reason: None,
        scenarios,
    }
}

/// A run in which everything happened that can.
fn run() -> RunRecord {
    let ruled = ("RS-TOKEN-08", 120, "An ID token is not accepted as an access token");
    let accepted = |revision: Revision| {
        let seen = finding(
            Verdict::Violated,
            "a refusal without a result",
            "tools/list with an ID token: HTTP 200 with a JSON-RPC result",
            &[1],
        );
        requirement(
            ruled,
            revision,
            Some(Keyword::Must),
            Verdict::Violated,
            vec![scenario("With an ID token", Verdict::Violated, vec![seen])],
        )
    };
    let undecided = ["expired", "early", "unsigned", "foreign", "empty"].map(|kind| {
        let seen = format!("a token that is {kind} cannot be had here: it needs the private key of the issuer, which the harness does not hold");
        let name = format!("With a token that must be refused: a client sends tools/list with a token that is {kind}");
        scenario(&name, Verdict::Inconclusive, vec![finding(Verdict::Inconclusive, "a request to the server", &seen, &[])])
    });
    let failed = finding(Verdict::HarnessError, "a scenario that runs to its end", "a step matches no function", &[]);
    let coloured = finding(Verdict::Violated, "no 5xx", "the server said \u{1b}[31mall is well\u{1b}[0m\r\n", &[1, 2]);
    let requirements = vec![
        requirement(
            (
                "RS-CHALLENGE-01",
                9,
                "A protected operation called without credentials is refused with HTTP 401, every time",
            ),
            Revision::V2025_11_25,
            Some(Keyword::Must),
            Verdict::Met,
            Vec::new(),
        ),
        requirement(
            (
                "RS-CHALLENGE-01",
                9,
                "A protected operation called without credentials is refused with HTTP 401, every time",
            ),
            Revision::V2026_07_28,
            Some(Keyword::Must),
            Verdict::Met,
            Vec::new(),
        ),
        accepted(Revision::V2025_11_25),
        accepted(Revision::V2026_07_28),
        requirement(
            ("RS-TOKEN-05", 70, "A string that is no valid token is refused"),
            Revision::V2026_07_28,
            Some(Keyword::Must),
            Verdict::Inconclusive,
            undecided.into(),
        ),
        requirement(
            ("RS-TOKEN-05", 70, "A string that is no valid token is refused"),
            Revision::V2025_11_25,
            None,
            Verdict::NotApplicable,
            Vec::new(),
        ),
        requirement(
            ("RS-TOKEN-06", 90, "A refused request has no effect"),
            Revision::V2026_07_28,
            Some(Keyword::Should),
            Verdict::Violated,
            vec![scenario("An effect", Verdict::Violated, vec![coloured])],
        ),
        requirement(
            ("RS-TOKEN-07", 100, "A presented token is never repeated in an answer"),
            Revision::V2026_07_28,
            Some(Keyword::MustNot),
            Verdict::HarnessError,
            vec![scenario("A token", Verdict::HarnessError, vec![failed])],
        ),
    ];
    let leftover = LeftBehind {
        what: "user pool us-east-1_AbCdEfGhI".to_owned(),
        why: "DeleteUserPool on us-east-1_AbCdEfGhI failed: AccessDeniedException: not authorized; allow `cognito-idp:DeleteUserPool`".to_owned(),
        command: "aws cognito-idp delete-user-pool --user-pool-id us-east-1_AbCdEfGhI --region us-east-1 --profile throwaway".to_owned(),
    };
    let mut record = RunRecord {
        schema: SCHEMA,
        run: RunFacts {
            id: "abcdefghijk1".to_owned(),
            harness: "0.1.0".to_owned(),
            started: 1_790_000_000,
            milliseconds: 12_345,
            peak_memory_kilobytes: 65_536,
            requests: 0,
            subjects: BTreeMap::from([(Role::Server, "reference-server at http://localhost:8001/mcp".to_owned())]),
            authority: "Amazon Cognito in us-east-1".to_owned(),
            login: "Chromium 156 by ChromeDriver".to_owned(),
            folder: Some("harness-out".to_owned()),
            screenshot: Some("harness-out/login.png".to_owned()),
            notes: vec![
                "logging in by plain HTTP, without a browser: neither chromedriver nor geckodriver is on PATH"
                    .to_owned(),
            ],
            test_tokens: None,
        },
        totals: Totals {
            expected: 7,
            run: 7,
            met: 2,
            violated: 3,
            inconclusive: 1,
            not_applicable: 1,
            harness_errors: 1,
        },
        causes: causes(&requirements),
        requirements,
        teardown: Teardown { gone: vec!["domain mcp-abcdefghijk1".to_owned()], left: vec![leftover] },
        exit_code: 0,
    };
    record.exit_code = Exit::of(&record, false).code();
    record
}

#[test]
fn the_summary_shows_what_is_wrong_and_what_is_left() {
    insta::assert_snapshot!(summary(&run(), Look { width: COLUMNS, colour: false }));
}

#[test]
fn everything_is_shown_to_a_reader_who_asks_for_it() {
    insta::assert_snapshot!(everything(&run(), Look { width: COLUMNS, colour: false }));
}

#[test]
fn a_run_in_which_all_is_met_is_ten_lines() {
    let record = met();
    let text = summary(&record, Look { width: COLUMNS, colour: false });
    assert!(text.lines().count() <= 10 && text.ends_with("exit 0: all applicable MUSTs met\n"), "{text}");
}

/// A run of three subjects with nothing to tell.
fn met() -> RunRecord {
    let mut record = run();
    let template = record.requirements[0].clone();
    record.requirements = Role::ALL.map(|role| RequirementRecord { role, ..template.clone() }).into();
    record.causes = causes(&record.requirements);
    record.run.subjects = Role::ALL.map(|role| (role, format!("the {role}"))).into();
    record.run.notes = Vec::new();
    record.teardown = Teardown::default();
    record.totals = Totals { expected: 400, run: 400, met: 400, not_applicable: 248, ..Totals::default() };
    record.exit_code = Exit::of(&record, false).code();
    record
}

#[test]
fn colours_paint_the_same_summary() {
    let painted = summary(&run(), Look { width: COLUMNS, colour: true });

    insta::assert_snapshot!(painted.replace('\u{1b}', "␛"));
    let plain = summary(&run(), Look { width: COLUMNS, colour: false });
    assert_eq!(without_colours(&painted), plain);
}

#[rstest]
fn no_line_is_longer_than_the_terminal_is_wide(#[values(60, 80, 100)] width: usize) {
    let look = Look { width, colour: false };
    let text = summary(&run(), look) + &everything(&run(), look);
    let to_be_copied = |line: &&str| line.starts_with("  repeat  ") || line.starts_with("  remove it ");
    let too_long = text.lines().filter(|line| !to_be_copied(line)).find(|line| line.chars().count() > width);
    assert_eq!(too_long, None);
}

#[test]
fn the_last_line_is_the_exit() {
    let text = summary(&run(), Look { width: COLUMNS, colour: false });
    assert_eq!(text.lines().last(), Some("exit 5: something could not be torn down"));
}

#[test]
fn a_subject_cannot_write_to_the_terminal() {
    let look = Look { width: COLUMNS, colour: false };
    let text = summary(&run(), look) + &everything(&run(), look);
    assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{text}");
}

#[test]
fn the_json_report_is_the_record() {
    let json = FORMATS.iter().find(|format| format.name == "json").unwrap();
    insta::assert_snapshot!((json.render)(&run()));
}

#[test]
fn a_json_report_is_read_back_as_the_same_record() {
    let json = FORMATS.iter().find(|format| format.name == "json").unwrap();
    let read: RunRecord = serde_json::from_str(&(json.render)(&run())).unwrap();
    assert_eq!(read, run());
}

const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";
const PASSWORD: &str = "Correct-Horse-9";

/// One exchange that is full of secrets, in every place where one can stand.
fn telltale() -> Exchange {
    let url = format!("http://localhost:8001/mcp?access_token={TOKEN}&code=0123456789-code");
    let mut request = Request::new("redeeming the code", Method::POST, url)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
        .content(format!(
            "grant_type=authorization_code&code=0123456789-code&client_secret=hush-hush-hush&password={PASSWORD}"
        ));
    request.headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {TOKEN}")).unwrap());
    request.presented = Some(Presented { name: VALID, token: TOKEN.into() });
    let mut headers = HeaderMap::new();
    headers.insert(SET_COOKIE, HeaderValue::from_static("session=cookie-cookie-cookie"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = format!(r#"{{"access_token":"{TOKEN}","refresh_token":"refresh-refresh","echo":"{PASSWORD}"}}"#);
    let response = Response { status: 200, headers, body: Bytes::from(body), truncated: false };
    Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::from_millis(3) }
}

#[test]
fn no_format_gives_a_secret_away() {
    let catalogue = Catalogue::embedded().unwrap();
    let mut trace = Trace::default();
    trace.push(telltale());
    let seen = format!("the page said {PASSWORD}");
    let finding = Finding::of(false, format!("no {PASSWORD}"), seen, vec![1]);
    let result = RequirementResult {
        id: RequirementId::parse("RS-TOKEN-01").unwrap(),
        variation: 0,
        keyword: Some(Keyword::Must),
        verdict: Verdict::Violated,
        reason: None,
        scenarios: vec![ScenarioResult {
            name: "A scenario".to_owned(),
            verdict: Verdict::Violated,
            findings: vec![finding],
            trace,
        }],
    };
    let outcome = Outcome { requirements: vec![result], changes: vec![0], openings: Vec::new() };
    let variations = [Variation::honest(Revision::V2026_07_28)];
    let redactor = Redactor::new([SecretString::from(PASSWORD)]);
    let record = RunRecord::new(&catalogue, &variations, &outcome, RunFacts::default(), Teardown::default(), &redactor);
    assert_eq!(record.requirements[0].role, Role::Server);

    let mut outputs: Vec<_> = FORMATS.iter().map(|format| (format.name, (format.render)(&record))).collect();
    outputs.push(("terminal", summary(&record, Look { width: COLUMNS, colour: true })));
    outputs.push(("terminal, all of it", everything(&record, Look { width: COLUMNS, colour: true })));

    for (name, output) in outputs {
        assert!(output.contains("RS-TOKEN-01") && output.contains("[redacted"), "{name} shows the finding: {output}");
        for secret in
            [TOKEN, PASSWORD, "0123456789-code", "hush-hush-hush", "cookie-cookie-cookie", "refresh-refresh", "eyJ"]
        {
            assert!(!output.contains(secret), "{secret} is in {name}: {output}");
        }
    }
}

fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').unwrap().1)
}

#[test]
fn what_is_wanting_is_said_once_for_all_rules_that_want_it() {
    let mut record = run();
    for (id, lacks) in
        [("RS-AUD-01", &["the key"][..]), ("RS-JWT-10", &["the key", "a token"]), ("RS-TOKEN-01", &["a token"])]
    {
        let seen = lacks.iter().map(|lack| {
            let undecided = finding(Verdict::Inconclusive, "a request to the server", "it cannot be sent", &[]);
            FindingRecord { lack: Some((*lack).to_owned()), ..undecided }
        });
        let probed = scenario("With a token", Verdict::Inconclusive, seen.collect());
        let binding = Some(Keyword::Must);
        let undecided =
            requirement((id, 1, "A rule"), Revision::V2026_07_28, binding, Verdict::Inconclusive, vec![probed]);
        record.requirements.push(undecided);
    }

    let text = summary(&record, Look { width: COLUMNS, colour: false });

    let wants = "inconclusive, for want of something\n  because   the key\n  rules     RS-AUD-01, RS-JWT-10\n  because   a token\n  rules     RS-JWT-10, RS-TOKEN-01\n";
    assert!(text.contains(wants), "{text}");
    assert!(!text.contains("inconclusive RS-AUD-01"), "{text}");
}
