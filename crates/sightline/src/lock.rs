//! One server at a time on a SQLite data directory.

use anyhow::{Context, Result, bail};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The file that is locked; it stays when the server stops, only its lock goes.
const FILE: &str = "sightline.lock";

/// The lock; given back when it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its lock, never read")] File);

/// Takes the lock of a data directory; `None` when another process has it.
pub(crate) fn take(data: &Path) -> Result<Option<Lock>> {
    let path = data.join(FILE);
    let failed = || format!("the lock {}", path.display());
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(failed),
    }
}

/// Takes the lock, or says who has to stop first.
pub(crate) fn take_or_refuse(data: &Path) -> Result<Lock> {
    let Some(lock) = take(data)? else {
        bail!(
            "another server uses the data directory {}: stop it first",
            data.display()
        );
    };
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_locked_once_until_it_is_given_back() {
        let data = tempfile::tempdir().unwrap();
        let first = take(data.path()).unwrap();
        assert!(first.is_some());
        assert!(take(data.path()).unwrap().is_none());
        assert!(
            take_or_refuse(data.path())
                .unwrap_err()
                .to_string()
                .contains("another server")
        );
        drop(first);
        assert!(take(data.path()).unwrap().is_some());
    }
}
