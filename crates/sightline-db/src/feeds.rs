//! Feeds, and the pages of events that this instance serves as a feed.

use crate::events::{self, distribution};
use crate::{DbError, DbResult, Row, Sql, Tx, Visible, params};
use sightline_core::ids::{EventId, FeedId, OrgId, SharingGroupId, TagCollectionId, TagId};
use sightline_misp::feeds::{Feed, InputSource, SourceFormat};
use sightline_misp::records::Event;
use uuid::Uuid;

const COLUMNS: &str = "f.id, f.name, f.provider, f.url, f.rules, f.enabled, f.distribution, f.sharing_group_id, \
     f.tag_id, f.tag_collection_id, f.is_default, f.source_format, f.fixed_event, f.delta_merge, f.event_id, \
     f.publish, f.override_ids, f.settings, f.input_source, f.delete_local_file, f.lookup_visible, f.headers, \
     f.caching_enabled, f.force_to_ids, f.orgc_id, f.etag, f.last_fetch, f.last_result";

fn read(row: &Row<'_>) -> DbResult<Feed> {
    let unknown = |what: &str, word: &str| DbError::Other(format!("unknown {what} `{word}` of a feed"));
    let (format, source) = (row.text(11)?, row.text(18)?);
    Ok(Feed {
        id: FeedId(row.int(0)?),
        name: row.text(1)?,
        provider: row.text(2)?,
        url: row.text(3)?,
        rules: Some(row.text(4)?)
            .filter(|rules| rules != "{}")
            .unwrap_or_default(),
        enabled: row.bool(5)?,
        distribution: distribution(row.int(6)?)?,
        sharing_group_id: SharingGroupId(row.int(7)?),
        tag_id: TagId(row.int(8)?),
        tag_collection_id: TagCollectionId(row.int(9)?),
        is_default: row.bool(10)?,
        source_format: SourceFormat::parse(&format).ok_or_else(|| unknown("format", &format))?,
        fixed_event: row.bool(12)?,
        delta_merge: row.bool(13)?,
        event_id: EventId(row.int(14)?),
        publish: row.bool(15)?,
        override_ids: row.bool(16)?,
        settings: row.text(17)?,
        input_source: InputSource::parse(&source).ok_or_else(|| unknown("source", &source))?,
        delete_local_file: row.bool(19)?,
        lookup_visible: row.bool(20)?,
        headers: row.opt_text(21)?,
        caching_enabled: row.bool(22)?,
        force_to_ids: row.bool(23)?,
        orgc_id: OrgId(row.int(24)?),
        etag: row.opt_text(25)?,
        last_fetch: row.int(26)?,
        last_result: row.text(27)?,
    })
}

/// Which feeds a list holds; texts are looked for as parts, whatever their case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 06 A.2")]
pub struct Filter {
    pub name: Option<String>,
    pub url: Option<String>,
    pub provider: Option<String>,
    pub source_format: Option<SourceFormat>,
    pub enabled: Option<bool>,
    pub caching_enabled: Option<bool>,
    pub is_default: Option<bool>,
    pub lookup_visible: Option<bool>,
    /// In the name, the URL or the provider.
    pub any: Option<String>,
}

impl Filter {
    fn patterns(&self) -> [Option<String>; 4] {
        [&self.name, &self.url, &self.provider, &self.any].map(|text| text.as_deref().map(part))
    }

    fn push<'a>(&self, sql: &mut Sql<'a>, patterns: &'a [Option<String>; 4]) {
        let [name, url, provider, any] = patterns;
        sql.push(" WHERE TRUE");
        for (column, pattern) in [("f.name", name), ("f.url", url), ("f.provider", provider)] {
            if let Some(pattern) = pattern {
                sql.push(" AND ").like(column, pattern, false);
            }
        }
        if let Some(pattern) = any {
            sql.push(" AND (")
                .like("f.name", pattern, false)
                .push(" OR ")
                .like("f.url", pattern, false);
            sql.push(" OR ").like("f.provider", pattern, false).push(")");
        }
        if let Some(format) = self.source_format {
            sql.push(" AND f.source_format = ").bind(format.name());
        }
        for (column, flag) in [
            ("f.enabled", self.enabled),
            ("f.caching_enabled", self.caching_enabled),
            ("f.is_default", self.is_default),
            ("f.lookup_visible", self.lookup_visible),
        ] {
            if let Some(flag) = flag {
                sql.push(&format!(" AND {column} = ")).bind(flag);
            }
        }
    }
}

/// A pattern that matches texts which hold `text`.
fn part(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

/// One feed.
pub fn by_id(tx: &mut Tx<'_>, id: FeedId) -> DbResult<Option<Feed>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM feeds f WHERE f.id = $1"),
        params![id],
        read,
    )
}

