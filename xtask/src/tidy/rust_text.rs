//! Enough of Rust's lexical rules to tell code from comments, texts and inline test modules.

/// A Rust file taken apart by line.
pub(super) struct RustText {
    /// The lines with comments and the insides of texts blanked.
    code: Vec<String>,
    /// Each text with the line it starts on.
    texts: Vec<(usize, String)>,
    /// The lines of inline test modules, first and last, from 1.
    tests: Vec<(usize, usize)>,
}

impl RustText {
    pub(super) fn new(raw: &str) -> Self {
        let mut lexer = Lexer {
            chars: raw.chars().collect(),
            at: 0,
            line: 1,
            code: String::new(),
            texts: Vec::new(),
        };
        lexer.run();
        let code: Vec<String> = lexer.code.lines().map(str::to_owned).collect();
        let tests = test_modules(&code);
        Self {
            code,
            texts: lexer.texts,
            tests,
        }
    }

    fn in_tests(&self, line: usize) -> bool {
        self.tests
            .iter()
            .any(|&(first, last)| (first..=last).contains(&line))
    }

    /// How many lines are not inside an inline test module.
    pub(super) fn production_lines(&self) -> usize {
        (1..=self.code.len()).filter(|&line| !self.in_tests(line)).count()
    }

    /// The texts outside test modules, with their lines.
    pub(super) fn production_texts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.texts
            .iter()
            .filter(|(line, _)| !self.in_tests(*line))
            .map(|(line, text)| (*line, text.as_str()))
    }

    /// The code outside test modules, line by line.
    pub(super) fn production_code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(&self.code)
            .filter(|(line, _)| !self.in_tests(*line))
            .map(|(line, code)| (line, code.as_str()))
    }
}

/// First and last line of each `#[cfg(test)]` item.
fn test_modules(code: &[String]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut lines = (1..).zip(code);
    while let Some((first, line)) = lines.next() {
        if !line.trim_start().starts_with("#[cfg(test)]") {
            continue;
        }
        let (mut depth, mut last) = (0_usize, first);
        for (number, line) in lines.by_ref() {
            last = number;
            depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
            let attribute = line.trim_start().starts_with("#[");
            if depth == 0 && !attribute && !line.trim().is_empty() {
                break;
            }
        }
        found.push((first, last));
    }
    found
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    texts: Vec<(usize, String)>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn looks_at(&self, word: &str) -> bool {
        word.chars()
            .enumerate()
            .all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    /// Move over one character: kept, or blanked to a space.
    fn step(&mut self, keep: bool) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        self.code.push(if keep || c == '\n' { c } else { ' ' });
        Some(c)
    }

    fn run(&mut self) {
        let mut in_word = false;
        while let Some(c) = self.peek(0) {
            let raw = if in_word { None } else { self.raw_hashes() };
            in_word = c.is_alphanumeric() || c == '_';
            match c {
                '/' if self.looks_at("//") => self.skip_until_line_end(),
                '/' if self.looks_at("/*") => self.skip_block_comment(),
                '"' => self.take_text(),
                '\'' => self.take_quote(),
                _ => match raw {
                    Some((prefix, hashes)) => self.take_raw_text(prefix, hashes),
                    None => {
                        self.step(true);
                    }
                },
            }
        }
    }

    /// At `r"`, `br##"` and the like: the letters before the hashes and how many hashes there are.
    fn raw_hashes(&self) -> Option<(usize, usize)> {
        let prefix = match (self.peek(0)?, self.peek(1)) {
            ('r', _) => 1,
            ('b' | 'c', Some('r')) => 2,
            _ => return None,
        };
        let hashes = self
            .chars
            .iter()
            .skip(self.at + prefix)
            .take_while(|&&c| c == '#')
            .count();
        (self.peek(prefix + hashes) == Some('"')).then_some((prefix, hashes))
    }

    fn skip_until_line_end(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.step(false);
        }
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.peek(0).is_some() {
            if self.looks_at("/*") {
                depth += 1;
                self.step(false);
            } else if self.looks_at("*/") {
                depth -= 1;
                self.step(false);
            }
            self.step(false);
            if depth == 0 {
                break;
            }
        }
    }

    fn take_text(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.step(true);
        while let Some(c) = self.peek(0) {
            if c == '"' {
                self.step(true);
                break;
            }
            if c == '\\' {
                self.step(false);
            }
            text.extend(self.step(false));
        }
        self.texts.push((line, text));
    }

    fn take_raw_text(&mut self, prefix: usize, hashes: usize) {
        let line = self.line;
        let end = format!("\"{}", "#".repeat(hashes));
        let mut text = String::new();
        for _ in 0..=prefix + hashes {
            self.step(true);
        }
        while self.peek(0).is_some() && !self.looks_at(&end) {
            text.extend(self.step(false));
        }
        for _ in end.chars() {
            self.step(true);
        }
        self.texts.push((line, text));
    }

    /// A character literal, whose quote or brace must not count, or the tick of a lifetime.
    fn take_quote(&mut self) {
        self.step(true);
        if self.peek(0) == Some('\\') {
            self.step(false);
            self.step(false);
            while self.peek(0).is_some_and(|c| c != '\'' && c != '\n') {
                self.step(false);
            }
            self.step(true);
        } else if self.peek(1) == Some('\'') {
            self.step(false);
            self.step(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(raw: &str) -> Vec<(usize, String)> {
        RustText::new(raw).texts
    }

    #[test]
    fn texts_of_every_spelling_are_found() {
        let raw = "f(\"a \\\" b\");\nf(r\"c\\\");\nf(br#\"d \" e\"#);\nf('\"', \"g\");\nlet s: &'static str = \"h\";";
        let expected = [(1, "a \" b"), (2, "c\\"), (3, "d \" e"), (4, "g"), (5, "h")];
        assert_eq!(texts(raw), expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn comments_hold_neither_code_nor_texts() {
        let text = RustText::new("a(); // \"x\" {\n/* \" /* nested */ \" */ b(); // it's\nc();");
        assert!(text.texts.is_empty());
        let code: Vec<&str> = text.production_code().map(|(_, code)| code.trim()).collect();
        assert_eq!(code, ["a();", "b();", "c();"]);
    }

    #[test]
    fn a_name_that_ends_in_r_does_not_start_a_raw_text() {
        assert_eq!(texts("for\"a\\\"b\""), [(1, "a\"b".to_owned())]);
    }

    #[test]
    fn inline_test_modules_do_not_count() {
        let raw = "fn a() {}\n#[cfg(test)]\n#[expect(x, reason = \"{\")]\nmod tests {\n    fn b() { '{'; }\n}\nfn c() {}\n";
        let text = RustText::new(raw);
        assert_eq!(text.tests, [(2, 6)]);
        assert_eq!(text.production_lines(), 2);
    }

    #[test]
    fn a_test_module_in_its_own_file_is_one_line() {
        let text = RustText::new("fn a() {}\n#[cfg(test)]\nmod tests;\nfn c() {}\n");
        assert_eq!(text.tests, [(2, 3)]);
    }
}
