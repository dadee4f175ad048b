//! What can be done to many attributes, and what the caller needs for it.

use super::Wish;
use crate::Ctx;
use crate::sharing_groups;
use crate::tags::{self, TagKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sightline_core::ids::{SharingGroupId, TagId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, tags as rows};
use sightline_misp::input::Loose;
use sightline_misp::records::Distribution;

/// Most tags that one request attaches or takes off.
const TAGS: usize = 20;

/// A change of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are those of the wish")]
pub enum Action {
    /// Attaches tags. In a dry run 0 stands for a tag that would be made.
    Tag { tags: Vec<TagId>, local: bool },
    /// Takes tags off; only local or only global attachments where `local` says so.
    Untag { tags: Vec<TagId>, local: Option<bool> },
    /// Sets the IDS flag.
    ToIds { to_ids: bool },
    /// Keeps them out of correlations, or lets them in.
    DisableCorrelation { disable_correlation: bool },
    /// Sets who sees them.
    Distribution {
        distribution: i64,
        sharing_group_id: SharingGroupId,
    },
    /// Deletes them, softly or for good.
    Delete { hard: bool },
    /// Brings back what was deleted softly.
    Restore,
}

/// A flag of the wish; `otherwise` when it is not given, and required without.
pub(super) fn flag(name: &str, value: &Loose, otherwise: Option<bool>) -> AppResult<bool> {
    let given = if value.is_given() { value.flag() } else { otherwise };
    given.ok_or_else(|| AppError::field(name, "True or false is expected."))
}

impl Action {
    pub(super) fn of(ctx: &Ctx, tx: &mut Tx<'_>, wish: &Wish, make: bool) -> AppResult<Self> {
        let word = wish.action.filled().unwrap_or_default();
        let action = match word.as_str() {
            "tag" => {
                tags::require_tagger(ctx)?;
                let local = flag("local", &wish.local, Some(false))?;
                let mut ids = Vec::new();
                for key in keys(&wish.tag)? {
                    ids.push(tags::to_attach(ctx, tx, &key, local, make)?.map_or(TagId(0), |tag| tag.id));
                }
                Self::Tag { tags: ids, local }
            }
            "untag" => {
                let local = match wish.local.is_given() {
                    true => Some(flag("local", &wish.local, None)?),
                    false => None,
                };
                Self::Untag {
                    tags: known(tx, &keys(&wish.tag)?)?,
                    local,
                }
            }
            "to_ids" => Self::ToIds {
                to_ids: flag("to_ids", &wish.to_ids, None)?,
            },
            "disable_correlation" => Self::DisableCorrelation {
                disable_correlation: flag("disable_correlation", &wish.disable_correlation, None)?,
            },
            "distribution" => distribution(wish)?,
            "delete" => Self::Delete {
                hard: flag("hard", &wish.hard, Some(false))?,
            },
            "restore" => Self::Restore,
            _ => {
                return Err(AppError::field(
                    "action",
                    "One of tag, untag, to_ids, disable_correlation, distribution, delete, restore is expected.",
                ));
            }
        };
        action.authorise(ctx, tx)?;
        Ok(action)
    }

    /// Whether the caller may do this to anything at all, now. Whether to a single attribute, is said of each.
    pub(super) fn authorise(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<()> {
        match self {
            Self::Tag { tags, local } => {
                tags::require_tagger(ctx)?;
                for id in tags.iter().filter(|id| id.0 != 0) {
                    tags::to_attach(ctx, tx, &TagKey::Id(*id), *local, false)?;
                }
                Ok(())
            }
            Self::Untag { .. } => tags::require_tagger(ctx),
            Self::Distribution {
                distribution,
                sharing_group_id,
            } => {
                ctx.require(Permission::Add)?;
                if *distribution == Distribution::SharingGroup.number() {
                    let named = Loose::Int(sharing_group_id.0);
                    sharing_groups::choose(ctx, tx, sharing_groups::Wish::new(&named, None))?;
                }
                Ok(())
            }
            Self::ToIds { .. } | Self::DisableCorrelation { .. } | Self::Delete { .. } | Self::Restore => {
                ctx.require(Permission::Add)
            }
        }
    }

    /// The tags that it is about.
    pub(super) fn tags(&self) -> &[TagId] {
        match self {
            Self::Tag { tags, .. } | Self::Untag { tags, .. } => tags,
            _ => &[],
        }
    }
}

fn keys(value: &Value) -> AppResult<Vec<TagKey>> {
    let key = |value: &Value| match value {
        Value::String(text) => TagKey::parse(text),
        Value::Number(id) => id.as_i64().map(|id| TagKey::Id(TagId(id))),
        _ => None,
    };
    let keys: Option<Vec<TagKey>> = match value {
        Value::Array(list) => list.iter().map(key).collect(),
        one => key(one).map(|key| vec![key]),
    };
    keys.filter(|keys| (1..=TAGS).contains(&keys.len()))
        .ok_or_else(|| {
            AppError::field(
                "tag",
                format!("The name or id of a tag, or a list of at most {TAGS}, is expected."),
            )
        })
}

fn known(tx: &mut Tx<'_>, keys: &[TagKey]) -> AppResult<Vec<TagId>> {
    keys.iter()
        .map(|key| {
            let tag = key
                .find(tx)?
                .ok_or_else(|| AppError::field("tag", "Tag not found."))?;
            Ok(tag.id)
        })
        .collect()
}

/// The names of some tags, as far as they are there.
pub(super) fn names(tx: &mut Tx<'_>, ids: &[TagId]) -> AppResult<Vec<String>> {
    let mut names = Vec::new();
    for id in ids {
        names.extend(rows::by_id(tx, *id)?.map(|tag| tag.name));
    }
    Ok(names)
}

fn distribution(wish: &Wish) -> AppResult<Action> {
    let level = wish
        .distribution
        .int()
        .and_then(Distribution::from_number)
        .ok_or_else(|| AppError::field("distribution", "The distribution has to be a number from 0 to 5."))?;
    let sharing_group_id = match level {
        Distribution::SharingGroup => wish.sharing_group_id.int().filter(|id| *id > 0).ok_or_else(|| {
            AppError::field(
                "sharing_group_id",
                "Distribution 4 needs the id of a sharing group.",
            )
        })?,
        _ => 0,
    };
    Ok(Action::Distribution {
        distribution: level.number(),
        sharing_group_id: SharingGroupId(sharing_group_id),
    })
}
