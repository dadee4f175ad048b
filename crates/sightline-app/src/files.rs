//! Attachments and malware samples: files beside the database, named by ids only, never by what a client sent.

use sightline_core::ids::{AttributeId, EventId};
use sightline_core::{AppError, AppResult};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

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

    /// Stores the bytes of an attribute, replacing what was there; durable when it returns.
    pub fn store(&self, event: EventId, attribute: AttributeId, bytes: &[u8]) -> AppResult<()> {
        let path = self.path(event, attribute);
        write(&path, bytes).map_err(|e| AppError::internal(format!("storing {}: {e}", path.display())))
    }

    /// The bytes of an attribute; `None` when there is no file.
    pub fn load(&self, event: EventId, attribute: AttributeId) -> AppResult<Option<Vec<u8>>> {
        match fs::read(self.path(event, attribute)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(AppError::internal(format!("reading an attachment: {error}"))),
        }
    }

    /// Removes the file of an attribute, if there is one.
    pub fn remove(&self, event: EventId, attribute: AttributeId) -> AppResult<()> {
        gone(fs::remove_file(self.path(event, attribute)))
    }

    /// Removes all files of an event.
    pub fn remove_event(&self, event: EventId) -> AppResult<()> {
        gone(fs::remove_dir_all(self.root.join(event.0.to_string())))
    }

    fn path(&self, event: EventId, attribute: AttributeId) -> PathBuf {
        self.root.join(event.0.to_string()).join(attribute.0.to_string())
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn gone(result: io::Result<()>) -> AppResult<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(AppError::internal(format!("removing attachments: {error}")))
        }
        _ => Ok(()),
    }
}
