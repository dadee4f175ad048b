//! `hosts`: a file for `/etc/hosts` that leads domains nowhere (spec 09 A.5).

use super::once::Once;
use super::{Export, Row, cannot, rpz};
use sightline_misp::json::Buffer;
use sightline_misp::types::AttributeType;
use std::net::IpAddr;

/// `hosts`.
#[derive(Debug)]
pub struct Hosts {
    address: IpAddr,
    made: String,
    once: Once,
}

impl Hosts {
    /// Leads every domain to `address`; `made` is when, in words.
    pub fn new(address: IpAddr, made: String) -> Self {
        Self {
            address,
            made,
            once: Once::default(),
        }
    }
}

impl Export for Hosts {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        &[&[AttributeType::Domain]]
    }

    fn begin(&mut self, out: &mut Buffer) {
        out.extend_from_slice(
            format!("# MISP export of domains as a hosts file\n# Made {}\n", self.made).as_bytes(),
        );
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        if row.attribute.kind != AttributeType::Domain || !self.once.is_new(&row.attribute.value1) {
            return;
        }
        match rpz::host_name(&row.attribute.value1) {
            Some(name) => out.extend_from_slice(format!("{} {name}\n", self.address).as_bytes()),
            None => cannot(out, "#", row, "its value is not a host name"),
        }
    }
}
