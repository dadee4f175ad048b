//! Samples of one-time passwords, the terms and sessions.

use super::{HOSTILE, frame, visitor};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::ListUrl;
use crate::pages::logs::EventHistoryPage;
use crate::pages::moment::Moment;
use crate::pages::otp::{OtpPage, OtpPaperPage, OtpSetUpPage, QrPicture, TermsPage};
use crate::pages::sessions::{LoginHistoryPage, SessionRow, SessionsPage};

impl OtpPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: visitor("One-time password"),
            refusal: Some("Invalid one-time password, try again".into()),
            next: "/events/view/12".into(),
        }
    }
}

impl OtpSetUpPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Set up one-time passwords", Nav::Profile),
            forced: true,
            secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
            picture: QrPicture::of("otpauth://totp/Example:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
            errors: Errors([("otp".into(), "The code is not right.".into())].into()),
        }
    }
}

impl OtpPaperPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Codes on paper", Nav::Profile),
            codes: vec![(0, "755224".into()), (1, "287082".into())],
        }
    }
}

impl TermsPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Terms of use", Nav::Profile),
            text: HOSTILE.into(),
            accepted: false,
        }
    }
}

impl SessionsPage {
    pub(crate) fn sample() -> Self {
        let this = SessionRow {
            id: "ab12".into(),
            created: Moment(1_763_900_000),
            last_seen: Moment(1_763_970_000),
            ip: "192.0.2.17".into(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
            is_this: true,
        };
        let other = SessionRow {
            id: "cd34".into(),
            user_agent: HOSTILE.into(),
            is_this: false,
            ..this.clone()
        };
        Self {
            frame: frame("Sessions", Nav::Profile),
            rows: vec![this, other],
        }
    }
}

impl LoginHistoryPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Log-ins", Nav::Profile),
            email: HOSTILE.into(),
            older: Some(ListUrl::new("/users/view_login_history/1", &[("page", "2")])),
            table: EventHistoryPage::sample().table,
        }
    }
}
