//! One fresh, migrated database per test and engine.

use sightline_db::{Db, Dialect, Target, migrations};
use std::env;

/// The environment variable with the URL of a PostgreSQL superuser; without it only SQLite is tested.
const POSTGRES: &str = "SIGHTLINE_TEST_POSTGRES";
/// Set by `make test`: PostgreSQL must not be left out.
const REQUIRED: &str = "SIGHTLINE_REQUIRE_POSTGRES";

/// A migrated database that is gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// The database.
    pub db: Db,
    /// Where it is, to open it a second time.
    pub target: Target,
    _directory: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

impl TestDatabase {
    /// `sqlite` or `postgres`, for messages.
    pub fn engine(&self) -> &'static str {
        match self.db.dialect() {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
        }
    }

    /// A directory of its own, for attachments and the like.
    pub fn directory(&self) -> &std::path::Path {
        self._directory.path()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((url, name)) = &self.postgres {
            // A failed clean-up must not hide the test's own failure.
            if let Ok(mut client) = postgres::Client::connect(url, postgres::NoTls) {
                let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }
}

/// A fresh database on every engine that is available. Call it outside an async runtime, or in `spawn_blocking`.
///
/// # Panics
/// When an engine that must be there is not.
pub fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite()];
    match env::var(POSTGRES) {
        Ok(url) => all.push(postgres(&url)),
        Err(_) => assert!(
            env::var(REQUIRED).is_err(),
            "{REQUIRED} is set but {POSTGRES} is not"
        ),
    }
    all
}

#[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
fn sqlite() -> TestDatabase {
    let directory = tempfile::tempdir().expect("a temporary directory");
    opened(
        Target::Sqlite(directory.path().join("test.sqlite")),
        directory,
        None,
    )
}

#[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
fn postgres(url: &str) -> TestDatabase {
    let name = format!("t_{}", uuid::Uuid::new_v4().simple());
    // The client blocks on a runtime of its own, which a test's runtime does not allow on its thread.
    let created = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let mut client = postgres::Client::connect(url, postgres::NoTls)?;
                client.batch_execute(&format!("CREATE DATABASE {name}"))
            })
            .join()
    });
    created
        .expect("the thread that creates a database")
        .expect("a PostgreSQL database");
    let (server, _) = url.rsplit_once('/').expect("a URL that ends in a database");
    let target = Target::Postgres(format!("{server}/{name}"));
    let directory = tempfile::tempdir().expect("a temporary directory");
    opened(target, directory, Some((url.to_owned(), name)))
}

#[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
fn opened(target: Target, directory: tempfile::TempDir, postgres: Option<(String, String)>) -> TestDatabase {
    let db = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let db = Db::open(&target)?;
                migrations::run(&db, 1_700_000_000)?;
                Ok::<_, sightline_db::DbError>(db)
            })
            .join()
    });
    let db = db
        .expect("the thread that opens a database")
        .expect("a migrated database");
    TestDatabase {
        db,
        target,
        _directory: directory,
        postgres,
    }
}
