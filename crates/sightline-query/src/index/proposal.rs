//! `/shadow_attributes/index`: proposals (spec 03 section 9).

use crate::flag::Flag3;
use crate::include::truthy;
use crate::order::{Order, Paging, ProposalColumn, proposal_index};
use crate::params::{Params, Request};
use crate::time::When;
use sightline_core::{AppResult, Timestamp};

const ACCEPTED: &[&str] = &["searchall", "all", "deleted", "timestamp", "sort", "direction"];
/// Microseconds in a second.
const MICROS: i64 = 1_000_000;

/// A list of proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalIndex {
    /// Only those of events that the caller's organisation created.
    pub own_events: bool,
    /// Part of the value or the comment, without regard to case.
    pub text: Option<String>,
    /// Whether accepted and discarded ones are listed; only open ones unless asked.
    pub deleted: Flag3,
    /// Not older than this, in Unix seconds.
    pub since: Option<Timestamp>,
    /// Which part of the answer; the whole list unless asked.
    pub paging: Paging,
    /// How it is sorted; by id when empty.
    pub order: Vec<Order<ProposalColumn>>,
}

impl ProposalIndex {
    /// Parses a request for the index at the time `now`.
    pub fn parse(request: Request<'_>, now: Timestamp) -> AppResult<Self> {
        let params = Params::harvest_index(ACCEPTED, request)?;
        Ok(Self {
            own_events: params.get("all").is_some_and(|all| !truthy(all)),
            text: params.text("searchall")?.filter(|text| !text.is_empty()),
            deleted: params.flag("deleted")?.unwrap_or(Flag3::No),
            since: match params.when("timestamp", now)? {
                When::Any => None,
                When::Never => Some(Timestamp::MAX),
                When::One(from) | When::Between(from, _) => Some(from.div_euclid(MICROS)),
            },
            paging: Paging::parse(&params)?,
            order: proposal_index(&params)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(named: &[(&str, &str)]) -> ProposalIndex {
        let named: Vec<(String, String)> = named
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let request = Request {
            get: true,
            named: &named,
            ..Request::default()
        };
        ProposalIndex::parse(request, 1_000).unwrap()
    }

    #[test]
    fn open_ones_are_listed_unless_asked_otherwise() {
        let plain = parse(&[]);
        assert_eq!(
            (plain.deleted, plain.own_events, plain.paging.limit),
            (Flag3::No, false, None)
        );
        assert_eq!(parse(&[("deleted", "1")]).deleted, Flag3::Yes);
        // As another instance asks (spec 06, pull of proposals).
        let pulled = parse(&[
            ("all", "1"),
            ("timestamp", "900"),
            ("limit", "1000"),
            ("page", "2"),
            ("deleted[]", "0"),
            ("deleted[]", "1"),
        ]);
        assert_eq!(
            (
                pulled.deleted,
                pulled.own_events,
                pulled.since,
                pulled.paging.offset()
            ),
            (Flag3::Both, false, Some(900), 1_000)
        );
    }

    #[test]
    fn the_search_text_is_not_the_scope() {
        let both = parse(&[("all", "0"), ("searchall", "203.0.113")]);
        assert_eq!((both.own_events, both.text.as_deref()), (true, Some("203.0.113")));
        let ordered = parse(&[("sort", "timestamp"), ("direction", "desc")]).order;
        assert_eq!(
            ordered,
            [Order {
                column: ProposalColumn::Timestamp,
                descending: true
            }]
        );
    }
}
