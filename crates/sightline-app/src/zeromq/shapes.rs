//! The records inside messages, where they differ from those of the API.

use sightline_db::audit::Entry;
use sightline_db::sightings::Detail;
use sightline_db::users::User;
use sightline_misp::change_feed::{Change, ChangeAction};
use sightline_misp::json::ObjectWriter;
use sightline_misp::records::{Attribute, AttributeShape};

/// The reference's word.
pub(super) const fn action_of(change: &Change) -> &'static str {
    match change.action {
        ChangeAction::Create => "add",
        ChangeAction::Delete => "delete",
        _ => "edit",
    }
}

/// What is known of a record that is gone.
pub(super) fn gone(o: &mut ObjectWriter<'_>, change: &Change) {
    o.number("id", change.record_id);
    if let Some(uuid) = change.uuid {
        o.uuid("uuid", uuid);
    }
    if let Some(event) = change.event_id.filter(|event| *event != change.record_id) {
        o.number("event_id", event);
    }
}

/// All columns.
pub(super) fn attribute(o: &mut ObjectWriter<'_>, attribute: &Attribute) {
    attribute.write(o, AttributeShape::FlatWithHalves);
}

/// With what was seen, and where.
pub(super) fn sighting(o: &mut ObjectWriter<'_>, detail: &Detail) {
    detail.sighting.write(o);
    let (event, attribute) = (&detail.event, &detail.attribute);
    o.object("Event", |o| {
        o.number("id", event.id);
        o.uuid("uuid", event.uuid);
        o.number("orgc_id", event.orgc_id);
        o.number("org_id", event.org_id);
        o.text("info", &event.info);
    });
    o.object("Attribute", |o| {
        o.text("value", &attribute.value());
        o.number("id", attribute.id);
        o.uuid("uuid", attribute.uuid);
        o.text("type", attribute.kind.name());
        o.text("category", attribute.category.name());
        o.flag("to_ids", attribute.to_ids);
    });
}

/// Nothing that lets anybody in, and none of what users keep to themselves.
pub(super) fn user(o: &mut ObjectWriter<'_>, user: &User) {
    o.number("id", user.id);
    o.number("org_id", user.org_id);
    o.number("role_id", user.role_id);
    o.text("email", &user.email);
    o.flag("autoalert", user.autoalert);
    o.flag("contactalert", user.contactalert);
    o.flag("disabled", user.disabled);
    o.flag("change_pw", user.change_pw);
    o.flag("termsaccepted", user.termsaccepted);
    o.number("invited_by", user.invited_by);
    o.number("date_created", user.date_created);
    o.number("date_modified", user.date_modified);
}

/// A row of the audit log.
pub(super) fn entry(o: &mut ObjectWriter<'_>, entry: &Entry) {
    o.number("id", entry.id);
    o.number("created", entry.created);
    o.number("user_id", entry.user_id);
    o.number("org_id", entry.org_id);
    o.number("authkey_id", entry.authkey_id);
    o.opt_text("ip", entry.ip.as_deref());
    o.number("request_type", entry.request_type);
    o.opt_text("request_id", entry.request_id.as_deref());
    o.text("action", &entry.action);
    o.text("model", &entry.model);
    o.number("model_id", entry.model_id);
    o.text("model_title", &entry.model_title);
    match entry.event_id {
        Some(event) => o.number("event_id", event),
        None => o.null("event_id"),
    }
    o.value("change", &entry.change);
}
