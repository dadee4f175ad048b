//! Who may see what (spec 05 section 4), as SQL. A query over shared data takes a [`Visible`]; there is no other way
//! to get at the predicate, and none to forget it.

use crate::Sql;
use sightline_core::ids::OrgId;

/// Distributions that everybody on this instance sees.
const OPEN: &str = "(1, 2, 3)";
/// The same for records inside an event, where 5 means "as the event".
const OPEN_OR_INHERIT: &str = "(1, 2, 3, 5)";

/// The distributions that hide a record inside an event from some who see the event; indexes of their own find these rows.
const RESTRICTED: &str = "(0, 4)";

/// What one viewer may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Visible {
    viewer: Viewer,
    /// Other organisations' unpublished events are hidden (`MISP.unpublishedprivate`).
    unpublished_private: bool,
    /// Whose members of sharing groups the viewer reads.
    members: Members,
}

/// How much a viewer reads of the members of visible sharing groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Members {
    /// Those of groups that do not hide them.
    #[default]
    Open,
    /// As `Open`, and those of groups that the viewer's organisation may extend: the viewer manages groups.
    Managed,
    /// None but the own membership (`Security.hide_organisations_in_sharing_groups`).
    Withheld,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Viewer {
    Everything,
    Organisation(OrgId),
}

impl Visible {
    /// Everything: a site administrator, or the platform itself.
    pub const fn everything() -> Self {
        Self {
            viewer: Viewer::Everything,
            unpublished_private: false,
            members: Members::Open,
        }
    }

    /// What a member of `org` sees.
    pub const fn to_organisation(org: OrgId, unpublished_private: bool) -> Self {
        Self {
            viewer: Viewer::Organisation(org),
            unpublished_private,
            members: Members::Open,
        }
    }

    /// The same viewer, reading other members of sharing groups.
    #[must_use]
    pub const fn with_members(self, members: Members) -> Self {
        Self { members, ..self }
    }

    /// The predicate over an event row named `e`.
    pub fn event(self, sql: &mut Sql<'_>, e: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        sql.push(&format!("({e}.org_id = ")).bind(org).push(" OR (");
        if self.unpublished_private {
            sql.push(&format!("{e}.published AND "));
        }
        sql.push(&format!(
            "({e}.distribution IN {OPEN} OR ({e}.distribution = 4 AND "
        ));
        member(sql, e, org);
        sql.push("))))");
    }

