//! A consistent copy of a SQLite database while others read and write it.

use crate::{DbError, DbResult};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long to wait for a writer that keeps the whole database to itself.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Copies the database at `source` into the new file `target` and checks the copy. Writers go on meanwhile: the copy
/// is the state at its beginning. A copy that is not whole is not left behind.
pub fn copy(source: &Path, target: &Path) -> DbResult<()> {
    if target.exists() {
        return Err(DbError::Other(format!("{} exists already", target.display())));
    }
    let name = target
        .to_str()
        .ok_or_else(|| DbError::Other("the name of the file is not UTF-8".into()))?;
    let copied = vacuum(source, name).and_then(|()| check(target));
    if copied.is_err() {
        // What matters is the first failure; a file that cannot be removed stays for the administrator.
        let _ = std::fs::remove_file(target);
    }
    copied
}

/// With a connection of its own: the statement refuses to run inside a transaction.
fn vacuum(source: &Path, target: &str) -> DbResult<()> {
    let connection = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute("VACUUM INTO ?1", [target])?;
    Ok(())
}

fn check(copy: &Path) -> DbResult<()> {
    let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(DbError::Other(format!("the copy is damaged: {verdict}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Access, Db, Target, migrations, params};

    #[test]
    fn a_copy_made_beside_a_writer_is_whole_and_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.db");
        let target = folder.path().join("b.db");
        let db = Db::open(&Target::Sqlite(source.clone())).unwrap();
        migrations::run(&db, 1).unwrap();
        db.run_blocking(Access::Write, |tx| {
            tx.exec(
                "INSERT INTO instance (name, value) VALUES ($1, $2)",
                params!["probe", "kept"],
            )
        })
        .unwrap();

        copy(&source, &target).unwrap();
        let restored = Db::open(&Target::Sqlite(target.clone())).unwrap();
        let kept = restored.run_blocking(Access::Read, |tx| {
            tx.first(
                "SELECT value FROM instance WHERE name = $1",
                params!["probe"],
                |row| row.text(0),
            )
        });
        assert_eq!(kept.unwrap().as_deref(), Some("kept"));

        let again = copy(&source, &target).unwrap_err();
        assert!(again.to_string().contains("exists already"), "{again}");
        assert!(target.exists());
    }

    #[test]
    fn what_is_not_a_database_leaves_no_copy() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.db");
        let target = folder.path().join("b.db");
        std::fs::write(
            &source,
            "no database at all, but long enough to have a header to look at".repeat(9),
        )
        .unwrap();
        assert!(copy(&source, &target).is_err());
        assert!(!target.exists());
    }
}
