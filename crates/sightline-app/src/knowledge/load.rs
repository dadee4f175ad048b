//! One file: which function loads it, and what is kept of that. A library is added here, with one function
//! `async fn load(ctx, file) -> AppResult<Outcome>`.

use super::{Library, galaxies, taxonomies, warninglists};
use crate::Ctx;
use sightline_core::ids::JobId;
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::knowledge_files::{self, KnowledgeFile};
use sightline_knowledge::library::{Check, Malformed, parse};

/// A file that was found in a source.
pub(super) struct Found {
    pub(super) library: Library,
    /// What it is called within its library.
    pub(super) name: String,
    /// SHA-256 of the content.
    pub(super) hash: Vec<u8>,
    pub(super) content: Vec<u8>,
}

/// A file to be loaded: what is to be kept of it, and its content until it is parsed.
#[derive(Clone)]
pub(super) struct File {
    pub(super) library: Library,
    pub(super) name: String,
    pub(super) hash: Vec<u8>,
    job: JobId,
    /// Whether what is as new is loaded again.
    pub(super) force: bool,
    pub(super) content: Vec<u8>,
}

/// What came of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is new, or newer than what was there.
    Loaded,
    /// What is there is at least as new, or the file is not meant for this platform.
    Kept,
    /// What it belongs to is not here yet; says what.
    Waits(String),
    /// It could not be read; says why.
    Broken(String),
}

impl File {
    pub(super) fn new(found: Found, job: JobId, force: bool) -> Self {
        Self {
            library: found.library,
            name: found.name,
            hash: found.hash,
            job,
            force,
            content: found.content,
        }
    }

    /// The content, parsed away from the threads that answer requests; it is not needed after that.
    pub(super) async fn parse<T>(&mut self) -> AppResult<Result<T, Malformed>>
    where
        T: serde::de::DeserializeOwned + Check + Send + 'static,
    {
        let content = std::mem::take(&mut self.content);
        tokio::task::spawn_blocking(move || parse(&content))
            .await
            .map_err(AppError::internal)
    }

    /// Keeps that this content was loaded, in the transaction that loads it: it is not looked at again.
    pub(super) fn keep(&self, tx: &mut Tx<'_>, now: i64, record_id: i64) -> AppResult<()> {
        self.mark(tx, now, record_id, self.job, None)
    }

    fn mark(
        &self,
        tx: &mut Tx<'_>,
        loaded: i64,
        record_id: i64,
        job_id: JobId,
        problem: Option<String>,
    ) -> AppResult<()> {
        Ok(knowledge_files::put(
            tx,
            &KnowledgeFile {
                kind: self.library.name().to_owned(),
                name: self.name.clone(),
                content_hash: self.hash.clone(),
                record_id,
                loaded,
                job_id,
                problem,
            },
        )?)
    }

    /// What to call it in logs.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.library.name(), self.name)
    }
}

/// Loads a file into its library.
pub(super) async fn load(ctx: &Ctx, file: File) -> AppResult<Outcome> {
    match file.library {
        Library::Taxonomies => taxonomies::load(ctx, file).await,
        Library::Galaxies => galaxies::load(ctx, file).await,
        Library::Warninglists => warninglists::load(ctx, file).await,
    }
}

/// Keeps that a file is broken; what an earlier version of it has brought stays.
pub(super) async fn broken(ctx: &Ctx, file: File, problem: String) -> AppResult<Outcome> {
    let told = problem.clone();
    // A transaction may be run again: what it needs is cloned.
    let file = File {
        content: Vec::new(),
        ..file
    };
    ctx.write(move |ctx, tx| {
        let record = knowledge_files::record_of(tx, file.library.name(), &file.name)?;
        file.mark(tx, ctx.now(), record, file.job, Some(problem))
    })
    .await?;
    Ok(Outcome::Broken(told))
}
