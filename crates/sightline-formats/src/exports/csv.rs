//! `csv` (spec 09 A.4): numbers bare, flags `1` and `0`, everything else quoted, so that no value ends its cell. Values
//! are data and stay as they are, also those that a spreadsheet would take for a formula.

use super::{EventHead, Export, Needs, Row};
use sightline_misp::datetime::format_micros;
use sightline_misp::json::{Buffer, Number};
use sightline_misp::records::ThreatLevel;
use std::fmt::Write;

macro_rules! columns {
    ($($variant:ident $name:literal $header:literal;)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Column { $($variant),+ }

        impl Column {
            fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }

            const fn header(self) -> &'static str {
                match self { $(Self::$variant => $header),+ }
            }
        }
    };
}

columns! {
    Id "id" "id";
    Uuid "uuid" "uuid";
    EventId "event_id" "event_id";
    ObjectId "object_id" "object_id";
    Category "category" "category";
    Type "type" "type";
    Value "value" "value";
    Value1 "value1" "value1";
    Value2 "value2" "value2";
    Comment "comment" "comment";
    ToIds "to_ids" "to_ids";
    Timestamp "timestamp" "date";
    Distribution "distribution" "distribution";
    SharingGroupId "sharing_group_id" "sharing_group_id";
    Deleted "deleted" "deleted";
    DisableCorrelation "disable_correlation" "disable_correlation";
    FirstSeen "first_seen" "first_seen";
    LastSeen "last_seen" "last_seen";
    ObjectRelation "object_relation" "object_relation";
    AttributeTag "attribute_tag" "attribute_tag";
    ObjectUuid "object_uuid" "object_uuid";
    ObjectName "object_name" "object_name";
    ObjectMetaCategory "object_meta-category" "object_meta_category";
    EventUuid "event_uuid" "event_uuid";
    EventInfo "event_info" "event_info";
    EventMemberOrg "event_member_org" "event_member_org";
    EventSourceOrg "event_source_org" "event_source_org";
    EventDistribution "event_distribution" "event_distribution";
    EventThreatLevel "event_threat_level_id" "event_threat_level_id";
    EventAnalysis "event_analysis" "event_analysis";
    EventDate "event_date" "event_date";
    EventTag "event_tag" "event_tag";
    EventTimestamp "event_timestamp" "event_timestamp";
    DecayScore "decay_score_score" "decay_score_score";
    DecayDecayed "decay_score_decayed" "decay_score_decayed";
}

use Column as C;

const USUAL: &[C] = &[
    C::Uuid,
    C::EventId,
    C::Category,
    C::Type,
    C::Value,
    C::Comment,
    C::ToIds,
    C::Timestamp,
    C::ObjectRelation,
    C::AttributeTag,
    C::ObjectUuid,
    C::ObjectName,
    C::ObjectMetaCategory,
];
const CONTEXT: &[C] = &[
    C::EventInfo,
    C::EventMemberOrg,
    C::EventSourceOrg,
    C::EventDistribution,
    C::EventThreatLevel,
    C::EventAnalysis,
    C::EventDate,
    C::EventTag,
    C::EventTimestamp,
];

/// The columns of a CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

impl Columns {
    /// The usual ones, or those `requested`; or the name that is no column.
    pub fn new(requested: &[String], context: bool, decay: bool) -> Result<Self, String> {
        let mut columns = if requested.is_empty() {
            USUAL.to_vec()
        } else {
            requested
                .iter()
                .map(|name| C::parse(name).ok_or_else(|| name.clone()))
                .collect::<Result<_, _>>()?
        };
        let mut add = |more: &[C]| {
            for column in more {
                if !columns.contains(column) {
                    columns.push(*column);
                }
            }
        };
        if context {
            add(CONTEXT);
        }
        if decay {
            add(&[C::DecayScore, C::DecayDecayed]);
        }
        Ok(Self(columns))
    }

    fn any(&self, of: &[C]) -> bool {
        self.0.iter().any(|column| of.contains(column))
    }
}

/// `csv`.
#[derive(Debug)]
pub struct Csv {
    columns: Columns,
    headerless: bool,
    /// For dates and lists of tags, used again and again.
    scratch: String,
}

impl Csv {
    /// A table of these columns, without its first line if `headerless`.
    pub fn new(columns: Columns, headerless: bool) -> Self {
        Self {
            columns,
            headerless,
            scratch: String::new(),
        }
    }

