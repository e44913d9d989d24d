//! Whether a throwaway user pool is gone. Pure.

use crate::findings::Finding;

/// Nothing is left; `evidence` are the numbers of the exchanges that were to remove it.
#[must_use]
pub(super) fn nothing_is_left(left: &[String], evidence: Vec<usize>) -> Finding {
    let left = left.join(", ");
    let actual = if left.is_empty() { "nothing is left".to_owned() } else { format!("left behind: {left}") };
    Finding::of(left.is_empty(), "no user pool and no domain of it", actual, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use rstest::rstest;

    #[rstest]
    #[case(&[], Verdict::Met)]
    #[case(&["user pool us-east-1_AbCdEfGhI"], Verdict::Violated)]
    fn what_is_left_is_named(#[case] left: &[&str], #[case] expected: Verdict) {
        let left: Vec<_> = left.iter().map(|one| (*one).to_owned()).collect();
        let finding = nothing_is_left(&left, Vec::new());
        assert_eq!(finding.verdict, expected);
        assert!(left.iter().all(|one| finding.actual.contains(one)));
    }
}
