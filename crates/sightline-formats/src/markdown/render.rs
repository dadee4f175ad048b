//! Markdown events to HTML, from a short list of elements.

use super::references::{Piece, Reference, pieces, unmarked};
use super::{Document, Shown};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag};

/// Elements inside each other; what is deeper is shown without its element. No reader needs more, and no browser
/// takes a million.
const DEPTH: usize = 24;
/// Characters of a value that a reference shows.
const REFERENCE_CHARS: usize = 120;

pub(super) fn html(document: &Document, resolve: impl Fn(&Reference) -> Option<Shown>) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = Writer {
        out: String::with_capacity(document.text.len() + document.text.len() / 2),
        references: &document.references,
        resolve,
        open: Vec::new(),
        links: 0,
        images: 0,
        head: false,
    };
    for event in Parser::new_ext(&document.text, options) {
        writer.event(event);
    }
    writer.out
}

/// An element that is open, and what closes it: nothing where it is shown without its element.
enum Open {
    Plain(&'static str),
    /// The head of a table, whose cells are headings.
    Head(&'static str),
    /// A block of code.
    Code(&'static str),
    Link(&'static str),
    Image(&'static str),
}

struct Writer<'a, R> {
    out: String,
    references: &'a [Reference],
    resolve: R,
    open: Vec<Open>,
    /// Links and images that are open: there are no links inside links.
    links: usize,
    images: usize,
    /// Whether the cells of a table are headings.
    head: bool,
}

impl<R: Fn(&Reference) -> Option<Shown>> Writer<'_, R> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.out.push_str("<code>");
                self.plain(&code);
                self.out.push_str("</code>");
            }
            // Raw HTML is text.
            Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.plain(&text),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>"),
            Event::Rule => self.out.push_str("<hr>"),
            Event::TaskListMarker(done) => self.out.push_str(if done { "☑ " } else { "☐ " }),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        if self.open.len() >= DEPTH {
            self.open.push(Open::Plain(""));
            return;
        }
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.element("<p>", "</p>\n"),
            Tag::Heading { level, .. } => {
                // The page's own heading is the first; a report's come below it.
                let (start, end) = match level {
                    HeadingLevel::H1 => ("<h2>", "</h2>\n"),
                    HeadingLevel::H2 => ("<h3>", "</h3>\n"),
                    HeadingLevel::H3 => ("<h4>", "</h4>\n"),
                    HeadingLevel::H4 => ("<h5>", "</h5>\n"),
                    HeadingLevel::H5 | HeadingLevel::H6 => ("<h6>", "</h6>\n"),
                };
                self.element(start, end);
            }
            Tag::BlockQuote(_) => self.element("<blockquote>", "</blockquote>\n"),
            Tag::CodeBlock(_) => {
                self.out.push_str("<pre tabindex=\"0\"><code>");
                self.open.push(Open::Code("</code></pre>\n"));
            }
            Tag::List(None) => self.element("<ul>", "</ul>\n"),
            Tag::List(Some(first)) => {
                self.out.push_str(&format!("<ol start=\"{first}\">"));
                self.open.push(Open::Plain("</ol>\n"));
            }
            Tag::Item => self.element("<li>", "</li>\n"),
            Tag::Table(_) => self.element(
                "<div class=\"table-scroll\" tabindex=\"0\"><table>",
                "</tbody></table></div>\n",
            ),
            Tag::TableHead => {
                self.head = true;
                self.out.push_str("<thead><tr>");
                self.open.push(Open::Head("</tr></thead><tbody>"));
            }
            Tag::TableRow => self.element("<tr>", "</tr>\n"),
            Tag::TableCell if self.head => self.element("<th>", "</th>"),
            Tag::TableCell => self.element("<td>", "</td>"),
            Tag::Emphasis => self.element("<em>", "</em>"),
            Tag::Strong => self.element("<strong>", "</strong>"),
            Tag::Strikethrough => self.element("<del>", "</del>"),
            Tag::Link { dest_url, .. } => {
                self.links += 1;
                self.link(&dest_url, false);
            }
            Tag::Image { dest_url, .. } => {
                self.images += 1;
                self.link(&dest_url, true);
            }
            _ => self.element("", ""),
        }
    }

