//! The pages: typed page structs, templates and assets.

pub mod assets;
pub mod layout;
pub mod pages;
