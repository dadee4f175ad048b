//! Every parameter of spec 04 section 2 is accepted, in the order of the positions, and each one that is no switch and
//! concerns a condition changes what is looked for.

use super::NOW;
use crate::params::{Params, Request};
use crate::scope::Scope;
use crate::search::{AttributeSearch, EventSearch, GalaxyClusterSearch, ObjectSearch, SightingSearch};
use serde_json::{Value, json};

/// The lists of the specification, for each scope, in their order.
const EVENT: &str = "returnFormat, value, type, category, org, tags, searchall, from, to, last, eventid, \
    withAttachments, metadata, uuid, publish_timestamp, timestamp, event_timestamp, event_tags, published, \
    enforceWarninglist, sgReferenceOnly, limit, page, requested_attributes, includeContext, headerless, \
    includeWarninglistHits, attackGalaxy, to_ids, deleted, excludeLocalTags, date, includeSightingdb, tag, \
    object_relation, threat_level_id, eventinfo, sharinggroup, idList, includeAllTags, includeAttachments, event_uuid, \
    distribution, sharing_group_id, disableSiteAdmin, flatten, blockedAttributeTags, eventsExtendingUuid, extended, \
    extensionList, excludeGalaxy, includeAnalystData, includeRelatedTags, includeDecayScore, includeScoresOnEvent, \
    includeFeedCorrelations, includeServerCorrelations, noEventReports, noShadowAttributes, order, protected, \
    includeGranularCorrelations, policy, walled_garden, ns, email, serial, refresh, retry, expiry, minimum_ttl, ttl, \
    org.sector, org.local, org.nationality, galaxy.*";
const ATTRIBUTE: &str = "returnFormat, value, value1, value2, type, category, org, tags, from, to, last, eventid, \
    withAttachments, uuid, publish_timestamp, published, timestamp, enforceWarninglist, to_ids, deleted, \
    includeEventUuid, event_timestamp, threat_level_id, includeEventTags, includeProposals, limit, page, \
    requested_attributes, includeContext, headerless, includeWarninglistHits, attackGalaxy, object_relation, \
    includeSightings, includeCorrelations, includeDecayScore, decayingModel, excludeDecayed, modelOverrides, \
    includeFullModel, score, attribute_timestamp, first_seen, last_seen, eventinfo, sharinggroup, \
    allow_proposal_blocking, flatten, list, event_ids, includeAllTags, includeAttributeUuid, includeGalaxy, order, \
    policy, walled_garden, ns, email, serial, refresh, retry, expiry, minimum_ttl, ttl";
const OBJECT: &str = "returnFormat, value, type, category, org, tags, first_seen, last_seen, from, to, last, eventid, \
    withAttachments, uuid, publish_timestamp, published, timestamp, enforceWarninglist, to_ids, deleted, \
    includeEventUuid, event_timestamp, threat_level_id, includeEventTags, includeProposals, limit, page, \
    requested_attributes, includeContext, headerless, includeWarninglistHits, attackGalaxy, object_relation, metadata, \
    includeAllTags, object_name, object_template_uuid, object_template_version";
const SIGHTING: &str = "context, returnFormat, id, uuid, type, from, to, last, org_id, source, includeAttribute, \
    includeEvent, includeUuid";

/// A value for each parameter that is a condition; the others say what an answer holds or how it is written.
fn condition(scope: Scope, name: &str) -> Option<Value> {
    const UUID: &str = "5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e5f";
    Some(match name {
        "value" | "value1" | "value2" | "category" | "org" | "tags" | "tag" | "event_tags"
        | "object_relation" | "eventinfo" | "org.sector" | "org.nationality" | "object_name" | "source"
        | "galaxy.country" => json!("x"),
        "type" if scope == Scope::Sighting => json!(1),
        "type" => json!("md5"),
        "searchall" => json!("%x%"),
        "eventid"
        | "idList"
        | "event_ids"
        | "sharinggroup"
        | "sharing_group_id"
        | "distribution"
        | "threat_level_id"
        | "object_template_version"
        | "org_id"
        | "id" => json!(2),
        "uuid" | "event_uuid" | "eventsExtendingUuid" | "object_template_uuid" => json!(UUID),
        "from" | "to" | "date" if scope != Scope::Sighting => json!("2026-01-01"),
        "from" | "to" => json!("1d"),
        "last" if scope == Scope::Sighting => json!("5d"),
        "last"
        | "publish_timestamp"
        | "timestamp"
        | "event_timestamp"
        | "attribute_timestamp"
        | "first_seen"
        | "last_seen" => json!("5d"),
        "published" | "to_ids" | "org.local" | "protected" => json!(1),
        "deleted" => json!(1),
        _ => return None,
    })
}

