//! A fresh, migrated database per test on every engine at hand: SQLite always, PostgreSQL when
//! `SIGHTLINE_TEST_POSTGRES` holds the URL of a superuser.

use sightline_core::random;
use sightline_db::{Db, Target, migrations};
use tempfile::TempDir;

/// A database that goes away with this value.
pub(crate) struct TestDb {
    /// Open, and up to date.
    pub(crate) db: Db,
    _place: Place,
}

enum Place {
    Directory { _keep: TempDir },
    Server { admin: String, name: String },
}

/// Runs `test` once per engine.
pub(crate) fn on_each(test: impl Fn(&Db)) {
    let sqlite = sqlite();
    test(&sqlite.db);
    match std::env::var("SIGHTLINE_TEST_POSTGRES") {
        Ok(url) => {
            let postgres = postgres(&url);
            test(&postgres.db);
        }
        Err(_) => eprintln!("SKIPPED on PostgreSQL: SIGHTLINE_TEST_POSTGRES is not set"),
    }
}

fn open(target: &Target) -> Db {
    let db = Db::open(target).unwrap();
    migrations::run(&db, 0).unwrap();
    db
}

fn sqlite() -> TestDb {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&Target::Sqlite(directory.path().join("test.db")));
    TestDb {
        db,
        _place: Place::Directory { _keep: directory },
    }
}

fn postgres(admin: &str) -> TestDb {
    let name = format!("sightline_{}", random::alphanumeric(12).to_lowercase());
    let mut client = postgres::Client::connect(admin, postgres::NoTls).unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    let db = open(&Target::Postgres(format!("{server}/{name}")));
    TestDb {
        db,
        _place: Place::Server {
            admin: admin.to_owned(),
            name,
        },
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Server { admin, name } = self
            && let Ok(mut client) = postgres::Client::connect(admin, postgres::NoTls)
        {
            let _ = client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
