//! Statistics of what the visitor sees.

use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::moment::Count;
use crate::pages::statistics::{Bar, OrgStatistics, StatisticsPage};
use sightline_app::statistics::{self, By};

/// Rows of a list: what comes after them is noise.
const ROWS: usize = 15;

fn count(number: i64) -> Count {
    Count(u64::try_from(number).unwrap_or(0))
}

pub(super) async fn index(visit: Visit, _: Input) -> Answer {
    let ctx = &visit.ctx;
    let usage = statistics::usage(ctx).await?;
    let mut orgs = statistics::organisations(ctx, Some(true)).await?;
    orgs.sort_by_key(|row| std::cmp::Reverse(row.events));
    let admin = ctx.caller.is_site_admin();
    let scope = if admin {
        "The whole instance"
    } else {
        "What you can see; users of your organisation"
    };
    let facts = vec![
        ("Events", count(usage.events)),
        ("Events changed this month", count(usage.events_month)),
        ("Attributes", count(usage.attributes)),
        ("Attributes changed this month", count(usage.attributes_month)),
        ("Values in several events", count(usage.correlations)),
        ("Contributing organisations", count(usage.contributing_orgs)),
        ("Local organisations", count(usage.local_orgs)),
        ("Other organisations", count(usage.orgs - usage.local_orgs)),
        (
            if admin {
                "Users"
            } else {
                "Users of your organisation"
            },
            count(usage.users),
        ),
    ];
    page(&StatisticsPage {
        frame: visit.frame("Statistics", Nav::Statistics),
        scope: scope.into(),
        facts,
        types: Bar::list(statistics::attributes(ctx, By::Type).await?, ROWS),
        categories: Bar::list(statistics::attributes(ctx, By::Category).await?, ROWS),
        tags: Bar::list(statistics::tags(ctx).await?, ROWS),
        orgs: orgs
            .into_iter()
            .map(|row| OrgStatistics {
                id: row.org.id.0,
                name: row.org.name,
                users: count(row.users),
                events: count(row.events),
                attributes: count(row.attributes),
            })
            .collect(),
    })
}
