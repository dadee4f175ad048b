//! `multipart/form-data` (RFC 7578), as browsers send it for a form with a file. The body is whole and bounded before it
//! comes here; names of files are not even read.

use bytes::Bytes;
use sightline_core::{AppError, AppResult};

/// Fields and files of one form; no form of ours has as many.
const MAX_PARTS: usize = 100;

/// What a form consists of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Name and text.
    pub(super) fields: Vec<(String, String)>,
    /// Name and content.
    pub(super) files: Vec<(String, Bytes)>,
}

/// The boundary that a content type names; `None` when it is not of this kind.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim())
    })?;
    let value = value.trim_matches('"');
    (1..=70).contains(&value.len()).then_some(value)
}

/// Takes a body apart.
pub(super) fn parse(body: &Bytes, boundary: &str) -> AppResult<Parts> {
    let broken = || AppError::BadRequest("The form cannot be read.".into());
    let opening = format!("--{boundary}");
    let delimiter = format!("\r\n--{boundary}");
    if !body.starts_with(opening.as_bytes()) {
        return Err(broken());
    }
    let mut rest = body.slice(opening.len()..);
    let mut parts = Parts::default();
    while !rest.starts_with(b"--") {
        if parts.fields.len() + parts.files.len() >= MAX_PARTS {
            return Err(broken());
        }
        let head_end = find(&rest, b"\r\n\r\n").ok_or_else(broken)?;
        let head = rest.slice(..head_end);
        rest = rest.slice(head_end + 4..);
        let end = find(&rest, delimiter.as_bytes()).ok_or_else(broken)?;
        let content = rest.slice(..end);
        rest = rest.slice(end + delimiter.len()..);
        let head = std::str::from_utf8(&head).map_err(|_| broken())?;
        let (name, is_file) = disposition(head).ok_or_else(broken)?;
        if is_file {
            parts.files.push((name, content));
        } else {
            let text = std::str::from_utf8(&content).map_err(|_| broken())?;
            parts.fields.push((name, text.to_owned()));
        }
    }
    Ok(parts)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The name of a part, and whether it is a file.
fn disposition(head: &str) -> Option<(String, bool)> {
    let line = head.split("\r\n").find(|line| {
        line.split_once(':')
            .is_some_and(|(name, _)| name.eq_ignore_ascii_case("content-disposition"))
    })?;
    let name = line.split_once(" name=\"")?.1.split_once('"')?.0;
    Some((name.to_owned(), line.contains("; filename")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Bytes {
        Bytes::from(text.replace('\n', "\r\n"))
    }

    #[test]
    fn fields_and_files_come_apart() {
        let sent = body(
            "--x y\nContent-Disposition: form-data; name=\"_csrf\"\n\ntoken\n\
             --x y\nContent-Disposition: form-data; name=\"logo\"; filename=\"../../a.png\"\nContent-Type: image/png\n\n\
             \u{1}\n--x\n\u{2}\n--x y--\n",
        );
        let kind = "multipart/form-data; charset=utf-8; boundary=\"x y\"";
        let parts = parse(&sent, boundary(kind).unwrap()).unwrap();
        assert_eq!(parts.fields, [("_csrf".to_owned(), "token".to_owned())]);
        assert_eq!(parts.files, [("logo".to_owned(), body("\u{1}\n--x\n\u{2}"))]);
    }

    #[test]
    fn other_forms_have_no_boundary() {
        for kind in [
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=x",
        ] {
            assert_eq!(boundary(kind), None, "{kind}");
        }
    }

    #[test]
    fn what_breaks_off_is_refused() {
        let whole = "--x\nContent-Disposition: form-data; name=\"a\"\n\nb\n--x--";
        assert!(parse(&body(whole), "x").is_ok());
        let bytes = body(whole);
        for end in 0..bytes.len() - 2 {
            assert!(parse(&bytes.slice(..end), "x").is_err(), "{end}");
        }
        let many = "--x\nContent-Disposition: form-data; name=\"a\"\n\nb\n".repeat(MAX_PARTS + 1) + "--x--";
        assert!(parse(&body(&many), "x").is_err());
    }
}
