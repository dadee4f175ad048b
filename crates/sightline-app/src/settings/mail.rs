//! What an administrator decides of mail: the schema and its rows of the registry.

use super::registry::{Definition, Kind, setting};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[mail]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent switch of the reference"
)]
#[expect(missing_docs, reason = "each has its sentence in the registry below")]
pub struct MailSettings {
    pub disabled: bool,
    pub from: String,
    pub reply_to: String,
    pub extended_subject: bool,
    pub threat_level_in_subject: bool,
    pub subject_tag: String,
    pub subject_tlp: String,
    pub summary_only: bool,
    pub metadata_only: bool,
    pub no_alert_when_saving: bool,
    pub block_tagged: bool,
    pub block_tag: String,
    pub block_old: bool,
    pub block_older_than_days: u32,
    pub block_dated_before_days: u32,
    pub republish_ban: bool,
    pub republish_ban_minutes: u32,
    pub republish_ban_refresh: bool,
    pub user_ban: bool,
    pub user_ban_minutes: u32,
    pub user_ban_amount: u32,
    pub user_ban_refresh: bool,
    pub org_alerts_a_day: u32,
    pub sign: bool,
    pub only_encrypted: bool,
    pub body_only_encrypted: bool,
    pub obscure_subject: bool,
    /// File with the armoured secret OpenPGP key of this instance, without a passphrase; one is made when there is none.
    pub openpgp_key: Option<PathBuf>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            disabled: false,
            from: String::new(),
            reply_to: String::new(),
            extended_subject: false,
            threat_level_in_subject: true,
            subject_tag: "tlp".into(),
            subject_tlp: "tlp:amber".into(),
            summary_only: false,
            metadata_only: false,
            no_alert_when_saving: false,
            block_tagged: false,
            block_tag: "no-alerts=\"true\"".into(),
            block_old: false,
            block_older_than_days: 0,
            block_dated_before_days: 0,
            republish_ban: false,
            republish_ban_minutes: 5,
            republish_ban_refresh: false,
            user_ban: false,
            user_ban_minutes: 60,
            user_ban_amount: 10,
            user_ban_refresh: false,
            org_alerts_a_day: 0,
            sign: false,
            only_encrypted: false,
            body_only_encrypted: false,
            obscure_subject: false,
            openpgp_key: None,
        }
    }
}

/// Ten years, in days.
const DAYS: Kind = Kind::Number(0, 3650);
/// A week, in minutes.
const MINUTES: Kind = Kind::Number(1, 10_080);
const MANY: Kind = Kind::Number(0, 1_000_000);

