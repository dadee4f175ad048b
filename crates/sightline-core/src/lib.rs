//! Ids, errors, permissions, clock and randomness: what every other crate stands on.

pub mod clock;
pub mod error;
pub mod ids;
pub mod limits;
pub mod permissions;
pub mod random;
pub mod stretch;

pub use clock::{Clock, Timestamp};
pub use error::{AppError, AppResult, FieldErrors};
pub use permissions::{Permission, Permissions};
pub use stretch::Stretch;
