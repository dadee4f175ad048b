//! Checksums by which values are known without being told: a MISP feed's `hashes.csv` and the caches of feeds
//! (spec 06 A.1 and A.6).

use crate::hashes::md5_hex;
use md5::{Digest, Md5};
use std::io::{self, BufRead, Read};
use uuid::Uuid;

/// Bytes of a line that are looked at: a checksum, a comma and a uuid are 69.
const LINE_BYTES: u64 = 256;

/// The MD5 of a value in the form that it is stored in: 16 bytes, as a uuid is.
pub fn value_hash(value: &str) -> Uuid {
    Uuid::from_bytes(Md5::digest(value.as_bytes()).into())
}

/// What of an attribute's value gets a checksum: composite values one per half.
pub fn hashed_parts<'v>(attribute_type: &str, value: &'v str) -> impl Iterator<Item = &'v str> {
    let composite = attribute_type.contains('|') || attribute_type == "malware-sample";
    let whole = (!composite).then_some(value);
    let halves = composite.then(|| value.split('|'));
    whole.into_iter().chain(halves.into_iter().flatten())
}

/// Appends the lines of `hashes.csv` for one attribute value.
pub fn push_hash_lines(event_uuid: &str, attribute_type: &str, value: &str, out: &mut String) {
    for part in hashed_parts(attribute_type, value) {
        out.push_str(&md5_hex(part.as_bytes()));
        out.push(',');
        out.push_str(event_uuid);
        out.push('\n');
    }
}

/// Reads `hashes.csv` line by line: the checksum and the event's uuid, or the number of a line that holds something else.
/// Goes on until `each` says `false`.
///
/// # Errors
/// What the reader says.
pub fn read_hashes(
    mut reader: impl BufRead,
    mut each: impl FnMut(Result<(Uuid, Uuid), u64>) -> bool,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if reader.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        number += 1;
        if line.last() != Some(&b'\n') {
            reader.skip_until(b'\n')?;
        }
        let text = line.trim_ascii();
        if !text.is_empty() && !each(parse(text).ok_or(number)) {
            return Ok(());
        }
    }
}

fn parse(line: &[u8]) -> Option<(Uuid, Uuid)> {
    let (hash, event) = std::str::from_utf8(line).ok()?.split_once(',')?;
    let mut digest = [0; 16];
    hex::decode_to_slice(hash, &mut digest).ok()?;
    Some((Uuid::from_bytes(digest), Uuid::try_parse(event).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVENT: &str = "5ad4a2b5-4d3c-4f0c-8f3c-0a1b2c3d4e5f";

    fn read(text: &str) -> Vec<Result<(Uuid, Uuid), u64>> {
        let mut found = Vec::new();
        read_hashes(text.as_bytes(), |line| {
            found.push(line);
            true
        })
        .unwrap();
        found
    }

    #[test]
    fn composites_give_a_checksum_per_half() {
        let mut lines = String::new();
        push_hash_lines("u", "domain", "example.com", &mut lines);
        push_hash_lines("u", "filename|md5", "a|b", &mut lines);
        push_hash_lines("u", "malware-sample", "a|b", &mut lines);
        push_hash_lines("u", "url", "http://example.com/a|b", &mut lines);
        let expected: String = ["example.com", "a", "b", "a", "b", "http://example.com/a|b"]
            .iter()
            .map(|part| format!("{},u\n", md5_hex(part.as_bytes())))
            .collect();
        assert_eq!(lines, expected);
        assert!(lines.starts_with("5ababd603b22780302dd8d83498e5172,u\n"));
    }

    #[test]
    fn what_is_written_is_read_and_the_rest_is_named_by_its_line() {
        let event = Uuid::try_parse(EVENT).unwrap();
        let mut text = String::new();
        push_hash_lines(EVENT, "domain", "example.com", &mut text);
        text.push_str("\nnot a line\n");
        text.push_str(&"x".repeat(100_000));
        text.push('\n');
        push_hash_lines(EVENT, "domain", "example.org", &mut text);
        assert_eq!(
            read(text.trim_end()),
            [
                Ok((value_hash("example.com"), event)),
                Err(3),
                Err(4),
                Ok((value_hash("example.org"), event)),
            ]
        );
        assert_eq!(
            value_hash("example.com").simple().to_string(),
            md5_hex(b"example.com")
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "[0-9a-f,\n-]{0,200}") {
            let _ = read(&text);
        }
    }
}
