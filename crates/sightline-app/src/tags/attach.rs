//! Attaching tags and taking them off (spec 03 sections 3, 4 and 6; rights in spec 05 section 6).

use super::{TagKey, Target, TargetKey, capture, may_tag_locally, naming, restriction};
use crate::events::may_modify;
use crate::{Ctx, tag_collections, taxonomies};
use sightline_core::ids::{AttributeId, EventId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, tags};
use sightline_misp::records::Tag;

/// Which of the reference's two ways a request takes; they differ in who may tag locally and whether unknown tags are
/// created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// `tags/attachTagToObject`.
    TagObject,
    /// `events/addTag`, `attributes/addTag`.
    AddTag,
}

/// What to attach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The tags; the name `collection_<id>` stands for the tags of a bundle.
    pub tags: Vec<TagKey>,
    /// Known only to this instance.
    pub local: bool,
    /// How the tags relate to the record.
    pub relationship_type: Option<String>,
    /// Which way.
    pub via: Via,
}

/// What became of one tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is attached now.
    Attached(Tag),
    /// It was attached before; nothing changed.
    Already(Tag),
    /// It was not attached, for this reason.
    Refused(&'static str),
}

/// What became of a wish.
#[derive(Clone, Debug)]
pub struct Attachments {
    /// The tagged record, as it was before.
    pub target: Target,
    /// One outcome per wished tag, in order; a bundle counts as its tags.
    pub outcomes: Vec<Outcome>,
}

/// Attaches tags to a record. What is wrong with a single tag is in its outcome.
pub async fn attach(ctx: &Ctx, key: TargetKey, wish: Wish) -> AppResult<Attachments> {
    require_tagger(ctx)?;
    ctx.write(move |ctx, tx| attach_in(ctx, tx, &key, &wish)).await
}

/// The same within a transaction of somebody who may tag.
pub(crate) fn attach_in(ctx: &Ctx, tx: &mut Tx<'_>, key: &TargetKey, wish: &Wish) -> AppResult<Attachments> {
    let target = Target::find_to_change(ctx, tx, key)?;
    let mut outcomes = Vec::with_capacity(wish.tags.len());
    let refused = authorise(ctx, &target, wish)?;
    for named in &wish.tags {
        if let Some(reason) = refused {
            outcomes.push(Outcome::Refused(reason));
            continue;
        }
        let Some(bundle) = named.bundle() else {
            outcomes.push(attach_one(ctx, tx, &target, named, wish)?);
            continue;
        };
        match tag_collections::look_up(ctx, tx, bundle)? {
            Some(bundle) => {
                for row in bundle.tags {
                    outcomes.push(attach_one(ctx, tx, &target, &TagKey::Id(row.tag.id), wish)?);
                }
            }
            None => outcomes.push(Outcome::Refused("Invalid Tag Collection.")),
        }
    }
    if !wish.local
        && outcomes
            .iter()
            .any(|outcome| matches!(outcome, Outcome::Attached(_)))
    {
        target.touch(ctx, tx)?;
    }
    Ok(Attachments { target, outcomes })
}

/// `Forbidden` when the caller may not tag the record at all, a reason when it may not tag it in this way.
fn authorise(ctx: &Ctx, target: &Target, wish: &Wish) -> AppResult<Option<&'static str>> {
    let owner = may_modify(ctx, target.event());
    if !wish.local {
        return if owner { Ok(None) } else { Err(may_not_alter(ctx)) };
    }
    match wish.via {
        _ if may_tag_locally(ctx) => Ok(None),
        Via::AddTag if owner => Ok(None),
        Via::AddTag => Err(may_not_alter(ctx)),
        Via::TagObject => Ok(Some(
            "Local tags can only be added by users of the host organisation.",
        )),
    }
}

fn attach_one(ctx: &Ctx, tx: &mut Tx<'_>, target: &Target, key: &TagKey, wish: &Wish) -> AppResult<Outcome> {
    let tag = match (key.find(tx)?, key) {
        (Some(tag), _) => tag,
        (None, TagKey::Name(name)) if wish.via == Via::TagObject && naming::is_name(name) => {
            if !ctx.caller.may(Permission::TagEditor) {
                return Ok(Outcome::Refused(
                    "Tag not found and insufficient privileges to create it.",
                ));
            }
            capture::create(ctx, tx, naming::plain(name))?
        }
        (None, TagKey::Id(_)) if wish.via == Via::AddTag => return Ok(Outcome::Refused("Tag not found.")),
        (None, _) => return Ok(Outcome::Refused("Invalid Tag.")),
    };
    if let Some(reason) = restriction(ctx, &tag, wish.local) {
        return Ok(Outcome::Refused(reason));
    }
    if wish.via == Via::AddTag {
        let there = target.tags(tx)?;
        // A tag that is there already excludes nothing.
        let new = !there.iter().any(|attached| attached.tag.id == tag.id);
        if new && taxonomies::excludes(tx, &there, &tag.name, wish.local)? {
            return Ok(Outcome::Refused(
                "Tag is not allowed due to taxonomy exclusivity settings",
            ));
        }
    }
    if !target.attach(tx, &tag, wish.local, wish.relationship_type.clone())? {
        return Ok(Outcome::Already(tag));
    }
    record(
        ctx,
        tx,
        target,
        &tag,
        if wish.local { "tag_local" } else { "tag" },
    )?;
    Ok(Outcome::Attached(tag))
}

