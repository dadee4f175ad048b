//! SQL LIKE (`%`, `_`, `\` escapes) as a function, for the engine that lacks a case-sensitive one.

/// Whether `text` matches `pattern`. Linear in practice: only the last `%` is ever retried.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<Token> = tokens(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() || p < pattern.len() {
        match pattern.get(p) {
            Some(Token::Any) => {
                retry = Some((p, t));
                p += 1;
                continue;
            }
            Some(Token::One) if t < text.len() => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            Some(Token::Char(c)) if text.get(t) == Some(c) => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            _ => {}
        }
        match retry {
            Some((any, from)) if from < text.len() => {
                retry = Some((any, from + 1));
                (p, t) = (any + 1, from + 1);
            }
            _ => return false,
        }
    }
    true
}

/// The pattern of texts that contain this one.
pub(crate) fn containing(text: &str) -> String {
    format!("%{}%", escape(text))
}

/// A text that stands for itself inside a pattern.
pub(crate) fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

enum Token {
    Any,
    One,
    Char(char),
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '%' => Token::Any,
            '_' => Token::One,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            other => Token::Char(other),
        });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards_and_escapes() {
        for (pattern, text, expected) in [
            ("%", "", true),
            ("a%c", "abc", true),
            ("a%c", "abcd", false),
            ("%b%", "abc", true),
            ("a_c", "abc", true),
            ("a_c", "ac", false),
            (r"100\%", "100%", true),
            (r"100\%", "1000", false),
            ("%ab%ab", "xababab", true),
            ("", "a", false),
            ("%.example.com", "www.example.com", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} ~ {text}");
        }
    }
}
