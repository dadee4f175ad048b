//! Attributes with what hangs on them: tags, sightings, data, sharing group.

use super::{EventDocument, Groups, Step, member_id, write_proposal};
use crate::analyst_data::Hung;
use crate::correlations::{self, Related};
use crate::feeds::cache::{self, FeedHits};
use crate::galaxies::{Blocks, On};
use crate::{Ctx, proposals, sightings};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sightline_core::AppResult;
use sightline_core::ids::{AttributeId, EventId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::{Tx, attributes, search, tags};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttachedTag, Attribute, AttributeShape};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What hangs on the attributes of one chunk.
pub(super) struct Hangers {
    tags: HashMap<AttributeId, Vec<AttachedTag>>,
    galaxies: Blocks,
    sightings: HashMap<AttributeId, Vec<sightings::Shown>>,
    related: HashMap<AttributeId, Related>,
    related_tags: HashMap<EventId, Vec<AttachedTag>>,
    proposals: HashMap<AttributeId, Vec<proposals::Shown>>,
    pub(super) feeds: FeedHits,
    analyst_data: HashMap<Uuid, Hung>,
    pub(super) groups: Groups,
}

impl Hangers {
    /// Each tag of a related event once.
    fn write_related_tags(&self, o: &mut ObjectWriter<'_>, attribute: AttributeId) {
        let related = self.related.get(&attribute);
        let events = related.into_iter().flat_map(|related| &related.attributes);
        let mut seen = HashSet::new();
        let tags = events
            .filter_map(|other| self.related_tags.get(&other.event.id))
            .flatten()
            .filter(|tag| seen.insert(tag.tag.id));
        o.list("RelatedTags", tags, |out, tag| {
            write_object(out, |o| tag.write(o));
        });
    }
}

impl EventDocument {
    pub(super) fn write_attributes(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        out: &mut Buffer,
        member: usize,
        after: AttributeId,
        mut empty: bool,
    ) -> AppResult<Step> {
        let Some(event) = member_id(&self.members, member) else {
            return Ok(Step::Between);
        };
        let page = attributes::page_of_event(tx, ctx.visible(), event, self.selection(), after, CHUNK_ROWS)?;
        let hangers = self.hangers(ctx, tx, &page)?;
        self.known.add(&hangers.feeds);
        let asked = self.asked(ctx, tx, &page)?;
        for attribute in page
            .iter()
            .filter(|a| asked.as_ref().is_none_or(|ids| ids.contains(&a.id.0)))
        {
            if self.shows(
                &hangers.groups,
                attribute.distribution,
                attribute.sharing_group_id.0,
            ) {
                if !empty {
                    out.push(b',');
                }
                empty = false;
                self.write_attribute(ctx, out, attribute, &hangers)?;
            }
        }
        Ok(match page.last().filter(|_| page.len() == CHUNK_ROWS) {
            Some(last) => Step::Attributes {
                member,
                after: last.id,
                empty,
            },
            None => Step::Attributes {
                member: member + 1,
                after: AttributeId(0),
                empty,
            },
        })
    }

    pub(super) fn selection(&self) -> attributes::Selection {
        attributes::Selection {
            deleted: self.options.deleted,
            to_ids: self.options.to_ids,
            flatten: self.options.flatten,
        }
    }

    /// Which attributes of a page are asked for; `None` for all of them.
    pub(super) fn asked(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        page: &[Attribute],
    ) -> AppResult<Option<HashSet<i64>>> {
        if self.options.content.is_everything() {
            return Ok(None);
        }
        let ids: Vec<i64> = page.iter().map(|attribute| attribute.id.0).collect();
        Ok(Some(search::attributes_satisfying(
            tx,
            crate::search::viewer(ctx),
            &self.options.content,
            &ids,
        )?))
    }

