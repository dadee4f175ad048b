//! Listing, adding, editing and deleting entries.

use super::{invalid_entry, reader, require_manager};
use crate::{Ctx, text_list};
use serde::Deserialize;
use serde_json::{Value, json};
use sightline_core::ids::BlocklistEntryId;
use sightline_core::limits::TEXT_CHARS;
use sightline_core::{AppError, AppResult, FieldErrors};
use sightline_db::audit::Change;
use sightline_db::blocklists::{self, Filter};
use sightline_db::{Tx, Visible, events, organisations};
use sightline_misp::input::Loose;
use sightline_misp::records::{Blocklist, BlocklistEntry};
use std::collections::HashSet;
use uuid::Uuid;

/// Most uuids in one request: each is a statement or two, and nobody else writes to SQLite meanwhile.
const UUIDS: usize = 10_000;

/// How a request names an entry: its row, or what it blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKey {
    /// The row's id.
    Id(BlocklistEntryId),
    /// The blocked uuid.
    Uuid(Uuid),
}

impl EntryKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(BlocklistEntryId(id)));
        }
        Uuid::try_parse(text).map(Self::Uuid).map_err(|_| invalid_entry())
    }

    fn find(self, tx: &mut Tx<'_>, list: Blocklist) -> AppResult<BlocklistEntry> {
        let found = match self {
            Self::Id(id) => blocklists::by_id(tx, list, id)?,
            Self::Uuid(uuid) => blocklists::by_uuid(tx, list, uuid)?,
        };
        found.ok_or_else(invalid_entry)
    }
}

/// What a request says of entries. Ids, uuids and times of existing ones cannot be set.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 03 section 14")]
pub struct BlocklistIn {
    /// A list, or one text with a line or comma between uuids.
    pub uuids: Value,
    pub comment: Loose,
    pub event_info: Loose,
    pub event_orgc: Loose,
    pub org_name: Loose,
}

impl BlocklistIn {
    /// Overlays what is said onto an entry.
    fn apply(&self, list: Blocklist, entry: &mut BlocklistEntry) -> AppResult<()> {
        let name = match list {
            Blocklist::Events => ("event_info", &self.event_info),
            Blocklist::Organisations => ("org_name", &self.org_name),
        };
        let mut errors = FieldErrors::default();
        for ((field, input), target) in [
            (name, &mut entry.name),
            (("comment", &self.comment), &mut entry.comment),
            (("event_orgc", &self.event_orgc), &mut entry.creator),
        ] {
            let Some(text) = input.text() else { continue };
            if text.chars().count() > TEXT_CHARS {
                errors.add(field, format!("The text is longer than {TEXT_CHARS} characters."));
            }
            text.trim().clone_into(target);
        }
        errors.into_result()
    }
}

/// A page, from 1, of a list, and how many entries there are in all.
pub async fn index(
    ctx: &Ctx,
    list: Blocklist,
    filter: Filter,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<BlocklistEntry>, i64)> {
    require_manager(ctx, list)?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| Ok(blocklists::list(tx, list, reader(ctx), &filter, limit, offset)?))
        .await
}

/// One entry.
pub async fn view(ctx: &Ctx, list: Blocklist, key: EntryKey) -> AppResult<BlocklistEntry> {
    require_manager(ctx, list)?;
    ctx.read(move |ctx, tx| Ok(shown(ctx, key.find(tx, list)?))).await
}

/// Whether the titles are not for the caller.
fn is_hidden(ctx: &Ctx, entry: &BlocklistEntry) -> bool {
    entry.owner_id.0 != 0 && reader(ctx).is_some_and(|reader| reader != entry.owner_id)
}

/// Without the titles that the caller may not read.
fn shown(ctx: &Ctx, mut entry: BlocklistEntry) -> BlocklistEntry {
    if is_hidden(ctx, &entry) {
        entry.name.clear();
        entry.creator.clear();
    }
    entry
}

/// What became of the uuids of a request, each as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Listed now.
    pub successes: Vec<String>,
    /// No uuids, or listed before.
    pub fails: Vec<String>,
}

