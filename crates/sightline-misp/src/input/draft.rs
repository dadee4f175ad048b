//! From a loose body to an attribute that may be stored: the pipeline of spec 02 section 2, without storage's part
//! (uniqueness, sharing groups, files).

use super::{AttributeIn, Loose};
use crate::datetime::parse_lenient;
use crate::records::Distribution;
use crate::types::{self, AttributeType, Category};
use sightline_core::FieldErrors;
use sightline_core::ids::SharingGroupId;
use std::borrow::Cow;
use uuid::Uuid;

/// What a missing field becomes.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// Unix seconds.
    pub now: i64,
    /// `MISP.default_attribute_distribution`, normally "inherit".
    pub distribution: Distribution,
}

/// A validated, normalised attribute that has no row yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 4")]
pub struct AttributeDraft {
    pub uuid: Option<Uuid>,
    pub kind: AttributeType,
    pub category: Category,
    pub value1: String,
    pub value2: String,
    pub to_ids: bool,
    pub timestamp: i64,
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
    pub comment: String,
    pub deleted: bool,
    pub disable_correlation: bool,
    pub object_relation: Option<String>,
    pub first_seen: Option<i64>,
    pub last_seen: Option<i64>,
}

const FORMAT_DISTRIBUTION: &str = "Options: Your organisation only, This community only, Connected communities, \
     All communities, Sharing group, Inherit event";
const FORMAT_CATEGORY: &str =
    "Options : Payload delivery, Antivirus detection, Payload installation, Files dropped ...";

impl AttributeDraft {
    /// Normalises and validates. Every failing field has one message (spec 02 section 2).
    pub fn from_input(input: &AttributeIn, defaults: Defaults) -> Result<Self, FieldErrors> {
        let kind = attribute_type(&input.kind)?;
        if input.value == Loose::Nested {
            return Err(FieldErrors::one("value", "Value is an array."));
        }
        let mut errors = FieldErrors::default();
        let category = category(&input.category, kind, &mut errors);
        let value = types::normalise(kind, &raw_value(input));
        if let Err(message) = types::validate(kind, &value) {
            errors.add("value", message);
        }
        let (value1, value2) = types::split(kind, &value);
        let (value1, value2) = (value1.to_owned(), value2.to_owned());
        let uuid = uuid(&input.uuid, &mut errors);
        let distribution = distribution(&input.distribution, defaults.distribution, &mut errors);
        let to_ids = flag(&input.to_ids, kind.default_to_ids(), "to_ids", &mut errors);
        let (first_seen, last_seen) = seen(&input.first_seen, &input.last_seen, defaults.now, &mut errors);
        let comment = text(&input.comment);
        let image = kind.is_attachment() && has_image_extension(&value1);
        let draft = Self {
            uuid,
            kind,
            category,
            value1,
            value2,
            to_ids,
            timestamp: input.timestamp.int().filter(|t| *t > 0).unwrap_or(defaults.now),
            distribution,
            sharing_group_id: sharing_group(distribution, &input.sharing_group_id),
            comment,
            deleted: flag(&input.deleted, false, "deleted", &mut errors),
            disable_correlation: flag(
                &input.disable_correlation,
                image,
                "disable_correlation",
                &mut errors,
            ),
            object_relation: input.object_relation.filled(),
            first_seen,
            last_seen,
        };
        if errors.is_empty() { Ok(draft) } else { Err(errors) }
    }

    /// The public value.
    pub fn value(&self) -> Cow<'_, str> {
        if self.value2.is_empty() {
            Cow::Borrowed(&self.value1)
        } else {
            Cow::Owned(format!("{}|{}", self.value1, self.value2))
        }
    }
}

fn attribute_type(input: &Loose) -> Result<AttributeType, FieldErrors> {
    let name = input
        .filled()
        .ok_or_else(|| FieldErrors::one("type", "No type set."))?;
    AttributeType::parse(&name).ok_or_else(|| FieldErrors::one("type", "Invalid type."))
}

fn category(input: &Loose, kind: AttributeType, errors: &mut FieldErrors) -> Category {
    let Some(name) = input.filled() else {
        return kind.default_category();
    };
    match Category::parse(&name) {
        Some(category) if types::valid_pair(category, kind) => category,
        Some(category) => {
            errors.add("type", "Options depend on the selected category.");
            category
        }
        None => {
            errors.add("category", FORMAT_CATEGORY);
            kind.default_category()
        }
    }
}

fn raw_value(input: &AttributeIn) -> String {
    let value = input.value.text().unwrap_or_default();
    if !value.is_empty() {
        return value;
    }
    match (input.value1.filled(), input.value2.filled()) {
        (Some(first), Some(second)) => format!("{first}|{second}"),
        (Some(first), None) => first,
        _ => value,
    }
}

fn uuid(input: &Loose, errors: &mut FieldErrors) -> Option<Uuid> {
    let text = input.filled()?;
    let uuid = parse_uuid(&text);
    if uuid.is_none() {
        errors.add("uuid", "Please provide a valid RFC 4122 UUID");
    }
    uuid
}

/// A uuid in its hyphenated form, any case.
pub(super) fn parse_uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

fn distribution(input: &Loose, default: Distribution, errors: &mut FieldErrors) -> Distribution {
    if !input.is_given() || input.filled().is_none() && !matches!(input, Loose::Bool(_) | Loose::Nested) {
        return default;
    }
    input
        .int()
        .and_then(Distribution::from_number)
        .unwrap_or_else(|| {
            errors.add("distribution", FORMAT_DISTRIBUTION);
            default
        })
}

fn sharing_group(distribution: Distribution, input: &Loose) -> SharingGroupId {
    match distribution {
        Distribution::SharingGroup => SharingGroupId(input.int().unwrap_or(0)),
        _ => SharingGroupId(0),
    }
}

fn flag(input: &Loose, default: bool, field: &str, errors: &mut FieldErrors) -> bool {
    if !input.is_given() {
        return default;
    }
    input.flag().unwrap_or_else(|| {
        errors.add(field, "The value has to be a boolean (true, false, 0 or 1).");
        default
    })
}

/// First and last seen in microseconds, validated together.
fn seen(first: &Loose, last: &Loose, now: i64, errors: &mut FieldErrors) -> (Option<i64>, Option<i64>) {
    let mut moment = |input: &Loose, field: &str| {
        let text = input.filled()?;
        let micros = parse_lenient(&text, now);
        if micros.is_none() {
            errors.add(field, "Invalid ISO 8601 format");
        }
        micros
    };
    let (first, last) = (moment(first, "first_seen"), moment(last, "last_seen"));
    if let (Some(from), Some(to)) = (first, last)
        && to < from
    {
        errors.add(
            "last_seen",
            "Last seen value should be greater than first seen value",
        );
    }
    (first, last)
}

fn text(input: &Loose) -> String {
    input
        .text()
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// Pictures do not correlate unless asked to (spec 02 section 2, step 7).
fn has_image_extension(name: &str) -> bool {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    matches!(
        extension.as_deref(),
        Some("jpg" | "jpeg" | "png" | "gif" | "webp")
    )
}
