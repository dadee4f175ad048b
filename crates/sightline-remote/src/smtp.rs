//! Handing mail to the configured mail server. Its name is the operator's, not a user's, yet it passes the same guard: a
//! relay inside the own network is named in `remote.allow_networks`.

use crate::client::Remote;
use crate::error::RemoteError;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// The `[smtp]` section of the configuration.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmtpConfig {
    /// Name or address of the mail server; empty: no mail is sent.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// User name for the server; empty for none.
    pub user: String,
    /// Password for the server.
    pub password: String,
    /// Seconds for handing over one mail, connecting included.
    pub timeout_seconds: u64,
    /// The name that this server gives itself in its greeting; empty for `localhost`.
    pub hello: String,
}

/// How a connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// Not at all: for a relay on this machine.
    None,
    /// Upgraded before anything is said; a server that cannot is refused.
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
}

impl Default for SmtpConfig {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            tls: SmtpTls::default(),
            user: String::new(),
            password: String::new(),
            timeout_seconds: 30,
            hello: String::new(),
        }
    }
}

impl std::fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// There is no mail server in the configuration.
    #[error("no mail server is configured")]
    NotConfigured,
    /// The guard refuses the server's address.
    #[error("the mail server {host} is blocked: {reason}; name its network in remote.allow_networks")]
    Blocked {
        /// Its name.
        host: String,
        /// Kind of address.
        reason: &'static str,
    },
    /// One of the addresses is none.
    #[error("`{0}` is not a mail address")]
    Address(String),
    /// The server refuses this mail for good.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
    /// It may work later.
    #[error("the mail server cannot be used now: {0}")]
    Unavailable(String),
}

impl SmtpError {
    /// Whether trying again may help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<Error> for SmtpError {
    fn from(error: Error) -> Self {
        let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        if error.is_permanent() {
            Self::Refused(cause)
        } else {
            Self::Unavailable(cause)
        }
    }
}

impl Remote {
    /// The same way out, with a mail server.
    #[must_use]
    pub fn with_smtp(mut self, smtp: SmtpConfig) -> Self {
        self.smtp = Arc::new(smtp);
        self
    }

    /// Whether there is a mail server at all.
    pub fn can_mail(&self) -> bool {
        !self.smtp.host.is_empty()
    }

    /// Hands one mail to the mail server.
    pub async fn mail(&self, from: &str, to: &str, mail: &[u8]) -> Result<(), SmtpError> {
        if !self.can_mail() {
            return Err(SmtpError::NotConfigured);
        }
        let address = |text: &str| text.parse().map_err(|_| SmtpError::Address(text.to_owned()));
        let envelope = Envelope::new(Some(address(from)?), vec![address(to)?])
            .map_err(|_| SmtpError::Address(to.to_owned()))?;
        let limit = Duration::from_secs(self.smtp.timeout_seconds.max(1));
        timeout(limit, self.hand_over(&envelope, mail))
            .await
            .map_err(|_| SmtpError::Unavailable("it took too long".into()))?
    }

    async fn hand_over(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), SmtpError> {
        let mut connection = self.connect_to_mail_server().await?;
        connection.send(envelope, mail).await?;
        // The mail is taken: whatever happens to the farewell must not have it sent again.
        if let Err(error) = connection.quit().await {
            tracing::debug!(%error, "the mail server left without a farewell");
        }
        Ok(())
    }

    /// Connects to the first address that the guard lets through and that answers.
    async fn connect_to_mail_server(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let SmtpConfig { host, port, .. } = self.smtp.as_ref();
        let found = tokio::net::lookup_host((host.as_str(), *port))
            .await
            .map_err(|error| SmtpError::Unavailable(error.to_string()))?;
        let mut problem = SmtpError::Unavailable("its name has no addresses".into());
        for address in found {
            match self.open(address).await {
                Ok(connection) => return Ok(connection),
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }

    async fn open(&self, address: SocketAddr) -> Result<AsyncSmtpConnection, SmtpError> {
        let smtp = &self.smtp;
        if let Err(reason) = self.guard.check_address(address.ip()) {
            let host = smtp.host.clone();
            return Err(SmtpError::Blocked { host, reason });
        }
        let hello = match smtp.hello.as_str() {
            "" => ClientId::Domain("localhost".into()),
            name => ClientId::Domain(name.to_owned()),
        };
        let tls = || TlsParameters::builder(smtp.host.clone()).build_rustls();
        let implicit = match smtp.tls {
            SmtpTls::Tls => Some(tls()?),
            SmtpTls::None | SmtpTls::Starttls => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, None, &hello, implicit, None).await?;
        if smtp.tls == SmtpTls::Starttls {
            connection.starttls(tls()?, &hello).await?;
        }
        if !smtp.user.is_empty() {
            let credentials = Credentials::new(smtp.user.clone(), smtp.password.clone());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await?;
        }
        Ok(connection)
    }
}

impl SmtpConfig {
    /// What the types alone do not catch.
    pub fn check(&self) -> Result<(), RemoteError> {
        if self.timeout_seconds == 0 {
            return Err(RemoteError::Config(
                "smtp.timeout_seconds must be at least 1".into(),
            ));
        }
        if !self.user.is_empty() && self.tls == SmtpTls::None {
            return Err(RemoteError::Config(
                "smtp.user needs smtp.tls: a password does not travel in the clear".into(),
            ));
        }
        Ok(())
    }
}
