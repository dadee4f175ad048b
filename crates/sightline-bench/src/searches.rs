//! How long searches take, as clients see them, and what the bare engine takes for the same look-up.

use crate::report::{Measure, float, say};
use crate::server::Server;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use sightline_db::{Access, Db, DbError, Dialect, params};
use sightline_misp::fold::value_key;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Values from all over the table that searches are made of.
const SAMPLES: i64 = 2_000;
/// Searches of one kind, each with a text of its own.
const TIMES: usize = 200;
/// How long clients look up values.
const LOOKING: Duration = Duration::from_secs(5);
/// Exports that run beside look-ups.
const EXPORTS: usize = 10;

/// Everything that is measured of searches.
pub(crate) fn measure(server: &Server, db: &Db, clients: usize, attributes: usize) -> Result<Vec<Measure>> {
    say("searches");
    let values = sample(db)?;
    let mut measures = vec![size(db, attributes)?];
    let floor = bare_lookups(db, clients, &values)?;
    let quiet = lookups(server, clients, &values)?;
    measures.push(Measure::cost("exact value, 16 clients, p99", "ms", quiet, Some(floor)).at_most(5.0));
    let busy = beside_exports(server, clients, &values)?;
    measures.push(Measure::cost(
        "exact value beside ten exports, p99",
        "ms",
        busy,
        None,
    ));
    let thousand: Vec<Value> = (0..20)
        .map(|n| {
            let some: Vec<&String> = values.iter().cycle().skip(n * 50).take(1_000).collect();
            json!({"value": some, "limit": 5_000})
        })
        .collect();
    measures.push(one_by_one(
        server,
        "1,000 values in one search, p99",
        "/attributes/restSearch",
        &thousand,
        100.0,
    )?);
    for (name, bodies) in patterns(&values) {
        measures.push(one_by_one(
            server,
            name,
            "/attributes/restSearch",
            &bodies,
            100.0,
        )?);
    }
    measures.push(one_by_one(
        server,
        "network indicators of the last day with a tag, 10,000",
        "/attributes/restSearch",
        &last_day(db)?,
        250.0,
    )?);
    for (name, bodies) in index_pages(&values) {
        measures.push(one_by_one(server, name, "/events/index", &bodies, 50.0)?);
    }
    Ok(measures)
}

fn sample(db: &Db) -> Result<Vec<String>> {
    Ok(db.run_blocking(Access::Read, |tx| {
        let last = tx.int("SELECT COALESCE(MAX(id), 0) FROM attributes", &[])?;
        let mut values = Vec::new();
        for n in 0..SAMPLES {
            let at = last / SAMPLES * n;
            let found = tx.first(
                "SELECT value1 FROM attributes WHERE id > $1 ORDER BY id LIMIT 1",
                params![at],
                |row| row.text(0),
            )?;
            values.extend(found);
        }
        Ok::<_, DbError>(values)
    })?)
}

/// Bytes of the attributes with all their indexes; on SQLite of everything there is.
fn size(db: &Db, attributes: usize) -> Result<Measure> {
    let bytes = db.run_blocking(Access::Read, |tx| match tx.dialect() {
        Dialect::Sqlite => tx.int(
            "SELECT (SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size())",
            &[],
        ),
        Dialect::Postgres => tx.int("SELECT pg_total_relation_size('attributes')", &[]),
    })?;
    let most = if db.dialect() == Dialect::Sqlite {
        600.0
    } else {
        900.0
    };
    let each = float(usize::try_from(bytes)?) / float(attributes.max(1));
    Ok(Measure::cost("disk for each attribute", "bytes", each, None).at_most(most))
}

fn percentile(mut spent: Vec<Duration>) -> f64 {
    spent.sort_unstable();
    let at = (spent.len() * 99 / 100).min(spent.len().saturating_sub(1));
    spent.get(at).map_or(0.0, |spent| spent.as_secs_f64() * 1_000.0)
}

fn bare_lookups(db: &Db, clients: usize, values: &[String]) -> Result<f64> {
    let each = |client: usize| -> Result<Vec<Duration>> {
        let mut spent = Vec::new();
        for value in values.iter().skip(client).step_by(clients) {
            let key = value_key(value);
            let begun = Instant::now();
            db.run_blocking(Access::Read, move |tx| {
                tx.all(
                    "SELECT * FROM attributes WHERE value1_key = $1 LIMIT 100",
                    params![key],
                    |row| row.int(0),
                )
            })?;
            spent.push(begun.elapsed());
        }
        Ok(spent)
    };
    Ok(percentile(at_once(clients, each)?))
}

fn at_once(clients: usize, each: impl Fn(usize) -> Result<Vec<Duration>> + Sync) -> Result<Vec<Duration>> {
    let each = &each;
    let all: Vec<Result<Vec<Duration>>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..clients).map(|n| scope.spawn(move || each(n))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Ok(Vec::new())))
            .collect()
    });
    Ok(all.into_iter().collect::<Result<Vec<_>>>()?.concat())
}

