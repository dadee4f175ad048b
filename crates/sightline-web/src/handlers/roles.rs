//! Roles: who may do what.

use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::roles::{RoleColumn, RoleIndexPage};
use sightline_app::roles;

pub(super) async fn index(visit: Visit, _: Input) -> Answer {
    let found = roles::all(&visit.ctx).await?;
    page(&RoleIndexPage {
        frame: visit.frame("Roles", Nav::Roles),
        roles: found
            .into_iter()
            .map(|role| RoleColumn {
                id: role.id.0,
                name: role.name,
                is_default: role.default_role,
                permissions: role.permissions,
            })
            .collect(),
    })
}
