//! Organisations.

use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::organisations::{
    OrganisationFormPage, OrganisationIndexPage, OrganisationPage, OrganisationRow,
};
use serde_json::Value;
use sightline_app::organisations::{self, Described, OrganisationIn, Scope};
use sightline_core::AppError;
use sightline_core::limits::PAGE_ROWS;
use sightline_misp::input::Loose;

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
        rows: found.iter().map(row).collect(),
        can_manage: visit.ctx.caller.is_site_admin(),
    })
}

fn row(described: &Described) -> OrganisationRow {
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
        events: Count(0),
        created: Moment::if_set(org.date_created),
        modified: Moment::if_set(org.date_modified),
    }
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let described = organisations::view(&visit.ctx, input.arg(0)).await?;
    page(&OrganisationPage {
        frame: visit.frame(described.org.name.clone(), Nav::Organisations),
        org: row(&described),
        can_manage: visit.ctx.caller.is_site_admin(),
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
    let org = organisations::view(&visit.ctx, input.arg(0)).await?.org;
    show_form(
        &visit,
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
            ..OrganisationFormPage::default()
        },
    )
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
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, Some(id), Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    organisations::delete(&visit.ctx, input.arg(0)).await?;
    done(&visit, "/organisations/index", "Organisation deleted.")
}
