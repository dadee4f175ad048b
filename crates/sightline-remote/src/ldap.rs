//! Asking a directory who somebody is: bind as a reader, search the one entry, bind as that entry. The address passes
//! the guard as every other one does; referrals are not followed, because nobody configured where they lead.

use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions, StdStream,
    dn_escape, ldap_escape,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use crate::client::Remote;
use crate::error::{RemoteError, host_of};

/// LDAP's code for a wrong name or password.
const INVALID_CREDENTIALS: u32 = 49;
/// Codes of a name that cannot be bound to at all: a password is wrong for it too.
const NO_SUCH_NAME: [u32; 3] = [32, 34, 48];

/// A directory and where in it people are.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// `ldap://host:port` or `ldaps://host:port`.
    pub url: String,
    /// Turn an `ldap://` connection into TLS before anything is said.
    pub starttls: bool,
    /// PEM file with the authorities to believe; the system's when there is none.
    pub ca_file: Option<PathBuf>,
    /// Distinguished name and password of the account that searches; without a name the search is anonymous.
    pub reader: Option<(String, String)>,
    /// Where the search begins.
    pub base: String,
    /// The attribute that holds what people type.
    pub name_attribute: String,
    /// A further condition, such as `(objectClass=inetOrgPerson)`; may be empty.
    pub filter: String,
    /// For connecting, and for each answer.
    pub timeout: Duration,
}

/// A person that has proved its password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// The distinguished name.
    pub dn: String,
    attributes: Vec<(String, Vec<String>)>,
}

impl DirectoryEntry {
    /// The values of an attribute, whatever the case of its name.
    pub fn values(&self, attribute: &str) -> &[String] {
        self.attributes
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(attribute))
            .map(|(_, values)| values.as_slice())
            .unwrap_or_default()
    }
}

impl Remote {
    /// The entry of `name` when `password` is its password; `None` when either is wrong. Fails when the directory
    /// does not answer, or does not let its reader search, or holds the name more than once.
    pub async fn directory_entry(
        &self,
        directory: &Directory,
        name: &str,
        password: &str,
        attributes: &[String],
    ) -> Result<Option<DirectoryEntry>, RemoteError> {
        // A bind without a password is an anonymous one: it succeeds and proves nothing.
        if name.is_empty() || password.is_empty() {
            return Ok(None);
        }
        let url = directory_url(&directory.url)?;
        let mut ldap = self.connect(directory, &url).await?;
        let found = look_up(&mut ldap, directory, name, password, attributes).await;
        // Nobody waits for the farewell.
        let _ = ldap.with_timeout(directory.timeout).unbind().await;
        found.map_err(|error| directory_error(&url, error))
    }

    async fn connect(&self, directory: &Directory, url: &Url) -> Result<Ldap, RemoteError> {
        let stream = self.directory_stream(directory, url).await?;
        let mut settings = LdapConnSettings::new()
            .set_conn_timeout(directory.timeout)
            .set_starttls(directory.starttls)
            .set_std_stream(StdStream::Tcp(stream));
        if let Some(file) = &directory.ca_file {
            settings = settings.set_config(trusting(file)?);
        }
        let (connection, ldap) = LdapConnAsync::from_url_with_settings(settings, url)
            .await
            .map_err(|error| directory_error(url, error))?;
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "the connection to the directory broke off");
            }
        });
        Ok(ldap)
    }

    /// A connection to the first address that the guard lets through and that answers.
    async fn directory_stream(&self, directory: &Directory, url: &Url) -> Result<TcpStream, RemoteError> {
        let port = url
            .port()
            .unwrap_or(if url.scheme() == "ldaps" { 636 } else { 389 });
        let host = match url.host() {
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(Host::Domain(name)) => name.to_owned(),
            None => return Err(RemoteError::InvalidUrl("it has no host".into())),
        };
        let timeout = || RemoteError::Timeout { url: url.to_string() };
        let resolving = tokio::net::lookup_host((host.as_str(), port));
        let found: Vec<_> = tokio::time::timeout(directory.timeout, resolving)
            .await
            .map_err(|_| timeout())?
            .map_err(|error| RemoteError::Dns {
                host: host.clone(),
                cause: error.to_string(),
            })?
            .collect();
        let mut failure = RemoteError::Dns {
            host: host.clone(),
            cause: "the name has no addresses".into(),
        };
        for address in found {
            if let Err(reason) = self.guard().check_address(address.ip()) {
                tracing::warn!(host, address = %address.ip(), reason, "refused to connect");
                failure = RemoteError::Blocked {
                    host: host.clone(),
                    reason,
                };
                continue;
            }
            let connecting = tokio::net::TcpStream::connect(address);
            match tokio::time::timeout(directory.timeout, connecting).await {
                Ok(Ok(stream)) => return Ok(stream.into_std()?),
                Ok(Err(error)) => {
                    failure = RemoteError::Connect {
                        host: host.clone(),
                        cause: error.to_string(),
                    };
                }
                Err(_) => failure = timeout(),
            }
        }
        Err(failure)
    }
}

