//! Lists of clusters, written bit by bit: all of them have a hundred megabytes.

use super::clusters::{Whole, wholes};
use crate::Ctx;
use crate::search::Answer;
use sightline_core::AppResult;
use sightline_core::ids::GalaxyClusterId;
use sightline_db::Tx;
use sightline_db::galaxies::{self, ClusterFilter};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{Galaxy, GalaxyCluster};

/// Clusters of one step.
const STEP: usize = 250;

/// How a list looks.
#[derive(Clone, Debug)]
pub enum Shape {
    /// `galaxies/view`: the galaxy, then its clusters with what is known of them.
    Galaxy(Box<Galaxy>),
    /// `galaxy_clusters/index`: clusters only.
    Index,
    /// `galaxy_clusters/restSearch`: clusters with all that belongs to them.
    Search,
    /// The same with `minimal`: uuids and versions.
    Minimal,
}

/// Which part of a list is meant, pages from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Which page.
    pub page: u32,
    /// Clusters of a page.
    pub limit: u32,
}

/// A list of clusters on its way out.
#[derive(Debug)]
pub struct ClusterAnswer {
    filter: ClusterFilter,
    shape: Shape,
    after: GalaxyClusterId,
    /// How many may still be written; `None` for all.
    left: Option<usize>,
    /// How many are written at least.
    total: i64,
    started: bool,
    comma: bool,
}

impl ClusterAnswer {
    /// Starts a list; without a window it has all clusters.
    pub fn open(
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        filter: ClusterFilter,
        shape: Shape,
        window: Option<Window>,
    ) -> AppResult<Self> {
        let all = galaxies::count_clusters(tx, ctx.visible(), &filter)?;
        let mut answer = Self {
            filter,
            shape,
            after: GalaxyClusterId(0),
            left: None,
            total: all,
            started: false,
            comma: false,
        };
        if let Some(Window { page, limit }) = window {
            let before = i64::from(page.saturating_sub(1)) * i64::from(limit);
            let here = (all - before).clamp(0, i64::from(limit));
            answer.total = here;
            answer.left = Some(usize::try_from(here).unwrap_or(usize::MAX));
            if before > 0 && here > 0 {
                let last = galaxies::clusters_page(tx, ctx.visible(), &answer.filter, 1, before - 1)?;
                answer.after = last.first().map_or(GalaxyClusterId(0), |last| last.id);
            }
        }
        Ok(answer)
    }

    /// How many clusters it has.
    pub fn total(&self) -> i64 {
        self.total
    }

    fn begin(&mut self, out: &mut Buffer) {
        match &self.shape {
            Shape::Galaxy(galaxy) => {
                out.extend_from_slice(b"{\"Galaxy\":");
                write_object(out, |o| galaxy.write(o));
                out.extend_from_slice(b",\"GalaxyCluster\":[");
            }
            Shape::Index => out.push(b'['),
            Shape::Search | Shape::Minimal => out.extend_from_slice(b"{\"response\": ["),
        }
    }

    fn write(&self, out: &mut Buffer, whole: &Whole) {
        match self.shape {
            Shape::Galaxy(_) => write_object(out, |o| {
                whole.cluster.write(o);
                o.list("GalaxyElement", &whole.elements, |out, element| {
                    write_object(out, |o| element.write(o));
                });
            }),
            _ => wrapped(out, |o| whole.write(o)),
        }
    }

    fn write_short(&self, out: &mut Buffer, cluster: &GalaxyCluster) {
        wrapped(out, |o| match self.shape {
            Shape::Minimal => {
                o.uuid("uuid", cluster.uuid);
                o.number("version", cluster.version);
            }
            _ => cluster.write(o),
        });
    }

    fn comma(&mut self, out: &mut Buffer) {
        if self.comma {
            out.push(b',');
        }
        self.comma = true;
    }
}

fn wrapped(out: &mut Buffer, fill: impl FnOnce(&mut ObjectWriter<'_>)) {
    write_object(out, |o| o.object("GalaxyCluster", fill));
}

impl Answer for ClusterAnswer {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        if !self.started {
            self.started = true;
            self.begin(out);
        }
        let wanted = self.left.unwrap_or(STEP).min(STEP);
        let found = if wanted == 0 {
            Vec::new()
        } else {
            galaxies::clusters_after(tx, ctx.visible(), &self.filter, self.after, wanted)?
        };
        let Some(last) = found.last() else {
            out.extend_from_slice(match self.shape {
                Shape::Galaxy(_) => b"]}",
                Shape::Index => b"]",
                Shape::Search | Shape::Minimal => b"]}\n",
            });
            return Ok(false);
        };
        self.after = last.id;
        self.left = self.left.map(|left| left.saturating_sub(found.len()));
        match self.shape {
            Shape::Index | Shape::Minimal => {
                for cluster in &found {
                    self.comma(out);
                    self.write_short(out, cluster);
                }
            }
            Shape::Galaxy(_) | Shape::Search => {
                let with_relations = matches!(self.shape, Shape::Search);
                for whole in wholes(ctx, tx, found, with_relations)? {
                    self.comma(out);
                    self.write(out, &whole);
                }
            }
        }
        Ok(true)
    }
}
