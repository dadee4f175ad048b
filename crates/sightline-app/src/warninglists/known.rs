//! Which values the enabled lists know. One matcher serves all requests; when lists change, a new one is built beside it and
//! takes its place, so that nobody waits but who has made the change.

use crate::{Ctx, Platform};
use sightline_core::{AppError, AppResult};
use sightline_db::warninglists;
use sightline_knowledge::library::Kind;
use sightline_knowledge::matching::{Builder, Matcher, Subject};
use sightline_misp::records::Warninglist;
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as Waiting;

/// Values that one request may ask about.
const VALUES: usize = 100_000;

/// The matcher of this process.
#[derive(Debug, Default)]
pub struct Warninglists {
    current: Mutex<Option<Arc<Loaded>>>,
    building: Waiting<()>,
}

/// The enabled lists and the matcher that was made of them.
struct Loaded {
    lists: Vec<Warninglist>,
    by_id: HashMap<i64, usize>,
    matcher: Matcher,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loaded({} lists)", self.lists.len())
    }
}

/// A list that knows a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The list.
    pub list: Warninglist,
    /// The entry that matched.
    pub entry: String,
}

impl Warninglists {
    fn get(&self) -> Option<Arc<Loaded>> {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn put(&self, loaded: Arc<Loaded>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(loaded);
    }
}

impl Loaded {
    fn known(&self, subject: Subject<'_>) -> Vec<Known> {
        let lists = self.matcher.lists();
        let hits = self.matcher.hits(subject, &lists.all());
        hits.into_iter()
            .filter_map(|hit| {
                let index = self.by_id.get(&lists.id(hit.list)?)?;
                let list = self.lists.get(*index)?.clone();
                let entry = match list.kind.as_str() {
                    "cidr" => network(hit.entry),
                    _ => hit.entry,
                };
                Some(Known { list, entry })
            })
            .collect()
    }
}

/// A single address, told as the network that it is.
fn network(entry: String) -> String {
    match entry.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => format!("{entry}/32"),
        Ok(IpAddr::V6(_)) => format!("{entry}/128"),
        Err(_) => entry,
    }
}

/// What the enabled lists know of each value, whatever attribute types they are for; values that none knows are left out.
pub async fn check_values(ctx: &Ctx, values: Vec<String>) -> AppResult<Vec<(String, Vec<Known>)>> {
    if values.len() > VALUES {
        return Err(AppError::TooLarge(format!(
            "A request may ask about {VALUES} values at most."
        )));
    }
    let loaded = loaded(ctx).await?;
    tokio::task::spawn_blocking(move || {
        let asked = values.into_iter().map(|value| {
            let known = loaded.known(Subject::whole(&value));
            (value, known)
        });
        asked.filter(|(_, known)| !known.is_empty()).collect()
    })
    .await
    .map_err(AppError::internal)
}

/// The matcher of the enabled lists, or the one before while a new one is being built.
async fn loaded(ctx: &Ctx) -> AppResult<Arc<Loaded>> {
    let Some(current) = ctx.platform.warninglists.get() else {
        return reload(ctx).await.and_then(|()| {
            let built = ctx.platform.warninglists.get();
            built.ok_or_else(|| AppError::internal("no matcher"))
        });
    };
    let lists = ctx.read(|_, tx| Ok(warninglists::enabled(tx)?)).await?;
    if lists != current.lists && ctx.platform.warninglists.building.try_lock().is_ok() {
        let ctx = Ctx::platform(Arc::clone(&ctx.platform));
        tokio::spawn(async move {
            if let Err(error) = reload(&ctx).await {
                tracing::warn!(%error, "warninglists could not be loaded");
            }
        });
    }
    Ok(current)
}

/// Builds the matcher of the lists that are enabled now, unless that is the one in use.
pub async fn reload(ctx: &Ctx) -> AppResult<()> {
    let shared: &Platform = &ctx.platform;
    let _turn = shared.warninglists.building.lock().await;
    let lists = ctx.read(|_, tx| Ok(warninglists::enabled(tx)?)).await?;
    if shared
        .warninglists
        .get()
        .is_some_and(|current| current.lists == lists)
    {
        return Ok(());
    }
    let mut builder = Builder::default();
    for list in &lists {
        builder = add(ctx, builder, list).await?;
    }
    let matcher = tokio::task::spawn_blocking(move || builder.build())
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    let by_id = lists
        .iter()
        .enumerate()
        .map(|(index, list)| (list.id.0, index))
        .collect();
    shared.warninglists.put(Arc::new(Loaded {
        lists,
        by_id,
        matcher,
    }));
    Ok(())
}

/// Adds a list, some entries at a time; those that cannot match anything are left out.
async fn add(ctx: &Ctx, mut builder: Builder, list: &Warninglist) -> AppResult<Builder> {
    let kind = Kind::parse(&list.kind).unwrap_or_default();
    let types: Vec<&str> = list.types.iter().map(String::as_str).collect();
    let index = builder.list(list.id.0, &types).map_err(AppError::internal)?;
    let mut after = 0;
    loop {
        let entries = super::entries(ctx, list, after).await?;
        let Some(last) = entries.last() else {
            return Ok(builder);
        };
        after = last.position;
        builder = tokio::task::spawn_blocking(move || {
            for entry in &entries {
                if let Err(problem) = builder.entry(index, kind, &entry.value) {
                    tracing::debug!(%problem, "an entry of a warninglist matches nothing");
                }
            }
            builder
        })
        .await
        .map_err(AppError::internal)?;
    }
}
