//! Collections and what is in them.

use super::words::audience;
use crate::http::{Answer, Input, Visit, done, form, page};
use crate::layout::Nav;
use crate::pages::collections::{
    CollectionFormPage, CollectionIndexPage, CollectionPage, CollectionRow, ElementRow,
};
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::Choice;
use sightline_app::collections::{self, CollectionIn, CollectionKey, ElementIn, Filter, Whole};
use sightline_app::events::{self, EventKey};
use sightline_app::sharing_groups;
use sightline_core::ids::{CollectionElementId, SharingGroupId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, Permission};
use sightline_misp::input::Loose;
use sightline_misp::records::{Collection, OrgRef};

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("searchall").to_owned();
    let scope = input.query.get("scope");
    let caller = &visit.ctx.caller;
    let filter = Filter {
        any: (!query.is_empty()).then(|| query.clone()),
        user: (scope == "my").then_some(caller.user_id),
        orgc: (scope == "org").then_some(caller.org_id),
        ..Filter::default()
    };
    let (found, total) = collections::index(&visit.ctx, filter, input.page(), PAGE_ROWS).await?;
    let url = ListUrl::new("/collections/index", &[("scope", scope), ("searchall", &query)]);
    page(&CollectionIndexPage {
        frame: visit.frame("Collections", Nav::Collections),
        scope: scope.into(),
        query,
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found
            .iter()
            .map(|one| row(&one.collection, &one.orgc, one.elements, None))
            .collect(),
        can_add: visit.may(Permission::Modify),
    })
}

fn row(collection: &Collection, orgc: &OrgRef, elements: i64, group: Option<&str>) -> CollectionRow {
    CollectionRow {
        id: collection.id.0,
        name: collection.name.clone(),
        description: collection.description.clone(),
        kind: collection.kind.replace('_', " "),
        org: orgc.name.clone(),
        elements: Count(u64::try_from(elements).unwrap_or(0)),
        modified: Moment(collection.modified),
        audience: audience(collection.distribution, &orgc.name, group),
    }
}

fn key(input: &Input) -> Result<CollectionKey, AppError> {
    CollectionKey::parse(input.arg(0))
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let whole = collections::view(&visit.ctx, key(&input)?).await?;
    show_collection(&visit, &input, &whole, Errors::default())
}

/// The collection, with the form for one more element as the visitor left it.
fn show_collection(visit: &Visit, input: &Input, whole: &Whole, errors: Errors) -> Answer {
    let elements = whole.elements.iter().map(|element| {
        let event = whole.events.get(&element.element_uuid);
        ElementRow {
            id: element.id.0,
            uuid: element.element_uuid.to_string(),
            kind: match event {
                Some(_) => "event".into(),
                None => element.element_type.name().into(),
            },
            description: element.description.clone(),
            event: event.map_or(0, |event| event.id.0),
            info: event.map(|event| event.info.clone()).unwrap_or_default(),
        }
    });
    let group = whole.sharing_group.as_ref().map(|group| group.name.as_str());
    let count = i64::try_from(whole.elements.len()).unwrap_or(0);
    let shown = CollectionPage {
        frame: visit.frame(whole.collection.name.clone(), Nav::Collections),
        collection: row(&whole.collection, &whole.orgc, count, group),
        uuid: whole.collection.uuid.to_string(),
        created: Moment(whole.collection.created),
        elements: elements.collect(),
        can_modify: whole.may_modify,
        element_uuid: input.form.get("element_uuid").into(),
        description: input.form.get("description").into(),
        types: Choice::list(
            [("Event", "An event"), ("GalaxyCluster", "A galaxy cluster")],
            input.form.get("element_type"),
        ),
        errors,
    };
    form(&shown, &shown.errors)
}

