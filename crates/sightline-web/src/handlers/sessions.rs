//! The visitor's sessions, and the log-ins of an account.

use super::logs::table;
use crate::http::{Answer, Input, Visit, done, page, redirect};
use crate::layout::Nav;
use crate::pages::list::ListUrl;
use crate::pages::moment::Moment;
use crate::pages::sessions::{LoginHistoryPage, SessionRow, SessionsPage};
use axum::response::IntoResponse;
use sightline_app::{login, users};
use sightline_core::ids::UserId;
use sightline_core::limits::PAGE_ROWS;

const INDEX: &str = "/users/sessions";

pub(super) async fn index(visit: Visit, _: Input) -> Answer {
    let found = login::sessions(&visit.ctx, &visit.token).await?;
    page(&SessionsPage {
        frame: visit.frame("Sessions", Nav::Profile),
        rows: found
            .into_iter()
            .map(|session| SessionRow {
                id: session.id,
                created: Moment(session.created),
                last_seen: Moment(session.last_seen),
                ip: session.ip,
                user_agent: session.user_agent,
                is_this: session.is_this,
            })
            .collect(),
    })
}

pub(super) async fn end(visit: Visit, input: Input) -> Answer {
    login::log_out_one(&visit.ctx, input.arg(0)).await?;
    done(&visit, INDEX, "The session has ended.")
}

pub(super) async fn end_others(visit: Visit, _: Input) -> Answer {
    login::log_out_elsewhere(&visit.ctx, Some(&visit.token)).await?;
    done(&visit, INDEX, "Your other sessions have ended.")
}

/// For a site administrator: everybody is out until they log in again.
pub(super) async fn destroy(visit: Visit, input: Input) -> Answer {
    let id = UserId(input.id(0)?);
    let ended = login::end_sessions_of(&visit.ctx, id).await?;
    if id == visit.ctx.caller.user_id {
        return redirect("/users/login");
    }
    done(
        &visit,
        &format!("/admin/users/view/{id}"),
        &format!("{ended} session(s) have ended."),
    )
}

pub(super) async fn logins(visit: Visit, input: Input) -> Answer {
    let own = visit.ctx.caller.user_id;
    let id = match input.arg(0) {
        "" => own,
        _ => UserId(input.id(0)?),
    };
    let found = login::history(&visit.ctx, id, input.page(), PAGE_ROWS).await?;
    let email = if id == own {
        visit.ctx.caller.email.clone()
    } else {
        users::administered(&visit.ctx, id).await?.user.email
    };
    let full = found.len() >= usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    let url = ListUrl::new(&format!("/users/view_login_history/{id}"), &[]);
    let mut entries = table(&found, true);
    for row in &mut entries.rows {
        // All are about the one account that this page is about.
        row.url.clear();
    }
    page(&LoginHistoryPage {
        frame: visit.frame(format!("Log-ins of {email}"), Nav::Profile),
        email,
        older: full.then(|| url.with("page", &(input.page() + 1).to_string())),
        table: entries,
    })
}

/// Asked by scripts: the gate has answered already.
pub(super) async fn is_logged_in(_: Visit, _: Input) -> Answer {
    Ok("OK".into_response())
}
