//! Sightings as CSV (spec 09 A.4): what stands in nested records is flattened into columns.

use serde_json::Value;
use sightline_core::{AppError, AppResult};
use sightline_formats::exports::text_cell;
use sightline_misp::json::Buffer;

/// A column and where it stands in the JSON of a sighting.
type Column = (&'static str, &'static str);

const OWN: [Column; 11] = [
    ("id", "/id"),
    ("attribute_id", "/attribute_id"),
    ("event_id", "/event_id"),
    ("org_id", "/org_id"),
    ("date_sighting", "/date_sighting"),
    ("uuid", "/uuid"),
    ("source", "/source"),
    ("type", "/type"),
    ("value", "/value"),
    ("attribute_uuid", "/attribute_uuid"),
    ("event_uuid", "/event_uuid"),
];
const OF_ORGANISATION: [Column; 2] = [
    ("organisation_uuid", "/Organisation/uuid"),
    ("organisation_name", "/Organisation/name"),
];
const OF_ATTRIBUTE: [Column; 4] = [
    ("attribute_type", "/Attribute/type"),
    ("attribute_category", "/Attribute/category"),
    ("attribute_to_ids", "/Attribute/to_ids"),
    ("attribute_value", "/Attribute/value"),
];
const OF_EVENT: [Column; 4] = [
    ("event_info", "/Event/info"),
    ("event_org_id", "/Event/org_id"),
    ("event_orgc_id", "/Event/orgc_id"),
    ("event_orgc_name", "/Event/Orgc/name"),
];

/// Columns whose cells are bare.
const NUMBERS: [&str; 8] = [
    "id",
    "attribute_id",
    "event_id",
    "org_id",
    "date_sighting",
    "type",
    "event_org_id",
    "event_orgc_id",
];

/// The columns of a table.
#[derive(Clone, Debug)]
pub(super) struct Table(Vec<Column>);

impl Table {
    /// Those `requested`, else the sighting's own and those of the records that are asked for.
    pub(super) fn new(requested: &[String], attribute: bool, event: bool) -> AppResult<Self> {
        if requested.is_empty() {
            let of_attribute = OF_ATTRIBUTE.into_iter().filter(|_| attribute);
            let of_event = OF_EVENT.into_iter().filter(|_| event);
            let columns = OWN.into_iter().chain(OF_ORGANISATION);
            return Ok(Self(columns.chain(of_attribute).chain(of_event).collect()));
        }
        let known = || {
            OWN.into_iter()
                .chain(OF_ORGANISATION)
                .chain(OF_ATTRIBUTE)
                .chain(OF_EVENT)
        };
        let columns = requested.iter().map(|name| {
            known().find(|(column, _)| column == name).ok_or_else(|| {
                AppError::BadRequest(format!(
                    "Invalid value for `requested_attributes`: {name} is no column."
                ))
            })
        });
        Ok(Self(columns.collect::<AppResult<_>>()?))
    }

    pub(super) fn write_head(&self, out: &mut Buffer) {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        out.extend_from_slice(names.join(",").as_bytes());
        out.push(b'\n');
    }

    /// One row of a sighting's JSON.
    pub(super) fn write_row(&self, sighting: &Value, out: &mut Buffer) {
        for (at, (name, place)) in self.0.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            match sighting.pointer(place) {
                Some(Value::Bool(flag)) => out.push(if *flag { b'1' } else { b'0' }),
                Some(Value::String(text)) if NUMBERS.contains(name) && text.parse::<i64>().is_ok() => {
                    out.extend_from_slice(text.as_bytes());
                }
                Some(Value::String(text)) => text_cell(out, text),
                Some(Value::Number(number)) => out.extend_from_slice(number.to_string().as_bytes()),
                _ => text_cell(out, ""),
            }
        }
        out.push(b'\n');
    }
}
