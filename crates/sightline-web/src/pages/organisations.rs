//! Organisations: who shares here and who is known from elsewhere.

use super::errors::Errors;
use super::list::{ListUrl, Pager};
use super::moment::{Count, Moment};
use super::sharing_groups::SharingGroupRow;
use crate::layout::Frame;
use askama::Template;

/// `GET /organisations/index`, narrowed by `scope` (local, external, all) and `searchall`.
#[derive(Clone, Debug, Template)]
#[template(path = "organisations/index.html")]
pub struct OrganisationIndexPage {
    /// The frame.
    pub frame: Frame,
    /// The scope shown.
    pub scope: String,
    /// What is searched for.
    pub query: String,
    /// Where we are.
    pub pager: Pager,
    /// The organisations.
    pub rows: Vec<OrganisationRow>,
    /// May add and change.
    pub can_manage: bool,
}

impl OrganisationIndexPage {
    fn scopes(&self) -> [(&'static str, ListUrl, bool); 3] {
        [
            ("local", "Here"),
            ("external", "Known from elsewhere"),
            ("all", "All"),
        ]
        .map(|(scope, label)| {
            let url = ListUrl::new(
                "/organisations/index",
                &[("scope", scope), ("searchall", &self.query)],
            );
            (label, url, self.scope == scope)
        })
    }
}

/// One organisation.
#[derive(Clone, Debug, Default)]
pub struct OrganisationRow {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Uuid.
    pub uuid: String,
    /// Has users here.
    pub local: bool,
    /// What it is.
    pub description: String,
    /// Country.
    pub nationality: String,
    /// Sector.
    pub sector: String,
    /// Kind.
    pub kind: String,
    /// How to reach it.
    pub contacts: String,
    /// Mail domains that its users must have.
    pub domains: Vec<String>,
    /// Users here.
    pub users: Count,
    /// Events that it created, as far as visible.
    pub events: Count,
    /// The address of its logo.
    pub logo: Option<String>,
    /// Made.
    pub created: Option<Moment>,
    /// Last changed.
    pub modified: Option<Moment>,
}

/// `GET /organisations/view/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "organisations/view.html")]
pub struct OrganisationPage {
    /// The frame.
    pub frame: Frame,
    /// The organisation.
    pub org: OrganisationRow,
    /// Visible sharing groups that it made or is known to be a member of.
    pub groups: Vec<SharingGroupRow>,
    /// May change and delete.
    pub can_manage: bool,
    /// May see the list of its users.
    pub can_see_users: bool,
}

impl OrganisationPage {
    fn events_url(&self) -> ListUrl {
        ListUrl::new("/events/index", &[("org", &self.org.name)])
    }

    fn users_url(&self) -> ListUrl {
        ListUrl::new("/admin/users/index", &[("org", &self.org.id.to_string())])
    }
}

/// `GET /admin/organisations/merge/{id}`. Posts `target` there.
#[derive(Clone, Debug, Template)]
#[template(path = "organisations/merge.html")]
pub struct OrganisationMergePage {
    /// The frame.
    pub frame: Frame,
    /// The one that goes.
    pub org: OrganisationRow,
    /// Names of those that may stay.
    pub offers: Vec<String>,
    /// What was typed.
    pub target: String,
    /// What is wrong.
    pub errors: Errors,
}

/// Posts `name`, `uuid`, `description`, `nationality`, `sector`, `type`, `contacts`, `local`, `restricted_to_domain`
/// (one per line) to `/admin/organisations/add` or `/admin/organisations/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "organisations/form.html")]
pub struct OrganisationFormPage {
    /// The frame.
    pub frame: Frame,
    /// The one that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// Uuid; empty makes one.
    pub uuid: String,
    /// What it is.
    pub description: String,
    /// Country.
    pub nationality: String,
    /// Sector.
    pub sector: String,
    /// Kind.
    pub kind: String,
    /// How to reach it.
    pub contacts: String,
    /// Has users here.
    pub local: bool,
    /// One per line.
    pub domains: String,
    /// The address of its logo.
    pub logo: Option<String>,
    /// What is wrong.
    pub errors: Errors,
}

impl OrganisationFormPage {
    fn action(&self) -> String {
        self.id.map_or_else(
            || "/admin/organisations/add".into(),
            |id| format!("/admin/organisations/edit/{id}"),
        )
    }
}
