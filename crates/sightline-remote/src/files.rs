//! The files of a directory or an archive (tar, tar.gz, tar.zst, zip), one after the other, within limits. Archives that
//! lie in a directory are opened too; those inside archives are not. Links are not followed.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;

use flate2::read::GzDecoder;
use zip::ZipArchive;

use crate::error::RemoteError;

/// The largest file that is read; the largest list of the community has 30 MB.
const MAX_FILE_BYTES: u64 = 256 << 20;
/// All files of one source together.
const MAX_TOTAL_BYTES: u64 = 4 << 30;
/// Files of one source, the uninteresting included.
const MAX_FILES: usize = 200_000;
/// Directories within directories.
const MAX_DEPTH: usize = 12;

/// Whether a file with this path (segments separated by `/`) is to be read.
pub type Wanted<'a> = &'a dyn Fn(&str) -> bool;
/// Takes a file's path and content, and says whether to go on.
pub type Take<'a> = &'a mut dyn FnMut(&str, Vec<u8>) -> ControlFlow<()>;

/// Hands over every wanted file of a directory or an archive. Blocks.
///
/// # Errors
/// `LocalMissing` when there is nothing at `place`, `Archive` for a broken one, `TooLarge` beyond the limits.
pub fn each_file(place: &Path, wanted: Wanted<'_>, take: Take<'_>) -> Result<(), RemoteError> {
    let mut reading = Reading {
        wanted,
        take,
        files: 0,
        bytes: 0,
    };
    let outcome = if place.is_dir() {
        reading.directory(place, "", 0)
    } else if place.is_file() {
        reading.archive(place)
    } else {
        return Err(RemoteError::LocalMissing(format!(
            "there is nothing at {}",
            place.display()
        )));
    };
    outcome.map(|_| ())
}

struct Reading<'a> {
    wanted: Wanted<'a>,
    take: Take<'a>,
    files: usize,
    bytes: u64,
}

type Outcome = Result<ControlFlow<()>, RemoteError>;

