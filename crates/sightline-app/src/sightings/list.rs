//! Reading sightings: one after the other, or a single one.

use super::names::Names;
use super::{SightingKey, find, shown_to};
use crate::Ctx;
use crate::attributes::{self, AttributeKey};
use crate::events::{self, EventKey};
use sightline_core::ids::{OrgId, SightingId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_core::{AppResult, Stretch};
use sightline_db::Tx;
pub use sightline_db::sightings::OrgKey;
use sightline_db::sightings::{self, Detail, Scope};
use uuid::Uuid;

/// What a list of sightings is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// One event.
    Event(EventKey),
    /// One attribute.
    Attribute(AttributeKey),
}

impl Context {
    pub(super) fn scope(self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Scope> {
        match self {
            Self::Event(key) => events::find(ctx, tx, &key).map(|event| Scope::Event(event.id)),
            Self::Attribute(key) => {
                attributes::find(ctx, tx, &key).map(|(attribute, _)| Scope::Attribute(attribute.id))
            }
        }
    }
}

/// The next sightings in id order, of one event or of all, and where to go on when there may be more.
pub async fn index(
    ctx: &Ctx,
    event: Option<EventKey>,
    stretch: Stretch<SightingId>,
) -> AppResult<(Vec<Detail>, Option<Stretch<SightingId>>)> {
    ctx.read(move |ctx, tx| {
        let scope = match event {
            Some(key) => Context::Event(key).scope(ctx, tx)?,
            None => Scope::Everything,
        };
        let page = sightings::page(tx, ctx.visible(), shown_to(ctx), scope, stretch, CHUNK_ROWS)?;
        let last = page.last().map(|detail| detail.sighting.id);
        let next = stretch.following(last, page.len(), CHUNK_ROWS);
        let names = Names::load(ctx, tx)?;
        Ok((
            page.into_iter().map(|detail| names.presented(detail)).collect(),
            next,
        ))
    })
    .await
}

/// How many sightings [`index`] shows in all.
pub async fn count(ctx: &Ctx, event: Option<EventKey>) -> AppResult<i64> {
    let (visible, shown) = (ctx.visible(), shown_to(ctx));
    let Some(event) = event else {
        let kept = &ctx.platform.counts.sighting_index;
        let everything =
            move |_: &Ctx, tx: &mut Tx<'_>| Ok(sightings::count(tx, visible, shown, Scope::Everything)?);
        return ctx.counted(kept, (visible, shown), everything).await;
    };
    ctx.read(move |ctx, tx| {
        let scope = Context::Event(event).scope(ctx, tx)?;
        Ok(sightings::count(tx, visible, shown, scope)?)
    })
    .await
}

/// One sighting.
pub async fn view(ctx: &Ctx, key: SightingKey) -> AppResult<Detail> {
    ctx.read(move |ctx, tx| {
        let detail = find(ctx, tx, key)?;
        Ok(Names::load(ctx, tx)?.presented(detail))
    })
    .await
}

/// Which of these uuids another instance need not send: those that are stored with a visible event's sightings.
pub async fn known_uuids(ctx: &Ctx, event: EventKey, uuids: Vec<Uuid>) -> AppResult<Vec<Uuid>> {
    ctx.require(sightline_core::Permission::Sync)?;
    ctx.read(move |ctx, tx| {
        let event = events::find(ctx, tx, &event)?;
        Ok(sightings::uuids_of_event(tx, event.id, &uuids)?)
    })
    .await
}

/// An organisation as requests name it: digits are an id.
pub fn org_key(text: &str) -> Option<OrgKey> {
    match text.parse() {
        Ok(id) => Some(OrgKey::Id(OrgId(id))),
        Err(_) => Uuid::try_parse(text).ok().map(OrgKey::Uuid),
    }
}
