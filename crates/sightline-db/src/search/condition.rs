//! A condition whose names are resolved and whose values are owned: what remains is text. One search renders it many
//! times, once per chunk.

use super::Viewer;
use crate::{Dialect, Sql};
use uuid::Uuid;

/// A condition over rows with known aliases. Column texts are made by this module's callers, never by clients.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// Text without values.
    Fixed(String),
    /// An indexed column is one of these.
    Key(String, Vec<i64>),
    /// A column without an index is one of these.
    Ints(String, Vec<i64>),
    Uuids(String, Vec<Uuid>),
    Texts(String, Vec<String>),
    /// A column matches one of the patterns.
    Like {
        column: String,
        patterns: Vec<String>,
        fold_case: bool,
    },
    /// One of the columns of attribute `a` matches one of the patterns, without regard to case.
    Text {
        a: String,
        columns: &'static [&'static str],
        patterns: Vec<String>,
        /// What SQLite's text index is asked for; PostgreSQL finds its own way.
        candidates: Option<String>,
    },
    /// A column holds one of these networks, or one inside one of the ranges.
    Networks {
        column: String,
        keys: Vec<Vec<u8>>,
        ranges: Vec<(Vec<u8>, Vec<u8>)>,
    },
    /// Only rows that something else has found are tested for this: no index is used for it.
    Tested(Box<Self>),
    Range {
        column: String,
        indexed: bool,
        from: Option<i64>,
        to: Option<i64>,
    },
    Dates {
        column: String,
        from: Option<String>,
        to: Option<String>,
    },
    /// The two keys of attribute `a` are one of these pairs, each written `key1|key2`.
    Halves {
        a: String,
        first: Vec<i64>,
        pairs: Vec<String>,
    },
    /// The row carries one of these tags.
    Tagged {
        table: &'static str,
        link: &'static str,
        column: String,
        tags: Vec<i64>,
    },
    /// The holder has an attribute `a` of event `e` that satisfies the condition and that the viewer may see.
    Has {
        holder: Holder,
        a: String,
        e: String,
        inner: Box<Self>,
    },
    /// Event `e` has a live report `hr` that satisfies the condition and that the viewer may see.
    HasReport {
        e: String,
        text: Box<Self>,
    },
    /// Event `e` has an open proposal that the viewer may see.
    HasProposal {
        e: String,
    },
}

/// What holds attributes, with the columns that name it.
#[derive(Clone, Debug)]
pub(super) enum Holder {
    /// An event whose id is in this column.
    Event(String),
    /// An object with this alias.
    Object(String),
}

impl Condition {
    pub(super) fn nothing() -> Self {
        Self::Any(Vec::new())
    }

