//! The key by which values are compared: without case, without accents, without spaces at the end, as the
//! reference's database compares them (spec 02 section 1).

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// The comparison form of a text. Doing it twice changes nothing.
pub fn fold(text: &str) -> String {
    let text = text.trim_end_matches(' ');
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    // Lower-casing before decomposing lets a capital with a dot lose its dot; some compatibility forms decompose to
    // capitals again, hence the second time.
    for c in text
        .chars()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_accent(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ß' => folded.push_str("ss"),
            'ς' => folded.push('σ'),
            _ => folded.push(c),
        }
    }
    folded.truncate(folded.trim_end_matches(' ').len());
    folded
}

/// Marks that only modify a letter. Vowel signs of Indic and Thai script are marks as well, but they are letters to
/// their readers and to the reference's collation: they, and the virama, stay.
fn is_accent(c: char) -> bool {
    is_combining_mark(c) && matches!(canonical_combining_class(c), 1 | 7 | 8 | 10..=36 | 200..=240)
}

/// A narrow index key: the first 64 bits of the SHA-256 of the folded text. Cryptographic, so that nobody can make up
/// a value that shares its key with another's.
pub fn value_key(text: &str) -> i64 {
    let digest = Sha256::digest(fold(text));
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_trailing_spaces_do_not_count() {
        assert_eq!(fold("Example.COM  "), "example.com");
        assert_eq!(fold("  x"), "  x");
        assert_eq!(fold("Évé\u{301}nement"), fold("evenement"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_eq!(fold("İstanbul"), fold("istanbul"));
        assert_eq!(fold("ﬁle１"), "file1");
        assert_eq!(fold("é\u{a0}"), "e");
    }

    #[test]
    fn letters_of_other_scripts_stay_apart() {
        assert_ne!(fold("की"), fold("का"));
        assert_ne!(fold("и"), fold("n"));
        assert_ne!(fold("gıthub"), fold("github"));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        let characters: Vec<char> = (0..=0x10_FFFF).filter_map(char::from_u32).collect();
        for some in characters.chunks(512) {
            // A letter on either side keeps neighbouring marks apart.
            let text: String = some.iter().flat_map(|c| ['a', *c, 'b']).collect();
            let once = fold(&text);
            assert!(fold(&once) == once, "after U+{:04X}", u32::from(some[0]));
        }
    }

    #[test]
    fn keys_follow_the_folded_text() {
        assert_eq!(value_key("É"), value_key("e "));
        assert_ne!(value_key("a"), value_key("b"));
        // The start of SHA-256 of "abc", a published test vector.
        assert_eq!(
            value_key("ABC"),
            i64::from_be_bytes([0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea])
        );
    }
}
