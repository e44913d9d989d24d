//! The tag grammar of the feature files.
//!
//! On a `Rule`: exactly one id (`@RS-PRM-03`), one or more levels (`@must:2025-06-18+`, `@should:2025-03-26`,
//! `@may:..2025-06-18`), optionally `@derived` for a rule that follows from the text without being stated in it, and
//! `@follows:ID` (several divided by commas, or the tag again) for a breach that another rule's breach explains.
//! On a `Scenario` or an `Examples` block: `@in:SPAN` narrows the revisions at which it makes sense.

use super::{Keyword, Levels, RequirementId, Span};

/// A tag that the grammar does not know or that contradicts another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// A tag without meaning at this place.
    #[error("`@{0}` means nothing here; see features/README.md for the tags")]
    Unknown(String),
    /// A span that cannot be read.
    #[error("`@{tag}`: {reason}")]
    Span {
        /// The tag as written.
        tag: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two keywords for one revision.
    #[error("`@{tag}` gives a second keyword for {revision}")]
    TwoKeywords {
        /// The tag as written.
        tag: String,
        /// The revision that had a keyword already.
        revision: super::Revision,
    },
    /// No id, or more than one.
    #[error("a rule carries exactly one id, this one has {0}")]
    Ids(usize),
    /// What a rule is said to follow from is no id, or is the rule itself.
    #[error("`@{tag}`: `{id}` is no id of another rule")]
    Follows {
        /// The tag as written.
        tag: String,
        /// The part of it that cannot be meant.
        id: String,
    },
    /// No keyword at any revision.
    #[error("no keyword is given, such as `@must:2025-06-18+`")]
    NoLevel,
}

/// The tag of a rule whose scenarios wait for the subject, and therefore begin before all others.
pub(crate) const WAITS: &str = "waits";

/// Begins the tag that names the rules whose breach explains that of this one.
const FOLLOWS: &str = "follows:";

/// What the tags of a `Rule` say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTags {
    /// The stable id.
    pub id: RequirementId,
    /// The keyword per revision.
    pub levels: Levels,
    /// Whether the rule follows from the specification without being stated in it.
    pub derived: bool,
    /// The rules whose breach explains a breach of this one, in the order in which they are named.
    pub follows: Vec<RequirementId>,
}

impl RuleTags {
    /// Reads the tags of a `Rule`.
    ///
    /// # Errors
    /// The first tag that breaks the grammar.
    pub fn parse(tags: &[String]) -> Result<Self, TagError> {
        let mut ids = Vec::new();
        let mut levels = Levels::default();
        let mut derived = false;
        let mut follows = Vec::new();
        for tag in tags {
            if tag == "derived" {
                derived = true;
            } else if tag == WAITS {
                // Of no meaning for verdicts.
            } else if let Some(list) = tag.strip_prefix(FOLLOWS) {
                for id in list.split(',') {
                    let no_id = || TagError::Follows { tag: tag.clone(), id: id.to_owned() };
                    follows.push(RequirementId::parse(id).ok_or_else(no_id)?);
                }
            } else if let Some((keyword, span)) = level(tag)? {
                let twice = |revision| TagError::TwoKeywords { tag: tag.clone(), revision };
                levels.put(keyword, span).map_err(twice)?;
            } else {
                ids.push(RequirementId::parse(tag).ok_or_else(|| TagError::Unknown(tag.clone()))?);
            }
        }
        let count = ids.len();
        let (Some(id), 1) = (ids.pop(), count) else { return Err(TagError::Ids(count)) };
        if levels.is_empty() {
            return Err(TagError::NoLevel);
        }
        if let Some(itself) = follows.iter().find(|other| **other == id) {
            let tag = format!("{FOLLOWS}{itself}");
            return Err(TagError::Follows { tag, id: itself.to_string() });
        }
        Ok(Self { id, levels, derived, follows })
    }
}

/// What the tags of a `Scenario` (with those of its `Examples`) say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScenarioTags {
    /// The revisions at which the scenario makes sense.
    pub span: Span,
}

impl ScenarioTags {
    /// Reads the tags of a scenario.
    ///
    /// # Errors
    /// The first tag that breaks the grammar.
    pub fn parse(tags: &[String]) -> Result<Self, TagError> {
        let mut span = Span::ALL;
        for tag in tags {
            let text = tag.strip_prefix("in:").ok_or_else(|| TagError::Unknown(tag.clone()))?;
            span = parse_span(tag, text)?;
        }
        Ok(Self { span })
    }
}

fn level(tag: &str) -> Result<Option<(Keyword, Span)>, TagError> {
    let Some((name, span)) = tag.split_once(':') else { return Ok(None) };
    let Some(keyword) = Keyword::ALL.into_iter().find(|keyword| keyword.tag() == name) else { return Ok(None) };
    Ok(Some((keyword, parse_span(tag, span)?)))
}

fn parse_span(tag: &str, text: &str) -> Result<Span, TagError> {
    Span::parse(text).map_err(|reason| TagError::Span { tag: tag.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::catalogue::Revision;
    use rstest::rstest;

    fn tags(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_rule_carries_its_id_and_a_keyword_per_revision() {
        let rule = RuleTags::parse(&tags("RS-PRM-05 must:2025-06-18 should:2025-11-25+ derived")).unwrap();
        assert_eq!(rule.id.as_str(), "RS-PRM-05");
        assert_eq!(rule.levels.at(Revision::V2025_03_26), None);
        assert_eq!(rule.levels.at(Revision::V2025_06_18), Some(Keyword::Must));
        assert_eq!(rule.levels.at(Revision::V2026_07_28), Some(Keyword::Should));
        assert!(rule.derived);
    }

    #[rstest]
    #[case::no_id("must:2025-06-18+", TagError::Ids(0))]
    #[case::two_ids("A-1 B-2 must:2025-06-18+", TagError::Ids(2))]
    #[case::no_level("A-1", TagError::NoLevel)]
    #[case::unknown("A-1 must:2025-06-18+ slow", TagError::Unknown("slow".to_owned()))]
    #[case::follows_no_id(
        "A-1 must:2025-06-18+ follows:A-2,b",
        TagError::Follows { tag: "follows:A-2,b".to_owned(), id: "b".to_owned() }
    )]
    #[case::follows_itself(
        "follows:A-1 A-1 must:2025-06-18+",
        TagError::Follows { tag: "follows:A-1".to_owned(), id: "A-1".to_owned() }
    )]
    #[case::misspelt_keyword("A-1 shall:2025-06-18+", TagError::Unknown("shall:2025-06-18+".to_owned()))]
    fn a_rule_that_breaks_the_grammar_is_refused(#[case] text: &str, #[case] expected: TagError) {
        assert_eq!(RuleTags::parse(&tags(text)), Err(expected));
    }

    #[test]
    fn a_rule_names_those_that_explain_it_one_by_one_or_in_a_list() {
        let rule = RuleTags::parse(&tags("follows:A-2 follows:A-4,A-3 A-1 must:2025-06-18+")).unwrap();
        let follows: Vec<_> = rule.follows.iter().map(RequirementId::as_str).collect();
        assert_eq!(follows, ["A-2", "A-4", "A-3"]);
    }

    #[test]
    fn a_scenario_may_be_narrowed_to_a_span() {
        let scenario = ScenarioTags::parse(&tags("in:..2025-11-25")).unwrap();
        assert!(!scenario.span.contains(Revision::V2026_07_28));
        assert!(ScenarioTags::parse(&tags("only:2025-11-25")).is_err());
    }
}
