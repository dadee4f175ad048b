//! Open proposals: those of new attributes, and those about one attribute.

use super::{EventDocument, Step, member_id};
use crate::proposals::{Shown, new_of_event_after};
use sightline_core::AppResult;
use sightline_core::ids::ProposalId;
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::Tx;
use sightline_misp::json::{Buffer, write_object};
use uuid::Uuid;

impl EventDocument {
    /// Writes the next proposals of new attributes.
    pub(super) fn write_proposals(
        &self,
        tx: &mut Tx<'_>,
        out: &mut Buffer,
        member: usize,
        after: ProposalId,
        mut empty: bool,
    ) -> AppResult<Step> {
        let Some(event) = member_id(&self.members, member).filter(|_| self.proposed) else {
            out.push(b']');
            return Ok(Step::Related);
        };
        let page = new_of_event_after(tx, event, after, CHUNK_ROWS)?;
        for shown in &page {
            if !empty {
                out.push(b',');
            }
            empty = false;
            write_proposal(out, self.uuid_of(event), shown);
        }
        Ok(match page.last().filter(|_| page.len() == CHUNK_ROWS) {
            Some((last, _)) => Step::Proposals {
                member,
                after: last.id,
                empty,
            },
            None => Step::Proposals {
                member: member + 1,
                after: ProposalId(0),
                empty,
            },
        })
    }
}

/// One proposal as events and attributes show it.
pub(crate) fn write_proposal(out: &mut Buffer, event: Uuid, (proposal, org): &Shown) {
    write_object(out, |o| proposal.write_in_event(o, event, org.as_ref()));
}
