//! Galaxies, their clusters, what is known of these and how they relate (spec 07 section 2).

use super::Distribution;
use crate::json::ObjectWriter;
use sightline_core::ids::{
    GalaxyClusterId, GalaxyClusterRelationId, GalaxyElementId, GalaxyId, OrgId, SharingGroupId,
};
use uuid::Uuid;

/// A kind of clusters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 2.2")]
pub struct Galaxy {
    pub id: GalaxyId,
    pub uuid: Uuid,
    /// Stands in the tags of its clusters.
    pub kind: String,
    pub name: String,
    pub description: String,
    pub version: i64,
    pub icon: String,
    pub namespace: String,
    pub enabled: bool,
    /// Its tags never leave this instance.
    pub local_only: bool,
    /// The tabs of its matrix, as JSON.
    pub kill_chain_order: Option<String>,
}

impl Galaxy {
    /// The columns in the reference's order.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.text("name", &self.name);
        o.text("type", &self.kind);
        o.text("description", &self.description);
        o.number("version", self.version);
        o.text("icon", &self.icon);
        o.text("namespace", &self.namespace);
        o.flag("enabled", self.enabled);
        o.flag("local_only", self.local_only);
        if let Some(order) = &self.kill_chain_order {
            o.key("kill_chain_order").extend_from_slice(order.as_bytes());
        }
    }
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 2.4")]
pub struct GalaxyCluster {
    pub id: GalaxyClusterId,
    pub galaxy_id: GalaxyId,
    pub uuid: Uuid,
    /// The file that a default cluster comes from.
    pub collection_uuid: Option<Uuid>,
    /// Its galaxy's.
    pub kind: String,
    pub value: String,
    pub description: String,
    pub source: String,
    pub authors: Vec<String>,
    pub version: i64,
    pub distribution: Distribution,
    /// 0 for none.
    pub sharing_group_id: SharingGroupId,
    /// 0 for a default cluster.
    pub org_id: OrgId,
    /// 0 for a default cluster.
    pub orgc_id: OrgId,
    pub is_default: bool,
    /// Made elsewhere.
    pub locked: bool,
    /// What it is a fork of.
    pub extends_uuid: Option<Uuid>,
    pub extends_version: i64,
    pub published: bool,
    pub deleted: bool,
}

impl GalaxyCluster {
    /// The tag that stands for the cluster: a custom one goes by its uuid, which says nothing to those who may not see it.
    pub fn tag_name(&self) -> String {
        if self.is_default {
            tag_name(&self.kind, &self.value)
        } else {
            tag_name(&self.kind, &self.uuid.to_string())
        }
    }

    /// The columns in the reference's order.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        match self.collection_uuid {
            Some(uuid) => o.uuid("collection_uuid", uuid),
            None => o.text("collection_uuid", ""),
        }
        o.text("type", &self.kind);
        o.text("value", &self.value);
        o.text("tag_name", &self.tag_name());
        o.text("description", &self.description);
        o.number("galaxy_id", self.galaxy_id);
        o.text("source", &self.source);
        o.list("authors", &self.authors, |out, author| {
            crate::json::write_text(out, author);
        });
        o.number("version", self.version);
        o.number("distribution", self.distribution.number());
        write_group(o, self.sharing_group_id);
        o.number("org_id", self.org_id);
        o.number("orgc_id", self.orgc_id);
        o.flag("default", self.is_default);
        o.flag("locked", self.locked);
        match self.extends_uuid {
            Some(uuid) => {
                o.uuid("extends_uuid", uuid);
                o.number("extends_version", self.extends_version);
            }
            None if self.is_default => {
                o.text("extends_uuid", "");
                o.number("extends_version", 0);
            }
            None => {
                o.null("extends_uuid");
                o.null("extends_version");
            }
        }
        o.flag("published", self.published);
        o.flag("deleted", self.deleted);
    }
}

/// The tag of what a galaxy calls so: `misp-galaxy:<type>="<value>"`.
pub fn tag_name(kind: &str, value: &str) -> String {
    format!("misp-galaxy:{kind}=\"{value}\"")
}

fn write_group(o: &mut ObjectWriter<'_>, id: SharingGroupId) {
    o.opt_number("sharing_group_id", Some(id.0).filter(|id| *id != 0));
}

/// One thing that is known of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 2.1")]
pub struct GalaxyElement {
    pub id: GalaxyElementId,
    pub galaxy_cluster_id: GalaxyClusterId,
    pub key: String,
    pub value: String,
}

impl GalaxyElement {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("galaxy_cluster_id", self.galaxy_cluster_id);
        o.text("key", &self.key);
        o.text("value", &self.value);
    }
}

/// How one cluster relates to another, which may not be here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 2.4")]
pub struct GalaxyClusterRelation {
    pub id: GalaxyClusterRelationId,
    pub galaxy_cluster_id: GalaxyClusterId,
    pub galaxy_cluster_uuid: Uuid,
    /// 0 while the other cluster is not here, or not to be seen.
    pub referenced_galaxy_cluster_id: GalaxyClusterId,
    pub referenced_galaxy_cluster_uuid: Uuid,
    /// `similar`, `uses`, …
    pub kind: String,
    pub distribution: Distribution,
    /// 0 for none.
    pub sharing_group_id: SharingGroupId,
    pub is_default: bool,
}

impl GalaxyClusterRelation {
    /// The columns in the reference's order.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("galaxy_cluster_id", self.galaxy_cluster_id);
        o.number("referenced_galaxy_cluster_id", self.referenced_galaxy_cluster_id);
        o.uuid(
            "referenced_galaxy_cluster_uuid",
            self.referenced_galaxy_cluster_uuid,
        );
        o.text("referenced_galaxy_cluster_type", &self.kind);
        o.uuid("galaxy_cluster_uuid", self.galaxy_cluster_uuid);
        o.number("distribution", self.distribution.number());
        write_group(o, self.sharing_group_id);
        o.flag("default", self.is_default);
    }
}
