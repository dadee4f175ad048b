//! Sharing groups: organisations among which data may stay.

use super::errors::Errors;
use super::list::{ListUrl, Pager};
use super::moment::{Count, Moment};
use crate::layout::Frame;
use askama::Template;

/// `GET /sharing_groups/index`, narrowed by `scope` (active, inactive) and `searchall`.
#[derive(Clone, Debug, Template)]
#[template(path = "sharing_groups/index.html")]
pub struct SharingGroupIndexPage {
    /// The frame.
    pub frame: Frame,
    /// The scope shown.
    pub scope: String,
    /// What is searched for.
    pub query: String,
    /// Where we are.
    pub pager: Pager,
    /// The groups.
    pub rows: Vec<SharingGroupRow>,
    /// May make groups.
    pub can_add: bool,
}

impl SharingGroupIndexPage {
    fn scopes(&self) -> [(&'static str, ListUrl, bool); 2] {
        [("active", "In use"), ("inactive", "Not offered any more")].map(|(scope, label)| {
            let url = ListUrl::new(
                "/sharing_groups/index",
                &[("scope", scope), ("searchall", &self.query)],
            );
            (label, url, self.scope == scope)
        })
    }
}

/// One group.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct SharingGroupRow {
    /// Id.
    pub id: i64,
    /// Uuid.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// Whom the data may be passed on to.
    pub releasability: String,
    /// What it is for.
    pub description: String,
    /// Who made it.
    pub creator: String,
    /// Id of who made it.
    pub creator_id: i64,
    /// Members, as far as they may be counted.
    pub members: Count,
    /// The list of members leaves some out.
    pub concealed: bool,
    /// Offered for new data.
    pub active: bool,
    /// Passed on to every connected instance.
    pub roaming: bool,
    /// Every organisation of this instance is in it.
    pub everyone_here: bool,
    /// Members do not see each other.
    pub hides_members: bool,
}

/// `GET /sharing_groups/view/{id}`. Posts `org` and `extend` to `/sharing_groups/addOrg/{id}`; `/removeOrg/{id}/{org}`
/// and `/extend/{id}/{org}` for each member.
#[derive(Clone, Debug, Template)]
#[template(path = "sharing_groups/view.html")]
pub struct SharingGroupPage {
    /// The frame.
    pub frame: Frame,
    /// The group.
    pub group: SharingGroupRow,
    /// Its members.
    pub members: Vec<MemberRow>,
    /// Who brought it here, when it came from elsewhere.
    pub brought_by: String,
    /// Made.
    pub created: Moment,
    /// Last changed.
    pub modified: Moment,
    /// Organisations that may be added.
    pub offers: Vec<String>,
    /// What was typed and refused.
    pub typed: String,
    /// What is wrong with it.
    pub errors: Errors,
    /// May change the group and its members.
    pub can_edit: bool,
    /// May delete it.
    pub can_delete: bool,
}

impl SharingGroupPage {
    fn events_url(&self) -> ListUrl {
        ListUrl::new(
            "/events/index",
            &[
                ("distribution", "4"),
                ("sharinggroup", &self.group.id.to_string()),
            ],
        )
    }
}

/// A member of a group.
#[derive(Clone, Debug, Default)]
pub struct MemberRow {
    /// The organisation.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Has users here.
    pub local: bool,
    /// May add and remove members.
    pub extend: bool,
}

/// Posts `name`, `releasability`, `description`, `active`, `roaming`, `all_orgs`, `hide_members` and, for a new group,
/// `join` to `/sharing_groups/add` or `/sharing_groups/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "sharing_groups/form.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a box of the form")]
pub struct SharingGroupFormPage {
    /// The frame.
    pub frame: Frame,
    /// The one that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// Whom the data may be passed on to.
    pub releasability: String,
    /// What it is for.
    pub description: String,
    /// Offered for new data.
    pub active: bool,
    /// Passed on to every connected instance.
    pub roaming: bool,
    /// Every organisation of this instance is in it.
    pub all_orgs: bool,
    /// Members do not see each other.
    pub hide_members: bool,
    /// May decide whether members see each other.
    pub can_hide: bool,
    /// The own organisation becomes a member.
    pub join: bool,
    /// Name of the own organisation.
    pub own_org: String,
    /// What is wrong.
    pub errors: Errors,
}

impl SharingGroupFormPage {
    fn action(&self) -> String {
        self.id.map_or_else(
            || "/sharing_groups/add".into(),
            |id| format!("/sharing_groups/edit/{id}"),
        )
    }

    fn back(&self) -> String {
        self.id.map_or_else(
            || "/sharing_groups/index".into(),
            |id| format!("/sharing_groups/view/{id}"),
        )
    }
}