/// Lists uuids; what is said besides holds for all of them. An event or organisation that the caller sees lends its
/// name where none is given.
pub async fn add(ctx: &Ctx, list: Blocklist, body: BlocklistIn) -> AppResult<Added> {
    require_manager(ctx, list)?;
    let wanted = text_list::parse(&body.uuids).unwrap_or_default();
    if wanted.is_empty() {
        return Err(AppError::field("uuids", "Please name at least one UUID."));
    }
    if wanted.len() > UUIDS {
        return Err(AppError::TooLarge(format!(
            "A request may name at most {UUIDS} uuids."
        )));
    }
    let mut model = BlocklistEntry {
        created: ctx.now(),
        ..BlocklistEntry::default()
    };
    body.apply(list, &mut model)?;
    ctx.write(move |ctx, tx| {
        let mut added = Added::default();
        let mut seen = HashSet::new();
        for text in wanted {
            let uuid = Uuid::try_parse(&text).ok().filter(|uuid| seen.insert(*uuid));
            let entry = uuid.map(|uuid| BlocklistEntry {
                uuid,
                ..model.clone()
            });
            let listed = match entry {
                Some(mut entry) => {
                    name(ctx, tx, list, &mut entry)?;
                    insert(ctx, tx, list, entry)?
                }
                None => false,
            };
            if listed {
                added.successes.push(text);
            } else {
                added.fails.push(text);
            }
        }
        Ok(added)
    })
    .await
}

fn name(ctx: &Ctx, tx: &mut Tx<'_>, list: Blocklist, entry: &mut BlocklistEntry) -> AppResult<()> {
    if !entry.name.is_empty() {
        return Ok(());
    }
    match list {
        // Only what everybody who reads the list could see of it.
        Blocklist::Events => {
            let outsider = Visible::to_organisation(0.into(), ctx.settings().events.unpublished_private);
            if let Some(event) = events::by_uuid(tx, outsider, entry.uuid)? {
                entry.name = event.info;
            }
        }
        Blocklist::Organisations => {
            if let Some(org) = organisations::by_uuid(tx, entry.uuid)? {
                entry.name = org.name;
            }
        }
    }
    Ok(())
}

fn insert(ctx: &Ctx, tx: &mut Tx<'_>, list: Blocklist, mut entry: BlocklistEntry) -> AppResult<bool> {
    let Some(id) = blocklists::insert(tx, list, &entry)? else {
        return Ok(false);
    };
    entry.id = id;
    record(
        ctx,
        tx,
        "add",
        list,
        &entry,
        json!({"uuid": entry.uuid, "comment": entry.comment}),
    )?;
    Ok(true)
}

/// Changes what the body says of an entry. Titles that the caller may not read stay as they are: it can only send back
/// the blanks that it was shown.
pub async fn edit(ctx: &Ctx, list: Blocklist, key: EntryKey, body: BlocklistIn) -> AppResult<BlocklistEntry> {
    require_manager(ctx, list)?;
    ctx.write(move |ctx, tx| {
        let before = key.find(tx, list)?;
        let mut entry = before.clone();
        body.apply(list, &mut entry)?;
        if is_hidden(ctx, &before) {
            entry.name.clone_from(&before.name);
            entry.creator.clone_from(&before.creator);
        }
        blocklists::update(tx, list, &entry)?;
        let changes = json!({
            "name": [before.name, entry.name],
            "comment": [before.comment, entry.comment],
            "creator": [before.creator, entry.creator],
        });
        record(ctx, tx, "edit", list, &entry, changes)?;
        Ok(shown(ctx, entry))
    })
    .await
}

/// Lets it in again.
pub async fn delete(ctx: &Ctx, list: Blocklist, key: EntryKey) -> AppResult<()> {
    require_manager(ctx, list)?;
    ctx.write(move |ctx, tx| remove(ctx, tx, list, key)).await
}

/// Lets several in again; those that are not listed are passed over. How many were.
pub async fn delete_many(ctx: &Ctx, list: Blocklist, keys: Vec<EntryKey>) -> AppResult<usize> {
    require_manager(ctx, list)?;
    if keys.len() > UUIDS {
        return Err(AppError::TooLarge(format!(
            "A request may name at most {UUIDS} entries."
        )));
    }
    ctx.write(move |ctx, tx| {
        let mut gone = 0;
        for key in keys {
            match remove(ctx, tx, list, key) {
                Ok(()) => gone += 1,
                Err(AppError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(gone)
    })
    .await
}

fn remove(ctx: &Ctx, tx: &mut Tx<'_>, list: Blocklist, key: EntryKey) -> AppResult<()> {
    let entry = key.find(tx, list)?;
    blocklists::delete(tx, list, entry.id)?;
    record(ctx, tx, "delete", list, &entry, json!({"uuid": entry.uuid}))
}

/// The title in the log is the uuid: a name may be for fewer eyes.
fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &str,
    list: Blocklist,
    entry: &BlocklistEntry,
    fields: Value,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: list.model(),
            id: entry.id.0,
            title: &entry.uuid.to_string(),
            event: None,
            fields,
        },
    )
}
