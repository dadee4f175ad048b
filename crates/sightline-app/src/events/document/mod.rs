//! The full JSON of an event (spec 01 section 2.2), written in chunks: an event of 100,000 attributes passes through
//! bounded memory, and every chunk is one short read.

mod attributes;
mod extensions;
mod head;
mod objects;
mod proposals;
mod tail;

pub(crate) use proposals::write_proposal;

use super::{EventKey, find, to_merge};
use crate::analyst_data::{Hung, hung_on};
use crate::feeds::cache::EventFeeds;
use crate::{Ctx, event_delegations};
use sightline_core::ids::{AttributeId, EventId, ObjectId, ProposalId};
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, proposals as proposal_rows, sharing_groups};
use sightline_misp::json::Buffer;
use sightline_misp::records::{Distribution, Event, SharingGroup};
use sightline_query::{AttributePredicate, Filter};
use std::collections::HashMap;
use uuid::Uuid;

/// A chunk is handed on when it has grown to this many bytes.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// What a reader wants of an event; the default is what `events/view` shows (spec 03 section 3).
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent switch of the wire"
)]
pub struct Options {
    /// Only the head, organisations, tags and related events.
    pub metadata: bool,
    /// `Some(false)`: live only, `Some(true)`: deleted only, `None`: both.
    pub deleted: Option<bool>,
    /// Only attributes with or without the IDS flag.
    pub to_ids: Option<bool>,
    /// `data` of attachments and samples.
    pub attachments: bool,
    /// `Sighting` per attribute.
    pub sightings: bool,
    /// `EventReport`.
    pub reports: bool,
    /// `ShadowAttribute`, of the event and of its attributes.
    pub proposals: bool,
    /// `Note`, `Opinion` and `Relationship` on everything that they hang on.
    pub analyst_data: bool,
    /// `RelatedEvent`.
    pub related: bool,
    /// What the tags of galaxies mean.
    pub galaxies: bool,
    /// Tags that never leave this instance.
    pub local_tags: bool,
    /// Tags that are not exportable.
    pub all_tags: bool,
    /// Object attributes in `Attribute`, no `Object`.
    pub flatten: bool,
    /// Only `sharing_group_id`, no `SharingGroup`.
    pub sharing_group_reference_only: bool,
    /// Content of the events that extend this one, too.
    pub extended: bool,
    /// `RelatedAttribute` per attribute.
    pub granular_correlations: bool,
    /// `RelatedTags` per attribute: those of the events that share its value.
    pub related_tags: bool,
    /// `Feed` of the event and of each attribute: which cached feeds know its values.
    pub feeds: bool,
    /// Only attributes, objects and reports of these distributions; empty for all.
    pub distribution: Vec<i64>,
    /// Only attributes, objects and reports of these sharing groups; empty for all.
    pub sharing_group: Vec<i64>,
    /// `ExtendedBy`: the list of those events.
    pub extension_list: bool,
    /// Only attributes that satisfy this, and only objects that hold one.
    pub content: Filter<AttributePredicate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            metadata: false,
            deleted: Some(false),
            to_ids: None,
            attachments: true,
            sightings: true,
            reports: true,
            proposals: true,
            analyst_data: false,
            related: true,
            galaxies: true,
            local_tags: true,
            all_tags: false,
            flatten: false,
            sharing_group_reference_only: false,
            extended: false,
            granular_correlations: false,
            related_tags: false,
            feeds: false,
            distribution: Vec::new(),
            sharing_group: Vec::new(),
            extension_list: false,
            content: Filter::everything(),
        }
    }
}

/// An event on its way out.
#[derive(Debug)]
pub struct EventDocument {
    event: Event,
    options: Options,
    /// The event and, when extended, those that extend it: whose content is written.
    members: Vec<Event>,
    /// What the attributes written so far are known from.
    known: EventFeeds,
    /// Whether there is any open proposal to look for.
    proposed: bool,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Head,
    Attributes {
        member: usize,
        after: AttributeId,
        empty: bool,
    },
    Between,
    Proposals {
        member: usize,
        after: ProposalId,
        empty: bool,
    },
    Related,
    Objects {
        member: usize,
        after: ObjectId,
        empty: bool,
    },
    Tail,
    Done,
}

