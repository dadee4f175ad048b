//! What a new instance knows before anything is loaded: four small taxonomies in our own words. Their versions are lower than
//! those of the community's, which take their place.

use super::taxonomies;
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_knowledge::library::{TaxonomyFile, parse};

const STARTER: [&str; 4] = [
    include_str!("starter/tlp.json"),
    include_str!("starter/pap.json"),
    include_str!("starter/workflow.json"),
    include_str!("starter/false-positive.json"),
];

/// Writes the starter set, in the transaction of the set-up.
pub(crate) fn load_starter(tx: &mut Tx<'_>) -> AppResult<()> {
    for content in STARTER {
        let file: TaxonomyFile = parse(content.as_bytes()).map_err(AppError::internal)?;
        taxonomies::store(tx, &file)?;
    }
    Ok(())
}
