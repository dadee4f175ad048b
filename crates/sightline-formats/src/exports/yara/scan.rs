//! Whether a text is whole YARA rules: nothing stays open at its end, and it pulls in no other file.

use std::iter::Peekable;
use std::str::Chars;

/// Longest name of a rule.
const NAME_CHARS: usize = 128;

/// The names of the rules, when the text is nothing but rules and imports.
pub(in crate::exports) fn names(text: &str) -> Option<Vec<String>> {
    let mut scanner = Scanner {
        rest: text.chars().peekable(),
        value_next: false,
    };
    let mut names = Vec::new();
    while let Some(token) = scanner.token()? {
        let Token::Word(word) = token else { return None };
        match word.as_str() {
            "private" | "global" => {}
            "import" => {
                let Some(Token::Text) = scanner.token()? else {
                    return None;
                };
            }
            "rule" => names.push(scanner.rule()?),
            _ => return None,
        }
    }
    (!names.is_empty()).then_some(names)
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text,
    Regex,
    Sign(char),
}

struct Scanner<'t> {
    rest: Peekable<Chars<'t>>,
    /// Whether a slash begins a regular expression rather than divides.
    value_next: bool,
}

impl Scanner<'_> {
    /// A rule behind the word `rule`: its name, its tags, its body with a condition.
    fn rule(&mut self) -> Option<String> {
        let Some(Token::Word(name)) = self.token()? else {
            return None;
        };
        if name.len() > NAME_CHARS || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        loop {
            match self.token()?? {
                Token::Sign('{') => break,
                Token::Sign(':') | Token::Word(_) => {}
                _ => return None,
            }
        }
        let (mut depth, mut condition, mut before) = (1_usize, false, None);
        while depth > 0 {
            let token = self.token()??;
            match &token {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => depth -= 1,
                Token::Sign(':') if before == Some(Token::Word("condition".to_owned())) => condition = true,
                _ => {}
            }
            before = Some(token);
        }
        condition.then_some(name)
    }

    /// The next token, `None` inside at the end; `None` outside when the text is broken.
    #[expect(
        clippy::option_option,
        reason = "broken and ended are different, and only the first has no way on"
    )]
    fn token(&mut self) -> Option<Option<Token>> {
        loop {
            let Some(c) = self.rest.next() else {
                return Some(None);
            };
            let value_next = self.value_next;
            if !c.is_ascii_whitespace() {
                self.value_next = c == '=';
            }
            return Some(Some(match c {
                _ if c.is_ascii_whitespace() => continue,
                '/' if self.rest.peek() == Some(&'/') => {
                    self.line_comment();
                    self.value_next = value_next;
                    continue;
                }
                '/' if self.rest.peek() == Some(&'*') => {
                    self.block_comment()?;
                    self.value_next = value_next;
                    continue;
                }
                '/' if value_next => {
                    self.until('/')?;
                    Token::Regex
                }
                '"' => {
                    self.until('"')?;
                    Token::Text
                }
                _ if c.is_ascii_alphanumeric() || c == '_' => {
                    let word = self.word(c);
                    self.value_next = word == "matches";
                    Token::Word(word)
                }
                '!'..='~' => Token::Sign(c),
                _ => return None,
            }));
        }
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
            word.push(c);
        }
        word
    }

    /// To the end of a string or regular expression, which is on the same line.
    fn until(&mut self, end: char) -> Option<()> {
        loop {
            match self.rest.next()? {
                '\n' | '\r' => return None,
                '\\' => (self.rest.next()? != '\n').then_some(())?,
                c if c == end => return Some(()),
                _ => {}
            }
        }
    }

    fn line_comment(&mut self) {
        while self.rest.next_if(|c| *c != '\n').is_some() {}
    }

    fn block_comment(&mut self) -> Option<()> {
        self.rest.next();
        loop {
            if self.rest.next()? == '*' && self.rest.peek() == Some(&'/') {
                self.rest.next();
                return Some(());
            }
        }
    }
}
