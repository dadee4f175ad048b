//! What a document says of the events that extend its own (spec 01 section 2.3): only those that the caller sees.

use super::EventDocument;
use crate::Ctx;
use crate::events::extensions::EXTENSIONS;
use sightline_core::AppResult;
use sightline_core::ids::OrgId;
use sightline_db::{Tx, events, organisations};
use sightline_misp::json::{ObjectWriter, write_object};
use sightline_misp::records::{Event, OrgRef};
use std::collections::HashMap;

/// Events that extend a document's own, with their creators.
pub(super) struct Extensions {
    events: Vec<Event>,
    creators: HashMap<OrgId, OrgRef>,
}

impl EventDocument {
    /// Loads what the options ask for; nothing when they do not ask.
    pub(super) fn extensions(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Extensions> {
        let events = if self.options.extended {
            self.members.iter().skip(1).cloned().collect()
        } else if self.options.extension_list {
            events::extending(tx, ctx.visible(), self.event.uuid, EXTENSIONS)?
        } else {
            Vec::new()
        };
        let orgs: Vec<i64> = events.iter().map(|event| event.orgc_id.0).collect();
        let creators = if orgs.is_empty() {
            HashMap::new()
        } else {
            organisations::refs(tx, &orgs)?
                .into_iter()
                .map(|org| (org.id, org))
                .collect()
        };
        Ok(Extensions { events, creators })
    }

    /// Writes `extensionEvents`, an object by id, into a merged document, and `ExtendedBy`, a list, where asked for.
    pub(super) fn write_extensions(&self, o: &mut ObjectWriter<'_>, extensions: &Extensions) {
        let creator = |o: &mut ObjectWriter<'_>, event: &Event| {
            if let Some(org) = extensions.creators.get(&event.orgc_id) {
                o.object("Orgc", |o| org.write_short(o));
            }
        };
        if self.options.extended && !extensions.events.is_empty() {
            o.object("extensionEvents", |o| {
                for event in &extensions.events {
                    o.object(&event.id.to_string(), |o| {
                        o.number("id", event.id);
                        o.text("info", &event.info);
                        o.number("orgc_id", event.orgc_id);
                        o.number("user_id", event.user_id);
                        creator(o, event);
                    });
                }
            });
        }
        if self.options.extension_list {
            o.list("ExtendedBy", &extensions.events, |out, event| {
                write_object(out, |o| {
                    o.number("id", event.id);
                    o.uuid("uuid", event.uuid);
                    o.text("info", &event.info);
                    creator(o, event);
                });
            });
        }
    }
}
