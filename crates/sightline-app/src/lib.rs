//! The product's rules, one folder per feature. Knows no HTTP, no HTML, no MISP envelope.

pub mod context;
pub mod files;
pub mod settings;

pub use context::{Caller, Ctx, Platform};
pub use settings::Settings;