/// A tag that is to be attached to many records, made where it is not there yet and `make` says so; `None` for one that
/// would have to be made. A refusal names the field `tag`.
pub(crate) fn to_attach(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    key: &TagKey,
    local: bool,
    make: bool,
) -> AppResult<Option<Tag>> {
    let refused = |reason| AppError::field("tag", reason);
    match (key.find(tx)?, key) {
        (Some(tag), _) => match restriction(ctx, &tag, local) {
            Some(reason) => Err(refused(reason)),
            None => Ok(Some(tag)),
        },
        (None, TagKey::Name(name)) if naming::is_name(name) => {
            if !ctx.caller.may(Permission::TagEditor) {
                return Err(refused("Tag not found and insufficient privileges to create it."));
            }
            make.then(|| capture::create(ctx, tx, naming::plain(name)))
                .transpose()
        }
        (None, _) => Err(refused("Tag not found.")),
    }
}

/// What became of a request to take a tag off.
#[derive(Clone, Debug)]
pub enum Detached {
    /// It is gone.
    Removed {
        /// The record.
        target: Target,
        /// The tag.
        tag: Tag,
        /// Whether it was attached locally.
        local: bool,
    },
    /// No such tag.
    UnknownTag,
    /// The record does not have it.
    NotAttached(Target),
}

/// Takes a tag off a record.
pub async fn detach(ctx: &Ctx, key: TargetKey, tag: TagKey) -> AppResult<Detached> {
    require_tagger(ctx)?;
    ctx.write(move |ctx, tx| {
        let target = Target::find_to_change(ctx, tx, &key)?;
        let Some(tag) = tag.find(tx)? else {
            return Ok(Detached::UnknownTag);
        };
        let Some(attached) = target
            .tags(tx)?
            .into_iter()
            .find(|attached| attached.tag.id == tag.id)
        else {
            return Ok(Detached::NotAttached(target));
        };
        let local = attached.local;
        authorise_change(ctx, &target, local)?;
        target.detach(tx, &tag)?;
        if !local {
            target.touch(ctx, tx)?;
        }
        record(
            ctx,
            tx,
            &target,
            &tag,
            if local { "remove_local_tag" } else { "remove_tag" },
        )?;
        Ok(Detached::Removed { target, tag, local })
    })
    .await
}

/// An attachment, by the id of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentId {
    /// On an event.
    Event(i64),
    /// On an attribute.
    Attribute(i64),
}

/// Says how an attached tag relates to its record; the record.
pub async fn set_relationship(
    ctx: &Ctx,
    id: AttachmentId,
    relationship: Option<String>,
) -> AppResult<Target> {
    require_tagger(ctx)?;
    ctx.write(move |ctx, tx| {
        let found = match id {
            AttachmentId::Event(row) => {
                tags::event_attachment(tx, row)?.map(|(event, attached)| (event_key(event), row, attached))
            }
            AttachmentId::Attribute(row) => tags::attribute_attachment(tx, row)?
                .map(|(attribute, attached)| (attribute_key(attribute), row, attached)),
        };
        let unknown = || AppError::not_found("Tag not found.");
        let (key, row, attached) = found.ok_or_else(unknown)?;
        // An attachment on a record that the caller may not see must look like one that is not there.
        let target = Target::find_to_change(ctx, tx, &key).map_err(|error| match error {
            AppError::NotFound(_) => unknown(),
            other => other,
        })?;
        authorise_change(ctx, &target, attached.local)?;
        target.set_relationship(tx, row, relationship.as_deref())?;
        if !attached.local {
            target.touch(ctx, tx)?;
        }
        record(ctx, tx, &target, &attached.tag, "edit")?;
        Ok(target)
    })
    .await
}

fn event_key(id: EventId) -> TargetKey {
    TargetKey::Event(crate::events::EventKey::Id(id))
}

fn attribute_key(id: AttributeId) -> TargetKey {
    TargetKey::Attribute(crate::attributes::AttributeKey::Id(id))
}

/// `Forbidden` unless the caller may tag at all.
pub(crate) fn require_tagger(ctx: &Ctx) -> AppResult<()> {
    ctx.require(Permission::Tagger)
        .or_else(|error| ctx.require(Permission::Sync).map_err(|_| error))
}

/// Whether the caller may change what is attached: those who may modify the event; for local tags also the
/// organisation that runs this instance.
fn authorise_change(ctx: &Ctx, target: &Target, local: bool) -> AppResult<()> {
    if may_modify(ctx, target.event()) || local && may_tag_locally(ctx) {
        Ok(())
    } else if local {
        Err(AppError::Forbidden(
            "Insufficient privileges to remove local tags from events you do not own.".into(),
        ))
    } else {
        Err(may_not_alter(ctx))
    }
}

fn may_not_alter(ctx: &Ctx) -> AppError {
    let hint = if ctx.is_host_org() {
        " Please consider using local tags if you are in the host organisation of the instance."
    } else {
        ""
    };
    AppError::Forbidden(format!(
        "Cannot alter the tags of this data, only the organisation that has created the data (orgc) can modify global \
         tags.{hint}"
    ))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, target: &Target, tag: &Tag, action: &str) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: target.model(),
            id: target.id(),
            title: &target.title(),
            event: Some(target.event().id),
            fields: serde_json::json!({"tag": tag.name}),
        },
    )
}
