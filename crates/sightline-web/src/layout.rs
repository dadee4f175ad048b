//! The frame around every page: what the top bar, the navigation and the messages need to know.

use crate::assets::asset_url;

/// Everything that `layout.html` needs, the same for every page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The page's title, without the instance's name.
    pub title: String,
    /// The instance's name.
    pub instance: String,
    /// The program's version.
    pub version: String,
    /// The nonce of this answer's content security policy.
    pub csp_nonce: String,
    /// The session's anti-forgery token: hidden field `_csrf` of every form, header `X-CSRF-Token` of every htmx request.
    pub csrf_token: String,
    /// From the cookie `theme`.
    pub theme: Theme,
    /// The navigation entry that this page belongs to.
    pub nav: Nav,
    /// Who looks at it; `None` before log-in.
    pub user: Option<UserBadge>,
    /// Messages of the action that led here.
    pub flashes: Vec<Flash>,
    /// What waits for this person.
    pub notifications: u64,
    /// What is in the search box.
    pub search: String,
}

impl Frame {
    pub(crate) fn script_url(&self) -> String {
        asset_url("app.js")
    }

    pub(crate) fn style_url(&self) -> String {
        asset_url("app.css")
    }

    pub(crate) fn icon_url(&self) -> String {
        asset_url("favicon.svg")
    }

    pub(crate) fn links(&self) -> Vec<NavLink> {
        self.user
            .as_ref()
            .map(|user| links(user, self.nav))
            .unwrap_or_default()
    }
}

/// The person in the top bar and the rights that shape the navigation.
#[derive(Clone, Debug, Default)]
pub struct UserBadge {
    /// E-mail address.
    pub email: String,
    /// Name of the organisation.
    pub org: String,
    /// Name of the role.
    pub role: String,
    /// `perm_site_admin`.
    pub is_site_admin: bool,
    /// `perm_admin`: administers the own organisation.
    pub is_org_admin: bool,
    /// `perm_add`: may create events.
    pub can_add: bool,
    /// May see the feeds' page.
    pub sees_feeds: bool,
    /// `perm_audit`: reads the audit log.
    pub can_audit: bool,
    /// `perm_auth`: may use the API.
    pub can_use_api: bool,
    /// May see the blocklist of events.
    pub sees_blocklists: bool,
    /// Delegation is switched on.
    pub delegates: bool,
    /// Discussions are switched on.
    pub discusses: bool,
    /// Offers that wait for the own organisation.
    pub waiting: u64,
    /// May list organisations.
    pub sees_organisations: bool,
}

/// Entries of the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nav {
    /// None of them.
    #[default]
    None,
    /// Event index and event pages.
    Events,
    /// The form for a new event.
    AddEvent,
    /// Attributes of all events.
    Attributes,
    /// Collections.
    Collections,
    /// Tags.
    Tags,
    /// Tag collections.
    TagCollections,
    /// Taxonomies.
    Taxonomies,
    /// Proposals for all events.
    Proposals,
    /// Offers to hand an event over.
    Delegations,
    /// Notes, opinions and relationships.
    AnalystData,
    /// Discussions.
    Discussions,
    /// Event reports.
    Reports,
    /// Exports.
    Exports,
    /// Feeds.
    Feeds,
    /// Blocklists.
    Blocklists,
    /// What correlates, for site administrators.
    Correlations,
    /// Background jobs.
    Jobs,
    /// Organisations.
    Organisations,
    /// Sharing groups.
    SharingGroups,
    /// Users.
    Users,
    /// Roles.
    Roles,
    /// Server settings.
    Settings,
    /// The audit log.
    Logs,
    /// Statistics.
    Statistics,
    /// The REST client.
    RestClient,
    /// Bookmarks.
    Bookmarks,
    /// News.
    News,
    /// The own profile.
    Profile,
    /// What the visitor has set for itself.
    UserSettings,
}

pub(crate) struct NavLink {
    pub(crate) label: &'static str,
    pub(crate) href: &'static str,
    pub(crate) key: &'static str,
    pub(crate) waiting: u64,
    pub(crate) active: bool,
    pub(crate) starts_group: bool,
}

fn links(user: &UserBadge, active: Nav) -> Vec<NavLink> {
    let link = |(nav, shown, label, href, key, starts_group): Entry| {
        let link = NavLink {
            label,
            href,
            key,
            waiting: if nav == Nav::Delegations { user.waiting } else { 0 },
            active: nav == active,
            starts_group,
        };
        shown.then_some(link)
    };
    let entries = data(user)
        .into_iter()
        .chain(intake(user))
        .chain(administration(user))
        .chain(own());
    entries.filter_map(link).collect()
}

