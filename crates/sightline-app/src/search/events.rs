//! `/events/restSearch`: whole events, one document after the other (spec 04 section 3).

use super::{Answer, Commas, viewer};
use crate::Ctx;
use crate::events::document::{EventDocument, Options};
use sightline_core::AppResult;
use sightline_db::Tx;
use sightline_db::search::{self, Page};
use sightline_misp::json::Buffer;
use sightline_misp::records::Event;
use sightline_query::{EventSearch, Flag3, Include};
use std::collections::VecDeque;

/// Events loaded at once; each is then written by its own reads.
const BATCH: usize = 100;

/// The answer to a search for events.
#[derive(Debug)]
pub struct EventAnswer {
    page: Page,
    at: usize,
    loaded: VecDeque<Event>,
    options: Options,
    document: Option<EventDocument>,
    commas: Commas,
    started: bool,
}

impl EventAnswer {
    /// Starts the search.
    pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, search: &EventSearch) -> AppResult<Self> {
        let page = search::events(tx, viewer(ctx), &search.filter, &search.order, search.paging)?;
        Ok(Self {
            page,
            at: 0,
            loaded: VecDeque::new(),
            options: options(search),
            document: None,
            commas: Commas::default(),
            started: false,
        })
    }

    /// How many events match on all pages.
    pub fn total(&self) -> i64 {
        self.page.total
    }

    fn next_event(&mut self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Option<Event>> {
        while self.loaded.is_empty() {
            let ids: Vec<i64> = self.page.ids.iter().skip(self.at).take(BATCH).copied().collect();
            if ids.is_empty() {
                return Ok(None);
            }
            self.at += ids.len();
            self.loaded = search::event_rows(tx, viewer(ctx), &ids)?.into();
        }
        Ok(self.loaded.pop_front())
    }
}

impl Answer for EventAnswer {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        if !self.started {
            self.started = true;
            out.extend_from_slice(b"{\"response\": [");
        }
        if let Some(document) = &mut self.document {
            if !document.next(ctx, tx, out)? {
                self.document = None;
            }
            return Ok(true);
        }
        match self.next_event(ctx, tx)? {
            Some(event) => {
                self.commas.next(out);
                self.document = Some(EventDocument::of(ctx, tx, event, self.options.clone())?);
                Ok(true)
            }
            None => {
                out.extend_from_slice(b"]}\n");
                Ok(false)
            }
        }
    }
}

/// What of the content is asked for.
fn options(search: &EventSearch) -> Options {
    let has = |include| search.includes.has(include);
    Options {
        metadata: has(Include::Metadata),
        deleted: match search.content.deleted {
            Flag3::Yes => Some(true),
            Flag3::No => Some(false),
            Flag3::Both => None,
        },
        content: search.content.attributes.clone(),
        attachments: has(Include::Attachments),
        galaxies: !has(Include::ExcludeGalaxy),
        reports: !has(Include::NoEventReports),
        proposals: !has(Include::NoProposals),
        analyst_data: has(Include::AnalystData),
        local_tags: !has(Include::ExcludeLocalTags),
        all_tags: has(Include::AllTags),
        flatten: has(Include::Flatten),
        sharing_group_reference_only: has(Include::SharingGroupReferenceOnly),
        extended: has(Include::Extended),
        granular_correlations: has(Include::GranularCorrelations) || has(Include::Correlations),
        related_tags: has(Include::RelatedTags),
        feeds: has(Include::FeedCorrelations),
        distribution: search.content.distribution.clone(),
        sharing_group: search.content.sharing_group.clone(),
        extension_list: has(Include::ExtensionList),
        ..Options::default()
    }
}
