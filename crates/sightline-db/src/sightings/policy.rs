//! Whose sightings a viewer is shown (spec 01 section 7), as SQL. It comes on top of visibility: who may not see the
//! attribute sees none of its sightings.

use crate::Sql;
use sightline_core::ids::OrgId;

/// What is shown to those who neither made a sighting nor own its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Nothing.
    Own,
    /// Everything, if their organisation has reported on the same event.
    Reporters,
    /// Everything.
    Everyone,
    /// The sightings of the organisation that runs this instance.
    Host(OrgId),
}

/// Which sightings one viewer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShownTo(Option<(OrgId, Rule)>);

impl ShownTo {
    /// Every sighting: a site administrator.
    pub const fn everything() -> Self {
        Self(None)
    }

    /// What a member of `org` is shown.
    pub const fn organisation(org: OrgId, rule: Rule) -> Self {
        Self(Some((org, rule)))
    }

    /// The predicate over a sighting `s` of event `e`.
    pub(crate) fn condition(self, sql: &mut Sql<'_>, s: &str, e: &str) {
        let Some((org, rule)) = self.0 else {
            sql.push("TRUE");
            return;
        };
        if rule == Rule::Everyone {
            sql.push("TRUE");
            return;
        }
        sql.push(&format!("({e}.org_id = "))
            .bind(org)
            .push(&format!(" OR {s}.org_id = "))
            .bind(org);
        match rule {
            Rule::Reporters => {
                sql.push(&format!(
                    " OR EXISTS (SELECT 1 FROM sightings own WHERE own.event_id = {s}.event_id AND own.org_id = "
                ));
                sql.bind(org).push(")");
            }
            Rule::Host(host) => {
                sql.push(&format!(" OR {s}.org_id = ")).bind(host);
            }
            Rule::Own | Rule::Everyone => {}
        }
        sql.push(")");
    }
}
