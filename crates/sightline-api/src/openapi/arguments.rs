//! The parameters in the paths of endpoints.

use serde_json::{Value, json};

/// Their names in order, and how many must be there. What the table does not name follows the habit of its action.
pub(super) fn of(controller: &str, action: &str) -> (&'static [&'static str], usize) {
    match (controller, action) {
        ("attributes" | "events", "addTag" | "removeTag") => (&["id", "tag"], 2),
        ("attributes", "add") | ("logs", "event_index") => (&["event"], 1),
        ("analystdata", "index") => (&["kind"], 1),
        ("attributes", "attributeStatistics") => (&["by", "percentage"], 0),
        ("auditlogs", "eventIndex") => (&["event", "org"], 1),
        ("authkeys", "add") => (&["user"], 0),
        ("authkeys", "index") => (&["user"], 0),
        ("feeds", "cacheFeeds") => (&["scope"], 1),
        ("feeds", "getEvent" | "previewEvent") => (&["id", "event"], 2),
        ("attributes", "bulk") => (&[], 0),
        ("posts", "add") => (&["place", "id"], 2),
        ("attributes", "bulkReport") | ("jobs", "getProgress") => (&["job"], 1),
        ("jobs", "index") => (&["queue"], 0),
        ("jobs", "clearJobs") => (&["which"], 0),
        ("objects", "add") => (&["event", "template"], 1),
        ("servers", "getSetting" | "serverSettingsEdit") => (&["setting"], 1),
        ("servers", "queryACL") => (&["command", "role"], 0),
        ("servers", "serverSettings") => (&["tab"], 0),
        ("servers", "startWorker") => (&["queue"], 0),
        ("sightings", "add" | "listSightings") => (&["id"], 0),
        ("tags", "search") => (&["text"], 1),
        ("tags", "tagStatistics") => (&["percentage", "by_name"], 0),
        (
            "users",
            "register" | "registrations" | "downloadTerms" | "admin_email" | "forgot" | "getGpgPublicKey"
            | "verifyGPG",
        ) => (&[], 0),
        ("users", "initiatePasswordReset") | ("events", "alert" | "contact") => (&["id"], 1),
        ("users", "password_reset") => (&["token"], 1),
        ("users", "acceptRegistrations" | "discardRegistrations") => (&["id"], 1),
        ("users", "statistics") => (&["page"], 0),
        ("usersettings", "eventIndexColumnToggle") => (&["column"], 1),
        ("usersettings", "getSetting" | "setSetting") => (&["user", "setting"], 0),
        (
            _,
            "index" | "add" | "admin_add" | "admin_index" | "restSearch" | "getVersion" | "getPyMISPVersion",
        ) => (&[], 0),
        (_, "view" | "admin_view" | "edit" | "admin_edit" | "delete" | "admin_delete" | "fullChange") => {
            (&["id"], 1)
        }
        _ => (&["id"], 0),
    }
}

/// What a parameter may be.
pub(super) fn schema(name: &str) -> Value {
    match name {
        "id" | "event" | "user" | "role" | "org" | "job" => {
            json!({"type": "string", "pattern": "^[0-9a-zA-Z-]{1,40}$"})
        }
        "place" => json!({"type": "string", "enum": ["event", "thread", "post"]}),
        "percentage" | "by_name" => json!({"type": "string", "enum": ["true", "false", "0", "1"]}),
        "kind" => json!({"type": "string", "enum": ["Note", "Opinion", "Relationship"]}),
        "by" => json!({"type": "string", "enum": ["type", "category"]}),
        "command" => {
            json!({"type": "string", "enum": ["printAllFunctionNames", "findMissingFunctionNames", "printRoleAccess"]})
        }
        "page" => {
            json!({"type": "string", "enum": ["data", "orgs", "users", "tags", "attributehistogram", "sightings"]})
        }
        _ => json!({"type": "string", "minLength": 1}),
    }
}
