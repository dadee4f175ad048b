//! The socket: bound before anything else, so that a port in use is found at once; TLS; a graceful end.

use crate::config::ServerConfig;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

/// How long a client may take to send the head of a request; what slowloris attacks live on.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// A bound socket and the way to serve on it.
#[derive(Debug)]
pub(crate) struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Pem>,
}

#[derive(Clone, Debug)]
struct Pem {
    certificate: PathBuf,
    key: PathBuf,
}

/// Binds the configured address.
pub(crate) fn bind(config: &ServerConfig) -> Result<Bound> {
    let refused = || format!("server.listen: {}", config.listen);
    let addresses: Vec<SocketAddr> = config.listen.to_socket_addrs().with_context(refused)?.collect();
    let listener = TcpListener::bind(addresses.as_slice()).with_context(refused)?;
    let address = listener.local_addr().with_context(refused)?;
    let tls = match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => Some(Pem {
            certificate: certificate.clone(),
            key: key.clone(),
        }),
        _ => None,
    };
    Ok(Bound {
        listener,
        address,
        tls,
    })
}

impl Bound {
    /// The URL under which this machine reaches the server.
    pub(crate) fn url(&self) -> String {
        let mut address = self.address;
        match address.ip() {
            ip if !ip.is_unspecified() => {}
            std::net::IpAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            std::net::IpAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        }
        format!(
            "{}://{address}",
            if self.tls.is_some() { "https" } else { "http" }
        )
    }

    /// Serves until `handle` ends it. Under TLS the certificate is read again on each SIGHUP.
    pub(crate) async fn serve(self, router: Router, handle: Handle<SocketAddr>) -> Result<()> {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = axum_server::from_tcp(self.listener)
            .context("server.listen")?
            .handle(handle);
        server.http_builder().http1().header_read_timeout(HEADER_TIMEOUT);
        let Some(pem) = self.tls else {
            return server.serve(service).await.context("the listener failed");
        };
        let config = match RustlsConfig::from_pem_file(&pem.certificate, &pem.key).await {
            Ok(config) => config,
            Err(error) => bail!(
                "TLS cannot start with {} and {}: {error}",
                pem.certificate.display(),
                pem.key.display()
            ),
        };
        let reload = tokio::spawn(reload_on_hangup(config.clone(), pem));
        let served = server.acceptor(RustlsAcceptor::new(config)).serve(service).await;
        reload.abort();
        served.context("the listener failed")
    }
}

/// A certificate that cannot be read leaves the old one in place.
async fn reload_on_hangup(config: RustlsConfig, pem: Pem) {
    let Ok(mut hangups) = crate::signals::hangups() else {
        return;
    };
    while hangups.recv().await.is_some() {
        match config.reload_from_pem_file(&pem.certificate, &pem.key).await {
            Ok(()) => tracing::info!("the TLS certificate was read again"),
            Err(error) => {
                tracing::error!(%error, "the TLS certificate cannot be read; the old one stays in use");
            }
        }
    }
}
