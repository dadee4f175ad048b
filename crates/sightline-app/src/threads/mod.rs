//! Discussions (spec 10 part H): the thread of an event, seen by whoever sees the event. Talking about an event neither
//! changes nor unpublishes it.

#[cfg(test)]
mod tests;

use crate::Ctx;
use crate::events::{self, EventKey};
use serde_json::json;
use sightline_core::ids::{EventId, OrgId, PostId, ThreadId};
use sightline_core::limits::TEXT_CHARS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, organisations, threads, users};
use sightline_misp::records::{OrgRef, Post, Thread};
use std::collections::HashMap;

/// A post with who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The post.
    pub post: Post,
    /// Whose user.
    pub org: Option<OrgRef>,
    /// That user's address, for the own organisation and site administrators.
    pub email: Option<String>,
    /// Whether the caller may change and delete it.
    pub may_edit: bool,
}

/// A page of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The thread.
    pub thread: Thread,
    /// Its posts, oldest first.
    pub posts: Vec<Said>,
}

/// Where a post goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the thread of an event, which is opened with the first post.
    Event(EventKey),
    /// Into a thread.
    Thread(ThreadId),
    /// As an answer.
    Post(PostId),
}

/// Whether the administrator has left discussions on (`MISP.discussion_disable`).
pub fn is_enabled(ctx: &Ctx) -> bool {
    !ctx.settings().events.discussion_disabled
}

fn require_enabled(ctx: &Ctx) -> AppResult<()> {
    if is_enabled(ctx) {
        Ok(())
    } else {
        Err(AppError::no_permission())
    }
}

/// What is said of a thread that is not there or not visible.
pub fn invalid_thread() -> AppError {
    AppError::not_found("Invalid thread.")
}

/// What is said of a post that is not there or not visible.
pub fn invalid_post() -> AppError {
    AppError::not_found("Invalid post.")
}

/// Whether the caller may take part.
pub fn may_write(ctx: &Ctx) -> bool {
    is_enabled(ctx) && ctx.caller.may(Permission::Add) && !ctx.caller.read_only
}

fn require_write(ctx: &Ctx) -> AppResult<()> {
    require_enabled(ctx)?;
    ctx.require_writing()?;
    ctx.require(Permission::Add)
}

/// A page, from 1, of the threads of visible events, those with the latest posts first, and how many there are.
pub async fn index(ctx: &Ctx, page: u32, limit: u32) -> AppResult<(Vec<Thread>, i64)> {
    require_enabled(ctx)?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| Ok(threads::list(tx, ctx.visible(), i64::from(limit), offset)?))
        .await
}

/// A page, from 1, of a thread.
pub async fn view(ctx: &Ctx, id: ThreadId, page: u32, limit: u32) -> AppResult<Read> {
    require_enabled(ctx)?;
    ctx.read(move |ctx, tx| {
        let thread = threads::by_id(tx, ctx.visible(), id)?.ok_or_else(invalid_thread)?;
        read(ctx, tx, thread, page, limit)
    })
    .await
}

/// A page, from 1, of the thread of an event that the caller may see; `None` while nobody has said anything.
pub async fn of_event(ctx: &Ctx, key: EventKey, page: u32, limit: u32) -> AppResult<Option<Read>> {
    require_enabled(ctx)?;
    ctx.read(move |ctx, tx| {
        let event = events::find(ctx, tx, &key)?;
        threads::of_event(tx, ctx.visible(), event.id)?
            .map(|thread| read(ctx, tx, thread, page, limit))
            .transpose()
    })
    .await
}

fn read(ctx: &Ctx, tx: &mut Tx<'_>, thread: Thread, page: u32, limit: u32) -> AppResult<Read> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    let posts = threads::posts(tx, thread.id, i64::from(limit), offset)?;
    Ok(Read {
        posts: said(ctx, tx, posts)?,
        thread,
    })
}

fn said(ctx: &Ctx, tx: &mut Tx<'_>, posts: Vec<Post>) -> AppResult<Vec<Said>> {
    let orgs: Vec<i64> = posts.iter().map(|post| post.org_id.0).collect();
    let orgs: HashMap<OrgId, OrgRef> = organisations::refs(tx, &orgs)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let own = |post: &Post| ctx.caller.is_site_admin() || post.org_id == ctx.caller.org_id;
    let authors: Vec<i64> = posts
        .iter()
        .filter(|post| own(post))
        .map(|post| post.user_id.0)
        .collect();
    let emails: HashMap<_, _> = users::emails(tx, &authors)?.into_iter().collect();
    Ok(posts
        .into_iter()
        .map(|post| Said {
            org: orgs.get(&post.org_id).cloned(),
            email: emails.get(&post.user_id).filter(|_| own(&post)).cloned(),
            may_edit: may_edit(ctx, &post),
            post,
        })
        .collect())
}