/// What a body asks for, as text.
fn asked(scope: Scope, body: &Value) -> String {
    let request = Request {
        body: Some(body),
        ..Request::default()
    };
    let params = Params::harvest(scope, request).expect("parameters");
    let text = match scope {
        Scope::Event => EventSearch::parse(&params, NOW).map(|search| format!("{:?}", search.filter)),
        Scope::Attribute => AttributeSearch::parse(&params, NOW).map(|search| format!("{:?}", search.filter)),
        Scope::Object => ObjectSearch::parse(&params, NOW).map(|search| format!("{:?}", search.filter)),
        Scope::Sighting => SightingSearch::parse(&params, NOW).map(|search| format!("{:?}", search.filter)),
        Scope::GalaxyCluster => GalaxyClusterSearch::parse(&params).map(|search| format!("{search:?}")),
    };
    text.unwrap_or_else(|error| panic!("{body}: {error}"))
}

/// What the lists of spec 04 do not have: our own, and what the formats of spec 09 read.
const ADDED: &[&str] = &[
    "cidr",
    "includeEventUuid",
    "ignore",
    "ns_alt",
    "hash_type",
    "ip_address",
    "netfilter_action",
    "requested_attributes",
    "headerless",
];

#[test]
fn the_lists_of_accepted_parameters_are_those_of_the_specification() {
    for (scope, list) in [
        (Scope::Event, EVENT),
        (Scope::Attribute, ATTRIBUTE),
        (Scope::Object, OBJECT),
        (Scope::Sighting, SIGHTING),
    ] {
        let expected: Vec<&str> = list.split(", ").collect();
        let accepted = scope.accepted();
        assert_eq!(
            accepted.get(..expected.len()),
            Some(expected.as_slice()),
            "{scope:?}"
        );
        // What is added comes last, so that no position moves.
        let added = accepted.get(expected.len()..).unwrap_or_default();
        for name in added {
            assert!(ADDED.contains(name), "{scope:?} {name}");
        }
    }
}

#[test]
fn every_condition_of_the_specification_changes_what_is_looked_for() {
    for (scope, list) in [
        (Scope::Event, EVENT),
        (Scope::Attribute, ATTRIBUTE),
        (Scope::Object, OBJECT),
        (Scope::Sighting, SIGHTING),
    ] {
        let all = asked(scope, &json!({"page": 1}));
        let mut conditions = 0;
        for name in list.split(", ").map(|name| {
            if name == "galaxy.*" {
                "galaxy.country"
            } else {
                name
            }
        }) {
            let Some(value) = condition(scope, name) else {
                continue;
            };
            conditions += 1;
            assert_ne!(asked(scope, &json!({ name: value })), all, "{scope:?} {name}");
        }
        assert!(conditions >= 7, "{scope:?}");
    }
}

#[test]
fn what_is_no_condition_leaves_what_is_looked_for_alone() {
    for (scope, list) in [
        (Scope::Event, EVENT),
        (Scope::Attribute, ATTRIBUTE),
        (Scope::Object, OBJECT),
    ] {
        let all = asked(scope, &json!({"page": 1}));
        for name in list.split(", ").filter(|name| !name.contains('*')) {
            if condition(scope, name).is_some()
                || matches!(name, "returnFormat" | "limit" | "page" | "score" | "order")
            {
                continue;
            }
            assert_eq!(asked(scope, &json!({ name: 1 })), all, "{scope:?} {name}");
        }
    }
}