/// Feeds in the order of their ids, and how many there are without the limit.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: u32, offset: i64) -> DbResult<(Vec<Feed>, i64)> {
    let patterns = filter.patterns();
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM feeds f");
    filter.push(&mut count, &patterns);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS} FROM feeds f"));
    filter.push(&mut sql, &patterns);
    sql.push(" ORDER BY f.id LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}

/// Whether a feed with this URL is there.
pub fn url_exists(tx: &mut Tx<'_>, url: &str) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM feeds WHERE url = $1", params![url])
}

/// Writes a new feed; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, feed: &Feed) -> DbResult<FeedId> {
    tx.int(
        "INSERT INTO feeds (name, provider, url, rules, enabled, distribution, sharing_group_id, tag_id, \
         tag_collection_id, is_default, source_format, fixed_event, delta_merge, event_id, publish, override_ids, \
         settings, input_source, delete_local_file, lookup_visible, headers, caching_enabled, force_to_ids, orgc_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24) RETURNING id",
        params![
            &feed.name,
            &feed.provider,
            &feed.url,
            &feed.rules,
            feed.enabled,
            feed.distribution.number(),
            feed.sharing_group_id,
            feed.tag_id,
            feed.tag_collection_id,
            feed.is_default,
            feed.source_format.name(),
            feed.fixed_event,
            feed.delta_merge,
            feed.event_id,
            feed.publish,
            feed.override_ids,
            &feed.settings,
            feed.input_source.name(),
            feed.delete_local_file,
            feed.lookup_visible,
            feed.headers.as_deref(),
            feed.caching_enabled,
            feed.force_to_ids,
            feed.orgc_id
        ],
    )
    .map(FeedId)
}

/// Writes back what an edit may change. The etag is forgotten: what was fetched before may not be what the feed now
/// asks for.
pub fn update(tx: &mut Tx<'_>, feed: &Feed) -> DbResult<()> {
    tx.exec(
        "UPDATE feeds SET name = $2, provider = $3, url = $4, rules = $5, enabled = $6, distribution = $7, \
         sharing_group_id = $8, tag_id = $9, source_format = $10, fixed_event = $11, delta_merge = $12, \
         event_id = $13, publish = $14, override_ids = $15, settings = $16, input_source = $17, \
         delete_local_file = $18, lookup_visible = $19, headers = $20, caching_enabled = $21, force_to_ids = $22, \
         orgc_id = $23, is_default = $24, tag_collection_id = $25, etag = NULL WHERE id = $1",
        params![
            feed.id,
            &feed.name,
            &feed.provider,
            &feed.url,
            &feed.rules,
            feed.enabled,
            feed.distribution.number(),
            feed.sharing_group_id,
            feed.tag_id,
            feed.source_format.name(),
            feed.fixed_event,
            feed.delta_merge,
            feed.event_id,
            feed.publish,
            feed.override_ids,
            &feed.settings,
            feed.input_source.name(),
            feed.delete_local_file,
            feed.lookup_visible,
            feed.headers.as_deref(),
            feed.caching_enabled,
            feed.force_to_ids,
            feed.orgc_id,
            feed.is_default,
            feed.tag_collection_id
        ],
    )?;
    Ok(())
}

/// Removes a feed. Its events stay.
pub fn delete(tx: &mut Tx<'_>, id: FeedId) -> DbResult<()> {
    tx.exec("DELETE FROM feeds WHERE id = $1", params![id])?;
    Ok(())
}

/// Remembers the event that a feed with a fixed event writes to.
pub fn set_event(tx: &mut Tx<'_>, id: FeedId, event: EventId) -> DbResult<()> {
    tx.exec("UPDATE feeds SET event_id = $2 WHERE id = $1", params![id, event])?;
    Ok(())
}

/// Records how a fetch ended. `etag` is kept only after a complete one.
pub fn set_result(tx: &mut Tx<'_>, id: FeedId, now: i64, etag: Option<&str>, result: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE feeds SET last_fetch = $2, etag = $3, last_result = $4 WHERE id = $1",
        params![id, now, etag, result],
    )?;
    Ok(())
}

/// The next published events that are visible, in id order after `after`, with name and uuid of their creator.
pub fn published_page(
    tx: &mut Tx<'_>,
    visible: Visible,
    after: EventId,
    limit: usize,
) -> DbResult<Vec<(Event, String, Uuid)>> {
    let mut sql = Sql::new(tx.dialect(), "SELECT ");
    events::push_columns(&mut sql, visible);
    sql.push(
        ", o.name, o.uuid FROM events e JOIN organisations o ON o.id = e.orgc_id \
         WHERE e.published AND e.id > ",
    );
    sql.bind(after).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" ORDER BY e.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), |row| {
        Ok((
            events::read(row, 0)?,
            row.text(events::COLUMN_COUNT)?,
            row.uuid(events::COLUMN_COUNT + 1)?,
        ))
    })
}
