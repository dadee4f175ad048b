//! The settings of publishing over ZeroMQ.

use super::external::Secret;
use super::registry::{Definition, Form, Kind, setting};
use serde::{Deserialize, Serialize};

/// `[zeromq]`: whoever subscribes is sent everything of the kinds that are switched on, whatever its distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZeroMqSettings {
    /// Whether anything is published (`Plugin.ZeroMQ_enable`).
    pub enabled: bool,
    /// The address to listen on (`Plugin.ZeroMQ_host`).
    pub host: String,
    /// Its port (`Plugin.ZeroMQ_port`).
    pub port: u16,
    /// The name that subscribers give; empty when they need none (`Plugin.ZeroMQ_username`).
    pub username: String,
    /// The password that they give with it (`Plugin.ZeroMQ_password`).
    pub password: Secret,
    /// Published events hold their files (`Plugin.ZeroMQ_include_attachments`).
    pub include_attachments: bool,
    /// Events that come, change and go (`Plugin.ZeroMQ_event_notifications_enable`).
    pub events: bool,
    /// Attributes (`Plugin.ZeroMQ_attribute_notifications_enable`).
    pub attributes: bool,
    /// Objects (`Plugin.ZeroMQ_object_notifications_enable`).
    pub objects: bool,
    /// References between objects (`Plugin.ZeroMQ_object_reference_notifications_enable`).
    pub object_references: bool,
    /// Sightings (`Plugin.ZeroMQ_sighting_notifications_enable`).
    pub sightings: bool,
    /// Tags, and where they are attached (`Plugin.ZeroMQ_tag_notifications_enable`).
    pub tags: bool,
    /// Users (`Plugin.ZeroMQ_user_notifications_enable`).
    pub users: bool,
    /// Organisations (`Plugin.ZeroMQ_organisation_notifications_enable`).
    pub organisations: bool,
    /// The audit log (`Plugin.ZeroMQ_audit_notifications_enable`).
    pub audit: bool,
}

impl Default for ZeroMqSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            host: "127.0.0.1".into(),
            port: 50_000,
            username: String::new(),
            password: Secret::default(),
            include_attachments: false,
            events: false,
            attributes: false,
            objects: false,
            object_references: false,
            sightings: false,
            tags: false,
            users: false,
            organisations: false,
            audit: false,
        }
    }
}

const fn kind(name: &'static str, path: &'static str, description: &'static str) -> Definition {
    setting(name, path, Kind::Flag, 2, description)
}

/// The registry's lines.
pub(super) const ALL: &[Definition] = &[
    kind(
        "Plugin.ZeroMQ_enable",
        "zeromq.enabled",
        "Publish changes over ZeroMQ. Subscribers are sent everything, whatever its distribution.",
    ),
    setting(
        "Plugin.ZeroMQ_host",
        "zeromq.host",
        Kind::Formed(Form::Address),
        2,
        "The address to listen on. Only what may read everything on this instance should reach it.",
    ),
    setting(
        "Plugin.ZeroMQ_port",
        "zeromq.port",
        Kind::Number(1, 65_535),
        2,
        "The port to listen on.",
    ),
    setting(
        "Plugin.ZeroMQ_username",
        "zeromq.username",
        Kind::Text(255),
        2,
        "The name that subscribers give (PLAIN). Empty when they need none.",
    ),
    setting(
        "Plugin.ZeroMQ_password",
        "zeromq.password",
        Kind::Secret(255),
        2,
        "The password that they give with it. It passes the network as it is.",
    ),
    kind(
        "Plugin.ZeroMQ_include_attachments",
        "zeromq.include_attachments",
        "Published events hold their attachments.",
    ),
    kind(
        "Plugin.ZeroMQ_event_notifications_enable",
        "zeromq.events",
        "Publish events that are added, edited and deleted (misp_json_event). Publication itself is always told (misp_json).",
    ),
    kind(
        "Plugin.ZeroMQ_attribute_notifications_enable",
        "zeromq.attributes",
        "Publish attributes (misp_json_attribute).",
    ),
    kind(
        "Plugin.ZeroMQ_object_notifications_enable",
        "zeromq.objects",
        "Publish objects (misp_json_object).",
    ),
    kind(
        "Plugin.ZeroMQ_object_reference_notifications_enable",
        "zeromq.object_references",
        "Publish references between objects (misp_json_object_reference).",
    ),
    kind(
        "Plugin.ZeroMQ_sighting_notifications_enable",
        "zeromq.sightings",
        "Publish sightings (misp_json_sighting).",
    ),
    kind(
        "Plugin.ZeroMQ_tag_notifications_enable",
        "zeromq.tags",
        "Publish tags, and where they are attached (misp_json_tag).",
    ),
    kind(
        "Plugin.ZeroMQ_user_notifications_enable",
        "zeromq.users",
        "Publish users, without what is secret (misp_json_user).",
    ),
    kind(
        "Plugin.ZeroMQ_organisation_notifications_enable",
        "zeromq.organisations",
        "Publish organisations (misp_json_organisation).",
    ),
    kind(
        "Plugin.ZeroMQ_audit_notifications_enable",
        "zeromq.audit",
        "Publish the audit log (misp_json_audit).",
    ),
];
