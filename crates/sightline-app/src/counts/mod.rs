//! Counts over the whole instance. What one costs decides how long it is kept: asking again and again takes no more than
//! a small part of a reader, and where counting is cheap, every answer is fresh.

use crate::Ctx;
use crate::statistics::{By, Usage};
use sha2::{Digest, Sha256};
use sightline_core::ids::{EventId, OrgId, TagId};
use sightline_core::{AppError, AppResult};
use sightline_db::sightings::ShownTo;
use sightline_db::statistics::Contribution;
use sightline_db::{Tx, Visible};
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex as Waiting, Semaphore};

/// Readers that count at the same time: half of those of SQLite, the others answer everybody else.
const AT_ONCE: usize = 2;
/// Answers of one kind that are kept before those whose time is over are forgotten.
const KEPT: usize = 1_000;

/// How long answers are kept.
#[derive(Clone, Copy, Debug)]
struct Policy {
    /// What costs less than this is counted each time.
    free: Duration,
    /// Kept for so many times what it cost: one in twenty is the part of a reader's time that one question gets.
    times: u32,
    /// Never kept longer.
    longest: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            free: Duration::from_millis(200),
            times: 20,
            longest: Duration::from_secs(600),
        }
    }
}

impl Policy {
    fn keeps(self, cost: Duration) -> Option<Duration> {
        (cost >= self.free).then(|| cost.saturating_mul(self.times).min(self.longest))
    }
}

/// Every count that is kept, by who sees what. Lives in the memory of this process.
#[derive(Debug)]
pub struct Counts {
    policy: Policy,
    turns: Arc<Semaphore>,
    pub(crate) usage: Kept<(Visible, Option<OrgId>, bool), Usage>,
    pub(crate) attributes_by: Kept<(Visible, By), Vec<OfOrg>>,
    pub(crate) contributions: Kept<Visible, Vec<Contribution>>,
    pub(crate) events_of_orgs: Kept<(Visible, Vec<OrgId>), HashMap<OrgId, i64>>,
    pub(crate) events_of_tags: Kept<Visible, HashMap<TagId, i64>>,
    pub(crate) sources: Kept<(Visible, ShownTo), Vec<OfSource>>,
    /// By digest of all that a number depends on.
    totals: Kept<[u8; 32], i64>,
    pub(crate) sighting_index: Kept<(Visible, ShownTo), i64>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            usage: Kept::default(),
            attributes_by: Kept::default(),
            contributions: Kept::default(),
            events_of_orgs: Kept::default(),
            events_of_tags: Kept::default(),
            sources: Kept::default(),
            totals: Kept::default(),
            sighting_index: Kept::default(),
        }
    }
}

/// A creator, a code, and how many attributes.
pub(crate) type OfOrg = (OrgId, i64, i64);
/// A source, an event, and how many sightings.
pub(crate) type OfSource = (String, EventId, i64);

/// The answers to one question, by whatever they depend on.
#[derive(Debug)]
pub(crate) struct Kept<K, V>(Mutex<HashMap<K, Slot<V>>>);

type Slot<V> = Arc<Waiting<Option<Answer<V>>>>;

#[derive(Debug)]
struct Answer<V> {
    value: V,
    until: Instant,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    fn slot(&self, key: K) -> Slot<V> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= KEPT {
            let now = Instant::now();
            // One that is locked is just being counted.
            slots.retain(|_, slot| {
                slot.try_lock().map_or(true, |slot| {
                    slot.as_ref().is_some_and(|answer| now < answer.until)
                })
            });
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

impl Ctx {
    /// The answer that is kept, or that `find` counts now. Those who ask the same at the same time wait for one count,
    /// which goes on when they go away.
    pub(crate) async fn counted<K, V>(
        &self,
        kept: &Kept<K, V>,
        key: K,
        find: impl FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<V> + Send + 'static,
    ) -> AppResult<V>
    where
        K: Eq + Hash,
        V: Clone + Send + 'static,
    {
        let mut slot = kept.slot(key).lock_owned().await;
        if let Some(answer) = slot.as_ref().filter(|answer| Instant::now() < answer.until) {
            return Ok(answer.value.clone());
        }
        let ctx = self.clone();
        let counting = tokio::spawn(async move {
            let counts = &ctx.platform.counts;
            let turn = Arc::clone(&counts.turns).acquire_owned().await;
            let timed = ctx.read(move |ctx, tx| {
                let begun = Instant::now();
                Ok((find(ctx, tx)?, begun.elapsed()))
            });
            let (value, cost) = timed.await?;
            drop(turn);
            *slot = counts.policy.keeps(cost).map(|time| Answer {
                value: value.clone(),
                until: Instant::now() + time,
            });
            Ok(value)
        });
        counting
            .await
            .unwrap_or_else(|error| Err(AppError::internal(error)))
    }

    /// How many rows a list has on all pages; `of` is everything that the number depends on: which list, who reads, what
    /// is filtered.
    pub(crate) async fn total(
        &self,
        of: impl Debug,
        find: impl FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<i64> + Send + 'static,
    ) -> AppResult<i64> {
        let key = Sha256::digest(format!("{of:?}")).into();
        self.counted(&self.platform.counts.totals, key, find).await
    }
}

#[cfg(test)]
mod tests;
