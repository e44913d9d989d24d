//! The journals that one process has begun in one folder, so that whoever ends the process can tear down what work that
//! was cut off left behind.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::journal::{Journal, JournalError};
use super::naming::RunId;

/// A folder for journals, and which of them this process began.
#[derive(Debug)]
pub struct Journals {
    folder: PathBuf,
    begun: Mutex<Vec<PathBuf>>,
}

impl Journals {
    /// Journals in `folder`, none of them begun.
    #[must_use]
    pub fn new(folder: &Path) -> Journals {
        Journals { folder: folder.to_owned(), begun: Mutex::default() }
    }

    /// Begins the journal of `run`.
    ///
    /// # Errors
    /// The journal cannot be written, or there is one of that run.
    pub fn begin(&self, run: &RunId) -> Result<Journal, JournalError> {
        let journal = Journal::create(&self.folder, run)?;
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).push(journal.path().to_owned());
        Ok(journal)
    }

    /// The journals begun here whose runs are not shown to be gone, in the order in which they were begun.
    ///
    /// # Errors
    /// A journal that is there and cannot be read.
    pub fn open(&self) -> Result<Vec<Journal>, JournalError> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.iter().filter(|path| path.exists()).map(|path| Journal::load(path)).collect()
    }
}
