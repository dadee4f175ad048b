//! `context` and `context-markdown`: which tags and galaxy clusters a result carries, and how often (spec 09 A.10).

use super::attack::technique;
use super::{Export, Needs, Row, one_line};
use sightline_misp::json::Buffer;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Tags that are counted; a result with more is summed up without the others, and says so.
const COUNTED: usize = 50_000;

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// A page that needs nothing else.
    Html,
    /// Markdown.
    Markdown,
}

/// Counts tags, writes at the end.
#[derive(Debug)]
pub struct Context {
    markup: Markup,
    counts: BTreeMap<String, u64>,
    events: HashSet<Uuid>,
    attributes: u64,
    uncounted: u64,
}

impl Context {
    /// Nothing yet.
    pub fn new(markup: Markup) -> Self {
        Self {
            markup,
            counts: BTreeMap::new(),
            events: HashSet::new(),
            attributes: 0,
            uncounted: 0,
        }
    }

    fn count(&mut self, tag: &str) {
        if let Some(count) = self.counts.get_mut(tag) {
            *count += 1;
        } else if self.counts.len() < COUNTED {
            self.counts.insert(tag.to_owned(), 1);
        } else {
            self.uncounted += 1;
        }
    }

    /// The sections: techniques, taxonomies, galaxies; each a list of names and counts.
    fn sections(&self) -> BTreeMap<(u8, &str), Vec<(&str, u64)>> {
        let mut sections: BTreeMap<(u8, &str), Vec<(&str, u64)>> = BTreeMap::new();
        for (tag, count) in &self.counts {
            let of_galaxy = tag
                .strip_prefix("misp-galaxy:")
                .and_then(|rest| rest.split_once('='));
            let (section, name) = match of_galaxy {
                Some((_, name)) if technique(tag).is_some() => {
                    ((0, "ATT&CK techniques"), name.trim_matches('"'))
                }
                Some((galaxy, name)) => ((2, galaxy), name.trim_matches('"')),
                None => (
                    (1, tag.split_once(':').map_or("other", |(space, _)| space)),
                    tag.as_str(),
                ),
            };
            sections.entry(section).or_default().push((name, *count));
        }
        sections
    }
}

impl Export for Context {
    fn needs(&self) -> Needs {
        Needs {
            tags: true,
            event_tags: true,
            ..Needs::default()
        }
    }

    fn row(&mut self, row: &Row<'_>, _out: &mut Buffer) {
        self.attributes += 1;
        for tag in row.tags {
            self.count(tag);
        }
        if self.events.insert(row.event.event.uuid) {
            for tag in &row.event.tags {
                self.count(tag);
            }
        }
    }

    fn end(&mut self, out: &mut Buffer) {
        let escape = match self.markup {
            Markup::Html => html,
            Markup::Markdown => markdown,
        };
        let mut text = match self.markup {
            Markup::Html => String::from(
                "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Context</title></head><body>\n<h1>Context</h1>\n",
            ),
            Markup::Markdown => String::from("# Context\n\n"),
        };
        let summary = format!("{} events, {} attributes", self.events.len(), self.attributes);
        match self.markup {
            Markup::Html => text.push_str(&format!("<p>{summary}</p>\n")),
            Markup::Markdown => text.push_str(&format!("{summary}\n")),
        }
        for ((kind, title), lines) in self.sections() {
            let title = match kind {
                1 => format!("Taxonomy {title}"),
                2 => format!("Galaxy {title}"),
                _ => title.to_owned(),
            };
            let title = escape(&title);
            match self.markup {
                Markup::Html => text.push_str(&format!("<h2>{title}</h2>\n<ul>\n")),
                Markup::Markdown => text.push_str(&format!("\n## {title}\n\n")),
            }
            for (name, count) in lines {
                let name = escape(name);
                match self.markup {
                    Markup::Html => text.push_str(&format!("<li>{name}: {count}</li>\n")),
                    Markup::Markdown => text.push_str(&format!("- {name}: {count}\n")),
                }
            }
            if self.markup == Markup::Html {
                text.push_str("</ul>\n");
            }
        }
        if self.uncounted > 0 {
            let note = format!("{} further uses of tags are not in these lists.", self.uncounted);
            match self.markup {
                Markup::Html => text.push_str(&format!("<p>{note}</p>\n")),
                Markup::Markdown => text.push_str(&format!("\n{note}\n")),
            }
        }
        if self.markup == Markup::Html {
            text.push_str("</body></html>\n");
        }
        out.extend_from_slice(text.as_bytes());
    }
}

fn html(text: &str) -> String {
    one_line(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Every character that Markdown could read as more than itself is escaped.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '-' | ':' | '=' | '"' | ',' | '\'' | '.') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
