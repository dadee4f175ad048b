//! The rows that hold a sought value, by the indexes: equal values, and networks and the addresses inside them.

use super::{Policy, Sought, codes, correlates};
use crate::{DbError, DbResult, Dialect, Sql, Tx, Value, Visible};
use sightline_misp::fold::value_key;
use sightline_misp::networks::Network;
use sightline_misp::types::AttributeType;
use std::collections::HashSet;

/// Rows of one half that are looked at for those that the viewer sees; the search ends sooner when enough were seen. So many
/// rows that are hidden from the viewer would take many events, each with the value: reading all of them would let one value
/// slow everything down.
const LOOKED_AT: usize = 20_000;
/// Stored networks that are kept in memory while a look-up runs: some hundred kilobytes.
const NETWORKS: usize = 10_000;

/// A position in the list of what is sought, and the id of an attribute that matches.
pub(super) type Pair = (usize, i64);

/// Attributes of other events that hold an equal half and that the viewer sees, one position after the other; at most
/// one more than the limit per half.
pub(super) fn equal(
    tx: &mut Tx<'_>,
    visible: Visible,
    policy: &Policy,
    sought: &[(usize, &Sought<'_>)],
) -> DbResult<Vec<Pair>> {
    let keys: Vec<i64> = sought.iter().map(|(_, s)| value_key(s.value)).collect();
    let own: Vec<i64> = sought.iter().map(|(_, s)| s.event.0).collect();
    let mut pairs = Vec::new();
    match tx.dialect() {
        // A prepared look-up in the same process costs less than any set.
        Dialect::Sqlite => {
            let mut sql = Sql::with(tx.dialect(), "", &[Value::Int(0), Value::Int(0)]);
            holders(&mut sql, visible, policy, "$1", "$2");
            let mut values = sql.values().to_vec();
            for ((n, _), (key, event)) in sought.iter().zip(keys.iter().zip(&own)) {
                if let [first, second, ..] = values.as_mut_slice() {
                    (*first, *second) = (Value::Int(*key), Value::Int(*event));
                }
                tx.each(sql.text(), &values, |row| {
                    pairs.push((*n, row.int(0)?));
                    Ok::<_, DbError>(true)
                })?;
            }
        }
        Dialect::Postgres => {
            let text = "SELECT m.id, s.n FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS s(key, event, n) \
                        CROSS JOIN LATERAL (";
            let mut sql = Sql::with(tx.dialect(), text, &[Value::Ints(&keys), Value::Ints(&own)]);
            holders(&mut sql, visible, policy, "s.key", "s.event");
            sql.push(") m ORDER BY s.n");
            tx.each(sql.text(), sql.values(), |row| {
                let at = usize::try_from(row.int(1)? - 1).unwrap_or_default();
                if let Some((n, _)) = sought.get(at) {
                    pairs.push((*n, row.int(0)?));
                }
                Ok::<_, DbError>(true)
            })?;
        }
    }
    Ok(pairs)
}

/// The ids of attributes of other events that hold the key in a half that counts.
fn holders(sql: &mut Sql<'_>, visible: Visible, policy: &Policy, key: &str, event: &str) {
    let ports = codes(AttributeType::correlates_value1_only);
    seen(sql, visible, policy, &format!("x.value1_key = {key}"), event);
    sql.push(" UNION ALL ");
    let second = format!("x.value2_key = {key} AND x.value1_key <> {key} AND x.type_id NOT IN ({ports})");
    seen(sql, visible, policy, &second, event);
}

/// The ids of visible attributes `x` of other events under a condition; at most one more than the limit.
fn seen<'a>(sql: &mut Sql<'a>, visible: Visible, policy: &Policy, condition: &str, event: &str) {
    sql.push(&format!(
        "SELECT * FROM (SELECT c.id FROM (SELECT x.id, x.event_id, x.object_id, x.distribution, x.sharing_group_id \
         FROM attributes x WHERE {condition} AND x.event_id <> {event} AND {} LIMIT {LOOKED_AT}) c \
         JOIN events f ON f.id = c.event_id WHERE NOT f.disable_correlation AND ",
        correlates("x")
    ));
    visible.event(sql, "f");
    sql.push(" AND ");
    visible.attribute(sql, "f", "c");
    sql.push(&format!(" LIMIT {}) b", policy.limit.saturating_add(1)));
}

/// Networks that hold a sought address, and addresses inside a sought network, in other events and visible; at most one
/// more than the limit for each.
pub(super) fn inside(
    tx: &mut Tx<'_>,
    visible: Visible,
    policy: &Policy,
    sought: &[(usize, &Sought<'_>)],
) -> DbResult<Vec<Pair>> {
    let mut pairs = Vec::new();
    let asked: Vec<(usize, &Sought<'_>, Network)> = sought
        .iter()
        .filter_map(|(n, sought)| Some((*n, *sought, sought.network?)))
        .collect();
    if asked.is_empty() {
        return Ok(pairs);
    }
    let stored = Stored::load(tx)?;
    let types = codes(super::meets_networks);
    for (n, sought, network) in asked {
        let holders = stored.holding(network);
        let (first, last) = network.range();
        let values = if network.is_address() {
            if holders.is_empty() {
                continue;
            }
            [Value::Int(sought.event.0), Value::Blobs(&holders), Value::Null]
        } else {
            [
                Value::Int(sought.event.0),
                Value::Bytes(&first),
                Value::Bytes(&last),
            ]
        };
        let condition = if network.is_address() {
            format!("x.network = ANY($2) AND {}", wide(tx.dialect(), "x.network"))
        } else {
            format!(
                "x.network >= $2 AND x.network <= $3 AND NOT {}",
                wide(tx.dialect(), "x.network")
            )
        };
        let used = if network.is_address() { 2 } else { 3 };
        let values: Vec<Value<'_>> = values.into_iter().take(used).collect();
        let mut sql = Sql::with(tx.dialect(), "", &values);
        seen(
            &mut sql,
            visible,
            policy,
            &format!("{condition} AND x.type_id IN ({types})"),
            "$1",
        );
        tx.each(sql.text(), sql.values(), |row| {
            pairs.push((n, row.int(0)?));
            Ok::<_, DbError>(true)
        })?;
    }
    Ok(pairs)
}

/// The networks of this instance, single addresses left out.
pub(super) struct Stored(Option<HashSet<Vec<u8>>>);

impl Stored {
    /// Reads them, when there are not too many to be kept.
    pub(super) fn load(tx: &mut Tx<'_>) -> DbResult<Self> {
        let sql = format!(
            "SELECT DISTINCT network FROM attributes WHERE network IS NOT NULL AND {} LIMIT {}",
            wide(tx.dialect(), "network"),
            NETWORKS + 1
        );
        let networks = tx.all(&sql, &[], |row| row.bytes(0))?;
        Ok(Self(
            (networks.len() <= NETWORKS).then(|| networks.into_iter().collect()),
        ))
    }

    /// The keys of networks that hold an address and may be stored.
    fn holding(&self, address: Network) -> Vec<Vec<u8>> {
        let mut holders = address.holders();
        let own = address.key();
        holders.retain(|key| {
            let stored = self.0.as_ref();
            *key != own && stored.is_none_or(|stored| stored.contains(key))
        });
        holders
    }

    /// Whether a look-up may find anything for this one.
    pub(super) fn may_meet(&self, network: Network) -> bool {
        !network.is_address() || !self.holding(network).is_empty()
    }
}

/// Whether a key is that of a network and not of a single address; the words of the partial index.
fn wide(dialect: Dialect, column: &str) -> String {
    let [v4, v6] = match dialect {
        Dialect::Sqlite => ["x'20'", "x'80'"],
        Dialect::Postgres => ["'\\x20'::bytea", "'\\x80'::bytea"],
    };
    format!(
        "(NOT (length({column}) = 6 AND substr({column}, 6, 1) = {v4}) \
         AND NOT (length({column}) = 18 AND substr({column}, 18, 1) = {v6}))"
    )
}
