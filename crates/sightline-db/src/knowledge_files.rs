//! Which files of the knowledge libraries were read, and what came of them.

use crate::{DbResult, Tx, params};
use sightline_core::ids::JobId;

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeFile {
    /// Which library it belongs to.
    pub kind: String,
    /// Its path within that library.
    pub name: String,
    /// SHA-256 of its content.
    pub content_hash: Vec<u8>,
    /// What came of it; 0 for nothing.
    pub record_id: i64,
    /// When it was read.
    pub loaded: i64,
    /// The run that read it; 0 for the set-up.
    pub job_id: JobId,
    /// Why it could not be read.
    pub problem: Option<String>,
}

/// What is known of one library's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Which library.
    pub kind: String,
    /// Files that were read.
    pub files: i64,
    /// Files that could not be read.
    pub broken: i64,
    /// When the newest was read.
    pub loaded: i64,
}

/// Every file, by kind and name; the libraries have about a thousand.
pub fn all(tx: &mut Tx<'_>) -> DbResult<Vec<KnowledgeFile>> {
    tx.all(
        "SELECT kind, name, content_hash, record_id, loaded, job_id, problem FROM knowledge_files ORDER BY kind, name",
        &[],
        |row| {
            Ok(KnowledgeFile {
                kind: row.text(0)?,
                name: row.text(1)?,
                content_hash: row.bytes(2)?,
                record_id: row.int(3)?,
                loaded: row.int(4)?,
                job_id: JobId(row.int(5)?),
                problem: row.opt_text(6)?,
            })
        },
    )
}

/// Keeps what came of a file.
pub fn put(tx: &mut Tx<'_>, file: &KnowledgeFile) -> DbResult<()> {
    tx.exec(
        "INSERT INTO knowledge_files (kind, name, content_hash, record_id, loaded, job_id, problem) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, name) DO UPDATE SET \
         content_hash = excluded.content_hash, record_id = excluded.record_id, loaded = excluded.loaded, \
         job_id = excluded.job_id, problem = excluded.problem",
        params![
            &file.kind,
            &file.name,
            &file.content_hash,
            file.record_id,
            file.loaded,
            file.job_id,
            file.problem.as_deref()
        ],
    )?;
    Ok(())
}

/// What came of a file; 0 when nothing is known of it.
pub fn record_of(tx: &mut Tx<'_>, kind: &str, name: &str) -> DbResult<i64> {
    let found = tx.first(
        "SELECT record_id FROM knowledge_files WHERE kind = $1 AND name = $2",
        params![kind, name],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// Forgets the file of a record that is deleted, so that the next run brings it back.
pub fn forget(tx: &mut Tx<'_>, kind: &str, record_id: i64) -> DbResult<()> {
    tx.exec(
        "DELETE FROM knowledge_files WHERE kind = $1 AND record_id = $2",
        params![kind, record_id],
    )?;
    Ok(())
}

/// How many files of some libraries a run has read, and how many it could not read.
pub fn count_of_run(tx: &mut Tx<'_>, job: JobId, kinds: &[String]) -> DbResult<(i64, i64)> {
    let counts = tx.first(
        "SELECT COUNT(*), COUNT(problem) FROM knowledge_files WHERE job_id = $1 AND kind = ANY($2)",
        params![job, kinds],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    let (all, broken) = counts.unwrap_or_default();
    Ok((all - broken, broken))
}

/// What is known of every library.
pub fn summaries(tx: &mut Tx<'_>) -> DbResult<Vec<Summary>> {
    tx.all(
        "SELECT kind, COUNT(*), COUNT(problem), MAX(loaded) FROM knowledge_files GROUP BY kind ORDER BY kind",
        &[],
        |row| {
            let (all, broken) = (row.int(1)?, row.int(2)?);
            Ok(Summary {
                kind: row.text(0)?,
                files: all - broken,
                broken,
                loaded: row.int(3)?,
            })
        },
    )
}
