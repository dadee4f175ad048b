//! The text of an HTML page, for reports that are imported from the web. Not a renderer: markup goes, paragraphs stay,
//! and the result is text that is escaped like any other wherever it is shown.

/// Elements whose content is not text for a reader.
const SILENT: [&str; 7] = ["script", "style", "noscript", "template", "svg", "nav", "iframe"];
/// Elements that begin a line.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "br",
    "hr",
    "ul",
    "ol",
    "table",
    "tr",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "dt",
];
/// Longest named character reference that is looked up.
const ENTITY_CHARS: usize = 10;

/// The title, if there is one, and the text.
pub fn extract(html: &str) -> (Option<String>, String) {
    let mut page = Page::default();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        page.text(text);
        rest = page.markup(after);
    }
    page.text(rest);
    let title = page.title.trim();
    let title = (!title.is_empty()).then(|| title.split_whitespace().collect::<Vec<_>>().join(" "));
    (title, page.body.trim().to_owned())
}

#[derive(Default)]
struct Page {
    title: String,
    body: String,
    in_title: bool,
}

impl Page {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = decoded(text);
        if self.in_title {
            self.title.push_str(&text);
            return;
        }
        for word in text.split_inclusive(char::is_whitespace) {
            let trimmed = word.trim_end();
            self.body.push_str(trimmed);
            if trimmed.len() < word.len() && !self.body.is_empty() && !self.body.ends_with([' ', '\n']) {
                self.body.push(' ');
            }
        }
    }

    /// What begins after a `<`; the text after it.
    fn markup<'a>(&mut self, after: &'a str) -> &'a str {
        if let Some(comment) = after.strip_prefix("!--") {
            return comment.split_once("-->").map_or("", |(_, rest)| rest);
        }
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            self.body.push('<');
            return after;
        }
        let Some((tag, rest)) = after.split_once('>') else {
            return "";
        };
        let closing = tag.starts_with('/');
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if name == "title" {
            self.in_title = !closing;
        } else if !closing && SILENT.contains(&name.as_str()) && !tag.ends_with('/') {
            return after_end(rest, &name);
        } else if BLOCKS.contains(&name.as_str()) {
            self.line(&name, closing);
        }
        rest
    }

    fn line(&mut self, name: &str, closing: bool) {
        while self.body.ends_with(' ') {
            self.body.pop();
        }
        let wanted = if matches!(name, "li" | "tr" | "br" | "dt") {
            1
        } else {
            2
        };
        let there = self.body.chars().rev().take_while(|c| *c == '\n').count();
        if !self.body.is_empty() {
            (there..wanted).for_each(|_| self.body.push('\n'));
        }
        match name {
            "li" if !closing => self.body.push_str("- "),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if !closing => self.body.push_str("## "),
            _ => {}
        }
    }
}

/// What follows the end of an element whose content is passed over.
fn after_end<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        if after
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
        {
            return after.split_once('>').map_or("", |(_, rest)| rest);
        }
        rest = after;
    }
    ""
}

/// Text with its character references replaced; unknown ones stay.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let name = after
            .char_indices()
            .take(ENTITY_CHARS + 1)
            .find(|(_, c)| *c == ';')
            .and_then(|(at, _)| after.get(..at));
        match name.and_then(|name| Some((name, character(name)?))) {
            Some((name, c)) => {
                out.push(c);
                rest = after.get(name.len() + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "copy" => '©',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_paragraphs_stay() {
        let page = "<html><head><title>A &amp; B</title><style>p{}</style></head><body><h1>Head</h1>\n<p>One <b>two</b>\n  \
                    three.</p><script>alert(1)</script><ul><li>a<li>b</ul><p>1 < 2 &#x41;&bogus;</p></body></html>";
        let (title, text) = extract(page);
        assert_eq!(title.as_deref(), Some("A & B"));
        assert_eq!(text, "## Head\n\nOne two three.\n\n- a\n- b\n\n1 < 2 A&bogus;");
    }

    #[test]
    fn broken_pages_end_without_a_panic() {
        for page in [
            "<",
            "<p",
            "<!--",
            "<script>",
            "<script></scr",
            "&",
            "&;",
            "&#;",
            "&#xffffffff;",
            "</",
            "<é>",
        ] {
            let _ = extract(page);
        }
        assert_eq!(extract(&"<div>".repeat(100_000)).1, "");
    }
}
