//! Server settings on the wire (spec 10 part B.1).

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::settings::{self, Kind, Setting, Source};
use sightline_core::{AppError, AppResult};

pub(crate) fn routes() -> Vec<Route> {
    use Methods::GetPost;
    vec![
        route("servers", "getSetting", GetPost, Allow::SiteAdmin, get),
        route("servers", "serverSettingsEdit", GetPost, Allow::SiteAdmin, edit),
    ]
}

fn name(request: &Request) -> AppResult<&str> {
    request
        .arg(0)
        .ok_or_else(|| AppError::not_found("Setting  is invalid."))
}

/// `/servers/getSetting/<Group.key>`
async fn get(ctx: Ctx, request: Request) -> AppResult<Response> {
    let setting = settings::one(&ctx, name(&request)?).await?;
    if matches!(setting.definition.kind, Kind::Secret(_)) {
        return Err(AppError::Forbidden("This setting is redacted.".into()));
    }
    let mut fields = encode(&setting);
    fields.insert("name".into(), setting.definition.name.into());
    Ok(Response::json(&Value::Object(fields)))
}

/// `/servers/serverSettingsEdit/<Group.key>`: GET shows the value, POST `{"value": …}` changes it. `force` changes
/// nothing here: a value that does not fit would do nothing.
async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let name = name(&request)?;
    if request.method == Method::GET {
        let setting = settings::one(&ctx, name).await?;
        return Ok(Response::json(&json!({name: setting.value})));
    }
    let mut fields = request.fields("Server")?;
    let value = fields
        .remove("value")
        .ok_or_else(|| AppError::Refused(r#"Invalid input. Expected: {"value": "new_setting"}"#.into()))?;
    settings::set(&ctx, name, value).await?;
    Ok(Response::saved(
        "Field updated",
        "/servers/serverSettingsEdit",
        None,
    ))
}

/// A setting without its name. `fixed_by` is ours: the reference's `cli_only` says only that it cannot be changed.
fn encode(setting: &Setting) -> Map<String, Value> {
    let definition = &setting.definition;
    let (kind, test) = match definition.kind {
        Kind::Flag => ("boolean", "testBool"),
        Kind::Number(..) | Kind::Minutes(..) => ("numeric", "testForNumeric"),
        Kind::Text(_)
        | Kind::Address
        | Kind::Zone(_)
        | Kind::Pattern(_)
        | Kind::Choice(_)
        | Kind::Secret(_)
        | Kind::List(_)
        | Kind::Networks(_)
        | Kind::Map(_)
        | Kind::Formed(_) => ("string", "testForEmpty"),
    };
    let mut fields = Map::new();
    fields.insert("level".into(), definition.level.into());
    fields.insert("description".into(), definition.description.into());
    fields.insert("value".into(), setting.value.clone());
    if matches!(definition.kind, Kind::Secret(_)) {
        fields.insert("redacted".into(), true.into());
    }
    fields.insert("test".into(), test.into());
    fields.insert("type".into(), kind.into());
    if let Kind::Choice(options) = definition.kind {
        let options = options
            .iter()
            .map(|(wire, _, meaning)| ((*wire).to_owned(), Value::from(*meaning)));
        fields.insert("options".into(), Value::Object(options.collect()));
    }
    if setting.is_editable() {
        fields.insert("null".into(), true.into());
    } else {
        fields.insert("cli_only".into(), true.into());
    }
    if setting.source == Source::Configuration {
        fields.insert("fixed_by".into(), definition.path.into());
    }
    fields
}

/// The rows of the report `serverSettings`: without descriptions, with the tab that each belongs to.
pub(crate) fn report(settings: &[Setting]) -> Vec<Value> {
    settings
        .iter()
        .map(|setting| {
            let mut fields = encode(setting);
            fields.remove("description");
            let name = setting.definition.name;
            fields.insert("setting".into(), name.into());
            fields.insert("tab".into(), tab(name).into());
            fields.insert("errorMessage".into(), "".into());
            Value::Object(fields)
        })
        .collect()
}

/// The tab of the reference's settings page.
fn tab(name: &str) -> &str {
    match name.split_once('.').map_or(name, |(group, _)| group) {
        "SecureAuth" | "Session" => "Security",
        group => group,
    }
}
