//! File names, paths and registry keys.

use super::kinds::{self, Found};

/// Endings that make a file name even of a path, of a name with spaces or of an odd spelling. Sorted.
const EXTENSIONS: &[&str] = &[
    "3gp", "7z", "accdb", "ace", "ahk", "apk", "app", "appx", "arj", "asp", "aspx", "au3", "avi", "bak",
    "bash", "bat", "bin", "bmp", "bz2", "c", "cab", "cer", "cfg", "cgi", "chm", "class", "cmd", "com",
    "conf", "cpl", "cpp", "crt", "crx", "cs", "csv", "dat", "db", "deb", "dex", "dll", "dmg", "dmp", "doc",
    "docb", "docm", "docx", "dot", "dotm", "dotx", "drv", "dump", "dylib", "elf", "eml", "enc", "exe", "gif",
    "go", "gz", "h", "hta", "htm", "html", "hwp", "ico", "img", "inf", "ini", "iqy", "iso", "jar", "java",
    "jpeg", "jpg", "js", "jse", "json", "jsp", "jspx", "key", "ko", "lha", "lnk", "log", "lua", "lzh",
    "macho", "mdb", "mht", "mof", "mov", "mp3", "mp4", "msc", "msg", "msi", "msix", "msp", "mst", "o", "ocx",
    "odt", "one", "p12", "pcap", "pdb", "pdf", "pem", "pfx", "php", "pif", "pkg", "pl", "plist", "png",
    "pot", "potm", "pps", "ppsx", "ppt", "pptm", "pptx", "ps1", "psd1", "psm1", "pub", "py", "pyc", "pyd",
    "rar", "rb", "rdp", "reg", "rtf", "scf", "scr", "sct", "sfx", "sh", "slk", "so", "sql", "sqlite", "svg",
    "swf", "sys", "tar", "tgz", "theme", "tif", "tiff", "tmp", "ttf", "txt", "url", "vb", "vba", "vbe",
    "vbs", "vhd", "vhdx", "war", "wasm", "wav", "webp", "wim", "wll", "ws", "wsc", "wsf", "wsh", "xhtml",
    "xla", "xlam", "xll", "xls", "xlsb", "xlsm", "xlsx", "xlt", "xltm", "xml", "xpi", "xps", "xsl", "xz",
    "z", "zip",
];

/// First part of a registry path, in capitals.
const HIVES: &[&str] = &[
    "HKCC",
    "HKCR",
    "HKCU",
    "HKEY_CLASSES_ROOT",
    "HKEY_CURRENT_CONFIG",
    "HKEY_CURRENT_USER",
    "HKEY_LOCAL_MACHINE",
    "HKEY_USERS",
    "HKLM",
    "HKU",
];

/// Parts that make a registry path of one that has lost its hive, in lower case.
const REGISTRY_PARTS: &[&str] = &[
    "\\currentversion\\",
    "\\currentcontrolset\\",
    "software\\microsoft\\",
    "software\\classes\\",
];

/// Longest ending that an unknown file type may have.
const MAX_EXTENSION: usize = 4;

/// A registry key or a file name.
pub(super) fn file_or_key(text: &str) -> Option<Found<'_>> {
    if is_registry_key(text) {
        return Some(Found::new(&kinds::REGKEY, text));
    }
    is_filename(text).then(|| Found::new(&kinds::FILENAME, text))
}

fn is_registry_key(text: &str) -> bool {
    let Some((first, rest)) = text.trim_start_matches('\\').split_once('\\') else {
        return false;
    };
    let first = first.trim_end_matches(':').to_ascii_uppercase();
    if HIVES.contains(&&*first) || (first == "REGISTRY" && !rest.is_empty()) {
        return !rest.is_empty();
    }
    let lower = text.to_ascii_lowercase();
    !lower.contains(':') && REGISTRY_PARTS.iter().any(|part| lower.contains(part))
}

fn is_filename(text: &str) -> bool {
    let (drive, path) = match text.split_once(":\\") {
        Some((letter, path)) if letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_alphabetic()) => {
            (true, path)
        }
        _ => (false, text),
    };
    if path.chars().any(|c| c.is_control() || "<>:\"|?*".contains(c)) {
        return false;
    }
    let name = path.rsplit(['\\', '/']).next().unwrap_or(path);
    let rooted = drive || path.starts_with("\\\\") || (path.starts_with('%') && path.contains("%\\"));
    if rooted && path.contains('\\') && !name.is_empty() {
        return true;
    }
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    if stem.trim().is_empty() || !stem.chars().any(char::is_alphanumeric) {
        return false;
    }
    let known = EXTENSIONS
        .binary_search(&&*extension.to_ascii_lowercase())
        .is_ok();
    let plain_name = !text.contains(['/', '\\', ' ']);
    known || (plain_name && is_plausible_extension(extension))
}

/// Two to four letters and digits in one case, a letter first: not the start of a sentence, not a version number.
fn is_plausible_extension(extension: &str) -> bool {
    let one_case =
        |other: fn(&u8) -> bool| extension.bytes().all(|b| b.is_ascii_alphanumeric() && !other(&b));
    (2..=MAX_EXTENSION).contains(&extension.len())
        && extension.starts_with(|c: char| c.is_ascii_alphabetic())
        && (one_case(u8::is_ascii_uppercase) || one_case(u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::EXTENSIONS;

    #[test]
    fn extensions_are_sorted_for_the_search() {
        assert!(EXTENSIONS.is_sorted());
    }
}
