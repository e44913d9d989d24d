//! From the violations of a record to their causes. Computed from the record alone.
//!
//! A violation is part of another cause in two cases. Its rule says that it follows from another one
//! (`@follows:ID` in the feature files), and what was seen bears that out; or all that was seen of it was seen of the
//! other as well: the same kind of exchange, held against the same expectation. What is more serious is never part of
//! what is less. docs/decisions/0026 says why these two and no others.

use super::cause::{BrokenRule, CauseRecord};
use super::example;
use super::likeness::{Kind, Treatment};
use crate::record::{ExchangeRecord, FindingRecord, RequirementId, RequirementRecord, Revision, Severity, Verdict};
use std::collections::BTreeSet;

/// The causes of all violations, the most serious first.
#[must_use]
pub fn causes(requirements: &[RequirementRecord]) -> Vec<CauseRecord> {
    let breaches = breaches(requirements);
    let mut groups = by_relation(&breaches);
    groups.sort_by_key(|group| std::cmp::Reverse(group.leading.rank()));
    let mut causes: Vec<Group<'_, '_>> = Vec::new();
    for group in groups {
        match causes.iter_mut().find(|cause| cause.shows_all_of(group.leading)) {
            Some(cause) => cause.breaches.extend(group.breaches),
            None => causes.push(group),
        }
    }
    causes.iter().filter_map(|cause| cause.told(requirements)).collect()
}

/// A rule that is broken, at all revisions.
struct Breach<'a> {
    /// What the rule came to at each revision.
    all: Vec<&'a RequirementRecord>,
    /// Of these, where it is broken; at least one.
    violated: Vec<&'a RequirementRecord>,
    severity: Severity,
    /// The kinds of exchange that show it, with what they were held against; empty where a finding rests on no exchange.
    claims: Vec<Claim<'a>>,
    /// How guarded requests were treated that show it.
    treatments: BTreeSet<Treatment>,
}

/// One finding: at which revision, what was expected, and of which kinds the exchanges are.
#[derive(PartialEq, Eq)]
struct Claim<'a> {
    revision: Revision,
    expected: &'a str,
    kinds: Vec<Kind<'a>>,
}

/// Breaches that are one cause.
struct Group<'b, 'a> {
    leading: &'b Breach<'a>,
    breaches: Vec<&'b Breach<'a>>,
}

fn breaches(requirements: &[RequirementRecord]) -> Vec<Breach<'_>> {
    let mut of_rules: Vec<Vec<&RequirementRecord>> = Vec::new();
    for one in requirements {
        match of_rules.iter_mut().find(|rule| rule.first().is_some_and(|known| known.id == one.id)) {
            Some(rule) => rule.push(one),
            None => of_rules.push(vec![one]),
        }
    }
    of_rules.into_iter().filter_map(Breach::of).collect()
}

/// Each breach with those that it explains, by what the rules say of each other.
fn by_relation<'b, 'a>(breaches: &'b [Breach<'a>]) -> Vec<Group<'b, 'a>> {
    let mut groups: Vec<Group<'b, 'a>> = Vec::new();
    for breach in breaches {
        let leading = root(breach, breaches);
        match groups.iter_mut().find(|group| std::ptr::eq(group.leading, leading)) {
            Some(group) => group.breaches.push(breach),
            None => groups.push(Group { leading, breaches: vec![breach] }),
        }
    }
    groups
}