impl Reading<'_> {
    fn directory(&mut self, folder: &Path, prefix: &str, depth: usize) -> Outcome {
        let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        // The same order everywhere.
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let kind = entry.file_type()?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let outcome = if kind.is_dir() && depth < MAX_DEPTH {
                self.directory(&entry.path(), &format!("{name}/"), depth + 1)?
            } else if kind.is_file() && Format::of(&name).is_some() {
                self.archive(&entry.path())?
            } else if kind.is_file() {
                let size = entry.metadata()?.len();
                self.file(&name, size, &mut File::open(entry.path())?)?
            } else {
                ControlFlow::Continue(())
            };
            if outcome.is_break() {
                return Ok(outcome);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn archive(&mut self, path: &Path) -> Outcome {
        let file = BufReader::new(File::open(path)?);
        let format = Format::of(&path.to_string_lossy());
        match format.map_or_else(|| Format::sniff(path), Ok)? {
            Format::Tar => self.tar(file),
            Format::TarGz => self.tar(GzDecoder::new(file)),
            Format::TarZst => self.tar(zstd::Decoder::new(file)?),
            Format::Zip => self.zip(file),
        }
    }

    fn tar(&mut self, content: impl Read) -> Outcome {
        let mut archive = tar::Archive::new(content);
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = entry.path().map_err(broken)?.to_string_lossy().into_owned();
            let size = entry.size();
            let outcome = self.file(&name, size, &mut entry)?;
            if outcome.is_break() {
                return Ok(outcome);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn zip(&mut self, content: impl Read + Seek) -> Outcome {
        let mut archive = ZipArchive::new(content).map_err(broken)?;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(broken)?;
            if !entry.is_file() {
                continue;
            }
            let (name, size) = (entry.name().map_err(broken)?.into_owned(), entry.size());
            let outcome = self.file(&name, size, &mut entry)?;
            if outcome.is_break() {
                return Ok(outcome);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// What an archive says about sizes is not believed: the limits count what comes out.
    fn file(&mut self, name: &str, promised: u64, content: &mut dyn Read) -> Outcome {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(RemoteError::Archive(format!(
                "it has more than {MAX_FILES} files"
            )));
        }
        if !(self.wanted)(name) {
            return Ok(ControlFlow::Continue(()));
        }
        let limit = MAX_FILE_BYTES.min(MAX_TOTAL_BYTES.saturating_sub(self.bytes));
        if promised > limit {
            return Err(RemoteError::TooLarge { limit });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(promised).unwrap_or_default());
        content.take(limit + 1).read_to_end(&mut bytes).map_err(broken)?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > limit {
            return Err(RemoteError::TooLarge { limit });
        }
        self.bytes += length;
        Ok((self.take)(name, bytes))
    }
}

#[derive(Clone, Copy)]
enum Format {
    Tar,
    TarGz,
    TarZst,
    Zip,
}

impl Format {
    fn of(name: &str) -> Option<Self> {
        let endings = [
            (".tar", Self::Tar),
            (".tar.gz", Self::TarGz),
            (".tgz", Self::TarGz),
            (".tar.zst", Self::TarZst),
            (".zip", Self::Zip),
            (".whl", Self::Zip),
        ];
        let name = name.to_ascii_lowercase();
        endings
            .into_iter()
            .find(|(ending, _)| name.ends_with(ending))
            .map(|(_, format)| format)
    }

    /// By its first bytes: a download has no name.
    fn sniff(path: &Path) -> Result<Self, RemoteError> {
        let mut start = Vec::new();
        File::open(path)?.take(262).read_to_end(&mut start)?;
        match start.as_slice() {
            [0x1f, 0x8b, ..] => Ok(Self::TarGz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Ok(Self::TarZst),
            [b'P', b'K', 3, 4, ..] => Ok(Self::Zip),
            [.., b'u', b's', b't', b'a', b'r'] => Ok(Self::Tar),
            _ => Err(RemoteError::Archive(
                "it is neither a tar nor a zip archive".into(),
            )),
        }
    }
}

fn broken(error: impl std::fmt::Display) -> RemoteError {
    RemoteError::Archive(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn tar_of(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(u64::try_from(content.len()).unwrap());
            header.set_mode(0o644);
            archive
                .append_data(&mut header, name, content.as_bytes())
                .unwrap();
        }
        archive.into_inner().unwrap()
    }

    fn read(place: &Path) -> Result<Vec<(String, String)>, RemoteError> {
        let mut found = Vec::new();
        each_file(place, &|name| name.ends_with(".json"), &mut |name, content| {
            found.push((name.to_owned(), String::from_utf8(content).unwrap()));
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    #[test]
    fn directories_and_archives_give_the_same_files() {
        let directory = tempfile::tempdir().unwrap();
        let files = [("a/list.json", "1"), ("b/readme.md", "no"), ("b/list.json", "2")];
        let tar = tar_of(&files);
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&tar).unwrap();
        let packed = [
            ("x.tar", tar.clone()),
            ("x.tar.gz", gz.finish().unwrap()),
            ("no-name", zstd::encode_all(&tar[..], 1).unwrap()),
        ];
        let expected = [
            ("a/list.json".to_owned(), "1".to_owned()),
            ("b/list.json".to_owned(), "2".to_owned()),
        ];
        for (name, content) in packed {
            let path = directory.path().join(name);
            fs::write(&path, content).unwrap();
            assert_eq!(read(&path).unwrap(), expected, "{name}");
            fs::remove_file(path).unwrap();
        }
        fs::write(directory.path().join("lists.tar"), tar).unwrap();
        fs::create_dir(directory.path().join("c")).unwrap();
        fs::write(directory.path().join("c/list.json"), "3").unwrap();
        let mut all = expected.to_vec();
        all.insert(0, ("c/list.json".to_owned(), "3".to_owned()));
        assert_eq!(
            read(directory.path()).unwrap(),
            all,
            "an archive in a directory is opened"
        );
    }

    #[test]
    fn what_is_no_archive_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.bin");
        fs::write(&path, "nothing").unwrap();
        assert!(matches!(read(&path), Err(RemoteError::Archive(_))));
        fs::write(directory.path().join("x.tar.gz"), "nothing").unwrap();
        assert!(matches!(
            read(&directory.path().join("x.tar.gz")),
            Err(RemoteError::Archive(_))
        ));
        assert!(matches!(
            read(&directory.path().join("none")),
            Err(RemoteError::LocalMissing(_))
        ));
    }

    #[test]
    fn taking_may_stop() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.tar");
        fs::write(&path, tar_of(&[("a.json", "1"), ("b.json", "2")])).unwrap();
        let mut taken = 0;
        each_file(&path, &|_| true, &mut |_, _| {
            taken += 1;
            ControlFlow::Break(())
        })
        .unwrap();
        assert_eq!(taken, 1);
    }
}
