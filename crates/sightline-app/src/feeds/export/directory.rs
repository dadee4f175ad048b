//! A feed as files, for any web server to serve.

use super::{Audience, Chunks, EventFile, Hashes, Manifest};
use crate::Ctx;
use sightline_core::ids::EventId;
use sightline_core::limits::CHUNK_ROWS;
use sightline_core::{AppError, AppResult};
use sightline_db::feeds;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes the published events that anybody may read, then the list of checksums, then the manifest: a reader never
/// finds an event in the manifest whose file is not there. Each file replaces its forerunner at once. How many events
/// there are.
///
/// # Errors
/// `Internal` when the directory cannot be written.
pub async fn to_directory(ctx: &Ctx, directory: &Path) -> AppResult<usize> {
    let directory = directory.to_path_buf();
    fs::create_dir_all(&directory).map_err(|error| unwritable(&directory, &error))?;
    let (mut count, mut after) = (0, EventId(0));
    loop {
        let page = ctx
            .read(move |ctx, tx| Ok(feeds::published_page(tx, ctx.visible(), after, CHUNK_ROWS)?))
            .await?;
        let complete = page.len() < CHUNK_ROWS;
        for (event, ..) in page {
            after = event.id;
            if Audience::Anybody.may_read_event(&event) {
                let uuid = event.uuid;
                let file = ctx
                    .read(move |ctx, tx| EventFile::open(ctx, tx, uuid, Audience::Anybody))
                    .await?;
                write(ctx, file, directory.join(format!("{uuid}.json"))).await?;
                count += 1;
            }
        }
        if complete {
            break;
        }
    }
    write(ctx, Hashes::new(Audience::Anybody), directory.join("hashes.csv")).await?;
    write(
        ctx,
        Manifest::new(Audience::Anybody),
        directory.join("manifest.json"),
    )
    .await?;
    Ok(count)
}

async fn write(ctx: &Ctx, mut document: impl Chunks, path: PathBuf) -> AppResult<()> {
    let failed = |error: std::io::Error| unwritable(&path, &error);
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    loop {
        let (rest, more, chunk) = ctx
            .read(move |ctx, tx| {
                let mut out = Vec::new();
                let more = document.next(ctx, tx, &mut out)?;
                Ok((document, more, out))
            })
            .await?;
        document = rest;
        file.write_all(&chunk).map_err(failed)?;
        if !more {
            break;
        }
    }
    readable(file.as_file()).map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A temporary file is for its owner only; a web server is another user.
fn readable(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

fn unwritable(path: &Path, error: &std::io::Error) -> AppError {
    AppError::internal(format!("writing {}: {error}", path.display()))
}
