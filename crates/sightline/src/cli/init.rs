//! `sightline init`: the first start, without the server.

use super::print::Printer;
use super::{PlaceFlags, quiet};
use crate::platform;
use anyhow::{Result, bail};
use clap::Args;
use sightline_app::setup::Credentials;
use std::io::{Write, stderr};

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Init {
    pub(super) fn run(self, flags: &PlaceFlags) -> Result<()> {
        let config = flags.load(None)?;
        quiet(&config)?;
        let place = flags.place(&config);
        let started = platform::start(&config, &place)?;
        let Some(created) = started.created else {
            bail!("there is an instance already in {}", place.data.display());
        };
        let out = Printer::new(self.json);
        if !out.is_json() {
            introduce(&created)?;
        }
        out.done(
            "The instance is ready: start it with `sightline serve`.",
            [
                ("email", created.email.into()),
                ("password", created.password.into()),
            ],
        )
    }
}

/// Shows the first administrator, once, on standard error: standard output belongs to scripts.
pub(super) fn introduce(created: &Credentials) -> Result<()> {
    let mut lines = vec![
        "The first administrator of this instance:".to_owned(),
        String::new(),
    ];
    lines.push(format!("  e-mail    {}", created.email));
    match &created.password {
        Some(password) => {
            lines.push(format!("  password  {password}"));
            lines.push(String::new());
            lines.push("It is shown only now, and has to be changed at the first log-in.".to_owned());
        }
        None => lines.push("  password  as given".to_owned()),
    }
    Ok(write!(stderr(), "{}", boxed(&lines))?)
}

fn boxed(lines: &[String]) -> String {
    let width = lines
        .iter()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or_default();
    let rule = "─".repeat(width + 2);
    let body: String = lines.iter().map(|line| format!("│ {line:width$} │\n")).collect();
    format!("\n┌{rule}┐\n{body}└{rule}┘\n\n")
}

#[cfg(test)]
mod tests {
    use super::boxed;

    #[test]
    fn the_box_fits_its_longest_line() {
        assert_eq!(
            boxed(&["äb".into(), "c".into()]),
            "\n┌────┐\n│ äb │\n│ c  │\n└────┘\n\n"
        );
    }
}
