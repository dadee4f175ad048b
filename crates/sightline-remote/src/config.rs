//! The `[remote]` section of the configuration.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// How this server talks to others. Every field has a default; unknown keys are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RemoteConfig {
    /// Turns the address guard off: any address may be connected to.
    pub allow_private: bool,
    /// Networks that may be reached although the guard would refuse them, such as the one of an internal feed
    /// server. Better than `allow_private`, which opens all of them.
    pub allow_networks: Vec<IpNet>,
    /// Seconds to resolve the name and to set up the connection, TLS included.
    pub connect_timeout_seconds: u64,
    /// Longest silence, in seconds, before and within an answer.
    pub read_timeout_seconds: u64,
    /// Seconds for a whole download, redirects included, however lively it is.
    pub total_timeout_seconds: u64,
    /// Largest body after decompression, in bytes; callers may ask for less, never for more.
    pub max_body_bytes: u64,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// URL of an HTTP proxy for everything, credentials allowed. The proxy resolves names, so refusing private
    /// addresses behind names becomes its duty; address literals are still refused here. Proxy variables in the
    /// environment are ignored.
    pub proxy: Option<String>,
}

impl Default for RemoteConfig {
    fn default() -> Self {
        Self {
            allow_private: false,
            allow_networks: Vec::new(),
            connect_timeout_seconds: 10,
            read_timeout_seconds: 30,
            total_timeout_seconds: 1_800,
            max_body_bytes: 1024 * 1024 * 1024,
            user_agent: concat!("Sightline/", env!("CARGO_PKG_VERSION")).into(),
            proxy: None,
        }
    }
}
