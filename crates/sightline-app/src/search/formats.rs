//! Which format answers a search, with the parameters that it reads.

use super::export::ExportAnswer;
use super::{Answer, AttributeAnswer, EventAnswer, ObjectAnswer, viewer};
use crate::Ctx;
use sightline_core::clock::datetime_of;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, organisations, search, users};
use sightline_formats::exports::{
    AttackSightings, Cache, Columns, Context, Csv, Export, HashKind, Hashes, Hosts, IntelKind, Kunai, Markup,
    Netfilter, Nids, OpenIoc, Rpz, Sensor, Values, XmlWriter, YaraFile, YaraJson, ZeekIntel, Zone,
};
use sightline_misp::json::Buffer;
use sightline_query::{
    AttributeSearch, EventSearch, FormatOptions, Include, Includes, ObjectSearch, ReturnFormat,
};

/// An answer that has begun, and how many elements it has.
pub struct Opened {
    /// The answer.
    pub answer: Box<dyn Answer>,
    /// How many elements are announced; on a full page of attributes one more than it holds.
    pub announced: i64,
    /// How many there are.
    pub total: i64,
}

/// A special kind of export that has its own address rather than a `returnFormat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// Intelligence for Zeek.
    Zeek(IntelKind),
    /// Checksums of one kind.
    Hashes(&'static str),
}

/// Starts a search for events.
pub fn open_events(ctx: &Ctx, tx: &mut Tx<'_>, search: EventSearch) -> AppResult<Opened> {
    let of = |answer: EventAnswer| (answer.total(), answer);
    let (total, answer): (i64, Box<dyn Answer>) = match search.format {
        ReturnFormat::Json => {
            let (total, answer) = of(EventAnswer::open(ctx, tx, &search)?);
            (total, Box::new(answer))
        }
        ReturnFormat::Xml => {
            let (total, answer) = of(EventAnswer::open(ctx, tx, &search)?);
            (total, Box::new(Xml::of(answer)))
        }
        ReturnFormat::Count => {
            let total = EventAnswer::open(ctx, tx, &search)?.total();
            (total, Box::new(Count(total)))
        }
        format => {
            let page = search::events(tx, viewer(ctx), &search.filter, &search.order, search.paging)?;
            let title = match page.ids.as_slice() {
                [only] => search::event_rows(tx, viewer(ctx), &[*only])?
                    .pop()
                    .map(|event| event.info),
                _ => None,
            };
            let export = export(ctx, tx, format, &search.options, &search.includes, title)?;
            let answer = ExportAnswer::of_events(ctx, search, page, export);
            (answer.total(), Box::new(answer))
        }
    };
    Ok(Opened {
        answer,
        announced: total,
        total,
    })
}

/// Starts a search for attributes.
pub fn open_attributes(ctx: &Ctx, tx: &mut Tx<'_>, search: AttributeSearch) -> AppResult<Opened> {
    let limit = search.paging.limit;
    let (total, answer): (i64, Box<dyn Answer>) = match search.format {
        ReturnFormat::Json => {
            let answer = AttributeAnswer::open(ctx, tx, search)?;
            (answer.total(), Box::new(answer))
        }
        ReturnFormat::Xml => {
            let answer = AttributeAnswer::open(ctx, tx, search)?;
            (answer.total(), Box::new(Xml::of(answer)))
        }
        ReturnFormat::Count => {
            let total = AttributeAnswer::open(ctx, tx, search)?.total();
            (total, Box::new(Count(total)))
        }
        format => {
            let export = export(ctx, tx, format, &search.options, &search.includes, None)?;
            let answer = ExportAnswer::of_attributes(ctx, tx, search, export)?;
            (answer.total(), Box::new(answer))
        }
    };
    // On a full page one more than it holds, which tells clients to go on.
    let full = limit.is_some_and(|limit| i64::from(limit) == total);
    Ok(Opened {
        answer,
        announced: total + i64::from(full),
        total,
    })
}

/// Starts a search for attributes in a format that has its own address.
pub fn open_special(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    search: AttributeSearch,
    special: Special,
) -> AppResult<Opened> {
    let export: Box<dyn Export> = match special {
        Special::Zeek(kind) => Box::new(ZeekIntel::new(
            kind,
            format!("{} MISP", host_name(ctx, tx)?),
            ctx.platform.base_url.clone(),
        )),
        Special::Hashes(kind) => Box::new(Hashes::of(kind)),
    };
    let answer = ExportAnswer::of_attributes(ctx, tx, search, export)?;
    let total = answer.total();
    Ok(Opened {
        answer: Box::new(answer),
        announced: total,
        total,
    })
}

/// Starts a search for objects, which has one format.
pub fn open_objects(ctx: &Ctx, tx: &mut Tx<'_>, search: ObjectSearch) -> AppResult<Opened> {
    let answer = ObjectAnswer::open(ctx, tx, search)?;
    let total = answer.total();
    Ok(Opened {
        answer: Box::new(answer),
        announced: total,
        total,
    })
}

