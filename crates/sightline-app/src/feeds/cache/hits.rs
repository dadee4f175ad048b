//! Which cached feeds know the values of an event (spec 08 section 9).

use super::super::view_everything;
use super::search::hashes_of;
use crate::Ctx;
use sightline_core::ids::{AttributeId, FeedId};
use sightline_core::{AppResult, Permission};
use sightline_db::feed_caches::{self, FOUND_ROWS};
use sightline_db::{Tx, correlations, feeds};
use sightline_misp::feeds::{Feed, SourceFormat};
use sightline_misp::json::{ObjectWriter, write_object, write_text};
use sightline_misp::records::Attribute;
use sightline_misp::types::AttributeType;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Hits of one event that are told feed by feed; of more, only that there are some.
const HITS: usize = 10_000;
/// Events of one feed that are named for one value: what is in more of them says nothing.
const EVENTS: usize = 1_000;

/// Feeds with the events that hold a value; none of a feed without events.
type ByFeed = BTreeMap<FeedId, BTreeSet<Uuid>>;

/// The feeds that know something, and what each of some attributes is known from.
#[derive(Clone, Debug, Default)]
pub struct FeedHits {
    feeds: BTreeMap<FeedId, Feed>,
    attributes: HashMap<AttributeId, ByFeed>,
}

/// Whether the caller's role is shown what feeds know.
fn shown(ctx: &Ctx) -> bool {
    ctx.caller.is_site_admin() || ctx.caller.permissions.has(Permission::ViewFeedCorrelations)
}

/// The checksums under which feeds may know an attribute's halves; none when it does not correlate.
fn hashes(attribute: &Attribute) -> BTreeSet<Uuid> {
    let address = matches!(attribute.kind, AttributeType::Url | AttributeType::Uri);
    correlations::halves(attribute)
        .flat_map(|half| {
            let bare = half.split_once("://").filter(|_| address);
            [Some(half), bare.map(|(_, rest)| rest)]
        })
        .flatten()
        .flat_map(hashes_of)
        .collect()
}

/// The feeds that know some attributes; nothing for those whose role may not see it.
pub fn of_attributes(ctx: &Ctx, tx: &mut Tx<'_>, attributes: &[Attribute]) -> AppResult<FeedHits> {
    let mut found = FeedHits::default();
    if !shown(ctx) {
        return Ok(found);
    }
    let mut askers: HashMap<Uuid, Vec<AttributeId>> = HashMap::new();
    for attribute in attributes {
        for hash in hashes(attribute) {
            askers.entry(hash).or_default().push(attribute.id);
        }
    }
    let wanted: Vec<Uuid> = askers.keys().copied().collect();
    let mut by_hash = HashMap::new();
    look_up(tx, &wanted, view_everything(ctx), &mut by_hash)?;
    for (hash, by_feed) in by_hash {
        for asker in askers.get(&hash).into_iter().flatten() {
            let known = found.attributes.entry(*asker).or_default();
            for (feed, events) in &by_feed {
                known.entry(*feed).or_default().extend(events);
            }
        }
    }
    let ids: BTreeSet<FeedId> = found
        .attributes
        .values()
        .flat_map(BTreeMap::keys)
        .copied()
        .collect();
    for id in ids {
        found.feeds.extend(feeds::by_id(tx, id)?.map(|feed| (id, feed)));
    }
    Ok(found)
}

/// Collects where values are known. An answer that is cut off is asked for again in halves, so that nothing is missed; only of
/// a value that a hundred thousand feed events hold not all of them are looked at.
fn look_up(
    tx: &mut Tx<'_>,
    hashes: &[Uuid],
    hidden: bool,
    found: &mut HashMap<Uuid, ByFeed>,
) -> AppResult<()> {
    if hashes.is_empty() {
        return Ok(());
    }
    let hits = feed_caches::find(tx, hashes, hidden)?;
    let cut_off = i64::try_from(hits.len()).is_ok_and(|hits| hits > FOUND_ROWS);
    if cut_off && hashes.len() > 1 {
        let (first, second) = hashes.split_at(hashes.len() / 2);
        look_up(tx, first, hidden, found)?;
        return look_up(tx, second, hidden, found);
    }
    for hit in hits {
        let events = found.entry(hit.hash).or_default().entry(hit.feed).or_default();
        if events.len() < EVENTS {
            events.extend(hit.event);
        }
    }
    Ok(())
}

impl FeedHits {
    /// The feeds that know an attribute, with their events that hold it.
    pub fn of(&self, attribute: AttributeId) -> impl Iterator<Item = (&Feed, &BTreeSet<Uuid>)> {
        let known = self.attributes.get(&attribute).into_iter().flatten();
        known.filter_map(|(id, events)| Some((self.feeds.get(id)?, events)))
    }
}

/// The feeds that know anything of an event, gathered while its attributes pass by.
#[derive(Debug, Default)]
pub struct EventFeeds {
    feeds: BTreeMap<FeedId, (Feed, BTreeSet<Uuid>)>,
    hits: usize,
}

impl EventFeeds {
    /// Takes note of what some of the event's attributes are known from.
    pub fn add(&mut self, found: &FeedHits) {
        for (id, events) in found.attributes.values().flatten() {
            self.hits += 1;
            if let Some(feed) = found.feeds.get(id) {
                let (_, known) = self
                    .feeds
                    .entry(*id)
                    .or_insert_with(|| (feed.clone(), BTreeSet::new()));
                known.extend(events.iter().take(HITS.saturating_sub(known.len())));
            }
        }
    }

    /// Whether so much is known that feeds are no longer told apart.
    pub fn too_many(&self) -> bool {
        self.hits > HITS
    }

    /// `Feed` of the event, or how many hits there are.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        if self.too_many() {
            o.count("FeedCount", i64::try_from(self.hits).unwrap_or(i64::MAX));
        } else if !self.feeds.is_empty() {
            let feeds = self.feeds.values().map(|(feed, events)| (feed, events));
            o.list("Feed", feeds, |out, (feed, events)| {
                write_object(out, |o| write_hit(o, feed, events));
            });
        }
    }

    /// `Feed` of one of its attributes, or that there is something.
    pub fn write_of(&self, o: &mut ObjectWriter<'_>, found: &FeedHits, attribute: AttributeId) {
        let mut known = found.of(attribute).peekable();
        if known.peek().is_none() {
            return;
        }
        if self.too_many() {
            o.flag("FeedHit", true);
        } else {
            o.list("Feed", known, |out, (feed, events)| {
                write_object(out, |o| write_hit(o, feed, events));
            });
        }
    }
}

fn write_hit(o: &mut ObjectWriter<'_>, feed: &Feed, events: &BTreeSet<Uuid>) {
    o.number("id", feed.id);
    o.text("name", &feed.name);
    o.text("url", &feed.url);
    o.text("provider", &feed.provider);
    o.text("source_format", feed.source_format.name());
    o.flag("lookup_visible", feed.lookup_visible);
    if feed.source_format == SourceFormat::Misp {
        o.list("event_uuids", events, |out, event| {
            write_text(out, &event.to_string());
        });
    }
}