impl EventDocument {
    /// The document of a visible event, or of one that is offered to the caller's organisation.
    pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, key: &EventKey, options: Options) -> AppResult<Self> {
        let event = match find(ctx, tx, key) {
            // What is offered to an organisation it may look at before it takes it (spec 05 section 4).
            Err(AppError::NotFound(message)) => {
                event_delegations::offered_event(ctx, tx, key)?.ok_or(AppError::NotFound(message))?
            }
            found => found?,
        };
        Self::of(ctx, tx, event, options)
    }

    /// The document of an event that is known to be visible. Local tags are dropped for synchronising users, and
    /// deleted content for those who do not own the event (spec 04 sections 3.3 and 3.4).
    pub fn of(ctx: &Ctx, tx: &mut Tx<'_>, event: Event, mut options: Options) -> AppResult<Self> {
        use sightline_core::Permission::Sync;
        let syncs = ctx.caller.permissions.has(Sync);
        if syncs && !ctx.caller.is_site_admin() {
            options.local_tags = false;
        }
        let mut members = vec![event.clone()];
        if options.extended {
            members.extend(to_merge(ctx, tx, &event)?);
        }
        // Of all members: who owns an event does not own those that extend it.
        let owns_all = members.iter().all(|member| member.org_id == ctx.caller.org_id);
        if options.deleted != Some(false) && !syncs && !ctx.caller.is_site_admin() && !owns_all {
            options.deleted = Some(false);
        }
        let ids: Vec<i64> = members.iter().map(|member| member.id.0).collect();
        let wanted = options.proposals && !options.metadata;
        Ok(Self {
            proposed: wanted && proposal_rows::any_open(tx, &ids)?,
            event,
            options,
            members,
            known: EventFeeds::default(),
            step: Step::Head,
        })
    }

    /// The event.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Writes the next chunk to `out`; `false` when the document is complete.
    pub fn next(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        while self.step != Step::Done && out.len() < CHUNK_BYTES {
            self.step = self.write_step(ctx, tx, out)?;
        }
        Ok(self.step != Step::Done)
    }

    /// The whole document; for events that are known to be small, such as one that was just added.
    pub fn whole(mut self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Buffer> {
        let mut out = Buffer::new();
        while self.step != Step::Done {
            self.step = self.write_step(ctx, tx, &mut out)?;
        }
        Ok(out)
    }

    fn write_step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<Step> {
        match self.step {
            Step::Head => {
                self.write_head(ctx, tx, out)?;
                Ok(if self.options.metadata {
                    self.write_related(ctx, tx, out)?;
                    Step::Tail
                } else {
                    out.extend_from_slice(b",\"Attribute\":[");
                    Step::Attributes {
                        member: 0,
                        after: AttributeId(0),
                        empty: true,
                    }
                })
            }
            Step::Attributes { member, after, empty } => {
                self.write_attributes(ctx, tx, out, member, after, empty)
            }
            Step::Between => {
                out.push(b']');
                Ok(if self.options.proposals {
                    out.extend_from_slice(b",\"ShadowAttribute\":[");
                    Step::Proposals {
                        member: 0,
                        after: ProposalId(0),
                        empty: true,
                    }
                } else {
                    Step::Related
                })
            }
            Step::Proposals { member, after, empty } => self.write_proposals(tx, out, member, after, empty),
            Step::Related => {
                self.write_related(ctx, tx, out)?;
                Ok(if self.options.flatten {
                    Step::Tail
                } else {
                    out.extend_from_slice(b",\"Object\":[");
                    Step::Objects {
                        member: 0,
                        after: ObjectId(0),
                        empty: true,
                    }
                })
            }
            Step::Objects { member, after, empty } => self.write_objects(ctx, tx, out, member, after, empty),
            Step::Tail => {
                self.write_tail(ctx, tx, out)?;
                Ok(Step::Done)
            }
            Step::Done => Ok(Step::Done),
        }
    }

    /// The uuid of the event that a page of content belongs to.
    fn uuid_of(&self, event: EventId) -> Uuid {
        let member = self.members.iter().find(|member| member.id == event);
        member.map_or(self.event.uuid, |member| member.uuid)
    }

    /// The sharing groups of some records, those that the caller may read.
    fn groups(&self, ctx: &Ctx, tx: &mut Tx<'_>, ids: impl Iterator<Item = i64>) -> AppResult<Groups> {
        let mut ids: Vec<i64> = ids.filter(|id| *id != 0).collect();
        if ids.is_empty() {
            return Ok(Groups::default());
        }
        ids.sort_unstable();
        ids.dedup();
        let groups = sharing_groups::by_ids(tx, ctx.visible(), &ids)?;
        Ok(Groups(
            groups.into_iter().map(|group| (group.id.0, group)).collect(),
        ))
    }

    /// What hangs on some of the document's parts, by their uuids.
    fn hung(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        uuids: impl Iterator<Item = Uuid>,
    ) -> AppResult<HashMap<Uuid, Hung>> {
        if !self.options.analyst_data {
            return Ok(HashMap::new());
        }
        hung_on(ctx, tx, &uuids.collect::<Vec<_>>())
    }

    /// Whether a record of this distribution and sharing group is written: it must be asked for, and its group be readable
    /// (spec 05 section 4).
    fn shows(&self, groups: &Groups, distribution: Distribution, group: i64) -> bool {
        let asked = |wanted: &[i64], it: i64| wanted.is_empty() || wanted.contains(&it);
        asked(&self.options.distribution, distribution.number())
            && asked(&self.options.sharing_group, group)
            && (group == 0 || self.options.sharing_group_reference_only || groups.0.contains_key(&group))
    }
}

#[derive(Debug, Default)]
struct Groups(HashMap<i64, SharingGroup>);

/// Which event a page of content belongs to.
fn member_id(members: &[Event], member: usize) -> Option<EventId> {
    members.get(member).map(|event| event.id)
}
