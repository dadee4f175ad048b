//! Proposals on pages: making them, deciding on them, the list.

use super::attribute_forms::{body_of, edit_row, proposing_form, refused, type_again};
use super::attributes::row_answer;
use crate::http::{Answer, Input, Visit, done, fragment, page};
use crate::layout::Nav;
use crate::pages::attributes::AttributeRowEdit;
use crate::pages::errors::Errors;
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::proposals::{Back, Decision, ProposalIndexPage, ProposalRow, ProposedChange};
use crate::pages::wording::Choice;
use sightline_app::attributes::{self, AttributeKey, Window};
use sightline_app::events::EventKey;
use sightline_app::proposals::{self, Shown};
use sightline_core::ids::{AttributeId, EventId, ProposalId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::records::{Attribute, Event};
use sightline_query::{ProposalIndex, Request as Query};

const LIST: &str = "/shadow_attributes/index";

/// Filters of the address, what the query calls them, and what the page calls them.
const FILTERS: &[(&str, &str, &str)] = &[
    ("searchall", "searchall", "Text"),
    ("event", "", "Event"),
    ("own", "", "For"),
    ("deleted", "deleted", "State"),
];

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let given = |name: &str| input.query.get(name).to_owned();
    let mut url = ListUrl::new(LIST, &[]);
    let mut named = vec![
        ("limit".to_owned(), PAGE_ROWS.to_string()),
        ("page".to_owned(), input.page().to_string()),
    ];
    for (name, filter, _) in FILTERS.iter().filter(|(name, ..)| !given(name).is_empty()) {
        url = url.with(name, &given(name));
        if !filter.is_empty() {
            named.push(((*filter).to_owned(), given(name)));
        }
    }
    let chips = FILTERS
        .iter()
        .filter(|(name, ..)| !given(name).is_empty())
        .map(|(name, _, label)| FilterChip::new(&url, name, label, worded(name, input.query.get(name))))
        .collect();
    if input.query.ticked("own") {
        named.push(("all".into(), "0".into()));
    }
    let sorted = !given("sort").is_empty();
    named.push((
        "sort".into(),
        if sorted { given("sort") } else { "timestamp".into() },
    ));
    named.push((
        "direction".into(),
        if sorted { given("direction") } else { "desc".into() },
    ));
    url = url
        .with("sort", &given("sort"))
        .with("direction", &given("direction"));
    let request = Query {
        get: true,
        named: &named,
        ..Query::default()
    };
    let asked = ProposalIndex::parse(request, visit.ctx.now())?;
    let event = Some(given("event")).filter(|event| !event.is_empty());
    let event = event.as_deref().map(EventKey::parse).transpose()?;
    let (found, total) = proposals::page(&visit.ctx, event, asked).await?;
    page(&ProposalIndexPage {
        frame: visit.frame("Proposals", Nav::Proposals),
        text: given("searchall"),
        event: given("event"),
        scope: Choice::list(
            [("", "All events"), ("1", "My organisation's events")],
            &given("own"),
        ),
        state: Choice::list([("", "Open"), ("1", "Decided"), ("2", "All")], &given("deleted")),
        chips,
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total,
        },
        rows: found
            .into_iter()
            .map(|detail| {
                let mut row = row(&visit, &detail.event, &(detail.proposal, detail.org));
                row.decision.back = Back::List;
                row
            })
            .collect(),
    })
}

fn worded<'a>(param: &str, value: &'a str) -> &'a str {
    match (param, value) {
        ("own", _) => "my organisation's events",
        ("deleted", "1") => "decided",
        ("deleted", "2") => "all",
        _ => value,
    }
}

fn decision(visit: &Visit, event: &Event, (proposal, _): &Shown, back: Back) -> Decision {
    Decision {
        id: proposal.id.0,
        can_accept: proposals::may_decide(&visit.ctx, event),
        can_discard: proposals::may_discard(&visit.ctx, event, proposal),
        back,
    }
}

fn proposer(shown: &Shown) -> String {
    shown
        .1
        .as_ref()
        .map_or_else(|| "Unknown organisation".into(), |org| org.name.clone())
}

/// A proposal as a line of a table on the event's page.
pub(super) fn row(visit: &Visit, event: &Event, shown: &Shown) -> ProposalRow {
    let proposal = &shown.0;
    ProposalRow {
        at: Moment(proposal.timestamp),
        org: proposer(shown),
        event_id: event.id.0,
        event_info: event.info.clone(),
        attribute_id: proposal.old_id.0,
        deletion: proposal.proposal_to_delete,
        category: proposal.category.name().into(),
        kind: proposal.kind.name().into(),
        value: proposal.value().into_owned(),
        comment: proposal.comment.clone(),
        to_ids: proposal.to_ids,
        decided: proposal.deleted,
        decision: decision(visit, event, shown, Back::Event),
    }
}

/// The open proposals about an attribute of a window.
pub(super) fn changes(visit: &Visit, window: &Window, attribute: &Attribute) -> Vec<ProposedChange> {
    let open = window.proposals.get(&attribute.id).into_iter().flatten();
    open.map(|shown| ProposedChange {
        org: proposer(shown),
        at: Moment(shown.0.timestamp),
        deletion: shown.0.proposal_to_delete,
        changes: differences(attribute, shown),
        decision: decision(visit, &window.event, shown, Back::Row),
    })
    .collect()
}

