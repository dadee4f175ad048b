//! Writing MISP's JSON fast: numbers as strings of digits, flags as booleans (spec 01 section 1), straight into bytes.

use sightline_core::ids;
use uuid::Uuid;

/// Bytes that grow into a JSON document.
pub type Buffer = Vec<u8>;

/// A JSON object under construction. Fields are written in call order; `end` (or drop) closes it.
pub struct ObjectWriter<'a> {
    out: &'a mut Buffer,
    empty: bool,
}

impl<'a> ObjectWriter<'a> {
    /// Opens an object at the end of `out`.
    pub fn new(out: &'a mut Buffer) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    /// Goes on with an object whose beginning was written to an earlier chunk; it has at least one field.
    pub fn resume(out: &'a mut Buffer) -> Self {
        Self { out, empty: false }
    }

    /// Leaves the object open, to be resumed in a later chunk.
    pub fn leave_open(self) {
        std::mem::forget(self);
    }

    /// Writes a key and hands out the buffer for its value.
    pub fn key(&mut self, name: &str) -> &mut Buffer {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// A number as a string of digits.
    pub fn number(&mut self, name: &str, value: impl Number) {
        let out = self.key(name);
        out.push(b'"');
        out.extend_from_slice(itoa::Buffer::new().format(value.into_i64()).as_bytes());
        out.push(b'"');
    }

    /// A number as a string of digits, or null.
    pub fn opt_number(&mut self, name: &str, value: Option<i64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.null(name),
        }
    }

    /// A count that code computed: a native number.
    pub fn count(&mut self, name: &str, value: i64) {
        let out = self.key(name);
        out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// A flag.
    pub fn flag(&mut self, name: &str, value: bool) {
        self.key(name)
            .extend_from_slice(if value { b"true" } else { b"false" });
    }

    /// A text.
    pub fn text(&mut self, name: &str, value: &str) {
        write_text(self.key(name), value);
    }

    /// A text or null.
    pub fn opt_text(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.null(name),
        }
    }

    /// A uuid.
    pub fn uuid(&mut self, name: &str, value: Uuid) {
        let out = self.key(name);
        out.push(b'"');
        out.extend_from_slice(value.hyphenated().encode_lower(&mut [0; 36]).as_bytes());
        out.push(b'"');
    }

    /// Null.
    pub fn null(&mut self, name: &str) {
        self.key(name).extend_from_slice(b"null");
    }

    /// A nested object.
    pub fn object(&mut self, name: &str, fill: impl FnOnce(&mut ObjectWriter<'_>)) {
        write_object(self.key(name), fill);
    }

    /// A list, one call of `item` per element.
    pub fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        item: impl FnMut(&mut Buffer, T),
    ) {
        write_list(self.key(name), items, item);
    }

    /// Any serialisable value.
    pub fn value(&mut self, name: &str, value: &serde_json::Value) {
        self.key(name).extend_from_slice(value.to_string().as_bytes());
    }
}

impl Drop for ObjectWriter<'_> {
    fn drop(&mut self) {
        self.out.push(b'}');
    }
}

/// Writes an object.
pub fn write_object(out: &mut Buffer, fill: impl FnOnce(&mut ObjectWriter<'_>)) {
    fill(&mut ObjectWriter::new(out));
}

/// Writes a list.
pub fn write_list<T>(
    out: &mut Buffer,
    items: impl IntoIterator<Item = T>,
    mut item: impl FnMut(&mut Buffer, T),
) {
    out.push(b'[');
    let mut separate = false;
    for element in items {
        if separate {
            out.push(b',');
        }
        separate = true;
        item(out, element);
    }
    out.push(b']');
}

/// Writes a JSON string. Slashes and letters beyond ASCII stay as they are (spec 03 section 1.2).
pub fn write_text(out: &mut Buffer, text: &str) {
    if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
    }
}

/// What `ObjectWriter::number` takes: integers and ids.
pub trait Number {
    /// The number.
    fn into_i64(self) -> i64;
}

macro_rules! numbers {
    ($($id:ident),+) => {$(
        impl Number for ids::$id {
            fn into_i64(self) -> i64 { self.0 }
        }
    )+};
}

numbers!(
    EventId,
    AttributeId,
    ObjectId,
    ObjectReferenceId,
    TagId,
    SightingId,
    ProposalId,
    EventDelegationId,
    OrgId,
    UserId,
    RoleId,
    AuthKeyId,
    SharingGroupId,
    FeedId,
    TaxonomyId,
    WarninglistId,
    GalaxyId,
    GalaxyClusterId,
    GalaxyElementId,
    GalaxyClusterRelationId,
    JobId,
    EventReportId,
    BlocklistEntryId,
    CorrelationExclusionId,
    CorrelationRuleId,
    TagCollectionId,
    CollectionId,
    CollectionElementId,
    BookmarkId,
    NewsId,
    ThreadId,
    PostId,
    AnalystDataId
);

impl Number for i64 {
    fn into_i64(self) -> i64 {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_strings_flags_are_booleans_and_text_is_escaped() {
        let mut out = Buffer::new();
        write_object(&mut out, |o| {
            o.number("id", 7);
            o.opt_number("first_seen", None);
            o.flag("to_ids", true);
            o.text("value", "a\"b\\c\n/é");
            o.list("Tag", [1, 2], |out, n| write_object(out, |o| o.count("n", n)));
        });
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"id": "7", "first_seen": null, "to_ids": true, "value": "a\"b\\c\n/é",
                               "Tag": [{"n": 1}, {"n": 2}]})
        );
        assert!(String::from_utf8(out).unwrap().contains("/é"));
    }
}
