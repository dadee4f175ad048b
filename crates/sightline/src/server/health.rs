//! Probes: alive, ready, and the counters in Prometheus' text form.

use super::Edge;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sightline_app::{Ctx, jobs};
use sightline_core::AppResult;
use sightline_db::health;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A database that needs longer for a look at one row is as good as away.
const PATIENCE: Duration = Duration::from_secs(5);

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// And so does the database, and the server is not about to stop.
pub(super) async fn ready(State(edge): State<Arc<Edge>>) -> Response {
    let away = |why: &'static str| (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    if edge.stopping.load(Ordering::Relaxed) {
        return away("stopping\n");
    }
    match tokio::time::timeout(PATIENCE, edge.platform.db.read(health::answers)).await {
        Ok(Ok(true)) => "ready\n".into_response(),
        Ok(Ok(false)) => away("the database is empty\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            away("the database does not answer\n")
        }
        Err(_) => away("the database is slow to answer\n"),
    }
}

/// The counters, with what is best looked up at the moment of asking.
pub(super) async fn metrics(State(edge): State<Arc<Edge>>) -> Response {
    let Some(recorder) = &edge.metrics else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let started = Instant::now();
    let up = edge.platform.db.read(health::answers).await.unwrap_or_default();
    metrics::gauge!("sightline_database_up").set(if up { 1.0 } else { 0.0 });
    metrics::histogram!("sightline_database_answer_seconds").record(started.elapsed().as_secs_f64());
    metrics::gauge!("sightline_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    if let Err(error) = count_jobs(&edge).await {
        tracing::warn!(%error, "jobs are not counted");
    }
    recorder.run_upkeep();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        recorder.render(),
    )
        .into_response()
}

async fn count_jobs(edge: &Edge) -> AppResult<()> {
    let ctx = Ctx::platform(Arc::clone(&edge.platform));
    for state in jobs::State::ALL {
        let filter = jobs::Filter {
            state: Some(state),
            ..jobs::Filter::default()
        };
        let (_, count) = jobs::index(&ctx, filter, 1, 0).await?;
        // A gauge is a float; there are never 2^53 jobs.
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        metrics::gauge!("sightline_jobs", "state" => state.name()).set(f64::from(count));
    }
    Ok(())
}
