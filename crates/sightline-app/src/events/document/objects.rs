//! Objects with their references and attributes. One without a visible attribute is left out.

use super::{EventDocument, Step, member_id};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::ObjectId;
use sightline_db::{Tx, attributes, objects};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::{Attribute, Object, ObjectReference, ReferenceTarget, ReferencedType};
use std::collections::HashMap;

/// Objects per chunk; each brings a handful of attributes.
const CHUNK_OBJECTS: usize = 200;

impl EventDocument {
    pub(super) fn write_objects(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        out: &mut Buffer,
        member: usize,
        after: ObjectId,
        mut empty: bool,
    ) -> AppResult<Step> {
        let Some(event) = member_id(&self.members, member) else {
            out.push(b']');
            return Ok(Step::Tail);
        };
        let page = objects::page_of_event(
            tx,
            ctx.visible(),
            event,
            self.options.deleted,
            after,
            CHUNK_OBJECTS,
        )?;
        let ids: Vec<i64> = page.iter().map(|object| object.id.0).collect();
        let inside = if ids.is_empty() {
            Vec::new()
        } else {
            attributes::of_objects(tx, ctx.visible(), event, &ids, self.selection())?
        };
        let asked = self.asked(ctx, tx, &inside)?;
        let inside: Vec<Attribute> = inside
            .into_iter()
            .filter(|attribute| asked.as_ref().is_none_or(|ids| ids.contains(&attribute.id.0)))
            .collect();
        let hangers = self.hangers(ctx, tx, &inside)?;
        self.known.add(&hangers.feeds);
        let groups = self.groups(ctx, tx, page.iter().map(|object| object.sharing_group_id.0))?;
        let references = references(ctx, tx, &ids)?;
        let hung = self.hung(ctx, tx, page.iter().map(|object| object.uuid))?;
        let mut by_object: HashMap<ObjectId, Vec<&Attribute>> = HashMap::new();
        for attribute in inside
            .iter()
            .filter(|a| self.shows(&hangers.groups, a.distribution, a.sharing_group_id.0))
        {
            by_object.entry(attribute.object_id).or_default().push(attribute);
        }
        for object in &page {
            let Some(inside) = by_object.get(&object.id) else {
                continue;
            };
            if !self.shows(&groups, object.distribution, object.sharing_group_id.0) {
                continue;
            }
            if !empty {
                out.push(b',');
            }
            empty = false;
            let mut written = Buffer::new();
            let mut outcome = Ok(());
            write_list(&mut written, inside, |out, attribute| {
                if outcome.is_ok() {
                    outcome = self.write_attribute(ctx, out, attribute, &hangers);
                }
            });
            outcome?;
            write_object(out, |o| {
                object.write(o);
                let group = groups.0.get(&object.sharing_group_id.0);
                if let Some(group) = group.filter(|_| !self.options.sharing_group_reference_only) {
                    o.object("SharingGroup", |o| group.write(o, &ctx.platform.base_url));
                }
                o.list(
                    "ObjectReference",
                    references.of(object),
                    |out, (reference, target)| {
                        write_object(out, |o| reference.write_with_target(o, target));
                    },
                );
                o.key("Attribute").extend_from_slice(&written);
                if let Some(hung) = hung.get(&object.uuid) {
                    hung.write(o, &ctx.platform.base_url);
                }
            });
        }
        Ok(match page.last().filter(|_| page.len() == CHUNK_OBJECTS) {
            Some(last) => Step::Objects {
                member,
                after: last.id,
                empty,
            },
            None => Step::Objects {
                member: member + 1,
                after: ObjectId(0),
                empty,
            },
        })
    }
}

/// The references of one chunk and the stubs of their targets.
struct References {
    all: Vec<ObjectReference>,
    targets: HashMap<(i64, i64), ReferenceTarget>,
}

impl References {
    fn of<'a>(
        &'a self,
        object: &Object,
    ) -> impl Iterator<Item = (&'a ObjectReference, Option<&'a ReferenceTarget>)> + use<'a> {
        let id = object.id;
        self.all
            .iter()
            .filter(move |reference| reference.object_id == id)
            .map(|reference| {
                (
                    reference,
                    self.targets
                        .get(&(reference.referenced_type.number(), reference.referenced_id)),
                )
            })
    }
}

fn references(ctx: &Ctx, tx: &mut Tx<'_>, objects: &[i64]) -> AppResult<References> {
    if objects.is_empty() {
        return Ok(References {
            all: Vec::new(),
            targets: HashMap::new(),
        });
    }
    let all = objects::references_of(tx, objects)?;
    let ids = |kind: ReferencedType| -> Vec<i64> {
        all.iter()
            .filter(|r| r.referenced_type == kind)
            .map(|r| r.referenced_id)
            .collect()
    };
    let (attribute_ids, object_ids) = (ids(ReferencedType::Attribute), ids(ReferencedType::Object));
    let mut targets = HashMap::new();
    if !object_ids.is_empty() {
        for object in objects::by_ids(tx, ctx.visible(), &object_ids)? {
            targets.insert(
                (ReferencedType::Object.number(), object.id.0),
                object_stub(object),
            );
        }
    }
    if !attribute_ids.is_empty() {
        for attribute in attributes::by_ids(tx, ctx.visible(), &attribute_ids)? {
            targets.insert(
                (ReferencedType::Attribute.number(), attribute.id.0),
                attribute_stub(&attribute),
            );
        }
    }
    Ok(References { all, targets })
}

fn object_stub(object: Object) -> ReferenceTarget {
    ReferenceTarget::Object {
        distribution: object.distribution.number(),
        sharing_group_id: object.sharing_group_id.0,
        uuid: object.uuid,
        name: object.name,
        meta_category: object.meta_category,
    }
}

fn attribute_stub(attribute: &Attribute) -> ReferenceTarget {
    ReferenceTarget::Attribute {
        distribution: attribute.distribution.number(),
        sharing_group_id: attribute.sharing_group_id.0,
        uuid: attribute.uuid,
        value: attribute.value().into_owned(),
        kind: attribute.kind.name(),
        category: attribute.category.name(),
        to_ids: attribute.to_ids,
    }
}