async fn show_form(visit: &Visit, id: Option<i64>, draft: Draft, errors: Errors) -> Answer {
    visit.ctx.require(Permission::Modify)?;
    let kept = draft.group.parse().unwrap_or(0);
    let groups = sharing_groups::choosable(&visit.ctx, SharingGroupId(kept)).await?;
    let title = if id.is_some() {
        "Edit collection"
    } else {
        "Add collection"
    };
    let mut kinds: Vec<String> = Collection::TYPES.iter().map(|kind| (*kind).to_owned()).collect();
    if !draft.kind.is_empty() && !kinds.contains(&draft.kind) {
        kinds.push(draft.kind.clone());
    }
    let labelled = kinds
        .into_iter()
        .map(|kind| (kind.clone(), kind.replace('_', " ")));
    let shown = CollectionFormPage {
        frame: visit.frame(title, Nav::Collections),
        id,
        name: draft.name,
        types: Choice::list(labelled, &draft.kind),
        description: draft.description,
        distribution: Choice::distributions(&draft.distribution, !groups.is_empty(), false),
        sharing_groups: Choice::list(groups, &draft.group),
        errors,
    };
    form(&shown, &shown.errors)
}

/// The fields of the form as the user left them.
#[derive(Clone, Debug, Default)]
struct Draft {
    name: String,
    kind: String,
    description: String,
    distribution: String,
    group: String,
}

fn draft_of(input: &Input) -> Draft {
    let given = |name: &str| input.form.get(name).to_owned();
    Draft {
        name: given("name"),
        kind: given("type"),
        description: given("description"),
        distribution: given("distribution"),
        group: given("sharing_group_id"),
    }
}

fn body_of(draft: &Draft) -> CollectionIn {
    let text = |field: &str| Loose::Text(field.to_owned());
    CollectionIn {
        name: text(&draft.name),
        kind: text(&draft.kind),
        description: text(&draft.description),
        distribution: text(&draft.distribution),
        sharing_group_id: text(&draft.group),
        ..CollectionIn::default()
    }
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    let draft = Draft {
        distribution: visit.ctx.settings().events.distribution().number().to_string(),
        ..Draft::default()
    };
    show_form(&visit, None, draft, Errors::default()).await
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let draft = draft_of(&input);
    match collections::add(&visit.ctx, body_of(&draft)).await {
        Ok(whole) => done(
            &visit,
            &format!("/collections/view/{}", whole.collection.id),
            "Collection added.",
        ),
        Err(AppError::Invalid(errors)) => show_form(&visit, None, draft, Errors::from(&errors)).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let whole = collections::view(&visit.ctx, key(&input)?).await?;
    if !whole.may_modify {
        return Err(AppError::no_permission());
    }
    let collection = whole.collection;
    let draft = Draft {
        name: collection.name,
        kind: collection.kind,
        description: collection.description,
        distribution: collection.distribution.number().to_string(),
        group: collection.sharing_group_id.to_string(),
    };
    show_form(&visit, Some(collection.id.0), draft, Errors::default()).await
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    let draft = draft_of(&input);
    match collections::edit(&visit.ctx, key(&input)?, body_of(&draft)).await {
        Ok(_) => done(&visit, &format!("/collections/view/{id}"), "Collection saved."),
        Err(AppError::Invalid(errors)) => show_form(&visit, Some(id), draft, Errors::from(&errors)).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    collections::delete(&visit.ctx, key(&input)?).await?;
    done(&visit, "/collections/index", "Collection deleted.")
}

pub(super) async fn add_element(visit: Visit, input: Input) -> Answer {
    let key = key(&input)?;
    let mut named = input.form.get("element_uuid").to_owned();
    // People know events by their number.
    if let Ok(id) = named.parse::<i64>()
        && let Ok(event) = visit
            .ctx
            .read(move |ctx, tx| events::find(ctx, tx, &EventKey::Id(id.into())))
            .await
    {
        named = event.uuid.to_string();
    }
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    let body = ElementIn {
        element_uuid: Loose::Text(named),
        element_type: text("element_type"),
        description: text("description"),
    };
    match collections::add_element(&visit.ctx, key, body).await {
        Ok(element) => done(
            &visit,
            &format!("/collections/view/{}", element.collection_id),
            "Element added.",
        ),
        Err(AppError::Invalid(errors)) => {
            let whole = collections::view(&visit.ctx, key).await?;
            show_collection(&visit, &input, &whole, Errors::from(&errors))
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn delete_element(visit: Visit, input: Input) -> Answer {
    collections::delete_element(&visit.ctx, CollectionElementId(input.id(0)?)).await?;
    let back: i64 = input.form.get("collection").parse().unwrap_or(0);
    done(&visit, &format!("/collections/view/{back}"), "Element taken out.")
}
