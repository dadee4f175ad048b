//! A command's answer: a table for people, JSON for scripts.

use anyhow::Result;
use serde_json::{Map, Value};
use std::io::{Write, stdout};

/// Longest cell of a table before its last column, in characters; `--json` has everything.
const CELL: usize = 60;

/// Where a command's answer goes, and in which form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Printer {
    json: bool,
}

impl Printer {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether the answer is for a script.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// Records: the columns of a table, or an array of objects with these keys.
    pub(super) fn rows<const N: usize>(self, columns: [&str; N], rows: Vec<[Value; N]>) -> Result<()> {
        if self.json {
            let objects: Vec<Value> = rows
                .into_iter()
                .map(|row| object(columns.iter().copied().zip(row)))
                .collect();
            return write(&serde_json::to_string_pretty(&objects)?);
        }
        let rows: Vec<[String; N]> = rows
            .iter()
            .map(|row| std::array::from_fn(|n| cell(row.get(n), n + 1 == N)))
            .collect();
        write(&table(&columns, &rows))
    }

    /// One record: a line for each field, or an object.
    pub(super) fn record<const N: usize>(self, fields: [(&str, Value); N]) -> Result<()> {
        if self.json {
            return write(&serde_json::to_string_pretty(&object(fields))?);
        }
        let width = fields
            .iter()
            .map(|(name, _)| name.len())
            .max()
            .unwrap_or_default();
        let lines: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name:width$}  {}", plain(value)))
            .collect();
        write(&lines.join("\n"))
    }

    /// What was done: a sentence, or the record of it.
    pub(super) fn done<const N: usize>(self, sentence: &str, fields: [(&str, Value); N]) -> Result<()> {
        if self.json {
            write(&serde_json::to_string_pretty(&object(fields))?)
        } else {
            write(sentence)
        }
    }
}

fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}

/// A reader that went away (`| head`) is no failure.
fn write(text: &str) -> Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Control characters would let stored text drive the terminal.
fn cell(value: Option<&Value>, last: bool) -> String {
    let text: String = value
        .map(plain)
        .unwrap_or_default()
        .replace(char::is_control, " ");
    match text.char_indices().nth(CELL) {
        Some(_) if !last => text.chars().take(CELL - 1).chain(['…']).collect(),
        _ => text,
    }
}

fn table<const N: usize>(columns: &[&str; N], rows: &[[String; N]]) -> String {
    let head: [String; N] =
        std::array::from_fn(|n| columns.get(n).map(|name| name.to_uppercase()).unwrap_or_default());
    let lines: Vec<&[String; N]> = std::iter::once(&head).chain(rows).collect();
    let widths: [usize; N] = std::array::from_fn(|n| {
        lines
            .iter()
            .filter_map(|line| line.get(n))
            .map(|text| text.chars().count())
            .max()
            .unwrap_or_default()
    });
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(text, width)| format!("{text:width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_control_characters_do_not_get_out() {
        let rows = [
            ["1".into(), cell(Some(&"short".into()), true)],
            ["1000".into(), cell(Some(&"a\u{1b}[31m".into()), true)],
        ];
        assert_eq!(
            table(&["id", "name"], &rows),
            "ID    NAME\n1     short\n1000  a [31m"
        );
    }

    #[test]
    fn long_cells_before_the_last_column_are_cut_and_say_so() {
        let long = "ä".repeat(100).into();
        let cut = cell(Some(&long), false);
        assert_eq!(cut.chars().count(), CELL);
        assert!(cut.ends_with('…'));
        assert_eq!(cell(Some(&long), true), "ä".repeat(100));
    }
}
