//! A statement in the making: text and bound values grow together, so a value can never become text.

use crate::{Dialect, Value};

/// A statement under construction.
#[derive(Debug)]
pub struct Sql<'a> {
    dialect: Dialect,
    text: String,
    values: Vec<Value<'a>>,
}

impl<'a> Sql<'a> {
    /// Starts with a fixed text.
    pub fn new(dialect: Dialect, text: &str) -> Self {
        Self {
            dialect,
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// Starts with a text that names some values by their numbers.
    pub fn with(dialect: Dialect, text: &str, values: &[Value<'a>]) -> Self {
        Self {
            dialect,
            text: text.to_owned(),
            values: values.to_vec(),
        }
    }

    /// The engine the text is for.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Appends fixed text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder bound to `value`.
    pub fn bind(&mut self, value: impl Into<Value<'a>>) -> &mut Self {
        let placeholder = self.placeholder(value);
        self.push(&placeholder)
    }

    /// A placeholder bound to `value`, for text that is appended next and may name it several times.
    pub fn placeholder(&mut self, value: impl Into<Value<'a>>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Appends `column = ANY(list)`.
    pub fn any(&mut self, column: &str, list: impl Into<Value<'a>>) -> &mut Self {
        self.push(column).push(" = ANY(").bind(list).push(")")
    }

    /// Appends `column LIKE pattern`, with `%`, `_` and `\` as in SQL; with or without regard to case.
    pub fn like(&mut self, column: &str, pattern: impl Into<Value<'a>>, case_sensitive: bool) -> &mut Self {
        match (self.dialect, case_sensitive) {
            (Dialect::Postgres, true) => self.push(column).push(" LIKE ").bind(pattern),
            (Dialect::Postgres, false) => self.push(column).push(" ILIKE ").bind(pattern),
            (Dialect::Sqlite, true) => self
                .push("like_cs(")
                .bind(pattern)
                .push(", ")
                .push(column)
                .push(")"),
            (Dialect::Sqlite, false) => self
                .push("like_ci(")
                .bind(pattern)
                .push(", ")
                .push(column)
                .push(")"),
        }
    }

    /// The finished text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bound values, in the order of their numbers.
    pub fn values(&self) -> &[Value<'a>] {
        &self.values
    }
}
