//! Reading: one record, the records of a kind, what is below one and what it points to.

use super::shown::{Shown, THREAD_DEPTH, shown_one, threads};
use super::{Hung, hung_on, invalid};
use crate::Ctx;
use crate::attributes::{self, AttributeKey};
use crate::objects::{self, ObjectKey};
use sightline_core::ids::AnalystDataId;
use sightline_core::limits::CHUNK_ROWS;
use sightline_core::{AppResult, Stretch};
use sightline_db::analyst_data::{self, Filter, Key, ListFilter};
use sightline_db::entities::{self, Entity};
use sightline_misp::records::{AnalystContent, AnalystKind, EntityKind, EntityRef};
use std::collections::HashMap;
use uuid::Uuid;

/// Some records, and where to go on when there may be more.
pub type Page = (Vec<Shown>, Option<Stretch<AnalystDataId>>);

/// One record with its replies.
pub async fn view(ctx: &Ctx, kind: Option<AnalystKind>, key: Key) -> AppResult<Shown> {
    ctx.read(move |ctx, tx| {
        let data = analyst_data::find(tx, ctx.visible(), kind, key)?.ok_or_else(|| invalid(kind))?;
        shown_one(ctx, tx, data)
    })
    .await
}

/// The next records of a kind in id order, without replies.
pub async fn index(
    ctx: &Ctx,
    kind: AnalystKind,
    filter: Filter,
    stretch: Stretch<AnalystDataId>,
) -> AppResult<Page> {
    ctx.read(move |ctx, tx| {
        let page = analyst_data::page(tx, ctx.visible(), kind, &filter, stretch, CHUNK_ROWS)?;
        let next = stretch.following(page.last().map(|data| data.id), page.len(), CHUNK_ROWS);
        Ok((threads(ctx, tx, page, 0)?, next))
    })
    .await
}

/// How many records [`index`] shows in all.
pub async fn count(ctx: &Ctx, kind: AnalystKind, filter: Filter) -> AppResult<i64> {
    let of = ("analyst data", ctx.visible(), kind, filter.clone());
    ctx.total(of, move |ctx, tx| {
        Ok(analyst_data::count(tx, ctx.visible(), kind, &filter)?)
    })
    .await
}

/// One of a list, and what it hangs on where the caller may see that.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the record and what it hangs on")]
pub struct Listed {
    pub shown: Shown,
    pub on: Option<Entity>,
}

/// The latest records of a kind, without replies, and how many there are.
pub async fn list(
    ctx: &Ctx,
    kind: AnalystKind,
    filter: ListFilter,
    limit: i64,
    offset: i64,
) -> AppResult<(Vec<Listed>, i64)> {
    ctx.read(move |ctx, tx| {
        let (rows, total) = analyst_data::latest(tx, ctx.visible(), kind, &filter, limit, offset)?;
        let mut targets: HashMap<EntityKind, Vec<Uuid>> = HashMap::new();
        for row in &rows {
            targets.entry(row.target.kind).or_default().push(row.target.uuid);
        }
        let mut things: HashMap<Uuid, Entity> = HashMap::new();
        for (kind, uuids) in targets {
            for entity in entities::find(tx, ctx.visible(), kind, &uuids)? {
                things.insert(entity.of.uuid, entity);
            }
        }
        let listed = threads(ctx, tx, rows, 0)?
            .into_iter()
            .map(|shown| Listed {
                on: things.get(&shown.data.target.uuid).cloned(),
                shown,
            })
            .collect();
        Ok((listed, total))
    })
    .await
}

/// The replies below one record, `depth` levels of them.
pub async fn children(ctx: &Ctx, kind: AnalystKind, key: Key, depth: usize) -> AppResult<Vec<Shown>> {
    ctx.read(move |ctx, tx| {
        let data =
            analyst_data::find(tx, ctx.visible(), Some(kind), key)?.ok_or_else(|| invalid(Some(kind)))?;
        let below = analyst_data::hanging_on(tx, ctx.visible(), &[data.uuid])?;
        threads(ctx, tx, below.rows, depth.min(THREAD_DEPTH))
    })
    .await
}

/// What a relationship points to, if the caller may see both.
pub async fn related(ctx: &Ctx, key: Key) -> AppResult<Option<Entity>> {
    let kind = Some(AnalystKind::Relationship);
    ctx.read(move |ctx, tx| {
        let data = analyst_data::find(tx, ctx.visible(), kind, key)?.ok_or_else(|| invalid(kind))?;
        match data.content {
            AnalystContent::Relationship { related, .. } => {
                Ok(entities::find(tx, ctx.visible(), related.kind, &[related.uuid])?.pop())
            }
            _ => Ok(None),
        }
    })
    .await
}

/// A thing in a few words, if the caller may see it, and what hangs on it: on what is hidden or not here, what the
/// caller's own organisation wrote.
pub async fn on(ctx: &Ctx, of: EntityRef) -> AppResult<(Option<Entity>, Hung)> {
    ctx.read(move |ctx, tx| {
        let entity = entities::find(tx, ctx.visible(), of.kind, &[of.uuid])?.pop();
        let hung = hung_on(ctx, tx, &[of.uuid])?.remove(&of.uuid).unwrap_or_default();
        Ok((entity, hung))
    })
    .await
}

/// What hangs on an attribute that the caller may see.
pub async fn on_attribute(ctx: &Ctx, key: AttributeKey) -> AppResult<Hung> {
    ctx.read(move |ctx, tx| {
        let (attribute, _) = attributes::find(ctx, tx, &key)?;
        Ok(hung_on(ctx, tx, &[attribute.uuid])?
            .remove(&attribute.uuid)
            .unwrap_or_default())
    })
    .await
}

/// What hangs on an object that the caller may see.
pub async fn on_object(ctx: &Ctx, key: ObjectKey) -> AppResult<Hung> {
    ctx.read(move |ctx, tx| {
        let (object, _) = objects::find(ctx, tx, &key)?;
        Ok(hung_on(ctx, tx, &[object.uuid])?
            .remove(&object.uuid)
            .unwrap_or_default())
    })
    .await
}
