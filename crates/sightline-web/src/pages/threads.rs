//! Discussions: the list, one of them, a post to be changed; and the panel on the page of an event.

use crate::layout::Frame;
use crate::pages::errors::Errors;
use crate::pages::list::Pager;
use crate::pages::moment::{Count, Moment};
use askama::{Template, filters::HtmlSafe};

/// `GET /threads/index`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "threads/index.html")]
pub struct DiscussionIndexPage {
    /// The frame.
    pub frame: Frame,
    /// Where we are.
    pub pager: Pager,
    /// Discussions, those with the latest posts first.
    pub rows: Vec<DiscussionRow>,
}

/// A discussion in the list.
#[derive(Clone, Debug, Default)]
pub struct DiscussionRow {
    /// Its id.
    pub id: i64,
    /// The event's id.
    pub event_id: i64,
    /// The event's title.
    pub event_info: String,
    /// How many posts it has.
    pub posts: Count,
    /// When somebody last said something.
    pub modified: Moment,
}

/// `GET /threads/view/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "threads/view.html")]
pub struct DiscussionPage {
    /// The frame.
    pub frame: Frame,
    /// The event's title.
    pub event_info: String,
    /// Where we are.
    pub pager: Pager,
    /// The posts of this page.
    pub discussion: Discussion,
}

/// Posts of an event, oldest first, and the form for another one.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "threads/posts.html")]
pub struct Discussion {
    /// The event's id.
    pub event_id: i64,
    /// The posts.
    pub posts: Vec<PostRow>,
    /// May say something.
    pub can_write: bool,
    /// The session's token.
    pub csrf_token: String,
}

impl HtmlSafe for Discussion {}

/// A post.
#[derive(Clone, Debug, Default)]
pub struct PostRow {
    /// Its id.
    pub id: i64,
    /// The post that it answers; 0 for none.
    pub answers: i64,
    /// Whose user wrote it.
    pub org: String,
    /// Which user, where that may be told.
    pub email: Option<String>,
    /// When.
    pub at: Moment,
    /// Whether it was changed since.
    pub edited: bool,
    /// What it says.
    pub text: Vec<Piece>,
    /// May change and delete it.
    pub can_edit: bool,
}

/// `GET /posts/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "threads/form.html")]
pub struct PostFormPage {
    /// The frame.
    pub frame: Frame,
    /// The post's id.
    pub id: i64,
    /// The event's id.
    pub event_id: i64,
    /// What it says.
    pub message: String,
    /// What is wrong with it.
    pub errors: Errors,
}

/// A part of a post: text is text, whatever it looks like; five marks are understood (spec 10 part H).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Text(String),
    /// `[quote]…[/quote]`
    Quote(String),
    /// `[code]…[/code]`
    Code(String),
    /// `[event]5[/event]`, `[thread]5[/thread]`, `[link]https://…[/link]`: address and words.
    Link(String, String),
}

const MARKS: [&str; 5] = ["event", "thread", "quote", "code", "link"];

impl Piece {
    /// Takes a message apart. A mark that is not closed, or holds what it may not hold, stays text.
    pub fn all(mut text: &str) -> Vec<Self> {
        let (mut pieces, mut plain) = (Vec::new(), String::new());
        while let Some(at) = text.find('[') {
            let (before, rest) = text.split_at(at);
            plain.push_str(before);
            match Self::first(rest) {
                Some((piece, after)) => {
                    if !plain.is_empty() {
                        pieces.push(Self::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(piece);
                    text = after;
                }
                None => {
                    plain.push('[');
                    text = rest.strip_prefix('[').unwrap_or_default();
                }
            }
        }
        plain.push_str(text);
        if !plain.is_empty() {
            pieces.push(Self::Text(plain));
        }
        pieces
    }

    /// The mark that the text begins with, and what comes after it.
    fn first(text: &str) -> Option<(Self, &str)> {
        MARKS.iter().find_map(|mark| {
            let inner = text.strip_prefix(&format!("[{mark}]"))?;
            let (inner, after) = inner.split_once(&format!("[/{mark}]"))?;
            Some((Self::of(mark, inner)?, after))
        })
    }

    fn of(mark: &str, inner: &str) -> Option<Self> {
        let number = || inner.trim().parse::<u32>().ok();
        Some(match mark {
            "event" => Self::Link(
                format!("/events/view/{}", number()?),
                format!("Event {}", number()?),
            ),
            "thread" => Self::Link(
                format!("/threads/view/{}", number()?),
                format!("Discussion {}", number()?),
            ),
            "quote" => Self::Quote(inner.trim().to_owned()),
            "code" => Self::Code(inner.trim_matches('\n').to_owned()),
            _ => {
                let address = inner.trim();
                let safe = address.starts_with("https://") || address.starts_with("http://");
                safe.then(|| Self::Link(address.to_owned(), address.to_owned()))?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_understood_and_everything_else_is_text() {
        let text = |text: &str| Piece::Text(text.into());
        for (message, pieces) in [
            ("plain <b>text</b>", vec![text("plain <b>text</b>")]),
            (
                "see [event]5[/event].",
                vec![
                    text("see "),
                    Piece::Link("/events/view/5".into(), "Event 5".into()),
                    text("."),
                ],
            ),
            (
                "[thread]7[/thread]",
                vec![Piece::Link("/threads/view/7".into(), "Discussion 7".into())],
            ),
            (
                "[quote]a [b] c[/quote]d",
                vec![Piece::Quote("a [b] c".into()), text("d")],
            ),
            ("[code]\nx = [1]\n[/code]", vec![Piece::Code("x = [1]".into())]),
            (
                "[link]https://a.example/[/link]",
                vec![Piece::Link(
                    "https://a.example/".into(),
                    "https://a.example/".into(),
                )],
            ),
            (
                "[link]javascript:alert(1)[/link]",
                vec![text("[link]javascript:alert(1)[/link]")],
            ),
            (
                "[event]../x[/event] [quote]open",
                vec![text("[event]../x[/event] [quote]open")],
            ),
            ("[[[", vec![text("[[[")]),
        ] {
            assert_eq!(Piece::all(message), pieces, "{message}");
        }
    }
}
