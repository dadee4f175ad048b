//! Zip archives with exactly one file, unpacked on the blocking pool within a size limit.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::RemoteError;

const COPY_BYTES: usize = 64 * 1024;
/// Size of the record that ends an archive, without its comment.
const END_BYTES: usize = 22;
/// That record, its longest comment, and a little more than the library's own reach.
const END_REACH_BYTES: u64 = 66 * 1024;

/// Copies the only file in `archive` to `out`: at most `limit` bytes, and until `stop` is set.
pub(crate) fn unpack_single<R: Read + Seek>(
    mut archive: R,
    limit: u64,
    out: &mut impl Write,
    stop: &AtomicBool,
) -> Result<(), RemoteError> {
    if !promises_one_entry(&mut archive)? {
        return Err(RemoteError::Zip("it must contain exactly one file".into()));
    }
    let mut archive = ZipArchive::new(archive).map_err(broken)?;
    let mut file = archive.by_index(0).map_err(broken)?;
    if !file.is_file() {
        return Err(RemoteError::Zip("its only entry is not a file".into()));
    }
    let mut buffer = vec![0; COPY_BYTES];
    let mut written: u64 = 0;
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(RemoteError::Zip("unpacking was cancelled".into()));
        }
        let length = file.read(&mut buffer).map_err(|error| broken(error.into()))?;
        if length == 0 {
            return Ok(());
        }
        written = written.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if written > limit {
            return Err(RemoteError::TooLarge { limit });
        }
        out.write_all(buffer.get(..length).unwrap_or_default())?;
    }
}

/// Looks at the end records only, because the library loads the whole directory, which a hostile archive can make
/// huge. Every record in reach counts, as the library goes on to the next one where the last is broken. Records that
/// refer to a 64-bit one fail as well: archives of that size are beyond our limits.
fn promises_one_entry(archive: &mut (impl Read + Seek)) -> Result<bool, RemoteError> {
    let length = archive.seek(SeekFrom::End(0))?;
    archive.seek(SeekFrom::Start(length.saturating_sub(END_REACH_BYTES)))?;
    let mut tail = Vec::new();
    archive.take(END_REACH_BYTES).read_to_end(&mut tail)?;
    let one = Some(&[1, 0, 1, 0][..]);
    let in_64_bit_record = Some(&[0xff; 4][..]);
    let mut records = tail
        .windows(END_BYTES)
        .filter(|record| record.starts_with(b"PK\x05\x06"));
    Ok(records.all(|record| {
        record.get(8..12) == one
            && record.get(12..16) != in_64_bit_record
            && record.get(16..20) != in_64_bit_record
    }))
}

/// Runs blocking `work` that ends soon after the returned future is dropped: its flag is set then.
pub(crate) async fn in_background<T: Send + 'static>(
    work: impl FnOnce(&AtomicBool) -> Result<T, RemoteError> + Send + 'static,
) -> Result<T, RemoteError> {
    struct StopOnDrop(Arc<AtomicBool>);
    impl Drop for StopOnDrop {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stop = StopOnDrop(Arc::default());
    let seen_by_work = Arc::clone(&stop.0);
    let task = tokio::task::spawn_blocking(move || work(&seen_by_work));
    task.await.map_err(|error| RemoteError::Zip(error.to_string()))?
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn broken(error: ZipError) -> RemoteError {
    RemoteError::Zip(error.to_string())
}
