//! Discussions: the list, one of them, writing in it.

use crate::http::{Answer, Input, Visit, done, form, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::threads::{
    Discussion, DiscussionIndexPage, DiscussionPage, DiscussionRow, Piece, PostFormPage, PostRow,
};
use sightline_app::events::EventKey;
use sightline_app::threads::{self, Place, Read, Said};
use sightline_core::ids::{PostId, ThreadId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult};

/// Posts on the page of an event before a link to the others.
const ON_EVENT: u32 = 20;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let (found, total) = threads::index(&visit.ctx, input.page(), PAGE_ROWS).await?;
    page(&DiscussionIndexPage {
        frame: visit.frame("Discussions", Nav::Discussions),
        pager: Pager::of(
            ListUrl::new("/threads/index", &[]),
            input.page(),
            PAGE_ROWS,
            total,
        ),
        rows: found
            .into_iter()
            .map(|thread| DiscussionRow {
                id: thread.id.0,
                event_id: thread.event_id.0,
                event_info: thread.title,
                posts: Count(u64::try_from(thread.post_count).unwrap_or(0)),
                modified: Moment(thread.date_modified),
            })
            .collect(),
    })
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let id = ThreadId(input.id(0)?);
    let read = threads::view(&visit.ctx, id, input.page(), PAGE_ROWS).await?;
    show(&visit, &input, &read)
}

pub(super) async fn view_event(visit: Visit, input: Input) -> Answer {
    let key = EventKey::parse(input.arg(0))?;
    let read = threads::of_event(&visit.ctx, key, input.page(), PAGE_ROWS)
        .await?
        .ok_or_else(threads::invalid_thread)?;
    show(&visit, &input, &read)
}

fn show(visit: &Visit, input: &Input, read: &Read) -> Answer {
    let url = ListUrl::new(&format!("/threads/view/{}", read.thread.id), &[]);
    page(&DiscussionPage {
        frame: visit.frame("Discussion", Nav::Discussions),
        event_info: read.thread.title.clone(),
        pager: Pager::of(url, input.page(), PAGE_ROWS, read.thread.post_count),
        discussion: discussion(visit, read.thread.event_id.0, &read.posts),
    })
}

fn discussion(visit: &Visit, event_id: i64, posts: &[Said]) -> Discussion {
    Discussion {
        event_id,
        posts: posts.iter().map(row).collect(),
        can_write: threads::may_write(&visit.ctx),
        csrf_token: visit.csrf.clone(),
    }
}

fn row(said: &Said) -> PostRow {
    let post = &said.post;
    PostRow {
        id: post.id.0,
        answers: post.post_id.0,
        org: said.org.as_ref().map(|org| org.name.clone()).unwrap_or_default(),
        email: said.email.clone(),
        at: Moment(post.date_created),
        edited: post.date_modified != post.date_created,
        text: Piece::all(&post.contents),
        can_edit: said.may_edit,
    }
}

/// The panel on the page of an event, with how many posts there are and the thread; `None` where discussions are off.
pub(super) async fn on_event(
    visit: &Visit,
    event_id: i64,
) -> AppResult<Option<(Discussion, Count, Option<i64>)>> {
    if !threads::is_enabled(&visit.ctx) {
        return Ok(None);
    }
    let read = threads::of_event(&visit.ctx, EventKey::Id(event_id.into()), 1, ON_EVENT).await?;
    Ok(Some(match read {
        Some(read) => {
            let count = Count(u64::try_from(read.thread.post_count).unwrap_or(0));
            (
                discussion(visit, event_id, &read.posts),
                count,
                Some(read.thread.id.0),
            )
        }
        None => (discussion(visit, event_id, &[]), Count(0), None),
    }))
}

fn place(input: &Input) -> AppResult<Place> {
    Ok(match input.arg(0) {
        "event" => Place::Event(EventKey::parse(input.arg(1))?),
        "thread" => Place::Thread(ThreadId(input.id(1)?)),
        "post" => Place::Post(PostId(input.id(1)?)),
        _ => return Err(AppError::not_found("There is no such page.")),
    })
}

/// The page of the event, at a post.
fn at(said: &Said) -> String {
    format!("/events/view/{}#post-{}", said.post.event_id, said.post.id)
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let said = threads::add(&visit.ctx, place(&input)?, input.form.get("message").to_owned()).await?;
    done(&visit, &at(&said), "Posted.")
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let said = threads::post(&visit.ctx, PostId(input.id(0)?)).await?;
    if !said.may_edit {
        return Err(AppError::no_permission());
    }
    show_form(&visit, &said, &said.post.contents, Errors::default())
}

fn show_form(visit: &Visit, said: &Said, message: &str, errors: Errors) -> Answer {
    let shown = PostFormPage {
        frame: visit.frame("Edit the post", Nav::Discussions),
        id: said.post.id.0,
        event_id: said.post.event_id.0,
        message: message.to_owned(),
        errors,
    };
    form(&shown, &shown.errors)
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = PostId(input.id(0)?);
    match threads::edit(&visit.ctx, id, input.form.get("message").to_owned()).await {
        Ok(said) => done(&visit, &at(&said), "Post saved."),
        Err(AppError::Invalid(errors)) => {
            let said = threads::post(&visit.ctx, id).await?;
            show_form(&visit, &said, input.form.get("message"), Errors::from(&errors))
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    let event = threads::delete(&visit.ctx, PostId(input.id(0)?)).await?;
    done(&visit, &format!("/events/view/{event}"), "Post deleted.")
}
