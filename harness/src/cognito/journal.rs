//! What a run has made on an account, written down before and after each creation, so that a crash leaves something to remove.
//!
//! One JSON file per run, replaced as a whole (new file, flush to disk, rename), so that a reader sees the old or the new state and never half of
//! one. It holds names and ids, never a secret. It knows nothing of the SDK.
//!
//! Writing blocks the calling thread for some milliseconds a handful of times per run; that is the price of the flush.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::naming::RunId;

const VERSION: u32 = 1;
const EXTENSION: &str = "json";

/// The record of one run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    record: Mutex<Record>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    version: u32,
    run: RunId,
    place: Option<Place>,
    entries: Vec<Entry>,
}

/// The account, region and endpoint a run works on. Looking for a pool anywhere else would find nothing and prove nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The AWS region.
    pub region: String,
    /// The endpoint, when it is not AWS's own.
    pub endpoint_url: Option<String>,
    /// The number of the AWS account; unknown at an endpoint that is not AWS's own.
    pub account_id: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.region)?;
        self.endpoint_url.iter().try_for_each(|url| write!(f, " at {url}"))?;
        self.account_id.iter().try_for_each(|id| write!(f, " in account {id}"))
    }
}

/// One thing that was made, or was about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its name, chosen by us.
    pub name: String,
    /// Whether Cognito said that it exists.
    pub state: State,
    /// Its id, chosen by Cognito; absent before it is made, and where Cognito gives none.
    pub id: Option<String>,
}

/// What a thing is. All but the domain go with the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The user pool.
    UserPool,
    /// A resource server.
    ResourceServer,
    /// An app client.
    AppClient,
    /// The branding of an app client's login pages.
    Branding,
    /// The domain of the hosted login.
    Domain,
    /// A user.
    User,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::UserPool => "user pool",
            Kind::ResourceServer => "resource server",
            Kind::AppClient => "app client",
            Kind::Branding => "branding of app client",
            Kind::Domain => "domain",
            Kind::User => "user",
        })
    }
}

/// How far the making of a thing got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was about to be made; whether it was is unknown.
    Intended,
    /// Cognito said that it was made.
    Created,
}

