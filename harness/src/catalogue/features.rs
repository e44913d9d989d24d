//! Reading `features/`: the copy inside the program, or a folder on disk.

use super::{Probe, Requirement, Role, RuleTags, ScenarioTags, lint};
use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Rule, Scenario};
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../features");

/// Why the feature files make no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file that is not Gherkin.
    #[error("{file} is not Gherkin: {reason}")]
    Gherkin {
        /// The file below `features/`.
        file: String,
        /// What the parser said.
        reason: String,
    },
    /// A file that is Gherkin but no specification.
    #[error("{file}: {complaint}")]
    Lint {
        /// The file below `features/`.
        file: String,
        /// What is wrong and where.
        complaint: String,
    },
    /// Two rules with one id.
    #[error("{id} stands twice: {first} and {second}")]
    Duplicate {
        /// The id.
        id: String,
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
    },
}

/// All requirements, with the features that probe them.
#[derive(Debug)]
pub struct Catalogue {
    requirements: Vec<Requirement>,
    features: Vec<(Role, Feature)>,
}

impl Catalogue {
    /// The catalogue inside the program.
    ///
    /// # Errors
    /// The first thing wrong with a feature file.
    pub fn embedded() -> Result<Self, CatalogueError> {
        let mut sources = BTreeMap::new();
        for role in Role::ALL {
            let files = EMBEDDED.get_dir(role.as_str()).into_iter().flat_map(Dir::files);
            for file in files.filter(|file| file.path().extension().is_some_and(|extension| extension == "feature")) {
                let text = file.contents_utf8().unwrap_or_default();
                sources.insert(file.path().display().to_string(), (role, text.to_owned()));
            }
        }
        Self::from_sources(sources)
    }

    /// A catalogue from texts: path below `features/` to role and content.
    ///
    /// # Errors
    /// The first thing wrong with a text.
    pub fn from_sources(sources: BTreeMap<String, (Role, String)>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self { requirements: Vec::new(), features: Vec::new() };
        for (file, (role, text)) in sources {
            catalogue.add(&file, role, &text)?;
        }
        Ok(catalogue)
    }

    /// All requirements, by file and then by place.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// The requirement with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id.as_str() == id)
    }

    /// The features with their outlines expanded, each with the role it judges.
    pub fn features(&self) -> impl Iterator<Item = (Role, &Feature)> {
        self.features.iter().map(|(role, feature)| (*role, feature))
    }

    fn add(&mut self, file: &str, role: Role, text: &str) -> Result<(), CatalogueError> {
        let not_gherkin = |reason: String| CatalogueError::Gherkin { file: file.to_owned(), reason };
        let lint = |complaint: String| CatalogueError::Lint { file: file.to_owned(), complaint };
        let mut feature = Feature::parse(text, GherkinEnv::default()).map_err(|e| not_gherkin(e.to_string()))?;
        feature.path = Some(file.into());
        if let Some(complaint) = lint::complaints(&feature).into_iter().next() {
            return Err(lint(complaint));
        }
        for rule in &feature.rules {
            let requirement = requirement(file, role, rule).map_err(lint)?;
            if let Some(first) = self.find(requirement.id.as_str()) {
                let (id, first) = (requirement.id.to_string(), first.place.clone());
                return Err(CatalogueError::Duplicate { id, first, second: requirement.place });
            }
            self.requirements.push(requirement);
        }
        let feature = feature.expand_examples().map_err(|e| not_gherkin(e.to_string()))?;
        for scenario in feature.rules.iter().flat_map(|rule| &rule.scenarios) {
            ScenarioTags::parse(&scenario.tags).map_err(|e| lint(format!("line {}: {e}", scenario.position.line)))?;
        }
        self.features.push((role, feature));
        Ok(())
    }
}

fn requirement(file: &str, role: Role, rule: &Rule) -> Result<Requirement, String> {
    let line = rule.position.line;
    let RuleTags { id, levels, derived } = RuleTags::parse(&rule.tags).map_err(|e| format!("line {line}: {e}"))?;
    let lines = || rule.description.iter().flat_map(|text| text.lines()).map(str::trim);
    let sources = lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect();
    let prose: Vec<_> = lines().filter(|line| !line.is_empty() && !line.starts_with("- ")).collect();
    let fix = prose.iter().position(|line| line.starts_with("Fix:")).unwrap_or(prose.len());
    let (why, fix) = prose.split_at(fix);
    let fix = fix.join(" ").trim_start_matches("Fix:").trim().to_owned();
    Ok(Requirement {
        id,
        role,
        title: rule.name.clone(),
        sources,
        why: why.join(" "),
        fix,
        probes: rule.scenarios.iter().map(probe).collect(),
        levels,
        derived,
        place: format!("{file}:{line}"),
    })
}

fn probe(scenario: &Scenario) -> Probe {
    let rows = scenario.examples.iter().filter_map(|examples| examples.table.as_ref());
    let rows = rows.flat_map(|table| table.rows.iter().skip(1)).map(|row| row.join(", "));
    Probe {
        name: scenario.name.clone(),
        steps: scenario.steps.iter().map(|step| format!("{} {}", step.keyword.trim(), step.value)).collect(),
        examples: rows.collect(),
    }
}
