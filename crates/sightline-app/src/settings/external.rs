//! The settings of people that others vouch for: a reverse proxy's header, an OpenID Connect provider, a directory.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// A value that no screen and no log shows.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "***" })
    }
}

/// `[header_login]`: a reverse proxy has authenticated the user and says so in a header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeaderLoginSettings {
    /// Whether the header is looked at (`Plugin.CustomAuth_enable`).
    pub enabled: bool,
    /// Its name (`Plugin.CustomAuth_header`).
    pub header: String,
    /// Whether the name is that of a header, rather than of a server variable
    /// (`Plugin.CustomAuth_use_header_namespace`).
    pub use_namespace: bool,
    /// How server variables that hold headers begin (`Plugin.CustomAuth_header_namespace`).
    pub namespace: String,
    /// Whether there is no other way in (`Plugin.CustomAuth_required`).
    pub required: bool,
    /// Addresses or networks of the proxies that are believed; nobody is when there are none
    /// (`Plugin.CustomAuth_only_allow_source`).
    pub sources: Vec<String>,
    /// What people call it (`Plugin.CustomAuth_name`).
    pub name: String,
    /// Where its users change their password (`Plugin.CustomAuth_custom_password_reset`).
    pub password_url: String,
    /// Whether its users cannot log out here (`Plugin.CustomAuth_disable_logout`).
    pub disable_logout: bool,
    /// Where its users go after they have logged out (`Plugin.CustomAuth_custom_logout`).
    pub logout_url: String,
}

impl Default for HeaderLoginSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            header: "Authorization".into(),
            use_namespace: true,
            namespace: "HTTP_".into(),
            required: false,
            sources: Vec::new(),
            name: "External authentication".into(),
            password_url: String::new(),
            disable_logout: false,
            logout_url: String::new(),
        }
    }
}

/// `[oidc]`: log-in through an OpenID Connect provider; on when it has a URL and a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcSettings {
    /// Where `/.well-known/openid-configuration` is (`OidcAuth.provider_url`).
    pub provider_url: String,
    /// The issuer that tokens name; empty for the provider's URL (`OidcAuth.issuer`).
    pub issuer: String,
    /// This instance's name at the provider (`OidcAuth.client_id`).
    pub client_id: String,
    /// And its password (`OidcAuth.client_secret`).
    pub client_secret: Secret,
    /// How the secret is sent: 0 as the provider prefers, 1 in a header, 2 in the form
    /// (`OidcAuth.authentication_method`).
    pub authentication_method: u8,
    /// What is asked for (`OidcAuth.scopes`).
    pub scopes: Vec<String>,
    /// From a role there to a role here, by id or name (`OidcAuth.role_mapper`).
    pub role_mapper: BTreeMap<String, String>,
    /// The claim with the roles (`OidcAuth.roles_property`).
    pub roles_property: String,
    /// What stands between roles in one text (`OidcAuth.roles_delimiter`).
    pub roles_delimiter: String,
    /// Whether the role follows the claim at every log-in (`OidcAuth.update_user_role`).
    pub update_role: bool,
    /// Organisation, by id, uuid or name, of users without the claim (`OidcAuth.default_org`).
    pub default_org: String,
    /// The claim with the organisation's name (`OidcAuth.organisation_property`).
    pub organisation_property: String,
    /// The claim with its uuid (`OidcAuth.organisation_uuid_property`).
    pub organisation_uuid_property: String,
    /// Whether a disabled user who has a role again is enabled (`OidcAuth.unblock`).
    pub unblock: bool,
    /// Whether local passwords work besides (`OidcAuth.mixedAuth`).
    pub mixed: bool,
    /// What the button says (`OidcAuth.name`).
    pub name: String,
}

impl Default for OidcSettings {
    fn default() -> Self {
        Self {
            provider_url: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: Secret::default(),
            authentication_method: 0,
            scopes: vec!["profile".into(), "email".into()],
            role_mapper: BTreeMap::new(),
            roles_property: "roles".into(),
            roles_delimiter: ",".into(),
            update_role: true,
            default_org: String::new(),
            organisation_property: "organization".into(),
            organisation_uuid_property: "organization_uuid".into(),
            unblock: false,
            mixed: true,
            name: "single sign-on".into(),
        }
    }
}

impl OidcSettings {
    /// Whether there is a provider to go to.
    pub fn is_on(&self) -> bool {
        !self.provider_url.is_empty() && !self.client_id.is_empty()
    }
}

/// `[ldap]`: passwords are checked by a directory; on when it has an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LdapSettings {
    /// `ldap://…` or `ldaps://…` (`LdapAuth.ldapServer`).
    pub server: String,
    /// TLS on an `ldap://` connection (`LdapAuth.starttls`).
    pub starttls: bool,
    /// PEM file of the authorities to believe; the system's when there is none (`LdapAuth.ldapTlsCustomCaCert`).
    pub ca_file: PathBuf,
    /// The account that searches; empty for an anonymous search (`LdapAuth.ldapReaderUser`).
    pub reader: String,
    /// Its password (`LdapAuth.ldapReaderPassword`).
    pub reader_password: Secret,
    /// Where people are (`LdapAuth.ldapDn`).
    pub base: String,
    /// Which attribute people type (`LdapAuth.ldapSearchAttribute`).
    pub name_attribute: String,
    /// A further condition (`LdapAuth.ldapSearchFilter`).
    pub filter: String,
    /// Attributes with the e-mail address; the first that is there counts (`LdapAuth.ldapEmailField`).
    pub email_attributes: Vec<String>,
    /// The attribute with the groups (`LdapAuth.ldapGroupField`).
    pub group_attribute: String,
    /// From a group, by its name or distinguished name, to a role here (`LdapAuth.ldapRoleMapper`).
    pub role_mapper: BTreeMap<String, String>,
    /// Role, by id or name, of people in none of the groups; empty refuses them (`LdapAuth.ldapDefaultRoleId`).
    pub default_role: String,
    /// The attribute with the organisation's name (`LdapAuth.ldapOrgField`).
    pub org_attribute: String,
    /// Organisation, by id, uuid or name, of people without (`LdapAuth.ldapDefaultOrg`).
    pub default_org: String,
    /// Seconds to connect, and for each answer (`LdapAuth.ldapNetworkTimeout`).
    pub timeout: u32,
    /// Whether people who are not here yet are added (`LdapAuth.createUser`).
    pub create_users: bool,
    /// Whether role and organisation follow the directory at every log-in (`LdapAuth.updateUser`).
    pub update_users: bool,
    /// Whether local passwords work besides (`LdapAuth.mixedAuth`).
    pub mixed: bool,
}

impl Default for LdapSettings {
    fn default() -> Self {
        Self {
            server: String::new(),
            starttls: false,
            ca_file: PathBuf::new(),
            reader: String::new(),
            reader_password: Secret::default(),
            base: String::new(),
            name_attribute: "mail".into(),
            filter: String::new(),
            email_attributes: vec!["mail".into()],
            group_attribute: "memberOf".into(),
            role_mapper: BTreeMap::new(),
            default_role: String::new(),
            org_attribute: String::new(),
            default_org: String::new(),
            timeout: 5,
            create_users: true,
            update_users: true,
            mixed: true,
        }
    }
}

impl LdapSettings {
    /// Whether there is a directory to ask.
    pub fn is_on(&self) -> bool {
        !self.server.is_empty()
    }
}
