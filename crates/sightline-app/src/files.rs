//! Attachments and malware samples: files beside the database, named by ids only, never by what a client sent.

use sightline_core::ids::{AttributeId, EventId};
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};
use tempfile::TempPath;

/// The directory of stored files: `<root>/<event id>/<attribute id>`.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Files below `root`, which is created when the first one is stored.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Stores the bytes of an attribute. They are durable when this returns, and take the place of what was there when the
    /// transaction is committed.
    pub fn store(
        &self,
        tx: &mut Tx<'_>,
        event: EventId,
        attribute: AttributeId,
        bytes: &[u8],
    ) -> AppResult<()> {
        let path = self.path(event, attribute);
        let staged = stage(&path, bytes)
            .map_err(|e| AppError::internal(format!("storing {}: {e}", path.display())))?;
        tx.after_commit(move || report(staged.persist(&path).map_err(|e| e.error), &path));
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

    /// Removes the file of an attribute, if there is one, when the transaction is committed: a file without a row is
    /// garbage, a row without its file is damage.
    pub fn remove(&self, tx: &mut Tx<'_>, event: EventId, attribute: AttributeId) {
        let path = self.path(event, attribute);
        tx.after_commit(move || report(fs::remove_file(&path), &path));
    }

    /// Removes all files of an event when the transaction is committed.
    pub fn remove_event(&self, tx: &mut Tx<'_>, event: EventId) {
        let path = self.directory(event);
        tx.after_commit(move || report(fs::remove_dir_all(&path), &path));
    }

    fn path(&self, event: EventId, attribute: AttributeId) -> PathBuf {
        self.directory(event).join(attribute.0.to_string())
    }

    /// Where the files of an event are.
    pub(crate) fn directory(&self, event: EventId) -> PathBuf {
        self.root.join(event.0.to_string())
    }
}

/// Writes the bytes beside where they belong; the file goes away unless it is put there.
fn stage(path: &Path, bytes: &[u8]) -> io::Result<TempPath> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    // Closed: an event may bring more files than a process may have open.
    Ok(file.into_temp_path())
}

/// The transaction is committed: what fails now can only be told to the administrator.
fn report(result: io::Result<()>, path: &Path) {
    if let Err(error) = result
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::error!(%error, path = %path.display(), "an attachment could not be stored or removed");
    }
}
