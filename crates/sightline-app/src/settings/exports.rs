//! `[exports]`: what readers of exports need not say.

use serde::{Deserialize, Serialize};
use sightline_formats::exports::Zone;

/// `[exports]`: what goes into a response policy zone when its reader does not say (`Plugin.RPZ_…`, spec 09 A.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the parameters of a zone")]
pub struct ExportSettings {
    pub rpz_policy: String,
    pub rpz_walled_garden: String,
    pub rpz_serial: String,
    pub rpz_refresh: String,
    pub rpz_retry: String,
    pub rpz_expiry: String,
    pub rpz_minimum_ttl: String,
    pub rpz_ttl: String,
    pub rpz_ns: String,
    pub rpz_ns_alt: String,
    pub rpz_email: String,
}

impl Default for ExportSettings {
    fn default() -> Self {
        let of = |name| Zone::default_of(name).to_owned();
        Self {
            rpz_policy: of("policy"),
            rpz_walled_garden: of("walled_garden"),
            rpz_serial: of("serial"),
            rpz_refresh: of("refresh"),
            rpz_retry: of("retry"),
            rpz_expiry: of("expiry"),
            rpz_minimum_ttl: of("minimum_ttl"),
            rpz_ttl: of("ttl"),
            rpz_ns: of("ns"),
            rpz_ns_alt: of("ns_alt"),
            rpz_email: of("email"),
        }
    }
}

impl ExportSettings {
    /// A parameter of zones.
    pub fn zone(&self, name: &str) -> Option<&str> {
        Some(match name {
            "policy" => &self.rpz_policy,
            "walled_garden" => &self.rpz_walled_garden,
            "serial" => &self.rpz_serial,
            "refresh" => &self.rpz_refresh,
            "retry" => &self.rpz_retry,
            "expiry" => &self.rpz_expiry,
            "minimum_ttl" => &self.rpz_minimum_ttl,
            "ttl" => &self.rpz_ttl,
            "ns" => &self.rpz_ns,
            "ns_alt" => &self.rpz_ns_alt,
            "email" => &self.rpz_email,
            _ => return None,
        })
    }
}
