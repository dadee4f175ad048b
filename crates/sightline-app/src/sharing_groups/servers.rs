//! The instances of a group. This one is 0; others come with the servers, and find their place here.

use super::parts::HERE;
use super::{to_extend, touched};
use crate::Ctx;
use serde_json::json;
use sightline_core::{AppError, AppResult};
use sightline_db::sharing_groups;

/// Adds an instance, named by its number or its address. With `all_orgs` every organisation there is in the group.
pub async fn add_server(ctx: &Ctx, group: &str, server: &str, all_orgs: bool) -> AppResult<()> {
    let (group, server) = (group.to_owned(), server.to_owned());
    ctx.write(move |ctx, tx| {
        let group = to_extend(ctx, tx, &group)?;
        let server = number_of(ctx, &server)?;
        if !sharing_groups::add_server(tx, group.id, server, all_orgs)? {
            return Err(AppError::Refused(
                "Server is already in the sharing group.".into(),
            ));
        }
        touched(
            ctx,
            tx,
            &group,
            json!({"server_added": {"server_id": server, "all_orgs": all_orgs}}),
        )
    })
    .await
}

/// Removes an instance.
pub async fn remove_server(ctx: &Ctx, group: &str, server: &str) -> AppResult<()> {
    let (group, server) = (group.to_owned(), server.to_owned());
    ctx.write(move |ctx, tx| {
        let group = to_extend(ctx, tx, &group)?;
        let server = number_of(ctx, &server)?;
        if !sharing_groups::remove_server(tx, group.id, server)? {
            return Err(AppError::Refused("Server is not in the sharing group.".into()));
        }
        touched(ctx, tx, &group, json!({"server_removed": {"server_id": server}}))
    })
    .await
}

fn number_of(ctx: &Ctx, server: &str) -> AppResult<i64> {
    let is_here = server.parse() == Ok(HERE)
        || server.trim_end_matches('/') == ctx.platform.base_url.trim_end_matches('/');
    if is_here {
        Ok(HERE)
    } else {
        Err(AppError::NotAllowed("Invalid server.".into()))
    }
}
