//! Loading a warninglist: its entries in as many transactions as they need, then the switch to them.

use super::load::{File, Outcome, broken};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::warninglists;
use sightline_knowledge::library::WarninglistFile;
use sightline_misp::records::{Warninglist, WarninglistEntry};

/// Entries that one transaction writes: some tenths of a second, during which others wait.
const BATCH: usize = 20_000;

pub(super) async fn load(ctx: &Ctx, mut file: File) -> AppResult<Outcome> {
    let parsed: WarninglistFile = match file.parse().await? {
        Ok(parsed) => parsed,
        Err(problem) => return broken(ctx, file, problem.to_string()).await,
    };
    let name = parsed.name.clone();
    let known = ctx
        .read(move |_, tx| Ok(warninglists::by_name(tx, &name)?))
        .await?;
    if known.as_ref().is_some_and(|known| !known.is_default) {
        let reason = format!("a list of this instance's own is called `{}`, too", parsed.name);
        return broken(ctx, file, reason).await;
    }
    if let Some(known) = known.filter(|known| known.version >= parsed.version) {
        ctx.write(move |ctx, tx| file.keep(tx, ctx.now(), known.id.0))
            .await?;
        return Ok(Outcome::Kept);
    }
    let types = if parsed.is_for_all() {
        Vec::new()
    } else {
        parsed.matching_attributes.clone()
    };
    let mut list = Warninglist {
        name: parsed.name,
        kind: parsed.kind.name().to_owned(),
        description: parsed.description,
        version: parsed.version,
        is_default: true,
        category: parsed.category.name().to_owned(),
        types,
        ..Warninglist::default()
    };
    list.content_id = ctx
        .write(|ctx, tx| Ok(warninglists::begin(tx, ctx.now())?))
        .await?;
    let mut rest = parsed.list.0.into_iter().filter(|entry| !entry.value.is_empty());
    loop {
        let batch: Vec<WarninglistEntry> = rest
            .by_ref()
            .take(BATCH)
            .zip(list.entry_count + 1..)
            .map(|(entry, position)| WarninglistEntry {
                position,
                value: entry.value,
                comment: entry.comment,
            })
            .collect();
        let Some(last) = batch.last() else { break };
        list.entry_count = last.position;
        let content = list.content_id;
        ctx.write(move |_, tx| Ok(warninglists::append(tx, content, &batch)?))
            .await?;
    }
    ctx.write(move |ctx, tx| {
        let id = warninglists::put(tx, &list)?;
        file.keep(tx, ctx.now(), id.0)
    })
    .await?;
    Ok(Outcome::Loaded)
}
