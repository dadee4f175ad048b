//! From a visit to a page: ask the application, fill the page struct, render. One file per feature.

mod account;
mod analyst_data;
mod analyst_list;
mod attribute_forms;
mod attribute_list;
mod attributes;
mod attributes_bulk;
mod blocklists;
mod bookmarks;
mod collections;
mod correlations;
mod event_delegations;
mod event_graph;
mod event_reports;
mod events;
mod exports;
mod external_login;
mod feed_caches;
mod feeds;
mod jobs;
mod login;
mod logs;
mod mail;
mod mail_links;
mod news;
mod organisations;
mod otp;
mod proposals;
mod registrations;
mod rest_client;
mod roles;
mod search;
mod sessions;
mod settings;
mod sharing_groups;
mod sightings;
mod statistics;
mod tag_collections;
mod tag_list;
mod tags;
mod taxonomies;
mod threads;
mod user_settings;
mod users;
mod words;

use crate::http::{self, State, act, show};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use sightline_app::Platform;
use std::sync::Arc;

/// Every page. `secure_cookies` when users reach this instance over TLS.
pub fn router(platform: Arc<Platform>, secure_cookies: bool) -> Router {
    let state = State {
        platform,
        cookies: http::Cookies {
            secure: secure_cookies,
        },
    };
    let inside = Router::new()
        .route("/users/logout", act(login::log_out))
        .route("/", show(user_settings::home))
        .route("/events/index", show(events::index))
        .route("/events", show(events::index))
        .route("/events/view/{id}", show(events::view))
        .route("/events/download/{id}", show(events::download))
        .route("/events/add", show(events::add_form).merge(act(events::add)))
        .route(
            "/events/edit/{id}",
            show(events::edit_form).merge(act(events::edit)),
        )
        .route("/events/publish/{id}", act(events::publish))
        .route("/events/contact/{id}", act(mail::contact))
        .route("/events/unpublish/{id}", act(events::unpublish))
        .route("/events/delete/{id}", act(events::delete))
        .route("/events/delete", act(events::delete_several))
        .route("/events/{id}/attributes", show(attributes::windows))
        .route("/events/addTag/{id}", act(tags::add_to_event))
        .route("/events/removeTag/{id}/{tag}", act(tags::remove_from_event))
        .route("/attributes/add/{id}", act(attribute_forms::add))
        .route(
            "/attributes/edit/{id}",
            show(attribute_forms::edit_form).merge(act(attribute_forms::edit)),
        )
        .route("/attributes/editField/{id}", act(attributes::edit_field))
        .route("/attributes/delete/{id}", act(attributes::delete))
        .route("/attributes/restore/{id}", act(attributes::restore))
        .route(
            "/attributes/deleteSelected/{id}",
            act(attributes::delete_selected),
        )
        .route("/attributes/addTag/{id}", act(tags::add_to_attribute))
        .route(
            "/attributes/removeTag/{id}/{tag}",
            act(tags::remove_from_attribute),
        )
        .route("/tags/picker/{target}/{id}", show(tags::picker))
        .route("/objects/delete/{id}", act(attributes::delete_object))
        .route("/sightings/add/{id}", act(sightings::add))
        .route("/sightings/delete/{id}", act(sightings::delete))
        .route("/sightings/listSightings/{id}/attribute", show(sightings::list))
        .route("/shadow_attributes/index", show(proposals::index))
        .route("/shadow_attributes/add/{id}", act(proposals::add))
        .route(
            "/shadow_attributes/edit/{id}",
            show(proposals::change_form).merge(act(proposals::propose_change)),
        )
        .route("/shadow_attributes/delete/{id}", act(proposals::propose_deletion))
        .route("/shadow_attributes/accept/{id}", act(proposals::accept))
        .route("/shadow_attributes/discard/{id}", act(proposals::discard))
        .merge(feeds())
        .route("/jobs/index", show(jobs::index))
        .route("/jobs/view/{id}", show(jobs::view))
        .route("/jobs/live/{id}", show(jobs::live))
        .route("/jobs/cancel/{id}", act(jobs::cancel))
        .route("/jobs/retry/{id}", act(jobs::retry))
        .merge(own_account())
        .merge(reports_and_notes())
        .merge(attributes_of_all_events())
        .merge(delegation())
        .merge(discussions())
        .merge(administration())
        .merge(gathered())
        .merge(exports::routes())
        .fallback(show_missing())
        .layer(from_fn_with_state(state.clone(), http::authenticated));
    Router::new()
        .merge(outside())
        .merge(mail_links())
        .route("/assets/{file}", get(crate::assets::serve))
        .with_state(state)
        .merge(inside)
        .layer(from_fn(http::headers))
}

