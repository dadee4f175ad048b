//! Attachments and malware samples: files beside the database, named by ids only, never by what a client sent.
//!
//! A file without a row is garbage, a row without its file is damage. A new attribute's file is in its place before the
//! transaction is committed, and removed again when it is not. A file that takes the place of another one, or goes, does so
//! right after the commit.

use sightline_core::ids::{AttributeId, EventId};
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};
use tempfile::{NamedTempFile, TempPath};

/// The directory, below the root, of files that wait for their commit.
const STAGED: &str = "staged";

/// The directory of stored files: `<root>/<event id>/<attribute id>`.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
    turns: Turns,
}

impl Files {
    /// Files below `root`, which is created when the first one is stored. What an earlier process left half done is
    /// removed.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let staged = root.join(STAGED);
        report(fs::remove_dir_all(&staged), &staged);
        Self {
            root,
            turns: Turns::default(),
        }
    }

    /// Stores the bytes of a new attribute, durably.
    pub fn store(
        &self,
        tx: &mut Tx<'_>,
        event: EventId,
        attribute: AttributeId,
        bytes: &[u8],
    ) -> AppResult<()> {
        let path = self.path(event, attribute);
        let staged = self.stage(bytes).map_err(|error| storing(&path, &error))?;
        fs::create_dir_all(self.directory(event)).map_err(|error| storing(&path, &error))?;
        staged
            .persist(&path)
            .map_err(|error| storing(&path, &error.error))?;
        tx.at_end(move |committed| {
            if !committed {
                report(fs::remove_file(&path), &path);
            }
        });
        Ok(())
    }

    /// Stores other bytes of an attribute. They are durable when this returns, and take the place of what was there when
    /// the transaction is committed.
    pub fn replace(
        &self,
        tx: &mut Tx<'_>,
        event: EventId,
        attribute: AttributeId,
        bytes: &[u8],
    ) -> AppResult<()> {
        let path = self.path(event, attribute);
        let staged = self.stage(bytes).map_err(|error| storing(&path, &error))?;
        fs::create_dir_all(self.directory(event)).map_err(|error| storing(&path, &error))?;
        self.turns
            .at_commit(tx, path, |path| staged.persist(path).map_err(|error| error.error));
        Ok(())
    }

    /// The bytes of an attribute; `None` when there is no file.
    pub fn load(&self, event: EventId, attribute: AttributeId) -> AppResult<Option<Vec<u8>>> {
        match fs::read(self.path(event, attribute)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(AppError::internal(format!("reading an attachment: {error}"))),
        }
    }

    /// Removes the file of an attribute, if there is one, when the transaction is committed.
    pub fn remove(&self, tx: &mut Tx<'_>, event: EventId, attribute: AttributeId) {
        self.turns
            .at_commit(tx, self.path(event, attribute), |path| fs::remove_file(path));
    }

    /// Removes all files of an event when the transaction is committed.
    pub fn remove_event(&self, tx: &mut Tx<'_>, event: EventId) {
        self.turns
            .at_commit(tx, self.directory(event), |path| fs::remove_dir_all(path));
    }

    fn path(&self, event: EventId, attribute: AttributeId) -> PathBuf {
        self.directory(event).join(attribute.0.to_string())
    }

    /// Where the files of an event are.
    pub(crate) fn directory(&self, event: EventId) -> PathBuf {
        self.root.join(event.0.to_string())
    }

    /// Writes the bytes beside where they belong; the file goes away unless it is put there.
    fn stage(&self, bytes: &[u8]) -> io::Result<TempPath> {
        let directory = self.root.join(STAGED);
        fs::create_dir_all(&directory)?;
        let mut file = NamedTempFile::new_in(directory)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        // Closed: an event may bring more files than a process may have open.
        Ok(file.into_temp_path())
    }
}

fn storing(path: &Path, error: &io::Error) -> AppError {
    AppError::internal(format!("storing {}: {error}", path.display()))
}

/// The transaction is over: what fails now can only be told to the administrator.
fn report(result: io::Result<()>, path: &Path) {
    if let Err(error) = result
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::error!(%error, path = %path.display(), "an attachment could not be stored or removed");
    }
}

/// The order in which changes of one path were made. Whoever changes a file holds its event, but lets go of it at the commit:
/// the one that committed first may come to its file last, and must then leave it alone.
#[derive(Clone, Debug, Default)]
struct Turns(Arc<Mutex<HashMap<PathBuf, Turn>>>);

#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    given: u64,
    /// The latest that was carried out.
    done: u64,
    waiting: u64,
}

impl Turns {
    fn at_commit(
        &self,
        tx: &mut Tx<'_>,
        path: PathBuf,
        change: impl FnOnce(&Path) -> io::Result<()> + Send + 'static,
    ) {
        let turns = self.clone();
        let number = turns.with(&path, |turn| {
            turn.given += 1;
            turn.waiting += 1;
            turn.given
        });
        tx.at_end(move |committed| {
            // Under the lock: two changes of one path are never carried out at once.
            turns.with(&path, |turn| {
                turn.waiting -= 1;
                if committed && number > turn.done {
                    turn.done = number;
                    report(change(&path), &path);
                }
            });
        });
    }

    fn with<T>(&self, path: &Path, act: impl FnOnce(&mut Turn) -> T) -> T {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(path.to_owned()).or_default();
        let result = act(turn);
        if turn.waiting == 0 {
            turns.remove(path);
        }
        result
    }
}
