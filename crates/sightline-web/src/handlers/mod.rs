//! From a visit to a page: ask the application, fill the page struct, render. One file per feature.

mod account;
mod login;

use crate::http::{self, State, act, show};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use sightline_app::Platform;
use std::sync::Arc;

/// Every page. `secure_cookies` when users reach this instance over TLS.
pub fn router(platform: Arc<Platform>, secure_cookies: bool) -> Router {
    let state = State { platform, cookies: http::Cookies { secure: secure_cookies } };
    let inside = Router::new()
        .route("/users/logout", act(login::log_out))
        .route("/users/profile", show(account::profile))
        .route("/users/view/me", show(account::profile))
        .route("/users/change_pw", show(account::password_form).merge(act(account::change_password)))
        .route("/auth_keys/add/{id}", act(account::add_key))
        .route("/auth_keys/delete/{id}", act(account::delete_key))
        .fallback(show_missing())
        .layer(from_fn_with_state(state.clone(), http::authenticated));
    Router::new()
        .route("/users/login", get(login::form).post(login::submit))
        .route("/assets/{file}", get(crate::assets::serve))
        .with_state(state)
        .merge(inside)
        .layer(from_fn(http::headers))
}

fn show_missing() -> axum::routing::MethodRouter {
    let missing = |_, _| async { Err(sightline_core::AppError::not_found("There is no such page.")) };
    show(missing).merge(act(missing))
}
