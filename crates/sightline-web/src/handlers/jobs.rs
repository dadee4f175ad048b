//! Background jobs: the list, one job with its log, live progress.

use crate::http::{Answer, Input, Visit, done, fragment, page};
use crate::layout::Nav;
use crate::pages::jobs::{JobIndexPage, JobLive, JobLogLine, JobPage, JobProgress, JobRow, JobState};
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::Choice;
use sightline_app::jobs::{self, Filter, Job, State};
use sightline_core::AppResult;
use sightline_core::ids::JobId;

/// Jobs per page.
const ROWS: u32 = 50;
/// Attempts before a job is given up.
const ATTEMPTS: u64 = 5;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let state = input.query.get("state").to_owned();
    let filter = Filter {
        state: State::parse(&state),
        ..Filter::default()
    };
    let (found, total) = jobs::index(&visit.ctx, filter, input.page(), ROWS).await?;
    let states = [
        ("", "Any"),
        ("queued", "Queued"),
        ("running", "Running"),
        ("done", "Done"),
        ("failed", "Failed"),
        ("cancelled", "Cancelled"),
    ];
    page(&JobIndexPage {
        frame: visit.frame("Jobs", Nav::Jobs),
        states: Choice::list(states, &state),
        pager: Pager {
            url: ListUrl::new("/jobs/index", &[("state", &state)]),
            page: u64::from(input.page()),
            per_page: u64::from(ROWS),
            total: u64::try_from(total).unwrap_or(0),
        },
        rows: found.iter().map(|job| row(&visit, job)).collect(),
    })
}

/// `feed.fetch` as a title: `Feed fetch`.
fn spoken(kind: &str) -> String {
    let words = kind.replace(['.', '_'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn row(visit: &Visit, job: &Job) -> JobRow {
    let steers = jobs::may_steer(&visit.ctx, job);
    let (subject, subject_url) = match job.payload.get("feed").and_then(serde_json::Value::as_i64) {
        Some(feed) => (format!("Feed {feed}"), format!("/feeds/previewIndex/{feed}")),
        None => (String::new(), String::new()),
    };
    JobRow {
        kind: spoken(&job.kind),
        subject,
        subject_url,
        progress: progress(job),
        requested_by: job.user_email.clone().unwrap_or_else(|| "the platform".into()),
        created: Moment(job.created),
        started: Moment::if_set(job.started),
        finished: Moment::if_set(job.finished),
        attempts: Count(u64::try_from(job.attempts).unwrap_or(0)),
        max_attempts: Count(ATTEMPTS),
        can_cancel: steers && job.state.is_alive() && !job.cancel,
        can_retry: steers && matches!(job.state, State::Failed | State::Cancelled),
    }
}

/// A job's progress, to be redrawn while it runs.
pub(super) fn progress(job: &Job) -> JobProgress {
    let state = match job.state {
        State::Queued => JobState::Queued,
        State::Running => JobState::Running,
        State::Done => JobState::Done,
        State::Failed => JobState::Failed,
        State::Cancelled => JobState::Cancelled,
    };
    JobProgress {
        id: job.id.0,
        state,
        percent: (job.total > 0).then(|| u8::try_from(jobs::percent(job).clamp(0, 100)).unwrap_or(100)),
        message: job.message.clone(),
    }
}

async fn live_of(visit: &Visit, id: JobId) -> AppResult<JobLive> {
    let job = jobs::view(&visit.ctx, id).await?;
    let log = jobs::end_of_log(&visit.ctx, id).await?;
    Ok(JobLive {
        job: row(visit, &job),
        log: log
            .into_iter()
            .map(|line| JobLogLine {
                at: Moment(line.created),
                is_problem: line.level != "info",
                text: line.message,
            })
            .collect(),
        csrf_token: visit.csrf.clone(),
    })
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let live = live_of(&visit, JobId(input.id(0)?)).await?;
    page(&JobPage {
        frame: visit.frame(format!("Job {}", input.arg(0)), Nav::Jobs),
        live,
    })
}

/// The part of a page that shows a job's progress.
pub(super) async fn live(visit: Visit, input: Input) -> Answer {
    let id = JobId(input.id(0)?);
    if input.query.get("full") == "1" {
        return fragment(&live_of(&visit, id).await?, None);
    }
    fragment(&progress(&jobs::view(&visit.ctx, id).await?), None)
}

pub(super) async fn cancel(visit: Visit, input: Input) -> Answer {
    let id = JobId(input.id(0)?);
    jobs::cancel(&visit.ctx, id).await?;
    done(&visit, &format!("/jobs/view/{id}"), "The job is being cancelled.")
}

pub(super) async fn retry(visit: Visit, input: Input) -> Answer {
    let id = JobId(input.id(0)?);
    jobs::retry(&visit.ctx, id).await?;
    done(&visit, &format!("/jobs/view/{id}"), "The job is queued again.")
}
