//! The pages: typed page structs, templates and assets.

pub mod assets;
mod handlers;
mod http;
pub mod layout;
pub mod pages;

pub use handlers::router;
