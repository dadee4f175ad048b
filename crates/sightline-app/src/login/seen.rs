//! Who was seen at an address, where that is kept (`MISP.log_user_ips`).

use crate::Ctx;
use sightline_core::{AppError, AppResult};
use sightline_db::user_ips;
use std::net::IpAddr;

use sightline_db::user_ips::Seen;

/// The users of an address, the latest first; for site administrators.
pub async fn seen_at(ctx: &Ctx, ip: &str) -> AppResult<Vec<Seen>> {
    if !ctx.caller.is_site_admin() {
        return Err(AppError::no_permission());
    }
    let ip: IpAddr = ip
        .trim()
        .parse()
        .map_err(|_| AppError::field("ip", "This is not an address."))?;
    ctx.read(move |_, tx| Ok(user_ips::at(tx, &ip.to_string())?))
        .await
}
