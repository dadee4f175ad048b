//! Looking at settings and changing them: site administrators only.

use super::registry::{self, Definition, Kind, MASK};
use super::{Settings, external_registry, zeromq};
use crate::{Ctx, Platform};
use serde_json::{Value, json};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::Access;
use sightline_db::audit::Change;
use sightline_db::settings as stored;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody has said anything.
    Default,
    /// An administrator has changed it here.
    Database,
    /// The configuration of the server; it cannot be changed here.
    Configuration,
    /// It is a fact of this instance, or always so.
    Fixed,
}

/// A setting with its value.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What it is.
    pub definition: Definition,
    /// The value in force, as on the wire.
    pub value: Value,
    /// Where that comes from.
    pub source: Source,
}

impl Setting {
    /// Whether it may be changed while the server runs.
    pub fn is_editable(&self) -> bool {
        matches!(self.source, Source::Default | Source::Database)
    }
}

/// Facts that clients ask for by the reference's names; they stand beside the registry because nothing decides them.
fn facts(platform: &Platform) -> Vec<Setting> {
    let fact = |name, kind, value, description| Setting {
        definition: Definition {
            name,
            path: "",
            kind,
            level: 1,
            description,
        },
        value,
        source: Source::Fixed,
    };
    let text = Kind::Text(255);
    vec![
        fact(
            "MISP.baseurl",
            text,
            json!(platform.base_url),
            "The address under which people reach this instance; server.url of the configuration.",
        ),
        fact(
            "MISP.uuid",
            text,
            json!(platform.uuid.to_string()),
            "The uuid of this instance, made at its first start.",
        ),
        fact(
            "MISP.host_org_id",
            Kind::Number(1, i64::MAX),
            json!(platform.host_org.0),
            "The organisation that runs this instance.",
        ),
        fact(
            "MISP.background_jobs",
            Kind::Flag,
            json!(true),
            "Long work runs in the background; always so here.",
        ),
        fact(
            "MISP.log_new_audit",
            Kind::Flag,
            json!(true),
            "Every change is recorded in the audit log; always so here.",
        ),
        fact(
            "MISP.system_setting_db",
            Kind::Flag,
            json!(true),
            "Changed settings are kept in the database; always so here.",
        ),
        fact(
            "Security.advanced_authkeys",
            Kind::Flag,
            json!(true),
            "Users have several API keys, of which only a hash is kept; always so here.",
        ),
    ]
}

/// Every setting, in the order of the registry, the facts last.
pub async fn all(ctx: &Ctx) -> AppResult<Vec<Setting>> {
    ctx.require(Permission::SiteAdmin)?;
    let stored = ctx.read(|_, tx| Ok(stored::all(tx)?)).await?;
    let live = &ctx.platform.settings;
    let current = live.current();
    let mut settings: Vec<Setting> = registry::all()
        .map(|definition| Setting {
            definition: *definition,
            value: definition.read(&current),
            source: if live.is_fixed(definition) {
                Source::Configuration
            } else if stored.iter().any(|(name, _)| name == definition.name) {
                Source::Database
            } else {
                Source::Default
            },
        })
        .collect();
    settings.extend(facts(&ctx.platform));
    Ok(settings)
}

/// One setting by its name.
pub async fn one(ctx: &Ctx, name: &str) -> AppResult<Setting> {
    let mut settings = all(ctx).await?;
    settings.retain(|setting| setting.definition.name == name);
    settings.pop().ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> AppError {
    AppError::not_found(format!("Setting {name} is invalid."))
}

/// Changes a setting, in force at once; `null` goes back to the default.
pub async fn set(ctx: &Ctx, name: &str, value: Value) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    if ctx.caller.read_only {
        return Err(AppError::no_permission());
    }
    let setting = one(ctx, name).await?;
    match setting.source {
        Source::Configuration => {
            return Err(AppError::NotAllowed(format!(
                "{name} is fixed by the configuration of this server ({}) and cannot be changed here.",
                setting.definition.path
            )));
        }
        Source::Fixed => {
            return Err(AppError::NotAllowed(format!(
                "{name} cannot be changed on this server."
            )));
        }
        Source::Default | Source::Database => {}
    }
    let definition = registry::find(name).ok_or_else(|| unknown(name))?;
    // What the wire sent becomes what the wire would be answered: `1` for a flag is stored as `true`.
    let mut probe = (*ctx.settings()).clone();
    let wanted = if value.is_null() {
        None
    } else if matches!(definition.kind, Kind::Secret(_)) && value == MASK {
        // What a form was shown in the place of the secret comes back with it: nothing was changed.
        return Ok(());
    } else {
        definition.write(&mut probe, &value)?;
        Some(definition.kept(&probe))
    };
    let shown = wanted.is_some().then(|| definition.read(&probe));
    ctx.write(move |ctx, tx| {
        match &wanted {
            Some(value) => stored::set(tx, definition.name, value, ctx.now())?,
            None => stored::remove(tx, definition.name)?,
        }
        ctx.audit(
            tx,
            &Change {
                action: "serverSettingsEdit",
                model: "Server",
                id: 0,
                title: definition.name,
                event: None,
                fields: json!({definition.name: [setting.value, shown]}),
            },
        )
    })
    .await?;
    refresh(&ctx.platform).await
}

/// Puts in force what the database holds, before anybody is served. Blocks.
pub fn load(platform: &Platform) -> AppResult<()> {
    let stored = platform.db.run_blocking(Access::Read, stored::all)?;
    platform.settings.apply(&stored);
    Ok(())
}

/// Puts in force what the database holds: after a change, and now and then, because another server on
/// the same database may have changed it.
pub async fn refresh(platform: &Platform) -> AppResult<()> {
    let _turn = platform.settings.refreshing.lock().await;
    let stored = platform.db.read(|tx| Ok::<_, AppError>(stored::all(tx)?)).await?;
    platform.settings.apply(&stored);
    Ok(())
}

/// Refuses a configuration whose words have not the form that they need.
pub fn check(settings: &Settings) -> AppResult<()> {
    for definition in external_registry::ALL.iter().chain(zeromq::ALL) {
        let kept = definition.kept(settings);
        definition
            .write(&mut settings.clone(), &kept)
            .map_err(|error| AppError::Refused(format!("{}: {error}", definition.path)))?;
    }
    Ok(())
}
