//! The real data beside the project: used where it is, counted as skipped where it is not.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Unpacks `<name>.tar.zst` of the data folder below `into`, and gives the folder of that name; `None` when there is no data folder, which is then noted
/// for the summary of `make test`.
///
/// # Panics
/// When the folder is there but the archive cannot be unpacked: data that exists must not be skipped.
pub fn data_set(name: &str, test: &str, into: &Path) -> Option<PathBuf> {
    let folder = env::var_os("SIGHTLINE_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        note_skipped(test);
        return None;
    }
    let archive = folder.join(format!("{name}.tar.zst"));
    let unpacked = Command::new("tar")
        .arg("--zstd")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(into)
        .status();
    assert!(
        unpacked.is_ok_and(|status| status.success()),
        "{} cannot be unpacked",
        archive.display()
    );
    Some(into.join(Path::new(name).file_name().unwrap_or_default()))
}

#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn note_skipped(test: &str) {
    eprintln!("SKIPPED {test}: there is no test data");
    if let Some(log) = env::var_os("SIGHTLINE_SKIPPED_LOG")
        && let Ok(mut file) = fs::OpenOptions::new().create(true).append(true).open(log)
    {
        let _ = writeln!(file, "{test}");
    }
}