fn may_edit(ctx: &Ctx, post: &Post) -> bool {
    may_write(ctx) && (post.user_id == ctx.caller.user_id || ctx.caller.is_site_admin())
}

fn checked(message: &str) -> AppResult<String> {
    let message = message.trim();
    if message.is_empty() {
        return Err(AppError::field("message", "The message cannot be empty."));
    }
    if message.chars().count() > TEXT_CHARS {
        return Err(AppError::field(
            "message",
            format!("The message is longer than {TEXT_CHARS} characters."),
        ));
    }
    Ok(message.to_owned())
}

/// Says something.
pub async fn add(ctx: &Ctx, place: Place, message: String) -> AppResult<Said> {
    require_write(ctx)?;
    let contents = checked(&message)?;
    ctx.write(move |ctx, tx| {
        let (event, answered) = event_of(ctx, tx, place)?;
        // Deleting the event or the last post waits, or this does.
        let event = events::find_to_change(ctx, tx, &EventKey::Id(event))?;
        if answered.0 != 0 && threads::post(tx, answered)?.is_none() {
            return Err(invalid_post());
        }
        let mut post = Post {
            thread_id: threads::open(tx, event.id, ctx.now())?,
            event_id: event.id,
            post_id: answered,
            user_id: ctx.caller.user_id,
            org_id: ctx.caller.org_id,
            contents,
            date_created: ctx.now(),
            date_modified: ctx.now(),
            ..Post::default()
        };
        post.id = threads::insert(tx, &post)?;
        record(ctx, tx, "add", &post, &event.info)?;
        said(ctx, tx, vec![post])?.pop().ok_or_else(invalid_post)
    })
    .await
}

/// The event that a post is about, and the post that it answers.
fn event_of(ctx: &Ctx, tx: &mut Tx<'_>, place: Place) -> AppResult<(EventId, PostId)> {
    Ok(match place {
        Place::Event(key) => (events::find(ctx, tx, &key)?.id, PostId(0)),
        Place::Thread(id) => {
            let thread = threads::by_id(tx, ctx.visible(), id)?.ok_or_else(invalid_thread)?;
            (thread.event_id, PostId(0))
        }
        Place::Post(id) => (find(ctx, tx, id)?.event_id, id),
    })
}

/// A post of a visible event.
fn find(ctx: &Ctx, tx: &mut Tx<'_>, id: PostId) -> AppResult<Post> {
    let post = threads::post(tx, id)?.ok_or_else(invalid_post)?;
    threads::by_id(tx, ctx.visible(), post.thread_id)?
        .map(|_| post)
        .ok_or_else(invalid_post)
}

/// A post of the caller's, to change it: until the transaction ends nobody else changes its thread.
fn find_to_change(ctx: &Ctx, tx: &mut Tx<'_>, id: PostId) -> AppResult<(Post, String)> {
    let event = find(ctx, tx, id)?.event_id;
    let event = events::find_to_change(ctx, tx, &EventKey::Id(event)).map_err(|_| invalid_post())?;
    let post = find(ctx, tx, id)?;
    if may_edit(ctx, &post) {
        Ok((post, event.info))
    } else {
        Err(AppError::Forbidden("You can only change your own posts.".into()))
    }
}

/// One post.
pub async fn post(ctx: &Ctx, id: PostId) -> AppResult<Said> {
    require_enabled(ctx)?;
    ctx.read(move |ctx, tx| {
        let post = find(ctx, tx, id)?;
        said(ctx, tx, vec![post])?.pop().ok_or_else(invalid_post)
    })
    .await
}

/// Says it differently.
pub async fn edit(ctx: &Ctx, id: PostId, message: String) -> AppResult<Said> {
    require_write(ctx)?;
    let contents = checked(&message)?;
    ctx.write(move |ctx, tx| {
        let (mut post, title) = find_to_change(ctx, tx, id)?;
        threads::update(tx, id, &contents, ctx.now())?;
        post.contents = contents;
        post.date_modified = ctx.now();
        record(ctx, tx, "edit", &post, &title)?;
        said(ctx, tx, vec![post])?.pop().ok_or_else(invalid_post)
    })
    .await
}

/// Takes it back; the event that it was about.
pub async fn delete(ctx: &Ctx, id: PostId) -> AppResult<EventId> {
    require_write(ctx)?;
    ctx.write(move |ctx, tx| {
        let (post, title) = find_to_change(ctx, tx, id)?;
        threads::delete(tx, &post)?;
        record(ctx, tx, "delete", &post, &title)?;
        Ok(post.event_id)
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, post: &Post, title: &str) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Post",
            id: post.id.0,
            title,
            event: Some(post.event_id),
            fields: json!({"thread_id": post.thread_id, "contents": post.contents}),
        },
    )
}
