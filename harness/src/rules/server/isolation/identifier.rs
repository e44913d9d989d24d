//! Identifiers that must not be guessed: sessions, state handles.
//!
//! A sample shows what an identifier is made of. It cannot prove that a source is random; it can show that ids repeat,
//! count, or have too little in them that varies.

use crate::findings::Finding;
use std::collections::BTreeSet;

/// What an identifier needs at least, in bits.
pub(crate) const NEEDED_BITS: f64 = 64.0;

/// How much smaller the estimate from a small sample may come out than the truth.
const TOLERANCE: f64 = 0.8;

/// How many bits vary within `ids`: position by position, the logarithm of how many characters were seen there.
#[must_use]
pub(crate) fn variability(ids: &[String]) -> f64 {
    let shortest = ids.iter().map(String::len).min().unwrap_or_default();
    let seen = |at: usize| ids.iter().filter_map(|id| id.as_bytes().get(at)).collect::<BTreeSet<_>>().len();
    let bits = |count: usize| u32::try_from(count).map_or(0.0, |count| f64::from(count.max(1)).log2());
    (0..shortest).map(|at| bits(seen(at))).sum()
}

/// No identifier can be guessed from the others.
#[must_use]
pub(crate) fn unpredictable(ids: &[String], evidence: Vec<usize>) -> Finding {
    let expected = format!("{} different identifiers in which {NEEDED_BITS} bits vary", ids.len());
    let different = ids.iter().collect::<BTreeSet<_>>().len();
    let bits = variability(ids);
    let holds = different == ids.len() && bits >= NEEDED_BITS * TOLERANCE;
    Finding::of(holds, expected, format!("{different} different ones, in which about {bits:.0} bits vary"), evidence)
}

/// Each identifier consists of visible ASCII characters, 0x21 to 0x7E.
#[must_use]
pub(crate) fn visible_ascii(ids: &[String], evidence: Vec<usize>) -> Finding {
    let expected = "characters from 0x21 to 0x7E, and at least one";
    let flawed = ids.iter().find(|id| id.is_empty() || !id.bytes().all(|byte| (0x21..=0x7e).contains(&byte)));
    let actual = flawed.map_or_else(|| "so are all".to_owned(), |id| format!("one is {id:?}"));
    Finding::of(flawed.is_none(), expected, actual, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use rstest::rstest;

    fn uuids(version: fn() -> String) -> Vec<String> {
        (0..20).map(|_| version()).collect()
    }

    #[test]
    fn random_uuids_cannot_be_guessed() {
        let ids = uuids(|| uuid::Uuid::new_v4().to_string());
        assert_eq!(unpredictable(&ids, Vec::new()).verdict, Verdict::Met);
    }

    #[rstest]
    #[case::counter(|n: usize| format!("session-{n:032}"))]
    #[case::time(|n: usize| format!("17637{:014}", n * 7919))]
    #[case::constant(|_: usize| "the-only-session-there-is-0000000000".to_owned())]
    fn what_counts_or_repeats_can_be_guessed(#[case] id: fn(usize) -> String) {
        let ids: Vec<_> = (0..20).map(id).collect();
        assert_eq!(unpredictable(&ids, Vec::new()).verdict, Verdict::Violated);
    }

    #[rstest]
    #[case("c2Vzc2lvbg==", Verdict::Met)]
    #[case("a b", Verdict::Violated)]
    #[case("s\u{e9}ance", Verdict::Violated)]
    #[case("", Verdict::Violated)]
    fn an_id_has_visible_characters_only(#[case] id: &str, #[case] expected: Verdict) {
        assert_eq!(visible_ascii(&[id.to_owned()], Vec::new()).verdict, expected);
    }
}
