//! From a query tree to a [`Condition`]: names become ids, values keys, types codes.

use super::Viewer;
use super::condition::{Condition, Holder};
use super::{names, plan, values};
use crate::{DbResult, Tx, galaxies, like};
use sightline_misp::types::{AttributeType, Category};
use sightline_query::{
    AttributePredicate as A, DateRange, EventPredicate as E, Filter, Keys, ObjectPredicate as O, TagSelector,
    Term, TimeRange,
};

/// The aliases of the rows that a predicate speaks about.
#[derive(Clone, Debug)]
pub(super) struct Aliases {
    e: String,
    a: String,
    /// The column that holds the event's id: where an attribute row has it too, an index on attributes can be used.
    event_id: String,
    depth: usize,
}

impl Aliases {
    /// The outermost rows: `e`, `a`, `o`.
    pub(super) fn of_events() -> Self {
        Self {
            e: "e".into(),
            a: "a".into(),
            event_id: "e.id".into(),
            depth: 0,
        }
    }

    pub(super) fn of_attributes() -> Self {
        Self {
            event_id: "a.event_id".into(),
            ..Self::of_events()
        }
    }

    pub(super) fn of_objects() -> Self {
        Self {
            event_id: "o.event_id".into(),
            ..Self::of_events()
        }
    }

    fn inner(&self) -> Self {
        let depth = self.depth + 1;
        let a = format!("a{depth}");
        Self {
            e: format!("e{depth}"),
            event_id: format!("{a}.event_id"),
            a,
            depth,
        }
    }
}

/// Resolves one tree at one time.
pub(super) struct Resolver<'t, 'c> {
    pub(super) tx: &'t mut Tx<'c>,
    pub(super) viewer: Viewer,
}

impl Resolver<'_, '_> {
    fn tree<P>(
        &mut self,
        filter: &Filter<P>,
        leaf: &mut dyn FnMut(&mut Self, &P) -> DbResult<Condition>,
    ) -> DbResult<Condition> {
        let mut parts = |this: &mut Self, parts: &[Filter<P>]| -> DbResult<Vec<Condition>> {
            parts.iter().map(|part| this.tree(part, leaf)).collect()
        };
        Ok(match filter {
            Filter::All(list) => Condition::All(parts(self, list)?),
            // What resolves to nothing must go: a constant among alternatives keeps SQLite from using their indexes.
            Filter::Any(list) => {
                let mut parts = parts(self, list)?;
                parts.retain(|part| !part.is_nothing());
                Condition::Any(parts)
            }
            Filter::Not(part) => Condition::Not(Box::new(self.tree(part, leaf)?)),
            Filter::Is(predicate) => leaf(self, predicate)?,
        })
    }

    /// A condition over events.
    pub(super) fn events(&mut self, filter: &Filter<E>, aliases: &Aliases) -> DbResult<Condition> {
        self.tree(filter, &mut |this, predicate| this.event(predicate, aliases))
    }

    /// A condition over attributes.
    pub(super) fn attributes(&mut self, filter: &Filter<A>, aliases: &Aliases) -> DbResult<Condition> {
        self.tree(filter, &mut |this, predicate| this.attribute(predicate, aliases))
    }

    /// A condition over objects.
    pub(super) fn objects(&mut self, filter: &Filter<O>, aliases: &Aliases) -> DbResult<Condition> {
        self.tree(filter, &mut |this, predicate| this.object(predicate, aliases))
    }

    fn has(&mut self, holder: Holder, filter: &Filter<A>, aliases: &Aliases) -> DbResult<Condition> {
        let inner = aliases.inner();
        let condition = self.attributes(filter, &inner)?;
        let condition = Box::new(plan::plan(self.tx, condition)?.for_a_holder());
        Ok(Condition::Has {
            holder,
            a: inner.a,
            e: inner.e,
            inner: condition,
        })
    }

