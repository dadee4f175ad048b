//! Searches answered in an export format: the rows that were found go through the format, pass by pass.

use super::heads::Heads;
use super::surroundings::Shown;
use super::{Answer, viewer};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::Tx;
use sightline_db::search::{AttributeCursor, AttributeRow, AttributeRows, Page};
use sightline_formats::exports::{Export, Needs, Row};
use sightline_misp::json::Buffer;
use sightline_misp::types::AttributeType;
use sightline_query::{
    AttributePredicate, AttributeSearch, Content, EventPredicate, EventSearch, Filter, Flag3, Includes, Keys,
    Order, Paging, Term,
};

/// A batch of events has no pages.
const EVERYTHING: Paging = Paging { limit: None, page: 1 };

/// Events whose attributes are searched together.
const BATCH: usize = 100;

/// An answer in an export format.
pub(super) struct ExportAnswer {
    export: Box<dyn Export>,
    needs: Needs,
    source: Source,
    shown: Shown,
    heads: Heads,
    /// The pass and its rows; before the first one nothing.
    at: Option<(usize, Rows)>,
    total: i64,
}

/// Where rows come from, the same in every pass.
enum Source {
    Attributes {
        filter: Filter<AttributePredicate>,
        order: Vec<Order<sightline_query::AttributeColumn>>,
        paging: Paging,
    },
    Events {
        ids: Vec<i64>,
        content: Content,
    },
}

/// The rows of one pass.
enum Rows {
    Attributes(AttributeRows),
    Events { at: usize, batch: Option<AttributeRows> },
}

impl ExportAnswer {
    /// The attributes that a search finds.
    pub(super) fn of_attributes(
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        search: AttributeSearch,
        export: Box<dyn Export>,
    ) -> AppResult<Self> {
        let cursor = AttributeCursor::open(tx, viewer(ctx), &search.filter, &search.order, search.paging)?;
        let source = Source::Attributes {
            filter: search.filter,
            order: search.order,
            paging: search.paging,
        };
        Ok(Self::new(ctx, &search.includes, export, source, cursor.total()))
    }

    /// The attributes of the events that a search has found.
    pub(super) fn of_events(ctx: &Ctx, search: EventSearch, page: Page, export: Box<dyn Export>) -> Self {
        let source = Source::Events {
            ids: page.ids,
            content: search.content,
        };
        Self::new(ctx, &search.includes, export, source, page.total)
    }

    fn new(ctx: &Ctx, includes: &Includes, export: Box<dyn Export>, source: Source, total: i64) -> Self {
        Self {
            needs: export.needs(),
            export,
            source,
            shown: Shown::of(ctx, includes),
            heads: Heads::default(),
            at: None,
            total,
        }
    }

    /// How many attributes or events the search finds.
    pub(super) fn total(&self) -> i64 {
        self.total
    }

    /// The rows of a pass. Where a page is asked for, it is the same page in every pass, whatever the types.
    fn open(&self, ctx: &Ctx, tx: &mut Tx<'_>, pass: usize) -> AppResult<Option<Rows>> {
        let Some(types) = self.export.passes().get(pass) else {
            return Ok(None);
        };
        Ok(Some(match &self.source {
            Source::Attributes {
                filter,
                order,
                paging,
            } => {
                let filter = match paging.limit {
                    Some(_) => filter.clone(),
                    None => Filter::all([of_types(types), filter.clone()]),
                };
                let cursor = AttributeCursor::open(tx, viewer(ctx), &filter, order, *paging)?;
                Rows::Attributes(AttributeRows::new(cursor, CHUNK_ROWS))
            }
            Source::Events { .. } => Rows::Events { at: 0, batch: None },
        }))
    }

