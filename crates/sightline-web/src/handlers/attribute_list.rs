//! The list of attributes over all events.

use super::attribute_forms::{categories, types};
use super::attributes_bulk::{FILTERS, may_act};
use super::words::audience;
use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::attributes::{AttributeIndexPage, AttributeIndexRow, AttributeRow};
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::wording::Choice;
use sightline_app::attributes::{self, Found};
use sightline_core::limits::PAGE_ROWS;
use sightline_query::{AttributeSearch, Params, Request as Query, Scope};

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let given = |name: &str| input.query.get(name).to_owned();
    let mut url = ListUrl::new("/attributes/index", &[]);
    let mut named = vec![
        ("limit".to_owned(), PAGE_ROWS.to_string()),
        ("page".to_owned(), input.page().to_string()),
        ("order".to_owned(), "timestamp desc".to_owned()),
    ];
    for (name, _) in FILTERS.iter().filter(|(name, _)| !given(name).is_empty()) {
        url = url.with(name, &given(name));
        named.push(((*name).to_owned(), given(name)));
    }
    let chips = FILTERS
        .iter()
        .filter(|(name, _)| !given(name).is_empty())
        .map(|(name, label)| FilterChip::new(&url, name, label, &given(name)))
        .collect();
    let request = Query {
        get: true,
        named: &named,
        ..Query::default()
    };
    let params = Params::harvest(Scope::Attribute, request)?;
    let search = AttributeSearch::parse(&params, visit.ctx.now())?;
    let (found, total) = attributes::found(&visit.ctx, search).await?;
    let act_on_all = may_act(&visit) && total > 0 && !url.params.is_empty();
    page(&AttributeIndexPage {
        bulk: act_on_all.then(|| ListUrl {
            path: "/attributes/bulk".into(),
            ..url.clone()
        }),
        frame: visit.frame("Attributes", Nav::Attributes),
        value: given("value"),
        export: ListUrl {
            path: "/exports".into(),
            params: url.params.clone(),
        },
        types: with_any(types(&given("type"))),
        categories: with_any(categories(&given("category")).into_iter().skip(1).collect()),
        to_ids: Choice::list(
            [("", "Any"), ("1", "IDS only"), ("0", "Not IDS")],
            &given("to_ids"),
        ),
        chips,
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total,
        },
        rows: found.into_iter().map(row).collect(),
    })
}

/// Choices after one that narrows nothing.
pub(super) fn with_any(mut choices: Vec<Choice>) -> Vec<Choice> {
    let none = choices.iter().all(|choice| !choice.selected);
    choices.insert(
        0,
        Choice {
            value: String::new(),
            label: "Any".into(),
            selected: none,
        },
    );
    choices
}

fn row(found: Found) -> AttributeIndexRow {
    let attribute = found.attribute;
    AttributeIndexRow {
        event_id: found.event.id.0,
        event_info: found.event.info,
        creator_org: found.creator,
        attribute: AttributeRow {
            id: attribute.id.0,
            uuid: attribute.uuid.to_string(),
            modified: Moment(attribute.timestamp),
            category: attribute.category.name().into(),
            kind: attribute.kind.name().into(),
            value: attribute.value().into_owned(),
            comment: attribute.comment.clone(),
            to_ids: attribute.to_ids,
            audience: audience(attribute.distribution, "", None),
            ..AttributeRow::default()
        },
    }
}
