//! What can go wrong on the way to another server, precisely, and what of it a user may read.

use std::io;

use sightline_core::AppError;
use url::Url;

/// A failed request or a refused path. `Display` is for the log; [`RemoteError::public_message`] is for people.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The URL itself is not one we fetch: malformed, another scheme, or with credentials in it.
    #[error("the URL cannot be used: {0}")]
    InvalidUrl(String),
    /// The guard refuses the host, or every address that its name resolves to.
    #[error("{host} is blocked: {reason}")]
    Blocked {
        /// Host as in the URL.
        host: String,
        /// Kind of address, such as `loopback address`.
        reason: &'static str,
    },
    /// More redirects than we follow.
    #[error("too many redirects, starting at {url}")]
    TooManyRedirects {
        /// Where the chain started, without query.
        url: String,
    },
    /// 304: what the caller has is still current. Only after a request with an etag.
    #[error("not modified")]
    NotModified,
    /// Neither 200 nor an expected 304.
    #[error("{url} answered with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
        /// URL of the last hop, without query.
        url: String,
    },
    /// The body, decompressed and unpacked, is larger than allowed.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Connecting, an answer or the whole download took too long.
    #[error("timeout while fetching {url}")]
    Timeout {
        /// URL without query.
        url: String,
    },
    /// No TLS: bad certificate, or no TLS server.
    #[error("TLS with {host} failed: {cause}")]
    Tls {
        /// Host as in the URL.
        host: String,
        /// What the TLS library says.
        cause: String,
    },
    /// The name does not resolve.
    #[error("cannot resolve {host}: {cause}")]
    Dns {
        /// Host as in the URL.
        host: String,
        /// What the resolver says.
        cause: String,
    },
    /// No connection.
    #[error("cannot connect to {host}: {cause}")]
    Connect {
        /// Host as in the URL.
        host: String,
        /// What the system says; may name addresses.
        cause: String,
    },
    /// The connection broke, or what came is not HTTP or not the announced encoding.
    #[error("the transfer from {url} failed: {cause}")]
    Transfer {
        /// URL without query.
        url: String,
        /// What the HTTP library says.
        cause: String,
    },
    /// The directory does not do what its configuration expects of it.
    #[error("the directory {host} refuses: {cause}")]
    Directory {
        /// Host as in the URL.
        host: String,
        /// What the directory says.
        cause: String,
    },
    /// The zip archive is broken or does not hold exactly one file.
    #[error("unusable zip archive: {0}")]
    Zip(String),
    /// An archive of several files is broken, or of no known kind.
    #[error("unusable archive: {0}")]
    Archive(String),
    /// The path is outside the directories that the configuration allows.
    #[error("local path not allowed: {0}")]
    LocalForbidden(String),
    /// The path is allowed, but nothing of the asked kind is there.
    #[error("{0}")]
    LocalMissing(String),
    /// Our own disk.
    #[error("cannot spool the answer: {0}")]
    Io(#[from] io::Error),
    /// The `[remote]` configuration cannot work.
    #[error("remote configuration: {0}")]
    Config(String),
}

impl RemoteError {
    /// Whether the same request may succeed later without anyone changing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Dns { .. } | Self::Connect { .. } | Self::Transfer { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            _ => false,
        }
    }

    /// A sentence for the caller. It never tells which address, or which kind of it, a name resolved to.
    pub fn public_message(&self) -> String {
        match self {
            Self::Blocked { host, .. } => {
                format!("{host} is not a public address, and this server may only connect to public ones.")
            }
            Self::Dns { host, .. } => format!("The name {host} could not be resolved."),
            Self::Connect { host, .. } => format!("Could not connect to {host}."),
            Self::Transfer { url, .. } => format!("The transfer from {url} broke off."),
            Self::Directory { host, .. } => format!("The directory {host} refuses the search."),
            Self::Io(_) => "The answer could not be stored on this server.".into(),
            Self::Config(_) => "This server's remote configuration is broken.".into(),
            other => {
                let text = other.to_string();
                // A sentence that begins with an address keeps it as it is.
                if text.starts_with("http") {
                    return format!("{text}.");
                }
                let mut letters = text.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                first.into_iter().chain(letters).chain(['.']).collect()
            }
        }
    }
}

impl From<RemoteError> for AppError {
    fn from(error: RemoteError) -> Self {
        let message = error.public_message();
        match error {
            RemoteError::InvalidUrl(_)
            | RemoteError::Blocked { .. }
            | RemoteError::LocalForbidden(_)
            | RemoteError::LocalMissing(_) => Self::Refused(message),
            RemoteError::TooLarge { .. } => Self::TooLarge(message),
            RemoteError::Io(_) | RemoteError::Config(_) => Self::internal(error),
            _ => Self::Upstream(message),
        }
    }
}

/// `url` fit for a message: query and fragment may hold keys.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    let had_query = url.query().is_some();
    url.set_query(None);
    let text = url.to_string();
    if had_query { text + "?…" } else { text }
}

/// The host of `url` for a message.
pub(crate) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Sorts an error of the HTTP library; `url` is the hop it happened on.
pub(crate) fn classify(error: reqwest::Error, url: &Url) -> RemoteError {
    // The library would print the URL with its query.
    let error = error.without_url();
    if let Some((host, reason)) = refused_by_guard(&error) {
        return RemoteError::Blocked { host, reason };
    }
    // The outer layers only say that a request failed.
    let cause = causes(&error).last().map(ToString::to_string).unwrap_or_default();
    if error.is_timeout() {
        RemoteError::Timeout { url: shown(url) }
    } else if error.is_dns() {
        RemoteError::Dns {
            host: host_of(url),
            cause,
        }
    } else if error.is_connect() && failed_in_tls(&error) {
        RemoteError::Tls {
            host: host_of(url),
            cause,
        }
    } else if error.is_connect() {
        RemoteError::Connect {
            host: host_of(url),
            cause,
        }
    } else {
        RemoteError::Transfer {
            url: shown(url),
            cause,
        }
    }
}

type Cause = dyn std::error::Error + 'static;

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &Cause> {
    let first: &Cause = error;
    std::iter::successors(Some(first), |error| {
        // An `io::Error` skips the error that it wraps when asked for its source.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match wrapped {
            Some(inner) => {
                let inner: &Cause = inner;
                Some(inner)
            }
            None => error.source(),
        }
    })
}

/// Our resolver's verdict, if that is why there is no connection.
fn refused_by_guard(error: &reqwest::Error) -> Option<(String, &'static str)> {
    causes(error).find_map(|cause| match cause.downcast_ref::<RemoteError>() {
        Some(RemoteError::Blocked { host, reason }) => Some((host.clone(), *reason)),
        _ => None,
    })
}

/// TLS errors arrive as I/O errors of these kinds, which a failing TCP connect never has.
fn failed_in_tls(error: &reqwest::Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
            )
        })
}
