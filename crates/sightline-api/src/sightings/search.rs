//! `sightings/restSearch` (spec 04 section 6), as a stream.

use super::table::Table;
use crate::request::Request;
use crate::response::{JSON, Response};
use axum::http::Method;
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use sightline_app::Ctx;
use sightline_app::sightings::{Detail, Found, Search};
use sightline_core::{AppError, AppResult};
use sightline_formats::exports::XmlWriter;
use sightline_misp::json::{Buffer, write_object};
use sightline_query::{Include, Includes, Params, ReturnFormat, Scope, SightingSearch};

pub(super) async fn search(ctx: Ctx, request: Request) -> AppResult<Response> {
    let get = request.method == Method::GET;
    let body = if get { Value::Null } else { request.json()? };
    let params = Params::harvest(
        Scope::Sighting,
        sightline_query::Request {
            get,
            accepts_json: true,
            positional: &request.args,
            named: &request.named,
            body: Some(&body).filter(|body| !body.is_null()),
            defaults: None,
        },
    )?;
    let wanted = SightingSearch::parse(&params, ctx.now())?;
    let writer = Writer::new(&wanted)?;
    let search = Search::open(&ctx, &wanted).await?;
    let total = search.total();
    let content_type = match wanted.format {
        ReturnFormat::Xml => "application/xml; charset=UTF-8",
        ReturnFormat::Csv => "text/csv; charset=UTF-8",
        _ => JSON,
    };
    Ok(Response::stream(content_type, chunks(ctx, search, writer))
        .with_header("x-result-count", &total.to_string())
        .with_header("x-export-module-used", wanted.format.name())
        .with_header("x-response-format", wanted.format.response_format())
        .with_header("x-skipped-elements-count", "0"))
}

/// What becomes of the sightings of a chunk.
struct Writer {
    format: Format,
    includes: Includes,
    begun: bool,
    empty: bool,
}

enum Format {
    Json,
    Xml(XmlWriter),
    Csv { table: Table, headerless: bool },
}

impl Writer {
    fn new(wanted: &SightingSearch) -> AppResult<Self> {
        let has = |include| wanted.includes.has(include);
        let requested = &wanted.options.requested_attributes;
        let mut includes = wanted.includes.clone();
        let format = match wanted.format {
            ReturnFormat::Csv => {
                let (attribute, event) = (has(Include::SightingAttribute), has(Include::SightingEvent));
                let table = Table::new(requested, attribute, event)?;
                // A table takes what it has columns for.
                includes = Includes::of(&[
                    Include::SightingAttribute,
                    Include::SightingEvent,
                    Include::SightingUuids,
                ]);
                Format::Csv {
                    table,
                    headerless: wanted.options.headerless,
                }
            }
            ReturnFormat::Xml => Format::Xml(XmlWriter::default()),
            ReturnFormat::Json => Format::Json,
            _ => return Err(AppError::not_found("Invalid output format.")),
        };
        Ok(Self {
            format,
            includes,
            begun: false,
            empty: true,
        })
    }

    /// The next sightings; none at the end.
    fn write(&mut self, found: Option<&Found>) -> AppResult<Bytes> {
        let mut out = Buffer::new();
        let begins = !std::mem::replace(&mut self.begun, true);
        if let Format::Csv { table, headerless } = &self.format {
            if begins && !headerless {
                table.write_head(&mut out);
            }
            let mut json = Buffer::new();
            for (detail, found) in found
                .into_iter()
                .flat_map(|f| f.details.iter().map(move |d| (d, f)))
            {
                json.clear();
                write(&mut json, detail, found, &self.includes);
                let sighting: Value = serde_json::from_slice(&json).map_err(AppError::internal)?;
                table.write_row(sighting.get("Sighting").unwrap_or(&Value::Null), &mut out);
            }
            return Ok(Bytes::from(out));
        }
        if begins {
            out.extend_from_slice(b"{\"response\": [");
        }
        for (detail, found) in found
            .into_iter()
            .flat_map(|f| f.details.iter().map(move |d| (d, f)))
        {
            if !self.empty {
                out.push(b',');
            }
            self.empty = false;
            write(&mut out, detail, found, &self.includes);
        }
        if found.is_none() {
            out.extend_from_slice(b"]}\n");
        }
        Ok(Bytes::from(match &mut self.format {
            Format::Xml(xml) => {
                let mut text = Buffer::new();
                xml.push(&out, &mut text);
                text
            }
            _ => out,
        }))
    }
}

fn chunks(ctx: Ctx, search: Search, writer: Writer) -> impl stream::Stream<Item = Result<Bytes, AppError>> {
    stream::try_unfold(Some((ctx, search, writer)), |state| async move {
        let Some((ctx, mut search, mut writer)) = state else {
            return Ok(None);
        };
        let found = search.next(&ctx).await?;
        let chunk = writer.write(found.as_ref())?;
        Ok(Some((chunk, found.is_some().then_some((ctx, search, writer)))))
    })
}

fn write(out: &mut Buffer, detail: &Detail, found: &Found, includes: &Includes) {
    let Detail {
        sighting,
        org,
        attribute,
        event,
    } = detail;
    write_object(out, |o| {
        o.object("Sighting", |o| {
            sighting.write(o);
            o.text("value", &attribute.value());
            if includes.has(Include::SightingUuids) {
                o.uuid("attribute_uuid", attribute.uuid);
                o.uuid("event_uuid", event.uuid);
            }
            if includes.has(Include::SightingAttribute) {
                o.object("Attribute", |o| {
                    o.number("id", attribute.id);
                    o.uuid("uuid", attribute.uuid);
                    o.text("type", attribute.kind.name());
                    o.text("category", attribute.category.name());
                    o.flag("to_ids", attribute.to_ids);
                    o.text("value", &attribute.value());
                });
            }
            if includes.has(Include::SightingEvent) {
                o.object("Event", |o| {
                    o.number("id", event.id);
                    o.uuid("uuid", event.uuid);
                    o.number("orgc_id", event.orgc_id);
                    o.number("org_id", event.org_id);
                    o.text("info", &event.info);
                    let name = found.creators.get(&event.orgc_id).map_or("", String::as_str);
                    o.object("Orgc", |o| o.text("name", name));
                });
            }
            if let Some(org) = org {
                o.object("Organisation", |o| {
                    o.number("id", org.id);
                    o.uuid("uuid", org.uuid);
                    o.text("name", &org.name);
                });
            }
        });
    });
}
