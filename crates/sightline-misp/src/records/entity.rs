//! What analyst data can hang on or point to (spec 01 section 13), by kind and uuid.

use uuid::Uuid;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident),+ $(,)?) => {
        /// The kinds of things that have a uuid of their own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EntityKind { $($(#[$doc])* $variant),+ }

        impl EntityKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire and in the database.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }
        }
    };
}

kinds! {
    /// An attribute.
    Attribute,
    /// An event.
    Event,
    /// A report of an event.
    EventReport,
    /// A galaxy cluster.
    GalaxyCluster,
    /// A galaxy.
    Galaxy,
    /// An object.
    Object,
    /// A note.
    Note,
    /// An opinion.
    Opinion,
    /// A relationship.
    Relationship,
    /// An organisation.
    Organisation,
    /// A sharing group.
    SharingGroup,
}

impl EntityKind {
    /// The kind of a name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.name().eq_ignore_ascii_case(name.trim()))
    }
}

/// One thing, here or elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntityRef {
    /// What it is.
    pub kind: EntityKind,
    /// Which one.
    pub uuid: Uuid,
}
