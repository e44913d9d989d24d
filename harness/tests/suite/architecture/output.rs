//! No secret gets out: not the keys in `fixtures/`, not what a run made, not a token.

use harness::bench::Variation;
use harness::catalogue::{Catalogue, Revision};
use harness::exit::Exit;
use harness::login::LoginMethodChoice;
use harness::mutation::Mutant;
use harness::plan::{Plan, Selection};
use harness::record::{Redactor, RunFacts, RunRecord};
use harness::report::{FORMATS, Look, everything, summary};
use harness::rules::mutants;
use harness::run::run;
use harness::setup::{Ground, GroundSettings, Place};
use secrecy::ExposeSecret as _;

use super::source::root;

/// How a JSON object begins in base64url, and with it every JWT and each part of one.
const JSON_IN_BASE64: &str = "eyJ";

#[tokio::test(flavor = "current_thread")]
async fn no_secret_is_in_any_output() {
    let folder = tempfile::tempdir().unwrap();
    let settings = GroundSettings {
        place: Place::Emulator,
        login_method: LoginMethodChoice::PlainHttp,
        out: folder.path().to_owned(),
    };
    let ground = Ground::prepare(settings).await.unwrap();
    let raised = ground.raise().await.unwrap();
    let catalogue = Catalogue::embedded().unwrap();
    let plan = Plan::new(&catalogue, variations(), &Selection::default());

    let outcome = run(&plan, &raised.bench, || ()).await;
    let secrets = raised.secrets.clone();
    raised.stop().await;
    let teardown = ground.dismantle().await;
    let redactor = Redactor::new(secrets.clone());
    let facts = RunFacts::default();
    let mut record = RunRecord::new(&catalogue, &plan.variations, &outcome, facts, teardown, &redactor);
    record.exit_code = Exit::of(&record, false).code();

    let mut outputs: Vec<(String, String)> =
        FORMATS.iter().map(|format| (format.name.to_owned(), (format.render)(&record))).collect();
    let look = Look { width: 80, colour: false };
    outputs.push(("terminal".to_owned(), summary(&record, look) + &everything(&record, look)));
    let mut hidden: Vec<String> = secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect();
    assert!(hidden.len() >= 2 && hidden.iter().all(|secret| secret.len() >= 8), "the run has secrets to hide");
    hidden.extend(private_key_lines());
    for (name, output) in outputs {
        assert!(output.contains("RS-TOKEN-01"), "{name} tells of the run");
        for secret in &hidden {
            assert!(!output.contains(secret.as_str()), "a secret is in {name}");
        }
        assert_eq!(surroundings(&output, JSON_IN_BASE64), None, "a part of a JWT is in {name}");
        assert_eq!(surroundings(&output, "PRIVATE KEY"), None, "a private key is in {name}");
    }
}

/// The subjects as they are, and those mutants at the newest revision that leak or repeat what they are given.
fn variations() -> Vec<Variation> {
    let revision = Revision::V2026_07_28;
    let repeats = |mutant: &&Mutant| (mutant.revisions)(revision) && mutant.kills.contains(&"RS-TOKEN-07");
    let mutated = mutants().filter(repeats).map(|mutant| Variation { revision, mutant: Some(mutant) });
    Revision::ALL.into_iter().map(Variation::honest).chain(mutated).collect()
}

/// The second line of each PEM file: the first one with key material, and long enough to be nobody else's.
fn private_key_lines() -> Vec<String> {
    let files = std::fs::read_dir(root().join("fixtures/keys")).unwrap().map(|entry| entry.unwrap().path());
    let keys: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "pem")).collect();
    assert!(!keys.is_empty(), "there are keys to hide");
    keys.iter()
        .flat_map(|key| {
            let text = std::fs::read_to_string(key).unwrap();
            text.lines().skip(1).filter(|line| line.len() >= 40).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// Where `needle` stands in `text`, for a reader of the failure.
fn surroundings<'a>(text: &'a str, needle: &str) -> Option<&'a str> {
    let at = text.find(needle)?;
    let begin = text[..at].char_indices().rev().nth(120).map_or(0, |(at, _)| at);
    let end = text[at..].char_indices().nth(120).map_or(text.len(), |(offset, _)| at + offset);
    text.get(begin..end)
}

#[test]
fn a_part_of_a_jwt_is_found() {
    assert_eq!(surroundings("the server said eyJhbGciOiJSUzI1NiJ9 twice", JSON_IN_BASE64).map(str::len), Some(42));
    assert_eq!(surroundings("the server said nothing", JSON_IN_BASE64), None);
}
