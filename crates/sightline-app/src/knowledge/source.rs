//! Where files come from: a directory or an archive of this machine, or an archive that is downloaded first.

use super::Library;
use super::load::Found;
use crate::Ctx;
use crate::feeds::job_error;
use crate::jobs::{JobError, Progress};
use sha2::{Digest, Sha256};
use sightline_core::{AppError, AppResult};
use sightline_knowledge::library::FileKind;
use sightline_remote::{RemoteError, Request, each_file};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempPath;
use tokio::sync::mpsc;

/// The largest archive that is downloaded: all libraries of the community have some 30 MB.
const DOWNLOAD_BYTES: u64 = 1 << 30;

/// Whether a source is an address.
fn is_address(source: &str) -> bool {
    source.starts_with("https://") || source.starts_with("http://")
}

/// Refuses what can be no source: neither an http(s) address nor an absolute path.
pub fn check_source(source: &str) -> AppResult<()> {
    if is_address(source) || Path::new(source).is_absolute() {
        Ok(())
    } else {
        Err(AppError::field(
            "sources",
            "A source is an absolute path or begins with http:// or https://.",
        ))
    }
}

/// A source on this machine's disk; a downloaded one is gone when this is dropped.
pub(super) struct Place {
    path: PathBuf,
    _downloaded: Option<TempPath>,
}

impl Place {
    pub(super) async fn of(ctx: &Ctx, source: &str, progress: &Progress) -> Result<Self, JobError> {
        check_source(source)?;
        if !is_address(source) {
            return Ok(Self {
                path: source.into(),
                _downloaded: None,
            });
        }
        progress.set(0, 0, "Downloading").await;
        let download = async {
            let response = ctx.platform.remote.get(Request::new(source.to_owned())).await?;
            response
                .into_tempfile(&std::env::temp_dir(), DOWNLOAD_BYTES, |_| ())
                .await
        };
        let cancelled = async { progress.token().cancelled().await };
        let file = tokio::select! {
            file = download => file.map_err(|error| job_error(&error))?,
            () = cancelled => return Err(JobError::Cancelled),
        };
        let downloaded = file.into_temp_path();
        Ok(Self {
            path: downloaded.to_path_buf(),
            _downloaded: Some(downloaded),
        })
    }

    /// Sends every file of these libraries, until the channel is closed. Blocks.
    pub(super) fn read(&self, libraries: &[Library], files: &mpsc::Sender<Found>) -> Result<(), RemoteError> {
        let library = |kind| Library::of(kind).filter(|library| libraries.contains(library));
        // Two libraries share a layout, and only the content tells them apart: of those, every file is read.
        let wanted = |path: &str| FileKind::of(path, b"").is_some_and(|kind| library(kind).is_some());
        each_file(&self.path, &wanted, &mut |path, content| {
            let Some(library) = FileKind::of(path, &content).and_then(library) else {
                return ControlFlow::Continue(());
            };
            let found = Found {
                library,
                name: name_of(path),
                hash: Sha256::digest(&content).to_vec(),
                content,
            };
            match files.blocking_send(found) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })
    }
}

/// What a file is called within its library, wherever the library lies: the last folder and the file.
fn name_of(path: &str) -> String {
    let mut segments: Vec<&str> = path.rsplit('/').take(2).collect();
    segments.reverse();
    segments.join("/")
}
