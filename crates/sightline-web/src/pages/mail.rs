//! Mail: what one gets oneself, summaries, and what administrators write.

use super::errors::Errors;
use super::moment::Moment;
use super::wording::Choice;
use crate::layout::Frame;
use askama::Template;

/// Which mails one gets, and the key that they are encrypted with. Posts to `/users/notificationSettings`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "mail/settings.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick box of its own")]
pub struct MailSettingsPage {
    /// The frame.
    pub frame: Frame,
    /// Alerts of published events.
    pub autoalert: bool,
    /// Questions about the own organisation's events.
    pub contactalert: bool,
    /// The summary of a day.
    pub notification_daily: bool,
    /// The summary of a week.
    pub notification_weekly: bool,
    /// The summary of a month.
    pub notification_monthly: bool,
    /// The OpenPGP key in ASCII armour.
    pub gpgkey: String,
    /// Its fingerprint, when it holds.
    pub fingerprint: Option<String>,
    /// When it ends.
    pub expires: Option<Moment>,
    /// Why mail cannot be encrypted with it.
    pub problem: Option<String>,
    /// What is wrong.
    pub errors: Errors,
}

/// A summary of the last day, week or month.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/summary.html")]
pub struct SummaryPage {
    /// The frame.
    pub frame: Frame,
    /// `daily`, `weekly`, `monthly`, and whether it is this one.
    pub periods: Vec<(&'static str, bool)>,
    /// From when.
    pub from: Moment,
    /// How many events there are.
    pub total: i64,
    /// The latest of them.
    pub events: Vec<SummaryRow>,
    /// Tag, uses, uses in the time before.
    pub trends: Vec<(String, i64, i64)>,
}

/// An event of a summary.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct SummaryRow {
    pub id: i64,
    pub date: String,
    pub info: String,
    pub org: String,
    pub published: Moment,
}

/// A mail to users. Posts to `/admin/users/email`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "mail/write.html")]
pub struct WritePage {
    /// The frame.
    pub frame: Frame,
    /// No mail leaves this instance.
    pub is_off: bool,
    /// Everybody, an organisation, or a role.
    pub recipients: Vec<Choice>,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// What is wrong.
    pub errors: Errors,
}
