//! Interactive log-in: passwords, sessions, and the pause after failures (spec 05 section 2).

mod attempts;
mod change;
mod credentials;
mod external;
mod forgotten;
pub mod header;
mod ldap;
pub mod oidc;
mod own_sessions;
mod password;
mod seen;
mod session;
mod terms;
mod ways;

pub use change::{change_password, must_change_password};
pub(crate) use change::{keep_password, take_password};
pub use forgotten::{can_reset, forgot, require_link, require_reset, reset_password};
pub use own_sessions::{
    OwnSession, end_sessions_of, history, log_out, log_out_elsewhere, log_out_one, sessions,
};
pub(crate) use password::{generate_password, hash_now};
pub use password::{hash_password, password_rule, require_good_password, verify_password};
pub use seen::seen_at;
pub(crate) use session::hash;
pub use session::{Before, SessionUser, confirm, log_in, session};
pub use terms::{accept_terms, no_terms, terms};
pub(crate) use ways::require_own_password;
pub use ways::{Exit, Ways, exit};
