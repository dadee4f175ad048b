//! The settings in force, which a change replaces as a whole: one request sees one state.

use super::Settings;
use super::registry::{self, Definition};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

/// The settings of a running instance.
#[derive(Debug)]
pub struct LiveSettings {
    configured: Settings,
    /// `section.key` of everything that the configuration names.
    fixed: BTreeSet<String>,
    current: RwLock<Arc<Settings>>,
    /// Held while stored values are read and put in force, so that an older reading never replaces a newer one.
    pub(super) refreshing: tokio::sync::Mutex<()>,
}

impl LiveSettings {
    /// What the configuration says; what `fixed` names (as `section.key`) stays as it says.
    pub fn new(configured: Settings, fixed: BTreeSet<String>) -> Self {
        Self {
            current: RwLock::new(Arc::new(configured.clone())),
            configured,
            fixed,
            refreshing: tokio::sync::Mutex::new(()),
        }
    }

    /// The settings in force.
    pub fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the configuration decides this setting.
    pub(super) fn is_fixed(&self, definition: &Definition) -> bool {
        self.fixed.contains(definition.path)
    }

    /// Puts stored values in force. One that does not fit any more is left out with a warning: a server must start.
    pub(super) fn apply(&self, stored: &[(String, Value)]) {
        let mut settings = self.configured.clone();
        for (name, value) in stored {
            let Some(definition) = registry::find(name).filter(|d| !self.is_fixed(d)) else {
                continue;
            };
            if let Err(error) = definition.write(&mut settings, value) {
                tracing::warn!(name, %error, "a stored setting is not used");
            }
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }
}

impl From<Settings> for LiveSettings {
    /// With nothing fixed.
    fn from(settings: Settings) -> Self {
        Self::new(settings, BTreeSet::new())
    }
}
