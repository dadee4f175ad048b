//! What follows from a tag's name (spec 01 section 6), and what a name and a colour must look like.

use sightline_core::ids::{OrgId, UserId};
use sightline_core::limits::TAG_NAME_CHARS;
use sightline_core::{AppResult, FieldErrors};
use sightline_formats::hashes::md5_hex;
use sightline_misp::input::{Loose, TagIn};
use sightline_misp::records::Tag;
use uuid::Uuid;

/// `#` and the first six digits of the name's MD5: the same colour on every instance.
pub fn default_colour(name: &str) -> String {
    let digits: String = md5_hex(name.as_bytes()).chars().take(6).collect();
    format!("#{digits}")
}

/// `#RRGGBB`.
pub(super) fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Sets the flags that tell galaxy tags apart: `misp-galaxy:<type>="<cluster>"`, custom when the cluster is a uuid.
pub(super) fn mark_galaxy(tag: &mut Tag) {
    let cluster = tag
        .name
        .strip_prefix("misp-galaxy:")
        .and_then(|rest| rest.strip_suffix('"'))
        .and_then(|rest| rest.split_once("=\""))
        .filter(|(kind, cluster)| !kind.is_empty() && !cluster.is_empty())
        .map(|(_, cluster)| cluster);
    tag.is_custom_galaxy = cluster.is_some_and(|cluster| Uuid::try_parse(cluster).is_ok());
    tag.is_galaxy = cluster.is_some();
}

/// Whether a name can be stored.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= TAG_NAME_CHARS
}

/// A new tag of this name with nothing else said about it.
pub(super) fn plain(name: &str) -> Tag {
    let mut tag = Tag {
        name: name.to_owned(),
        colour: default_colour(name),
        exportable: true,
        ..Tag::default()
    };
    mark_galaxy(&mut tag);
    tag
}

/// A captured tag: what its sender says of it, as far as it is valid. Restrictions do not travel.
pub(super) fn captured(name: &str, input: &TagIn) -> Tag {
    let mut tag = plain(name);
    if let Some(colour) = input.colour.filled().filter(|colour| is_colour(colour)) {
        tag.colour = colour;
    }
    tag.exportable = input.exportable.flag().unwrap_or(true);
    tag.hide_tag = input.hide_tag.flag().unwrap_or(false);
    tag.numerical_value = input.numerical_value.int();
    tag
}

/// Overlays what a request says onto a tag.
pub(super) fn apply(tag: &mut Tag, input: &TagIn) -> AppResult<()> {
    let mut errors = FieldErrors::default();
    if let Some(name) = input.name.text() {
        name.trim().clone_into(&mut tag.name);
    }
    if tag.name.is_empty() {
        errors.add("name", "This field is required.");
    } else if !is_name(&tag.name) {
        errors.add(
            "name",
            format!("The name is longer than {TAG_NAME_CHARS} characters."),
        );
    }
    match input.colour.filled() {
        Some(colour) => tag.colour = colour,
        None if tag.colour.is_empty() => tag.colour = default_colour(&tag.name),
        None => {}
    }
    if !is_colour(&tag.colour) {
        errors.add("colour", "Colour has to be in the RGB format (#FFFFFF)");
    }
    tag.exportable = input.exportable.flag().unwrap_or(tag.exportable);
    tag.hide_tag = input.hide_tag.flag().unwrap_or(tag.hide_tag);
    tag.local_only = input.local_only.flag().unwrap_or(tag.local_only);
    if input.numerical_value != Loose::Absent {
        tag.numerical_value = input.numerical_value.int();
    }
    tag.org_id = input.org_id.int().map_or(tag.org_id, OrgId);
    tag.user_id = input.user_id.int().map_or(tag.user_id, UserId);
    mark_galaxy(tag);
    errors.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_from_names() {
        // As the reference coloured it.
        assert_eq!(default_colour("my_tag"), "#450a5e");
    }

    #[test]
    fn galaxy_tags_are_recognised() {
        for (name, galaxy, custom) in [
            ("misp-galaxy:threat-actor=\"APT1\"", true, false),
            (
                "misp-galaxy:x=\"5b6c2f4e-0d9b-4a56-8a2b-0f6d3a6a8f01\"",
                true,
                true,
            ),
            ("misp-galaxy:x=\"\"", false, false),
            ("misp-galaxy:=\"y\"", false, false),
            ("misp-galaxy:x", false, false),
            ("tlp:red", false, false),
        ] {
            let tag = plain(name);
            assert_eq!((tag.is_galaxy, tag.is_custom_galaxy), (galaxy, custom), "{name}");
        }
    }

    #[test]
    fn only_rgb_is_a_colour() {
        for (text, expected) in [
            ("#00aaFF", true),
            ("00aaFF", false),
            ("#0af", false),
            ("#00aaFG", false),
            ("", false),
        ] {
            assert_eq!(is_colour(text), expected, "{text}");
        }
    }
}