fn lookups(server: &Server, clients: usize, values: &[String]) -> Result<f64> {
    let begun = Instant::now();
    let each = |client: usize| -> Result<Vec<Duration>> {
        let mut http = server.connect()?;
        let mut spent = Vec::new();
        for value in values.iter().cycle().skip(client * 97) {
            if begun.elapsed() > LOOKING {
                break;
            }
            let body = json!({"value": value, "limit": 100}).to_string();
            let asked = Instant::now();
            http.post("/attributes/restSearch", body.as_bytes())?;
            spent.push(asked.elapsed());
        }
        Ok(spent)
    };
    Ok(percentile(at_once(clients, each)?))
}

fn beside_exports(server: &Server, clients: usize, values: &[String]) -> Result<f64> {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..EXPORTS {
            scope.spawn(|| -> Result<()> {
                while !over.load(Ordering::Relaxed) {
                    let mut http = server.connect()?;
                    let body = br#"{"returnFormat":"json","limit":200000}"#;
                    http.request("POST", "/attributes/restSearch", body, |_| {})?;
                }
                Ok(())
            });
        }
        let spent = lookups(server, clients, values);
        over.store(true, Ordering::Relaxed);
        spent
    })
}

/// Each of the searches once, one after the other.
fn one_by_one(server: &Server, name: &str, path: &str, bodies: &[Value], most: f64) -> Result<Measure> {
    let mut http = server.connect()?;
    let mut spent = Vec::new();
    for body in bodies {
        let begun = Instant::now();
        http.post(path, body.to_string().as_bytes())
            .with_context(|| body.to_string())?;
        spent.push(begun.elapsed());
    }
    Ok(Measure::cost(name, "ms", percentile(spent), None).at_most(most))
}

/// Parts of values, everything under a domain, networks both ways: the first 100 hits.
fn patterns(values: &[String]) -> Vec<(&'static str, Vec<Value>)> {
    let infix = values.iter().filter(|value| value.len() > 12).map(|value| {
        let part: String = value.chars().skip(4).take(8).collect();
        json!({"value": format!("%{}%", part.replace('%', "")), "limit": 100})
    });
    let domains = values.iter().filter(|value| {
        !value.contains('/') && value.matches('.').count() == 2 && value.ends_with(char::is_alphabetic)
    });
    let under = domains.filter_map(|value| {
        let (_, parent) = value.split_once('.')?;
        Some(json!({"value": [parent, format!("%.{parent}")], "limit": 100}))
    });
    let addresses = || {
        values
            .iter()
            .filter(|value| value.parse::<std::net::IpAddr>().is_ok())
    };
    let around = addresses().map(|value| json!({"cidr": value, "limit": 100}));
    let inside = addresses().map(|value| json!({"cidr": format!("{value}/20"), "limit": 100}));
    vec![
        ("a part of a value, first 100, p99", infix.take(TIMES).collect()),
        (
            "everything under a domain, first 100, p99",
            under.take(TIMES).collect(),
        ),
        (
            "networks that hold an address, first 100, p99",
            around.take(TIMES).collect(),
        ),
        (
            "addresses in a network, first 100, p99",
            inside.take(TIMES).collect(),
        ),
    ]
}

fn last_day(db: &Db) -> Result<Vec<Value>> {
    let latest = db.run_blocking(Access::Read, |tx| {
        tx.int("SELECT COALESCE(MAX(timestamp), 0) FROM attributes", &[])
    })?;
    let body = json!({
        "timestamp": latest - 86_400, "to_ids": 1, "type": ["domain", "hostname", "url", "ip-dst", "ip-src"],
        "tags": ["tlp:clear"], "limit": 10_000,
    });
    Ok(vec![body; 10])
}

/// Pages of events with a true total, by filters of every kind.
fn index_pages(values: &[String]) -> Vec<(&'static str, Vec<Value>)> {
    let page = |filter: Value| {
        let mut body = json!({"limit": 60, "page": 1, "sort": "timestamp", "direction": "desc"});
        if let (Value::Object(body), Value::Object(filter)) = (&mut body, filter) {
            body.extend(filter);
        }
        body
    };
    let some = || values.iter().filter(|value| value.len() > 12).take(TIMES / 4);
    let part = |value: &String| {
        value
            .chars()
            .skip(4)
            .take(8)
            .collect::<String>()
            .replace(['|', '!', '%'], "")
    };
    let plain = [
        json!({}),
        json!({"tag": "tlp:green"}),
        json!({"tag": "tlp:clear"}),
        json!({"org": "1"}),
        json!({"eventinfo": "a"}),
        json!({"published": 1}),
        json!({"datefrom": "2020-01-01"}),
        json!({"threatlevel": "1|2"}),
    ];
    vec![
        (
            "event index by its own columns, p99",
            plain.into_iter().cycle().take(80).map(page).collect(),
        ),
        (
            "event index by value, p99",
            some().map(|value| page(json!({"value": [value]}))).collect(),
        ),
        (
            "event index by part of a value, p99",
            some()
                .map(|value| page(json!({"attribute": [part(value)]})))
                .collect(),
        ),
        (
            "event index by text anywhere, p99",
            some().map(|value| page(json!({"all": [part(value)]}))).collect(),
        ),
    ]
}