    pub(super) fn hangers(&self, ctx: &Ctx, tx: &mut Tx<'_>, page: &[Attribute]) -> AppResult<Hangers> {
        let ids: Vec<i64> = page.iter().map(|a| a.id.0).collect();
        let mut hangers = Hangers {
            tags: HashMap::new(),
            galaxies: Blocks::default(),
            sightings: HashMap::new(),
            related: HashMap::new(),
            related_tags: HashMap::new(),
            proposals: HashMap::new(),
            feeds: FeedHits::default(),
            analyst_data: self.hung(ctx, tx, page.iter().map(|a| a.uuid))?,
            groups: self.groups(ctx, tx, page.iter().map(|a| a.sharing_group_id.0))?,
        };
        if ids.is_empty() {
            return Ok(hangers);
        }
        for (id, tag) in tags::of_attributes(tx, &ids)? {
            if self.shows_tag(&tag) {
                hangers.tags.entry(id).or_default().push(tag);
            }
        }
        if self.options.galaxies {
            hangers.galaxies = Blocks::of(ctx, tx, hangers.tags.values().flatten(), On::Attribute)?;
        }
        if self.options.sightings {
            hangers.sightings = sightings::shown_of_attributes(ctx, tx, &ids)?;
        }
        if self.options.granular_correlations || self.options.related_tags {
            hangers.related = correlations::of_attributes(ctx, tx, page)?;
        }
        if self.options.related_tags {
            hangers.related_tags = self.tags_of_related(tx, &hangers.related)?;
        }
        if self.options.feeds {
            hangers.feeds = cache::of_attributes(ctx, tx, page)?;
        }
        if self.proposed {
            hangers.proposals = proposals::of_attributes(tx, &ids)?;
        }
        Ok(hangers)
    }

    /// The tags of the events that attributes are related to.
    fn tags_of_related(
        &self,
        tx: &mut Tx<'_>,
        related: &HashMap<AttributeId, Related>,
    ) -> AppResult<HashMap<EventId, Vec<AttachedTag>>> {
        let others = related.values().flat_map(|related| &related.attributes);
        let ids: HashSet<i64> = others.map(|other| other.event.id.0).collect();
        let mut by_event: HashMap<EventId, Vec<AttachedTag>> = HashMap::new();
        for (event, tag) in tags::of_events(tx, &ids.into_iter().collect::<Vec<_>>())? {
            if self.shows_tag(&tag) {
                by_event.entry(event).or_default().push(tag);
            }
        }
        Ok(by_event)
    }

    pub(super) fn shows_tag(&self, tag: &AttachedTag) -> bool {
        (tag.tag.exportable || self.options.all_tags) && (!tag.local || self.options.local_tags)
    }

    pub(super) fn write_attribute(
        &self,
        ctx: &Ctx,
        out: &mut Buffer,
        attribute: &Attribute,
        hangers: &Hangers,
    ) -> AppResult<()> {
        let data = if self.options.attachments && attribute.kind.is_attachment() {
            Some(base64_of(ctx, attribute.event_id, attribute.id)?)
        } else {
            None
        };
        write_object(out, |o| {
            attribute.write(o, AttributeShape::InEvent);
            if self.options.galaxies {
                let tags = hangers.tags.get(&attribute.id).map_or(&[][..], Vec::as_slice);
                hangers.galaxies.write(o.key("Galaxy"), tags, On::Attribute);
            }
            if let Some(data) = data {
                o.text("data", &data);
            }
            if self.options.proposals {
                let open = hangers.proposals.get(&attribute.id).into_iter().flatten();
                o.list("ShadowAttribute", open, |out, shown| {
                    write_proposal(out, self.uuid_of(attribute.event_id), shown);
                });
            }
            if let Some(hung) = hangers.analyst_data.get(&attribute.uuid) {
                hung.write(o, &ctx.platform.base_url);
            }
            if let Some(tags) = hangers.tags.get(&attribute.id) {
                o.list("Tag", tags, |out, tag| write_object(out, |o| tag.write(o)));
            }
            if let Some(seen) = hangers.sightings.get(&attribute.id) {
                o.list("Sighting", seen, |out, shown| {
                    write_object(out, |o| {
                        shown
                            .sighting
                            .write_in_event(o, attribute.uuid, shown.org.as_ref());
                    });
                });
            }
            if self.options.granular_correlations {
                let related = hangers.related.get(&attribute.id);
                let list = related.into_iter().flat_map(|related| &related.attributes);
                o.list("RelatedAttribute", list, |out, related| {
                    write_object(out, |o| related.write_short(o));
                });
                if let Some(related) = related {
                    related.write_marks(o);
                }
            }
            if self.options.related_tags {
                hangers.write_related_tags(o, attribute.id);
            }
            self.known.write_of(o, &hangers.feeds, attribute.id);
            let group = hangers.groups.0.get(&attribute.sharing_group_id.0);
            if let Some(group) = group.filter(|_| !self.options.sharing_group_reference_only) {
                o.object("SharingGroup", |o| group.write(o, &ctx.platform.base_url));
            }
        });
        Ok(())
    }
}

/// A stored file in base64; empty when it is missing (spec 02 section 7).
pub(super) fn base64_of(ctx: &Ctx, event: EventId, attribute: AttributeId) -> AppResult<String> {
    Ok(STANDARD.encode(ctx.platform.files.load(event, attribute)?.unwrap_or_default()))
}
