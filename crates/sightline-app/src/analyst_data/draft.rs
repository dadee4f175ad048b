//! From a body to a note, an opinion or a relationship: defaults and validation.

use crate::sharing_groups::{self, Wish};
use crate::{Ctx, organisations};
use sightline_core::ids::{AnalystDataId, SharingGroupId};
use sightline_core::{AppError, AppResult, FieldErrors, Permission, random};
use sightline_db::{Tx, organisations as db_organisations};
use sightline_misp::datetime::parse_lenient;
use sightline_misp::input::{AnalystIn, Loose};
use sightline_misp::records::{
    AnalystContent, AnalystData, AnalystKind, Distribution, EntityKind, EntityRef,
};
use uuid::Uuid;

/// Longest note or comment, in bytes: a text for people, and a thread of them is read as a whole.
const TEXT_BYTES: usize = 65_535;
/// Longest authors, language or relationship type, in characters: the reference's columns.
const WORD_CHARS: usize = 255;

/// A new record as the body describes it. Who made it and when is the caller and now; only those who may synchronise
/// say otherwise.
pub(super) fn draft(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: AnalystKind,
    target: EntityRef,
    own_org: Uuid,
    body: &AnalystIn,
) -> AppResult<AnalystData> {
    let synchronises = ctx.caller.may(Permission::Sync);
    let uuid = match body.uuid.filled() {
        Some(text) => Uuid::try_parse(&text)
            .map_err(|_| AppError::field("uuid", "Please provide a valid RFC 4122 UUID"))?,
        None => random::uuid(),
    };
    let content = content(kind, None, body)?;
    refuse_circle(uuid, target, &content)?;
    let distribution = level(body)?.unwrap_or_else(|| ctx.settings().events.distribution());
    let told = |field: &Loose| moment(ctx, field).filter(|_| synchronises);
    Ok(AnalystData {
        id: AnalystDataId(0),
        uuid,
        target,
        authors: authors(body)?.unwrap_or_else(|| ctx.caller.email.clone()),
        org_uuid: own_org,
        orgc_uuid: if synchronises {
            creator(ctx, tx, body)?.unwrap_or(own_org)
        } else {
            own_org
        },
        created: told(&body.created).unwrap_or_else(|| ctx.now()),
        modified: told(&body.modified).unwrap_or_else(|| ctx.now()),
        distribution,
        sharing_group_id: group(ctx, tx, distribution, SharingGroupId(0), body)?,
        locked: false,
        content,
    })
}

/// What a body changes of a stored record.
pub(super) fn overlay(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    known: &AnalystData,
    body: &AnalystIn,
) -> AppResult<AnalystData> {
    let content = content(known.kind(), Some(&known.content), body)?;
    refuse_circle(known.uuid, known.target, &content)?;
    let distribution = level(body)?.unwrap_or(known.distribution);
    Ok(AnalystData {
        authors: authors(body)?.unwrap_or_else(|| known.authors.clone()),
        modified: ctx.now(),
        distribution,
        sharing_group_id: group(ctx, tx, distribution, known.sharing_group_id, body)?,
        content,
        ..known.clone()
    })
}

/// When a body says that something happened, in Unix seconds.
pub(super) fn moment(ctx: &Ctx, field: &Loose) -> Option<i64> {
    let micros = parse_lenient(&field.filled()?, ctx.now())?;
    Some(micros.div_euclid(1_000_000))
}

/// The organisation that a body names as the creator.
fn creator(ctx: &Ctx, tx: &mut Tx<'_>, body: &AnalystIn) -> AppResult<Option<Uuid>> {
    if let Some(orgc) = &body.orgc
        && (orgc.uuid.is_given() || orgc.name.is_given())
    {
        let id = organisations::capture(ctx, tx, orgc)?;
        return Ok(Some(organisations::reference(tx, id)?.uuid));
    }
    // A bare uuid is believed where it names an organisation that is known here.
    let named = body
        .orgc_uuid
        .filled()
        .and_then(|text| Uuid::try_parse(&text).ok());
    match named {
        Some(uuid) => Ok(db_organisations::by_uuid(tx, uuid)?.map(|org| org.uuid)),
        None => Ok(None),
    }
}

fn level(body: &AnalystIn) -> AppResult<Option<Distribution>> {
    let Some(text) = body.distribution.filled() else {
        return Ok(None);
    };
    let level = text.parse().ok().and_then(Distribution::from_number);
    level.map(Some).ok_or_else(|| {
        AppError::field(
            "distribution",
            "Options : 0, 1, 2, 3, 4, 5 (for Your organisation only, This community only, Connected communities, All \
             communities, Sharing group, Inherit event)",
        )
    })
}

