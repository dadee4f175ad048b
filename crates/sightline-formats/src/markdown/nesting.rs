//! Quotes and lists that begin on one line, inside each other: the parser looks at all that are open for every line
//! that follows, so a thousand of them and a long text would keep it busy for minutes.

use std::borrow::Cow;

/// How many may begin on one line. The rest of the line is then text.
const PER_LINE: usize = 100;

/// The text with a backslash before the first marker that is too many.
pub(super) fn limited(text: &str) -> Cow<'_, str> {
    if text.lines().all(|line| one_too_many(line).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / PER_LINE);
    for line in text.split_inclusive('\n') {
        match one_too_many(line).and_then(|at| line.split_at_checked(at)) {
            Some((kept, rest)) => {
                out.push_str(kept);
                out.push('\\');
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// Where the marker begins that is one too many.
fn one_too_many(line: &str) -> Option<usize> {
    // The shortest line that has so many.
    if line.len() <= PER_LINE {
        return None;
    }
    let bytes = line.as_bytes();
    let blank = |at: usize| matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r') | None);
    let (mut at, mut count) = (0, 0);
    loop {
        while matches!(bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let begin = at;
        match bytes.get(at)? {
            b'>' => at += 1,
            b'-' | b'+' | b'*' if blank(at + 1) => at += 1,
            b'0'..=b'9' => {
                while matches!(bytes.get(at), Some(b'0'..=b'9')) {
                    at += 1;
                }
                if !matches!(bytes.get(at), Some(b'.' | b')')) || !blank(at + 1) {
                    return None;
                }
                at += 1;
            }
            _ => return None,
        }
        count += 1;
        if count > PER_LINE {
            return Some(begin);
        }
    }
}
