//! Databases of the run: a file each, or a database each on a PostgreSQL server, gone when dropped.

use anyhow::{Context, Result};
use postgres::NoTls;
use sightline_core::{Clock, random};
use sightline_db::{Db, Target, migrations};
use std::path::Path;

/// The file in a data directory that the server opens.
const SQLITE_FILE: &str = "sightline.db";

/// Where databases are made.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    /// Files.
    Sqlite,
    /// The URL of a superuser of a server.
    Postgres(String),
}

/// A database of this run.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) target: Target,
    /// The superuser's URL and the name of what it made.
    made: Option<(String, String)>,
}

impl Engine {
    /// A new, empty database; `directory` is its data directory.
    pub(crate) fn create(&self, directory: &Path) -> Result<Database> {
        std::fs::create_dir_all(directory).with_context(|| format!("creating {}", directory.display()))?;
        let Self::Postgres(admin) = self else {
            return Ok(Database {
                target: Target::Sqlite(directory.join(SQLITE_FILE)),
                made: None,
            });
        };
        let name = format!("sightline_bench_{}", random::alphanumeric(10).to_lowercase());
        let mut client = postgres::Client::connect(admin, NoTls).context("connecting to PostgreSQL")?;
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .context("creating a database")?;
        let (server, _) = admin
            .rsplit_once('/')
            .context("the URL must end in the name of a database")?;
        Ok(Database {
            target: Target::Postgres(format!("{server}/{name}")),
            made: Some((admin.clone(), name)),
        })
    }
}

impl Database {
    /// What the server is told with `--database`, if anything.
    pub(crate) fn url(&self) -> Option<&str> {
        match &self.target {
            Target::Sqlite(_) => None,
            Target::Postgres(url) => Some(url),
        }
    }

    /// Opens it with the schema in place.
    pub(crate) fn open(&self) -> Result<Db> {
        let db = Db::open(&self.target)?;
        migrations::run(&db, Clock::system().now())?;
        Ok(db)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.made {
            // What fails here leaves a database behind, which its name explains.
            if let Ok(mut client) = postgres::Client::connect(admin, NoTls) {
                let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }
}
