//! Which known names are nearest to one that is not known. Knows nothing of what is named.

use strsim::levenshtein;

/// The known names that are nearest to one that is not known, at most so many.
pub(super) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let mut near: Vec<_> = known.into_iter().collect();
    near.sort_by_key(|known| levenshtein(known, wanted));
    near.truncate(most);
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_stand_first_and_of_two_as_near_the_one_that_was_first() {
        let known = ["RS-TOKEN-01", "RS-PRM-11", "RS-PRM-01", "RS-PRM-02"];
        assert_eq!(nearest("RS-PMR-1", known, 2), ["RS-PRM-11", "RS-PRM-01"]);
        assert_eq!(nearest("RS-PRM-01", known, 9)[..1], ["RS-PRM-01"]);
        assert_eq!(nearest("", [], 3), Vec::<&str>::new());
    }
}
