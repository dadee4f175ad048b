//! Where a feed's files come from: a web server, or a directory of this machine.

use crate::Ctx;
use sightline_core::{AppError, AppResult};
use sightline_misp::feeds::{Feed, InputSource, SourceFormat};
use sightline_remote::{HeaderMap, LocalRoots, Remote, RemoteError, Request, feed_headers};
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::TempPath;
use uuid::Uuid;

/// The version that feed servers are told; the reference's, whose wire this is.
const WIRE_VERSION: &str = "2.5.1";

/// The headers of a feed's requests; `Err` says what is wrong with the feed's own lines.
pub(in crate::feeds) fn headers_of(lines: &str, instance: Uuid) -> Result<HeaderMap, String> {
    feed_headers(lines, WIRE_VERSION, &instance.to_string())
}

/// A feed's place. Cheap to clone.
#[derive(Clone)]
pub(in crate::feeds) enum Source {
    Network {
        remote: Remote,
        url: String,
        headers: HeaderMap,
    },
    Local {
        roots: LocalRoots,
        path: String,
    },
}

/// A file of a feed on this machine's disk; a downloaded one is gone when this is dropped.
pub(in crate::feeds) struct Fetched {
    path: PathBuf,
    downloaded: Option<TempPath>,
    /// What the server calls this version.
    pub(in crate::feeds) etag: Option<String>,
}

impl Source {
    pub(in crate::feeds) fn of(ctx: &Ctx, feed: &Feed) -> AppResult<Self> {
        match feed.input_source {
            InputSource::Network => {
                let lines = feed.headers.as_deref().unwrap_or_default();
                let headers = headers_of(lines, ctx.platform.uuid)
                    .map_err(|reason| AppError::field("headers", reason))?;
                Ok(Self::Network {
                    remote: ctx.platform.remote.clone(),
                    url: place(feed),
                    headers,
                })
            }
            InputSource::Local => Ok(Self::Local {
                roots: LocalRoots::new(ctx.settings().feeds.local_roots.clone()),
                path: place(feed),
            }),
        }
    }

    /// One file of a MISP feed's directory.
    pub(in crate::feeds) async fn file(
        &self,
        name: &str,
        etag: Option<String>,
    ) -> Result<Fetched, RemoteError> {
        match self {
            Self::Network { url, .. } => self.get(format!("{url}/{name}"), etag).await,
            Self::Local { path, .. } => self.get(format!("{path}/{name}"), None).await,
        }
    }

    /// The one file of a text feed.
    pub(in crate::feeds) async fn only_file(&self, etag: Option<String>) -> Result<Fetched, RemoteError> {
        match self {
            Self::Network { url, .. } => self.get(url.clone(), etag).await,
            Self::Local { path, .. } => self.get(path.clone(), None).await,
        }
    }

    async fn get(&self, place: String, etag: Option<String>) -> Result<Fetched, RemoteError> {
        match self {
            Self::Network { remote, headers, .. } => {
                let request = Request::new(place).headers(headers.clone()).if_none_match(etag);
                let response = remote.get(request).await?;
                let etag = response.etag.clone();
                let file = response
                    .into_tempfile(&std::env::temp_dir(), u64::MAX, |_| ())
                    .await?;
                let downloaded = file.into_temp_path();
                Ok(Fetched {
                    path: downloaded.to_path_buf(),
                    downloaded: Some(downloaded),
                    etag,
                })
            }
            Self::Local { roots, .. } => Ok(Fetched {
                path: roots.file(&place)?,
                downloaded: None,
                etag: None,
            }),
        }
    }
}

/// The feed's address; the directory of a MISP feed without the slash at its end.
fn place(feed: &Feed) -> String {
    match feed.source_format {
        SourceFormat::Misp => feed.url.trim_end_matches('/').to_owned(),
        SourceFormat::Freetext | SourceFormat::Csv => feed.url.clone(),
    }
}

impl Fetched {
    /// Opens the file at its start.
    pub(in crate::feeds) fn open(&self) -> std::io::Result<File> {
        File::open(&self.path)
    }

    /// Bytes.
    pub(in crate::feeds) fn size(&self) -> u64 {
        Path::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// Removes a file of a local feed, as the feed's `delete_local_file` asks. A failure is told, not fatal: what was
    /// in the file is stored.
    pub(in crate::feeds) fn delete_local(&self) -> Result<(), String> {
        if self.downloaded.is_some() {
            return Ok(());
        }
        std::fs::remove_file(&self.path).map_err(|error| format!("the file could not be deleted: {error}"))
    }
}
