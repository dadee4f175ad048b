//! Who sees a note, an opinion or a relationship (spec 01 section 13, spec 05 section 4): the organisation that wrote
//! it or brought it here; else its own distribution *and* that of what it hangs on, up the whole chain.
//!
//! What hangs on a thing that is not here looks like what hangs on a thing that the viewer may not see: only its own
//! organisation sees it. So nobody learns from it whether a uuid exists.

use crate::{Sql, Visible, entities};
use sightline_core::ids::OrgId;

const ANALYST_KINDS: &str = "('Note', 'Opinion', 'Relationship')";

/// The predicate over a row `d` of `analyst_data`.
pub(crate) fn seen_by(sql: &mut Sql<'_>, visible: Visible, d: &str) {
    let Some(org) = visible.organisation() else {
        sql.push("TRUE");
        return;
    };
    sql.push("(");
    own(sql, org, d);
    sql.push(" OR (");
    visible.by_distribution(sql, d);
    // What it hangs on, then what that hangs on, as long as it is analyst data that the viewer may see. UNION drops
    // repetitions, so a circle ends. Who wrote a link of the chain goes on reading what hangs on it, whatever has become of the
    // links above; but nothing opens what hangs on a thing that is hidden.
    sql.push(&format!(
        " AND EXISTS (WITH RECURSIVE up (kind, uuid, opened) AS (SELECT {d}.object_type, {d}.object_uuid, FALSE UNION \
         SELECT p.object_type, p.object_uuid, up.opened OR "
    ));
    own(sql, org, "p");
    sql.push(&format!(
        " FROM up JOIN analyst_data p ON p.uuid = up.uuid WHERE up.kind IN {ANALYST_KINDS} AND (up.opened OR "
    ));
    own(sql, org, "p");
    sql.push(" OR ");
    visible.by_distribution(sql, "p");
    sql.push(&format!(
        ")) SELECT 1 FROM up WHERE up.kind NOT IN {ANALYST_KINDS} AND "
    ));
    entities::is_visible(sql, visible, "up.kind", "up.uuid");
    sql.push(")))");
}

fn own(sql: &mut Sql<'_>, org: OrgId, d: &str) {
    sql.push("(SELECT own.uuid FROM organisations own WHERE own.id = ")
        .bind(org)
        .push(&format!(") IN ({d}.org_uuid, {d}.orgc_uuid)"));
}
