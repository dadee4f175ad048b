//! Discussions: threads are seen as far as their events are; posts with their thread.

use crate::events::distribution;
use crate::{DbResult, Row, Sql, Tx, Visible, params};
use sightline_core::ids::{EventId, OrgId, PostId, SharingGroupId, ThreadId, UserId};
use sightline_misp::records::{Post, Thread};

const COLUMNS: &str = "t.id, t.event_id, e.info, e.distribution, e.sharing_group_id, e.orgc_id, \
     (SELECT COUNT(*) FROM posts c WHERE c.thread_id = t.id), t.date_created, t.date_modified";
const FROM: &str = "threads t JOIN events e ON e.id = t.event_id";
const POST: &str = "p.id, p.thread_id, p.event_id, p.post_id, p.user_id, p.org_id, p.contents, p.date_created, \
     p.date_modified";

fn read(row: &Row<'_>) -> DbResult<Thread> {
    Ok(Thread {
        id: ThreadId(row.int(0)?),
        event_id: EventId(row.int(1)?),
        title: row.text(2)?,
        distribution: distribution(row.int(3)?)?,
        sharing_group_id: SharingGroupId(row.int(4)?),
        org_id: OrgId(row.int(5)?),
        post_count: row.int(6)?,
        date_created: row.int(7)?,
        date_modified: row.int(8)?,
    })
}

fn read_post(row: &Row<'_>) -> DbResult<Post> {
    Ok(Post {
        id: PostId(row.int(0)?),
        thread_id: ThreadId(row.int(1)?),
        event_id: EventId(row.int(2)?),
        post_id: PostId(row.int(3)?),
        user_id: UserId(row.int(4)?),
        org_id: OrgId(row.int(5)?),
        contents: row.text(6)?,
        date_created: row.int(7)?,
        date_modified: row.int(8)?,
    })
}

/// A page of the visible threads, those with the latest posts first, and how many there are.
pub fn list(tx: &mut Tx<'_>, visible: Visible, limit: i64, offset: i64) -> DbResult<(Vec<Thread>, i64)> {
    let select = |tx: &Tx<'_>, what: &str| {
        let mut sql = Sql::new(tx.dialect(), &format!("SELECT {what} FROM {FROM} WHERE "));
        visible.event(&mut sql, "e");
        sql
    };
    let count = select(tx, "COUNT(*)");
    let total = tx.int(count.text(), count.values())?;
    let mut sql = select(tx, COLUMNS);
    sql.push(" ORDER BY t.date_modified DESC, t.id DESC LIMIT ")
        .bind(limit);
    sql.push(" OFFSET ").bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}

fn find(tx: &mut Tx<'_>, visible: Visible, column: &str, id: i64) -> DbResult<Option<Thread>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM {FROM} WHERE {column} = "),
    );
    sql.bind(id).push(" AND ");
    visible.event(&mut sql, "e");
    tx.first(sql.text(), sql.values(), read)
}

/// By id, if visible.
pub fn by_id(tx: &mut Tx<'_>, visible: Visible, id: ThreadId) -> DbResult<Option<Thread>> {
    find(tx, visible, "t.id", id.0)
}

/// The thread of an event, if visible.
pub fn of_event(tx: &mut Tx<'_>, visible: Visible, event: EventId) -> DbResult<Option<Thread>> {
    find(tx, visible, "t.event_id", event.0)
}

/// Opens the thread of an event, or finds it.
pub fn open(tx: &mut Tx<'_>, event: EventId, now: i64) -> DbResult<ThreadId> {
    tx.exec(
        "INSERT INTO threads (event_id, date_created, date_modified) VALUES ($1, $2, $2) \
         ON CONFLICT (event_id) DO NOTHING",
        params![event, now],
    )?;
    tx.int("SELECT id FROM threads WHERE event_id = $1", params![event])
        .map(ThreadId)
}

/// A page of a thread's posts, oldest first.
pub fn posts(tx: &mut Tx<'_>, thread: ThreadId, limit: i64, offset: i64) -> DbResult<Vec<Post>> {
    tx.all(
        &format!("SELECT {POST} FROM posts p WHERE p.thread_id = $1 ORDER BY p.id LIMIT $2 OFFSET $3"),
        params![thread, limit, offset],
        read_post,
    )
}

/// One post, whoever may see it.
pub fn post(tx: &mut Tx<'_>, id: PostId) -> DbResult<Option<Post>> {
    tx.first(
        &format!("SELECT {POST} FROM posts p WHERE p.id = $1"),
        params![id],
        read_post,
    )
}

/// Writes a new post; its `id` is ignored. The thread is as young as its last post.
pub fn insert(tx: &mut Tx<'_>, p: &Post) -> DbResult<PostId> {
    tx.exec(
        "UPDATE threads SET date_modified = $2 WHERE id = $1",
        params![p.thread_id, p.date_created],
    )?;
    tx.int(
        "INSERT INTO posts (thread_id, event_id, post_id, user_id, org_id, contents, date_created, date_modified) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id",
        params![p.thread_id, p.event_id, p.post_id, p.user_id, p.org_id, &p.contents, p.date_created],
    )
    .map(PostId)
}

/// Changes what a post says.
pub fn update(tx: &mut Tx<'_>, id: PostId, contents: &str, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE posts SET contents = $2, date_modified = $3 WHERE id = $1",
        params![id, contents, now],
    )?;
    Ok(())
}

/// Removes a post; answers to it stay. A thread without posts goes with its last one.
pub fn delete(tx: &mut Tx<'_>, p: &Post) -> DbResult<()> {
    tx.exec("DELETE FROM posts WHERE id = $1", params![p.id])?;
    tx.exec(
        "UPDATE posts SET post_id = 0 WHERE thread_id = $1 AND post_id = $2",
        params![p.thread_id, p.id],
    )?;
    tx.exec(
        "DELETE FROM threads WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.thread_id = $1)",
        params![p.thread_id],
    )?;
    Ok(())
}
