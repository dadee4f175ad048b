//! `xml` (spec 09 A.3): the JSON of an answer, piece by piece as it comes, in the reference's XML. An object is its
//! fields as elements, a list repeats its element, flags are `1` and `0`, what is empty is an empty element.

use sightline_misp::json::Buffer;

const PROLOG: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// What is open.
#[derive(Clone, Debug)]
enum Open {
    /// An object: the element that it is; without one its fields stand where it does.
    Object(Option<String>),
    /// A list whose items are elements of this name; whether one was written.
    List { name: String, any: bool },
    /// The outermost list: one element, and the fields of its items stand in it.
    Root(String),
}

/// Where in a token the last piece ended.
#[derive(Clone, Debug, Default)]
enum Token {
    #[default]
    Between,
    /// In a string, after a backslash or not; its bytes so far, still escaped.
    Text { escaped: bool, bytes: Vec<u8> },
    /// In a number or a word.
    Word(Vec<u8>),
}

/// Turns the JSON that this program writes into XML.
#[derive(Clone, Debug, Default)]
pub struct XmlWriter {
    open: Vec<Open>,
    token: Token,
    /// The key whose value comes next.
    key: Option<String>,
    /// Whether the next string is a key.
    wants_key: bool,
    begun: bool,
}

impl XmlWriter {
    /// Takes the next piece of the JSON, whatever it ends in.
    pub fn push(&mut self, json: &[u8], out: &mut Buffer) {
        if !self.begun {
            self.begun = true;
            out.extend_from_slice(PROLOG);
        }
        for byte in json {
            self.byte(*byte, out);
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Buffer) {
        match &mut self.token {
            Token::Text { escaped, bytes } => {
                if *escaped {
                    *escaped = false;
                    bytes.push(byte);
                } else if byte == b'"' {
                    let bytes = std::mem::take(bytes);
                    self.token = Token::Between;
                    self.string(&bytes, out);
                } else {
                    *escaped = byte == b'\\';
                    bytes.push(byte);
                }
                return;
            }
            Token::Word(bytes) => {
                if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) {
                    bytes.push(byte);
                    return;
                }
                let word = std::mem::take(bytes);
                self.token = Token::Between;
                let text = match word.as_slice() {
                    b"true" => "1",
                    b"false" => "0",
                    b"null" => "",
                    number => std::str::from_utf8(number).unwrap_or_default(),
                };
                self.scalar(text, out);
            }
            Token::Between => {}
        }
        match byte {
            b'"' => {
                self.token = Token::Text {
                    escaped: false,
                    bytes: Vec::new(),
                }
            }
            b'{' => self.object(out),
            b'[' => self.list(out),
            b'}' | b']' => self.close(out),
            b',' => self.wants_key = matches!(self.open.last(), Some(Open::Object(_))),
            b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
            other => self.token = Token::Word(vec![other]),
        }
    }

    fn string(&mut self, escaped: &[u8], out: &mut Buffer) {
        let mut quoted = Vec::with_capacity(escaped.len() + 2);
        quoted.push(b'"');
        quoted.extend_from_slice(escaped);
        quoted.push(b'"');
        // What this program wrote is JSON; anything else would be dropped here, not misread.
        let text: String = serde_json::from_slice(&quoted).unwrap_or_default();
        if std::mem::take(&mut self.wants_key) {
            self.key = Some(text);
        } else {
            self.scalar(&text, out);
        }
    }

    /// The element of the value that begins: the key in an object, the list's name in a list.
    fn element(&mut self) -> Option<String> {
        match self.open.last_mut() {
            Some(Open::List { name, any }) => {
                *any = true;
                Some(name.clone())
            }
            _ => self.key.take().map(|key| element_name(&key)),
        }
    }

    fn scalar(&mut self, text: &str, out: &mut Buffer) {
        if let Some(name) = self.element() {
            if text.is_empty() {
                tag(out, "<", &name, "/>");
            } else {
                tag(out, "<", &name, ">");
                write_text(out, text);
                tag(out, "</", &name, ">");
            }
        }
    }

    fn object(&mut self, out: &mut Buffer) {
        let name = self.element();
        if let Some(name) = &name {
            tag(out, "<", name, if self.open.len() == 1 { ">\n" } else { ">" });
        }
        self.open.push(Open::Object(name));
        self.wants_key = true;
    }

    fn list(&mut self, out: &mut Buffer) {
        let name = self.element().unwrap_or_default();
        self.open.push(if self.open.len() == 1 {
            tag(out, "<", &name, ">\n");
            Open::Root(name)
        } else {
            Open::List { name, any: false }
        });
        self.wants_key = false;
    }

    fn close(&mut self, out: &mut Buffer) {
        match self.open.pop() {
            Some(Open::List { name, any: false }) => tag(out, "<", &name, "/>"),
            Some(Open::Object(Some(name)) | Open::Root(name)) => {
                tag(out, "</", &name, if self.open.len() <= 3 { ">\n" } else { ">" });
            }
            _ => {}
        }
        self.wants_key = false;
    }
}

fn tag(out: &mut Buffer, open: &str, name: &str, close: &str) {
    out.extend_from_slice(open.as_bytes());
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(close.as_bytes());
}

/// A key as the name of an element.
fn element_name(key: &str) -> String {
    let name: String = key
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') {
                c
            } else {
                '_'
            }
        })
        .collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name
    } else {
        format!("_{name}")
    }
}

/// Text between tags or in an attribute. What XML cannot hold is left out.
pub(super) fn write_text(out: &mut Buffer, text: &str) {
    let mut utf8 = [0; 4];
    for c in text.chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            // A bare one would be read as a line feed.
            '\r' => out.extend_from_slice(b"&#13;"),
            '\t' | '\n' => out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes()),
            '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes()),
        }
    }
}