    fn next(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, pass: usize) -> AppResult<Vec<AttributeRow>> {
        let types = self.export.passes().get(pass).copied().unwrap_or_default();
        let db = &ctx.platform.db;
        match (&mut self.at, &self.source) {
            (Some((_, Rows::Attributes(rows))), _) => Ok(rows.next(db, tx)?),
            (Some((_, Rows::Events { at, batch })), Source::Events { ids, content }) => loop {
                if let Some(rows) = batch {
                    let mut found = rows.next(db, tx)?;
                    if !found.is_empty() {
                        found.retain(|row| is_wanted(content, row));
                        return Ok(found);
                    }
                }
                let some: Vec<i64> = ids.iter().skip(*at).take(BATCH).copied().collect();
                if some.is_empty() {
                    *batch = None;
                    return Ok(Vec::new());
                }
                *at += some.len();
                let filter = Filter::all([
                    of_events(some),
                    of_types(types),
                    live(content),
                    content.attributes.clone(),
                ]);
                let cursor = AttributeCursor::open(tx, viewer(ctx), &filter, &[], EVERYTHING)?;
                *batch = Some(AttributeRows::new(cursor, CHUNK_ROWS));
            },
            _ => Ok(Vec::new()),
        }
    }

    /// Whether the pass has rows still to come, although the last ones were all left out.
    fn goes_on(&self) -> bool {
        matches!(&self.at, Some((_, Rows::Events { batch: Some(_), .. })))
    }

    fn write(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        rows: &[AttributeRow],
        out: &mut Buffer,
    ) -> AppResult<()> {
        self.heads.load(ctx, tx, self.needs, self.shown, rows)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.attribute.id.0).collect();
        let tags = if self.needs.tags {
            self.shown.of_attributes(tx, &ids)?
        } else {
            Default::default()
        };
        let mut names: Vec<&str> = Vec::new();
        for row in rows {
            // An event that has ceased to be visible since takes its attributes with it.
            let Some(event) = self.heads.event(row.attribute.event_id) else {
                continue;
            };
            names.clear();
            let own = tags.get(&row.attribute.id).into_iter().flatten();
            names.extend(own.map(|attached| attached.tag.name.as_str()));
            let row = Row {
                attribute: &row.attribute,
                event,
                tags: &names,
                object: row.object.and_then(|object| self.heads.object(object.id)),
            };
            self.export.row(&row, out);
        }
        Ok(())
    }
}

impl Answer for ExportAnswer {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        let next = match &self.at {
            None => {
                self.export.begin(out);
                0
            }
            Some((pass, _)) => {
                let pass = *pass;
                let rows = self.next(ctx, tx, pass)?;
                if !rows.is_empty() {
                    self.write(ctx, tx, &rows, out)?;
                    return Ok(true);
                }
                if self.goes_on() {
                    return Ok(true);
                }
                pass + 1
            }
        };
        let Some(rows) = self.open(ctx, tx, next)? else {
            self.export.end(out);
            return Ok(false);
        };
        self.export.begin_pass(next, out);
        self.at = Some((next, rows));
        Ok(true)
    }
}

fn of_types(types: &[AttributeType]) -> Filter<AttributePredicate> {
    if types.is_empty() {
        return Filter::everything();
    }
    let terms = types.iter().map(|kind| Term::exact(kind.name())).collect();
    Filter::Is(AttributePredicate::Type(terms))
}

fn of_events(ids: Vec<i64>) -> Filter<AttributePredicate> {
    let keys = Keys {
        ids,
        ..Keys::default()
    };
    Filter::Is(AttributePredicate::OfEvent(Box::new(Filter::Is(
        EventPredicate::Event(keys),
    ))))
}

fn live(content: &Content) -> Filter<AttributePredicate> {
    match content.deleted {
        Flag3::Yes => Filter::Is(AttributePredicate::Deleted(true)),
        Flag3::No => Filter::Is(AttributePredicate::Deleted(false)),
        Flag3::Both => Filter::everything(),
    }
}

fn is_wanted(content: &Content, row: &AttributeRow) -> bool {
    let asked = |wanted: &[i64], it: i64| wanted.is_empty() || wanted.contains(&it);
    asked(&content.distribution, row.attribute.distribution.number())
        && asked(&content.sharing_group, row.attribute.sharing_group_id.0)
}
