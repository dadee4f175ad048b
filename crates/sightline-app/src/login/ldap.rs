//! People that a directory knows (`LdapAuth.*`).

use super::external::{Identity, Policy};
use crate::Platform;
use crate::settings::{LdapSettings, Settings};
use sightline_core::{AppError, AppResult};
use sightline_remote::{Directory, DirectoryEntry};
use std::collections::BTreeMap;
use std::time::Duration;

/// For everything that is asked of the directory at one log-in: how often its one timeout may pass.
const ANSWERS: u32 = 5;

/// What the administrator wants done with people of the directory.
pub(super) fn policy(settings: &Settings) -> Policy {
    let ldap = &settings.ldap;
    Policy {
        method: "ldap",
        create: ldap.create_users,
        update_role: ldap.update_users,
        update_org: ldap.update_users,
        unblock: false,
        header_users_stay_out: settings.header_login.enabled,
        default_org: ldap.default_org.clone(),
    }
}

fn directory(ldap: &LdapSettings) -> Directory {
    Directory {
        url: ldap.server.clone(),
        starttls: ldap.starttls,
        ca_file: (!ldap.ca_file.as_os_str().is_empty()).then(|| ldap.ca_file.clone()),
        reader: (!ldap.reader.is_empty()).then(|| (ldap.reader.clone(), ldap.reader_password.0.clone())),
        base: ldap.base.clone(),
        name_attribute: ldap.name_attribute.clone(),
        filter: ldap.filter.clone(),
        timeout: Duration::from_secs(u64::from(ldap.timeout)),
    }
}

/// Who a name and a password are in the directory; `None` when they do not fit. `Upstream` when the directory cannot
/// say: why is in the log, because strangers read the answer.
pub(super) async fn identity(platform: &Platform, name: &str, password: &str) -> AppResult<Option<Identity>> {
    let settings = platform.settings.current();
    let ldap = &settings.ldap;
    let mut wanted = ldap.email_attributes.clone();
    wanted.extend([ldap.group_attribute.clone(), ldap.org_attribute.clone()]);
    wanted.retain(|attribute| !attribute.is_empty());
    let directory = directory(ldap);
    let asking = platform
        .remote
        .directory_entry(&directory, name.trim(), password, &wanted);
    let away =
        || AppError::Upstream("The directory that checks passwords does not answer. Try again later.".into());
    match tokio::time::timeout(directory.timeout * ANSWERS, asking).await {
        Ok(Ok(found)) => Ok(found.map(|entry| described(ldap, &entry))),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the directory could not be asked");
            Err(away())
        }
        Err(_) => {
            tracing::warn!("the directory took too long");
            Err(away())
        }
    }
}

fn described(ldap: &LdapSettings, entry: &DirectoryEntry) -> Identity {
    let first = |attribute: &String| entry.values(attribute).first().map(|text| text.trim().to_owned());
    let mut roles = mapped(&ldap.role_mapper, entry.values(&ldap.group_attribute));
    if roles.is_empty() && !ldap.default_role.is_empty() {
        roles.push(ldap.default_role.clone());
    }
    Identity {
        sub: None,
        email: ldap.email_attributes.iter().find_map(first).unwrap_or_default(),
        email_proved: true,
        roles,
        org_name: first(&ldap.org_attribute).filter(|name| !name.is_empty()),
        org_uuid: None,
    }
}

/// The roles that groups stand for. A group is written as in the directory, or by the name that its entry begins with.
fn mapped(mapper: &BTreeMap<String, String>, groups: &[String]) -> Vec<String> {
    let plain = |dn: &str| {
        let parts = dn.split(',').map(str::trim);
        parts.collect::<Vec<_>>().join(",").to_lowercase()
    };
    let known: Vec<(String, String)> = groups
        .iter()
        .map(|group| {
            let dn = plain(group);
            let first = dn.split(',').next().unwrap_or_default();
            let name = first.split_once('=').map_or(first, |(_, name)| name).to_owned();
            (dn, name)
        })
        .collect();
    mapper
        .iter()
        .filter(|(group, _)| {
            let group = plain(group);
            known.iter().any(|(dn, name)| *dn == group || *name == group)
        })
        .map(|(_, role)| role.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::mapped;

    #[test]
    fn groups_are_known_by_name_or_by_their_whole_name() {
        let mapper = [("Analysts", "3"), ("cn=Chiefs,ou=Groups,dc=example", "2")]
            .map(|(group, role)| (group.to_owned(), role.to_owned()))
            .into();
        for (groups, roles) in [
            (vec!["cn=analysts,ou=groups,dc=example"], vec!["3"]),
            (vec!["CN=chiefs, OU=groups, DC=example"], vec!["2"]),
            (vec!["cn=chiefs,ou=elsewhere,dc=example"], vec![]),
            (vec!["analysts"], vec!["3"]),
            (vec!["cn=others,ou=analysts,dc=example"], vec![]),
        ] {
            let groups: Vec<String> = groups.into_iter().map(str::to_owned).collect();
            assert_eq!(mapped(&mapper, &groups), roles, "{groups:?}");
        }
    }
}
