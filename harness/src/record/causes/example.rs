//! What is shown of a cause: a finding of each kind with the exchanges that it rests on, in a few words.

use super::cause::{Example, ShownExchange};
use super::likeness::Treatment;
use crate::record::{ExchangeRecord, RequirementRecord, Verdict};

/// More examples of one rule say nothing that these do not; the record has them all.
const SHOWN: usize = 3;

/// What is shown of the content of an answer, in characters.
const BODY: usize = 240;

/// The header fields of an answer that a client acts on, or that tell who answered.
const TELLING: [&str; 7] =
    ["allow", "content-type", "location", "retry-after", "server", "via", "access-control-allow-origin"];

/// How fields end that say how to authenticate, also where a gateway has renamed them.
const AUTHENTICATE: &str = "www-authenticate";

/// An example of each way in which a rule is broken, the newest revision first.
pub(super) fn examples(violated: &[&RequirementRecord]) -> Vec<Example> {
    let mut seen: Vec<Vec<Treatment>> = Vec::new();
    let mut examples = Vec::new();
    for one in violated.iter().rev() {
        for scenario in &one.scenarios {
            for finding in scenario.findings.iter().filter(|finding| finding.verdict == Verdict::Violated) {
                let evidence = scenario.evidence_of(finding);
                let treatments: Vec<_> = evidence.iter().map(|exchange| Treatment::of(exchange)).collect();
                if examples.len() < SHOWN && !seen.contains(&treatments) {
                    seen.push(treatments);
                    examples.push(Example {
                        revision: one.revision,
                        scenario: scenario.name.clone(),
                        expected: finding.expected.clone(),
                        seen: finding.actual.clone(),
                        exchanges: ends(&evidence).map(shown).collect(),
                    });
                }
            }
        }
    }
    examples
}

/// The first and the last.
fn ends<'a>(evidence: &[&'a ExchangeRecord]) -> impl Iterator<Item = &'a ExchangeRecord> + use<'a> {
    let last = evidence.last().copied().filter(|_| evidence.len() > 1);
    evidence.first().copied().into_iter().chain(last)
}

fn shown(exchange: &ExchangeRecord) -> ShownExchange {
    ShownExchange {
        number: exchange.number,
        sent: format!("{}: {} {}", exchange.label, exchange.method, exchange.url),
        came: came(exchange),
        body: beginning(&exchange.response_body),
    }
}

fn came(exchange: &ExchangeRecord) -> String {
    let Some(status) = exchange.status else {
        return exchange.failure.clone().unwrap_or_else(|| "no answer".to_owned());
    };
    let tells = |name: &str| TELLING.contains(&name) || name.ends_with(AUTHENTICATE);
    let fields = exchange.response_headers.iter().filter(|(name, _)| tells(name));
    fields.fold(format!("HTTP {status}"), |text, (name, value)| format!("{text}, {name}: {value}"))
}

/// The beginning of a text, in one line.
fn beginning(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(BODY) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_text_is_one_line() {
        assert_eq!(beginning("{\n  \"error\": \"boom\"\n}"), r#"{ "error": "boom" }"#);
        assert_eq!(beginning(&"é".repeat(BODY + 1)), format!("{}…", "é".repeat(BODY)));
        assert_eq!(beginning(" \n"), "");
    }
}
