//! `/galaxy_clusters/restSearch` (spec 04 section 7).

use crate::format::ReturnFormat;
use crate::include::truthy;
use crate::order::Paging;
use crate::params::Params;
use crate::scope::Scope;
use sightline_core::{AppError, AppResult};
use uuid::Uuid;

/// A search for clusters. A list that is `None` restricts nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each narrows the column of its name")]
pub struct GalaxyClusterSearch {
    pub ids: Option<Vec<i64>>,
    pub uuids: Option<Vec<Uuid>>,
    pub galaxies: Option<Vec<i64>>,
    pub galaxy_uuids: Option<Vec<Uuid>>,
    pub versions: Option<Vec<i64>>,
    pub distributions: Option<Vec<i64>>,
    /// Ids or uuids.
    pub orgs: Option<Vec<String>>,
    /// Ids or uuids.
    pub orgcs: Option<Vec<String>>,
    pub tag_names: Option<Vec<String>>,
    pub custom: Option<bool>,
    pub published: Option<bool>,
    /// Only uuid and version.
    pub minimal: bool,
    /// Which part of the answer.
    pub paging: Paging,
}

impl GalaxyClusterSearch {
    /// Gives the parameters of the scope their meaning.
    pub fn parse(params: &Params) -> AppResult<Self> {
        ReturnFormat::parse(params, Scope::GalaxyCluster)?;
        let flag = |name| params.get(name).map(truthy);
        Ok(Self {
            ids: parsed(params, "id")?,
            uuids: parsed(params, "uuid")?,
            galaxies: parsed(params, "galaxy_id")?,
            galaxy_uuids: parsed(params, "galaxy_uuid")?,
            versions: parsed(params, "version")?,
            distributions: parsed(params, "distribution")?,
            orgs: parsed(params, "org_id")?,
            orgcs: parsed(params, "orgc_id")?,
            tag_names: parsed(params, "tag_name")?,
            custom: flag("custom"),
            published: flag("published"),
            minimal: flag("minimal").unwrap_or(false),
            paging: Paging::parse(params)?,
        })
    }
}

fn parsed<T: std::str::FromStr>(params: &Params, name: &str) -> AppResult<Option<Vec<T>>> {
    if params.get(name).is_none() {
        return Ok(None);
    }
    let parse = |text: String| {
        text.trim()
            .parse()
            .map_err(|_| AppError::BadRequest(format!("Invalid value for `{name}`.")))
    };
    params
        .texts(name)?
        .into_iter()
        .map(parse)
        .collect::<AppResult<_>>()
        .map(Some)
}
