//! Taxonomies and the tags that they make.

use crate::like::containing;
use crate::tags::Lister;
use crate::{DbResult, Kind, Row, Sql, Tx, params};
use sightline_core::ids::TaxonomyId;
use sightline_misp::fold::{fold, value_key};
use sightline_misp::records::{Taxonomy, TaxonomyTag};
use std::collections::HashSet;

const COLUMNS: &str =
    "t.id, t.namespace, t.description, t.version, t.enabled, t.exclusive, t.required, t.highlighted";

fn read(row: &Row<'_>) -> DbResult<Taxonomy> {
    Ok(Taxonomy {
        id: TaxonomyId(row.int(0)?),
        namespace: row.text(1)?,
        description: row.text(2)?,
        version: row.int(3)?,
        enabled: row.bool(4)?,
        exclusive: row.bool(5)?,
        required: row.bool(6)?,
        highlighted: row.bool(7)?,
    })
}

/// Which taxonomies a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the namespace, the description, or a tag.
    pub value: Option<String>,
    /// Enabled, or not.
    pub enabled: Option<bool>,
}

/// A taxonomy with the number of its tags, and of those that exist and are not hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The taxonomy.
    pub taxonomy: Taxonomy,
    /// Tags that it makes.
    pub total: i64,
    /// Those that exist and are not hidden.
    pub current: i64,
}

impl Filter {
    /// `pattern` is what [`containing`] makes of `value`.
    fn push<'a>(&self, sql: &mut Sql<'a>, pattern: Option<&'a str>) {
        sql.push(" WHERE TRUE");
        if let Some(enabled) = self.enabled {
            sql.push(if enabled {
                " AND t.enabled"
            } else {
                " AND NOT t.enabled"
            });
        }
        if let Some(pattern) = pattern {
            sql.push(" AND (").like("t.namespace", pattern, false);
            sql.push(" OR ").like("t.description", pattern, false);
            sql.push(" OR EXISTS (SELECT 1 FROM taxonomy_entries x WHERE x.taxonomy_id = t.id AND (");
            sql.like("x.tag", pattern, false)
                .push(" OR ")
                .like("x.expanded", pattern, false)
                .push(")))");
        }
    }
}

/// A page of taxonomies by id, and how many there are in all.
pub fn list(
    tx: &mut Tx<'_>,
    lister: Lister,
    filter: &Filter,
    limit: u32,
    offset: i64,
) -> DbResult<(Vec<Counted>, i64)> {
    let pattern = filter.value.as_deref().map(containing);
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM taxonomies t");
    filter.push(&mut count, pattern.as_deref());
    let all = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS}, \
             (SELECT COUNT(*) FROM taxonomy_entries n WHERE n.taxonomy_id = t.id), \
             (SELECT COUNT(*) FROM taxonomy_entries n WHERE n.taxonomy_id = t.id AND EXISTS \
              (SELECT 1 FROM tags g WHERE g.name_key = n.tag_key AND NOT g.hide_tag AND "
        ),
    );
    lister.push(&mut sql, "g");
    sql.push(")) FROM taxonomies t");
    filter.push(&mut sql, pattern.as_deref());
    sql.push(" ORDER BY t.id LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    let found = tx.all(sql.text(), sql.values(), |row| {
        Ok(Counted {
            taxonomy: read(row)?,
            total: row.int(8)?,
            current: row.int(9)?,
        })
    })?;
    Ok((found, all))
}

/// By id.
pub fn by_id(tx: &mut Tx<'_>, id: TaxonomyId) -> DbResult<Option<Taxonomy>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM taxonomies t WHERE t.id = $1"),
        params![id],
        read,
    )
}

/// By namespace.
pub fn by_namespace(tx: &mut Tx<'_>, namespace: &str) -> DbResult<Option<Taxonomy>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM taxonomies t WHERE t.namespace = $1"),
        params![namespace],
        read,
    )
}

/// Every taxonomy, by namespace; the community has some two hundred.
pub fn all(tx: &mut Tx<'_>) -> DbResult<Vec<Taxonomy>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM taxonomies t ORDER BY t.namespace"),
        &[],
        read,
    )
}

/// What a taxonomy says about several of its tags on one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Only one of its tags may stand there.
    pub exclusive: bool,
    /// Only one value of the predicate may stand there.
    pub exclusive_predicate: bool,
}

/// The rule for a predicate of a namespace, in any case; `None` when no taxonomy has the namespace.
pub fn rule(tx: &mut Tx<'_>, namespace: &str, predicate: &str) -> DbResult<Option<Rule>> {
    tx.first(
        "SELECT t.exclusive, EXISTS (SELECT 1 FROM taxonomy_entries x WHERE x.taxonomy_id = t.id \
         AND x.exclusive_predicate AND LOWER(x.predicate) = $2) \
         FROM taxonomies t WHERE LOWER(t.namespace) = $1 ORDER BY t.id",
        params![&namespace.to_lowercase(), &predicate.to_lowercase()],
        |row| {
            Ok(Rule {
                exclusive: row.bool(0)?,
                exclusive_predicate: row.bool(1)?,
            })
        },
    )
}

