//! How a search would be answered: for site administrators, because it tells of data that others may not see.

use super::viewer;
use crate::Ctx;
use serde_json::Value;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::search::explain as storage;
use sightline_query::{AttributeSearch, EventSearch, Params, Request, Scope};

/// What a search means and which way it would take.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The parameters as they were understood.
    pub tree: String,
    /// The way through the database.
    pub way: storage::Explanation,
}

/// Explains a search for events or attributes with these parameters, as the caller would get it.
pub async fn explain(ctx: &Ctx, scope: Scope, body: Value) -> AppResult<Explanation> {
    ctx.require(Permission::SiteAdmin)?;
    let params = Params::harvest(
        scope,
        Request {
            body: Some(&body),
            ..Request::default()
        },
    )?;
    let now = ctx.now();
    match scope {
        Scope::Event => {
            let search = EventSearch::parse(&params, now)?;
            let tree = format!("{:#?}", search.filter);
            let way = ctx
                .read(move |ctx, tx| {
                    Ok(storage::events(
                        tx,
                        viewer(ctx),
                        &search.filter,
                        &search.order,
                        search.paging,
                    )?)
                })
                .await?;
            Ok(Explanation { tree, way })
        }
        Scope::Attribute => {
            let search = AttributeSearch::parse(&params, now)?;
            let tree = format!("{:#?}", search.filter);
            let way = ctx
                .read(move |ctx, tx| {
                    Ok(storage::attributes(
                        tx,
                        viewer(ctx),
                        &search.filter,
                        &search.order,
                        search.paging,
                    )?)
                })
                .await?;
            Ok(Explanation { tree, way })
        }
        Scope::Object | Scope::Sighting | Scope::GalaxyCluster => Err(AppError::BadRequest(
            "Only searches for events and attributes can be explained.".into(),
        )),
    }
}
