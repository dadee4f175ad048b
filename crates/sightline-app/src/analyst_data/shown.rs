//! Notes, opinions and relationships as they are shown: with their organisations, what they point to, and the replies
//! below them.

use super::{may_edit, own_org};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::entities::{self, Entity};
use sightline_db::{Tx, analyst_data, organisations, sharing_groups};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{
    AnalystContent, AnalystData, AnalystKind, EntityKind, EntityRef, Organisation, SharingGroup,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Levels of replies that one answer carries; a thread may be deeper and is then read on from any of its parts.
pub(super) const THREAD_DEPTH: usize = 8;

/// One of them and what is below it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The record.
    pub data: AnalystData,
    /// Who brought it here.
    pub org: Option<Organisation>,
    /// Who wrote it.
    pub orgc: Option<Organisation>,
    /// The group of distribution 4, where the caller may read it.
    pub group: Option<SharingGroup>,
    /// What a relationship points to, where the caller may see it.
    pub related: Option<Entity>,
    /// Whether the caller may change it.
    pub may_edit: bool,
    /// Replies.
    pub below: Vec<Shown>,
    /// Whether there are replies that are not in `below`: it is too deep, or there are too many.
    pub cut: bool,
}

/// What hangs on one thing.
#[derive(Clone, Debug, Default)]
pub struct Hung {
    /// Notes, opinions and relationships.
    pub list: Vec<Shown>,
    /// Relationships that point to it.
    pub inbound: Vec<Shown>,
    /// Whether there is more than is in the lists: the index has all of it.
    pub cut: bool,
}

impl Hung {
    /// `Note`, `Opinion`, `Relationship` and `RelationshipInbound`, those that there are.
    pub fn write(&self, o: &mut ObjectWriter<'_>, base_url: &str) {
        self.write_lists(o, base_url);
        if !self.inbound.is_empty() {
            self.write_inbound(o, base_url);
        }
        if self.cut {
            o.flag("_max_depth_reached", true);
        }
    }

    /// `Note`, `Opinion` and `Relationship`, those that there are.
    pub fn write_lists(&self, o: &mut ObjectWriter<'_>, base_url: &str) {
        write_lists(o, &self.list, base_url);
    }

    /// `RelationshipInbound`, empty or not.
    pub fn write_inbound(&self, o: &mut ObjectWriter<'_>, base_url: &str) {
        o.list("RelationshipInbound", &self.inbound, |out, shown| {
            shown.write(out, base_url);
        });
    }
}

/// The lists by kind; a kind that there is none of is left out.
fn write_lists(o: &mut ObjectWriter<'_>, list: &[Shown], base_url: &str) {
    for kind in AnalystKind::ALL.iter().copied() {
        let mut of_kind = list.iter().filter(|shown| shown.data.kind() == kind).peekable();
        if of_kind.peek().is_some() {
            o.list(kind.name(), of_kind, |out, shown| shown.write(out, base_url));
        }
    }
}

impl Shown {
    /// The record with everything beside it, as one object.
    pub fn write(&self, out: &mut Buffer, base_url: &str) {
        write_object(out, |o| {
            self.data.write(o);
            if let Some(orgc) = &self.orgc {
                o.object("Orgc", |o| orgc.write_card(o));
            }
            if let Some(org) = &self.org {
                o.object("Org", |o| org.write_card(o));
            }
            if let Some(group) = &self.group {
                o.object("SharingGroup", |o| group.write(o, base_url));
            }
            if matches!(self.data.content, AnalystContent::Relationship { .. }) {
                o.object("related_object", |o| {
                    if let Some(related) = &self.related {
                        o.object(related.of.kind.name(), |o| write_related(o, related));
                    }
                });
            }
            o.flag("_canEdit", self.may_edit);
            if !self.below.is_empty() || self.cut {
                o.flag("_max_depth_reached", self.cut);
            }
            write_lists(o, &self.below, base_url);
        });
    }
}

/// A thing in a few fields, named as in its own record.
pub fn write_related(o: &mut ObjectWriter<'_>, related: &Entity) {
    o.number("id", related.id);
    o.uuid("uuid", related.of.uuid);
    if let Some(event) = related.event_id.filter(|_| related.of.kind != EntityKind::Event) {
        o.number("event_id", event);
    }
    match related.of.kind {
        EntityKind::Event => o.text("info", &related.title),
        EntityKind::Attribute => {
            o.text("type", &related.label);
            o.text("value", &related.title);
        }
        EntityKind::Note => o.text("note", &related.title),
        EntityKind::Opinion => o.text("comment", &related.title),
        EntityKind::Relationship => o.text("relationship_type", &related.title),
        _ => o.text("name", &related.title),
    }
}

/// What the caller may see of what hangs on these uuids, by uuid.
pub fn hung_on(ctx: &Ctx, tx: &mut Tx<'_>, uuids: &[Uuid]) -> AppResult<HashMap<Uuid, Hung>> {
    let mut all: HashMap<Uuid, Hung> = HashMap::new();
    if uuids.is_empty() || !analyst_data::any(tx)? {
        return Ok(all);
    }
    let top = analyst_data::hanging_on(tx, ctx.visible(), uuids)?;
    let inbound = analyst_data::pointing_to(tx, ctx.visible(), uuids)?;
    for uuid in top.cut.iter().chain(&inbound.cut) {
        all.entry(*uuid).or_default().cut = true;
    }
    for shown in threads(ctx, tx, top.rows, THREAD_DEPTH)? {
        all.entry(shown.data.target.uuid).or_default().list.push(shown);
    }
    for shown in threads(ctx, tx, inbound.rows, 0)? {
        if let AnalystContent::Relationship { related, .. } = &shown.data.content {
            all.entry(related.uuid).or_default().inbound.push(shown);
        }
    }
    Ok(all)
}