/// The rows of the registry.
pub(super) const ALL: &[Definition] = &[
    setting(
        "MISP.disable_emailing",
        "mail.disabled",
        Kind::Flag,
        0,
        "No mail leaves this instance.",
    ),
    setting(
        "MISP.email",
        "mail.from",
        Kind::Address,
        0,
        "The sender of every mail; empty for one made of the address of this instance.",
    ),
    setting(
        "MISP.email_reply_to",
        "mail.reply_to",
        Kind::Address,
        2,
        "Where answers to mails go; empty for the sender.",
    ),
    setting(
        "MISP.extended_alert_subject",
        "mail.extended_subject",
        Kind::Flag,
        1,
        "The subject of an alert holds the beginning of the event's info, which travels unencrypted.",
    ),
    setting(
        "MISP.threatlevel_in_email_subject",
        "mail.threat_level_in_subject",
        Kind::Flag,
        2,
        "The subject of an alert holds the threat level.",
    ),
    setting(
        "MISP.email_subject_tag",
        "mail.subject_tag",
        Kind::Text(100),
        2,
        "The namespace whose tag on the event stands at the end of an alert's subject.",
    ),
    setting(
        "MISP.email_subject_TLP_string",
        "mail.subject_tlp",
        Kind::Text(100),
        2,
        "What stands there when the event has no such tag.",
    ),
    setting(
        "MISP.publish_alerts_summary_only",
        "mail.summary_only",
        Kind::Flag,
        2,
        "No alert for a single event; only the periodic summaries are sent.",
    ),
    setting(
        "MISP.event_alert_metadata_only",
        "mail.metadata_only",
        Kind::Flag,
        2,
        "Alerts hold no attributes and no related events.",
    ),
    setting(
        "MISP.disablerestalert",
        "mail.no_alert_when_saving",
        Kind::Flag,
        1,
        "An event that is published by saving it through the API causes no alert.",
    ),
    setting(
        "MISP.block_event_alert",
        "mail.block_tagged",
        Kind::Flag,
        1,
        "Events with a certain tag cause no alert.",
    ),
    setting(
        "MISP.block_event_alert_tag",
        "mail.block_tag",
        Kind::Text(255),
        1,
        "That tag.",
    ),
    setting(
        "MISP.block_old_event_alert",
        "mail.block_old",
        Kind::Flag,
        1,
        "Old events cause no alert.",
    ),
    setting(
        "MISP.block_old_event_alert_age",
        "mail.block_older_than_days",
        DAYS,
        1,
        "An event is old when it was last changed more than so many days ago; 0 does not look.",
    ),
    setting(
        "MISP.block_old_event_alert_by_date",
        "mail.block_dated_before_days",
        DAYS,
        1,
        "An event is old when its date is more than so many days ago; 0 does not look.",
    ),
    setting(
        "MISP.event_alert_republish_ban",
        "mail.republish_ban",
        Kind::Flag,
        1,
        "An event that is published again and again causes one alert.",
    ),
    setting(
        "MISP.event_alert_republish_ban_threshold",
        "mail.republish_ban_minutes",
        MINUTES,
        1,
        "Minutes between two alerts for the same event.",
    ),
    setting(
        "MISP.event_alert_republish_ban_refresh_on_retry",
        "mail.republish_ban_refresh",
        Kind::Flag,
        1,
        "An attempt within that time starts it anew.",
    ),
    setting(
        "MISP.user_email_notification_ban",
        "mail.user_ban",
        Kind::Flag,
        1,
        "A user who causes too many alerts causes none for a while.",
    ),
    setting(
        "MISP.user_email_notification_ban_time_threshold",
        "mail.user_ban_minutes",
        MINUTES,
        1,
        "The minutes in which a user's alerts are counted.",
    ),
    setting(
        "MISP.user_email_notification_ban_amount_threshold",
        "mail.user_ban_amount",
        Kind::Number(1, 100_000),
        1,
        "The most alerts of a user in that time.",
    ),
    setting(
        "MISP.user_email_notification_ban_refresh_on_retry",
        "mail.user_ban_refresh",
        Kind::Flag,
        1,
        "Attempts that cause no alert count as well.",
    ),
    setting(
        "MISP.org_alert_threshold",
        "mail.org_alerts_a_day",
        MANY,
        2,
        "The most alerts for events of one organisation within a day; 0 for no limit.",
    ),
    setting(
        "GnuPG.sign",
        "mail.sign",
        Kind::Flag,
        2,
        "Mails are signed with the OpenPGP key of this instance.",
    ),
    setting(
        "GnuPG.onlyencrypted",
        "mail.only_encrypted",
        Kind::Flag,
        0,
        "Users without an OpenPGP key get no mail.",
    ),
    setting(
        "GnuPG.bodyonlyencrypted",
        "mail.body_only_encrypted",
        Kind::Flag,
        2,
        "Users without an OpenPGP key get mails without their content.",
    ),
    setting(
        "GnuPG.obscure_subject",
        "mail.obscure_subject",
        Kind::Flag,
        2,
        "The subject of an encrypted mail is inside it.",
    ),
    setting(
        "Security.allow_password_forgotten",
        "security.allow_password_forgotten",
        Kind::Flag,
        1,
        "Who has forgotten the password can ask for a link by mail.",
    ),
];
