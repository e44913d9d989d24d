//! The catalogue: requirements as they stand in `features/`, where a Gherkin `Rule` is a requirement.
//!
//! Knows Gherkin, the tag grammar, protocol revisions and keywords. Knows nothing of how a requirement is probed or
//! judged, and there is no second list of requirements anywhere.
//!
//! Known to `findings`, `mcp`, `mutation`, `bench`, `plan`, `rules`, `run`, `record`, `baseline`, `setup` and `cli`.

mod features;
mod follows;
mod glossary;
mod keyword;
mod levels;
mod lint;
mod requirement;
mod revision;
mod role;
mod source;
mod tags;

pub use features::{Catalogue, CatalogueError, glossary};
pub use glossary::Glossary;
pub use keyword::Keyword;
pub use levels::{Levels, Span};
pub use requirement::{Examples, Probe, Requirement, RequirementId};
pub use revision::{Revision, UnknownRevision};
pub use role::Role;
pub use source::link;
pub(crate) use tags::WAITS;
pub use tags::{RuleTags, ScenarioTags, TagError};
