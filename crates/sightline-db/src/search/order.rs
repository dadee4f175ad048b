//! Sorting: from columns of the wire to `ORDER BY` lists that end with the id, so that pages never overlap.

use crate::Visible;
use sightline_misp::types::{AttributeType, Category};
use sightline_query::{AttributeColumn, EventColumn, Order, ProposalColumn};

/// The order of events `e`, by what the viewer knows of them.
pub(super) fn events(order: &[Order<EventColumn>], visible: Visible) -> String {
    list(order, "e.id", |column| {
        match column {
            EventColumn::Id => "e.id",
            EventColumn::Info => "e.info",
            EventColumn::Analysis => "e.analysis",
            EventColumn::ThreatLevel => "e.threat_level_id",
            EventColumn::Distribution => "e.distribution",
            EventColumn::Timestamp => "e.timestamp",
            EventColumn::PublishTimestamp => "e.publish_timestamp",
            EventColumn::Date => "e.date",
            EventColumn::Uuid => "e.uuid",
            EventColumn::Published => "e.published",
            EventColumn::AttributeCount => return visible.attribute_count_text("e"),
            EventColumn::Creator => "e.orgc_id",
            EventColumn::Owner => "e.org_id",
            EventColumn::User => "e.user_id",
            EventColumn::SharingGroup => "e.sharing_group_id",
            EventColumn::SightingTimestamp => "e.sighting_timestamp",
        }
        .to_owned()
    })
}

/// The order of attributes `a` of events `e`. Types and categories are stored as codes and sorted by their names.
pub(super) fn attributes(order: &[Order<AttributeColumn>]) -> String {
    list(order, "a.id", |column| match column {
        AttributeColumn::Id => "a.id".into(),
        AttributeColumn::Event => "a.event_id".into(),
        AttributeColumn::Object => "a.object_id".into(),
        AttributeColumn::Type => types("a.type_id"),
        AttributeColumn::Category => categories("a.category_id"),
        AttributeColumn::Value => "a.value1 || '|' || a.value2".into(),
        AttributeColumn::Distribution => "a.distribution".into(),
        AttributeColumn::Timestamp => "a.timestamp".into(),
        AttributeColumn::ObjectRelation => "COALESCE(a.object_relation, '')".into(),
        AttributeColumn::EventPublishTimestamp => "e.publish_timestamp".into(),
    })
}

/// The order of proposals `p`.
pub(crate) fn proposals(order: &[Order<ProposalColumn>]) -> String {
    list(order, "p.id", |column| match column {
        ProposalColumn::Id => "p.id".into(),
        ProposalColumn::Event => "p.event_id".into(),
        ProposalColumn::Attribute => "p.old_id".into(),
        ProposalColumn::Org => "p.org_id".into(),
        ProposalColumn::Type => types("p.type_id"),
        ProposalColumn::Category => categories("p.category_id"),
        ProposalColumn::Value => "p.value1 || '|' || p.value2".into(),
        ProposalColumn::Timestamp => "p.timestamp".into(),
    })
}

fn types(column: &str) -> String {
    ranks(column, AttributeType::ALL.iter().map(|ty| (ty.name(), ty.code())))
}

fn categories(column: &str) -> String {
    ranks(column, Category::ALL.iter().map(|c| (c.name(), c.code())))
}

fn list<C: Copy>(order: &[Order<C>], id: &str, column: impl Fn(C) -> String) -> String {
    let mut columns: Vec<String> = order
        .iter()
        .map(|one| {
            format!(
                "{}{}",
                column(one.column),
                if one.descending { " DESC" } else { "" }
            )
        })
        .collect();
    columns.push(id.to_owned());
    columns.join(", ")
}

fn ranks<'n>(column: &str, names: impl Iterator<Item = (&'n str, i64)>) -> String {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    let whens: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(rank, (_, code))| format!("WHEN {code} THEN {rank}"))
        .collect();
    format!("CASE {column} {} END", whens.join(" "))
}
