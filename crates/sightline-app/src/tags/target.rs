//! What a tag is attached to: an event or an attribute.

use crate::Ctx;
use crate::attributes::{self, AttributeKey};
use crate::events::{self, EventKey};
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::tags::{self, AttributeTagRow, EventTagRow};
use sightline_misp::records::{AttachedTag, Attribute, Event, Tag};
use std::borrow::Cow;
use uuid::Uuid;

/// How a request names the record to tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKey {
    /// An event.
    Event(EventKey),
    /// An attribute.
    Attribute(AttributeKey),
    /// Whichever of both has this uuid.
    Uuid(Uuid),
}

/// A record that the caller may see.
#[derive(Clone, Debug)]
pub enum Target {
    /// An event.
    Event(Event),
    /// An attribute and its event.
    Attribute(Box<(Attribute, Event)>),
}

impl Target {
    /// The record, if the caller may see it, to change it: until the transaction ends nobody else does.
    pub fn find_to_change(ctx: &Ctx, tx: &mut Tx<'_>, key: &TargetKey) -> AppResult<Self> {
        let attribute = |found: (Attribute, Event)| Self::Attribute(Box::new(found));
        match key {
            TargetKey::Event(key) => events::find_to_change(ctx, tx, key).map(Self::Event),
            TargetKey::Attribute(key) => attributes::find_to_change(ctx, tx, key).map(attribute),
            TargetKey::Uuid(uuid) => match events::find_to_change(ctx, tx, &EventKey::Uuid(*uuid)) {
                Err(AppError::NotFound(_)) => attributes::find_to_change(ctx, tx, &AttributeKey::Uuid(*uuid))
                    .map(attribute)
                    .map_err(|error| match error {
                        AppError::NotFound(_) => AppError::not_found("Invalid Target."),
                        other => other,
                    }),
                event => event.map(Self::Event),
            },
        }
    }

    /// `Event` or `Attribute`.
    pub const fn model(&self) -> &'static str {
        match self {
            Self::Event(_) => "Event",
            Self::Attribute(_) => "Attribute",
        }
    }

    /// The record's id.
    pub fn id(&self) -> i64 {
        match self {
            Self::Event(event) => event.id.0,
            Self::Attribute(found) => found.0.id.0,
        }
    }

    /// The event itself, or the attribute's.
    pub fn event(&self) -> &Event {
        match self {
            Self::Event(event) => event,
            Self::Attribute(found) => &found.1,
        }
    }

    pub(super) fn title(&self) -> Cow<'_, str> {
        match self {
            Self::Event(event) => Cow::Borrowed(&event.info),
            Self::Attribute(found) => found.0.value(),
        }
    }

    pub(super) fn tags(&self, tx: &mut Tx<'_>) -> AppResult<Vec<AttachedTag>> {
        let id = &[self.id()];
        Ok(match self {
            Self::Event(_) => tags::of_events(tx, id)?.into_iter().map(|(_, tag)| tag).collect(),
            Self::Attribute(_) => tags::of_attributes(tx, id)?
                .into_iter()
                .map(|(_, tag)| tag)
                .collect(),
        })
    }

    /// Whether the tag was not there before.
    pub(super) fn attach(
        &self,
        tx: &mut Tx<'_>,
        tag: &Tag,
        local: bool,
        relationship_type: Option<String>,
    ) -> AppResult<bool> {
        let tag_id = tag.id;
        let new = match self {
            Self::Event(event) => tags::attach_to_events(
                tx,
                &[EventTagRow {
                    event_id: event.id,
                    tag_id,
                    local,
                    relationship_type,
                }],
            )?,
            Self::Attribute(found) => {
                let (attribute_id, event_id) = (found.0.id, found.1.id);
                let row = AttributeTagRow {
                    attribute_id,
                    event_id,
                    tag_id,
                    local,
                    relationship_type,
                };
                tags::attach_to_attributes(tx, &[row])?
            }
        };
        Ok(new > 0)
    }

    pub(super) fn detach(&self, tx: &mut Tx<'_>, tag: &Tag) -> AppResult<()> {
        match self {
            Self::Event(event) => tags::detach_from_event(tx, event.id, tag.id)?,
            Self::Attribute(found) => tags::detach_from_attribute(tx, found.0.id, tag.id)?,
        };
        Ok(())
    }

    pub(super) fn set_relationship(
        &self,
        tx: &mut Tx<'_>,
        id: i64,
        relationship: Option<&str>,
    ) -> AppResult<()> {
        match self {
            Self::Event(_) => tags::set_event_relationship(tx, id, relationship)?,
            Self::Attribute(_) => tags::set_attribute_relationship(tx, id, relationship)?,
        }
        Ok(())
    }

    /// What a global change of tags does to the record's timestamps and its event's publication.
    pub(super) fn touch(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<()> {
        match self {
            Self::Event(event) => events::unpublish(ctx, tx, event.id),
            Self::Attribute(found) => attributes::touch(ctx, tx, &found.0),
        }
    }
}
