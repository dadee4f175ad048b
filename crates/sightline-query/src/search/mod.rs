//! What each scope of restSearch makes of its parameters (spec 04 sections 3 to 6).

mod attribute;
mod content;
mod event;
mod galaxy_cluster;
mod host;
mod object;
mod sighting;

#[cfg(test)]
mod tests;

pub use attribute::{AttributeSearch, Decay};
pub use event::{Content, EventSearch};
pub use galaxy_cluster::GalaxyClusterSearch;
pub use object::ObjectSearch;
pub use sighting::SightingSearch;

pub(crate) use content::{holds_text, value};

use crate::filter::Filter;
use crate::flag::Flag3;
use crate::format::ReturnFormat;
use crate::keys::Keys;
use crate::params::Params;
use crate::terms::{Term, Terms};
use sightline_core::AppResult;

/// The flag `name`; detection formats want it set unless the caller says otherwise, or says `ignore`.
fn detection_flag(params: &Params, name: &str, format: ReturnFormat) -> AppResult<Flag3> {
    let ignored = params.get("ignore").is_some_and(crate::include::truthy);
    let implied = if format.is_restrictive() && !ignored {
        Flag3::Yes
    } else {
        Flag3::Both
    };
    Ok(params.flag(name)?.unwrap_or(implied))
}

/// Which items by their deletion; without a word only the live ones.
fn deletion(params: &Params) -> AppResult<Flag3> {
    Ok(params.flag("deleted")?.unwrap_or(Flag3::No))
}

/// The parameter `tags`, or `tag` where that is accepted.
fn tag_terms(params: &Params) -> AppResult<Terms> {
    params.terms(if params.get("tags").is_some() {
        "tags"
    } else {
        "tag"
    })
}

/// Rows by id and uuid; `all` is no restriction.
fn nameless<P>(terms: &Terms, wrap: impl Fn(Keys) -> P) -> Filter<P> {
    let all = |term: &Term| term.text == "all";
    if terms.or.iter().any(all) && terms.and.is_empty() && terms.not.is_empty() {
        return Filter::everything();
    }
    terms.filter(|list| Keys::nameless(list).filter(&wrap))
}
