//! Uploading malware samples: each file becomes a `file` object with the sealed sample and its hashes
//! (spec 02 section 7, spec 03 section 3).

use crate::events::{self, EventKey, Source, find, require_modify};
use crate::{Ctx, objects};
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_formats::hashes::FileHashes;
use sightline_misp::input::{AttributeIn, EventIn, Loose, LooseList, ObjectIn};

/// The community's template for a file.
const FILE_TEMPLATE: &str = "688c46fb-5edb-40a3-8273-1af7923e2215";
const FILE_TEMPLATE_VERSION: i64 = 25;

/// A file to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it is called; never used as a path.
    pub filename: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a request says of its samples.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// The event to add to; a new one when there is none.
    pub event: Option<EventKey>,
    /// The fields of that new event.
    pub new_event: EventIn,
    /// The files.
    pub samples: Vec<Sample>,
    /// Comment of the objects.
    pub comment: Loose,
    /// Distribution of the objects in an event that is there.
    pub distribution: Loose,
    /// Whether samples and hashes are for detection; yes when not given.
    pub to_ids: Loose,
}

/// Stores the samples, all or none; the event that holds them.
pub async fn upload(ctx: &Ctx, upload: Upload) -> AppResult<EventId> {
    ctx.require(Permission::Add)?;
    if upload.samples.is_empty() {
        return Err(AppError::BadRequest(
            "No samples received, or samples not in the correct format. Please refer to the API documentation on the \
             automation page."
                .into(),
        ));
    }
    let bodies: Vec<ObjectIn> = upload
        .samples
        .iter()
        .map(|sample| object_of(sample, &upload))
        .collect();
    ctx.write(move |ctx, tx| {
        let event = match &upload.event {
            Some(key) => {
                let event = find(ctx, tx, key)?;
                require_modify(ctx, &event)?;
                event
            }
            None => events::add_in(ctx, tx, &upload.new_event, Source::Request)?.event,
        };
        for body in &bodies {
            objects::add_in(ctx, tx, &event, body, false)?;
        }
        Ok(event.id)
    })
    .await
}

fn object_of(sample: &Sample, upload: &Upload) -> ObjectIn {
    let hashes = FileHashes::of(&sample.bytes);
    let detect = upload.to_ids.flag().unwrap_or(true);
    let part = |relation: &str, value: &str, to_ids: bool| AttributeIn {
        object_relation: relation.into(),
        kind: relation.into(),
        value: value.into(),
        to_ids: Loose::Bool(to_ids),
        ..AttributeIn::default()
    };
    let sealed = AttributeIn {
        data: Loose::Text(crate::attributes::base64(&sample.bytes)),
        encrypt: Loose::Bool(true),
        ..part("malware-sample", &sample.filename, detect)
    };
    let size = AttributeIn {
        category: "Other".into(),
        disable_correlation: Loose::Bool(true),
        ..part("size-in-bytes", &sample.bytes.len().to_string(), false)
    };
    let attributes = vec![
        sealed,
        part("filename", &sample.filename, false),
        part("md5", &hashes.md5, detect),
        part("sha1", &hashes.sha1, detect),
        part("sha256", &hashes.sha256, detect),
        size,
    ];
    // A new event has its own; what is added to one that is there, as the request says.
    let of_event = |field: &Loose| {
        if upload.event.is_some() {
            field.clone()
        } else {
            Loose::Absent
        }
    };
    ObjectIn {
        name: "file".into(),
        meta_category: "file".into(),
        description: "A file with its hashes and its content as a sealed sample.".into(),
        template_uuid: FILE_TEMPLATE.into(),
        template_version: Loose::Int(FILE_TEMPLATE_VERSION),
        comment: upload.comment.clone(),
        distribution: of_event(&upload.distribution),
        sharing_group_id: of_event(&upload.new_event.sharing_group_id),
        attributes: LooseList(attributes),
        ..ObjectIn::default()
    }
}
