//! Organisations.

use super::sharing_groups::row as group_row;
use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::organisations::{
    OrganisationFormPage, OrganisationIndexPage, OrganisationMergePage, OrganisationPage, OrganisationRow,
};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use serde_json::Value;
use sightline_app::organisations::{self, Described, OrganisationIn, Scope};
use sightline_app::sharing_groups;
use sightline_core::ids::OrgId;
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::Loose;
use std::collections::HashMap;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("searchall").to_owned();
    let (scope, word) = match input.query.get("scope") {
        "external" => (Scope::External, "external"),
        "all" => (Scope::All, "all"),
        _ => (Scope::Local, "local"),
    };
    let offset = (input.page() - 1).saturating_mul(PAGE_ROWS);
    let search = (!query.is_empty()).then(|| query.clone());
    let (found, total) = organisations::index(&visit.ctx, scope, search, Some(PAGE_ROWS), offset).await?;
    let url = ListUrl::new("/organisations/index", &[("scope", word), ("searchall", &query)]);
    let counts = event_counts(&visit, &found).await?;
    page(&OrganisationIndexPage {
        frame: visit.frame("Organisations", Nav::Organisations),
        scope: word.into(),
        query,
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total: u64::try_from(total).unwrap_or(0),
        },
        rows: found.iter().map(|described| row(described, &counts)).collect(),
        can_manage: visit.ctx.caller.is_site_admin(),
    })
}

/// Visible events by their creators.
async fn event_counts(visit: &Visit, found: &[Described]) -> AppResult<HashMap<OrgId, i64>> {
    let orgs = found.iter().map(|described| described.org.id).collect();
    organisations::event_counts(&visit.ctx, orgs).await
}

fn row(described: &Described, events: &HashMap<OrgId, i64>) -> OrganisationRow {
    let org = &described.org;
    OrganisationRow {
        id: org.id.0,
        name: org.name.clone(),
        uuid: org.uuid.to_string(),
        local: org.local,
        description: org.description.clone().unwrap_or_default(),
        nationality: org.nationality.clone(),
        sector: org.sector.clone(),
        kind: org.kind.clone(),
        contacts: org.contacts.clone().unwrap_or_default(),
        domains: org.restricted_to_domain.clone(),
        users: Count(u64::try_from(described.user_count).unwrap_or(0)),
        events: Count(
            events
                .get(&org.id)
                .and_then(|count| u64::try_from(*count).ok())
                .unwrap_or(0),
        ),
        logo: logo_url(described),
        created: Moment::if_set(org.date_created),
        modified: Moment::if_set(org.date_modified),
    }
}

/// With the time at which it came in, so that a new one is not hidden by an old copy.
fn logo_url(described: &Described) -> Option<String> {
    let org = described.org.id;
    described
        .logo
        .map(|modified| format!("/organisations/logo/{org}?at={modified}"))
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let described = organisations::view(&visit.ctx, input.arg(0)).await?;
    let counts = event_counts(&visit, std::slice::from_ref(&described)).await?;
    let groups = sharing_groups::of_organisation(&visit.ctx, described.org.id).await?;
    let caller = &visit.ctx.caller;
    page(&OrganisationPage {
        frame: visit.frame(described.org.name.clone(), Nav::Organisations),
        org: row(&described, &counts),
        groups: groups.iter().map(|listed| group_row(&listed.group)).collect(),
        can_manage: caller.is_site_admin(),
        can_see_users: caller.is_site_admin()
            || caller.may(Permission::Admin) && caller.org_id == described.org.id,
    })
}

fn show_form(visit: &Visit, mut form: OrganisationFormPage) -> Answer {
    visit.ctx.require(sightline_core::Permission::SiteAdmin)?;
    let refused = !form.errors.0.is_empty();
    let title = if form.id.is_some() {
        "Edit organisation"
    } else {
        "Add organisation"
    };
    form.frame = visit.frame(title, Nav::Organisations);
    let mut response = page(&form)?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    show_form(
        &visit,
        OrganisationFormPage {
            local: true,
            ..OrganisationFormPage::default()
        },
    )
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let described = organisations::view(&visit.ctx, input.arg(0)).await?;
    show_form(&visit, form_of(&described))
}

fn form_of(described: &Described) -> OrganisationFormPage {
    let org = described.org.clone();
    OrganisationFormPage {
        id: Some(org.id.0),
        name: org.name,
        uuid: org.uuid.to_string(),
        description: org.description.unwrap_or_default(),
        nationality: org.nationality,
        sector: org.sector,
        kind: org.kind,
        contacts: org.contacts.unwrap_or_default(),
        local: org.local,
        domains: org.restricted_to_domain.join("\n"),
        logo: logo_url(described),
        ..OrganisationFormPage::default()
    }
}

