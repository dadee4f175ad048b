//! Name resolution that returns only addresses the guard lets through. The HTTP library connects to exactly these,
//! so a name that changes between check and use gains nothing.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::error::RemoteError;
use crate::guard::Guard;

/// The system's resolver.
pub(crate) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// Another resolver behind the guard.
pub(crate) struct GuardedResolver<R> {
    pub(crate) guard: Arc<Guard>,
    pub(crate) inner: R,
}

impl<R: Resolve> Resolve for GuardedResolver<R> {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let guard = Arc::clone(&self.guard);
        let found = self.inner.resolve(name);
        Box::pin(async move {
            let addresses: Addrs = Box::new(permitted(&guard, &host, found.await?)?.into_iter());
            Ok(addresses)
        })
    }
}

fn permitted(
    guard: &Guard,
    host: &str,
    found: Addrs,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let mut permitted = Vec::new();
    let mut refusal = None;
    for address in found {
        match guard.check_address(address.ip()) {
            Ok(()) => permitted.push(address),
            Err(reason) => {
                // For the operator; the error carries no address, because callers may see it.
                tracing::warn!(host, address = %address.ip(), reason, "refused to connect");
                refusal = Some(reason);
            }
        }
    }
    if permitted.is_empty() {
        return Err(match refusal {
            Some(reason) => RemoteError::Blocked {
                host: host.to_owned(),
                reason,
            }
            .into(),
            None => io::Error::other("the name has no addresses").into(),
        });
    }
    Ok(permitted)
}
