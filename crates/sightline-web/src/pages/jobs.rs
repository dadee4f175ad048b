//! Background jobs: the list, one job with its log, and the live piece that refreshes itself until the end.

use super::list::Pager;
use super::moment::{Count, Moment};
use super::wording::Choice;
use crate::layout::Frame;
use askama::{Template, filters::HtmlSafe};

/// Where a job stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobState {
    /// Waits for a worker, or for its next attempt.
    #[default]
    Queued,
    /// A worker is at it.
    Running,
    /// Done.
    Done,
    /// Given up.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl JobState {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Done => "Done",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Queued => "muted-mark",
            Self::Running => "info",
            Self::Done => "ok",
            Self::Failed => "danger",
            Self::Cancelled => "warning",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// What is shown of a job everywhere. As a template: state, bar and message, refreshed by `GET /jobs/live/{id}` until
/// the job is over.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "jobs/progress.html")]
pub struct JobProgress {
    /// The job.
    pub id: i64,
    /// Where it stands.
    pub state: JobState,
    /// Per cent; `None` when its length is not known.
    pub percent: Option<u8>,
    /// What it does now, or how it ended.
    pub message: String,
}

impl HtmlSafe for JobProgress {}

/// `GET /jobs/index`. The table refreshes itself while a job is not over.
#[derive(Clone, Debug, Template)]
#[template(path = "jobs/index.html")]
pub struct JobIndexPage {
    /// The frame.
    pub frame: Frame,
    /// Any and the states; sent as `state`.
    pub states: Vec<Choice>,
    /// Where we are.
    pub pager: Pager,
    /// The jobs, latest first.
    pub rows: Vec<JobRow>,
}

/// One job.
#[derive(Clone, Debug, Default)]
pub struct JobRow {
    /// What it does: "Fetch feed".
    pub kind: String,
    /// To what: the feed's name.
    pub subject: String,
    /// Where that is shown; may be empty.
    pub subject_url: String,
    /// State, bar, message.
    pub progress: JobProgress,
    /// Who asked for it; empty for the schedule.
    pub requested_by: String,
    /// Asked for.
    pub created: Moment,
    /// Started.
    pub started: Option<Moment>,
    /// Ended.
    pub finished: Option<Moment>,
    /// Attempts so far.
    pub attempts: Count,
    /// Most attempts.
    pub max_attempts: Count,
    /// May be cancelled now: post to `/jobs/cancel/{id}`.
    pub can_cancel: bool,
    /// May be tried again now: post to `/jobs/retry/{id}`.
    pub can_retry: bool,
}

/// `GET /jobs/view/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "jobs/view.html")]
pub struct JobPage {
    /// The frame.
    pub frame: Frame,
    /// The job with its log.
    pub live: JobLive,
}

/// The body of a job's page. Answer to `GET /jobs/live/{id}?full=1`; refreshes itself until the job is over.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "jobs/live.html")]
pub struct JobLive {
    /// The job.
    pub job: JobRow,
    /// What it said, oldest first.
    pub log: Vec<JobLogLine>,
    /// The session's token.
    pub csrf_token: String,
}

impl HtmlSafe for JobLive {}

/// One message of a job.
#[derive(Clone, Debug, Default)]
pub struct JobLogLine {
    /// When.
    pub at: Moment,
    /// It tells of something that did not work.
    pub is_problem: bool,
    /// What.
    pub text: String,
}
