//! The only place that reads the time. Everything else is handed a `Clock`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Unix time in whole seconds, UTC.
pub type Timestamp = i64;

/// A source of time: the system's, or one that a test moves by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still at `seconds` until `advance` is called.
    pub fn fixed(seconds: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(seconds))))
    }

    /// Now, in Unix seconds.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(fixed) => fixed.load(Ordering::Relaxed),
            None => jiff::Timestamp::now().as_second(),
        }
    }

    /// Today's date in UTC, as `YYYY-MM-DD`.
    pub fn today(&self) -> String {
        date_of(self.now())
    }

    /// Move a fixed clock forward; the system's clock ignores it.
    pub fn advance(&self, seconds: i64) {
        if let Some(fixed) = &self.0 {
            fixed.fetch_add(seconds, Ordering::Relaxed);
        }
    }
}

/// The UTC date of a Unix time as `YYYY-MM-DD`; the epoch's for times that no calendar holds.
pub fn date_of(seconds: Timestamp) -> String {
    jiff::Timestamp::from_second(seconds)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%d")
        .to_string()
}

/// A Unix time as `YYYY-MM-DD HH:MM:SS` in UTC.
pub fn datetime_of(seconds: Timestamp) -> String {
    jiff::Timestamp::from_second(seconds)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}
