//! What a change would do: the numbers, the events that have most of it, some of the attributes.

use super::batch::{Batch, Restored};
use super::run::ask;
use super::{Action, Order, Tally, Verdict, Wish};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::{EventId, JobId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::Tx;
use sightline_db::search::event_rows;
use sightline_misp::records::Attribute;
use std::collections::HashMap;

/// Most attributes that a request looks at one by one; the verdicts of more are for a job.
const AT_ONCE: i64 = 50_000;
/// Events that are named.
const EVENTS: i64 = 20;
/// Attributes that are shown.
const SAMPLE: usize = 20;

/// An event and how many of its attributes match.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct TopEvent {
    pub id: EventId,
    pub info: String,
    pub matched: i64,
}

/// An attribute and what would become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Sample {
    pub attribute: Attribute,
    pub verdict: Verdict,
}

/// What a change would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Attributes that match.
    pub matched: i64,
    /// The events that hold them.
    pub event_count: i64,
    /// What would become of them; `None` when the job says it.
    pub tally: Option<Tally>,
    /// The job that looks at each, when there are many.
    pub job: Option<JobId>,
    /// The events with most of them, most first.
    pub events: Vec<TopEvent>,
    /// The first of them.
    pub sample: Vec<Sample>,
    /// The last attribute that takes part: sent along, it keeps newer ones out of the change.
    pub up_to_id: i64,
}

/// Looks, and changes nothing.
pub async fn preview(ctx: &Ctx, wish: Wish) -> AppResult<Preview> {
    let (order, mut preview) = ctx
        .read(move |ctx, tx| {
            let order = Order::of(ctx, tx, &wish, false)?;
            let set = order.set(ctx, tx)?;
            let (matched, event_count) = set.count(tx)?;
            let top = set.top_events(tx, EVENTS)?;
            let ids: Vec<i64> = top.iter().map(|(event, _)| event.0).collect();
            let mut titles: HashMap<EventId, String> = event_rows(tx, crate::search::viewer(ctx), &ids)?
                .into_iter()
                .map(|event| (event.id, event.info))
                .collect();
            let events = top
                .into_iter()
                .map(|(id, matched)| TopEvent {
                    id,
                    info: titles.remove(&id).unwrap_or_default(),
                    matched,
                })
                .collect();
            let first = set.ids(tx, 0, SAMPLE)?;
            let batch = Batch::load(ctx, tx, &order.action, &first, false)?;
            let verdicts = batch.judge(ctx, tx, &order.action, &mut Restored::new())?;
            let sample = batch.attributes.into_iter().zip(verdicts);
            let preview = Preview {
                matched,
                event_count,
                tally: None,
                job: None,
                events,
                sample: sample
                    .map(|(attribute, verdict)| Sample { attribute, verdict })
                    .collect(),
                up_to_id: order.up_to_id,
            };
            Ok((order, preview))
        })
        .await?;
    if preview.matched > AT_ONCE {
        preview.job = Some(ctx.write(move |ctx, tx| ask(ctx, tx, &order)).await?);
    } else {
        preview.tally = Some(tally(ctx, order).await?);
    }
    Ok(preview)
}

/// The verdicts on all, in short reads.
async fn tally(ctx: &Ctx, order: Order) -> AppResult<Tally> {
    let mut looked = Looked::default();
    loop {
        let order = order.clone();
        let (next, more) = ctx.read(move |ctx, tx| looked.further(ctx, tx, &order)).await?;
        looked = next;
        if !more {
            return Ok(looked.tally);
        }
    }
}

/// How far a look at a set has come.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) tally: Tally,
    pub(super) after: i64,
    pub(super) restored: Restored,
}

impl Looked {
    /// Looks at some more; whether there may be others.
    pub(super) fn further(mut self, ctx: &Ctx, tx: &mut Tx<'_>, order: &Order) -> AppResult<(Self, bool)> {
        const STEPS: usize = 10;
        let ids = order.set(ctx, tx)?.ids(tx, self.after, STEPS * CHUNK_ROWS)?;
        for chunk in ids.chunks(CHUNK_ROWS) {
            self.look(ctx, tx, &order.action, chunk)?;
        }
        let more = ids.len() == STEPS * CHUNK_ROWS;
        self.after = ids.last().copied().unwrap_or(self.after);
        Ok((self, more))
    }

    fn look(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, action: &Action, ids: &[i64]) -> AppResult<()> {
        let batch = Batch::load(ctx, tx, action, ids, false)?;
        for verdict in batch.judge(ctx, tx, action, &mut self.restored)? {
            self.tally.add(verdict, 1);
        }
        Ok(())
    }
}
