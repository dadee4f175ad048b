//! Roles: who may do what, as one table.

use crate::layout::Frame;
use askama::Template;
use sightline_core::{Permission, Permissions};

/// `GET /roles/index`.
#[derive(Clone, Debug, Template)]
#[template(path = "roles/index.html")]
pub struct RoleIndexPage {
    /// The frame.
    pub frame: Frame,
    /// The roles: one column each.
    pub roles: Vec<RoleColumn>,
}

impl RoleIndexPage {
    fn permissions(&self) -> &'static [Permission] {
        Permission::ALL
    }

    fn words(&self, permission: &Permission) -> &'static str {
        words(*permission)
    }
}

/// One role.
#[derive(Clone, Debug, Default)]
pub struct RoleColumn {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// New users get it.
    pub is_default: bool,
    /// What it allows.
    pub permissions: Permissions,
}

impl RoleColumn {
    fn has(&self, permission: &Permission) -> bool {
        self.permissions.has(*permission)
    }
}

/// What a permission allows, for a person.
pub fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::Add => "Add events and attributes",
        Permission::Modify => "Change own events",
        Permission::ModifyOrg => "Change events of the organisation",
        Permission::Publish => "Publish",
        Permission::Delegate => "Hand events to others",
        Permission::Sync => "Synchronise",
        Permission::Admin => "Administer the organisation",
        Permission::Audit => "Read logs",
        Permission::Auth => "Use the API",
        Permission::SiteAdmin => "Administer the site",
        Permission::RegexpAccess => "Import filters",
        Permission::Tagger => "Attach tags",
        Permission::Template => "Event templates",
        Permission::SharingGroup => "Sharing groups",
        Permission::TagEditor => "Create tags",
        Permission::Sighting => "Add sightings",
        Permission::ObjectTemplate => "Object templates",
        Permission::PublishZmq => "Push to ZeroMQ",
        Permission::PublishKafka => "Push to Kafka",
        Permission::Decaying => "Decaying models",
        Permission::GalaxyEditor => "Galaxy clusters",
        Permission::Warninglist => "Warninglists",
        Permission::ViewFeedCorrelations => "See feed correlations",
        Permission::AnalystData => "Notes and opinions",
        Permission::SkipOtp => "Exempt from one-time passwords",
    }
}
