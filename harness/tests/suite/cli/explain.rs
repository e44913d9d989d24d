//! What `harness explain` tells the author of a server.

use rstest::rstest;

use super::program::harness;

const COLUMNS: usize = 80;

/// The explanation without the line number of the rule, which moves when another one is edited.
async fn explained(arguments: &str) -> String {
    let ended = harness(&format!("explain {arguments}")).run().await;
    ended.assert_code(0);
    let (text, line) = ended.stdout.trim_end().rsplit_once(':').expect("it ends with the place of the rule");
    assert!(line.parse::<usize>().is_ok(), "{ended}");
    text.to_owned()
}

#[rstest]
#[case::one_keyword_throughout("RS-JWT-02")]
#[case::in_force_at_one_revision_alone("RS-CHALLENGE-05")]
#[case::derived_and_without_examples("RS-JWT-08")]
#[tokio::test]
async fn a_rule_is_explained_with_its_why_its_probes_and_its_fix(#[case] id: &str) {
    insta::assert_snapshot!(id, explained(id).await);
}

#[tokio::test]
async fn colours_paint_the_same_explanation() {
    let painted = explained("RS-SCOPE-06 --color always").await;

    assert!(painted.contains("\u{1b}[1mHow to fix\u{1b}[0m"), "{painted}");
    let without: String = painted.split('\u{1b}').enumerate().map(plain).collect();
    assert_eq!(without, explained("RS-SCOPE-06").await);
}

/// A piece behind an escape character, without the rest of its sequence.
fn plain((index, piece): (usize, &str)) -> &str {
    if index == 0 { piece } else { piece.split_once('m').map_or("", |(_, text)| text) }
}

#[tokio::test]
async fn nothing_but_an_address_is_wider_than_a_terminal() {
    for id in ["RS-JWT-04", "RS-CHALLENGE-01", "RS-HTTP-06", "EXT-DPOP-06"] {
        let text = explained(id).await;
        let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > COLUMNS).collect();
        assert!(wide.iter().all(|line| line.trim_start().starts_with("https://")), "{wide:?}");
    }
}
