//! Offers to hand an event over: making one, the list, deciding.

use crate::http::{Answer, Input, Visit, done, form, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::event_delegations::{
    DelegationFormPage, DelegationIndexPage, DelegationPage, DelegationRow,
};
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Count;
use crate::pages::wording::{Audience, Choice};
use sightline_app::event_delegations::{self, Context, Detail, Taken, Wish};
use sightline_app::events::{self, EventKey};
use sightline_app::organisations::{self, Scope};
use sightline_app::sharing_groups;
use sightline_core::ids::{EventDelegationId, SharingGroupId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::Loose;

const INDEX: &str = "/event_delegations/index";
/// The choice that leaves the distribution to the recipient.
const OPEN: (i64, &str) = (-1, "The recipient decides");

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let issued = input.query.get("context") == "issued";
    let context = if issued { Context::Issued } else { Context::Pending };
    let offset = i64::from(input.page() - 1) * i64::from(PAGE_ROWS);
    let (found, total) = event_delegations::index(&visit.ctx, context, i64::from(PAGE_ROWS), offset).await?;
    let url = ListUrl::new(INDEX, &[("context", if issued { "issued" } else { "" })]);
    page(&DelegationIndexPage {
        frame: visit.frame("Delegation", Nav::Delegations),
        issued,
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found.iter().map(row).collect(),
    })
}

fn row(detail: &Detail) -> DelegationRow {
    let (offer, event) = (&detail.delegation, &detail.event);
    DelegationRow {
        id: offer.id.0,
        event_id: event.id.0,
        event_info: event.info.clone(),
        event_date: event.date.clone(),
        attributes: Count(u64::try_from(event.attribute_count).unwrap_or(0)),
        requester: detail.requester.name.clone(),
        recipient: detail.org.name.clone(),
        message: offer.message.clone(),
        audience: offer
            .distribution
            .map(|level| Audience::of(level.number(), &detail.org.name, None)),
    }
}

fn id(input: &Input) -> AppResult<EventDelegationId> {
    input.id(0).map(EventDelegationId)
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let detail = event_delegations::view(&visit.ctx, id(&input)?).await?;
    let own = visit.ctx.caller.org_id;
    let groups = sharing_groups::choosable(&visit.ctx, SharingGroupId(0)).await?;
    page(&DelegationPage {
        frame: visit.frame("Delegation", Nav::Delegations),
        can_accept: visit.may(Permission::Add) && detail.delegation.org_id == own,
        can_close: visit.may(Permission::Add),
        issued: detail.delegation.requester_org_id == own,
        distribution: Choice::distributions("0", !groups.is_empty(), false),
        groups: Choice::list(groups, ""),
        offer: row(&detail),
    })
}

pub(super) async fn accept(visit: Visit, input: Input) -> Answer {
    let taken = Taken {
        distribution: given(&input, "distribution"),
        sharing_group: given(&input, "sharing_group_id"),
    };
    let event = event_delegations::accept(&visit.ctx, id(&input)?, taken).await?;
    done(
        &visit,
        &format!("/events/view/{event}"),
        "The event is your organisation's now.",
    )
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    event_delegations::delete(&visit.ctx, id(&input)?).await?;
    done(&visit, INDEX, "The offer is closed.")
}

/// A field, absent when it is empty.
fn given(input: &Input, name: &str) -> Loose {
    match input.form.get(name) {
        "" => Loose::Absent,
        text => Loose::Text(text.to_owned()),
    }
}

pub(super) async fn request_form(visit: Visit, input: Input) -> Answer {
    show_form(&visit, &input, Errors::default()).await
}

async fn show_form(visit: &Visit, input: &Input, errors: Errors) -> Answer {
    visit.ctx.require(Permission::Delegate)?;
    let key = EventKey::parse(input.arg(0))?;
    let event = visit.ctx.read(move |ctx, tx| events::find(ctx, tx, &key)).await?;
    // Who may not list organisations has to know the uuid.
    let orgs = if organisations::may_list(&visit.ctx) {
        organisations::index(&visit.ctx, Scope::Local, None, None, 0)
            .await?
            .0
    } else {
        Vec::new()
    };
    let orgs = orgs
        .into_iter()
        .filter(|one| one.org.id != event.orgc_id)
        .map(|one| (one.org.id, one.org.name));
    let groups = sharing_groups::choosable(&visit.ctx, SharingGroupId(0)).await?;
    let level = Some(input.form.get("distribution"))
        .filter(|level| !level.is_empty())
        .unwrap_or("-1");
    let mut distribution = Choice::list([OPEN], level);
    distribution.extend(Choice::distributions(level, !groups.is_empty(), false));
    let shown = DelegationFormPage {
        frame: visit.frame("Offer an event", Nav::Events),
        event_id: event.id.0,
        event_info: event.info,
        orgs: Choice::list(orgs, input.form.get("org_id")),
        message: input.form.get("message").to_owned(),
        distribution,
        groups: Choice::list(groups, input.form.get("sharing_group_id")),
        errors,
    };
    form(&shown, &shown.errors)
}

pub(super) async fn request(visit: Visit, input: Input) -> Answer {
    let wish = Wish {
        org: given(&input, "org_id"),
        message: input.form.get("message").to_owned(),
        distribution: given(&input, "distribution"),
        sharing_group: given(&input, "sharing_group_id"),
    };
    let key = EventKey::parse(input.arg(0))?;
    match event_delegations::request(&visit.ctx, key, wish).await {
        Ok(offer) => done(
            &visit,
            &format!("/event_delegations/view/{}", offer.id),
            "The event is offered.",
        ),
        Err(AppError::Invalid(errors)) => show_form(&visit, &input, Errors::from(&errors)).await,
        Err(error) => Err(error),
    }
}
