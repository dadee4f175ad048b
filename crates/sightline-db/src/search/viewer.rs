//! Who searches: what is visible, and whose deleted rows.

use crate::{Sql, Visible};
use sightline_core::ids::OrgId;

/// Whose deleted rows may be found (spec 04 section 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletedAccess {
    /// Everybody's.
    All,
    /// Those of events that this organisation owns.
    Owner(OrgId),
}

/// The rights of a search. Every statement of this module takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// What is visible.
    pub visible: Visible,
    /// Whose deleted rows.
    pub deleted: DeletedAccess,
}

impl Viewer {
    /// The predicate over event `e`.
    pub(super) fn event(self, sql: &mut Sql<'_>, e: &str) {
        self.visible.event(sql, e);
    }

    /// The predicate over attribute `a` of event `e`, without the event's own.
    pub(super) fn attribute(self, sql: &mut Sql<'_>, e: &str, a: &str) {
        self.visible.attribute(sql, e, a);
        self.unless_deleted(sql, e, a);
    }

    /// The predicate over object `o` of event `e`, without the event's own.
    pub(super) fn object(self, sql: &mut Sql<'_>, e: &str, o: &str) {
        self.visible.inner(sql, e, o);
        self.unless_deleted(sql, e, o);
    }

    fn unless_deleted(self, sql: &mut Sql<'_>, e: &str, x: &str) {
        if let DeletedAccess::Owner(org) = self.deleted {
            sql.push(&format!(" AND (NOT {x}.deleted OR {e}.org_id = "))
                .bind(org)
                .push(")");
        }
    }
}