/// The sharing group of level 4: the embedded one of those who may synchronise, else one that the caller may choose.
fn group(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    distribution: Distribution,
    known: SharingGroupId,
    body: &AnalystIn,
) -> AppResult<SharingGroupId> {
    if distribution != Distribution::SharingGroup {
        return Ok(SharingGroupId(0));
    }
    let wish = Wish::new(&body.sharing_group_id, body.sharing_group.as_deref()).keeping(known);
    if known.0 == 0 && wish.is_empty() {
        return Err(AppError::field(
            "sharing_group_id",
            "If the distribution is set to \"Sharing Group\", a sharing group has to be selected.",
        ));
    }
    sharing_groups::choose(ctx, tx, wish)
}

fn authors(body: &AnalystIn) -> AppResult<Option<String>> {
    word("authors", &body.authors)
}

/// A short text, if the body has one.
fn word(field: &str, input: &Loose) -> AppResult<Option<String>> {
    match input.filled() {
        Some(text) if text.chars().count() > WORD_CHARS => Err(AppError::field(
            field,
            format!("At most {WORD_CHARS} characters."),
        )),
        text => Ok(text),
    }
}

/// A long text, if the body has one.
fn text(field: &str, input: &Loose) -> AppResult<Option<String>> {
    match input.text() {
        Some(text) if text.len() > TEXT_BYTES => {
            Err(AppError::field(field, format!("At most {TEXT_BYTES} bytes.")))
        }
        text => Ok(text),
    }
}

/// What the body says; fields that it leaves out keep their stored value.
fn content(kind: AnalystKind, known: Option<&AnalystContent>, body: &AnalystIn) -> AppResult<AnalystContent> {
    match kind {
        AnalystKind::Note => {
            let (old_note, old_language) = match known {
                Some(AnalystContent::Note { note, language }) => (note.clone(), language.clone()),
                _ => (String::new(), "en".to_owned()),
            };
            let note = text("note", &body.note)?.unwrap_or(old_note);
            if note.trim().is_empty() {
                return Err(AppError::field("note", "Note cannot be empty."));
            }
            Ok(AnalystContent::Note {
                note,
                language: word("language", &body.language)?.unwrap_or(old_language),
            })
        }
        AnalystKind::Opinion => {
            let (old_opinion, old_comment) = match known {
                Some(AnalystContent::Opinion { opinion, comment }) => (Some(*opinion), comment.clone()),
                _ => (None, String::new()),
            };
            let opinion = match body.opinion.filled() {
                Some(text) => text.parse().ok(),
                None => old_opinion,
            };
            Ok(AnalystContent::Opinion {
                opinion: opinion.filter(|value| (0..=100).contains(value)).ok_or_else(|| {
                    AppError::field("opinion", "The opinion has to be a number from 0 to 100.")
                })?,
                comment: text("comment", &body.comment)?.unwrap_or(old_comment),
            })
        }
        AnalystKind::Relationship => relationship(known, body),
    }
}

fn relationship(known: Option<&AnalystContent>, body: &AnalystIn) -> AppResult<AnalystContent> {
    let (old_type, old) = match known {
        Some(AnalystContent::Relationship {
            relationship_type,
            related,
        }) => (relationship_type.clone(), Some(*related)),
        _ => (String::new(), None),
    };
    let mut errors = FieldErrors::default();
    let uuid = match body.related_object_uuid.filled() {
        Some(text) => Uuid::try_parse(&text).ok(),
        None => old.map(|related| related.uuid),
    };
    let kind = match body.related_object_type.filled() {
        Some(text) => EntityKind::parse(&text),
        None => old.map(|related| related.kind),
    };
    if uuid.is_none() {
        errors.add("related_object_uuid", "Please provide a valid RFC 4122 UUID");
    }
    if kind.is_none() {
        errors.add("related_object_type", "Invalid object type.");
    }
    let (Some(uuid), Some(kind)) = (uuid, kind) else {
        return Err(AppError::Invalid(errors));
    };
    Ok(AnalystContent::Relationship {
        relationship_type: word("relationship_type", &body.relationship_type)?.unwrap_or(old_type),
        related: EntityRef { kind, uuid },
    })
}

fn refuse_circle(uuid: Uuid, target: EntityRef, content: &AnalystContent) -> AppResult<()> {
    if target.uuid == uuid {
        return Err(AppError::field("object_uuid", "It cannot hang on itself."));
    }
    match content {
        AnalystContent::Relationship { related, .. } if [uuid, target.uuid].contains(&related.uuid) => {
            Err(AppError::field(
                "related_object_uuid",
                "A relationship cannot point to where it starts.",
            ))
        }
        _ => Ok(()),
    }
}
