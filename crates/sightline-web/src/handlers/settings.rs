//! Server settings.

use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::settings::{SettingField, SettingRow, SettingsPage};
use crate::pages::wording::Choice;
use axum::http::StatusCode;
use serde_json::Value;
use sightline_app::settings::{self, Kind, Setting, Source};
use sightline_core::AppError;

const PATH: &str = "/servers/serverSettings";
/// Characters of a text that the setting itself limits by other means.
const LONG_TEXT: usize = 20_000;

pub(super) async fn index(visit: Visit, _: Input) -> Answer {
    show(&visit, String::new()).await
}

async fn show(visit: &Visit, refusal: String) -> Answer {
    let mut groups: Vec<(String, Vec<SettingRow>)> = Vec::new();
    for setting in settings::all(&visit.ctx).await? {
        let name = setting.definition.name;
        let group = name.split_once('.').map_or(name, |(group, _)| group);
        match groups.iter_mut().find(|(known, _)| known == group) {
            Some((_, rows)) => rows.push(row(&setting)),
            None => groups.push((group.to_owned(), vec![row(&setting)])),
        }
    }
    let refused = !refusal.is_empty();
    let mut response = page(&SettingsPage {
        frame: visit.frame("Settings", Nav::Settings),
        refusal,
        groups,
    })?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Longest parameter of a response policy zone: a host name.
const ZONE_CHARS: usize = 255;

fn row(setting: &Setting) -> SettingRow {
    let definition = &setting.definition;
    let shown = match &setting.value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        other => other.to_string(),
    };
    let field = match definition.kind {
        _ if !setting.is_editable() => SettingField::Fixed,
        Kind::Flag => {
            let current = if setting.value == Value::Bool(true) {
                "1"
            } else {
                "0"
            };
            SettingField::Choice(Choice::list([("1", "yes"), ("0", "no")], current))
        }
        Kind::Choice(options) => {
            let known = options.iter().map(|(wire, _, meaning)| (*wire, *meaning));
            SettingField::Choice(Choice::list(known, &shown))
        }
        Kind::Number(least, most) | Kind::Minutes(least, most) => SettingField::Number(least, most),
        Kind::Address => SettingField::Text(255),
        Kind::Text(most) | Kind::Pattern(most) => SettingField::Text(most),
        Kind::Zone(_) => SettingField::Text(ZONE_CHARS),
        Kind::Secret(most) => SettingField::Secret(most),
        Kind::List(_) | Kind::Networks(_) | Kind::Map(_) | Kind::Formed(_) => SettingField::Text(LONG_TEXT),
    };
    SettingRow {
        name: definition.name.into(),
        description: definition.description.into(),
        shown,
        source: match setting.source {
            Source::Default => String::new(),
            Source::Database => "changed here".into(),
            Source::Configuration => "configuration".into(),
            Source::Fixed => "fixed".into(),
        },
        field,
        resettable: setting.source == Source::Database,
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let value = if input.form.get("default").is_empty() {
        Value::from(input.form.get("value"))
    } else {
        Value::Null
    };
    let name = input.arg(0);
    match settings::set(&visit.ctx, name, value).await {
        Ok(()) => done(&visit, &format!("{PATH}#{name}"), &format!("{name} saved.")),
        Err(AppError::Refused(reason) | AppError::NotAllowed(reason)) => show(&visit, reason).await,
        Err(error) => Err(error),
    }
}