/// Checks the address of a directory, as far as that goes without resolving its name.
pub fn directory_url(text: &str) -> Result<Url, RemoteError> {
    let url = Url::parse(text.trim()).map_err(|error| RemoteError::InvalidUrl(error.to_string()))?;
    if !matches!(url.scheme(), "ldap" | "ldaps") {
        return Err(RemoteError::InvalidUrl(
            "a directory's address begins with ldap:// or ldaps://".into(),
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(RemoteError::InvalidUrl(
            "user name and password do not belong into a URL".into(),
        ));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(RemoteError::InvalidUrl("it has no host".into()));
    }
    Ok(url)
}

/// Whether a directory could read this condition.
pub fn is_directory_filter(filter: &str) -> bool {
    let directory = Directory {
        name_attribute: "cn".into(),
        filter: filter.into(),
        ..Directory::default()
    };
    ldap3::parse_filter(person_filter(&directory, "name")).is_ok()
}

fn trusting(file: &PathBuf) -> Result<Arc<ClientConfig>, RemoteError> {
    let broken = |cause: String| RemoteError::Config(format!("{}: {cause}", file.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| broken(error.to_string()))? {
        let certificate = certificate.map_err(|error| broken(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| broken(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(broken("there is no certificate in it".into()));
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(error.to_string()))?;
    Ok(Arc::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    ))
}

/// The filter that finds one person: what was typed is text, whatever characters it holds.
fn person_filter(directory: &Directory, name: &str) -> String {
    let person = format!("({}={})", directory.name_attribute, ldap_escape(name));
    match directory.filter.trim() {
        "" => person,
        filter if filter.starts_with('(') => format!("(&{person}{filter})"),
        filter => format!("(&{person}({filter}))"),
    }
}

async fn look_up(
    ldap: &mut Ldap,
    directory: &Directory,
    name: &str,
    password: &str,
    attributes: &[String],
) -> Result<Option<DirectoryEntry>, LdapError> {
    let timeout = directory.timeout;
    if let Some((dn, password)) = &directory.reader {
        ldap.with_timeout(timeout)
            .simple_bind(dn, password)
            .await?
            .success()?;
    }
    let options = SearchOptions::new()
        .sizelimit(2)
        .timelimit(i32::try_from(timeout.as_secs()).unwrap_or(i32::MAX));
    let found = ldap
        .with_search_options(options)
        .with_timeout(timeout)
        .search(
            &directory.base,
            Scope::Subtree,
            &person_filter(directory, name),
            attributes,
        )
        .await;
    // The reader's own refusal is an error; "more than two" is only the limit that we asked for.
    let (entries, result) = match found {
        Ok(found) => (found.0, found.1),
        Err(error) => return Err(error),
    };
    if result.rc != 4 {
        result.success()?;
    }
    let mut people: Vec<SearchEntry> = entries
        .into_iter()
        .filter(|entry| !entry.is_ref() && !entry.is_intermediate())
        .map(SearchEntry::construct)
        .collect();
    if people.len() > 1 {
        tracing::warn!(
            base = directory.base,
            "a log-in name stands more than once in the directory"
        );
        people.clear();
    }
    let person = people.pop();
    // For a name that is not there the same is asked, so that the time says nothing.
    let dn = person.as_ref().map_or_else(
        || format!("cn={},{}", dn_escape(name), directory.base),
        |person| person.dn.clone(),
    );
    let bound = ldap.with_timeout(timeout).simple_bind(&dn, password).await?;
    match (bound.rc, person) {
        (0, Some(person)) => Ok(Some(DirectoryEntry {
            dn: person.dn,
            attributes: person.attrs.into_iter().collect(),
        })),
        (0, None) => Ok(None),
        (rc, _) if rc == INVALID_CREDENTIALS || NO_SUCH_NAME.contains(&rc) => Ok(None),
        // Locked, expired, unwilling: the person does not get in either, and only the log says why.
        (rc, _) => {
            tracing::info!(rc, text = bound.text, "the directory refuses a person");
            Ok(None)
        }
    }
}

fn directory_error(url: &Url, error: LdapError) -> RemoteError {
    let host = host_of(url);
    match error {
        LdapError::Timeout { .. } => RemoteError::Timeout { url: url.to_string() },
        LdapError::LdapResult { result } => RemoteError::Directory {
            host,
            cause: format!("code {} {}", result.rc, result.text),
        },
        LdapError::FilterParsing => RemoteError::Directory {
            host,
            cause: "the search filter cannot be read".into(),
        },
        LdapError::Rustls { source } => RemoteError::Tls {
            host,
            cause: source.to_string(),
        },
        LdapError::DNSName { source } => RemoteError::Tls {
            host,
            cause: source.to_string(),
        },
        LdapError::Io { source }
            if matches!(
                source.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            ) =>
        {
            RemoteError::Tls {
                host,
                cause: source.to_string(),
            }
        }
        other => RemoteError::Connect {
            host,
            cause: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_stays_text_in_a_filter() {
        let directory = Directory {
            name_attribute: "uid".into(),
            filter: "(objectClass=person)".into(),
            ..Directory::default()
        };
        for (name, filter) in [
            ("ada", "(&(uid=ada)(objectClass=person))"),
            ("*", "(&(uid=\\2a)(objectClass=person))"),
            (
                "a)(uid=*))(|(uid=*",
                "(&(uid=a\\29\\28uid=\\2a\\29\\29\\28|\\28uid=\\2a)(objectClass=person))",
            ),
            ("a\\\0", "(&(uid=a\\5c\\00)(objectClass=person))"),
        ] {
            assert_eq!(person_filter(&directory, name), filter);
        }
        let without = Directory {
            filter: String::new(),
            ..directory
        };
        assert_eq!(person_filter(&without, "ada"), "(uid=ada)");
    }

    #[test]
    fn a_condition_that_cannot_be_read_is_known_beforehand() {
        for (filter, good) in [
            ("", true),
            ("(objectClass=person)", true),
            ("objectClass=person", true),
            ("(&(a=b)(!(locked=true)))", true),
            ("(objectClass=person", false),
            ("person)", false),
        ] {
            assert_eq!(is_directory_filter(filter), good, "{filter}");
        }
    }

    #[test]
    fn only_addresses_of_directories_are_taken() {
        for (text, good) in [
            ("ldap://ldap.example.org", true),
            ("ldaps://10.0.0.1:3269", true),
            ("http://ldap.example.org", false),
            ("ldap:///dc=example", false),
            ("ldap://reader:secret@ldap.example.org", false),
            ("ldap.example.org", false),
            ("ldapi:///var/run/slapd", false),
        ] {
            assert_eq!(directory_url(text).is_ok(), good, "{text}");
        }
    }
}
