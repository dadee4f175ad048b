//! Walls inside the code: SQL only in `sightline-db`, the wall time only from the clock.

use crate::finding::Finding;

use super::Source;

/// Crates that may write SQL: the one that is for it, and what tests and measures it.
const SQL_CRATES: &[&str] = &["sightline-db", "sightline-testkit", "sightline-bench", "xtask"];

/// Crates that may read the time: they measure.
const TIMING_CRATES: &[&str] = &["sightline-testkit", "sightline-bench", "xtask"];

/// The clock itself.
const CLOCK: &str = "crates/sightline-core/src/clock.rs";

/// What the wall clock says is a rule's input. The monotonic `Instant` is not: it only bounds and measures.
const TIME_READS: &[&str] = &["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now"];

/// Beginnings that make a text a statement. SQL is written in capitals here, as prose is not.
const STATEMENTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "CREATE UNIQUE INDEX ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "PRAGMA ",
];

/// Check one file.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.is_test() {
        return findings;
    }
    if !SQL_CRATES.contains(&source.package()) {
        for (line, text) in source.text.production_texts() {
            if is_sql(text) {
                findings.push(Finding::new(
                    "sql",
                    &*source.path,
                    line,
                    "SQL belongs in sightline-db",
                ));
            }
        }
    }
    if !TIMING_CRATES.contains(&source.package()) && source.path != CLOCK {
        for (line, code) in source.text.production_code() {
            if let Some(read) = TIME_READS.iter().find(|read| code.contains(**read)) {
                let message = format!("`{read}`: take the time from a `Clock`");
                findings.push(Finding::new("clock", &*source.path, line, message));
            }
        }
    }
    findings
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    let update = text.starts_with("UPDATE ") && text.contains(" SET ");
    let with = text.starts_with("WITH ") && text.contains(" AS (");
    update || with || STATEMENTS.iter().any(|word| text.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [&str; 0] = [];

    fn rules(path: &str, raw: &str) -> Vec<&'static str> {
        check(&Source::new(path, raw.to_owned()))
            .into_iter()
            .map(|finding| finding.rule)
            .collect()
    }

    #[test]
    fn statements_are_told_from_prose() {
        for sql in [
            "SELECT 1",
            "\n  INSERT INTO a VALUES",
            "UPDATE a SET b = 1",
            "WITH x AS (SELECT 1)",
        ] {
            assert!(is_sql(sql), "{sql}");
        }
        for prose in ["Select a row", "UPDATE available", "selected", "with x as (y)"] {
            assert!(!is_sql(prose), "{prose}");
        }
    }

    #[test]
    fn sql_is_found_outside_its_crate_only() {
        let raw = "fn f() { q(\"SELECT 1\"); } // SELECT 1\n";
        assert_eq!(rules("crates/sightline-app/src/a.rs", raw), ["sql"]);
        assert_eq!(rules("crates/sightline-db/src/a.rs", raw), NONE);
        assert_eq!(rules("crates/sightline-app/src/a/tests.rs", raw), NONE);
    }

    #[test]
    fn the_wall_clock_is_read_by_the_clock_only() {
        let raw = "fn f() { jiff::Timestamp::now(); }\n";
        assert_eq!(rules("crates/sightline-app/src/a.rs", raw), ["clock"]);
        assert_eq!(rules(CLOCK, raw), NONE);
        assert_eq!(
            rules("crates/sightline-app/src/a.rs", "fn f() { Instant::now(); }\n"),
            NONE
        );
        let in_tests = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n    {raw}}}\n");
        assert_eq!(rules("crates/sightline-app/src/a.rs", &in_tests), NONE);
    }
}
