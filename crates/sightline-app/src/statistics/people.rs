//! Who there is: usage in numbers, organisations with what they contribute, growth.

use crate::Ctx;
use crate::organisations::may_list;
use sightline_core::AppResult;
use sightline_core::clock::date_of;
use sightline_core::ids::OrgId;
use sightline_db::organisations::{self as orgs, Filter};
use sightline_db::statistics;
use sightline_misp::records::Organisation;
use std::collections::BTreeMap;

/// The instance in numbers, as far as the caller sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a count that its name tells")]
pub struct Usage {
    pub events: i64,
    /// Changed since the first of this month.
    pub events_month: i64,
    pub attributes: i64,
    /// Changed since the first of this month.
    pub attributes_month: i64,
    /// Values that stand in several events.
    pub correlations: i64,
    /// Of the whole instance for site administrators, else of the own organisation.
    pub users: i64,
    pub users_with_key: i64,
    pub orgs: i64,
    pub local_orgs: i64,
    pub contributing_orgs: i64,
    /// Organisations that `users` counts.
    pub orgs_of_users: i64,
}

/// The first second (UTC) of the month or year of `now`.
fn beginning(now: i64, of_year: bool) -> i64 {
    let date = date_of(now);
    let text = match (date.get(..4), date.get(..7)) {
        (Some(year), _) if of_year => format!("{year}-01-01"),
        (_, Some(month)) => format!("{month}-01"),
        _ => date,
    };
    sightline_misp::datetime::parse_lenient(&text, now).map_or(0, |micros| micros.div_euclid(1_000_000))
}

/// The organisation whose users the caller may count; `None` for all.
fn own(ctx: &Ctx) -> Option<OrgId> {
    (!ctx.caller.is_site_admin()).then_some(ctx.caller.org_id)
}

/// The instance in numbers.
pub async fn usage(ctx: &Ctx) -> AppResult<Usage> {
    let key = (ctx.visible(), own(ctx), may_list(ctx));
    ctx.counted(&ctx.platform.counts.usage, key, |ctx, tx| {
        let (visible, month) = (ctx.visible(), beginning(ctx.now(), false));
        let (events, contributing_orgs) = statistics::events(tx, visible, 0)?;
        let (users, users_with_key) = statistics::users(tx, own(ctx), 0)?;
        let (local_orgs, other_orgs) = if may_list(ctx) {
            statistics::organisations(tx, 0)?
        } else {
            (contributing_orgs.max(1), 0)
        };
        Ok(Usage {
            events,
            events_month: statistics::events(tx, visible, month)?.0,
            attributes: statistics::attributes(tx, visible, 0)?,
            attributes_month: statistics::attributes(tx, visible, month)?,
            correlations: statistics::shared_values(tx, visible)?,
            users,
            users_with_key,
            orgs: local_orgs + other_orgs,
            local_orgs,
            contributing_orgs,
            orgs_of_users: own(ctx).map_or(local_orgs, |_| 1),
        })
    })
    .await
}

/// How many there are, and came since the first of this month and of this year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a count that its name tells")]
pub struct Growth {
    pub total: i64,
    pub month: i64,
    pub year: i64,
}

/// Growth of users, of local organisations, and of others.
pub async fn growth(ctx: &Ctx) -> AppResult<(Growth, Growth, Growth)> {
    ctx.read(|ctx, tx| {
        let now = ctx.now();
        let (month, year) = (beginning(now, false), beginning(now, true));
        let mut users = |since| statistics::users(tx, own(ctx), since).map(|(count, _)| count);
        let users = Growth {
            total: users(0)?,
            month: users(month)?,
            year: users(year)?,
        };
        let mut orgs = |since| {
            if may_list(ctx) {
                statistics::organisations(tx, since)
            } else {
                Ok((i64::from(since == 0), 0))
            }
        };
        let (all, since_month, since_year) = (orgs(0)?, orgs(month)?, orgs(year)?);
        let of = |pick: fn((i64, i64)) -> i64| Growth {
            total: pick(all),
            month: pick(since_month),
            year: pick(since_year),
        };
        Ok((users, of(|(local, _)| local), of(|(_, other)| other)))
    })
    .await
}

/// An organisation with what it contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgRow {
    /// The organisation.
    pub org: Organisation,
    /// Its users on this instance.
    pub users: i64,
    /// Events that it created.
    pub events: i64,
    /// Their live attributes.
    pub attributes: i64,
    /// Date of an event -> live attributes.
    pub days: BTreeMap<String, i64>,
}

/// Every organisation by name; `local` restricts to those with users here, or to the others. Where organisations are
/// hidden: the own one, and those whose events the caller sees.
pub async fn organisations(ctx: &Ctx, local: Option<bool>) -> AppResult<Vec<OrgRow>> {
    let contributions = ctx
        .counted(&ctx.platform.counts.contributions, ctx.visible(), |ctx, tx| {
            Ok(statistics::contributions(tx, ctx.visible())?)
        })
        .await?;
    ctx.read(move |ctx, tx| {
        let filter = Filter {
            local,
            ..Filter::default()
        };
        let (found, _) = orgs::list(tx, &filter, None, 0)?;
        let row = |(org, users): (Organisation, i64)| {
            let mut row = OrgRow {
                org,
                users,
                events: 0,
                attributes: 0,
                days: BTreeMap::new(),
            };
            for made in contributions.iter().filter(|made| made.org == row.org.id) {
                row.events += made.events;
                row.attributes += made.attributes;
                *row.days.entry(made.date.clone()).or_insert(0) += made.attributes;
            }
            row
        };
        let seen = |row: &OrgRow| may_list(ctx) || row.events > 0 || row.org.id == ctx.caller.org_id;
        Ok(found.into_iter().map(row).filter(seen).collect())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_years_begin_at_their_first_second() {
        // 2023-11-14T22:13:20Z
        assert_eq!(beginning(1_700_000_000, false), 1_698_796_800);
        assert_eq!(beginning(1_700_000_000, true), 1_672_531_200);
    }
}
