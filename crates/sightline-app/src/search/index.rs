//! `/events/index` and `/attributes/index`: lists without content (spec 04 sections 10 and 11).

use super::surroundings::orgs;
use super::{Answer, Commas, viewer};
use crate::galaxies::{Blocks, On};
use crate::{Ctx, correlations};
use sightline_core::AppResult;
use sightline_core::ids::{EventId, OrgId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::search::{self, AttributeCursor, Page};
use sightline_db::{Tx, sharing_groups, tags};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttachedTag, AttributeShape, Event, OrgRef, SharingGroup};
use sightline_query::{AttributeIndex, EventIndex, EventPredicate, Filter, Term};
use std::collections::HashMap;

/// The list of events.
#[derive(Debug)]
pub struct EventIndexAnswer {
    page: Page,
    at: usize,
    minimal: bool,
    commas: Commas,
    started: bool,
}

/// What stands beside the events of one chunk.
struct Beside {
    orgs: HashMap<OrgId, OrgRef>,
    tags: HashMap<EventId, Vec<AttachedTag>>,
    galaxies: Blocks,
    groups: HashMap<i64, SharingGroup>,
    /// With how many events each shares values; `None` when the list does not say.
    correlations: Option<HashMap<EventId, u64>>,
}

impl EventIndexAnswer {
    /// Starts the list.
    pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, index: &EventIndex) -> AppResult<Self> {
        let filter = own_address_only(ctx, &index.filter);
        let page = search::events(tx, viewer(ctx), &filter, &index.order, index.paging)?;
        Ok(Self {
            page,
            at: 0,
            minimal: index.minimal,
            commas: Commas::default(),
            started: false,
        })
    }

    /// How many events match on all pages.
    pub fn total(&self) -> i64 {
        self.page.total
    }
}

/// Only site administrators may find events by the address of somebody else.
pub(crate) fn own_address_only(ctx: &Ctx, filter: &Filter<EventPredicate>) -> Filter<EventPredicate> {
    if ctx.caller.is_site_admin() || !mentions_address(filter) {
        return filter.clone();
    }
    let own = EventPredicate::CreatorEmail(vec![Term::exact(ctx.caller.email.clone())]);
    Filter::all([filter.clone(), Filter::Is(own)])
}

fn mentions_address(filter: &Filter<EventPredicate>) -> bool {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(mentions_address),
        Filter::Not(part) => mentions_address(part),
        Filter::Is(predicate) => matches!(predicate, EventPredicate::CreatorEmail(_)),
    }
}

impl Answer for EventIndexAnswer {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        if !self.started {
            self.started = true;
            out.push(b'[');
        }
        let ids: Vec<i64> = self
            .page
            .ids
            .iter()
            .skip(self.at)
            .take(CHUNK_ROWS)
            .copied()
            .collect();
        if ids.is_empty() {
            out.push(b']');
            return Ok(false);
        }
        self.at += ids.len();
        let events = search::event_rows(tx, viewer(ctx), &ids)?;
        let beside = Beside::load(ctx, tx, &events, self.minimal)?;
        for event in &events {
            self.commas.next(out);
            write_object(out, |o| {
                if self.minimal {
                    beside.write_minimal(o, event);
                } else {
                    beside.write(o, event);
                }
            });
        }
        Ok(true)
    }
}

impl Beside {
    fn load(ctx: &Ctx, tx: &mut Tx<'_>, events: &[Event], minimal: bool) -> AppResult<Self> {
        let orgs = orgs(tx, events.iter().flat_map(|event| [event.org_id, event.orgc_id]))?;
        let mut beside = Self {
            orgs,
            tags: HashMap::new(),
            galaxies: Blocks::default(),
            groups: HashMap::new(),
            correlations: None,
        };
        if minimal {
            return Ok(beside);
        }
        if ctx.settings().correlations.on_index {
            beside.correlations = Some(correlations::counts_of_events(ctx, tx, events)?);
        }
        let ids: Vec<i64> = events.iter().map(|event| event.id.0).collect();
        for (event, tag) in tags::of_events(tx, &ids)? {
            if tag.tag.exportable {
                beside.tags.entry(event).or_default().push(tag);
            }
        }
        beside.galaxies = Blocks::of(ctx, tx, beside.tags.values().flatten(), On::Attribute)?;
        let groups: Vec<i64> = events
            .iter()
            .map(|event| event.sharing_group_id.0)
            .filter(|id| *id != 0)
            .collect();
        if !groups.is_empty() {
            let groups = sharing_groups::by_ids(tx, ctx.visible(), &groups)?;
            beside.groups = groups.into_iter().map(|group| (group.id.0, group)).collect();
        }
        Ok(beside)
    }