/// Feeds and what is known from them.
fn feeds() -> Router {
    Router::new()
        .route("/feeds/index", show(feeds::index))
        .route("/feeds/add", show(feeds::add_form).merge(act(feeds::add)))
        .route("/feeds/edit/{id}", show(feeds::edit_form).merge(act(feeds::edit)))
        .route("/feeds/delete/{id}", act(feeds::delete))
        .route("/feeds/enable/{id}", act(feeds::enable))
        .route("/feeds/disable/{id}", act(feeds::disable))
        .route("/feeds/toggleSelected", act(feeds::toggle_selected))
        .route("/feeds/fetchFromFeed/{id}", act(feeds::fetch))
        .route("/feeds/fetchFromAllFeeds", act(feeds::fetch_all))
        .route("/feeds/loadDefaultFeeds", act(feeds::load_defaults))
        .route("/feeds/previewIndex/{id}", show(feeds::preview))
        .route("/feeds/getEvent/{id}/{uuid}", act(feeds::import_event))
        .route("/feeds/compareFeeds", show(feed_caches::compare))
        .route("/feeds/cacheFeeds", act(feed_caches::cache))
}

/// What a link in a mail leads to, for whoever holds it.
fn mail_links() -> Router<State> {
    Router::new()
        .route(
            "/users/forgot",
            get(mail_links::forgot_form).post(mail_links::forgot),
        )
        .route(
            "/users/password_reset/{token}",
            get(mail_links::reset_form).post(mail_links::reset),
        )
        .route(
            "/users/unsubscribe/{code}/{type}",
            get(mail_links::unsubscribe_form).post(mail_links::unsubscribe),
        )
        .route("/gpg.asc", get(mail_links::public_key))
        .route("/users/getGpgPublicKey", get(mail_links::public_key))
}

/// Attributes outside the page of an event: the list, acting on all that it finds, one of them.
fn attributes_of_all_events() -> Router {
    Router::new()
        .route("/attributes/index", show(attribute_list::index))
        .route("/events/graph/{id}", show(event_graph::show_graph))
        .route(
            "/attributes/bulk",
            show(attributes_bulk::form_page).merge(act(attributes_bulk::start)),
        )
        .route("/attributes/bulk/preview", act(attributes_bulk::preview))
        .route("/attributes/row/{id}", show(attributes::show_row))
        .route("/attributes/download/{id}", show(attributes::download))
}

/// What people say about events.
fn discussions() -> Router {
    Router::new()
        .route("/threads/index", show(threads::index))
        .route("/threads/view/{id}", show(threads::view))
        .route("/threads/viewEvent/{event}", show(threads::view_event))
        .route("/posts/add/{place}/{id}", act(threads::add))
        .route(
            "/posts/edit/{id}",
            show(threads::edit_form).merge(act(threads::edit)),
        )
        .route("/posts/delete/{id}", act(threads::delete))
}

/// Offers to hand an event over.
fn delegation() -> Router {
    Router::new()
        .route("/event_delegations/index", show(event_delegations::index))
        .route("/event_delegations/view/{id}", show(event_delegations::view))
        .route(
            "/event_delegations/delegateEvent/{event}",
            show(event_delegations::request_form).merge(act(event_delegations::request)),
        )
        .route(
            "/event_delegations/acceptDelegation/{id}",
            act(event_delegations::accept),
        )
        .route(
            "/event_delegations/deleteDelegation/{id}",
            act(event_delegations::delete),
        )
}

/// What strangers may ask for.
fn outside() -> Router<State> {
    Router::new()
        .route("/users/login", get(login::form).post(login::submit))
        .route(
            "/users/register",
            get(registrations::form).post(registrations::submit),
        )
        .route("/users/oidc", get(external_login::depart))
        .route("/users/oidc/return", get(external_login::arrive))
        .route("/users/oidc/logout", get(external_login::leave))
}