    fn end(&mut self) {
        let end = match self.open.pop() {
            Some(Open::Plain(end) | Open::Code(end)) => end,
            Some(Open::Head(end)) => {
                self.head = false;
                end
            }
            Some(Open::Link(end)) => {
                self.links = self.links.saturating_sub(1);
                end
            }
            Some(Open::Image(end)) => {
                self.images = self.images.saturating_sub(1);
                end
            }
            None => "",
        };
        self.out.push_str(end);
    }

    fn element(&mut self, start: &str, end: &'static str) {
        self.out.push_str(start);
        self.open.push(Open::Plain(end));
    }

    /// A link to the web or to mail; anything else, and a link inside another, is its text alone.
    fn link(&mut self, target: &CowStr<'_>, image: bool) {
        let open = if image { Open::Image } else { Open::Link };
        let target = unmarked(target, self.references);
        let nested = self.links + self.images > 1;
        if nested || !is_outward(&target) {
            self.open.push(open(""));
            return;
        }
        let target = escaped(&target);
        self.out.push_str(&format!(
            "<a href=\"{target}\" title=\"{target}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">"
        ));
        if image {
            self.out.push_str("Image: ");
        }
        self.open.push(open("</a>"));
    }

    fn text(&mut self, text: &str) {
        let references = self.references;
        for piece in pieces(text, references) {
            match piece {
                Piece::Text(text) => escape(text, &mut self.out),
                Piece::Reference(reference) if self.in_code() => escape(&reference.markup(), &mut self.out),
                Piece::Reference(reference) => self.reference(reference),
            }
        }
    }

    fn in_code(&self) -> bool {
        self.open.iter().any(|open| matches!(open, Open::Code(_)))
    }

    fn plain(&mut self, text: &str) {
        let text = unmarked(text, self.references);
        escape(&text, &mut self.out);
    }

    fn reference(&mut self, reference: &Reference) {
        let (kind, short) = match reference {
            Reference::Tag { name } => {
                self.out
                    .push_str("<span class=\"ref\"><span class=\"ref-kind\">tag</span> ");
                escape(name, &mut self.out);
                self.out.push_str("</span>");
                return;
            }
            Reference::Attribute { uuid, .. } => ("attribute", uuid.to_string()),
            Reference::Object { uuid } => ("object", uuid.to_string()),
        };
        let Some(shown) = (self.resolve)(reference) else {
            let short: String = short.chars().take(8).collect();
            self.out.push_str(&format!(
                "<span class=\"ref missing\" title=\"Not on this instance, or not visible to you\">\
                 <span class=\"ref-kind\">{kind}</span> {short}…</span>"
            ));
            return;
        };
        // A link inside a link would end the outer one.
        let linked = self.links + self.images == 0;
        if linked {
            self.out
                .push_str(&format!("<a class=\"ref\" href=\"{}\">", escaped(&shown.href)));
        } else {
            self.out.push_str("<span class=\"ref\">");
        }
        self.out.push_str(&format!(
            "<span class=\"ref-kind\">{}</span> ",
            escaped(&shown.label)
        ));
        let cut: String = shown.text.chars().take(REFERENCE_CHARS).collect();
        escape(&cut, &mut self.out);
        if cut.len() < shown.text.len() {
            self.out.push('…');
        }
        self.out.push_str(if linked { "</a>" } else { "</span>" });
    }
}

fn is_outward(target: &str) -> bool {
    let start: String = target.chars().take(8).collect::<String>().to_ascii_lowercase();
    start.starts_with("https://") || start.starts_with("http://") || start.starts_with("mailto:")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Characters that turn the direction of what follows make a value look like another one.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
}