/// The journal could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file system refused.
    #[error("journal {path}: could not {action}: {source}")]
    Io {
        /// The journal's file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is not a journal.
    #[error("journal {path}: not a journal: {source}; look at it, remove what it names by hand, then remove it")]
    Malformed {
        /// The journal's file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The file is a journal of another version of the harness.
    #[error("journal {path}: version {found} is not {VERSION}; use the harness that wrote it")]
    Version {
        /// The journal's file.
        path: PathBuf,
        /// The version it names.
        found: u32,
    },
}

impl Journal {
    /// Begins the journal of `run` as a new file in `dir`, which is made if need be.
    ///
    /// # Errors
    /// The file system refuses, or a journal of that run is there already.
    pub fn create(dir: &Path, run: &RunId) -> Result<Journal, JournalError> {
        let path = dir.join(run.as_str()).with_extension(EXTENSION);
        fs::create_dir_all(dir).map_err(|source| at(&path, "make its folder", source))?;
        if path.exists() {
            return Err(at(&path, "begin it", io::ErrorKind::AlreadyExists.into()));
        }
        let record = Record { version: VERSION, run: run.clone(), place: None, entries: Vec::new() };
        save(&path, &record)?;
        Ok(Journal { path, record: Mutex::new(record) })
    }

    /// Reads the journal in the file `path`.
    ///
    /// # Errors
    /// The file cannot be read, is no journal, or is of another version.
    pub fn load(path: &Path) -> Result<Journal, JournalError> {
        let text = fs::read(path).map_err(|source| at(path, "read it", source))?;
        let malformed = |source| JournalError::Malformed { path: path.to_owned(), source };
        let Versioned { version } = serde_json::from_slice(&text).map_err(malformed)?;
        if version != VERSION {
            return Err(JournalError::Version { path: path.to_owned(), found: version });
        }
        let record = serde_json::from_slice(&text).map_err(malformed)?;
        Ok(Journal { path: path.to_owned(), record: Mutex::new(record) })
    }

    /// The files in `dir` of runs whose teardown is not proven yet, in order of their names. No folder means none.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn pending(dir: &Path) -> Result<Vec<PathBuf>, JournalError> {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(at(dir, "read the folder", source)),
        };
        let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = paths.map_err(|source| at(dir, "read the folder", source))?;
        paths.retain(|path| is_journal_name(path));
        paths.sort();
        Ok(paths)
    }

    /// The journal's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The run it belongs to.
    pub fn run(&self) -> RunId {
        self.record().run.clone()
    }

    /// Where the run works; `None` before anything was made.
    pub fn place(&self) -> Option<Place> {
        self.record().place.clone()
    }

    /// All that was made or about to be, in order.
    pub fn entries(&self) -> Vec<Entry> {
        self.record().entries.clone()
    }

    /// Writes down where the run works.
    pub(super) fn begin(&self, place: Place) -> Result<(), JournalError> {
        self.write(|record| record.place = Some(place))
    }

    /// Writes down that a thing is about to be made.
    pub(super) fn intend(&self, kind: Kind, name: &str) -> Result<(), JournalError> {
        let entry = Entry { kind, name: name.to_owned(), state: State::Intended, id: None };
        self.write(|record| record.entries.push(entry))
    }

    /// Writes down that the thing last intended under this name exists.
    pub(super) fn created(&self, kind: Kind, name: &str, id: Option<&str>) -> Result<(), JournalError> {
        self.write(|record| {
            let intended = record.entries.iter_mut().rev().find(|entry| entry.kind == kind && entry.name == name);
            if let Some(entry) = intended {
                entry.state = State::Created;
                entry.id = id.map(str::to_owned);
            }
        })
    }

    /// Removes the file: nothing of the run is left. Closing twice is fine.
    pub(super) fn close(&self) -> Result<(), JournalError> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&self.path, "remove it", error)),
            _ => Ok(()),
        }
    }

    fn write(&self, change: impl FnOnce(&mut Record)) -> Result<(), JournalError> {
        let mut record = self.record();
        change(&mut record);
        save(&self.path, &record)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        // A record is never left half changed, so one that a panicking thread held is as good as any.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Whether a file is named as [`Journal::create`] names it: folders may hold other things, such as a half-written new state.
fn is_journal_name(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    path.extension().is_some_and(|extension| extension == EXTENSION)
        && stem.is_some_and(|stem| stem.parse::<RunId>().is_ok())
}

fn save(path: &Path, record: &Record) -> Result<(), JournalError> {
    let malformed = |source| JournalError::Malformed { path: path.to_owned(), source };
    let text = serde_json::to_vec_pretty(record).map_err(malformed)?;
    let fresh = path.with_extension("json.new");
    write_through(&fresh, &text).map_err(|source| at(path, "write it", source))?;
    fs::rename(&fresh, path).map_err(|source| at(path, "replace it", source))?;
    flush_folder(path).map_err(|source| at(path, "flush its folder", source))
}

fn write_through(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// A rename is durable only once the folder is on disk. Elsewhere than on Unix a folder cannot be opened as a file.
#[cfg(unix)]
fn flush_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn flush_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn at(path: &Path, action: &'static str, source: io::Error) -> JournalError {
    JournalError::Io { path: path.to_owned(), action, source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    /// A folder of its own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Folder {
            Folder(std::env::temp_dir().join(format!("mcp-harness-journal-{}", RunId::random())))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn run() -> RunId {
        "abcdefghijk1".parse().unwrap()
    }

    #[test]
    fn keeps_an_intent_whose_result_was_never_written() {
        let folder = Folder::new();
        let journal = Journal::create(&folder.0, &run()).unwrap();
        journal.begin(Place { region: "us-east-1".to_owned(), endpoint_url: None, account_id: None }).unwrap();
        journal.intend(Kind::UserPool, "mcp-harness-abcdefghijk1").unwrap();
        journal.created(Kind::UserPool, "mcp-harness-abcdefghijk1", Some("us-east-1_AbCdEfGhI")).unwrap();
        journal.intend(Kind::Domain, "mcp-abcdefghijk1").unwrap();
        drop(journal);

        let pending = Journal::pending(&folder.0).unwrap();
        let journal = Journal::load(&pending[0]).unwrap();

        let states: Vec<State> = journal.entries().iter().map(|entry| entry.state).collect();
        assert_eq!(states, [State::Created, State::Intended]);
        insta::assert_snapshot!(fs::read_to_string(journal.path()).unwrap());
    }

    #[test]
    fn does_not_overwrite_the_journal_of_the_same_run() {
        let folder = Folder::new();
        let _first = Journal::create(&folder.0, &run()).unwrap();
        assert!(matches!(Journal::create(&folder.0, &run()), Err(JournalError::Io { action: "begin it", .. })));
    }

    #[test]
    fn a_half_written_new_state_is_not_a_pending_journal() {
        let folder = Folder::new();
        let journal = Journal::create(&folder.0, &run()).unwrap();
        fs::write(folder.0.join("abcdefghijk1.json.new"), "{\"version\":1,").unwrap();
        fs::write(folder.0.join("notes.json"), "{}").unwrap();
        assert_eq!(Journal::pending(&folder.0).unwrap(), [journal.path()]);
    }

    #[test]
    fn no_folder_means_no_pending_journal() {
        assert_eq!(Journal::pending(&Folder::new().0).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn closing_twice_is_fine() {
        let folder = Folder::new();
        let journal = Journal::create(&folder.0, &run()).unwrap();
        journal.close().unwrap();
        journal.close().unwrap();
        assert!(!journal.path().exists());
    }

    #[test]
    fn refuses_a_journal_of_another_version_and_what_is_none() {
        let folder = Folder::new();
        let journal = Journal::create(&folder.0, &run()).unwrap();
        fs::write(journal.path(), "{\"version\": 2, \"anything\": []}").unwrap();
        assert!(matches!(Journal::load(journal.path()), Err(JournalError::Version { found: 2, .. })));
        fs::write(journal.path(), "").unwrap();
        assert!(matches!(Journal::load(journal.path()), Err(JournalError::Malformed { .. })));
    }
}