/// The own account: profile, keys, settings, one-time passwords, the terms, sessions; and those who ask for an account.
fn own_account() -> Router {
    Router::new()
        .route("/users/profile", show(account::profile))
        .route("/users/view/me", show(account::profile))
        .route(
            "/users/change_pw",
            show(account::password_form).merge(act(account::change_password)),
        )
        .route("/auth_keys/add/{id}", act(account::add_key))
        .route("/auth_keys/view/{id}", show(account::key_form))
        .route(
            "/auth_keys/edit/{id}",
            show(account::key_form).merge(act(account::edit_key)),
        )
        .route("/auth_keys/delete/{id}", act(account::delete_key))
        .route("/users/routeafterlogin", show(user_settings::home))
        .route("/user_settings/index", show(user_settings::index))
        .route("/user_settings/setSetting/{name}", act(user_settings::save))
        .route("/users/otp", show(otp::confirm_form).merge(act(otp::confirm)))
        .route("/users/totp_new", show(otp::set_up_form).merge(act(otp::turn_on)))
        .route("/users/hotp", show(otp::paper))
        .route("/users/totp_delete/{id}", act(otp::remove))
        .route("/users/downloadTerms", show(otp::download_terms))
        .route("/users/terms", show(otp::terms).merge(act(otp::accept_terms)))
        .route("/users/sessions", show(sessions::index))
        .route("/users/sessions/end", act(sessions::end_others))
        .route("/users/sessions/end/{id}", act(sessions::end))
        .route("/users/view_login_history", show(sessions::logins))
        .route("/users/view_login_history/{id}", show(sessions::logins))
        .route("/users/checkIfLoggedIn", show(sessions::is_logged_in))
        .route("/admin/users/destroy/{id}", act(sessions::destroy))
        .route("/users/registrations", show(registrations::index))
        .route("/users/registrations/index", show(registrations::index))
        .route("/users/acceptRegistrations/{id}", act(registrations::accept))
        .route("/users/discardRegistrations/{id}", act(registrations::discard))
}

/// Collections, tag collections, taxonomies, bookmarks and news; and the search over everything.
fn gathered() -> Router {
    Router::new()
        .route("/search", show(search::index))
        .route("/search/suggest", show(search::suggest))
        .route("/collections/index", show(collections::index))
        .route("/collections/view/{id}", show(collections::view))
        .route(
            "/collections/add",
            show(collections::add_form).merge(act(collections::add)),
        )
        .route(
            "/collections/edit/{id}",
            show(collections::edit_form).merge(act(collections::edit)),
        )
        .route("/collections/delete/{id}", act(collections::delete))
        .route("/collection_elements/add/{id}", act(collections::add_element))
        .route(
            "/collection_elements/delete/{id}",
            act(collections::delete_element),
        )
        .route("/tags/index", show(tag_list::index))
        .route("/favourite_tags/toggle/{id}", act(tag_list::toggle_favourite))
        .route("/tag_collections/index", show(tag_collections::index))
        .route(
            "/tag_collections/add",
            show(tag_collections::add_form).merge(act(tag_collections::add)),
        )
        .route(
            "/tag_collections/edit/{id}",
            show(tag_collections::edit_form).merge(act(tag_collections::edit)),
        )
        .route("/tag_collections/delete/{id}", act(tag_collections::delete))
        .route("/taxonomies/index", show(taxonomies::index))
        .route("/taxonomies/view/{id}", show(taxonomies::view))
        .route("/taxonomies/enable/{id}", act(taxonomies::enable))
        .route("/taxonomies/disable/{id}", act(taxonomies::disable))
        .route(
            "/taxonomies/toggleRequired/{id}",
            act(taxonomies::toggle_required),
        )
        .route(
            "/taxonomies/toggleHighlighted/{id}",
            act(taxonomies::toggle_highlighted),
        )
        .route("/taxonomies/addTag/{id}", act(taxonomies::add_tag))
        .route("/taxonomies/hideTag/{id}", act(taxonomies::hide_tag))
        .route("/taxonomies/delete/{id}", act(taxonomies::delete))
        .route("/taxonomies/update", act(taxonomies::update))
        .route("/bookmarks/index", show(bookmarks::index))
        .route(
            "/bookmarks/add",
            show(bookmarks::add_form).merge(act(bookmarks::add)),
        )
        .route(
            "/bookmarks/edit/{id}",
            show(bookmarks::edit_form).merge(act(bookmarks::edit)),
        )
        .route("/bookmarks/delete/{id}", act(bookmarks::delete))
        .route("/news/index", show(news::index))
        .route("/news/add", show(news::add_form).merge(act(news::add)))
        .route("/news/edit/{id}", show(news::edit_form).merge(act(news::edit)))
        .route("/news/delete/{id}", act(news::delete))
}

