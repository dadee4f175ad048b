//! Interactive log-in: passwords, sessions, and the pause after failures (spec 05 section 2).

mod change;
mod credentials;
mod external;
pub mod header;
mod ldap;
pub mod oidc;
mod password;
mod session;
mod ways;

pub use change::{change_password, must_change_password};
pub(crate) use password::hash_now;
pub use password::{hash_password, require_good_password, verify_password};
pub use session::{SessionUser, log_in, log_out, log_out_elsewhere, session};
pub use ways::{Exit, Ways, exit};
