//! What must not be in the repository: paths of the machine it was written on, hosts of package registries.

use crate::finding::Finding;

/// Lock files name registries by nature; the hosts in `Cargo.lock` are part of its format.
const LOCK_FILES: &[&str] = &["Cargo.lock"];

/// Folders where people's checkouts and homes are. Written in two parts, or this file would find itself.
const MACHINE: &[&str] = &[
    concat!("/wor", "k/"),
    concat!("/roo", "t/"),
    concat!("/hom", "e/"),
];

const REGISTRIES: &[&str] = &[
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npmjs", ".org"),
    concat!("registry.yarnpkg", ".com"),
    concat!("pypi", ".org"),
    concat!("files.pythonhosted", ".org"),
    concat!("deb.debian", ".org"),
    concat!("proxy.golang", ".org"),
];

/// Check one text file.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    if LOCK_FILES.contains(&path) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(folder) = MACHINE.iter().find(|folder| names_folder(line, folder)) {
            findings.push(Finding::new(
                "machine-path",
                path,
                number,
                format!("names a path under {folder}"),
            ));
        }
        if let Some(host) = REGISTRIES.iter().find(|host| line.contains(**host)) {
            findings.push(Finding::new(
                "registry-host",
                path,
                number,
                format!("names {host}"),
            ));
        }
    }
    findings
}

/// An absolute path under `folder`: not the middle of a longer path or of a URL.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/' | '-' | '_' | '~' | '}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_machine_paths_are_found() {
        let home = concat!("/hom", "e/");
        assert!(names_folder(&format!("cd {home}ann/src"), home));
        assert!(names_folder(&format!("\"{home}ann\""), home));
        assert!(!names_folder(&format!("https://example.org{home}page"), home));
        assert!(!names_folder(&format!("./site{home}page"), home));
    }

    #[test]
    fn registry_hosts_are_found_except_in_the_cargo_lock() {
        let line = concat!("https://registry.npmjs", ".org/x");
        assert_eq!(check("a/package-lock.json", line).len(), 1);
        assert!(check("Cargo.lock", line).is_empty());
    }
}
