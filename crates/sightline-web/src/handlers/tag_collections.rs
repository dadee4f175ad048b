//! Tag collections.

use crate::http::{Answer, Input, Visit, done, form, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::tag_collections::{TagCollectionFormPage, TagCollectionIndexPage, TagCollectionRow};
use crate::pages::tag_pill::TagPill;
use sightline_app::tag_collections::{self, Filter, TagCollectionIn, Whole};
use sightline_core::ids::TagCollectionId;
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, Permission};
use sightline_misp::input::Loose;

const INDEX: &str = "/tag_collections/index";

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("searchall").to_owned();
    let filter = Filter {
        any: (!query.is_empty()).then(|| query.clone()),
        ..Filter::default()
    };
    let (found, total) = tag_collections::index(&visit.ctx, filter, input.page(), PAGE_ROWS).await?;
    let url = ListUrl::new(INDEX, &[("searchall", &query)]);
    page(&TagCollectionIndexPage {
        frame: visit.frame("Tag collections", Nav::TagCollections),
        query,
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found.into_iter().map(|whole| row(&visit, whole)).collect(),
        can_add: visit.may(Permission::TagEditor),
    })
}

fn row(visit: &Visit, whole: Whole) -> TagCollectionRow {
    TagCollectionRow {
        can_edit: tag_collections::may_edit(&visit.ctx, &whole.collection),
        id: whole.collection.id.0,
        name: whole.collection.name,
        description: whole.collection.description,
        org: whole.org.name,
        all_orgs: whole.collection.all_orgs,
        tags: whole
            .tags
            .into_iter()
            .map(|row| TagPill {
                id: row.tag.id.0,
                name: row.tag.name,
                colour: row.tag.colour,
                local: false,
                relationship: None,
            })
            .collect(),
    }
}

fn show_form(visit: &Visit, mut shown: TagCollectionFormPage) -> Answer {
    visit.ctx.require(Permission::TagEditor)?;
    let title = if shown.id.is_some() {
        "Edit tag collection"
    } else {
        "Add tag collection"
    };
    shown.frame = visit.frame(title, Nav::TagCollections);
    form(&shown, &shown.errors)
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    show_form(&visit, TagCollectionFormPage::default())
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let whole = tag_collections::view(&visit.ctx, TagCollectionId(input.id(0)?)).await?;
    if !tag_collections::may_edit(&visit.ctx, &whole.collection) {
        return Err(AppError::no_permission());
    }
    let names: Vec<String> = whole.tags.into_iter().map(|row| row.tag.name).collect();
    show_form(
        &visit,
        TagCollectionFormPage {
            id: Some(whole.collection.id.0),
            name: whole.collection.name,
            description: whole.collection.description,
            tags: names.join("\n"),
            all_orgs: whole.collection.all_orgs,
            ..TagCollectionFormPage::default()
        },
    )
}

fn typed(input: &Input, id: Option<i64>, errors: Errors) -> TagCollectionFormPage {
    let text = |name: &str| input.form.get(name).to_owned();
    TagCollectionFormPage {
        id,
        name: text("name"),
        description: text("description"),
        tags: text("tags"),
        all_orgs: input.form.ticked("all_orgs"),
        errors,
        ..TagCollectionFormPage::default()
    }
}

fn body_of(input: &Input) -> TagCollectionIn {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    let names = input.form.get("tags").lines().map(str::trim);
    TagCollectionIn {
        name: text("name"),
        description: text("description"),
        all_orgs: Loose::Bool(input.form.ticked("all_orgs")),
        names: Some(names.filter(|name| !name.is_empty()).map(str::to_owned).collect()),
        ..TagCollectionIn::default()
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    match tag_collections::add(&visit.ctx, body_of(&input)).await {
        Ok(_) => done(&visit, INDEX, "Tag collection added."),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, None, Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    match tag_collections::edit(&visit.ctx, TagCollectionId(id), body_of(&input)).await {
        Ok(_) => done(&visit, INDEX, "Tag collection saved."),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, Some(id), Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    tag_collections::delete(&visit.ctx, TagCollectionId(input.id(0)?)).await?;
    done(&visit, INDEX, "Tag collection deleted.")
}
