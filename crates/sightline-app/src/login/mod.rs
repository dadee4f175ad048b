//! Interactive log-in: passwords, sessions, and the pause after failures (spec 05 section 2).

mod change;
mod password;
mod session;

pub use change::{change_password, must_change_password};
pub(crate) use password::hash_now;
pub use password::{hash_password, require_good_password, verify_password};
pub use session::{SessionUser, log_in, log_out, log_out_elsewhere, session};
