//! A bound parameter, the same for both engines.

use uuid::Uuid;

/// A parameter of a statement. Lists are for `column = ANY($1)`.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// SQL NULL.
    Null,
    /// BOOLEAN.
    Bool(bool),
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(&'a str),
    /// BLOB or BYTEA.
    Bytes(&'a [u8]),
    /// UUID, or a 16-byte BLOB in SQLite.
    Uuid(Uuid),
    /// A list of numbers.
    Ints(&'a [i64]),
    /// A list of texts.
    Texts(&'a [String]),
    /// A list of uuids.
    Uuids(&'a [Uuid]),
    /// A list of BLOBs or BYTEAs.
    Blobs(&'a [Vec<u8>]),
}

macro_rules! from {
    ($($source:ty => |$v:ident| $made:expr),+ $(,)?) => {$(
        impl<'a> From<$source> for Value<'a> {
            fn from($v: $source) -> Self { $made }
        }
    )+};
}

from! {
    bool => |v| Value::Bool(v),
    i64 => |v| Value::Int(v),
    i32 => |v| Value::Int(i64::from(v)),
    u32 => |v| Value::Int(i64::from(v)),
    &'a str => |v| Value::Text(v),
    &'a String => |v| Value::Text(v),
    &'a [u8] => |v| Value::Bytes(v),
    &'a Vec<u8> => |v| Value::Bytes(v),
    Uuid => |v| Value::Uuid(v),
    &'a [i64] => |v| Value::Ints(v),
    &'a Vec<i64> => |v| Value::Ints(v),
    &'a [String] => |v| Value::Texts(v),
    &'a Vec<String> => |v| Value::Texts(v),
    &'a [Uuid] => |v| Value::Uuids(v),
    &'a Vec<Uuid> => |v| Value::Uuids(v),
    &'a [Vec<u8>] => |v| Value::Blobs(v),
    &'a Vec<Vec<u8>> => |v| Value::Blobs(v),
    sightline_core::ids::EventId => |v| Value::Int(v.0),
    sightline_core::ids::AttributeId => |v| Value::Int(v.0),
    sightline_core::ids::ObjectId => |v| Value::Int(v.0),
    sightline_core::ids::ObjectReferenceId => |v| Value::Int(v.0),
    sightline_core::ids::TaxonomyId => |v| Value::Int(v.0),
    sightline_core::ids::WarninglistId => |v| Value::Int(v.0),
    sightline_core::ids::GalaxyId => |v| Value::Int(v.0),
    sightline_core::ids::GalaxyClusterId => |v| Value::Int(v.0),
    sightline_core::ids::GalaxyElementId => |v| Value::Int(v.0),
    sightline_core::ids::GalaxyClusterRelationId => |v| Value::Int(v.0),
    sightline_core::ids::TagId => |v| Value::Int(v.0),
    sightline_core::ids::SightingId => |v| Value::Int(v.0),
    sightline_core::ids::ProposalId => |v| Value::Int(v.0),
    sightline_core::ids::EventDelegationId => |v| Value::Int(v.0),
    sightline_core::ids::OrgId => |v| Value::Int(v.0),
    sightline_core::ids::UserId => |v| Value::Int(v.0),
    sightline_core::ids::RoleId => |v| Value::Int(v.0),
    sightline_core::ids::AuthKeyId => |v| Value::Int(v.0),
    sightline_core::ids::SharingGroupId => |v| Value::Int(v.0),
    sightline_core::ids::FeedId => |v| Value::Int(v.0),
    sightline_core::ids::JobId => |v| Value::Int(v.0),
    sightline_core::ids::EventReportId => |v| Value::Int(v.0),
    sightline_core::ids::BlocklistEntryId => |v| Value::Int(v.0),
    sightline_core::ids::CorrelationExclusionId => |v| Value::Int(v.0),
    sightline_core::ids::CorrelationRuleId => |v| Value::Int(v.0),
    sightline_core::ids::TagCollectionId => |v| Value::Int(v.0),
    sightline_core::ids::CollectionId => |v| Value::Int(v.0),
    sightline_core::ids::CollectionElementId => |v| Value::Int(v.0),
    sightline_core::ids::BookmarkId => |v| Value::Int(v.0),
    sightline_core::ids::NewsId => |v| Value::Int(v.0),
    sightline_core::ids::ThreadId => |v| Value::Int(v.0),
    sightline_core::ids::PostId => |v| Value::Int(v.0),
    sightline_core::ids::AnalystDataId => |v| Value::Int(v.0),
}

impl<'a, T> From<Option<T>> for Value<'a>
where
    Value<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Value::from)
    }
}

/// A slice of parameters: `params![id, name]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}
