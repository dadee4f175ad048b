//! Switching warninglists, and lists of this instance's own.

use super::Entry;
use super::known::reload;
use super::not_found;
use crate::Ctx;
use serde_json::{Value, json};
use sightline_core::ids::WarninglistId;
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, warninglists};
use sightline_knowledge::library::{Category, Kind};
use sightline_knowledge::matching::Pattern;
use sightline_misp::records::{Warninglist, WarninglistEntry};
use std::net::IpAddr;

/// Entries of one list of this instance's own: it is written in one transaction.
const OWN_ENTRIES: usize = 100_000;
/// Characters of a name.
const NAME_CHARS: usize = 255;

/// Which lists a request means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// These.
    Ids(Vec<i64>),
    /// Those whose names are like one of these patterns, in any case.
    Names(Vec<String>),
}

/// What became of a request to switch lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Toggled {
    /// How many lists were meant.
    pub lists: usize,
    /// What they are now; `None` when each was switched to the contrary.
    pub enabled: Option<bool>,
}

/// Switches lists on or off; without a wish each to the contrary.
pub async fn toggle(ctx: &Ctx, chosen: Chosen, enabled: Option<bool>) -> AppResult<Toggled> {
    ctx.require(Permission::Warninglist)?;
    let lists = ctx
        .write(move |ctx, tx| {
            let found = find(tx, &chosen)?;
            for list in &found {
                let wish = enabled.unwrap_or(!list.enabled);
                if wish != list.enabled {
                    warninglists::set_enabled(tx, &[list.id.0], wish)?;
                    let action = if wish { "enable" } else { "disable" };
                    record(ctx, tx, action, list, json!({"enabled": [list.enabled, wish]}))?;
                }
            }
            Ok(found.len())
        })
        .await?;
    reload(ctx).await?;
    Ok(Toggled { lists, enabled })
}

fn find(tx: &mut Tx<'_>, chosen: &Chosen) -> AppResult<Vec<Warninglist>> {
    let mut found: Vec<Warninglist> = Vec::new();
    match chosen {
        Chosen::Ids(ids) => {
            for id in ids {
                found.extend(warninglists::by_id(tx, WarninglistId(*id))?);
            }
        }
        Chosen::Names(patterns) => {
            for pattern in patterns {
                found.extend(warninglists::like(tx, pattern)?);
            }
        }
    }
    found.sort_by_key(|list| list.id);
    found.dedup_by_key(|list| list.id);
    Ok(found)
}

/// Switches one list on or off.
pub async fn set_enabled(ctx: &Ctx, id: WarninglistId, enabled: bool) -> AppResult<()> {
    match toggle(ctx, Chosen::Ids(vec![id.0]), Some(enabled)).await?.lists {
        0 => Err(not_found()),
        _ => Ok(()),
    }
}

/// A list as its author writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 4.1")]
pub struct NewWarninglist {
    pub name: String,
    pub description: String,
    pub version: i64,
    pub kind: String,
    pub category: String,
    /// Empty for all.
    pub types: Vec<String>,
    pub entries: Vec<Entry>,
}

/// One entry per line, with what is said about it after ` # `.
pub fn entries_of_text(text: &str) -> Vec<Entry> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (value, comment) = line.split_once(" # ").unwrap_or((line, ""));
            Entry {
                value: value.trim().to_owned(),
                comment: comment.trim().to_owned(),
            }
        })
        .collect()
}

impl NewWarninglist {
    fn check(&self) -> AppResult<()> {
        let mut errors = FieldErrors::default();
        if self.name.trim().is_empty() {
            errors.add("name", "Name cannot be empty.");
        } else if self.name.chars().count() > NAME_CHARS {
            errors.add(
                "name",
                format!("The name is longer than {NAME_CHARS} characters."),
            );
        }
        if self.description.trim().is_empty() {
            errors.add("description", "Description cannot be empty.");
        }
        if Category::parse(&self.category).is_none() {
            errors.add("category", "Category must be one of: false_positive, known.");
        }
        match Kind::parse(&self.kind) {
            None => errors.add(
                "type",
                "Type must be one of: string, substring, hostname, cidr, regex.",
            ),
            Some(kind) => {
                if let Some(problem) = self.entries.iter().find_map(|entry| wrong(kind, &entry.value)) {
                    errors.add("entries", problem);
                }
            }
        }
        if self.entries.is_empty() {
            errors.add("entries", "A list needs at least one entry.");
        } else if self.entries.len() > OWN_ENTRIES {
            errors.add(
                "entries",
                format!("A list may have {OWN_ENTRIES} entries at most."),
            );
        }
        errors.into_result()
    }

