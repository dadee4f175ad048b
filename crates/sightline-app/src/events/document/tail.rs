//! The tail: reports, keys, tags; and the closing brackets.

use super::EventDocument;
use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::{Tx, event_reports};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};

impl EventDocument {
    /// Resumes the event's object, completes it and closes both objects.
    pub(super) fn write_tail(&self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<()> {
        let mut reports = Vec::new();
        if self.options.reports && !self.options.metadata {
            for member in &self.members {
                reports.extend(event_reports::of_event(
                    tx,
                    ctx.visible(),
                    member.id,
                    self.options.deleted,
                )?);
            }
        }
        let groups = self.groups(ctx, tx, reports.iter().map(|report| report.sharing_group_id.0))?;
        let hung = self.hung(
            ctx,
            tx,
            reports.iter().map(|report| report.uuid).chain([self.event.uuid]),
        )?;
        let tags = self.event_tags(tx)?;
        let base_url = &ctx.platform.base_url;
        let mut o = ObjectWriter::resume(out);
        if !self.options.metadata {
            let shown = reports
                .iter()
                .filter(|report| self.shows(&groups, report.distribution, report.sharing_group_id.0));
            o.list("EventReport", shown, |out, report| {
                write_object(out, |o| {
                    report.write(o);
                    let group = groups.0.get(&report.sharing_group_id.0);
                    if let Some(group) = group.filter(|_| !self.options.sharing_group_reference_only) {
                        o.object("SharingGroup", |o| group.write(o, base_url));
                    }
                    if let Some(hung) = hung.get(&report.uuid) {
                        hung.write(o, base_url);
                    }
                });
            });
        }
        self.known.write(&mut o);
        if let Some(hung) = hung.get(&self.event.uuid) {
            hung.write(&mut o, base_url);
        }
        o.list("CryptographicKey", std::iter::empty::<()>(), |_, ()| {});
        if !tags.is_empty() {
            o.list("Tag", &tags, |out, tag| write_object(out, |o| tag.write(o)));
        }
        drop(o);
        out.push(b'}');
        Ok(())
    }
}
