//! `sightline config`: what is in force, and what there is.

use super::PlaceFlags;
use crate::config::masked;
use anyhow::Result;
use clap::{Args, Subcommand};
use std::io::{Write, stdout};

/// Every key with its meaning and default; a test keeps it complete.
pub(super) const REFERENCE: &str = include_str!("../../../../packaging/sightline.toml");

#[derive(Debug, Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the configuration in force as TOML: flags over environment over file over defaults, secrets masked
    Show,
    /// Print every key with its meaning and default
    Reference,
}

impl ConfigCommand {
    pub(super) fn run(self, flags: &PlaceFlags) -> Result<()> {
        let text = match self.action {
            Action::Show => toml::to_string(&masked(&flags.load(None)?))?,
            Action::Reference => REFERENCE.to_owned(),
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }
}