/// Event reports, and what people write below things.
fn reports_and_notes() -> Router {
    Router::new()
        .route("/event_reports/index", show(event_reports::index))
        .route("/event_reports/view/{id}", show(event_reports::view))
        .route("/event_reports/download/{id}", show(event_reports::download))
        .route(
            "/event_reports/add/{event}",
            show(event_reports::add_form).merge(act(event_reports::add)),
        )
        .route(
            "/event_reports/edit/{id}",
            show(event_reports::edit_form).merge(act(event_reports::edit)),
        )
        .route("/event_reports/preview/{event}", act(event_reports::preview))
        .route("/event_reports/targets/{event}", show(event_reports::targets))
        .route(
            "/event_reports/extract/{id}",
            show(event_reports::extract_form).merge(act(event_reports::extract)),
        )
        .route("/event_reports/import/{event}", act(event_reports::import))
        .route("/event_reports/delete/{id}", act(event_reports::delete))
        .route("/event_reports/restore/{id}", act(event_reports::restore))
        .route("/analyst_data/index", show(analyst_list::index))
        .route("/analyst_data/index/{kind}", show(analyst_list::index))
        .route("/analyst_data/thread/{kind}/{uuid}", show(analyst_data::thread))
        .route("/analyst_data/add/{kind}/{uuid}", act(analyst_data::add))
        .route("/analyst_data/edit/{uuid}", act(analyst_data::edit))
        .route("/analyst_data/delete/{uuid}", act(analyst_data::delete))
}

/// Organisations, sharing groups, users and roles; settings, the log, statistics, the REST client.
fn administration() -> Router {
    Router::new()
        .route("/organisations/index", show(organisations::index))
        .route("/organisations/view/{id}", show(organisations::view))
        .route(
            "/admin/organisations/add",
            show(organisations::add_form).merge(act(organisations::add)),
        )
        .route(
            "/admin/organisations/edit/{id}",
            show(organisations::edit_form).merge(act(organisations::edit)),
        )
        .route("/admin/organisations/delete/{id}", act(organisations::delete))
        .route(
            "/admin/organisations/merge/{id}",
            show(organisations::merge_form).merge(act(organisations::merge)),
        )
        .route("/organisations/logo/{id}", show(organisations::logo))
        .route("/admin/organisations/logo/{id}", act(organisations::set_logo))
        .route(
            "/admin/organisations/removeLogo/{id}",
            act(organisations::remove_logo),
        )
        .merge(sharing())
        .route(
            "/users/notificationSettings",
            show(mail::settings).merge(act(mail::save_settings)),
        )
        .route("/users/viewPeriodicSummary/{period}", show(mail::summary))
        .route(
            "/admin/users/email",
            show(mail::write_form).merge(act(mail::write)),
        )
        .merge(blocklists::routes())
        .merge(correlations::routes())
        .route("/admin/users/index", show(users::index))
        .route("/admin/users/view/{id}", show(users::view))
        .route("/admin/users/add", show(users::add_form).merge(act(users::add)))
        .route(
            "/admin/users/edit/{id}",
            show(users::edit_form).merge(act(users::edit)),
        )
        .route("/users/initiatePasswordReset/{id}", act(users::reset_password))
        .route("/admin/users/delete/{id}", act(users::delete))
        .route("/roles/index", show(roles::index))
        .route("/admin/audit_logs/index", show(logs::index))
        .route("/audit_logs/eventIndex/{id}", show(logs::event))
        .route("/servers/serverSettings", show(settings::index))
        .route("/servers/serverSettingsEdit/{name}", act(settings::edit))
        .route("/users/statistics", show(statistics::index))
        .route("/api/rest", show(rest_client::show))
        .route("/events/automation", show(rest_client::automation))
}

fn sharing() -> Router {
    Router::new()
        .route("/sharing_groups/index", show(sharing_groups::index))
        .route("/sharing_groups/view/{id}", show(sharing_groups::view))
        .route(
            "/sharing_groups/add",
            show(sharing_groups::add_form).merge(act(sharing_groups::add)),
        )
        .route(
            "/sharing_groups/edit/{id}",
            show(sharing_groups::edit_form).merge(act(sharing_groups::edit)),
        )
        .route("/sharing_groups/delete/{id}", act(sharing_groups::delete))
        .route("/sharing_groups/addOrg/{id}", act(sharing_groups::add_org))
        .route(
            "/sharing_groups/removeOrg/{id}/{org}",
            act(sharing_groups::remove_org),
        )
        .route("/sharing_groups/extend/{id}/{org}", act(sharing_groups::extend))
}

fn show_missing() -> axum::routing::MethodRouter {
    let missing = |_, _| async { Err(sightline_core::AppError::not_found("There is no such page.")) };
    show(missing).merge(act(missing))
}