    /// Whether no row can satisfy this.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Any(parts) if parts.is_empty())
    }

    /// Whether an index can find the few rows that satisfy this, instead of a scan that tests all.
    pub(super) fn is_selective(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(Self::is_selective),
            Self::Any(parts) => parts.iter().all(Self::is_selective),
            Self::Key(..)
            | Self::Uuids(..)
            | Self::Halves { .. }
            | Self::Tagged { .. }
            | Self::Networks { .. }
            | Self::Dates { .. } => true,
            Self::Text { candidates, .. } => candidates.is_some(),
            Self::Range { indexed, .. } => *indexed,
            Self::Has { inner, .. } => inner.is_selective(),
            Self::Not(_)
            | Self::Tested(_)
            | Self::Fixed(_)
            | Self::Ints(..)
            | Self::Texts(..)
            | Self::Like { .. }
            | Self::HasReport { .. }
            | Self::HasProposal { .. } => false,
        }
    }

    /// Whether the rows are found by keys, for which one plan is as good as any: which values they are makes no difference.
    pub(super) fn is_keyed(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(Self::is_keyed),
            Self::Any(parts) => parts.iter().all(Self::is_keyed),
            Self::Key(..) | Self::Uuids(..) | Self::Halves { .. } => true,
            Self::Has { inner, .. } => inner.is_keyed(),
            _ => false,
        }
    }

    /// Appends the condition, bracketed where needed.
    pub(super) fn render<'a>(&'a self, sql: &mut Sql<'a>, viewer: Viewer) {
        match self {
            Self::All(parts) => join(parts, "TRUE", " AND ", sql, &mut |part, sql| {
                part.render(sql, viewer);
            }),
            Self::Any(parts) => join(parts, "FALSE", " OR ", sql, &mut |part, sql| {
                part.render(sql, viewer);
            }),
            Self::Not(part) => part.render_negated(sql, viewer),
            Self::Fixed(text) => {
                sql.push(text);
            }
            Self::Key(column, list) | Self::Ints(column, list) => {
                sql.any(column, list);
            }
            Self::Uuids(column, list) => {
                sql.any(column, list);
            }
            Self::Texts(column, list) => {
                sql.any(column, list);
            }
            Self::Like {
                column,
                patterns,
                fold_case,
            } => like(sql, column, patterns, *fold_case),
            Self::Text {
                a,
                columns,
                patterns,
                candidates,
            } => text(sql, a, columns, patterns, candidates.as_deref()),
            Self::Networks { column, keys, ranges } => networks(sql, column, keys, ranges),
            Self::Tested(part) => {
                // The sign keeps SQLite from using an index for what follows; PostgreSQL knows its statistics.
                sql.push(if sql.dialect() == Dialect::Sqlite {
                    "+("
                } else {
                    "("
                });
                part.render(sql, viewer);
                sql.push(")");
            }
            Self::Range { column, from, to, .. } => {
                bounds(
                    sql,
                    column,
                    from.map(crate::Value::Int),
                    to.map(crate::Value::Int),
                );
            }
            Self::Dates { column, from, to } => {
                bounds(
                    sql,
                    column,
                    from.as_ref().map(Into::into),
                    to.as_ref().map(Into::into),
                );
            }
            Self::Halves { a, first, pairs } => {
                sql.push("(").any(&format!("{a}.value1_key"), first).push(" AND ");
                let both = format!("CAST({a}.value1_key AS TEXT) || '|' || CAST({a}.value2_key AS TEXT)");
                sql.any(&both, pairs).push(")");
            }
            Self::Tagged {
                table,
                link,
                column,
                tags,
            } => {
                sql.push(&format!("{column} IN (SELECT t.{link} FROM {table} t WHERE "))
                    .any("t.tag_id", tags)
                    .push(")");
            }
            // The attributes are found first where an index finds them; else each holder looks at its own until one fits.
            Self::Has { .. } if self.is_selective() => self.render_set(sql, viewer),
            Self::Has { .. } => self.render_exists(sql, viewer),
            Self::HasReport { e, text } => {
                sql.push(&format!(
                    "EXISTS (SELECT 1 FROM event_reports hr WHERE hr.event_id = {e}.id AND NOT hr.deleted AND "
                ));
                text.render(sql, viewer);
                sql.push(" AND ");
                viewer.visible.inner(sql, e, "hr");
                sql.push(")");
            }
            Self::HasProposal { e } => {
                sql.push(&format!(
                    "EXISTS (SELECT 1 FROM proposals hp WHERE hp.event_id = {e}.id AND NOT hp.deleted AND "
                ));
                viewer.visible.proposal(sql, e, "hp");
                sql.push(")");
            }
        }
    }

    fn render_negated<'a>(&'a self, sql: &mut Sql<'a>, viewer: Viewer) {
        sql.push("NOT ");
        match self {
            Self::Tagged {
                table,
                link,
                column,
                tags,
            } => {
                sql.push(&format!(
                    "EXISTS (SELECT 1 FROM {table} t WHERE t.{link} = {column} AND "
                ))
                .any("t.tag_id", tags)
                .push(")");
            }
            // PostgreSQL makes an anti-join only of NOT EXISTS; a large NOT IN would be searched row by row.
            Self::Has { .. } if sql.dialect() == Dialect::Postgres => self.render_exists(sql, viewer),
            Self::Has { .. } => self.render(sql, viewer),
            _ => {
                // A NULL inside would make neither the condition nor its opposite true.
                sql.push("COALESCE(");
                self.render(sql, viewer);
                sql.push(", FALSE)");
            }
        }
    }

    fn render_set<'a>(&'a self, sql: &mut Sql<'a>, viewer: Viewer) {
        let Self::Has { holder, a, e, inner } = self else {
            return;
        };
        let (column, link) = match holder {
            Holder::Event(id) => (id.clone(), "event_id"),
            Holder::Object(o) => (format!("{o}.id"), "object_id"),
        };
        sql.push(&format!("{column} IN (SELECT {a}.{link} FROM attributes {a} JOIN events {e} ON {e}.id = {a}.event_id WHERE "));
        inner.render(sql, viewer);
        sql.push(" AND ");
        viewer.attribute(sql, e, a);
        sql.push(")");
    }

    fn render_exists<'a>(&'a self, sql: &mut Sql<'a>, viewer: Viewer) {
        let Self::Has { holder, a, e, inner } = self else {
            return;
        };
        let link = match holder {
            Holder::Event(id) => format!("{a}.event_id = {id}"),
            Holder::Object(o) => format!("{a}.event_id = {o}.event_id AND {a}.object_id = {o}.id"),
        };
        sql.push(&format!(
            "EXISTS (SELECT 1 FROM attributes {a} JOIN events {e} ON {e}.id = {a}.event_id WHERE {link} AND "
        ));
        inner.render(sql, viewer);
        sql.push(" AND ");
        viewer.attribute(sql, e, a);
        sql.push(")");
    }
}

