//! The REST surface: decode, call the application, encode. MISP's wire, and nothing but the wire.

mod authenticate;
pub mod envelope;
mod jobs;
pub mod request;
pub mod response;
pub mod router;
mod servers;
mod serve;

pub use serve::{Api, is_rest};
pub use sightline_app::Origin;
