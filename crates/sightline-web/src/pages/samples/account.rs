//! Samples of log-in, password, profile and errors.

use super::{HOSTILE, flash, frame, visitor};
use crate::layout::{FlashKind, Nav};
use crate::pages::account::{
    AccountFacts, KeyForm, KeyPage, KeyPanel, KeyRow, LeftPage, LoginPage, PasswordPage, ProfilePage,
};
use crate::pages::errors::{ErrorPage, Errors};
use crate::pages::moment::Moment;
use crate::pages::user_settings::{SettingText, UserSettingsPage};
use sightline_app::login::Ways;

impl LoginPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: visitor("Log in"),
            email: "ada@example.org".into(),
            refusal: Some("Wrong e-mail address or password.".into()),
            welcome: "Sharing platform of the Example CERT and its constituency.".into(),
            next: "/events/view/12".into(),
            can_reset: true,
            ways: Ways {
                form: true,
                any_name: true,
                oidc: Some("Example CERT".into()),
                header: None,
            },
            oidc_url: "/users/oidc?next=%2Fevents%2Fview%2F12".into(),
            registers: true,
        }
    }
}

impl LeftPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: visitor("Logged out"),
            name: "Example CERT".into(),
            url: "/users/oidc/logout".into(),
        }
    }
}

impl PasswordPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: visitor("New password"),
            email: "ada@example.org".into(),
            forced: true,
            rule: "At least 12 characters.".into(),
            errors: Errors([("password".into(), "The password is too short.".into())].into()),
        }
    }
}

impl ErrorPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Not found", Nav::None),
            status: 404,
            message: format!("Invalid event {HOSTILE}."),
            request_id: "01JB2Z8Q4X".into(),
        }
    }
}

pub(crate) fn account() -> AccountFacts {
    AccountFacts {
        id: 1,
        email: "ada@example.org".into(),
        org: "Example CERT".into(),
        org_id: 1,
        role: "admin".into(),
        rights: [
            "add and edit events",
            "publish",
            "tag",
            "use the API",
            "administer this site",
        ]
        .map(String::from)
        .into(),
        created: Some(Moment(1_735_700_000)),
        last_login: Some(Moment(1_763_970_000)),
        password_changed: Some(Moment(1_748_000_000)),
        disabled: false,
        totp_is_set: true,
    }
}

pub(crate) fn keys() -> KeyPanel {
    let key = KeyRow {
        id: 7,
        start: "x4Tz".into(),
        end: "9qLe".into(),
        comment: "nightly export to the proxy".into(),
        created: Moment(1_750_000_000),
        expiry: Some(Moment(1_795_000_000)),
        last_used: Some(Moment(1_763_975_000)),
        allowed_ips: vec!["192.0.2.17".into(), "2001:db8:4::/48".into()],
        seen_ips: vec!["192.0.2.17".into()],
        read_only: true,
        expired: false,
    };
    let old = KeyRow {
        id: 3,
        start: "b7Qw".into(),
        end: "kk2P".into(),
        comment: HOSTILE.into(),
        expiry: Some(Moment(1_740_000_000)),
        expired: true,
        last_used: None,
        allowed_ips: vec![],
        read_only: false,
        ..key.clone()
    };
    KeyPanel {
        user_id: 1,
        allowed: true,
        keys: vec![key, old],
        form: KeyForm::default(),
        fresh: Some("k3yTh4tIsSh0wn0nceAndNeverAgainK3yTh4tIs".into()),
    }
}

impl KeyPage {
    pub(crate) fn sample() -> Self {
        let key = keys().keys.swap_remove(1);
        Self {
            frame: frame("API key", Nav::Profile),
            email: "ada@example.org".into(),
            back: "/users/profile".into(),
            can_edit: true,
            form: KeyForm {
                comment: key.comment.clone(),
                expiration: "2025-02-19".into(),
                allowed_ips: HOSTILE.into(),
                read_only: false,
                errors: Errors([("allowed_ips".into(), "This is no address.".into())].into()),
            },
            key,
        }
    }
}

impl UserSettingsPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("My settings", Nav::UserSettings),
            home: "/attributes/index".into(),
            columns: vec![
                ("tags".into(), "Tags".into(), true),
                ("date".into(), "Date".into(), false),
            ],
            texts: vec![SettingText {
                name: "publish_alert_filter",
                label: "Alerts",
                hint: "Which events a mail tells you of.",
                text: HOSTILE.into(),
            }],
            errors: Errors([("publish_alert_filter".into(), "This is not JSON.".into())].into()),
        }
    }
}

impl ProfilePage {
    pub(crate) fn sample() -> Self {
        let mut frame = frame("My profile", Nav::Profile);
        frame.flashes.push(flash(FlashKind::Success, "Key created."));
        Self {
            frame,
            account: account(),
            keys: keys(),
            otp_enabled: true,
            has_terms: true,
        }
    }
}
