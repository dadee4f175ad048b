//! What search answers show around an attribute or object: its event, its tags.

use crate::Ctx;
use sightline_core::ids::{AttributeId, EventId, OrgId};
use sightline_core::{AppResult, Permission};
use sightline_db::search::{self, Viewer};
use sightline_db::{Tx, organisations, tags};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttachedTag, Event, OrgRef};
use sightline_query::{Include, Includes};
use std::collections::{HashMap, HashSet};

/// Events whose JSON is kept from chunk to chunk; rows in id order mostly belong to the events of the chunk before.
const KEPT: usize = 2_000;

/// Which tags an answer shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    all: bool,
    local: bool,
}

impl Shown {
    /// Tags that are not exportable only when asked for; local ones not for synchronising users (spec 04 section 3.3).
    pub(super) fn of(ctx: &Ctx, includes: &Includes) -> Self {
        let syncs = ctx.caller.permissions.has(Permission::Sync) && !ctx.caller.is_site_admin();
        let without_local = includes.get(Include::ExcludeLocalTags).unwrap_or(syncs);
        Self {
            all: includes.has(Include::AllTags),
            local: !without_local,
        }
    }

    fn shows(self, tag: &AttachedTag) -> bool {
        (tag.tag.exportable || self.all) && (!tag.local || self.local)
    }

    pub(super) fn of_attributes(
        self,
        tx: &mut Tx<'_>,
        ids: &[i64],
    ) -> AppResult<HashMap<AttributeId, Vec<AttachedTag>>> {
        Ok(group(tags::of_attributes(tx, ids)?, self))
    }

    pub(super) fn of_events(
        self,
        tx: &mut Tx<'_>,
        ids: &[i64],
    ) -> AppResult<HashMap<EventId, Vec<AttachedTag>>> {
        Ok(group(tags::of_events(tx, ids)?, self))
    }
}

fn group<I: std::hash::Hash + Eq>(rows: Vec<(I, AttachedTag)>, shown: Shown) -> HashMap<I, Vec<AttachedTag>> {
    let mut groups: HashMap<I, Vec<AttachedTag>> = HashMap::new();
    for (id, tag) in rows {
        if shown.shows(&tag) {
            groups.entry(id).or_default().push(tag);
        }
    }
    groups
}

/// What answers show of some organisations.
pub(super) fn orgs(tx: &mut Tx<'_>, ids: impl Iterator<Item = OrgId>) -> AppResult<HashMap<OrgId, OrgRef>> {
    let ids: Vec<i64> = ids.map(|id| id.0).collect();
    Ok(organisations::refs(tx, &ids)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect())
}

/// The short tag of search answers; `inherited` tells the event's tags from the attribute's own.
pub(super) fn write_tag(out: &mut Buffer, attached: &AttachedTag, inherited: bool) {
    write_object(out, |o| {
        o.number("id", attached.tag.id);
        o.text("name", &attached.tag.name);
        o.text("colour", &attached.tag.colour);
        o.opt_number("numerical_value", attached.tag.numerical_value);
        o.flag("is_galaxy", attached.tag.is_galaxy);
        o.flag("local", attached.local);
        if inherited {
            o.count("inherited", 1);
        }
    });
}

/// An event beside what is found in it.
#[derive(Clone, Debug)]
pub(super) struct Neighbour {
    pub(super) event: Event,
    /// Its JSON.
    pub(super) json: Buffer,
    /// Its tags, when they are asked for.
    pub(super) tags: Vec<AttachedTag>,
}

/// The events of the rows of the last chunks.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    kept: HashMap<EventId, Neighbour>,
    context: bool,
    with_tags: bool,
}

impl Neighbours {
    pub(super) fn new(includes: &Includes) -> Self {
        let context = includes.has(Include::Context);
        Self {
            kept: HashMap::new(),
            context,
            with_tags: context || includes.has(Include::EventTags),
        }
    }

    /// Loads the events that are not there yet.
    pub(super) fn load(
        &mut self,
        tx: &mut Tx<'_>,
        viewer: Viewer,
        shown: Shown,
        events: impl Iterator<Item = EventId>,
    ) -> AppResult<()> {
        let wanted: HashSet<EventId> = events.collect();
        if self.kept.len() > KEPT {
            self.kept.retain(|id, _| wanted.contains(id));
        }
        let missing: Vec<i64> = wanted
            .iter()
            .filter(|id| !self.kept.contains_key(id))
            .map(|id| id.0)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut tags = if self.with_tags {
            shown.of_events(tx, &missing)?
        } else {
            HashMap::new()
        };
        let events = search::event_rows(tx, viewer, &missing)?;
        let orgs = if self.context {
            orgs(tx, events.iter().map(|event| event.orgc_id))?
        } else {
            HashMap::new()
        };
        for event in events {
            let tags = tags.remove(&event.id).unwrap_or_default();
            let mut json = Buffer::new();
            write_object(&mut json, |o| {
                if self.context {
                    write_context(o, &event, &tags, orgs.get(&event.orgc_id));
                } else {
                    write_stub(o, &event);
                }
            });
            self.kept.insert(event.id, Neighbour { event, json, tags });
        }
        Ok(())
    }

    pub(super) fn of(&self, event: EventId) -> Option<&Neighbour> {
        self.kept.get(&event)
    }
}

fn write_stub(o: &mut ObjectWriter<'_>, event: &Event) {
    o.number("org_id", event.org_id);
    o.number("distribution", event.distribution.number());
    o.number("publish_timestamp", event.publish_timestamp);
    o.number("id", event.id);
    o.text("info", &event.info);
    o.number("orgc_id", event.orgc_id);
    o.uuid("uuid", event.uuid);
}

fn write_context(o: &mut ObjectWriter<'_>, event: &Event, tags: &[AttachedTag], orgc: Option<&OrgRef>) {
    o.number("id", event.id);
    o.number("orgc_id", event.orgc_id);
    o.number("org_id", event.org_id);
    o.text("date", &event.date);
    o.number("threat_level_id", event.threat_level.number());
    o.text("info", &event.info);
    o.flag("published", event.published);
    o.uuid("uuid", event.uuid);
    o.number("analysis", event.analysis.number());
    o.number("timestamp", event.timestamp);
    o.number("distribution", event.distribution.number());
    o.number("publish_timestamp", event.publish_timestamp);
    o.number("sharing_group_id", event.sharing_group_id);
    event.write_extends(o);
    o.list("Tag", tags, |out, tag| write_tag(out, tag, false));
    if let Some(orgc) = orgc {
        o.object("Orgc", |o| orgc.write(o));
    }
}
