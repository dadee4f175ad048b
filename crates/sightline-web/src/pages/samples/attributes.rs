//! Samples of attribute rows, windows, forms, pickers.

use super::proposals::change;
use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::attributes::{
    AttributeFilter, AttributeForm, AttributeIndexPage, AttributeIndexRow, AttributeLine, AttributeRow,
    AttributeRowEdit, AttributeTable, AttributeWindow, BundleOffer, ObjectRow, Reference, SightingCell,
    SightingCounts, TagEditor, TagOffer, TagPicker, TagTarget, TypeMap,
};
use crate::pages::errors::Errors;
use crate::pages::events::EventLink;
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::tag_pill::TagPill;
use crate::pages::wording::{Audience, Choice};

pub(crate) fn tag(id: i64, name: &str, colour: &str) -> TagPill {
    TagPill {
        id,
        name: name.into(),
        colour: colour.into(),
        local: false,
        relationship: None,
    }
}

pub(crate) fn tags() -> TagEditor {
    let local = TagPill {
        local: true,
        relationship: Some("derived-from".into()),
        ..tag(4, "triage", "#7a3e9d")
    };
    TagEditor {
        target: TagTarget::Event,
        id: 12_341,
        tags: vec![
            tag(1, "tlp:amber", "#ffc000"),
            tag(2, "misp-galaxy:threat-actor=\"Example Bear\"", "#0088cc"),
            local,
            tag(5, HOSTILE, "\"/><script>"),
        ],
        can_tag: true,
        can_tag_locally: true,
    }
}

pub(crate) fn attribute(id: i64) -> AttributeRow {
    let kinds = [
        ("Network activity", "ip-dst", "198.51.100.7"),
        ("Network activity", "domain", "login-update.example.net"),
        (
            "Payload delivery",
            "sha256",
            "6b1f0e5d9c7a4b3e8f20d1c2b3a4958677665544332211000112233445566778",
        ),
        (
            "Network activity",
            "url",
            "https://files.example.org/a/very/long/path/that/needs/to/wrap/index.php?id=4711&next=/",
        ),
        ("External analysis", "comment", HOSTILE),
    ];
    let (category, kind, value) = kinds[usize::try_from(id % 5).unwrap()];
    AttributeRow {
        id,
        uuid: format!("00000000-0000-4000-8000-{id:012}"),
        modified: Moment(1_763_890_000 - id * 500),
        category: category.into(),
        kind: kind.into(),
        value: value.into(),
        tags: TagEditor {
            target: TagTarget::Attribute,
            id,
            tags: if id % 3 == 0 {
                vec![tag(6, "kill-chain:Delivery", "#3b8ea5")]
            } else {
                vec![]
            },
            can_tag: true,
            can_tag_locally: true,
        },
        comment: if id % 2 == 0 {
            "seen in proxy logs of two members".into()
        } else {
            String::new()
        },
        to_ids: id % 2 == 0,
        audience: Audience::of(5, "", None),
        sightings: SightingCell {
            attribute_id: id,
            counts: SightingCounts {
                seen: Count(u64::try_from(id % 4).unwrap()),
                ..SightingCounts::default()
            },
            can_sight: true,
        },
        related: if id % 4 == 1 {
            vec![EventLink {
                id: 11_802,
                info: "First wave of scans".into(),
            }]
        } else {
            vec![]
        },
        related_more: if id % 8 == 1 { 12 } else { 0 },
        feeds: if id == 6 { vec![HOSTILE.into()] } else { Vec::new() },
        warnings: if id == 6 {
            vec!["Public resolvers".into()]
        } else {
            vec![]
        },
        can_modify: true,
        ..AttributeRow::default()
    }
}

fn lines() -> Vec<AttributeLine> {
    let object = ObjectRow {
        id: 31,
        uuid: "00000000-0000-4000-8000-0000000000ff".into(),
        name: "file".into(),
        meta_category: "file".into(),
        comment: "dropped by the installer".into(),
        count: Count(2),
        modified: Moment(1_763_880_000),
        audience: Audience::of(5, "", None),
        references: vec![Reference {
            relationship: "connects-to".into(),
            target: HOSTILE.into(),
        }],
        referenced_by: Count(1),
        deleted: false,
        can_modify: true,
        source: Some(EventLink {
            id: 7,
            info: HOSTILE.into(),
        }),
    };
    let part = |id, relation: &str| AttributeRow {
        relation: Some(relation.into()),
        object_id: 31,
        first_seen: Some("2025-11-18 04:10".into()),
        ..attribute(id)
    };
    let long = AttributeRow {
        value: "GET /x HTTP/1.1 ".repeat(60),
        ..attribute(9)
    };
    let proposed = AttributeRow {
        proposals: vec![change(false), change(true)],
        can_modify: false,
        can_propose: true,
        ..attribute(10)
    };
    let gone = AttributeRow {
        source: Some(EventLink {
            id: 7,
            info: HOSTILE.into(),
        }),
        deleted: true,
        ..attribute(11)
    };
    let mut lines = vec![
        AttributeLine::Object(Box::new(object)),
        AttributeLine::Attribute(Box::new(part(2, "sha256"))),
        AttributeLine::Attribute(Box::new(part(4, "text"))),
        AttributeLine::Attribute(Box::new(long)),
        AttributeLine::Attribute(Box::new(proposed)),
        AttributeLine::Attribute(Box::new(gone)),
    ];
    lines.extend((12..40).map(|id| AttributeLine::Attribute(Box::new(attribute(id)))));
    lines
}

