//! How a setting's value is read from the schema and written into it.

use super::registry::{Definition, Kind, MASK};
use super::{Settings, registry, words};
use crate::users::is_email;
use serde_json::{Value, json};
use sightline_core::{AppError, AppResult};
use sightline_formats::exports::Zone;

impl Definition {
    /// The value on the wire; a secret only shows that it is there.
    pub(super) fn read(&self, settings: &Settings) -> Value {
        match (self.kind, self.kept(settings)) {
            (Kind::Secret(_), Value::String(text)) if !text.is_empty() => json!(MASK),
            (_, value) => value,
        }
    }

    /// The value as it is kept, secrets included.
    pub(super) fn kept(&self, settings: &Settings) -> Value {
        let schema = serde_json::to_value(settings).unwrap_or_default();
        let value = schema.pointer(&self.pointer()).cloned().unwrap_or_default();
        match self.kind {
            Kind::Minutes(..) => json!(value.as_i64().unwrap_or_default() / 60),
            Kind::Choice(options) => options
                .iter()
                .find(|(_, number, _)| value.as_i64() == Some(*number))
                .map_or(value, |(wire, _, _)| json!(wire)),
            Kind::List(_) | Kind::Networks(_) => words::joined(&value),
            _ => value,
        }
    }

    /// Puts a value of the wire into the schema. `Refused` says what it should be.
    pub(super) fn write(&self, settings: &mut Settings, value: &Value) -> AppResult<()> {
        let value = self.decode(value)?;
        let mut schema = serde_json::to_value(&*settings).map_err(AppError::internal)?;
        if let Some(place) = schema.pointer_mut(&self.pointer()) {
            *place = value;
        }
        *settings = serde_json::from_value(schema).map_err(AppError::internal)?;
        Ok(())
    }

    fn decode(&self, value: &Value) -> AppResult<Value> {
        match self.kind {
            Kind::List(most) => return words::list(value, most).ok_or_else(|| self.refused()),
            Kind::Networks(most) => return words::networks(value, most).ok_or_else(|| self.refused()),
            Kind::Map(most) => return words::map(value, most).ok_or_else(|| self.refused()),
            _ => {}
        }
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(flag) => i64::from(*flag).to_string(),
            Value::Number(number) => number.to_string(),
            _ => return Err(self.refused()),
        };
        let number = |least: i64, most: i64| {
            text.parse::<i64>()
                .ok()
                .filter(|n| (least..=most).contains(n))
                .ok_or_else(|| self.refused())
        };
        Ok(match self.kind {
            Kind::Flag => match text.to_ascii_lowercase().as_str() {
                "1" | "true" => json!(true),
                "0" | "false" => json!(false),
                _ => return Err(self.refused()),
            },
            Kind::Number(least, most) => json!(number(least, most)?),
            Kind::Minutes(least, most) => json!(number(least, most)? * 60),
            Kind::Zone(name) if !Zone::accepts(name, &text) => return Err(self.refused()),
            Kind::Text(most) | Kind::Secret(most) if text.chars().count() > most => {
                return Err(self.refused());
            }
            Kind::Pattern(most) if text.chars().count() > most || registry::pattern(&text).is_none() => {
                return Err(self.refused());
            }
            Kind::Formed(form) if !words::fits(form, &text) => return Err(self.refused()),
            // The others were lists.
            Kind::Text(_)
            | Kind::Zone(_)
            | Kind::Pattern(_)
            | Kind::Secret(_)
            | Kind::Formed(_)
            | Kind::List(_)
            | Kind::Networks(_)
            | Kind::Map(_) => json!(text),
            Kind::Address if text.is_empty() || is_email(&text) => json!(text),
            Kind::Address => return Err(self.refused()),
            Kind::Choice(options) => {
                let known = options.iter().find(|(wire, _, _)| *wire == text);
                json!(known.ok_or_else(|| self.refused())?.1)
            }
        })
    }

    fn refused(&self) -> AppError {
        let wanted = match self.kind {
            Kind::Flag => "true or false".into(),
            Kind::Number(least, most) => format!("a number from {least} to {most}"),
            Kind::Minutes(least, most) => format!("a number of minutes from {least} to {most}"),
            Kind::Address => "a mail address".into(),
            Kind::Text(most) | Kind::Secret(most) => format!("text of at most {most} characters"),
            Kind::Pattern(most) => format!("a regular expression of at most {most} characters"),
            Kind::List(most) => format!("at most {most} words with a comma between them"),
            Kind::Networks(most) => format!("at most {most} addresses or networks with a comma between them"),
            Kind::Map(most) => format!("a JSON object of at most {most} texts"),
            Kind::Formed(form) => words::wanted(form).into(),
            Kind::Zone(name) => format!("a {name} that a zone may have"),
            Kind::Choice(options) => {
                let known: Vec<&str> = options.iter().map(|(wire, _, _)| *wire).collect();
                format!("one of {}", known.join(", "))
            }
        };
        AppError::Refused(format!("{}: the value has to be {wanted}.", self.name))
    }

    fn pointer(&self) -> String {
        format!("/{}", self.path.replace('.', "/"))
    }
}
