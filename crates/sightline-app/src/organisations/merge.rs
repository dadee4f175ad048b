//! Two organisations become one: everything of the first belongs to the second afterwards, and the first is gone. One
//! transaction, so that nobody sees half of it.

use super::find;
use crate::Ctx;
use serde_json::{Map, Value, json};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, organisations, users};
use sightline_misp::records::Organisation;

/// What a merge did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedOrganisations {
    /// The one that stays.
    pub into: Organisation,
    /// How many rows of which kind it got.
    pub moved: Vec<(&'static str, u64)>,
}

/// Merges `from` into `into`, each named by id, uuid or name. For site administrators. `Refused` when they are one, when
/// the first runs this instance, or when its users could not be users of the second.
pub async fn merge(ctx: &Ctx, from: &str, into: &str) -> AppResult<MergedOrganisations> {
    ctx.require(Permission::SiteAdmin)?;
    let (from, into) = (from.to_owned(), into.to_owned());
    ctx.write(move |ctx, tx| {
        let (from, into) = (find(tx, &from)?, find(tx, &into)?);
        for id in [from.id.min(into.id), from.id.max(into.id)] {
            organisations::seize(tx, id)?;
        }
        // Again: what was read before may be old.
        let (from, into) = (find(tx, &from.id.to_string())?, find(tx, &into.id.to_string())?);
        may_become_one(ctx, tx, &from, &into)?;
        let moved = organisations::merge_into(tx, (from.id, from.uuid), (into.id, into.uuid))?;
        organisations::delete(tx, from.id)?;
        let moved: Vec<_> = moved.into_iter().filter(|(_, rows)| *rows > 0).collect();
        record(ctx, tx, &from, &into, &moved)?;
        Ok(MergedOrganisations { into, moved })
    })
    .await
}

fn may_become_one(ctx: &Ctx, tx: &mut Tx<'_>, from: &Organisation, into: &Organisation) -> AppResult<()> {
    let refused = |why: String| Err(AppError::Refused(why));
    if from.id == into.id {
        return refused("An organisation cannot be merged into itself.".into());
    }
    if from.id == ctx.platform.host_org {
        return refused(format!(
            "{} runs this instance: merge the other one into it.",
            from.name
        ));
    }
    let addresses = users::emails_of_org(tx, from.id)?;
    if !addresses.is_empty() && !into.local {
        return refused(format!(
            "{} has users, and {} is not local. Make it local first.",
            from.name, into.name
        ));
    }
    let domains = &into.restricted_to_domain;
    let stray = addresses.iter().filter(|email| !takes(into, email)).count();
    if stray > 0 {
        return refused(format!(
            "{} takes only addresses of {}; {stray} of the users have others.",
            into.name,
            domains.join(", ")
        ));
    }
    Ok(())
}

/// Whether an organisation takes users with this address.
pub(crate) fn takes(org: &Organisation, email: &str) -> bool {
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domains = &org.restricted_to_domain;
    domains.is_empty() || domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain))
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    from: &Organisation,
    into: &Organisation,
    moved: &[(&'static str, u64)],
) -> AppResult<()> {
    let moved: Map<String, Value> = moved
        .iter()
        .map(|(table, rows)| ((*table).to_owned(), json!(rows)))
        .collect();
    ctx.audit(
        tx,
        &Change {
            action: "merge",
            model: "Organisation",
            id: into.id.0,
            title: &into.name,
            event: None,
            fields: json!({
                "merged": {"id": from.id.0, "uuid": from.uuid, "name": from.name},
                "moved": moved,
            }),
        },
    )
}