/// The breach at the end of the way of explanations. The feature files allow no circle; a record of elsewhere might, so
/// the way is no longer than there are breaches.
fn root<'b, 'a>(breach: &'b Breach<'a>, breaches: &'b [Breach<'a>]) -> &'b Breach<'a> {
    let mut at = breach;
    for _ in 0..breaches.len() {
        let named = at.follows().iter().filter_map(|id| breaches.iter().find(|other| other.id() == Some(id)));
        let explaining = named.filter(|other| other.explains(at));
        // The first of the most serious.
        match explaining.reduce(|best, other| if other.severity > best.severity { other } else { best }) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

impl<'a> Breach<'a> {
    fn of(all: Vec<&'a RequirementRecord>) -> Option<Self> {
        let violated: Vec<_> = all.iter().copied().filter(|one| one.verdict == Verdict::Violated).collect();
        let severity = violated.iter().map(|one| one.severity).max()?;
        let shown: Vec<_> = violated.iter().flat_map(|one| seen(one, Verdict::Violated)).collect();
        let claims = shown.iter().map(|(revision, finding, exchanges)| Claim {
            revision: *revision,
            expected: &finding.expected,
            kinds: exchanges.iter().map(|exchange| Kind::of(exchange)).collect(),
        });
        let mut claims: Vec<_> = claims.collect();
        if claims.iter().any(|claim| claim.kinds.is_empty()) {
            claims.clear();
        }
        let exchanges = shown.iter().flat_map(|(_, _, exchanges)| exchanges);
        let treatments = exchanges.filter_map(|exchange| Treatment::of_guarded(exchange)).collect();
        Some(Self { all, violated, severity, claims, treatments })
    }

    fn id(&self) -> Option<&'a RequirementId> {
        self.violated.first().map(|one| &one.id)
    }

    fn follows(&self) -> &'a [RequirementId] {
        self.violated.first().map_or(&[], |one| &one.follows)
    }

    /// What makes one breach worth telling before another: how serious it is, that something was served, and how much
    /// shows it.
    fn rank(&self) -> impl Ord + use<> {
        (self.severity, self.treatments.contains(&Treatment::Served), self.claims.len())
    }

    /// Whether what was seen bears out that `other` follows from this breach, which its rule says.
    fn explains(&self, other: &Self) -> bool {
        self.severity >= other.severity
            && self.goes_along_with(other)
            && (self.is_at_large(other) || self.covers(other))
    }

    /// Both are broken at one revision at least, or this rule is in force at none of those at which the other is broken;
    /// and nowhere is the other broken where this rule is kept.
    fn goes_along_with(&self, other: &Self) -> bool {
        let there = |one: &&&RequirementRecord| other.violated.iter().any(|theirs| theirs.revision == one.revision);
        let verdicts = || self.all.iter().filter(there).map(|one| one.verdict);
        let together = verdicts().any(|verdict| verdict == Verdict::Violated);
        let apart = verdicts().all(|verdict| verdict == Verdict::NotApplicable);
        (together || apart) && verdicts().all(|verdict| verdict != Verdict::Met)
    }

    /// The rule is broken in more than a third of what probes it, and in each way in which the other is. A rule that is
    /// broken in one corner explains little; and of what probes a rule, some may hold whatever the fault is.
    fn is_at_large(&self, other: &Self) -> bool {
        let (broken, decided) = self.scenarios();
        3 * broken > decided && (self.treatments.is_empty() || other.treatments.is_subset(&self.treatments))
    }

    /// Each finding of the other breach, at revisions at which both are broken, rests on an exchange of a kind that shows
    /// this one. What compares several answers needs but one that is wrong.
    fn covers(&self, other: &Self) -> bool {
        let here = |claim: &&Claim<'_>| self.violated.iter().any(|one| one.revision == claim.revision);
        let mut claims = other.claims.iter().filter(here).peekable();
        claims.peek().is_some() && claims.all(|claim| claim.kinds.iter().any(|kind| self.shows(claim.revision, kind)))
    }

    /// Whether an exchange of this kind shows the breach.
    fn shows(&self, revision: Revision, kind: &Kind<'_>) -> bool {
        self.claims.iter().any(|claim| claim.revision == revision && claim.kinds.contains(kind))
    }

    /// How many scenarios found it broken, and how many decided.
    fn scenarios(&self) -> (usize, usize) {
        let scenarios = || self.violated.iter().flat_map(|one| &one.scenarios);
        let broken = scenarios().filter(|scenario| scenario.verdict == Verdict::Violated).count();
        let kept = scenarios().filter(|scenario| scenario.verdict == Verdict::Met).count();
        (broken, broken + kept)
    }

    fn told(&self) -> Option<BrokenRule> {
        let worst = self.violated.iter().max_by_key(|one| one.severity)?;
        Some(BrokenRule {
            id: worst.id.clone(),
            keyword: worst.keyword,
            derived: worst.derived,
            severity: self.severity,
            revisions: revisions(&self.violated),
        })
    }
}

