//! One filled page of each kind, with hostile text in it: rendered by the tests, looked at by people.

mod account;
mod administration;
pub(crate) mod attributes;
mod collections;
mod correlations;
mod events;
mod exports;
mod feeds;
mod otp;
mod platform;
pub(crate) mod proposals;
mod reports;
mod search;
mod sharing_groups;
mod taxonomies;
mod together;

use crate::layout::{Flash, FlashKind, Frame, Nav, UserBadge};

/// Text that breaks out of markup that forgets to escape.
pub(crate) const HOSTILE: &str = r#"<script>alert("1")</script>'"><img src=x onerror=alert(1)> & more"#;

pub(crate) fn frame(title: &str, nav: Nav) -> Frame {
    Frame {
        title: title.into(),
        instance: "Example CERT".into(),
        version: "0.1.0".into(),
        csp_nonce: "nonce-of-the-sample".into(),
        csrf_token: "token-of-the-sample".into(),
        nav,
        user: Some(UserBadge {
            email: "ada@example.org".into(),
            org: "Example CERT".into(),
            role: "admin".into(),
            is_site_admin: true,
            is_org_admin: true,
            can_add: true,
            sees_feeds: true,
            can_audit: true,
            can_use_api: true,
            sees_blocklists: true,
            sees_organisations: true,
            delegates: true,
            discusses: true,
            waiting: 2,
        }),
        notifications: 3,
        ..Frame::default()
    }
}

pub(crate) fn visitor(title: &str) -> Frame {
    Frame {
        user: None,
        notifications: 0,
        ..frame(title, Nav::None)
    }
}

pub(crate) fn flash(kind: FlashKind, text: &str) -> Flash {
    Flash {
        kind,
        text: text.into(),
    }
}