    fn cell(&mut self, column: Column, row: &Row<'_>, out: &mut Buffer) {
        let attribute = row.attribute;
        let event = &row.event.event;
        let seen = |micros: Option<i64>| micros.map(format_micros).unwrap_or_default();
        match column {
            C::Id => number_cell(out, attribute.id),
            C::Uuid => uuid_cell(out, attribute.uuid),
            C::EventId => number_cell(out, attribute.event_id),
            C::ObjectId => number_cell(out, attribute.object_id),
            C::Category => text_cell(out, attribute.category.name()),
            C::Type => text_cell(out, attribute.kind.name()),
            C::Value => text_cell(out, &attribute.value()),
            C::Value1 => text_cell(out, &attribute.value1),
            C::Value2 => text_cell(out, &attribute.value2),
            C::Comment => text_cell(out, &attribute.comment),
            C::ToIds => flag_cell(out, attribute.to_ids),
            C::Timestamp => number_cell(out, attribute.timestamp),
            C::Distribution => number_cell(out, attribute.distribution.number()),
            C::SharingGroupId => number_cell(out, attribute.sharing_group_id),
            C::Deleted => flag_cell(out, attribute.deleted),
            C::DisableCorrelation => flag_cell(out, attribute.disable_correlation),
            C::FirstSeen => text_cell(out, &seen(attribute.first_seen)),
            C::LastSeen => text_cell(out, &seen(attribute.last_seen)),
            C::ObjectRelation => text_cell(out, attribute.object_relation.as_deref().unwrap_or_default()),
            C::AttributeTag => self.list(row.tags.iter().copied(), out),
            C::ObjectUuid => match row.object {
                Some(object) => uuid_cell(out, object.uuid),
                None => text_cell(out, ""),
            },
            C::ObjectName => text_cell(out, row.object.map_or("", |object| &object.name)),
            C::ObjectMetaCategory => text_cell(out, row.object.map_or("", |object| &object.meta_category)),
            C::EventUuid => uuid_cell(out, event.uuid),
            C::EventTag => self.list(row.event.tags.iter().map(String::as_str), out),
            _ => event_cell(column, row.event, out),
        }
    }

    fn list<'t>(&mut self, texts: impl Iterator<Item = &'t str>, out: &mut Buffer) {
        self.scratch.clear();
        for text in texts {
            let separator = if self.scratch.is_empty() { "" } else { "," };
            let _ = write!(self.scratch, "{separator}{text}");
        }
        text_cell(out, &self.scratch);
    }
}

fn event_cell(column: Column, head: &EventHead, out: &mut Buffer) {
    let event = &head.event;
    match column {
        C::EventInfo => text_cell(out, &event.info),
        C::EventMemberOrg => text_cell(out, &head.owner),
        C::EventSourceOrg => text_cell(out, &head.creator),
        C::EventDistribution => number_cell(out, event.distribution.number()),
        C::EventThreatLevel => text_cell(
            out,
            match event.threat_level {
                ThreatLevel::High => "High",
                ThreatLevel::Medium => "Medium",
                ThreatLevel::Low => "Low",
                ThreatLevel::Undefined => "Undefined",
            },
        ),
        C::EventAnalysis => number_cell(out, event.analysis.number()),
        C::EventDate => text_cell(out, &event.date),
        C::EventTimestamp => number_cell(out, event.timestamp),
        // Without decaying models nothing has a score.
        _ => text_cell(out, ""),
    }
}

impl Export for Csv {
    fn needs(&self) -> Needs {
        Needs {
            tags: self.columns.any(&[C::AttributeTag]),
            event_tags: self.columns.any(&[C::EventTag]),
            orgs: self.columns.any(&[C::EventMemberOrg, C::EventSourceOrg]),
            objects: self
                .columns
                .any(&[C::ObjectUuid, C::ObjectName, C::ObjectMetaCategory]),
        }
    }

    fn begin(&mut self, out: &mut Buffer) {
        if !self.headerless {
            let names: Vec<&str> = self.columns.0.iter().map(|column| column.header()).collect();
            out.extend_from_slice(names.join(",").as_bytes());
            out.push(b'\n');
        }
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let columns = std::mem::take(&mut self.columns.0);
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            self.cell(*column, row, out);
        }
        self.columns.0 = columns;
        out.push(b'\n');
    }

    fn end(&mut self, out: &mut Buffer) {
        out.push(b'\n');
    }
}

/// A quoted cell.
pub fn text_cell(out: &mut Buffer, text: &str) {
    out.push(b'"');
    let mut parts = text.split('"');
    out.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        out.extend_from_slice(b"\"\"");
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

fn number_cell(out: &mut Buffer, number: impl Number) {
    out.extend_from_slice(itoa::Buffer::new().format(number.into_i64()).as_bytes());
}

fn flag_cell(out: &mut Buffer, flag: bool) {
    out.push(if flag { b'1' } else { b'0' });
}

fn uuid_cell(out: &mut Buffer, uuid: uuid::Uuid) {
    out.push(b'"');
    out.extend_from_slice(uuid.hyphenated().encode_lower(&mut [0; 36]).as_bytes());
    out.push(b'"');
}
