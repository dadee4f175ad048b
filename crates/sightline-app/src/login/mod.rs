//! Interactive log-in: passwords, sessions, and the pause after failures (spec 05 section 2).

mod change;
mod credentials;
mod external;
mod forgotten;
pub mod header;
mod ldap;
pub mod oidc;
mod password;
mod session;
mod ways;

pub(crate) use change::keep_password;
pub use change::{change_password, must_change_password};
pub use forgotten::{can_reset, forgot, require_link, require_reset, reset_password};
pub(crate) use password::hash_now;
pub use password::{hash_password, require_good_password, verify_password};
pub(crate) use session::hash as token_hash;
pub use session::{SessionUser, log_in, log_out, log_out_elsewhere, session};
pub use ways::{Exit, Ways, exit};
