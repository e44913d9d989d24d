//! Reading `features/`: the copy inside the program, or a folder on disk.

use super::{Examples, Glossary, Probe, Requirement, Role, RuleTags, ScenarioTags, Span, follows, lint};
use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Rule, Scenario, StepType};
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../features");

/// What the words of the embedded features mean.
#[must_use]
pub fn glossary() -> Glossary {
    let readme = EMBEDDED.get_file("README.md").and_then(|file| file.contents_utf8());
    Glossary::of(readme.unwrap_or_default())
}

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
        match follows::complaint(&catalogue.requirements) {
            Some((file, complaint)) => Err(CatalogueError::Lint { file, complaint }),
            None => Ok(catalogue),
        }
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
        self.features.push((role, feature));
        Ok(())
    }
}

fn requirement(file: &str, role: Role, rule: &Rule) -> Result<Requirement, String> {
    let line = rule.position.line;
    let RuleTags { id, levels, derived, follows } =
        RuleTags::parse(&rule.tags).map_err(|e| format!("line {line}: {e}"))?;
    let lines = || rule.description.iter().flat_map(|text| text.lines()).map(str::trim);
    let sources = lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect();
    let prose = Prose::of(lines().filter(|line| !line.is_empty() && !line.starts_with("- ")));
    let probes = rule.scenarios.iter().map(probe).collect::<Result<Vec<_>, _>>()?;
    Ok(Requirement {
        id,
        role,
        title: rule.name.clone(),
        sources,
        why: prose.why.join(" "),
        note: prose.note.join(" "),
        fix: prose.fix.join(" "),
        probes,
        levels,
        derived,
        follows,
        place: format!("{file}:{line}"),
    })
}

/// The parts of a description behind its sources. Gherkin keeps no empty lines, so words tell the parts apart.
#[derive(Default)]
struct Prose<'a> {
    why: Vec<&'a str>,
    note: Vec<&'a str>,
    fix: Vec<&'a str>,
}

impl<'a> Prose<'a> {
    fn of(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut prose = Self::default();
        let mut part = &mut prose.why;
        for line in lines {
            let text = if let Some(rest) = line.strip_prefix("Note:") {
                part = &mut prose.note;
                rest
            } else if let Some(rest) = line.strip_prefix("Fix:") {
                part = &mut prose.fix;
                rest
            } else {
                line
            };
            part.push(text.trim());
        }
        prose
    }
}

fn probe(scenario: &Scenario) -> Result<Probe, String> {
    let of = |kind| scenario.steps.iter().filter(move |step| step.ty == kind).map(|step| step.value.clone()).collect();
    Ok(Probe {
        name: scenario.name.clone(),
        span: span(&scenario.tags, scenario.position.line)?,
        given: of(StepType::Given),
        when: of(StepType::When),
        then: of(StepType::Then),
        examples: scenario.examples.iter().map(examples).collect::<Result<_, _>>()?,
    })
}

fn examples(block: &cucumber::gherkin::Examples) -> Result<Examples, String> {
    let mut rows = block.table.iter().flat_map(|table| table.rows.iter().cloned());
    Ok(Examples {
        name: block.name.clone().unwrap_or_default(),
        span: span(&block.tags, block.position.line)?,
        columns: rows.next().unwrap_or_default(),
        rows: rows.collect(),
    })
}

fn span(tags: &[String], line: usize) -> Result<Span, String> {
    ScenarioTags::parse(tags).map(|tags| tags.span).map_err(|error| format!("line {line}: {error}"))
}
