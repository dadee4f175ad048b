//! The bodies of endpoints: which fields they know. Values are lenient on this wire (`"1"`, `1` and `true` are the
//! same flag), so that fields have no types here; what a value must be, the answer says.

use serde_json::{Map, Value, json};

const EVENT: &[&str] = &[
    "info",
    "date",
    "distribution",
    "sharing_group_id",
    "threat_level_id",
    "analysis",
    "published",
    "uuid",
    "extends_uuid",
    "timestamp",
    "Tag",
    "Attribute",
    "Object",
    "EventReport",
];
const ATTRIBUTE: &[&str] = &[
    "type",
    "category",
    "value",
    "to_ids",
    "comment",
    "distribution",
    "sharing_group_id",
    "uuid",
    "first_seen",
    "last_seen",
    "disable_correlation",
    "data",
    "Tag",
];
const OBJECT: &[&str] = &[
    "name",
    "meta-category",
    "template_uuid",
    "template_version",
    "description",
    "comment",
    "distribution",
    "sharing_group_id",
    "uuid",
    "first_seen",
    "last_seen",
    "Attribute",
    "ObjectReference",
];
const SEARCH: &[&str] = &[
    "returnFormat",
    "page",
    "limit",
    "value",
    "type",
    "category",
    "org",
    "tags",
    "eventid",
    "uuid",
    "from",
    "to",
    "last",
    "date",
    "timestamp",
    "publish_timestamp",
    "published",
    "to_ids",
    "deleted",
    "metadata",
    "enforceWarninglist",
    "includeContext",
    "includeEventUuid",
    "includeEventTags",
    "includeCorrelations",
    "withAttachments",
    "searchall",
    "order",
];
const BULK: &[&str] = &[
    "filters",
    "action",
    "tag",
    "local",
    "to_ids",
    "disable_correlation",
    "distribution",
    "sharing_group_id",
    "hard",
    "dry_run",
    "up_to_id",
];
const LOG: &[&str] = &[
    "id",
    "title",
    "created",
    "model",
    "model_id",
    "action",
    "user_id",
    "change",
    "email",
    "org",
    "description",
    "ip",
    "page",
    "limit",
];
const USER: &[&str] = &[
    "email",
    "org_id",
    "role_id",
    "password",
    "autoalert",
    "contactalert",
    "gpgkey",
    "disabled",
];
const ORGANISATION: &[&str] = &[
    "name",
    "uuid",
    "description",
    "type",
    "nationality",
    "sector",
    "contacts",
    "local",
    "restricted_to_domain",
];

/// The model's name in the optional wrapper, and its fields.
fn fields(controller: &str, action: &str) -> &'static [&'static str] {
    match (controller, action) {
        (_, "restSearch") => SEARCH,
        ("events", "add" | "edit") => EVENT,
        ("attributes", "add" | "edit") => ATTRIBUTE,
        ("attributes", "bulk") => BULK,
        ("analystdata", "add" | "edit") => &[
            "uuid",
            "object_uuid",
            "object_type",
            "authors",
            "distribution",
            "sharing_group_id",
            "note",
            "language",
            "opinion",
            "comment",
            "relationship_type",
            "related_object_uuid",
            "related_object_type",
        ],
        ("attributes", "deleteSelected") => &["id", "allow_hard_delete"],
        ("collections", "add" | "edit") => &[
            "name",
            "type",
            "description",
            "distribution",
            "sharing_group_id",
            "CollectionElement",
        ],
        ("collectionelements", "add") => &["element_uuid", "element_type", "description", "collection_id"],
        ("collectionelements", "addElementToCollection") => &["collection_id", "description"],
        ("eventdelegations", "delegateEvent") => &["event_id", "org_id", "message", "distribution"],
        ("eventreports", "add") => &["event_id", "uuid", "name", "content", "distribution"],
        ("objectreferences", "add") => &["object_uuid", "referenced_uuid", "relationship_type", "comment"],
        ("shadowattributes", "add" | "edit") => ATTRIBUTE,
        ("sharinggroups", "addOrg" | "removeOrg") => &["sg_id", "org_id", "extend"],
        ("sharinggroups", "addServer" | "removeServer") => &["sg_id", "server_id", "all_orgs"],
        ("sightings", "listSightings") => &["id", "context", "org_id"],
        ("tagcollections", "import") => &["uuid", "name", "description", "all_orgs"],
        ("posts", "add" | "edit") => &["message"],
        ("objects", "add" | "edit") => OBJECT,
        ("logs", _) | ("auditlogs", "admin_index") => LOG,
        ("users", "admin_add" | "admin_edit" | "edit") => USER,
        ("users", "admin_email") => &[
            "recipient",
            "user_id",
            "org_id",
            "role_id",
            "action",
            "subject",
            "body",
        ],
        ("users", "forgot") => &["email"],
        ("users", "password_reset") => &["password"],
        ("events", "contact") => &["message", "person"],
        ("users", "acceptRegistrations") => &["org_id", "role_id"],
        ("users", "register") => &[
            "email",
            "org_name",
            "org_uuid",
            "message",
            "pgp",
            "custom_perms",
            "perm_sync",
            "perm_publish",
            "perm_admin",
        ],
        ("organisations", "admin_add" | "admin_edit") => ORGANISATION,
        ("servers", "serverSettingsEdit") => &["value", "force"],
        ("tags", "add" | "edit") => &[
            "name",
            "colour",
            "exportable",
            "org_id",
            "user_id",
            "hide_tag",
            "numerical_value",
        ],
        ("tags", "attachTagToObject" | "removeTagFromObject") => &["uuid", "tag", "local"],
        ("sightings", "add") => &["id", "value", "values", "uuid", "type", "source", "timestamp"],
        ("authkeys", "add" | "edit") => &["comment", "expiration", "read_only", "allowed_ips"],
        ("usersettings", _) => &["setting", "value", "user_id"],
        _ => &[],
    }
}

/// The body of an endpoint: optional, an object, and open for what the table does not name.
pub(super) fn of(controller: &str, action: &str) -> Value {
    let properties: Map<String, Value> = fields(controller, action)
        .iter()
        .map(|name| ((*name).to_owned(), json!(true)))
        .collect();
    json!({
        "required": false,
        "content": {"application/json": {"schema": {
            "type": "object", "properties": properties, "additionalProperties": true,
        }}},
    })
}

/// Whether the answer is JSON whatever was asked.
pub(super) fn is_always_json(action: &str) -> bool {
    !matches!(
        action,
        "restSearch"
            | "download"
            | "downloadAttachment"
            | "downloadTerms"
            | "export"
            // The addresses from before restSearch name their format.
            | "bro"
            | "csv"
            | "downloadOpenIOCEvent"
            | "hids"
            | "nids"
            | "restSearchExport"
            | "returnAttributes"
            | "rpz"
            | "text"
            | "xml"
            // A key in ASCII armour.
            | "getGpgPublicKey"
            // One word, for scripts.
            | "checkIfLoggedIn"
    )
}
