//! Loading the knowledge libraries: what the `update` of each answers (spec 07).

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value};
use sightline_app::Ctx;
use sightline_app::knowledge::{Library, Updated, request_update, wait_for_update};
use sightline_core::{AppError, AppResult};
use std::time::Duration;

/// How long a request waits for the job: clients of the reference wait for the end, but none for ever.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn routes() -> Vec<Route> {
    vec![route(
        "servers",
        "updateJSON",
        Methods::Post,
        Allow::SiteAdmin,
        update_all,
    )]
}

/// Updates one library; `many` is what the reference calls several of its files.
pub(crate) async fn update(ctx: &Ctx, library: Library, many: &str) -> AppResult<Response> {
    let libraries = [library];
    let job = request_update(ctx, &libraries, None).await?;
    let url = format!("/{}/update", library.name());
    let message = match wait_for_update(ctx, job, &libraries, PATIENCE).await? {
        None => format!("The update goes on: see job {job}."),
        Some(Updated { done: false, .. }) => {
            return Err(AppError::Refused(format!(
                "Could not update any of the {many}: see job {job}."
            )));
        }
        Some(Updated {
            read: 0, broken: 0, ..
        }) => format!("All {many} are up to date already."),
        Some(Updated { read: 0, .. }) => {
            return Err(AppError::Refused(format!(
                "Could not update any of the {many}: see job {job}."
            )));
        }
        Some(Updated { read, broken: 0, .. }) => format!("Successfully updated {read} {many}."),
        Some(Updated { read, broken, .. }) => {
            format!("Successfully updated {read} {many}. {broken} could not be read: see job {job}.")
        }
    };
    Ok(Response::saved(&message, &url, None))
}

/// Every library; whether each could be read.
async fn update_all(ctx: Ctx, _: Request) -> AppResult<Response> {
    let job = request_update(&ctx, &[], None).await?;
    let mut answer = Map::new();
    for library in Library::ALL {
        let updated = wait_for_update(&ctx, job, &[library], PATIENCE).await?;
        let fine = updated.is_none_or(|updated| updated.done && updated.broken == 0);
        answer.insert(library.model().into(), fine.into());
    }
    Ok(Response::json(&Value::Object(answer)))
}
