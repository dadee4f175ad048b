//! Feeds by the dozen: from a list that a person has, and from the one that comes with the product.

use super::{edit as fields, manage, require_manager};
use crate::{Ctx, tags};
use serde::Deserialize;
use sightline_core::{AppError, AppResult};
use sightline_db::feeds;
use sightline_formats::default_feeds::default_feeds;
use sightline_misp::feeds::{Feed, FeedIn, SourceFormat};
use sightline_misp::input::{Loose, TagIn};
use sightline_misp::records::Distribution;

/// One entry of a list, as the feeds' index shows them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ImportIn {
    /// The feed.
    #[serde(rename = "Feed")]
    pub feed: FeedIn,
    /// The tag for its events, by name.
    #[serde(rename = "Tag")]
    pub tag: Option<TagIn>,
}

/// Adds those whose URL is not there yet, none of them enabled. How many were added; entries that do not validate
/// are left out.
pub async fn import(ctx: &Ctx, list: Vec<ImportIn>) -> AppResult<usize> {
    require_manager(ctx)?;
    ctx.write(move |ctx, tx| {
        let mut added = 0;
        for ImportIn { mut feed, tag } in list {
            let url = feed.url.filled().unwrap_or_default();
            if feeds::url_exists(tx, &url)? {
                continue;
            }
            // What only this instance can decide does not come from a list.
            feed.enabled = Loose::Absent;
            feed.caching_enabled = Loose::Absent;
            feed.event_id = Loose::Absent;
            feed.target_event = Loose::Absent;
            feed.sharing_group_id = Loose::Absent;
            feed.orgc_id = Loose::Absent;
            feed.delete_local_file = Loose::Absent;
            feed.distribution = Loose::Absent;
            feed.tag_id = Loose::Absent;
            let mut row = Feed::default();
            match fields::apply(ctx, tx, &mut row, &feed) {
                Ok(()) => {}
                Err(AppError::Invalid(_)) => continue,
                Err(error) => return Err(error),
            }
            if let Some(tag) = &tag
                && let Some(known) =
                    tags::capture(ctx, tx, [tag])?.get(&tag.name.filled().unwrap_or_default())
            {
                row.tag_id = known.id;
            }
            manage::insert(ctx, tx, row)?;
            added += 1;
        }
        Ok(added)
    })
    .await
}

/// Adds the public feeds that the product knows, disabled, unless their URL is there. How many were added.
pub async fn load_defaults(ctx: &Ctx) -> AppResult<usize> {
    require_manager(ctx)?;
    ctx.write(|ctx, tx| {
        let mut added = 0;
        for known in default_feeds() {
            if feeds::url_exists(tx, &known.url)? {
                continue;
            }
            let source_format = SourceFormat::parse(&known.format).unwrap_or_default();
            let is_misp = source_format == SourceFormat::Misp;
            let feed = Feed {
                name: known.name.clone(),
                provider: known.provider.clone(),
                url: known.url.clone(),
                is_default: true,
                source_format,
                fixed_event: known.fixed_event,
                delta_merge: known.delta_merge,
                settings: known.settings().to_string(),
                // A public event is for all; a list of indicators without context stays here.
                distribution: if is_misp {
                    Distribution::AllCommunities
                } else {
                    Distribution::OrganisationOnly
                },
                ..Feed::default()
            };
            manage::insert(ctx, tx, feed)?;
            added += 1;
        }
        Ok(added)
    })
    .await
}
