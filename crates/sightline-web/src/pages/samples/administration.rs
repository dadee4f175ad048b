//! Samples of organisations, users, roles.

use super::account::{account, keys};
use super::sharing_groups::group;
use super::{HOSTILE, frame, visitor};
use crate::layout::Nav;
use crate::pages::account::KeyPanel;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::organisations::{
    OrganisationFormPage, OrganisationIndexPage, OrganisationMergePage, OrganisationPage, OrganisationRow,
};
use crate::pages::registrations::{RegisterPage, RegistrationItem, RegistrationsPage};
use crate::pages::roles::{RoleColumn, RoleIndexPage};
use crate::pages::users::{UserFormPage, UserIndexPage, UserPage, UserRow};
use crate::pages::wording::Choice;
use sightline_core::{Permission, Permissions};

fn pager(path: &str, total: u64) -> Pager {
    Pager {
        url: ListUrl::new(path, &[]),
        page: 1,
        per_page: 60,
        total,
    }
}

fn org(id: i64, name: &str, local: bool) -> OrganisationRow {
    OrganisationRow {
        id,
        name: name.into(),
        uuid: "55f6ea5e-0000-4000-8000-000000000001".into(),
        local,
        description: "Response team of the harbour banks".into(),
        nationality: "Luxembourg".into(),
        sector: "Finance".into(),
        kind: "CSIRT".into(),
        contacts: "soc@bank.example\n+352 00 00 00".into(),
        domains: vec!["bank.example".into()],
        users: Count(7),
        events: Count(312),
        logo: Some("/organisations/logo/4?at=1760000000".into()),
        created: Some(Moment(1_735_700_000)),
        modified: Some(Moment(1_760_000_000)),
    }
}

impl OrganisationIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Organisations", Nav::Organisations),
            scope: "local".into(),
            query: HOSTILE.into(),
            pager: pager("/organisations/index", 2),
            rows: vec![org(1, "Example CERT", true), org(2, HOSTILE, false)],
            can_manage: true,
        }
    }
}

impl OrganisationPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Organisation", Nav::Organisations),
            org: org(4, "Harbour Bank CSIRT", true),
            groups: vec![group(3, HOSTILE)],
            can_manage: true,
            can_see_users: true,
        }
    }
}

impl OrganisationFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Add organisation", Nav::Organisations),
            id: Some(4),
            name: HOSTILE.into(),
            local: true,
            logo: Some("/organisations/logo/4?at=1760000000".into()),
            errors: Errors(
                [(
                    "name".into(),
                    "An organisation with this name already exists.".into(),
                )]
                .into(),
            ),
            ..Self::default()
        }
    }
}

impl OrganisationMergePage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Merge organisation", Nav::Organisations),
            org: org(4, "Harbour Bank CSIRT", true),
            offers: vec!["Example CERT".into(), HOSTILE.into()],
            target: HOSTILE.into(),
            errors: Errors([("target".into(), "Invalid organisation".into())].into()),
        }
    }
}

impl UserIndexPage {
    pub(crate) fn sample() -> Self {
        let user = |id, email: &str, disabled| UserRow {
            id,
            email: email.into(),
            org: "Example CERT".into(),
            role: "User".into(),
            keys: Count(2),
            created: Some(Moment(1_735_700_000)),
            last_login: Some(Moment(1_763_970_000)),
            last_api: None,
            disabled,
            must_change_password: !disabled,
        };
        Self {
            frame: frame("Users", Nav::Users),
            reads_registrations: true,
            query: String::new(),
            orgs: Choice::list([("", "Any"), ("1", "Example CERT")], ""),
            roles: Choice::list([("", "Any"), ("3", "User")], ""),
            states: Choice::list([("", "Any"), ("0", "Active"), ("1", "Disabled")], ""),
            pager: pager("/admin/users/index", 2),
            rows: vec![user(1, "ada@example.org", false), user(2, HOSTILE, true)],
        }
    }
}

impl UserPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("User", Nav::Users),
            account: account(),
            keys: KeyPanel {
                fresh: None,
                ..keys()
            },
            fresh_password: Some("correct-horse-battery-9".into()),
            can_manage: true,
            can_end_sessions: true,
        }
    }
}

impl UserFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Add user", Nav::Users),
            email: HOSTILE.into(),
            orgs: Choice::list([("1", "Example CERT")], "1"),
            roles: Choice::list([("2", "Org Admin"), ("3", "User")], "3"),
            password_rule: "At least 12 characters.".into(),
            change_pw: true,
            errors: Errors([("email".into(), "Please enter a valid email address.".into())].into()),
            ..Self::default()
        }
    }
}

impl RoleIndexPage {
    pub(crate) fn sample() -> Self {
        let role = |id, name: &str, permissions| RoleColumn {
            id,
            name: name.into(),
            is_default: id == 3,
            permissions,
        };
        Self {
            frame: frame("Roles", Nav::Roles),
            roles: vec![
                role(1, "admin", Permissions::of(Permission::ALL)),
                role(
                    3,
                    "User",
                    Permissions::of(&[Permission::Add, Permission::Auth, Permission::Tagger]),
                ),
                role(6, HOSTILE, Permissions::of(&[Permission::Auth])),
            ],
        }
    }
}

impl RegisterPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: visitor("Ask for an account"),
            email: HOSTILE.into(),
            org_name: HOSTILE.into(),
            message: HOSTILE.into(),
            pgp: HOSTILE.into(),
            errors: Errors(
                [(
                    "email".to_owned(),
                    "Please enter a valid email address.".to_owned(),
                )]
                .into(),
            ),
            ..Self::default()
        }
    }
}

impl RegistrationsPage {
    pub(crate) fn sample() -> Self {
        let item = |id| RegistrationItem {
            id,
            email: format!("ada{id}@example.org"),
            org_name: HOSTILE.into(),
            org_uuid: "3c03f447-681d-435f-bcf9-ca70ad1b0f00".into(),
            message: HOSTILE.into(),
            wishes: vec!["publishing".into(), "synchronisation".into()],
            ip: "192.0.2.1".into(),
            user_agent: HOSTILE.into(),
            sent: Moment(1_763_970_000),
        };
        Self {
            frame: frame("Registrations", Nav::Users),
            open: true,
            pager: pager("/users/registrations/index", 2),
            items: vec![item(1), item(2)],
            orgs: Choice::list([("1", "Example CERT")], ""),
            roles: Choice::list([("3", "User")], "3"),
        }
    }
}
