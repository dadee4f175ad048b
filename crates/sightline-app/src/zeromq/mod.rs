//! What is published over ZeroMQ: the change feed as the platform itself reads it, in the reference's topics and shapes
//! (spec 10 part F). Who subscribes is not asked who they are: everything of the kinds that are switched on is told.

mod content;
mod shapes;

use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::change_feed::{self, Filter, Page};
use sightline_misp::json::{Buffer, write_object};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// Changes looked at in one go.
const CHANGES: usize = 100;
/// Bytes of messages after which a batch ends: the memory that publishing takes, but for one event.
const BATCH_BYTES: usize = 16 << 20;

/// A topic, a blank, and JSON.
pub type Message = Buffer;

/// The messages of what happens from now on.
#[derive(Debug)]
pub struct Source {
    ctx: Ctx,
    position: i64,
    /// The last row of the audit log that was told: some leave several changes.
    audited: i64,
    bell: watch::Receiver<bool>,
}

impl Source {
    /// Begins now: what nobody listened to is gone, as it is with the reference.
    pub async fn open(ctx: &Ctx) -> AppResult<Self> {
        let mut source = Self {
            ctx: ctx.clone(),
            position: 0,
            audited: 0,
            bell: ctx.platform.followers.bell(),
        };
        source.skip().await?;
        Ok(source)
    }

    /// Leaves out what has happened up to now: there is nobody to tell.
    pub async fn skip(&mut self) -> AppResult<()> {
        let settled = self.ctx.platform.followers.settled(&self.ctx).await?;
        self.position = self
            .ctx
            .read(move |_, tx| Ok(change_feed::latest(tx, settled)?))
            .await?;
        Ok(())
    }

    /// Waits until something may have happened, but not longer than `wait`.
    pub async fn wait(&mut self, wait: Duration) {
        // Woken or not, and when the bell is gone as well: the next look tells.
        let _ = timeout(wait, self.bell.changed()).await;
    }

    /// The messages that come next; whether there may be more at once.
    pub async fn next(&mut self) -> AppResult<(Vec<Message>, bool)> {
        let settled = self.ctx.platform.followers.settled(&self.ctx).await?;
        let (after, audited) = (self.position, self.audited);
        let (messages, position, audited, more) = self
            .ctx
            .read_at_length(move |ctx, tx| {
                let Page {
                    changes,
                    mut position,
                    caught_up,
                } = change_feed::page(tx, None, &Filter::default(), after, settled, CHANGES)?;
                let (mut messages, mut bytes, mut audited) = (Vec::new(), 0, audited);
                let mut more = !caught_up;
                for change in &changes {
                    if bytes >= BATCH_BYTES {
                        more = true;
                        break;
                    }
                    let told = content::messages(ctx, tx, change, change.audit_id != audited)?;
                    audited = change.audit_id;
                    bytes += told.iter().map(Vec::len).sum::<usize>();
                    messages.extend(told);
                    position = change.position;
                }
                Ok((messages, position, audited, more))
            })
            .await?;
        (self.position, self.audited) = (position, audited);
        Ok((messages, more))
    }
}

/// Says that the publisher is there, when there is nothing else to say.
pub fn alive(uptime: Duration) -> Message {
    message("misp_json_self", |o| {
        o.text("status", "Nothing new: the publisher is there and listens.");
        o.count("uptime", i64::try_from(uptime.as_secs()).unwrap_or(i64::MAX));
    })
}

fn message(topic: &str, fill: impl FnOnce(&mut sightline_misp::json::ObjectWriter<'_>)) -> Message {
    let mut out = Buffer::from(topic);
    out.push(b' ');
    write_object(&mut out, fill);
    out
}
