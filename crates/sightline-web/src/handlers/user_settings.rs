//! The visitor's own settings, and the page that it starts on.

use crate::http::{Answer, Input, Visit, done, form, redirect};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::user_settings::{SettingText, UserSettingsPage};
use serde_json::{Value, json};
use sightline_app::user_settings::{self, SETTING_ROWS, Whose};
use sightline_core::{AppError, AppResult, FieldErrors};

const INDEX: &str = "/user_settings/index";
const HOME: &str = "homepage";
const COLUMNS: &str = "event_index_hide_columns";
/// Name, label, hint.
const TEXTS: [(&str, &str, &str); 3] = [
    (
        "default_restsearch_parameters",
        "Default search parameters",
        r#"Parameters of every search over the API that the search does not name itself, such as {"limit": 100}."#,
    ),
    (
        "publish_alert_filter",
        "Alerts",
        r#"Which published events a mail tells you of, such as {"AND": {"Tag.name": "tlp:%", "NOT": {"Orgc.name": "ACME"}}}."#,
    ),
    (
        "periodic_notification_filters",
        "Summaries",
        r#"What the daily, weekly and monthly summaries are about, such as {"tags": ["ransomware"]}."#,
    ),
];

/// The page that the visitor has chosen, the list of events otherwise.
pub(super) async fn home(visit: Visit, _: Input) -> Answer {
    let chosen = user_settings::home_page(&visit.ctx).await?;
    redirect(chosen.as_deref().unwrap_or("/events/index"))
}

pub(super) async fn index(visit: Visit, _: Input) -> Answer {
    show(&visit, None).await
}

/// The page; with what was typed for one setting and what is wrong with it.
async fn show(visit: &Visit, refused: Option<(&str, String, Errors)>) -> Answer {
    let (set, _) = user_settings::index(&visit.ctx, Whose::Own, None, 1, SETTING_ROWS).await?;
    let value = |name: &str| set.iter().find(|one| one.setting == name).map(|one| &one.value);
    let typed = |name: &str| match &refused {
        Some((wrong, text, _)) if *wrong == name => Some(text.clone()),
        _ => None,
    };
    let home = value(HOME).and_then(|value| value.get("path")?.as_str());
    let hidden = user_settings::hidden_columns(&visit.ctx).await?;
    let errors = refused.as_ref().map(|(_, _, errors)| errors.clone());
    let shown = UserSettingsPage {
        frame: visit.frame("My settings", Nav::UserSettings),
        home: typed(HOME).unwrap_or_else(|| home.unwrap_or_default().to_owned()),
        columns: user_settings::COLUMNS
            .iter()
            .map(|(name, label)| {
                let shown = !hidden.iter().any(|one| one == name);
                ((*name).to_owned(), (*label).to_owned(), shown)
            })
            .collect(),
        texts: TEXTS
            .iter()
            .map(|(name, label, hint)| SettingText {
                name,
                label,
                hint,
                text: typed(name).unwrap_or_else(|| value(name).map(written).unwrap_or_default()),
            })
            .collect(),
        errors: errors.unwrap_or_default(),
    };
    form(&shown, &shown.errors)
}

/// A value as people read it; nothing for nothing.
fn written(value: &Value) -> String {
    if value.as_array().is_some_and(Vec::is_empty) {
        return String::new();
    }
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What was typed for a setting; `None` to have none.
async fn wanted(visit: &Visit, name: &str, input: &Input) -> AppResult<Option<Value>> {
    let text = input.form.get(name);
    Ok(match name {
        HOME => (!text.is_empty()).then(|| json!({"path": text})),
        COLUMNS => {
            let offered = |name: &str| user_settings::COLUMNS.iter().any(|(one, _)| *one == name);
            let shown: Vec<&str> = input.form.all("column").collect();
            let hidden = user_settings::COLUMNS.iter().map(|(name, _)| (*name).to_owned());
            let mut hidden: Vec<String> = hidden.filter(|name| !shown.contains(&name.as_str())).collect();
            // What this page does not offer stays hidden.
            let before = user_settings::hidden_columns(&visit.ctx).await?;
            hidden.extend(before.into_iter().filter(|name| !offered(name)));
            (!hidden.is_empty()).then(|| json!(hidden))
        }
        _ if !TEXTS.iter().any(|(known, _, _)| *known == name) => {
            return Err(AppError::NotAllowed("Invalid setting.".into()));
        }
        _ if text.is_empty() => None,
        _ => Some(
            serde_json::from_str(text)
                .map_err(|error| AppError::field("value", format!("This is not JSON: {error}.")))?,
        ),
    })
}

async fn write(visit: &Visit, name: &str, input: &Input) -> AppResult<()> {
    let own = visit.ctx.caller.user_id;
    match wanted(visit, name, input).await? {
        Some(value) => user_settings::set(&visit.ctx, own, name, value).await.map(drop),
        None => match user_settings::delete(&visit.ctx, own, name).await {
            // There was none.
            Ok(_) | Err(AppError::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        },
    }
}

pub(super) async fn save(visit: Visit, input: Input) -> Answer {
    let name = input.arg(0).to_owned();
    match write(&visit, &name, &input).await {
        Ok(()) => done(&visit, INDEX, "Setting saved."),
        Err(AppError::Invalid(errors)) => {
            let messages: Vec<String> = errors.0.into_values().flatten().collect();
            let errors = Errors::from(&FieldErrors::one(name.as_str(), messages.join(" ")));
            let text = input.form.get(&name).to_owned();
            show(&visit, Some((&name, text, errors))).await
        }
        Err(error) => Err(error),
    }
}
