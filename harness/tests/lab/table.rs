//! `faults.toml`: what there is in the lab, and as what each of it must come out.

use libtest_mimic::Failed;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The revision of an entry that names none.
const REVISION: &str = "2025-11-25";

/// The folder of the lab.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../third-party/lab"))
}

/// What one entry says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The name by which it is switched on.
    #[serde(skip)]
    pub(crate) name: String,
    /// What the server does.
    does: String,
    /// The rule that is violated first, for a fault.
    pub(crate) first: Option<String>,
    /// The rules that may be violated besides, for a fault; for a variant, those that are, none of them at MUST.
    #[serde(default, alias = "noted")]
    pub(crate) also: BTreeSet<String>,
    /// What is switched on, if not what the entry is called.
    names: Option<Vec<String>>,
    /// What is switched on besides.
    #[serde(default)]
    with: Vec<String>,
    revision: Option<String>,
    subject: Option<String>,
    /// Further options of the harness.
    #[serde(default)]
    pub(crate) options: Vec<String>,
    /// Variables for the server and the harness.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// How the harness ends, for a variant.
    #[serde(default)]
    pub(crate) exit: i32,
    /// Why it does not come out as it must, as far as is known.
    pub(crate) open: Option<String>,
}

impl Entry {
    /// The title of its trial.
    pub(crate) fn title(&self) -> String {
        let kind = if self.first.is_some() { "fault" } else { "right" };
        format!("{kind} {}: {}", self.name, self.does)
    }

    /// All that is switched on.
    pub(crate) fn switches(&self) -> Vec<&str> {
        let own = self
            .names
            .as_ref()
            .map_or_else(|| vec![self.name.as_str()], |names| names.iter().map(String::as_str).collect());
        own.into_iter().chain(self.with.iter().map(String::as_str)).collect()
    }

    /// The revision at which it is judged.
    pub(crate) fn revision(&self) -> &str {
        self.revision.as_deref().unwrap_or(REVISION)
    }

    /// The subject file, unless nothing is declared.
    pub(crate) fn subject(&self) -> Option<PathBuf> {
        match self.subject.as_deref() {
            Some("none") => None,
            Some(name) => Some(folder().join(format!("subject-{name}.toml"))),
            None => Some(folder().join("subject.toml")),
        }
    }
}

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    variant: BTreeMap<String, Entry>,
    fault: BTreeMap<String, Entry>,
}

impl Table {
    /// Reads it.
    pub(crate) fn read() -> Self {
        let text = std::fs::read_to_string(folder().join("faults.toml")).expect("faults.toml can be read");
        toml::from_str(&text).expect("faults.toml is a table of the lab")
    }

    /// All entries, variants first.
    pub(crate) fn entries(self) -> impl Iterator<Item = Entry> {
        self.variant.into_iter().chain(self.fault).map(|(name, entry)| Entry { name, ..entry })
    }

    /// Whether each name is known to the servers, each switch of theirs to the table, and each entry is complete.
    pub(crate) fn check(self) -> Result<(), Failed> {
        let incomplete = self.fault.iter().filter(|(_, entry)| entry.first.is_none()).map(|(name, _)| name);
        let accusing = self.variant.iter().filter(|(_, entry)| entry.first.is_some()).map(|(name, _)| name);
        let mut wrong: Vec<_> =
            incomplete.chain(accusing).map(|name| format!("{name}: `first` is for faults")).collect();
        let code = sources();
        let entries: Vec<_> = self.entries().collect();
        let known: BTreeSet<&str> = entries.iter().flat_map(Entry::switches).collect();
        let unknown =
            known.iter().filter(|name| !code.contains(&format!("'{name}'")) && !name.starts_with("tool-open-"));
        wrong.extend(unknown.map(|name| format!("{name}: no server knows it")));
        // `on('close', …)` of a stream is no switch.
        let asked = code.match_indices("on('").filter(|(at, _)| !code[..*at].ends_with('.'));
        let switched = asked.filter_map(|(at, start)| code[at + start.len()..].split_once('\'')).map(|(name, _)| name);
        let idle = switched
            .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !known.contains(name));
        wrong.extend(idle.map(|name| format!("{name}: the table does not know it")));
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    }
}

fn sources() -> String {
    let files = std::fs::read_dir(folder()).expect("the folder of the lab");
    let paths =
        files.map(|file| file.expect("a file").path()).filter(|path| path.extension().is_some_and(|end| end == "mjs"));
    paths.map(|path| std::fs::read_to_string(path).expect("a source file")).collect()
}
