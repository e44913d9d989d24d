//! What rules say of each other: that a breach of one explains a breach of the other.
//!
//! The relation has to lead somewhere: to a rule that there is, that binds the same party, and never back. Whether a
//! breach that was seen is explained by another is not decided here.

use super::{Requirement, RequirementId};
use std::collections::HashMap;

/// The first thing wrong with the relation: the file, and the complaint with its line.
pub(super) fn complaint(requirements: &[Requirement]) -> Option<(String, String)> {
    let known: HashMap<_, _> = requirements.iter().map(|requirement| (&requirement.id, requirement)).collect();
    requirements.iter().find_map(|requirement| {
        let complaint = unknown(requirement, &known).or_else(|| circle(requirement, &known))?;
        let (file, line) = requirement.place.rsplit_once(':').unwrap_or((&requirement.place, "?"));
        Some((file.to_owned(), format!("line {line}: {complaint}")))
    })
}

fn unknown(requirement: &Requirement, known: &HashMap<&RequirementId, &Requirement>) -> Option<String> {
    requirement.follows.iter().find_map(|id| match known.get(id) {
        None => Some(format!("{} follows {id}, and no rule has this id", requirement.id)),
        Some(other) if other.role != requirement.role => Some(format!(
            "{} binds the {}, and {id}, which it follows, the {}",
            requirement.id, requirement.role, other.role
        )),
        Some(_) => None,
    })
}

/// Every way from a rule is walked; the rules on it are remembered, so that none is walked twice.
fn circle(requirement: &Requirement, known: &HashMap<&RequirementId, &Requirement>) -> Option<String> {
    let mut seen = Vec::new();
    let mut open: Vec<_> = requirement.follows.iter().collect();
    while let Some(id) = open.pop() {
        if *id == requirement.id {
            return Some(format!("{id} follows itself by way of the rules that it follows"));
        }
        if !seen.contains(&id) {
            seen.push(id);
            open.extend(known.get(id).into_iter().flat_map(|next| &next.follows));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::catalogue::{Catalogue, Role};
    use rstest::rstest;
    use std::collections::BTreeMap;

    /// A rule for each pair of an id and the tags before it; those of clients stand in a file of their own.
    fn read(rules: &[(&str, &str)]) -> Result<Catalogue, String> {
        let file = |role: Role| {
            let of_role = rules.iter().filter(|(id, _)| id.starts_with("CL-") == (role == Role::Client));
            let text = of_role.map(|(id, tags)| {
                format!(
                    "  {tags}\n  @{id} @must:2025-06-18+\n  Rule: {id}\n\n    - a source\n\n    Scenario: One\n      \
                     When something is sent\n      Then something holds\n\n"
                )
            });
            format!("Feature: Some rules\n\n{}", text.collect::<String>())
        };
        let files = [Role::Server, Role::Client].map(|role| (format!("{role}/some.feature"), (role, file(role))));
        Catalogue::from_sources(BTreeMap::from(files)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_rule_may_follow_others_of_its_role() {
        let catalogue =
            read(&[("RS-A-01", "@follows:RS-A-02,RS-A-03"), ("RS-A-02", "@follows:RS-A-03"), ("RS-A-03", "")]);
        let follows = catalogue.unwrap().find("RS-A-01").unwrap().follows.clone();
        assert_eq!(follows.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["RS-A-02", "RS-A-03"]);
    }

    #[rstest]
    #[case::an_unknown_one(&[("RS-A-01", "@follows:RS-A-09")], "RS-A-01 follows RS-A-09, and no rule has this id")]
    #[case::another_role(
        &[("RS-A-01", "@follows:CL-A-01"), ("CL-A-01", "")],
        "RS-A-01 binds the server, and CL-A-01, which it follows, the client"
    )]
    #[case::each_other(
        &[("RS-A-01", "@follows:RS-A-02"), ("RS-A-02", "@follows:RS-A-01")],
        "RS-A-01 follows itself by way of"
    )]
    #[case::a_long_way_round(
        &[("RS-A-01", "@follows:RS-A-02"), ("RS-A-02", "@follows:RS-A-03"), ("RS-A-03", "@follows:RS-A-01")],
        "follows itself by way of"
    )]
    fn a_relation_that_leads_nowhere_is_refused(#[case] rules: &[(&str, &str)], #[case] words: &str) {
        let error = read(rules).unwrap_err();
        assert!(error.contains(words) && error.contains("line "), "{error}");
    }
}
