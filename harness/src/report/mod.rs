//! Reports: each format is one file here and one line in [`FORMATS`], and sees nothing but the record of the run.
//!
//! Known to `cli` only.

mod causes;
mod json;
mod repeat;
mod table;
mod terminal;
pub(crate) mod text;
mod trouble;

pub use terminal::{Look, everything, leftovers, summary};

use crate::record::RunRecord;

/// A report that is written to a file.
#[derive(Debug)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// The file below the output folder.
    pub file: &'static str,
    /// Makes the text.
    pub render: fn(&RunRecord) -> String,
}

/// All formats that are written to files.
pub const FORMATS: &[Format] = &[Format { name: "json", file: "report.json", render: json::render }];