    fn event(&mut self, predicate: &E, aliases: &Aliases) -> DbResult<Condition> {
        let e = &aliases.e;
        let column = |name: &str| format!("{e}.{name}");
        Ok(match predicate {
            E::Event(keys) => Condition::Key(
                aliases.event_id.clone(),
                names::ids(self.tx, "events", keys, false)?,
            ),
            E::Extends(keys) => Condition::Uuids(
                column("extends_uuid"),
                names::event_uuids(self.tx, self.viewer.visible, keys)?,
            ),
            E::Info { terms, fold_case } => names::text(&column("info"), terms, *fold_case),
            E::Creator(keys) => Condition::Key(
                column("orgc_id"),
                names::ids(self.tx, "organisations", keys, true)?,
            ),
            E::CreatorSector(terms) => {
                self.creators(column("orgc_id"), &names::text("x.sector", terms, true))?
            }
            E::CreatorNationality(terms) => {
                self.creators(column("orgc_id"), &names::text("x.nationality", terms, true))?
            }
            E::CreatorLocal(local) => {
                let condition = if *local { "x.local" } else { "NOT x.local" };
                self.creators(column("orgc_id"), &Condition::Fixed(condition.into()))?
            }
            E::CreatorEmail(terms) => Condition::Ints(
                column("user_id"),
                names::by_text(self.tx, "users", "x.email", terms, true)?,
            ),
            E::Tag(selector) => self.tagged("event_tags", "event_id", aliases.event_id.clone(), selector)?,
            E::Date(range) => dates(column("date"), *range),
            E::Timestamp(range) => times(column("timestamp"), true, *range),
            E::PublishTimestamp(range) => times(column("publish_timestamp"), true, *range),
            E::Published(flag) => flagged(&column("published"), *flag),
            E::Protected(flag) => flagged(&format!("COALESCE({e}.protected, FALSE)"), *flag),
            E::ThreatLevel(list) => Condition::Ints(column("threat_level_id"), list.clone()),
            E::Analysis(list) => Condition::Ints(column("analysis"), list.clone()),
            E::Distribution(list) => Condition::Ints(column("distribution"), list.clone()),
            E::SharingGroup(keys) => self.in_groups(column("sharing_group_id"), keys)?,
            E::HasProposal(flag) => {
                let has = Condition::HasProposal { e: e.clone() };
                if *flag { has } else { Condition::Not(Box::new(has)) }
            }
            E::HasContent => Condition::Any(vec![
                Condition::Fixed(format!("{} > 0", self.viewer.visible.attribute_count_text(e))),
                Condition::HasReport {
                    e: e.clone(),
                    text: Box::new(Condition::Fixed("TRUE".into())),
                },
            ]),
            E::HasReport(terms) => Condition::HasReport {
                e: e.clone(),
                text: Box::new(Condition::Any(vec![
                    names::text("hr.name", terms, true),
                    names::text("hr.content", terms, true),
                ])),
            },
            E::HasAttribute(filter) => self.has(Holder::Event(aliases.event_id.clone()), filter, aliases)?,
        })
    }

    fn attribute(&mut self, predicate: &A, aliases: &Aliases) -> DbResult<Condition> {
        let a = &aliases.a;
        let column = |name: &str| format!("{a}.{name}");
        Ok(match predicate {
            A::Attribute(keys) => {
                Condition::Key(column("id"), names::ids(self.tx, "attributes", keys, false)?)
            }
            A::Value(terms) => values::any(a, &["value1", "value2"], terms),
            A::Value1(terms) => values::any(a, &["value1"], terms),
            A::Value2(terms) => values::any(a, &["value2"], terms),
            A::Halves(pairs) => values::halves(a, pairs),
            A::Comment(terms) => values::comment(a, terms),
            A::Network(list) => values::networks(a, list),
            A::Type(terms) => Condition::Ints(column("type_id"), types(terms)),
            A::Category(terms) => Condition::Ints(column("category_id"), categories(terms)),
            A::ObjectRelation(terms) => names::text(&column("object_relation"), terms, false),
            A::Tag(selector) => self.tagged("attribute_tags", "attribute_id", column("id"), selector)?,
            A::ToIds(flag) => flagged(&column("to_ids"), *flag),
            A::Deleted(true) => Condition::Fixed(column("deleted")),
            A::Deleted(false) => Condition::Fixed(format!(
                "NOT {a}.deleted AND ({a}.object_id = 0 OR NOT EXISTS (SELECT 1 FROM objects d WHERE \
                 d.id = {a}.object_id AND d.deleted))"
            )),
            A::Timestamp(range) => times(column("timestamp"), true, *range),
            A::FirstSeen(range) => times(column("first_seen"), false, *range),
            A::LastSeen(range) => times(column("last_seen"), false, *range),
            A::SharingGroup(keys) => self.in_groups(column("sharing_group_id"), keys)?,
            A::OfEvent(filter) => self.events(filter, aliases)?,
        })
    }