/// How many notes, opinions and relationships that the caller sees hang on these uuids, replies included.
pub fn counts_on(ctx: &Ctx, tx: &mut Tx<'_>, uuids: &[Uuid]) -> AppResult<HashMap<Uuid, u64>> {
    if uuids.is_empty() || !analyst_data::any(tx)? {
        return Ok(HashMap::new());
    }
    let counts = analyst_data::count_on(tx, ctx.visible(), uuids)?;
    Ok(counts
        .into_iter()
        .map(|(uuid, count)| (uuid, u64::try_from(count).unwrap_or(0)))
        .collect())
}

/// One record with its replies.
pub(super) fn shown_one(ctx: &Ctx, tx: &mut Tx<'_>, data: AnalystData) -> AppResult<Shown> {
    let mut shown = threads(ctx, tx, vec![data], THREAD_DEPTH)?;
    shown
        .pop()
        .ok_or_else(|| sightline_core::AppError::internal("a record was not shown"))
}

/// Records with their replies, `depth` levels of them, fewer when there is much: each level is one look-up, whatever the
/// number of threads.
pub(super) fn threads(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    top: Vec<AnalystData>,
    mut depth: usize,
) -> AppResult<Vec<Shown>> {
    let mut levels = vec![top];
    let (mut more, mut rows) = (HashSet::new(), 0);
    for level in 0..=depth {
        let uuids: Vec<Uuid> = levels
            .last()
            .into_iter()
            .flatten()
            .map(|data| data.uuid)
            .collect();
        if uuids.is_empty() {
            break;
        }
        let hanging = analyst_data::hanging_on(tx, ctx.visible(), &uuids)?;
        more.extend(hanging.cut);
        rows += hanging.rows.len();
        levels.push(hanging.rows);
        if rows > analyst_data::THREAD_ROWS {
            // What was read last then only tells that there is more.
            depth = level;
            break;
        }
    }
    let beside = Beside::load(ctx, tx, levels.iter().flatten())?;
    let own = own_org(ctx, tx)?;
    // From the deepest level up: each finds its replies ready. The last level only tells that there is more.
    let mut replies: HashMap<Uuid, Vec<Shown>> = HashMap::new();
    let too_deep = depth + 1;
    for (level, list) in levels.into_iter().enumerate().rev() {
        let mut of_level = Vec::with_capacity(list.len());
        for data in list {
            let mut below = replies.remove(&data.uuid).unwrap_or_default();
            let deep = level + 1 == too_deep && !below.is_empty();
            if deep {
                below.clear();
            }
            let cut = deep || more.contains(&data.uuid);
            of_level.push(beside.show(ctx, own, data, below, cut));
        }
        if level == 0 {
            return Ok(of_level);
        }
        for shown in of_level {
            replies.entry(shown.data.target.uuid).or_default().push(shown);
        }
    }
    Ok(Vec::new())
}

/// Organisations, groups and targets of many records, each read once.
struct Beside {
    orgs: HashMap<Uuid, Organisation>,
    groups: HashMap<i64, SharingGroup>,
    related: HashMap<EntityRef, Entity>,
}

impl Beside {
    fn load<'a>(ctx: &Ctx, tx: &mut Tx<'_>, all: impl Iterator<Item = &'a AnalystData>) -> AppResult<Self> {
        let (mut orgs, mut groups) = (Vec::new(), Vec::new());
        let mut targets: HashMap<EntityKind, Vec<Uuid>> = HashMap::new();
        for data in all {
            orgs.extend([data.org_uuid, data.orgc_uuid]);
            groups.extend(Some(data.sharing_group_id.0).filter(|id| *id != 0));
            if let AnalystContent::Relationship { related, .. } = &data.content {
                targets.entry(related.kind).or_default().push(related.uuid);
            }
        }
        orgs.sort_unstable();
        orgs.dedup();
        let mut beside = Self {
            orgs: organisations::by_uuids(tx, &orgs)?
                .into_iter()
                .map(|org| (org.uuid, org))
                .collect(),
            groups: HashMap::new(),
            related: HashMap::new(),
        };
        if !groups.is_empty() {
            let groups = sharing_groups::by_ids(tx, ctx.visible(), &groups)?;
            beside.groups = groups.into_iter().map(|group| (group.id.0, group)).collect();
        }
        for (kind, uuids) in targets {
            for entity in entities::find(tx, ctx.visible(), kind, &uuids)? {
                beside.related.insert(entity.of, entity);
            }
        }
        Ok(beside)
    }

    fn show(&self, ctx: &Ctx, own: Uuid, data: AnalystData, below: Vec<Shown>, cut: bool) -> Shown {
        let related = match &data.content {
            AnalystContent::Relationship { related, .. } => self.related.get(related).cloned(),
            _ => None,
        };
        Shown {
            org: self.orgs.get(&data.org_uuid).cloned(),
            orgc: self.orgs.get(&data.orgc_uuid).cloned(),
            group: self.groups.get(&data.sharing_group_id.0).cloned(),
            related,
            may_edit: may_edit(ctx, own, &data),
            below,
            cut,
            data,
        }
    }
}