/// The file of a taxonomy.
pub fn content(tx: &mut Tx<'_>, id: TaxonomyId) -> DbResult<Option<String>> {
    tx.first(
        "SELECT content FROM taxonomies WHERE id = $1",
        params![id],
        |row| row.text(0),
    )
}

const TAG_COLUMNS: &str =
    "tag, predicate, expanded, description, colour, numerical_value, exclusive_predicate";

fn read_tag(row: &Row<'_>) -> DbResult<TaxonomyTag> {
    Ok(TaxonomyTag {
        tag: row.text(0)?,
        predicate: row.text(1)?,
        expanded: row.text(2)?,
        description: row.text(3)?,
        colour: row.text(4)?,
        numerical_value: row.opt_text(5)?,
        exclusive_predicate: row.bool(6)?,
    })
}

/// The tags of a taxonomy, in its order.
pub fn tags(tx: &mut Tx<'_>, id: TaxonomyId) -> DbResult<Vec<TaxonomyTag>> {
    tx.all(
        &format!("SELECT {TAG_COLUMNS} FROM taxonomy_entries WHERE taxonomy_id = $1 ORDER BY id"),
        params![id],
        read_tag,
    )
}

/// What taxonomies say about tags of these names, in any case.
pub fn tags_of_names(tx: &mut Tx<'_>, names: &[String]) -> DbResult<Vec<TaxonomyTag>> {
    let wanted: HashSet<String> = names.iter().map(|name| fold(name)).collect();
    let keys: Vec<i64> = wanted.iter().map(|name| value_key(name)).collect();
    let mut found = tx.all(
        &format!("SELECT {TAG_COLUMNS} FROM taxonomy_entries WHERE tag_key = ANY($1) ORDER BY id"),
        params![&keys],
        read_tag,
    )?;
    found.retain(|says| wanted.contains(&fold(&says.tag)));
    Ok(found)
}

/// Writes a taxonomy, new or in place of an older one of its namespace, with its tags; what people have set on the older
/// one stays.
pub fn put(tx: &mut Tx<'_>, new: &Taxonomy, content: &str, tags: &[TaxonomyTag]) -> DbResult<TaxonomyId> {
    let id = tx.int(
        "INSERT INTO taxonomies (namespace, description, version, enabled, exclusive, required, highlighted, content) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (namespace) DO UPDATE SET \
         description = excluded.description, version = excluded.version, exclusive = excluded.exclusive, \
         content = excluded.content RETURNING id",
        params![
            &new.namespace,
            &new.description,
            new.version,
            new.enabled,
            new.exclusive,
            new.required,
            new.highlighted,
            content
        ],
    )?;
    tx.exec("DELETE FROM taxonomy_entries WHERE taxonomy_id = $1", params![id])?;
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("taxonomy_id", Kind::Int),
        ("tag", Kind::Text),
        ("tag_key", Kind::Int),
        ("predicate", Kind::Text),
        ("expanded", Kind::Text),
        ("description", Kind::Text),
        ("colour", Kind::Text),
        ("numerical_value", Kind::Text),
        ("exclusive_predicate", Kind::Bool),
    ];
    let ids = tx.allocate_ids("taxonomy_entries", tags.len())?;
    let rows: Vec<_> = ids.into_iter().zip(tags).collect();
    tx.insert_many("taxonomy_entries", COLUMNS, rows.len(), |n, values| {
        if let Some((row, tag)) = rows.get(n) {
            values.extend_from_slice(&[
                (*row).into(),
                id.into(),
                tag.tag.as_str().into(),
                value_key(&tag.tag).into(),
                tag.predicate.as_str().into(),
                tag.expanded.as_str().into(),
                tag.description.as_str().into(),
                tag.colour.as_str().into(),
                tag.numerical_value.as_deref().into(),
                tag.exclusive_predicate.into(),
            ]);
        }
    })?;
    Ok(TaxonomyId(id))
}

/// Writes what people may set.
pub fn set_flags(tx: &mut Tx<'_>, changed: &Taxonomy) -> DbResult<()> {
    tx.exec(
        "UPDATE taxonomies SET enabled = $2, required = $3, highlighted = $4 WHERE id = $1",
        params![changed.id, changed.enabled, changed.required, changed.highlighted],
    )?;
    Ok(())
}

/// Removes a taxonomy; the tags that were made of it stay.
pub fn delete(tx: &mut Tx<'_>, id: TaxonomyId) -> DbResult<()> {
    tx.exec("DELETE FROM taxonomy_entries WHERE taxonomy_id = $1", params![id])?;
    tx.exec("DELETE FROM taxonomies WHERE id = $1", params![id])?;
    Ok(())
}
