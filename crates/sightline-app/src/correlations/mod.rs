//! Which other events and attributes hold the same values (spec 02 section 8, spec 08).

use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::{AttributeId, OrgId};
use sightline_db::correlations::{Sought, disabled_events, halves, matches, shared_values};
use sightline_db::{Tx, organisations};
use sightline_misp::json::ObjectWriter;
use sightline_misp::records::{Attribute, Event, EventRef, OrgRef};
use std::collections::{BTreeMap, HashMap};

/// An attribute of another event with the same value.
#[derive(Clone, Debug)]
pub struct RelatedAttribute {
    /// The other attribute.
    pub attribute: Attribute,
    /// The event that holds it.
    pub event: Event,
    /// The value that both hold, as the asking attribute writes it.
    pub value: String,
}

impl RelatedAttribute {
    /// The five fields inside event JSON.
    pub fn write_short(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.attribute.id);
        o.text("value", &self.value);
        o.number("org_id", self.event.orgc_id);
        o.text("info", &self.event.info);
        o.number("event_id", self.event.id);
    }

    /// The fields of `attributes/restSearch`.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        let a = &self.attribute;
        o.number("id", a.id);
        o.number("event_id", a.event_id);
        o.number("object_id", a.object_id);
        o.opt_text("object_relation", a.object_relation.as_deref());
        o.text("category", a.category.name());
        o.text("type", a.kind.name());
        o.text("value", &a.value());
        o.uuid("uuid", a.uuid);
        o.number("timestamp", a.timestamp);
        o.number("distribution", a.distribution.number());
        o.number("sharing_group_id", a.sharing_group_id);
        o.flag("to_ids", a.to_ids);
        o.text("comment", &a.comment);
        o.object("Event", |o| write_event(o, &self.event));
    }
}

fn write_event(o: &mut ObjectWriter<'_>, event: &Event) {
    o.number("id", event.id);
    o.uuid("uuid", event.uuid);
    o.number("threat_level_id", event.threat_level.number());
    o.number("analysis", event.analysis.number());
    o.text("info", &event.info);
    event.write_extends(o);
    o.number("distribution", event.distribution.number());
    o.number("sharing_group_id", event.sharing_group_id);
    o.flag("published", event.published);
    o.text("date", &event.date);
    o.number("orgc_id", event.orgc_id);
    o.number("org_id", event.org_id);
}

/// Another event that shares values.
#[derive(Clone, Debug)]
pub struct RelatedEvent {
    /// The event.
    pub event: EventRef,
    /// How many values both hold.
    pub shared: usize,
    /// One of them.
    pub example: String,
}

/// What is known of a related event while values are looked up.
struct Sharing {
    event: Event,
    shared: usize,
    /// The position of the value that was counted last, and the first one.
    last: usize,
    first: usize,
}

/// The visible events that share a value with some events, newest date first; those among them that share values with each
/// other as well.
pub fn related_events(ctx: &Ctx, tx: &mut Tx<'_>, events: &[Event]) -> AppResult<Vec<RelatedEvent>> {
    let asking = events.iter().filter(|event| !event.disable_correlation);
    let asking: Vec<i64> = asking.map(|event| event.id.0).collect();
    if asking.is_empty() {
        return Ok(Vec::new());
    }
    let most = usize::try_from(ctx.settings().events.max_correlations).unwrap_or(usize::MAX);
    let values = shared_values(tx, ctx.visible(), &asking, most)?;
    let sought: Vec<Sought<'_>> = values
        .iter()
        .map(|(event, value)| Sought { value, event: *event })
        .collect();
    let mut related = BTreeMap::new();
    matches(tx, ctx.visible(), &sought, |n, found| {
        let sharing = related.entry(found.event.id).or_insert_with(|| Sharing {
            event: found.event.clone(),
            shared: 1,
            last: n,
            first: n,
        });
        // Values come in order; several attributes may hold the same one.
        if sharing.last != n {
            sharing.last = n;
            sharing.shared += 1;
        }
    })?;
    let mut related: Vec<Sharing> = related.into_values().collect();
    // The sort is stable: events of one day stay in the order of their ids.
    related.sort_by(|a, b| b.event.date.cmp(&a.event.date));
    let orgs: Vec<i64> = related
        .iter()
        .flat_map(|sharing| [sharing.event.org_id.0, sharing.event.orgc_id.0])
        .collect();
    let orgs: HashMap<OrgId, OrgRef> = organisations::refs(tx, &orgs)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let org = |id| -> OrgRef { orgs.get(&id).cloned().unwrap_or_default() };
    Ok(related
        .into_iter()
        .map(|sharing| RelatedEvent {
            example: values
                .get(sharing.first)
                .map(|(_, value)| value.clone())
                .unwrap_or_default(),
            shared: sharing.shared,
            event: EventRef {
                org: org(sharing.event.org_id),
                orgc: org(sharing.event.orgc_id),
                event: sharing.event,
            },
        })
        .collect())
}

/// What each of some visible attributes shares with attributes of other events; those that share nothing have no entry.
pub fn of_attributes(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    attributes: &[Attribute],
) -> AppResult<HashMap<AttributeId, Vec<RelatedAttribute>>> {
    let mut events: Vec<i64> = attributes.iter().map(|a| a.event_id.0).collect();
    events.sort_unstable();
    events.dedup();
    let disabled = disabled_events(tx, &events)?;
    let (mut sought, mut askers): (Vec<Sought<'_>>, Vec<AttributeId>) = (Vec::new(), Vec::new());
    for attribute in attributes.iter().filter(|a| !disabled.contains(&a.event_id.0)) {
        for value in halves(attribute) {
            sought.push(Sought {
                value,
                event: attribute.event_id,
            });
            askers.push(attribute.id);
        }
    }
    let mut related: HashMap<AttributeId, Vec<RelatedAttribute>> = HashMap::new();
    matches(tx, ctx.visible(), &sought, |n, found| {
        let (Some(asker), Some(sought)) = (askers.get(n), sought.get(n)) else {
            return;
        };
        let list = related.entry(*asker).or_default();
        // Both halves of a composite may meet the same attribute.
        if list.iter().all(|other| other.attribute.id != found.attribute.id) {
            list.push(RelatedAttribute {
                attribute: found.attribute.clone(),
                event: found.event.clone(),
                value: sought.value.to_owned(),
            });
        }
    })?;
    Ok(related)
}

#[cfg(test)]
mod tests;
