//! Feed caches: which values feeds hold, by their MD5, without importing them (spec 06 A.6).
//!
//! An MD5 is 16 bytes, the same as a uuid: it is kept and asked for in the type that both engines have for those.

use crate::{DbResult, Dialect, Sql, Tx, params};
use sightline_core::ids::{FeedId, JobId};
use uuid::Uuid;

/// Rows that one [`sweep`] removes at most.
pub const SWEPT_ROWS: i64 = 10_000;
/// Hits that one [`find`] yields at most, and one more that tells: a few megabytes.
pub const FOUND_ROWS: i64 = 100_000;

/// A value that a feed holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cached {
    /// MD5 of the value.
    pub hash: Uuid,
    /// The event that holds it; nil where the feed has no events.
    pub event: Uuid,
}

/// A cached value that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// MD5 of the value.
    pub hash: Uuid,
    /// The feed that holds it.
    pub feed: FeedId,
    /// The event that holds it; `None` where the feed has no events.
    pub event: Option<Uuid>,
}

/// What is known of a feed's cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The feed.
    pub feed: FeedId,
    /// When it was cached last.
    pub cached: i64,
    /// How many values it holds.
    pub hashes: i64,
    /// How many of them another feed held, too, when it was cached.
    pub covered: i64,
    /// What the server called that version.
    pub etag: Option<String>,
}

/// Writes values of a feed, or marks them as seen by this run.
pub fn put(tx: &mut Tx<'_>, feed: FeedId, run: JobId, values: &[Cached]) -> DbResult<()> {
    match tx.dialect() {
        Dialect::Postgres => {
            let hashes: Vec<Uuid> = values.iter().map(|value| value.hash).collect();
            let events: Vec<Uuid> = values.iter().map(|value| value.event).collect();
            tx.exec(
                "INSERT INTO feed_cache_values (hash, feed_id, event_uuid, run) \
                 SELECT DISTINCT v.hash, $1::bigint, v.event, $2::bigint \
                 FROM unnest($3::uuid[], $4::uuid[]) AS v (hash, event) \
                 ON CONFLICT (hash, feed_id, event_uuid) DO UPDATE SET run = excluded.run",
                params![feed, run, &hashes, &events],
            )?;
        }
        Dialect::Sqlite => {
            for value in values {
                tx.exec(
                    "INSERT INTO feed_cache_values (hash, feed_id, event_uuid, run) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (hash, feed_id, event_uuid) DO UPDATE SET run = excluded.run",
                    params![value.hash, feed, value.event, run],
                )?;
            }
        }
    }
    Ok(())
}

/// Removes some of what this run did not see; 0 when all of it is gone.
pub fn sweep(tx: &mut Tx<'_>, feed: FeedId, run: JobId) -> DbResult<u64> {
    tx.exec(
        "DELETE FROM feed_cache_values WHERE (hash, feed_id, event_uuid) IN \
         (SELECT hash, feed_id, event_uuid FROM feed_cache_values WHERE feed_id = $1 AND run <> $2 LIMIT $3)",
        params![feed, run, SWEPT_ROWS],
    )
}

/// How many values a feed's cache holds, and how many of them any other feed's does, too.
pub fn count(tx: &mut Tx<'_>, feed: FeedId) -> DbResult<(i64, i64)> {
    tx.unhurried()?;
    let hashes = tx.int(
        "SELECT COUNT(DISTINCT hash) FROM feed_cache_values WHERE feed_id = $1",
        params![feed],
    )?;
    let covered = tx.int(
        "SELECT COUNT(DISTINCT a.hash) FROM feed_cache_values a WHERE a.feed_id = $1 \
         AND EXISTS (SELECT 1 FROM feed_cache_values b WHERE b.hash = a.hash AND b.feed_id <> $1)",
        params![feed],
    )?;
    Ok((hashes, covered))
}