/// `NotFound` for formats that are known but not written.
pub fn require_supported(format: ReturnFormat) -> AppResult<()> {
    use ReturnFormat::{Attack, OpenData, Stix, Stix2, StixJson};
    match format {
        Stix | StixJson | Stix2 | Attack | OpenData => Err(AppError::not_found("Invalid output format.")),
        _ => Ok(()),
    }
}

fn export(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    format: ReturnFormat,
    options: &FormatOptions,
    includes: &Includes,
    title: Option<String>,
) -> AppResult<Box<dyn Export>> {
    Ok(match format {
        ReturnFormat::Csv => Box::new(csv(options, includes)?),
        ReturnFormat::Text => Box::new(Values::default()),
        ReturnFormat::Hashes => Box::new(Hashes::default()),
        ReturnFormat::Hosts => {
            let address = options.ip_address.as_deref().unwrap_or("0.0.0.0");
            let address = address.parse().map_err(|_| invalid("ip_address"))?;
            Box::new(Hosts::new(address, format!("{} UTC", datetime_of(ctx.now()))))
        }
        ReturnFormat::Netfilter => {
            let action = options.netfilter_action.as_deref().unwrap_or("DROP");
            Box::new(Netfilter::new(action).ok_or_else(|| invalid("netfilter_action"))?)
        }
        ReturnFormat::Cache => {
            let kind = options.hash_type.as_deref().unwrap_or("md5");
            Box::new(Cache {
                kind: HashKind::parse(kind).ok_or_else(|| invalid("hash_type"))?,
                with_event: includes.has(Include::EventUuid),
            })
        }
        ReturnFormat::Rpz => {
            let settings = ctx.settings();
            let given = |name: &str| {
                let asked = options.zone.get(name).filter(|text| !text.is_empty());
                asked
                    .map(String::as_str)
                    .or_else(|| settings.exports.zone(name))
                    .map(str::to_owned)
            };
            Box::new(Rpz::new(Zone::new(given, ctx.now()).map_err(invalid)?))
        }
        ReturnFormat::Suricata => Box::new(nids(ctx, tx, Sensor::Suricata)?),
        ReturnFormat::Snort => Box::new(nids(ctx, tx, Sensor::Snort)?),
        ReturnFormat::OpenIoc => {
            let made = datetime_of(ctx.now()).replace(' ', "T");
            let author = host_name(ctx, tx)?;
            let title = title.unwrap_or_else(|| format!("Indicators of {author}"));
            Box::new(OpenIoc::new(&title, made, author))
        }
        ReturnFormat::Kunai => Box::new(Kunai::new(&host_name(ctx, tx)?, ctx.platform.uuid)),
        ReturnFormat::Yara => Box::new(YaraFile::default()),
        ReturnFormat::YaraJson => Box::new(YaraJson::default()),
        ReturnFormat::AttackSightings => Box::new(AttackSightings::default()),
        ReturnFormat::Context => Box::new(Context::new(Markup::Html)),
        ReturnFormat::ContextMarkdown => Box::new(Context::new(Markup::Markdown)),
        _ => return Err(AppError::not_found("Invalid output format.")),
    })
}

fn csv(options: &FormatOptions, includes: &Includes) -> AppResult<Csv> {
    let columns = Columns::new(
        &options.requested_attributes,
        includes.has(Include::Context),
        includes.has(Include::DecayScore),
    );
    let columns = columns.map_err(|name| {
        AppError::BadRequest(format!(
            "Invalid value for `requested_attributes`: {name} is no column."
        ))
    })?;
    Ok(Csv::new(columns, options.headerless))
}

/// Rules are numbered in the range of the user who asks.
fn nids(ctx: &Ctx, tx: &mut Tx<'_>, sensor: Sensor) -> AppResult<Nids> {
    let first = users::by_id(tx, ctx.caller.user_id)?.map_or(0, |user| user.nids_sid);
    Ok(Nids::new(sensor, first, &ctx.platform.base_url))
}

/// The name of the organisation that runs this instance.
fn host_name(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<String> {
    let orgs = organisations::refs(tx, &[ctx.platform.host_org.0])?;
    Ok(orgs.into_iter().next().map(|org| org.name).unwrap_or_default())
}

fn invalid(name: &str) -> AppError {
    AppError::BadRequest(format!("Invalid value for `{name}`."))
}

/// The number alone.
struct Count(i64);

impl Answer for Count {
    fn step(&mut self, _ctx: &Ctx, _tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        out.extend_from_slice(self.0.to_string().as_bytes());
        Ok(false)
    }
}

/// Another answer's JSON as XML.
struct Xml<A> {
    json: A,
    writer: XmlWriter,
    piece: Buffer,
}

impl<A> Xml<A> {
    fn of(json: A) -> Self {
        Self {
            json,
            writer: XmlWriter::default(),
            piece: Buffer::new(),
        }
    }
}

impl<A: Answer> Answer for Xml<A> {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        self.piece.clear();
        let more = self.json.step(ctx, tx, &mut self.piece)?;
        self.writer.push(&self.piece, out);
        Ok(more)
    }
}