impl AttributeTable {
    pub(crate) fn sample() -> Self {
        let url = ListUrl::new("/events/12341/attributes", &[("filter", "a&b")]);
        Self {
            extended: true,
            event_id: 12_341,
            filter: AttributeFilter {
                text: "a&b".into(),
                groups: Choice::list([("", "All"), ("network", "Network"), ("file", "File")], ""),
                to_ids: Choice::list([("", "Any"), ("1", "With"), ("0", "Without")], ""),
                deleted: Choice::list([("", "Hide"), ("1", "Show"), ("only", "Only")], ""),
                sort: Choice::list([("", "Latest first"), ("value", "Value"), ("type", "Type")], ""),
            },
            total: Count(100_000),
            per_window: 200,
            window: AttributeWindow {
                first: Count(1),
                last: Count(200),
                lines: lines(),
                next: Some(url.with("after", "98765")),
                url,
            },
            can_modify: true,
            can_tag: true,
        }
    }
}

pub(crate) fn form() -> AttributeForm {
    let mut type_map = TypeMap::default();
    type_map.add("ip-dst", "Network activity", true, ["Network activity"]);
    type_map.add(
        "comment",
        "Other",
        false,
        ["Other", "External analysis", "</script>"],
    );
    AttributeForm {
        event_id: 12_341,
        csrf_token: "token-of-the-sample".into(),
        categories: Choice::list([("", "Usual"), ("Network activity", "Network activity")], ""),
        types: Choice::list(
            [("", "Choose…"), ("ip-dst", "ip-dst"), ("comment", "comment")],
            "",
        ),
        value: HOSTILE.into(),
        distribution: Choice::distributions("5", true, true),
        sharing_groups: Choice::list([("1", "Energy sector")], "1"),
        type_map,
        ..AttributeForm::default()
    }
}

impl AttributeRowEdit {
    pub(crate) fn sample() -> Self {
        let AttributeForm {
            categories,
            types,
            value,
            distribution,
            sharing_groups,
            ..
        } = form();
        Self {
            id: 13,
            categories,
            types,
            value,
            distribution,
            sharing_groups,
            errors: Errors([("value".into(), "IP address has an invalid format.".into())].into()),
            ..Self::default()
        }
    }
}

impl TagPicker {
    pub(crate) fn sample() -> Self {
        Self {
            target: TagTarget::Attribute,
            id: 13,
            query: HOSTILE.into(),
            offers: tags()
                .tags
                .into_iter()
                .map(|pill| TagOffer {
                    pill,
                    meaning: HOSTILE.into(),
                })
                .collect(),
            more: true,
            bundles: vec![BundleOffer {
                id: 3,
                name: HOSTILE.into(),
                tags: Count(2),
            }],
            can_create: true,
            can_tag: true,
            can_tag_locally: true,
        }
    }
}

impl AttributeIndexPage {
    pub(crate) fn sample() -> Self {
        let url = ListUrl::new("/attributes/index", &[("value", "%example%")]);
        let row = |id| AttributeIndexRow {
            event_id: 12_341,
            event_info: "Scans for an unpatched VPN appliance".into(),
            creator_org: "Harbour Bank CSIRT".into(),
            attribute: attribute(id),
        };
        Self {
            frame: frame("Attributes", Nav::Attributes),
            bulk: Some(ListUrl::new("/attributes/bulk", &[("value", "%example%")])),
            value: "%example%".into(),
            export: ListUrl::new("/exports", &[("value", "%example%")]),
            types: Choice::list([("", "Any"), ("ip-dst", "ip-dst")], ""),
            categories: Choice::list([("", "Any"), ("Network activity", "Network activity")], ""),
            to_ids: Choice::list([("", "Any"), ("1", "With"), ("0", "Without")], ""),
            chips: vec![FilterChip::new(&url, "value", "Value", "%example%")],
            pager: Pager {
                url,
                page: 1,
                per_page: 60,
                total: 61,
            },
            rows: (1..20).map(row).collect(),
        }
    }
}