/// Joins in halves: a thousand alternatives in one row would exceed SQLite's depth of expressions.
fn join<'a>(
    parts: &'a [Condition],
    empty: &str,
    operator: &str,
    sql: &mut Sql<'a>,
    render: &mut dyn FnMut(&'a Condition, &mut Sql<'a>),
) {
    match parts {
        [] => {
            sql.push(empty);
        }
        [only] => render(only, sql),
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            sql.push("(");
            join(left, empty, operator, sql, render);
            sql.push(operator);
            join(right, empty, operator, sql, render);
            sql.push(")");
        }
    }
}

fn text<'a>(
    sql: &mut Sql<'a>,
    a: &str,
    columns: &[&str],
    patterns: &'a [String],
    candidates: Option<&'a str>,
) {
    sql.push("(");
    if let (Dialect::Sqlite, Some(candidates)) = (sql.dialect(), candidates) {
        sql.push(&format!(
            "{a}.id IN (SELECT rowid FROM attribute_text WHERE attribute_text MATCH "
        ))
        .bind(candidates)
        .push(") AND (");
    }
    for (n, column) in columns.iter().enumerate() {
        sql.push(if n == 0 { "" } else { " OR " });
        // The conditions of the partial indexes of PostgreSQL.
        match *column {
            "value2" => sql.push(&format!("({a}.value2_key IS NOT NULL AND ")),
            "comment" => sql.push(&format!("({a}.comment <> '' AND ")),
            _ => sql.push("("),
        };
        like(sql, &format!("{a}.{column}"), patterns, true);
        sql.push(")");
    }
    if sql.dialect() == Dialect::Sqlite && candidates.is_some() {
        sql.push(")");
    }
    sql.push(")");
}

fn networks<'a>(sql: &mut Sql<'a>, column: &str, keys: &'a [Vec<u8>], ranges: &'a [(Vec<u8>, Vec<u8>)]) {
    sql.push("(").any(column, keys);
    for (first, last) in ranges {
        sql.push(&format!(" OR {column} BETWEEN "))
            .bind(first)
            .push(" AND ")
            .bind(last);
    }
    sql.push(")");
}

fn like<'a>(sql: &mut Sql<'a>, column: &str, patterns: &'a [String], fold_case: bool) {
    if let [only] = patterns {
        sql.like(column, only, !fold_case);
        return;
    }
    match sql.dialect() {
        Dialect::Postgres => {
            sql.push(column)
                .push(if fold_case { " ILIKE ANY(" } else { " LIKE ANY(" })
                .bind(patterns)
                .push(")");
        }
        Dialect::Sqlite => {
            let function = if fold_case { "like_ci" } else { "like_cs" };
            sql.push("EXISTS (SELECT 1 FROM rarray(")
                .bind(patterns)
                .push(&format!(") p WHERE {function}(p.value, {column}))"));
        }
    }
}

fn bounds<'a>(sql: &mut Sql<'a>, column: &str, from: Option<crate::Value<'a>>, to: Option<crate::Value<'a>>) {
    match (from, to) {
        (Some(from), Some(to)) => sql
            .push(column)
            .push(" BETWEEN ")
            .bind(from)
            .push(" AND ")
            .bind(to),
        (Some(from), None) => sql.push(column).push(" >= ").bind(from),
        (None, Some(to)) => sql.push(column).push(" <= ").bind(to),
        (None, None) => sql.push("TRUE"),
    };
}