    /// The predicate over a row `x` that stands by itself, with an owner and a distribution of its own: a collection.
    pub fn record(self, sql: &mut Sql<'_>, x: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        sql.push(&format!("({x}.org_id = ")).bind(org).push(&format!(
            " OR {x}.distribution IN {OPEN} OR ({x}.distribution = 4 AND "
        ));
        member(sql, x, org);
        sql.push("))");
    }

    /// The predicate over a row `x` inside event `e` that has its own distribution: an object, a report. The event's
    /// own predicate must be there as well.
    pub fn inner(self, sql: &mut Sql<'_>, e: &str, x: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        sql.push(&format!("({e}.org_id = ")).bind(org).push(&format!(
            " OR {x}.distribution IN {OPEN_OR_INHERIT} OR ({x}.distribution = 4 AND "
        ));
        member(sql, x, org);
        sql.push("))");
    }

    /// The predicate over a row `x` that stands on its own and may have distribution 5: an own level that everybody
    /// sees, or a sharing group. Who owns it is the caller's to add.
    pub(crate) fn by_distribution(self, sql: &mut Sql<'_>, x: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        sql.push(&format!(
            "({x}.distribution IN {OPEN_OR_INHERIT} OR ({x}.distribution = 4 AND "
        ));
        member(sql, x, org);
        sql.push("))");
    }

    /// The predicate that the viewer owns event `e`, or sees everything.
    pub(crate) fn owner(self, sql: &mut Sql<'_>, e: &str) {
        match self.viewer {
            Viewer::Everything => sql.push("TRUE"),
            Viewer::Organisation(org) => sql.push(&format!("{e}.org_id = ")).bind(org),
        };
    }

    /// The viewer's organisation; `None` for one who sees everything.
    pub(crate) const fn organisation(self) -> Option<OrgId> {
        match self.viewer {
            Viewer::Everything => None,
            Viewer::Organisation(org) => Some(org),
        }
    }

    /// The predicate over an attribute `a` of event `e`: its own rule, and its object's when it is in one.
    /// The event's own predicate must be there as well.
    pub fn attribute(self, sql: &mut Sql<'_>, e: &str, a: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        sql.push(&format!("({e}.org_id = ")).bind(org).push(&format!(
            " OR (({a}.distribution IN {OPEN_OR_INHERIT} OR ({a}.distribution = 4 AND "
        ));
        member(sql, a, org);
        sql.push(&format!(
            ")) AND ({a}.object_id = 0 OR EXISTS (SELECT 1 FROM objects vo WHERE vo.id = {a}.object_id AND \
             (vo.distribution IN {OPEN_OR_INHERIT} OR (vo.distribution = 4 AND "
        ));
        member(sql, "vo", org);
        sql.push("))))))");
    }

    /// How many live attributes the viewer sees in a visible event `e`, as a text to append: the stored number, less those
    /// that are kept from the viewer.
    pub(crate) fn attribute_count(self, sql: &mut Sql<'_>, e: &str) -> String {
        match self.viewer {
            Viewer::Everything => format!("{e}.attribute_count"),
            Viewer::Organisation(org) => attribute_count(e, &sql.placeholder(org)),
        }
    }

    /// The same for an order or a condition that binds nothing; its text differs from organisation to organisation, so that
    /// statements that everybody runs take the other one.
    pub(crate) fn attribute_count_text(self, e: &str) -> String {
        match self.viewer {
            Viewer::Everything => format!("{e}.attribute_count"),
            Viewer::Organisation(OrgId(org)) => attribute_count(e, &org.to_string()),
        }
    }

    /// The predicate over a proposal `p` of event `e`: what it is about must be visible, and live unless the viewer's
    /// organisation owns the event. The event's own predicate must be there as well.
    pub fn proposal(self, sql: &mut Sql<'_>, e: &str, p: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        sql.push(&format!("({e}.org_id = ")).bind(org).push(&format!(
            " OR {p}.old_id = 0 OR EXISTS (SELECT 1 FROM attributes pa WHERE pa.id = {p}.old_id AND NOT pa.deleted AND "
        ));
        self.attribute(sql, e, "pa");
        sql.push("))");
    }

    /// The predicate over a sharing group row named `g`: the caller's organisation is in it (spec 05 section 5).
    pub fn sharing_group(self, sql: &mut Sql<'_>, g: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        sql.push(&format!("({g}.org_id = "))
            .bind(org)
            .push(&format!(" OR {g}.id IN ("));
        groups_of(sql, org);
        sql.push("))");
    }

    /// The predicate over a visible sharing group `g`: the viewer reads who its members are. Those who made a group
    /// and those who manage it always do, unless the instance withholds all lists.
    pub fn members(self, sql: &mut Sql<'_>, g: &str) {
        let Viewer::Organisation(org) = self.viewer else {
            sql.push("TRUE");
            return;
        };
        if self.members == Members::Withheld {
            sql.push("FALSE");
            return;
        }
        sql.push(&format!("(NOT {g}.hide_members OR {g}.org_id = "))
            .bind(org);
        if self.members == Members::Managed {
            sql.push(&format!(
                " OR EXISTS (SELECT 1 FROM sharing_group_orgs vm WHERE vm.sharing_group_id = {g}.id AND vm.extend \
                 AND vm.org_id = "
            ))
            .bind(org)
            .push(")");
        }
        sql.push(")");
    }

    /// The predicate over a column that holds an organisation's id: it is the viewer's own.
    pub fn own(self, sql: &mut Sql<'_>, column: &str) {
        match self.viewer {
            Viewer::Everything => sql.push("TRUE"),
            Viewer::Organisation(org) => sql.push(&format!("{column} = ")).bind(org),
        };
    }
}

fn member(sql: &mut Sql<'_>, row: &str, org: OrgId) {
    sql.push(&format!("{row}.sharing_group_id IN ("));
    groups_of(sql, org);
    sql.push(")");
}

/// The groups that list the organisation, or this instance with all its organisations.
fn groups_of(sql: &mut Sql<'_>, org: OrgId) {
    let groups = groups(&sql.placeholder(org));
    sql.push(&groups);
}

fn groups(org: &str) -> String {
    format!(
        "SELECT sharing_group_id FROM sharing_group_orgs WHERE org_id = {org} \
         UNION SELECT sharing_group_id FROM sharing_group_servers WHERE server_id = 0 AND all_orgs"
    )
}

fn attribute_count(e: &str, org: &str) -> String {
    let groups = groups(org);
    let in_group = |row: &str| format!("({row}.distribution = 4 AND {row}.sharing_group_id IN ({groups}))");
    let (attribute, object) = (in_group("ha"), in_group("ho"));
    format!(
        "({e}.attribute_count - CASE WHEN {e}.org_id = {org} THEN 0 ELSE \
         (SELECT COUNT(*) FROM attributes ha WHERE ha.event_id = {e}.id AND ha.distribution IN {RESTRICTED} \
         AND NOT ha.deleted AND NOT {attribute}) + \
         (SELECT COUNT(*) FROM objects ho JOIN attributes ha ON ha.event_id = ho.event_id AND ha.object_id = ho.id \
         WHERE ho.event_id = {e}.id AND ho.distribution IN {RESTRICTED} AND NOT {object} \
         AND NOT ha.deleted AND (ha.distribution IN {OPEN_OR_INHERIT} OR {attribute})) END)"
    )
}
