//! One-time passwords (spec 10 part I.2): codes of an authenticator app, and codes on paper for the day when it is lost.
//! API keys are not asked for them.

mod codes;
mod manage;

pub(crate) use codes::take;
pub use manage::{PaperCode, SetUp, paper_codes, remove, set_up, turn_on};

use crate::Ctx;
use sightline_core::{AppError, AppResult};

/// `Forbidden` where the administrator has switched one-time passwords off.
pub fn require_enabled(ctx: &Ctx) -> AppResult<()> {
    if ctx.settings().security.otp_disabled {
        return Err(AppError::Forbidden(
            "OTP has been disabled on this instance.".into(),
        ));
    }
    Ok(())
}