    fn apply(self, tx: &mut Tx<'_>, now: i64, list: &mut Warninglist) -> AppResult<()> {
        list.name = self.name;
        list.description = self.description;
        list.version = self.version;
        list.kind = self.kind;
        list.category = self.category;
        list.types = self.types;
        list.content_id = warninglists::begin(tx, now)?;
        let entries: Vec<WarninglistEntry> = (1..)
            .zip(self.entries)
            .map(|(position, entry)| WarninglistEntry {
                position,
                value: entry.value,
                comment: entry.comment,
            })
            .collect();
        list.entry_count = entries.last().map_or(0, |entry| entry.position);
        warninglists::append(tx, list.content_id, &entries)?;
        Ok(())
    }
}

/// Why an entry could never match, naming it.
fn wrong(kind: Kind, value: &str) -> Option<String> {
    match kind {
        _ if value.is_empty() => Some("An entry is empty.".into()),
        Kind::Cidr => {
            let (address, length) = value
                .split_once('/')
                .map_or((value, None), |(address, length)| (address, Some(length)));
            let most = match address.parse::<IpAddr>() {
                Ok(IpAddr::V4(_)) => 32,
                Ok(IpAddr::V6(_)) => 128,
                Err(_) => return Some(format!("`{value}` is neither an address nor a network.")),
            };
            let fits = |length: &str| length.parse::<u8>().is_ok_and(|length| length <= most);
            (!length.is_none_or(fits)).then(|| format!("`{value}` is neither an address nor a network."))
        }
        Kind::Regex => Pattern::parse(value)
            .err()
            .map(|problem| format!("`{value}`: {problem}.")),
        Kind::String | Kind::Substring | Kind::Hostname => None,
    }
}

/// Adds a list of this instance's own.
pub async fn add(ctx: &Ctx, new: NewWarninglist) -> AppResult<Warninglist> {
    write_new(ctx, new, "add").await
}

/// Takes over a list in the format of its file, as one of this instance's own.
pub async fn import(ctx: &Ctx, new: NewWarninglist) -> AppResult<Warninglist> {
    write_new(ctx, new, "import").await
}

async fn write_new(ctx: &Ctx, new: NewWarninglist, action: &'static str) -> AppResult<Warninglist> {
    ctx.require(Permission::Warninglist)?;
    new.check()?;
    ctx.write(move |ctx, tx| {
        // Two that add the same name: the second reads what the first has written.
        tx.lock_name("warninglists")?;
        if warninglists::by_name(tx, &new.name)?.is_some() {
            return Err(AppError::field("name", "A list of this name is here already."));
        }
        let mut list = Warninglist::default();
        new.apply(tx, ctx.now(), &mut list)?;
        list.id = warninglists::put(tx, &list)?;
        record(
            ctx,
            tx,
            action,
            &list,
            json!({"name": list.name, "entries": list.entry_count}),
        )?;
        Ok(list)
    })
    .await
}

/// Writes a list of this instance's own anew; its version is counted up.
pub async fn edit(ctx: &Ctx, id: WarninglistId, new: NewWarninglist) -> AppResult<Warninglist> {
    ctx.require(Permission::Warninglist)?;
    new.check()?;
    let changed = ctx
        .write(move |ctx, tx| {
            tx.lock_name("warninglists")?;
            let before = own(tx, id)?;
            if warninglists::by_name(tx, &new.name)?.is_some_and(|twin| twin.id != id) {
                return Err(AppError::field("name", "A list of this name is here already."));
            }
            let mut after = before.clone();
            new.apply(tx, ctx.now(), &mut after)?;
            after.version = before.version + 1;
            warninglists::update(tx, &after)?;
            let fields = json!({
                "name": [before.name, after.name], "version": [before.version, after.version],
                "entries": [before.entry_count, after.entry_count],
            });
            record(ctx, tx, "edit", &after, fields)?;
            Ok(after)
        })
        .await?;
    reload(ctx).await?;
    Ok(changed)
}

fn own(tx: &mut Tx<'_>, id: WarninglistId) -> AppResult<Warninglist> {
    let list = warninglists::by_id(tx, id)?.ok_or_else(not_found)?;
    if list.is_default {
        return Err(AppError::NotAllowed(
            "A list that comes from a library cannot be changed.".into(),
        ));
    }
    Ok(list)
}

/// Removes a list; the next update brings back one that comes from a library, when a source has it.
pub async fn delete(ctx: &Ctx, id: WarninglistId) -> AppResult<()> {
    ctx.require(Permission::Warninglist)?;
    ctx.write(move |ctx, tx| {
        let list = warninglists::by_id(tx, id)?.ok_or_else(not_found)?;
        warninglists::delete(tx, id)?;
        sightline_db::knowledge_files::forget(tx, "warninglists", id.0)?;
        record(ctx, tx, "delete", &list, json!({"name": list.name}))
    })
    .await?;
    reload(ctx).await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, list: &Warninglist, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Warninglist",
            id: list.id.0,
            title: &list.name,
            event: None,
            fields,
        },
    )
}
