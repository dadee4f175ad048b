//! One-time passwords: saying one, setting them up, codes on paper. And the terms of use.

use super::errors::Errors;
use crate::layout::Frame;
use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// `GET /users/otp`. Posts `otp` and `next`.
#[derive(Clone, Debug, Template)]
#[template(path = "otp/confirm.html")]
pub struct OtpPage {
    /// The frame, without a user.
    pub frame: Frame,
    /// Why the last attempt did not work.
    pub refusal: Option<String>,
    /// Where to go afterwards: a path of this site.
    pub next: String,
}

/// `GET /users/totp_new`. Posts `otp`.
#[derive(Clone, Debug, Template)]
#[template(path = "otp/set_up.html")]
pub struct OtpSetUpPage {
    /// The frame.
    pub frame: Frame,
    /// The instance asks everybody for one-time passwords.
    pub forced: bool,
    /// The secret, for typing.
    pub secret: String,
    /// The secret as a picture.
    pub picture: QrPicture,
    /// What is wrong.
    pub errors: Errors,
}

/// `GET /users/hotp`.
#[derive(Clone, Debug, Template)]
#[template(path = "otp/paper.html")]
pub struct OtpPaperPage {
    /// The frame.
    pub frame: Frame,
    /// Number and code, in the order of use.
    pub codes: Vec<(i64, String)>,
}

/// `GET /users/terms`. Posts nothing.
#[derive(Clone, Debug, Template)]
#[template(path = "account/terms.html")]
pub struct TermsPage {
    /// The frame.
    pub frame: Frame,
    /// The terms.
    pub text: String,
    /// They are accepted already.
    pub accepted: bool,
}

/// A QR code as the path of an SVG, one unit to a module, with the quiet zone that readers need.
#[derive(Clone, Debug, Default)]
pub struct QrPicture {
    /// Units of a side.
    pub side: i32,
    /// The dark modules.
    pub path: String,
}

/// Light modules around the code.
const QUIET: i32 = 4;

impl QrPicture {
    /// The picture of a text; empty for one that is too long for any code.
    pub fn of(text: &str) -> Self {
        let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
            return Self::default();
        };
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Self {
            side: code.size() + 2 * QUIET,
            path,
        }
    }
}
