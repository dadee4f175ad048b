//! `sightline job`: what runs in the background.

use super::print::Printer;
use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sightline_app::{Ctx, jobs};
use sightline_core::clock::datetime_of;
use sightline_core::ids::JobId;

/// Jobs in a list unless said otherwise.
const LATEST: u32 = 50;

#[derive(Debug, Args)]
pub(super) struct Job {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List jobs, newest first
    List {
        /// Only jobs that are queued, running, done, failed or cancelled
        #[arg(long)]
        state: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = LATEST)]
        limit: u32,
    },
    /// Show one job and its log
    Show {
        /// The job's number
        id: i64,
    },
    /// End a job: at once while it waits, else at its next step
    Cancel {
        /// The job's number
        id: i64,
    },
    /// Queue a failed or cancelled job again
    Retry {
        /// The job's number
        id: i64,
    },
}

impl Job {
    pub(super) async fn run(self, ctx: Ctx, out: Printer) -> Result<()> {
        match self.action {
            Action::List { state, limit } => list(&ctx, out, state, limit).await,
            Action::Show { id } => show(&ctx, out, JobId(id)).await,
            Action::Cancel { id } => {
                let state = jobs::cancel(&ctx, JobId(id)).await?;
                let sentence = match state {
                    jobs::State::Running => format!("Job {id} will end at its next step."),
                    _ => format!("Job {id} is {}.", state.name()),
                };
                out.done(&sentence, [("id", id.into()), ("state", state.name().into())])
            }
            Action::Retry { id } => {
                jobs::retry(&ctx, JobId(id)).await?;
                out.done(
                    &format!("Job {id} is queued again."),
                    [("id", id.into()), ("state", "queued".into())],
                )
            }
        }
    }
}

async fn list(ctx: &Ctx, out: Printer, state: Option<String>, limit: u32) -> Result<()> {
    let state = match state {
        Some(name) => Some(jobs::State::parse(&name).ok_or_else(|| anyhow!("there is no state `{name}`"))?),
        None => None,
    };
    let (found, _) = jobs::index(
        ctx,
        jobs::Filter {
            state,
            ..jobs::Filter::default()
        },
        1,
        limit,
    )
    .await?;
    let rows = found
        .into_iter()
        .map(|job| {
            let (percent, asked_by) = (jobs::percent(&job), job.user_email.unwrap_or_default());
            [
                job.id.0.into(),
                job.kind.into(),
                job.state.name().into(),
                percent.into(),
                moment(job.created),
                asked_by.into(),
                job.message.into(),
            ]
        })
        .collect();
    out.rows(
        ["id", "kind", "state", "percent", "created", "asked_by", "message"],
        rows,
    )
}

async fn show(ctx: &Ctx, out: Printer, id: JobId) -> Result<()> {
    let job = jobs::view(ctx, id).await?;
    let log = whole_log(ctx, id).await?;
    let lines: Vec<Value> = log
        .iter()
        .map(|line| json!({"created": moment(line.created), "level": line.level, "message": line.message}))
        .collect();
    let log = if out.is_json() {
        Value::Array(lines)
    } else {
        let line = |line: &jobs::LogLine| format!("\n  {}  {}", line.level, line.message);
        log.iter().map(line).collect::<String>().into()
    };
    out.record([
        ("id", job.id.0.into()),
        ("kind", job.kind.clone().into()),
        ("payload", job.payload.clone()),
        ("state", job.state.name().into()),
        ("percent", jobs::percent(&job).into()),
        ("done", job.progress.into()),
        ("total", job.total.into()),
        ("attempts", job.attempts.into()),
        ("created", moment(job.created)),
        ("started", moment(job.started)),
        ("finished", moment(job.finished)),
        ("message", job.message.clone().into()),
        ("log", log),
    ])
}

async fn whole_log(ctx: &Ctx, id: JobId) -> Result<Vec<jobs::LogLine>> {
    let mut lines: Vec<jobs::LogLine> = Vec::new();
    loop {
        let after = lines.last().map_or(0, |line| line.id);
        match jobs::log(ctx, id, after).await? {
            more if more.is_empty() => return Ok(lines),
            more => lines.extend(more),
        }
    }
}

/// A time in UTC; nothing for "not yet".
fn moment(seconds: i64) -> Value {
    if seconds == 0 {
        Value::Null
    } else {
        datetime_of(seconds).into()
    }
}
