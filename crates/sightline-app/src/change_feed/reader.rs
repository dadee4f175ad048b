//! One reader of the feed: its position, its filter, and its rights, which are looked up again with every read.

use super::cursor::Seal;
use super::followers::Place;
use crate::auth_keys::renew;
use crate::{Ctx, sightings, tags};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::Tx;
use sightline_db::change_feed::{self, Filter, Page, Viewer};
use sightline_misp::change_feed::Change;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

/// Longest time between two looks at what other nodes have changed.
const LOOK: Duration = Duration::from_secs(1);
/// Shortest time between two looks: under load one look serves many changes.
const PAUSE: Duration = Duration::from_millis(100);

/// A reader of the feed.
#[derive(Debug)]
pub struct Reader {
    ctx: Ctx,
    filter: Filter,
    position: i64,
    seal: Seal,
    bell: watch::Receiver<bool>,
    _place: Place,
}

impl Reader {
    /// Begins after a sealed position, with the oldest entry that is kept (`oldest`), or with what happens from now on.
    pub async fn open(ctx: &Ctx, after: Option<&str>, filter: Filter) -> AppResult<Self> {
        let place = Place::take(&ctx.platform, ctx.caller.user_id)?;
        let seal = Seal::of(&ctx.platform.db).await?;
        let given = match after.filter(|text| !text.is_empty() && *text != "oldest") {
            Some(text) => Some(seal.open(text)?),
            None => None,
        };
        let oldest = after == Some("oldest");
        let bell = ctx.platform.followers.bell();
        let settled = ctx.platform.followers.settled(ctx).await?;
        let position = ctx
            .read(move |_, tx| match given {
                Some(position) => kept(tx, position),
                None if oldest => Ok(change_feed::oldest(tx)?),
                None => Ok(change_feed::latest(tx, settled)?),
            })
            .await?;
        Ok(Self {
            ctx: ctx.clone(),
            filter,
            position,
            seal,
            bell,
            _place: place,
        })
    }

    /// The entries that come next, at most `limit`; waits for the first one, but not longer than `wait`. Fewer than there
    /// are does not mean that there are no more. `Unauthenticated` when the reader may read nothing any more.
    pub async fn next(&mut self, limit: usize, wait: Duration) -> AppResult<Vec<Change>> {
        let end = Instant::now() + wait;
        loop {
            let closed = *self.bell.borrow_and_update();
            let page = self.page(limit).await?;
            self.position = page.position;
            if !page.changes.is_empty() || closed || Instant::now() >= end {
                return Ok(page.changes);
            }
            if page.caught_up {
                sleep(PAUSE).await;
                // Woken or not, and when the bell is gone as well: the next look tells.
                let _ = timeout_at(end.min(Instant::now() + LOOK), self.bell.changed()).await;
            }
        }
    }

    /// Whether the server goes away.
    pub(super) fn is_closed(&self) -> bool {
        *self.bell.borrow()
    }

    async fn page(&mut self, limit: usize) -> AppResult<Page> {
        let (filter, after) = (self.filter.clone(), self.position);
        let settled = self.ctx.platform.followers.settled(&self.ctx).await?;
        let (caller, page) = self
            .ctx
            .read(move |ctx, tx| {
                let caller = renew(ctx, tx)?;
                let ctx = ctx.acting_as(caller.clone());
                ctx.require_live()?;
                kept(tx, after)?;
                let viewer = Viewer {
                    visible: ctx.visible(),
                    sightings: sightings::shown_to(&ctx),
                    tags: tags::lister(&ctx),
                    local_tags: !ctx.caller.permissions.has(Permission::Sync),
                };
                let page = change_feed::page(tx, Some(viewer), &filter, after, settled, limit)?;
                Ok((caller, page))
            })
            .await?;
        self.ctx = self.ctx.acting_as(caller);
        Ok(page)
    }

    /// The sealed position of an entry.
    pub fn id(&self, change: &Change) -> AppResult<String> {
        self.seal.seal(change.position)
    }

    /// The sealed position after which this reader goes on.
    pub fn position(&self) -> AppResult<String> {
        self.seal.seal(self.position)
    }
}

/// A position after which nothing is missing.
fn kept(tx: &mut Tx<'_>, position: i64) -> AppResult<i64> {
    if position < change_feed::oldest(tx)? {
        return Err(AppError::Gone(
            "Changes after this position are no longer kept. Read the events again, and follow changes from now on.".into(),
        ));
    }
    if position > change_feed::latest(tx, i64::MAX)? {
        return Err(AppError::Gone(
            "This position is later than anything here: the database was restored from a backup. Read the events again, \
             and follow changes from now on."
                .into(),
        ));
    }
    Ok(position)
}
