//! References to things of this instance: `@[attribute](uuid)`, `@![attribute](uuid)`, `@[object](uuid)`,
//! `@[tag](name)`.
//!
//! They are found before Markdown is read, because a tag's name may hold anything: each becomes a placeholder of two
//! private characters around its number, which Markdown takes for a word.

use uuid::Uuid;

/// Before and after a placeholder's number.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// Longest name of a tag, in characters (spec 01 section 6).
const TAG_CHARS: usize = 255;

/// Something that a report refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// An attribute; `picture` when its file is meant to be seen.
    Attribute {
        /// Which one.
        uuid: Uuid,
        /// Written with `!`.
        picture: bool,
    },
    /// An object.
    Object {
        /// Which one.
        uuid: Uuid,
    },
    /// A tag, by name.
    Tag {
        /// As written.
        name: String,
    },
}

impl Reference {
    /// As it is written in a text.
    pub fn markup(&self) -> String {
        match self {
            Self::Attribute { uuid, picture } => {
                format!("@{}[attribute]({uuid})", if *picture { "!" } else { "" })
            }
            Self::Object { uuid } => format!("@[object]({uuid})"),
            Self::Tag { name } => format!("@[tag]({name})"),
        }
    }
}

/// The text with placeholders, and what they stand for.
pub(super) fn mark(text: &str) -> (String, Vec<Reference>) {
    let mut marked = String::with_capacity(text.len());
    let mut references = Vec::new();
    let mut rest = text;
    let mut previous = None;
    while let Some(c) = rest.chars().next() {
        // `\@` is an at sign, as Markdown has it.
        if c == '@'
            && previous != Some('\\')
            && let Some((reference, after)) = read(rest)
        {
            marked.push(OPEN);
            marked.push_str(&references.len().to_string());
            marked.push(CLOSE);
            references.push(reference);
            rest = after;
            previous = Some(')');
            continue;
        }
        marked.push(if matches!(c, OPEN | CLOSE) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        });
        previous = Some(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    (marked, references)
}

/// The reference at the start of a text, and what follows it.
fn read(text: &str) -> Option<(Reference, &str)> {
    let text = text.strip_prefix('@')?;
    let (picture, text) = text.strip_prefix('!').map_or((false, text), |text| (true, text));
    for kind in ["attribute", "object", "tag"] {
        let Some(inside) = text
            .strip_prefix('[')
            .and_then(|text| text.strip_prefix(kind))
            .and_then(|text| text.strip_prefix("]("))
        else {
            continue;
        };
        let (id, after) = balanced(inside)?;
        let uuid = || Uuid::try_parse(id.trim()).ok();
        let reference = match kind {
            "attribute" => Reference::Attribute {
                uuid: uuid()?,
                picture,
            },
            "object" if !picture => Reference::Object { uuid: uuid()? },
            "tag" if !picture && !id.trim().is_empty() => Reference::Tag {
                name: id.trim().to_owned(),
            },
            _ => return None,
        };
        return Some((reference, after));
    }
    None
}

/// What stands before the closing bracket of its own level, on the same line, and what follows that bracket.
fn balanced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_u32;
    for (at, c) in text.char_indices().take(TAG_CHARS + 1) {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            ')' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// A piece of marked text.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Reference(&'a Reference),
}

/// Marked text in pieces.
pub(super) fn pieces<'a>(text: &'a str, references: &'a [Reference]) -> impl Iterator<Item = Piece<'a>> {
    text.split_inclusive(CLOSE).flat_map(move |part| {
        let marked = part
            .strip_suffix(CLOSE)
            .and_then(|part| part.rsplit_once(OPEN))
            .and_then(|(before, number)| Some((before, references.get(number.parse::<usize>().ok()?)?)));
        match marked {
            Some((before, reference)) => [Some(Piece::Text(before)), Some(Piece::Reference(reference))],
            None => [Some(Piece::Text(part)), None],
        }
        .into_iter()
        .flatten()
    })
}

/// Marked text as it was written: for code and addresses, where a reference is none.
pub(super) fn unmarked(text: &str, references: &[Reference]) -> String {
    pieces(text, references)
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Reference(reference) => reference.markup(),
        })
        .collect()
}