    fn object(&mut self, predicate: &O, aliases: &Aliases) -> DbResult<Condition> {
        let column = |name: &str| format!("o.{name}");
        Ok(match predicate {
            O::Object(keys) => Condition::Key(column("id"), names::ids(self.tx, "objects", keys, false)?),
            O::Name(terms) => names::text(&column("name"), terms, false),
            O::TemplateUuid(list) => {
                // Not indexed, but few values: the scan is over objects only.
                Condition::Uuids(column("template_uuid"), list.clone())
            }
            O::TemplateVersion(list) => Condition::Ints(column("template_version"), list.clone()),
            O::FirstSeen(range) => times(column("first_seen"), false, *range),
            O::LastSeen(range) => times(column("last_seen"), false, *range),
            O::Deleted(flag) => flagged(&column("deleted"), *flag),
            O::HasAttribute(filter) => self.has(Holder::Object("o".into()), filter, aliases)?,
            O::OfEvent(filter) => self.events(filter, aliases)?,
        })
    }

    fn creators(&mut self, column: String, condition: &Condition) -> DbResult<Condition> {
        Ok(Condition::Key(
            column,
            names::by_condition(self.tx, "organisations", condition)?,
        ))
    }

    fn in_groups(&mut self, column: String, keys: &Keys) -> DbResult<Condition> {
        Ok(Condition::Ints(
            column,
            names::group_ids(self.tx, self.viewer.visible, keys)?,
        ))
    }

    fn tagged(
        &mut self,
        table: &'static str,
        link: &'static str,
        column: String,
        selector: &TagSelector,
    ) -> DbResult<Condition> {
        let tags = match selector {
            TagSelector::Named(keys) => names::ids(self.tx, "tags", keys, false)?,
            TagSelector::OfCluster { key, values } => {
                let patterns: Vec<String> = values
                    .iter()
                    .map(|term| {
                        if term.wildcard {
                            term.text.clone()
                        } else {
                            like::escape(&term.text)
                        }
                    })
                    .collect();
                let names = galaxies::named_by_element(self.tx, self.viewer.visible, key, &patterns)?;
                let tags = crate::tags::by_names(self.tx, &names)?;
                tags.into_iter().map(|tag| tag.id.0).collect()
            }
        };
        Ok(if tags.is_empty() {
            Condition::nothing()
        } else {
            Condition::Tagged {
                table,
                link,
                column,
                tags,
            }
        })
    }
}

fn types(terms: &[Term]) -> Vec<i64> {
    AttributeType::ALL
        .iter()
        .filter(|ty| any_matches(terms, ty.name(), true))
        .map(|ty| ty.code())
        .collect()
}

fn categories(terms: &[Term]) -> Vec<i64> {
    Category::ALL
        .iter()
        .filter(|category| any_matches(terms, category.name(), false))
        .map(|category| category.code())
        .collect()
}

fn any_matches(terms: &[Term], name: &str, fold_case: bool) -> bool {
    terms.iter().any(|term| match (term.wildcard, fold_case) {
        (true, true) => like::matches(&term.text.to_ascii_lowercase(), &name.to_ascii_lowercase()),
        (true, false) => like::matches(&term.text, name),
        (false, true) => term.text.eq_ignore_ascii_case(name),
        (false, false) => term.text == name,
    })
}

fn flagged(column: &str, flag: bool) -> Condition {
    Condition::Fixed(if flag {
        column.to_owned()
    } else {
        format!("NOT {column}")
    })
}

fn times(column: String, indexed: bool, range: TimeRange) -> Condition {
    Condition::Range {
        column,
        indexed,
        from: range.from,
        to: range.to,
    }
}

fn dates(column: String, range: DateRange) -> Condition {
    Condition::Dates {
        column,
        from: range.from.map(|day| day.to_string()),
        to: range.to.map(|day| day.to_string()),
    }
}
