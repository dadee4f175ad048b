//! Notes, opinions and relationships (spec 01 section 13).

use super::{Distribution, EntityKind, EntityRef};
use crate::json::ObjectWriter;
use sightline_core::clock::datetime_of;
use sightline_core::ids::{AnalystDataId, SharingGroupId};
use uuid::Uuid;

/// The three kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnalystKind {
    /// A text.
    Note,
    /// Agreement, from 0 to 100.
    Opinion,
    /// A link to another thing.
    Relationship,
}

impl AnalystKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: &'static [Self] = &[Self::Note, Self::Opinion, Self::Relationship];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        self.entity().name()
    }

    /// `note_type` of the wire.
    pub const fn number(self) -> i64 {
        match self {
            Self::Note => 0,
            Self::Opinion => 1,
            Self::Relationship => 2,
        }
    }

    /// The same as a kind of thing that others can hang on.
    pub const fn entity(self) -> EntityKind {
        match self {
            Self::Note => EntityKind::Note,
            Self::Opinion => EntityKind::Opinion,
            Self::Relationship => EntityKind::Relationship,
        }
    }

    /// The kind of a name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        EntityKind::parse(name).and_then(Self::of)
    }

    /// Which of the three a thing is, if it is one.
    pub const fn of(kind: EntityKind) -> Option<Self> {
        match kind {
            EntityKind::Note => Some(Self::Note),
            EntityKind::Opinion => Some(Self::Opinion),
            EntityKind::Relationship => Some(Self::Relationship),
            _ => None,
        }
    }
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 13")]
pub enum AnalystContent {
    Note {
        note: String,
        language: String,
    },
    Opinion {
        /// 0 strongly disagree, 100 strongly agree.
        opinion: i64,
        comment: String,
    },
    Relationship {
        relationship_type: String,
        related: EntityRef,
    },
}

impl AnalystContent {
    /// Which of the three.
    pub const fn kind(&self) -> AnalystKind {
        match self {
            Self::Note { .. } => AnalystKind::Note,
            Self::Opinion { .. } => AnalystKind::Opinion,
            Self::Relationship { .. } => AnalystKind::Relationship,
        }
    }
}

/// A note, an opinion or a relationship as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 13")]
pub struct AnalystData {
    pub id: AnalystDataId,
    pub uuid: Uuid,
    /// What it hangs on.
    pub target: EntityRef,
    pub authors: String,
    pub org_uuid: Uuid,
    pub orgc_uuid: Uuid,
    pub created: i64,
    pub modified: i64,
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
    /// Came from another instance.
    pub locked: bool,
    pub content: AnalystContent,
}

impl AnalystData {
    /// Which of the three.
    pub const fn kind(&self) -> AnalystKind {
        self.content.kind()
    }

    /// The columns and `note_type`, `note_type_name`.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.uuid("object_uuid", self.target.uuid);
        o.text("object_type", self.target.kind.name());
        o.text("authors", &self.authors);
        o.uuid("org_uuid", self.org_uuid);
        o.uuid("orgc_uuid", self.orgc_uuid);
        o.text("created", &datetime_of(self.created));
        o.text("modified", &datetime_of(self.modified));
        o.number("distribution", self.distribution.number());
        let group = self.sharing_group_id.0;
        o.opt_number("sharing_group_id", (group != 0).then_some(group));
        o.flag("locked", self.locked);
        match &self.content {
            AnalystContent::Note { note, language } => {
                o.text("note", note);
                o.text("language", language);
            }
            AnalystContent::Opinion { opinion, comment } => {
                o.number("opinion", *opinion);
                o.text("comment", comment);
            }
            AnalystContent::Relationship {
                relationship_type,
                related,
            } => {
                o.text("relationship_type", relationship_type);
                o.uuid("related_object_uuid", related.uuid);
                o.text("related_object_type", related.kind.name());
            }
        }
        o.count("note_type", self.kind().number());
        o.text("note_type_name", self.kind().name());
    }
}
