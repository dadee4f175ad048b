//! An attribute on its way in: decoded, validated, its file unpacked, not yet placed in an event.

use sightline_core::FieldErrors;
use sightline_formats::malware_sample;
use sightline_misp::datetime::format_micros;
use sightline_misp::input::{AttributeDraft, AttributeIn, Defaults, Loose, SightingIn, TagIn};
use sightline_misp::records::Attribute;
use std::borrow::Cow;

/// A validated attribute with what it carries.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) draft: AttributeDraft,
    /// The file to store, for attachments and samples.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) tags: Vec<TagIn>,
    pub(crate) sightings: Vec<SightingIn>,
}

impl Incoming {
    /// Normalises, validates and unpacks.
    pub(crate) fn from_input(input: &AttributeIn, defaults: Defaults) -> Result<Self, FieldErrors> {
        let (input, bytes) = unpack(input)?;
        let draft = AttributeDraft::from_input(&input, defaults)?;
        let tags = input
            .tags
            .0
            .iter()
            .chain(&input.attribute_tags.0)
            .map(TagIn::unwrapped)
            .collect();
        Ok(Self {
            bytes: bytes.filter(|_| draft.kind.is_attachment()),
            draft,
            tags,
            sightings: input.sightings.0.clone(),
        })
    }
}

/// Decodes `data`. With `encrypt`, raw bytes become the encrypted archive of a sample, and the value its name and md5
/// (spec 02 section 7).
fn unpack(input: &AttributeIn) -> Result<(Cow<'_, AttributeIn>, Option<Vec<u8>>), FieldErrors> {
    let Some(data) = input.data.filled() else {
        return Ok((Cow::Borrowed(input), None));
    };
    let bytes =
        super::from_base64(&data).ok_or_else(|| FieldErrors::one("data", "The data is not valid base64."))?;
    let is_sample = input.kind.filled().as_deref() == Some("malware-sample");
    if !is_sample || !input.encrypt.is_given() {
        return Ok((Cow::Borrowed(input), Some(bytes)));
    }
    let value = input.value.text().unwrap_or_default();
    let name = value
        .split_once('|')
        .map_or(value.as_str(), |(name, _)| name)
        .trim()
        .to_owned();
    let sealed = malware_sample::seal(&name, &bytes)
        .map_err(|e| FieldErrors::one("data", format!("The sample cannot be packed: {e}.")))?;
    let mut input = input.clone();
    input.value = Loose::Text(format!("{name}|{}", sealed.md5));
    Ok((Cow::Owned(input), Some(sealed.zip)))
}

/// A partial body completed with what is stored, so that an edit goes through the same pipeline as an addition.
/// The timestamp is not completed: an edit without one happens now.
pub(crate) fn overlay(stored: &Attribute, input: &AttributeIn) -> AttributeIn {
    let mut full = input.clone();
    let keep = |field: &mut Loose, value: Loose| {
        if !field.is_given() {
            *field = value;
        }
    };
    // A new type without a new category moves to that type's default category when the old one does not fit.
    let same_kind = input.kind.filled().is_none_or(|kind| kind == stored.kind.name());
    keep(&mut full.kind, stored.kind.name().into());
    if same_kind {
        keep(&mut full.category, stored.category.name().into());
    }
    let any_value = full.value.is_given() || full.value1.is_given() || full.value2.is_given();
    if !any_value {
        full.value = Loose::Text(stored.value().into_owned());
    }
    keep(&mut full.to_ids, Loose::Bool(stored.to_ids));
    keep(&mut full.distribution, Loose::Int(stored.distribution.number()));
    keep(&mut full.sharing_group_id, Loose::Int(stored.sharing_group_id.0));
    keep(&mut full.comment, Loose::Text(stored.comment.clone()));
    keep(&mut full.deleted, Loose::Bool(stored.deleted));
    keep(
        &mut full.disable_correlation,
        Loose::Bool(stored.disable_correlation),
    );
    keep(
        &mut full.object_relation,
        stored.object_relation.as_deref().map_or(Loose::Null, Loose::from),
    );
    // `null` clears a date; only an absent field keeps it.
    if full.first_seen == Loose::Absent {
        full.first_seen = stored
            .first_seen
            .map_or(Loose::Null, |micros| Loose::Text(format_micros(micros)));
    }
    if full.last_seen == Loose::Absent {
        full.last_seen = stored
            .last_seen
            .map_or(Loose::Null, |micros| Loose::Text(format_micros(micros)));
    }
    full
}
