//! Reports in Markdown (spec 01 section 12): references are found, and HTML is made.
//!
//! The HTML is safe because of how it comes about: every element and attribute is written here from a short list, and
//! whatever the text holds is escaped. Raw HTML is shown as text. Images are links, never loaded: a remote image would
//! tell its server who reads the report. Links go to the web or to mail, say where, and tell no referrer.

mod nesting;
mod references;
mod render;
#[cfg(test)]
mod tests;

pub use references::Reference;

use references::mark;

/// A reference as a reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// A path of this site.
    pub href: String,
    /// What it is: an attribute's type, `object`.
    pub label: String,
    /// Its value or name.
    pub text: String,
}

/// A report's text, with its references found.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The text, with a placeholder in place of each reference.
    text: String,
    references: Vec<Reference>,
}

impl Document {
    /// Finds the references of a text.
    pub fn parse(text: &str) -> Self {
        let (text, references) = mark(&nesting::limited(text));
        Self { text, references }
    }

    /// The references, in their order.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Safe HTML. What `resolve` does not know is shown as a reference to something that is not here or not visible.
    pub fn html(&self, resolve: impl Fn(&Reference) -> Option<Shown>) -> String {
        render::html(self, resolve)
    }
}