/// Where it leads, whether it is shown, its label, its address, its keys, and whether it begins a group.
type Entry = (Nav, bool, &'static str, &'static str, &'static str, bool);

fn data(user: &UserBadge) -> Vec<Entry> {
    vec![
        (Nav::Events, true, "Events", "/events/index", "g e", false),
        (
            Nav::AddEvent,
            user.can_add,
            "Add event",
            "/events/add",
            "g n",
            false,
        ),
        (
            Nav::Attributes,
            true,
            "Attributes",
            "/attributes/index",
            "g a",
            false,
        ),
        (
            Nav::Collections,
            true,
            "Collections",
            "/collections/index",
            "g c",
            false,
        ),
        (Nav::Tags, true, "Tags", "/tags/index", "g h", false),
        (
            Nav::TagCollections,
            true,
            "Tag collections",
            "/tag_collections/index",
            "",
            false,
        ),
        (
            Nav::Taxonomies,
            true,
            "Taxonomies",
            "/taxonomies/index",
            "g m",
            false,
        ),
        (
            Nav::Proposals,
            true,
            "Proposals",
            "/shadow_attributes/index",
            "g r",
            false,
        ),
        (
            Nav::Delegations,
            user.delegates,
            "Delegation",
            "/event_delegations/index",
            "g d",
            false,
        ),
        (
            Nav::AnalystData,
            true,
            "Analyst data",
            "/analyst_data/index",
            "g y",
            false,
        ),
        (
            Nav::Discussions,
            user.discusses,
            "Discussions",
            "/threads/index",
            "",
            false,
        ),
        (
            Nav::Reports,
            true,
            "Reports",
            "/event_reports/index",
            "g v",
            false,
        ),
        (Nav::Exports, true, "Export", "/exports", "g w", false),
    ]
}

fn intake(user: &UserBadge) -> Vec<Entry> {
    let admin = user.is_site_admin || user.is_org_admin;
    vec![
        (
            Nav::Feeds,
            user.sees_feeds || user.is_site_admin,
            "Feeds",
            "/feeds/index",
            "g f",
            true,
        ),
        (
            Nav::Blocklists,
            user.sees_blocklists,
            "Blocklists",
            "/event_blocklists/index",
            "",
            false,
        ),
        (Nav::Jobs, admin, "Jobs", "/jobs/index", "g j", false),
    ]
}

fn administration(user: &UserBadge) -> Vec<Entry> {
    let admin = user.is_site_admin || user.is_org_admin;
    vec![
        (
            Nav::Organisations,
            user.sees_organisations,
            "Organisations",
            "/organisations/index",
            "g o",
            true,
        ),
        (
            Nav::SharingGroups,
            true,
            "Sharing groups",
            "/sharing_groups/index",
            "g s",
            !user.sees_organisations,
        ),
        (Nav::Users, admin, "Users", "/admin/users/index", "", false),
        (Nav::Roles, true, "Roles", "/roles/index", "", false),
        (
            Nav::Logs,
            user.can_audit || user.is_site_admin,
            "Audit log",
            "/admin/audit_logs/index",
            "g l",
            true,
        ),
        (
            Nav::Correlations,
            user.is_site_admin,
            "Correlation",
            "/correlations/top",
            "",
            false,
        ),
        (
            Nav::Settings,
            user.is_site_admin,
            "Settings",
            "/servers/serverSettings",
            "",
            false,
        ),
        (
            Nav::Statistics,
            true,
            "Statistics",
            "/users/statistics",
            "g t",
            false,
        ),
        (
            Nav::RestClient,
            user.can_use_api || user.is_site_admin,
            "REST client",
            "/api/rest",
            "g x",
            false,
        ),
    ]
}

fn own() -> Vec<Entry> {
    vec![
        (Nav::News, true, "News", "/news/index", "", true),
        (
            Nav::Bookmarks,
            true,
            "Bookmarks",
            "/bookmarks/index",
            "g b",
            false,
        ),
        (Nav::Profile, true, "My profile", "/users/profile", "g p", false),
        (
            Nav::UserSettings,
            true,
            "My settings",
            "/user_settings/index",
            "g ,",
            false,
        ),
    ]
}

/// A message on top of the page.
#[derive(Clone, Debug)]
pub struct Flash {
    /// How it looks and is announced.
    pub kind: FlashKind,
    /// What happened.
    pub text: String,
}

/// Kinds of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashKind {
    /// It worked.
    Success,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// It did not work.
    Error,
}

impl FlashKind {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Success => "ok",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub(crate) fn role(self) -> &'static str {
        if matches!(self, Self::Error) {
            "alert"
        } else {
            "status"
        }
    }
}

/// Light, dark, or what the system prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The system's preference.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The value of the cookie `theme`; anything unknown is the system's preference.
    pub fn from_cookie(value: Option<&str>) -> Self {
        match value {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(user: &UserBadge) -> Vec<&'static str> {
        links(user, Nav::Events).iter().map(|link| link.label).collect()
    }

    #[test]
    fn navigation_follows_the_rights() {
        let reader = labels(&UserBadge::default());
        assert_eq!(
            reader,
            [
                "Events",
                "Attributes",
                "Collections",
                "Tags",
                "Tag collections",
                "Taxonomies",
                "Proposals",
                "Analyst data",
                "Reports",
                "Export",
                "Sharing groups",
                "Roles",
                "Statistics",
                "News",
                "Bookmarks",
                "My profile",
                "My settings",
            ]
        );
        let admin = labels(&UserBadge {
            is_site_admin: true,
            can_add: true,
            ..UserBadge::default()
        });
        for label in [
            "Add event",
            "Feeds",
            "Jobs",
            "Users",
            "Audit log",
            "Settings",
            "REST client",
        ] {
            assert!(admin.contains(&label), "{label}");
        }
    }

    #[test]
    fn only_the_known_themes_are_taken_from_the_cookie() {
        assert_eq!(Theme::from_cookie(Some("dark")), Theme::Dark);
        assert_eq!(Theme::from_cookie(Some("\"><script>")), Theme::System);
        assert_eq!(Theme::from_cookie(None), Theme::System);
    }
}
