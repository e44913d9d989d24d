//! The run as data: versioned, redacted, and all that any report format sees.
//!
//! Version 1. Members may be added within a version; none is renamed, removed or given another meaning. What a record is
//! made of is typed, and written by the names that reports have for it; those types are named here too, so that a reader
//! of records needs no other module.
//!
//! Known to `baseline`, `exit`, `report`, `setup` and `cli`.

mod causes;
mod exchange;
mod names;
mod redaction;
mod requirement;
mod run;
mod teardown;

pub use crate::catalogue::{Keyword, RequirementId, Revision, Role};
pub use crate::findings::{Severity, Verdict};
pub use causes::{BrokenRule, CauseRecord, Example, ShownExchange, causes};
pub use exchange::ExchangeRecord;
pub use redaction::Redactor;
pub use requirement::{FindingRecord, RequirementRecord, ScenarioRecord};
pub use run::{RunFacts, RunRecord, SCHEMA, TestTokens, Totals};
pub use teardown::{LeftBehind, Teardown};
