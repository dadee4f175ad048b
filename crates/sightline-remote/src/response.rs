//! An answer whose body is still on the wire. It is taken whole, into a file or into memory, never beyond a limit
//! that counts decompressed bytes; an archive with one file is replaced by that file (spec 06 A.1).

use std::io::{Cursor, Seek};
use std::path::Path;

use reqwest::header::{CONTENT_TYPE, ETAG, HeaderName};
use tempfile::NamedTempFile;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use url::Url;

use crate::archive;
use crate::error::{RemoteError, classify};

/// Bytes collected before a write is handed to the blocking pool.
const WRITE_BYTES: usize = 256 * 1024;
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";

/// Status 200, body pending.
pub struct Response {
    /// To be sent with the next request for the same URL.
    pub etag: Option<String>,
    /// As sent, with parameters.
    pub content_type: Option<String>,
    /// URL of the last hop.
    pub final_url: Url,
    answer: reqwest::Response,
    max_body_bytes: u64,
}

impl Response {
    pub(crate) fn new(answer: reqwest::Response, final_url: Url, max_body_bytes: u64) -> Self {
        let text = |name: HeaderName| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        Self {
            etag: text(ETAG),
            content_type: text(CONTENT_TYPE),
            final_url,
            max_body_bytes,
            answer,
        }
    }

    /// Spools the body into a temporary file in `directory`, positioned at its start and deleted when dropped.
    /// `progress` is told the bytes received so far. At most `limit` bytes, before and after unpacking.
    pub async fn into_tempfile(
        mut self,
        directory: &Path,
        limit: u64,
        progress: impl FnMut(u64) + Send,
    ) -> Result<NamedTempFile, RemoteError> {
        let limit = limit.min(self.max_body_bytes);
        let file = NamedTempFile::new_in(directory)?;
        let writer = tokio::fs::File::from_std(file.reopen()?);
        let mut writer = BufWriter::with_capacity(WRITE_BYTES, writer);
        let start = self.spool(limit, &mut writer, progress).await?;
        if !self.is_zip(&start) {
            return Ok(file);
        }
        let mut unpacked = NamedTempFile::new_in(directory)?;
        archive::in_background(move |stop| {
            archive::unpack_single(file.as_file(), limit, unpacked.as_file_mut(), stop)?;
            unpacked.rewind()?;
            Ok(unpacked)
        })
        .await
    }

    /// Reads the body into memory: for small answers. At most `limit` bytes, before and after unpacking.
    pub async fn into_bytes(mut self, limit: u64) -> Result<Vec<u8>, RemoteError> {
        let limit = limit.min(self.max_body_bytes);
        let mut body = Vec::new();
        let start = self.spool(limit, &mut body, |_| ()).await?;
        if !self.is_zip(&start) {
            return Ok(body);
        }
        archive::in_background(move |stop| {
            let mut unpacked = Vec::new();
            archive::unpack_single(Cursor::new(body), limit, &mut unpacked, stop)?;
            Ok(unpacked)
        })
        .await
    }

    /// Copies the body into `sink`; returns its first bytes, as many as a magic number needs.
    async fn spool(
        &mut self,
        limit: u64,
        sink: &mut (impl AsyncWrite + Unpin + Send),
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<Vec<u8>, RemoteError> {
        if self.answer.content_length().is_some_and(|length| length > limit) {
            return Err(RemoteError::TooLarge { limit });
        }
        let mut start = Vec::with_capacity(ZIP_MAGIC.len());
        let mut received: u64 = 0;
        while let Some(chunk) = self
            .answer
            .chunk()
            .await
            .map_err(|error| classify(error, &self.final_url))?
        {
            received = received.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if received > limit {
                return Err(RemoteError::TooLarge { limit });
            }
            let missing = ZIP_MAGIC.len().saturating_sub(start.len());
            start.extend(chunk.iter().take(missing));
            sink.write_all(&chunk).await?;
            progress(received);
        }
        sink.flush().await?;
        Ok(start)
    }

    /// Either the server says so, or the URL does and the first bytes agree.
    fn is_zip(&self, start: &[u8]) -> bool {
        let declared = self.content_type.as_deref().unwrap_or_default();
        let media_type = declared
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        matches!(
            media_type.as_str(),
            "application/zip" | "application/x-zip-compressed" | "application/x-zip"
        ) || (start == ZIP_MAGIC && self.final_url.path().to_ascii_lowercase().ends_with(".zip"))
    }
}