fn differences(attribute: &Attribute, (proposal, _): &Shown) -> Vec<(String, String)> {
    let moment = |micros: Option<i64>| {
        micros.map_or_else(|| "none".to_owned(), |micros| Moment::of_micros(micros).minute())
    };
    let comment = if proposal.comment.is_empty() {
        "none".to_owned()
    } else {
        proposal.comment.clone()
    };
    let on = |flag: bool| if flag { "on".to_owned() } else { "off".to_owned() };
    let all = [
        (
            proposal.value() != attribute.value(),
            "value",
            proposal.value().into_owned(),
        ),
        (
            proposal.kind != attribute.kind,
            "type",
            proposal.kind.name().to_owned(),
        ),
        (
            proposal.category != attribute.category,
            "category",
            proposal.category.name().to_owned(),
        ),
        (proposal.to_ids != attribute.to_ids, "IDS", on(proposal.to_ids)),
        (proposal.comment != attribute.comment, "comment", comment),
        (
            proposal.first_seen != attribute.first_seen,
            "first seen",
            moment(proposal.first_seen),
        ),
        (
            proposal.last_seen != attribute.last_seen,
            "last seen",
            moment(proposal.last_seen),
        ),
    ];
    let mut changes: Vec<(String, String)> = all
        .into_iter()
        .filter(|(differs, ..)| *differs)
        .map(|(_, name, value)| (name.to_owned(), value))
        .collect();
    // The attribute has become what was proposed.
    if changes.is_empty() {
        changes.push(("as it is now".into(), proposal.value().into_owned()));
    }
    changes
}

/// Whatever a proposal does, the visitor sees the attribute, the event or the list next.
async fn decided(visit: &Visit, input: &Input, about: (AttributeId, EventId), words: &str) -> Answer {
    let (attribute, event) = about;
    match Back::parse(input.form.get("back")) {
        Back::List => done(visit, LIST, words),
        Back::Row if visit.partial && attribute.0 != 0 => row_answer(visit, attribute, Some(words)).await,
        Back::Row | Back::Event => done(visit, &format!("/events/view/{event}"), words),
    }
}

async fn about(visit: &Visit, id: ProposalId) -> AppResult<(AttributeId, EventId)> {
    let detail = proposals::view(&visit.ctx, id).await?;
    Ok((detail.proposal.old_id, detail.event.id))
}

pub(super) async fn accept(visit: Visit, input: Input) -> Answer {
    let id = ProposalId(input.id(0)?);
    let about = about(&visit, id).await?;
    proposals::accept(&visit.ctx, id).await?;
    decided(&visit, &input, about, "Proposal accepted.").await
}

pub(super) async fn discard(visit: Visit, input: Input) -> Answer {
    let id = ProposalId(input.id(0)?);
    let about = about(&visit, id).await?;
    proposals::discard(&visit.ctx, id).await?;
    decided(&visit, &input, about, "Proposal discarded.").await
}

/// A new attribute.
pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let event = input.id(0)?;
    match proposals::add(&visit.ctx, EventKey::Id(EventId(event)), body_of(&input.form)).await {
        Ok(_) => done(&visit, &format!("/events/view/{event}"), "Attribute proposed."),
        Err(AppError::Invalid(errors)) => {
            refused(&proposing_form(&visit, event, &input.form, &errors).await?)
        }
        Err(error) => Err(error),
    }
}

async fn change_row(visit: &Visit, id: AttributeId, errors: Errors) -> AppResult<AttributeRowEdit> {
    let window = attributes::window_of(&visit.ctx, id).await?;
    let attribute = window.rows.first().ok_or_else(attributes::invalid_attribute)?;
    let file = attribute.kind.is_attachment();
    Ok(AttributeRowEdit {
        proposing: true,
        fixed_type: file || attribute.object_id.0 != 0,
        fixed_value: file,
        ..edit_row(visit, attribute, errors).await?
    })
}

/// The form in place of an attribute's line.
pub(super) async fn change_form(visit: Visit, input: Input) -> Answer {
    visit.ctx.require(Permission::Add)?;
    fragment(
        &change_row(&visit, AttributeId(input.id(0)?), Errors::default()).await?,
        None,
    )
}

pub(super) async fn propose_change(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    match proposals::propose_change(&visit.ctx, AttributeKey::Id(id), body_of(&input.form)).await {
        Ok(_) => row_answer(&visit, id, Some("Change proposed.")).await,
        Err(AppError::Invalid(errors)) => {
            let mut row = change_row(&visit, id, Errors::from(&errors)).await?;
            type_again(&mut row, &input.form);
            refused(&row)
        }
        // The form was sent as it came: there is nothing to propose.
        Err(AppError::NotAllowed(_)) => row_answer(&visit, id, Some("Nothing was changed.")).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn propose_deletion(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    proposals::propose_deletion(&visit.ctx, AttributeKey::Id(id)).await?;
    if visit.partial {
        return row_answer(&visit, id, Some("Deletion proposed.")).await;
    }
    let event = attributes::window_of(&visit.ctx, id).await?.event.id;
    done(&visit, &format!("/events/view/{event}"), "Deletion proposed.")
}
