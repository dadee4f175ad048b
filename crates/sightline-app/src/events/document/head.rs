//! The head: columns, creator's address, organisations, sharing group; and the related events.

use super::EventDocument;
use crate::galaxies::{Blocks, On};
use crate::{Ctx, correlations, organisations, users};
use sightline_core::ids::EventId;
use sightline_core::{AppResult, Permission};
use sightline_db::{Tx, tags};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};
use sightline_misp::records::{AttachedTag, EventRef};
use std::collections::HashSet;

impl EventDocument {
    /// Writes `{"Event":{…` and leaves both objects open.
    pub(super) fn write_head(&self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<()> {
        let event = &self.event;
        let org = organisations::reference(tx, event.org_id)?;
        let orgc = organisations::reference(tx, event.orgc_id)?;
        let group = self.groups(ctx, tx, std::iter::once(event.sharing_group_id.0))?;
        let extensions = self.extensions(ctx, tx)?;
        out.extend_from_slice(b"{\"Event\":");
        let mut o = ObjectWriter::new(out);
        event.write_head(&mut o);
        let audits = ctx.caller.permissions.has(Permission::Audit) && ctx.caller.org_id == event.orgc_id;
        if audits || ctx.caller.is_site_admin() {
            o.text("event_creator_email", &users::email_of(tx, event.user_id)?);
        }
        self.write_extensions(&mut o, &extensions);
        o.object("Org", |o| org.write(o));
        o.object("Orgc", |o| orgc.write(o));
        if let Some(group) = group
            .0
            .get(&event.sharing_group_id.0)
            .filter(|_| !self.options.sharing_group_reference_only)
        {
            o.object("SharingGroup", |o| group.write(o, &ctx.platform.base_url));
        }
        o.leave_open();
        Ok(())
    }

    /// Events that share values with any member, each once; the members themselves are in the document already.
    fn related(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Vec<EventRef>> {
        let members: HashSet<EventId> = self.members.iter().map(|member| member.id).collect();
        let related = correlations::related_events(ctx, tx, &self.members)?;
        Ok(related
            .into_iter()
            .map(|other| other.event)
            .filter(|other| !members.contains(&other.event.id))
            .collect())
    }

    /// The tags of all members, each once, as far as they are shown.
    pub(super) fn event_tags(&self, tx: &mut Tx<'_>) -> AppResult<Vec<AttachedTag>> {
        let ids: Vec<i64> = self.members.iter().map(|member| member.id.0).collect();
        let mut seen = HashSet::new();
        Ok(tags::of_events(tx, &ids)?
            .into_iter()
            .map(|(_, tag)| tag)
            .filter(|tag| self.shows_tag(tag) && seen.insert(tag.tag.id))
            .collect())
    }

    /// Writes `RelatedEvent` and `Galaxy`.
    pub(super) fn write_related(&self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<()> {
        out.extend_from_slice(b",\"RelatedEvent\":");
        let related = if self.options.related {
            self.related(ctx, tx)?
        } else {
            Vec::new()
        };
        write_list(out, &related, |out, related| {
            write_object(out, |o| o.object("Event", |o| related.write(o)));
        });
        if self.options.galaxies {
            let tags = self.event_tags(tx)?;
            out.extend_from_slice(b",\"Galaxy\":");
            Blocks::of(ctx, tx, tags.iter(), On::Event)?.write(out, &tags, On::Event);
        }
        Ok(())
    }
}