/// Keeps what is known of a cache.
pub fn set_state(tx: &mut Tx<'_>, state: &State) -> DbResult<()> {
    tx.exec(
        "INSERT INTO feed_caches (feed_id, cached, hashes, covered, etag) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (feed_id) DO UPDATE SET cached = excluded.cached, hashes = excluded.hashes, \
         covered = excluded.covered, etag = excluded.etag",
        params![
            state.feed,
            state.cached,
            state.hashes,
            state.covered,
            state.etag.as_deref()
        ],
    )?;
    Ok(())
}

/// Forgets which version of a feed was cached: its address or headers may be others now.
pub fn outdate(tx: &mut Tx<'_>, feed: FeedId) -> DbResult<()> {
    tx.exec(
        "UPDATE feed_caches SET etag = NULL WHERE feed_id = $1",
        params![feed],
    )?;
    Ok(())
}

/// Forgets that a feed was cached; its values are to be swept. Whether there were any.
pub fn forget(tx: &mut Tx<'_>, feed: FeedId) -> DbResult<bool> {
    tx.exec("DELETE FROM feed_caches WHERE feed_id = $1", params![feed])?;
    tx.exists(
        "SELECT 1 FROM feed_cache_values WHERE feed_id = $1",
        params![feed],
    )
}

/// Every cache there is, in the order of the feeds.
pub fn states(tx: &mut Tx<'_>) -> DbResult<Vec<State>> {
    tx.all(
        "SELECT feed_id, cached, hashes, covered, etag FROM feed_caches ORDER BY feed_id",
        &[],
        |row| {
            Ok(State {
                feed: FeedId(row.int(0)?),
                cached: row.int(1)?,
                hashes: row.int(2)?,
                covered: row.int(3)?,
                etag: row.opt_text(4)?,
            })
        },
    )
}

/// Where some values are known, in the order of hash, feed and event; of hidden feeds only when asked for them. More than
/// [`FOUND_ROWS`] mean that there are more.
pub fn find(tx: &mut Tx<'_>, hashes: &[Uuid], hidden: bool) -> DbResult<Vec<Hit>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT v.hash, v.feed_id, v.event_uuid FROM feed_cache_values v JOIN feeds f ON f.id = v.feed_id \
         WHERE f.caching_enabled AND ",
    );
    sql.any("v.hash", hashes);
    if !hidden {
        sql.push(" AND f.lookup_visible");
    }
    sql.push(" ORDER BY v.hash, v.feed_id, v.event_uuid LIMIT ")
        .bind(FOUND_ROWS + 1);
    tx.all(sql.text(), sql.values(), |row| {
        Ok(Hit {
            hash: row.uuid(0)?,
            feed: FeedId(row.int(1)?),
            event: Some(row.uuid(2)?).filter(|event| !event.is_nil()),
        })
    })
}

/// How many values each two cached feeds have in common, in both directions.
pub fn overlaps(tx: &mut Tx<'_>) -> DbResult<Vec<(FeedId, FeedId, i64)>> {
    tx.all(
        "SELECT a.feed_id, b.feed_id, COUNT(DISTINCT a.hash) FROM feed_cache_values a \
         JOIN feed_cache_values b ON b.hash = a.hash AND b.feed_id <> a.feed_id \
         GROUP BY a.feed_id, b.feed_id ORDER BY a.feed_id, b.feed_id",
        &[],
        |row| Ok((FeedId(row.int(0)?), FeedId(row.int(1)?), row.int(2)?)),
    )
}

/// How many of a feed's values at least one of the other feeds holds.
pub fn covered(tx: &mut Tx<'_>, feed: FeedId, others: &[i64]) -> DbResult<i64> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(DISTINCT a.hash) FROM feed_cache_values a WHERE a.feed_id = ",
    );
    sql.bind(feed)
        .push(" AND EXISTS (SELECT 1 FROM feed_cache_values b WHERE b.hash = a.hash AND b.feed_id <> ")
        .bind(feed)
        .push(" AND ")
        .any("b.feed_id", others)
        .push(")");
    tx.int(sql.text(), sql.values())
}
