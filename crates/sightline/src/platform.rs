//! Building `sightline_app::Platform` out of the configuration: database, schema, first start, files, connections.

use crate::config::Config;
use anyhow::{Context, Result, bail};
use sightline_app::change_feed::Followers;
use sightline_app::{Counts, Platform, files::Files, settings, setup};
use sightline_core::Clock;
use sightline_db::{Access, Db, DbError, Target, instance, migrations};
use sightline_remote::Remote;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;

/// The SQLite database in the data directory.
const DATABASE: &str = "sightline.db";
/// Attachments in the data directory.
const FILES: &str = "files";

/// Where an instance keeps what it knows.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The data directory.
    pub(crate) data: PathBuf,
    /// The database.
    pub(crate) target: Target,
}

impl Place {
    /// A PostgreSQL database, or without a URL the SQLite database of the data directory.
    pub(crate) fn new(data: &Path, database: &str) -> Self {
        let target = match database {
            "" => Target::Sqlite(data.join(DATABASE)),
            url => Target::Postgres(url.to_owned()),
        };
        Self {
            data: data.to_owned(),
            target,
        }
    }

    /// Whether only one server may use it.
    pub(crate) fn is_single(&self) -> bool {
        matches!(self.target, Target::Sqlite(_))
    }

    /// Makes the data directory, for the owner alone. One that exists keeps its mode.
    pub(crate) fn create(&self) -> Result<()> {
        let made = match self.data.parent() {
            Some(parent) => fs::create_dir_all(parent),
            None => Ok(()),
        };
        made.and_then(|()| match DirBuilder::new().mode(0o700).create(&self.data) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && self.data.is_dir() => Ok(()),
            other => other,
        })
        .with_context(|| format!("the data directory {}", self.data.display()))
    }
}

/// Opens the database, without touching its schema.
pub(crate) fn connect(place: &Place) -> Result<Db> {
    Db::open(&place.target).context("opening the database")
}

/// A mistyped `--data` must not make a new, empty instance by the way.
pub(crate) fn must_exist(place: &Place) -> Result<()> {
    match &place.target {
        Target::Sqlite(file) if !file.is_file() => {
            bail!(
                "there is no instance in {}: see --data, or `sightline init`",
                place.data.display()
            )
        }
        _ => Ok(()),
    }
}

/// An instance that has just been opened for serving.
#[derive(Debug)]
pub(crate) struct Started {
    /// The instance.
    pub(crate) platform: Arc<Platform>,
    /// Its first administrator, when this was the first start.
    pub(crate) created: Option<setup::Credentials>,
}

/// Opens an instance, brings its schema up to date, and makes what a first start has to make. Blocks.
pub(crate) fn start(config: &Config, place: &Place) -> Result<Started> {
    place.create()?;
    let db = connect(place)?;
    let clock = Clock::system();
    let migrated = migrations::run(&db, clock.now()).context("migration")?;
    if !migrated.is_empty() {
        tracing::info!(migrations = migrated.join(", "), "the schema is up to date");
    }
    let outcome = setup::first_start(&db, &clock, &wish()).context("first start")?;
    let platform = Platform {
        db,
        clock,
        settings: config.settings(),
        files: Files::new(place.data.join(FILES)),
        remote: Remote::new(&config.remote)
            .context("[remote]")?
            .with_smtp(config.smtp.clone()),
        counts: Counts::default(),
        warninglists: sightline_app::warninglists::Warninglists::default(),
        bell: Notify::new(),
        followers: Followers::default(),
        uuid: outcome.uuid,
        host_org: outcome.host_org,
        base_url: base_url(config),
    };
    settings::load(&platform).context("the stored settings")?;
    let platform = Arc::new(platform);
    Ok(Started {
        platform,
        created: outcome.created,
    })
}

/// Opens an instance that exists already: a command must not make one by the way.
pub(crate) fn open(config: &Config, place: &Place) -> Result<Arc<Platform>> {
    must_exist(place)?;
    let known = connect(place)?.run_blocking(Access::Read, |tx| instance::get(tx, "uuid"));
    match known {
        Ok(Some(_)) => Ok(start(config, place)?.platform),
        Err(error @ (DbError::Unavailable(_) | DbError::Timeout)) => {
            Err(error).context("opening the database")
        }
        Ok(None) | Err(_) => bail!("there is no instance in this database yet: see `sightline init`"),
    }
}

/// The address that people use, without a slash at the end.
fn base_url(config: &Config) -> String {
    match config.server.url.as_str() {
        "" => format!("http://{}", config.server.listen),
        url => url.to_owned(),
    }
}

/// What an unattended installation says about its administrator; empty is as good as not said.
fn wish() -> setup::FirstStart {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    setup::FirstStart {
        email: variable("SIGHTLINE_ADMIN_EMAIL"),
        password: variable("SIGHTLINE_ADMIN_PASSWORD"),
        key: variable("SIGHTLINE_ADMIN_KEY"),
        org: variable("SIGHTLINE_ADMIN_ORG"),
    }
}
