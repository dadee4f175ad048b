//! Feeds on this machine's disk: paths from a feed's settings, accepted only below configured directories.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::error::RemoteError;

/// The directories below which local feeds may lie. Without any, no path is accepted.
#[derive(Clone, Debug, Default)]
pub struct LocalRoots(Vec<PathBuf>);

impl LocalRoots {
    /// Roots need not exist yet.
    pub fn new(roots: Vec<PathBuf>) -> Self {
        Self(roots)
    }

    /// The real path of an existing file or directory, symbolic links followed. What is outside the roots is
    /// [`RemoteError::LocalForbidden`] whether it exists or not. Asks the file system, so it may block briefly.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, RemoteError> {
        let forbidden = || RemoteError::LocalForbidden(path.to_owned());
        let asked = Path::new(path);
        if !asked.is_absolute() || asked.components().any(|part| part == Component::ParentDir) {
            return Err(forbidden());
        }
        let real_roots: Vec<PathBuf> = self
            .0
            .iter()
            .filter_map(|root| fs::canonicalize(root).ok())
            .collect();
        // Before the file system is asked about the path: nobody shall learn what else is on this disk.
        if !self
            .0
            .iter()
            .chain(&real_roots)
            .any(|root| asked.starts_with(root))
        {
            return Err(forbidden());
        }
        // A link out of the roots and one that leads nowhere look the same, for the same reason.
        let real = match fs::canonicalize(asked) {
            Ok(real) => real,
            Err(_) if leads_elsewhere(asked, &real_roots) => return Err(forbidden()),
            Err(_) => return Err(RemoteError::LocalMissing(format!("there is nothing at {path}"))),
        };
        if real_roots.iter().any(|root| real.starts_with(root)) {
            Ok(real)
        } else {
            Err(forbidden())
        }
    }

    /// [`LocalRoots::resolve`] for what must be a regular file.
    pub fn file(&self, path: &str) -> Result<PathBuf, RemoteError> {
        let real = self.resolve(path)?;
        if real.is_file() {
            Ok(real)
        } else {
            Err(RemoteError::LocalMissing(format!("{path} is not a file")))
        }
    }

    /// [`LocalRoots::resolve`] for what must be a directory. Files found in it may be links: pass them to
    /// [`LocalRoots::file`] again.
    pub fn directory(&self, path: &str) -> Result<PathBuf, RemoteError> {
        let real = self.resolve(path)?;
        if real.is_dir() {
            Ok(real)
        } else {
            Err(RemoteError::LocalMissing(format!("{path} is not a directory")))
        }
    }
}

/// Whether the deepest part of a broken path that still resolves is outside the roots, or is a dangling link.
fn leads_elsewhere(path: &Path, real_roots: &[PathBuf]) -> bool {
    for ancestor in path.ancestors() {
        if let Ok(real) = fs::canonicalize(ancestor) {
            return !real_roots.iter().any(|root| real.starts_with(root));
        }
        if fs::symlink_metadata(ancestor).is_ok() {
            return true;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    struct Disk {
        directory: tempfile::TempDir,
        roots: LocalRoots,
    }

    impl Disk {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let base = directory.path();
            fs::create_dir_all(base.join("feeds/misp")).unwrap();
            fs::create_dir(base.join("feeds-other")).unwrap();
            fs::write(base.join("feeds/misp/manifest.json"), "{}").unwrap();
            fs::write(base.join("feeds-other/a.csv"), "").unwrap();
            fs::write(base.join("secret"), "").unwrap();
            symlink(base.join("secret"), base.join("feeds/link")).unwrap();
            symlink(base, base.join("feeds/up")).unwrap();
            symlink(base.join("nothing"), base.join("feeds/dangling")).unwrap();
            symlink(base.join("feeds/misp"), base.join("feeds/inside")).unwrap();
            let roots = LocalRoots::new(vec![base.join("feeds"), base.join("not-yet")]);
            Self { directory, roots }
        }

        fn path(&self, relative: &str) -> String {
            self.directory.path().join(relative).display().to_string()
        }
    }

    #[test]
    fn what_lies_below_a_root_is_found() {
        let disk = Disk::new();
        let manifest = fs::canonicalize(disk.path("feeds/misp/manifest.json")).unwrap();
        assert_eq!(
            disk.roots.file(&disk.path("feeds/misp/manifest.json")).unwrap(),
            manifest
        );
        assert_eq!(
            disk.roots.file(&disk.path("feeds/inside/manifest.json")).unwrap(),
            manifest
        );
        assert!(disk.roots.directory(&disk.path("feeds/misp")).is_ok());
        assert!(disk.roots.directory(&disk.path("feeds")).is_ok());
    }

    #[test]
    fn the_wrong_kind_and_the_missing_are_told_apart_from_the_forbidden() {
        let disk = Disk::new();
        for result in [
            disk.roots.file(&disk.path("feeds/misp")),
            disk.roots.directory(&disk.path("feeds/misp/manifest.json")),
            disk.roots.file(&disk.path("feeds/none.json")),
            disk.roots.file(&disk.path("feeds/inside/none.json")),
        ] {
            assert!(matches!(result, Err(RemoteError::LocalMissing(_))), "{result:?}");
        }
    }

    #[test]
    fn escapes_are_refused_whether_the_target_exists_or_not() {
        let disk = Disk::new();
        for path in [
            "secret",
            "nothing",
            "feeds-other/a.csv",
            "feeds/../secret",
            "feeds/misp/../../nothing",
            "feeds/link",
            "feeds/up/secret",
            "feeds/up/nothing",
            "feeds/dangling",
            "feeds/dangling/x",
        ] {
            let result = disk.roots.resolve(&disk.path(path));
            assert!(
                matches!(result, Err(RemoteError::LocalForbidden(_))),
                "{path}: {result:?}"
            );
        }
        for path in ["", "feeds/misp", "/etc/passwd", "/", "file:///etc/passwd"] {
            let result = disk.roots.resolve(path);
            assert!(
                matches!(result, Err(RemoteError::LocalForbidden(_))),
                "{path}: {result:?}"
            );
        }
    }

    #[test]
    fn without_roots_nothing_is_allowed() {
        let disk = Disk::new();
        let result = LocalRoots::default().resolve(&disk.path("feeds/misp"));
        assert!(matches!(result, Err(RemoteError::LocalForbidden(_))));
    }
}