fn typed(input: &Input, id: Option<i64>, errors: Errors) -> OrganisationFormPage {
    let text = |name: &str| input.form.get(name).to_owned();
    OrganisationFormPage {
        id,
        name: text("name"),
        uuid: text("uuid"),
        description: text("description"),
        nationality: text("nationality"),
        sector: text("sector"),
        kind: text("type"),
        contacts: text("contacts"),
        local: input.form.ticked("local"),
        domains: text("restricted_to_domain"),
        errors,
        ..OrganisationFormPage::default()
    }
}

fn body_of(input: &Input) -> OrganisationIn {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    OrganisationIn {
        uuid: if input.form.get("uuid").is_empty() {
            Loose::Absent
        } else {
            text("uuid")
        },
        name: text("name"),
        description: text("description"),
        kind: text("type"),
        nationality: text("nationality"),
        sector: text("sector"),
        contacts: text("contacts"),
        local: Loose::Bool(input.form.ticked("local")),
        restricted_to_domain: Value::from(input.form.get("restricted_to_domain")),
        ..OrganisationIn::default()
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    match organisations::add(&visit.ctx, body_of(&input)).await {
        Ok(org) => done(
            &visit,
            &format!("/organisations/view/{}", org.id),
            "Organisation added.",
        ),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, None, Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    match organisations::edit(&visit.ctx, input.arg(0), body_of(&input)).await {
        Ok(_) => done(
            &visit,
            &format!("/organisations/view/{id}"),
            "Organisation saved.",
        ),
        Err(AppError::Invalid(errors)) => {
            let described = organisations::view(&visit.ctx, input.arg(0)).await?;
            let form = typed(&input, Some(id), Errors::from(&errors));
            show_form(
                &visit,
                OrganisationFormPage {
                    logo: logo_url(&described),
                    ..form
                },
            )
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    organisations::delete(&visit.ctx, input.arg(0)).await?;
    done(&visit, "/organisations/index", "Organisation deleted.")
}

/// What may be done with a logo: be shown. Nothing in it runs, wherever it is opened.
const LOGO_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
/// The address changes with the picture, so that a browser may keep it; for a day, and for this user only.
const LOGO_CACHE: &str = "private, max-age=86400";

pub(super) async fn logo(visit: Visit, input: Input) -> Answer {
    let logo = organisations::logo(&visit.ctx, input.arg(0)).await?;
    let kind = HeaderValue::from_str(&logo.kind).map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(LOGO_POLICY),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(LOGO_CACHE)),
    ];
    Ok((headers, logo.image).into_response())
}

pub(super) async fn set_logo(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    let image = input.form.file("logo").to_vec();
    match organisations::set_logo(&visit.ctx, input.arg(0), image).await {
        Ok(()) => done(&visit, &format!("/organisations/view/{id}"), "Logo saved."),
        Err(AppError::Invalid(errors)) => {
            let described = organisations::view(&visit.ctx, input.arg(0)).await?;
            let mut form = form_of(&described);
            form.errors = Errors::from(&errors);
            show_form(&visit, form)
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn remove_logo(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    organisations::remove_logo(&visit.ctx, input.arg(0)).await?;
    done(&visit, &format!("/organisations/view/{id}"), "Logo removed.")
}

/// Organisations that the field for the one that stays offers while one types.
const OFFERS: u32 = 500;

pub(super) async fn merge_form(visit: Visit, input: Input) -> Answer {
    show_merge(&visit, input.arg(0), String::new(), Errors::default()).await
}

async fn show_merge(visit: &Visit, key: &str, target: String, errors: Errors) -> Answer {
    visit.ctx.require(Permission::SiteAdmin)?;
    let described = organisations::view(&visit.ctx, key).await?;
    let (known, _) = organisations::index(&visit.ctx, Scope::All, None, Some(OFFERS), 0).await?;
    let counts = event_counts(visit, std::slice::from_ref(&described)).await?;
    let refused = !errors.0.is_empty();
    let mut response = page(&OrganisationMergePage {
        frame: visit.frame("Merge organisation", Nav::Organisations),
        offers: known
            .into_iter()
            .filter(|other| other.org.id != described.org.id)
            .map(|other| other.org.name)
            .collect(),
        org: row(&described, &counts),
        target,
        errors,
    })?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) async fn merge(visit: Visit, input: Input) -> Answer {
    let target = input.form.get("target").to_owned();
    match organisations::merge(&visit.ctx, input.arg(0), &target).await {
        Ok(merged) => done(
            &visit,
            &format!("/organisations/view/{}", merged.into.id),
            "Organisations merged.",
        ),
        Err(AppError::Refused(words) | AppError::NotFound(words)) => {
            let errors = Errors([("target".into(), words)].into());
            show_merge(&visit, input.arg(0), target, errors).await
        }
        Err(error) => Err(error),
    }
}
