//! Which other events and attributes hold the same values (spec 02 section 8, spec 08).

pub mod graph;
mod ranking;
mod toggle;

pub use ranking::{By, KIND, RankedValue, Scope, handlers, over_correlations, request_ranking, top};
pub use toggle::{regenerated, toggle_attribute, toggle_event};

use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::{AttributeId, EventId, OrgId};
use sightline_db::correlations::{
    Found, Policy, Silence, Sought, disabled_events, matches, shared_networks, shared_values, sought,
};
use sightline_db::{Tx, organisations};
use sightline_misp::json::ObjectWriter;
use sightline_misp::networks::Network;
use sightline_misp::records::{Attribute, Event, EventRef, OrgRef};
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// What an attribute shares with others, or why it shares nothing.
#[derive(Clone, Debug, Default)]
pub struct Related {
    /// Attributes of other events with the same value.
    pub attributes: Vec<RelatedAttribute>,
    /// A half of it is on the list of exclusions.
    pub excluded: bool,
    /// A half of it is too common.
    pub too_common: bool,
}

impl Related {
    /// The marks inside event JSON, where there are any.
    pub fn write_marks(&self, o: &mut ObjectWriter<'_>) {
        if self.excluded {
            o.flag("correlation_exclusion", true);
        }
        if self.too_common {
            o.flag("over_correlation", true);
        }
    }
}

/// What this instance wants of correlation; `None` when nothing correlates.
fn policy(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Option<Policy>> {
    let settings = &ctx.settings().correlations;
    if settings.disabled {
        return Ok(None);
    }
    let limit = usize::try_from(settings.limit).unwrap_or(usize::MAX);
    Ok(Some(Policy::load(tx, limit, settings.advanced)?))
}

/// What is known of a related event while values are looked up.
struct Sharing {
    event: Event,
    shared: usize,
    /// The position of the value that was counted last, and the first one.
    last: usize,
    first: usize,
}

/// Values that occur elsewhere with their event, and as what network where they may meet others by it. An address that does
/// both stands there once.
fn with_networks(
    values: Vec<(EventId, String)>,
    networks: Vec<(EventId, String)>,
) -> Vec<(EventId, String, Option<Network>)> {
    let mut met: HashMap<(EventId, String), Option<Network>> = networks
        .into_iter()
        .map(|(event, value)| {
            let network = Network::parse(&value);
            ((event, value), network)
        })
        .collect();
    let mut all: Vec<_> = values
        .into_iter()
        .map(|(event, value)| {
            let key = (event, value);
            let network = met.remove(&key).flatten();
            (key.0, key.1, network)
        })
        .collect();
    let mut rest: Vec<_> = met.into_iter().collect();
    rest.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    all.extend(
        rest.into_iter()
            .map(|((event, value), network)| (event, value, network)),
    );
    all
}

/// Calls `each` for every visible attribute of another event that shares a value with some events: with the position of the
/// value, the event that asks and the attribute. Answers the values that were looked up.
fn share(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    events: &[Event],
    mut each: impl FnMut(usize, EventId, &Found),
) -> AppResult<Vec<(EventId, String, Option<Network>)>> {
    let asking = events.iter().filter(|event| !event.disable_correlation);
    let asking: Vec<i64> = asking.map(|event| event.id.0).collect();
    if asking.is_empty() {
        return Ok(Vec::new());
    }
    let Some(policy) = policy(ctx, tx)? else {
        return Ok(Vec::new());
    };
    let most = usize::try_from(ctx.settings().events.max_correlations).unwrap_or(usize::MAX);
    let values = shared_values(tx, ctx.visible(), &asking, most)?;
    let networks = if policy.networks {
        shared_networks(tx, ctx.visible(), &asking, most)?
    } else {
        Vec::new()
    };
    let values = with_networks(values, networks);
    let sought: Vec<Sought<'_>> = values
        .iter()
        .map(|(event, value, network)| Sought {
            value,
            event: *event,
            network: *network,
        })
        .collect();
    matches(tx, ctx.visible(), &policy, &sought, |n, found, _| {
        if let Some(asker) = sought.get(n) {
            each(n, asker.event, found);
        }
    })?;
    Ok(values)
}

/// The visible events that share a value with some events, newest date first; those among them that share values with each
/// other as well.
pub fn related_events(ctx: &Ctx, tx: &mut Tx<'_>, events: &[Event]) -> AppResult<Vec<RelatedEvent>> {
    let mut related = BTreeMap::new();
    let values = share(ctx, tx, events, |n, _, found| {
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
                .map(|(_, value, _)| value.clone())
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

/// How many visible events share a value with each of some events; those that share nothing have no entry.
pub fn counts_of_events(ctx: &Ctx, tx: &mut Tx<'_>, events: &[Event]) -> AppResult<HashMap<EventId, u64>> {
    let mut others: HashMap<EventId, HashSet<EventId>> = HashMap::new();
    share(ctx, tx, events, |_, asker, found| {
        others.entry(asker).or_default().insert(found.event.id);
    })?;
    let count = |(id, others): (EventId, HashSet<EventId>)| (id, u64::try_from(others.len()).unwrap_or(0));
    Ok(others.into_iter().map(count).collect())
}

/// What each of some visible attributes shares with attributes of other events; those that share nothing have no entry.
pub fn of_attributes(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    attributes: &[Attribute],
) -> AppResult<HashMap<AttributeId, Related>> {
    let Some(policy) = policy(ctx, tx)? else {
        return Ok(HashMap::new());
    };
    let mut events: Vec<i64> = attributes.iter().map(|a| a.event_id.0).collect();
    events.sort_unstable();
    events.dedup();
    let disabled = disabled_events(tx, &events)?;
    let (wanted, askers): (Vec<Sought<'_>>, Vec<AttributeId>) = attributes
        .iter()
        .filter(|a| !disabled.contains(&a.event_id.0))
        .flat_map(|a| sought(a).map(|sought| (sought, a.id)))
        .unzip();
    let mut related: HashMap<AttributeId, Related> = HashMap::new();
    let silent = matches(tx, ctx.visible(), &policy, &wanted, |n, found, common| {
        let Some(asker) = askers.get(n) else {
            return;
        };
        let list = &mut related.entry(*asker).or_default().attributes;
        // Both halves of a composite may meet the same attribute.
        if list.iter().all(|other| other.attribute.id != found.attribute.id) {
            list.push(RelatedAttribute {
                attribute: found.attribute.clone(),
                event: found.event.clone(),
                value: common.to_owned(),
            });
        }
    })?;
    for (n, why) in silent {
        if let Some(asker) = askers.get(n) {
            let related = related.entry(*asker).or_default();
            match why {
                Silence::Excluded => related.excluded = true,
                Silence::TooCommon => related.too_common = true,
            }
        }
    }
    Ok(related)
}

#[cfg(test)]
mod tests;
