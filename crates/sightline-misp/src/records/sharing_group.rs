//! Sharing groups (spec 01 section 9).

use super::OrgRef;
use crate::json::{ObjectWriter, write_object};
use sightline_core::clock::datetime_of;
use sightline_core::ids::{OrgId, SharingGroupId, UserId};
use uuid::Uuid;

/// A sharing group with its members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 9")]
pub struct SharingGroup {
    pub id: SharingGroupId,
    pub uuid: Uuid,
    pub name: String,
    pub releasability: String,
    pub description: String,
    pub organisation_uuid: Option<Uuid>,
    pub org_id: OrgId,
    pub sync_user_id: UserId,
    pub active: bool,
    pub local: bool,
    pub roaming: bool,
    pub created: i64,
    pub modified: i64,
    pub creator: OrgRef,
    pub orgs: Vec<SharingGroupOrg>,
    pub servers: Vec<SharingGroupServer>,
}

/// A member organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 9")]
pub struct SharingGroupOrg {
    pub id: i64,
    pub org: OrgRef,
    /// May this member add others.
    pub extend: bool,
}

/// A member instance; 0 is this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 9")]
pub struct SharingGroupServer {
    pub id: i64,
    pub server_id: i64,
    pub all_orgs: bool,
}

impl SharingGroup {
    /// The full group as event JSON embeds it; `base_url` stands for this instance.
    pub fn write(&self, o: &mut ObjectWriter<'_>, base_url: &str) {
        o.number("id", self.id);
        o.text("name", &self.name);
        o.text("releasability", &self.releasability);
        o.text("description", &self.description);
        o.uuid("uuid", self.uuid);
        match self.organisation_uuid {
            Some(uuid) => o.uuid("organisation_uuid", uuid),
            None => o.text("organisation_uuid", ""),
        }
        o.number("org_id", self.org_id);
        o.number("sync_user_id", self.sync_user_id);
        o.flag("active", self.active);
        o.text("created", &datetime_of(self.created));
        o.text("modified", &datetime_of(self.modified));
        o.flag("local", self.local);
        o.flag("roaming", self.roaming);
        o.object("Organisation", |o| self.creator.write(o));
        o.list("SharingGroupOrg", &self.orgs, |out, member| {
            write_object(out, |o| {
                o.number("id", member.id);
                o.number("sharing_group_id", self.id);
                o.number("org_id", member.org.id);
                o.flag("extend", member.extend);
                o.object("Organisation", |o| member.org.write(o));
            });
        });
        o.list("SharingGroupServer", &self.servers, |out, server| {
            write_object(out, |o| {
                o.number("id", server.id);
                o.number("sharing_group_id", self.id);
                o.number("server_id", server.server_id);
                o.flag("all_orgs", server.all_orgs);
                o.object("Server", |o| {
                    o.number("id", server.server_id);
                    o.text("url", base_url);
                    o.text("name", base_url);
                });
            });
        });
    }
}
