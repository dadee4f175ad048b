//! What an event carries, merged into what is stored: by uuid, newer wins, unknown is added, invalid is dropped and
//! reported (spec 03 sections 3.1 and 3.2). A new event is the case where nothing is stored yet.

mod analyst_data;
mod attributes;
mod objects;
mod references;
mod reports;

use crate::{Ctx, tags};
use sightline_core::AppResult;
use sightline_db::{Tx, events, tags as db_tags};
use sightline_misp::input::{EventIn, TagIn};
use sightline_misp::records::Event;

/// What a merge did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// New attributes, inside and outside objects.
    pub attributes_added: usize,
    /// Attributes that a newer copy replaced.
    pub attributes_changed: usize,
    /// New objects.
    pub objects_added: usize,
    /// By how many the number of live attributes changed.
    pub live_delta: i64,
    /// What was left out, and why, for a person to read.
    pub dropped: Vec<String>,
}

/// Most notes about dropped content that one event keeps; the rest would only repeat them.
const DROPPED_NOTES: usize = 100;

impl Merged {
    fn drop_item(&mut self, what: impl FnOnce() -> String) {
        if self.dropped.len() < DROPPED_NOTES {
            self.dropped.push(what());
        }
    }
}

/// Whether an event carries nothing that could be published.
pub(super) fn is_empty(input: &EventIn) -> bool {
    input.attributes.0.is_empty() && input.objects.0.is_empty() && input.reports.0.is_empty()
}

/// Merges the body's content into the event and keeps its attribute count.
pub(super) fn merge(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    input: &EventIn,
    is_new: bool,
) -> AppResult<Merged> {
    let mut merged = Merged::default();
    event_tags(ctx, tx, event, input)?;
    let objects = objects::merge(ctx, tx, event, input, is_new, &mut merged)?;
    attributes::merge(ctx, tx, event, input, &objects, is_new, &mut merged)?;
    references::merge(ctx, tx, event, input, &mut merged)?;
    reports::merge(ctx, tx, event, input, &mut merged)?;
    analyst_data::merge(ctx, tx, event, input, &mut merged)?;
    events::add_to_count(tx, event.id, merged.live_delta)?;
    Ok(merged)
}

/// Listed tags are attached, those marked `deleted` are detached, the others stay.
fn event_tags(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, input: &EventIn) -> AppResult<()> {
    let list: Vec<TagIn> = input
        .tags
        .0
        .iter()
        .chain(&input.event_tags.0)
        .map(TagIn::unwrapped)
        .collect();
    let (gone, kept): (Vec<TagIn>, Vec<TagIn>) =
        list.into_iter().partition(|tag| tag.deleted.flag() == Some(true));
    tags::attach_captured_to_event(ctx, tx, event, &kept)?;
    let names: Vec<String> = gone.iter().filter_map(|tag| tag.name.filled()).collect();
    for tag in db_tags::by_names(tx, &names)? {
        db_tags::detach_from_event(tx, event.id, tag.id)?;
    }
    Ok(())
}