impl Group<'_, '_> {
    /// Whether all that shows another breach shows this cause as well.
    fn shows_all_of(&self, other: &Breach<'_>) -> bool {
        let mut claims = other.claims.iter().peekable();
        claims.peek().is_some()
            && self.leading.severity >= other.severity
            && claims.all(|claim| self.breaches.iter().any(|breach| breach.claims.contains(claim)))
    }

    /// The rules that are undecided because of this cause wherever they are undecided.
    fn undecided(&self, requirements: &[RequirementRecord]) -> Vec<RequirementId> {
        let open = || requirements.iter().filter(|one| one.severity == Severity::Incomplete);
        let (left, others): (Vec<_>, Vec<_>) = open().partition(|one| self.leaves_undecided(one));
        let ids: BTreeSet<_> = left.iter().map(|one| &one.id).collect();
        ids.into_iter().filter(|id| !others.iter().any(|one| one.id == **id)).cloned().collect()
    }

    /// Whether what a requirement did not decide by is of kinds that show this cause.
    fn leaves_undecided(&self, one: &RequirementRecord) -> bool {
        let mut open = seen(one, Verdict::Inconclusive).peekable();
        let shows = |revision, kind: &Kind<'_>| self.breaches.iter().any(|breach| breach.shows(revision, kind));
        one.verdict == Verdict::Inconclusive
            && open.peek().is_some()
            && open.all(|(revision, finding, exchanges)| {
                let mut kinds = exchanges.iter().map(|exchange| Kind::of(exchange));
                finding.lack.is_none() && !exchanges.is_empty() && kinds.all(|kind| shows(revision, &kind))
            })
    }

    fn told(&self, requirements: &[RequirementRecord]) -> Option<CauseRecord> {
        let first = self.leading.violated.first()?;
        let mut breaches: Vec<_> = self.breaches.clone();
        breaches.sort_by_key(|breach| (!std::ptr::eq(*breach, self.leading), std::cmp::Reverse(breach.severity)));
        let violated: Vec<_> = breaches.iter().flat_map(|breach| breach.violated.iter().copied()).collect();
        let (broken, decided) = self.leading.scenarios();
        let sentence = match decided {
            0 | 1 => format!("{}: not so.", first.title),
            _ => format!("{}: not so in {broken} of {decided} scenarios.", first.title),
        };
        Some(CauseRecord {
            leading: first.id.clone(),
            role: first.role,
            severity: self.leading.severity,
            revisions: revisions(&violated),
            sentence,
            examples: example::examples(&self.leading.violated),
            fix: first.fix.clone(),
            breaks: breaches.iter().filter_map(|breach| breach.told()).collect(),
            undecided: self.undecided(requirements),
        })
    }
}

fn revisions(records: &[&RequirementRecord]) -> Vec<Revision> {
    records.iter().map(|one| one.revision).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The findings of a requirement with this verdict, each with the exchanges that it rests on.
fn seen(
    one: &RequirementRecord,
    verdict: Verdict,
) -> impl Iterator<Item = (Revision, &FindingRecord, Vec<&ExchangeRecord>)> {
    one.scenarios.iter().flat_map(move |scenario| {
        let findings = scenario.findings.iter().filter(move |finding| finding.verdict == verdict);
        findings.map(move |finding| (one.revision, finding, scenario.evidence_of(finding)))
    })
}