    fn write(&self, o: &mut ObjectWriter<'_>, event: &Event) {
        event.write_index(o);
        if let Some(counts) = &self.correlations {
            let count = counts.get(&event.id).copied().unwrap_or(0);
            o.number("correlation_count", i64::try_from(count).unwrap_or(i64::MAX));
        }
        for (name, id) in [("Org", event.org_id), ("Orgc", event.orgc_id)] {
            if let Some(org) = self.orgs.get(&id) {
                o.object(name, |o| org.write_short(o));
            }
        }
        if let Some(group) = self.groups.get(&event.sharing_group_id.0) {
            o.object("SharingGroup", |o| {
                o.number("id", group.id);
                o.text("name", &group.name);
                o.uuid("uuid", group.uuid);
            });
        }
        let tags = self.tags.get(&event.id).map_or(&[][..], Vec::as_slice);
        self.galaxies.write_flat(o, tags);
        o.list("EventTag", tags, |out, attached| {
            write_object(out, |o| write_event_tag(o, event.id, attached));
        });
    }

    fn write_minimal(&self, o: &mut ObjectWriter<'_>, event: &Event) {
        o.number("id", event.id);
        o.number("timestamp", event.timestamp);
        o.number("sighting_timestamp", event.sighting_timestamp);
        o.flag("published", event.published);
        o.uuid("uuid", event.uuid);
        if let Some(org) = self.orgs.get(&event.orgc_id) {
            o.uuid("orgc_uuid", org.uuid);
        }
    }
}

fn write_event_tag(o: &mut ObjectWriter<'_>, event: EventId, attached: &AttachedTag) {
    o.number("id", attached.attachment_id);
    o.number("event_id", event);
    o.number("tag_id", attached.tag.id);
    o.flag("local", attached.local);
    o.text(
        "relationship_type",
        attached.relationship_type.as_deref().unwrap_or_default(),
    );
    o.object("Tag", |o| {
        o.number("id", attached.tag.id);
        o.text("name", &attached.tag.name);
        o.text("colour", &attached.tag.colour);
        o.flag("is_galaxy", attached.tag.is_galaxy);
    });
}

/// The list of attributes.
#[derive(Debug)]
pub struct AttributeIndexAnswer {
    cursor: AttributeCursor,
    commas: Commas,
    started: bool,
}

impl AttributeIndexAnswer {
    /// Starts the list.
    pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, index: &AttributeIndex) -> AppResult<Self> {
        let cursor = AttributeCursor::open(tx, viewer(ctx), &index.filter, &index.order, index.paging)?;
        Ok(Self {
            cursor,
            commas: Commas::default(),
            started: false,
        })
    }

    /// How many attributes all pages have together.
    pub async fn total(ctx: &Ctx, index: &AttributeIndex) -> AppResult<i64> {
        let viewer = viewer(ctx);
        let filter = index.filter.clone();
        ctx.total(("attributes", viewer, index.filter.clone()), move |_, tx| {
            Ok(search::count_attributes(tx, viewer, &filter)?)
        })
        .await
    }
}

impl Answer for AttributeIndexAnswer {
    fn step(&mut self, _: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        if !self.started {
            self.started = true;
            out.push(b'[');
        }
        let rows = self.cursor.next(tx, CHUNK_ROWS)?;
        if rows.is_empty() {
            out.push(b']');
            return Ok(false);
        }
        for row in &rows {
            self.commas.next(out);
            write_object(out, |o| row.attribute.write(o, AttributeShape::FlatWithHalves));
        }
        Ok(true)
    }
}
