//! The one error that crosses layers. Renderers turn it into MISP's envelope or an HTML page.

use std::collections::BTreeMap;
use std::fmt;

/// Result with [`AppError`].
pub type AppResult<T> = Result<T, AppError>;

/// Validation messages: field name -> what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<String, Vec<String>>);

impl FieldErrors {
    /// One message on one field.
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// Keeps the first message of a field: the first failing rule wins (spec 02 section 2).
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.entry(field.into()).or_insert_with(|| vec![message.into()]);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Err(Invalid)` when there is a message, else `Ok`.
    pub fn into_result(self) -> AppResult<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(AppError::Invalid(self))
        }
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (field, messages) in &self.0 {
            write!(f, "{separator}[{field}]: {}", messages.join(" "))?;
            separator = "; ";
        }
        Ok(())
    }
}

/// What can go wrong, without a transport. Public messages may be shown to the caller; `Internal` never is.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// It is not there, or the caller may not know that it is.
    #[error("{0}")]
    NotFound(String),
    /// One or more fields do not validate (the reference's failure object, 403).
    #[error("{0}")]
    Invalid(FieldErrors),
    /// A change refused for a reason that is one sentence (the reference's failure object with `errors` a string, 403).
    #[error("{0}")]
    Refused(String),
    /// A change refused with structured reasons (the reference's failure object with `errors` as given, 403).
    #[error("{0}")]
    Rejected(serde_json::Value),
    /// The request itself is malformed (400).
    #[error("{0}")]
    BadRequest(String),
    /// Not logged in.
    #[error("{0}")]
    Unauthenticated(String),
    /// Logged in, but may not.
    #[error("{0}")]
    Forbidden(String),
    /// Not in this state or not with this method (the reference's 405).
    #[error("{0}")]
    NotAllowed(String),
    /// Clashes with what is there.
    #[error("{0}")]
    Conflict(String),
    /// It was there, and is no longer kept.
    #[error("{0}")]
    Gone(String),
    /// Larger than a limit.
    #[error("{0}")]
    TooLarge(String),
    /// Too many requests; retry after so many seconds.
    #[error("{message}")]
    RateLimited {
        /// What the caller reads.
        message: String,
        /// Seconds until it is worth trying again.
        retry_after: u64,
    },
    /// Another server failed us.
    #[error("{0}")]
    Upstream(String),
    /// For a while: shutting down, database away, time budget spent.
    #[error("{0}")]
    Unavailable(String),
    /// Our fault. The text goes to the log, never to the caller.
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// `Invalid` with one message on one field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, message))
    }

    /// `NotFound` with a message.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }

    /// `Forbidden` with the reference's general sentence (spec 05 section 1.2).
    pub fn no_permission() -> Self {
        Self::Forbidden("You do not have permission to use this functionality.".into())
    }

    /// `Internal` from anything that can be shown.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}
