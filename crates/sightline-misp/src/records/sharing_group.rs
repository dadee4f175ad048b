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
    /// Members do not read who else is in it (`docs/adr/0002-hidden-members.md`).
    pub hide_members: bool,
    pub created: i64,
    pub modified: i64,
    pub creator: OrgRef,
    /// The members that the reader may know.
    pub orgs: Vec<SharingGroupOrg>,
    pub servers: Vec<SharingGroupServer>,
    /// `orgs` leaves out members that the reader may not know.
    pub concealed: bool,
    /// Members, as far as the reader may count them.
    pub org_count: i64,
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
        self.write_columns(o);
        o.object("Organisation", |o| self.creator.write(o));
        self.write_orgs(o, OrgRef::write);
        self.write_servers(o, Some((base_url, base_url)));
    }

    /// The columns. `hide_members`, which the reference does not have, is written only where it is set.
    pub fn write_columns(&self, o: &mut ObjectWriter<'_>) {
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
        if self.hide_members {
            o.flag("hide_members", true);
        }
    }

    /// `SharingGroupOrg`, each with its `Organisation` in the given form.
    pub fn write_orgs(&self, o: &mut ObjectWriter<'_>, org: impl Fn(&OrgRef, &mut ObjectWriter<'_>)) {
        o.list("SharingGroupOrg", &self.orgs, |out, member| {
            write_object(out, |o| {
                o.number("id", member.id);
                o.number("sharing_group_id", self.id);
                o.number("org_id", member.org.id);
                o.flag("extend", member.extend);
                o.object("Organisation", |o| org(&member.org, o));
            });
        });
    }

    /// `SharingGroupServer`, with `Server` when a name and an address for this instance are given.
    pub fn write_servers(&self, o: &mut ObjectWriter<'_>, here: Option<(&str, &str)>) {
        o.list("SharingGroupServer", &self.servers, |out, server| {
            write_object(out, |o| {
                o.number("id", server.id);
                o.number("sharing_group_id", self.id);
                o.number("server_id", server.server_id);
                o.flag("all_orgs", server.all_orgs);
                if let Some((name, url)) = here {
                    o.object("Server", |o| {
                        o.number("id", server.server_id);
                        o.text("url", url);
                        o.text("name", name);
                    });
                }
            });
        });
    }

    /// Whether this organisation is listed, and may add others.
    pub fn may_extend(&self, org: OrgId) -> bool {
        self.orgs
            .iter()
            .any(|member| member.org.id == org && member.extend)
    }
}
