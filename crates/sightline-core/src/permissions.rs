//! The permission flags of a role (spec 05 section 3.1) as a small set.

macro_rules! permissions {
    ($($(#[$doc:meta])* $variant:ident => $name:literal),+ $(,)?) => {
        /// One right that a role may hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission { $($(#[$doc])* $variant),+ }

        impl Permission {
            /// Every permission, in the order of the reference's role columns.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The flag's name on the wire, for example `perm_add`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            const fn bit(self) -> u64 {
                let mut bit = 1;
                $(if matches!(self, Self::$variant) { return bit; } bit <<= 1;)+
                bit
            }
        }
    };
}

permissions! {
    /// Create events, attributes, objects, references.
    Add => "perm_add",
    /// Modify one's own events.
    Modify => "perm_modify",
    /// Modify any event created by one's organisation.
    ModifyOrg => "perm_modify_org",
    /// Publish events of one's organisation.
    Publish => "perm_publish",
    /// Ask another organisation to take over an event.
    Delegate => "perm_delegate",
    /// Synchronise: keep foreign creators, see deleted data.
    Sync => "perm_sync",
    /// Administer one's own organisation.
    Admin => "perm_admin",
    /// Read logs.
    Audit => "perm_audit",
    /// Use the API.
    Auth => "perm_auth",
    /// Everything, ignoring distribution.
    SiteAdmin => "perm_site_admin",
    /// Import regexes and allow-lists.
    RegexpAccess => "perm_regexp_access",
    /// Attach and detach tags.
    Tagger => "perm_tagger",
    /// Event templates.
    Template => "perm_template",
    /// Create and modify sharing groups.
    SharingGroup => "perm_sharing_group",
    /// Create tags.
    TagEditor => "perm_tag_editor",
    /// Add sightings.
    Sighting => "perm_sighting",
    /// Object templates.
    ObjectTemplate => "perm_object_template",
    /// Push to ZeroMQ.
    PublishZmq => "perm_publish_zmq",
    /// Push to Kafka.
    PublishKafka => "perm_publish_kafka",
    /// Decaying models.
    Decaying => "perm_decaying",
    /// Custom galaxy clusters.
    GalaxyEditor => "perm_galaxy_editor",
    /// Warninglists.
    Warninglist => "perm_warninglist",
    /// See feed correlations.
    ViewFeedCorrelations => "perm_view_feed_correlations",
    /// Notes, opinions, relationships.
    AnalystData => "perm_analyst_data",
    /// Exempt from mandatory one-time passwords.
    SkipOtp => "perm_skip_otp",
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u64);

impl Permissions {
    /// No permission at all.
    pub const NONE: Self = Self(0);

    /// The set of the given permissions.
    pub fn of(permissions: &[Permission]) -> Self {
        permissions.iter().fold(Self::NONE, |set, p| set.with(*p))
    }

    /// The set that the database keeps as a number.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits.cast_unsigned())
    }

    /// As a number for the database.
    pub const fn bits(self) -> i64 {
        self.0.cast_signed()
    }

    /// This set and `permission`.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// This set with `permission` added or removed.
    #[must_use]
    pub const fn set(self, permission: Permission, held: bool) -> Self {
        if held {
            self.with(permission)
        } else {
            Self(self.0 & !permission.bit())
        }
    }

    /// Whether the set holds `permission`.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// The permissions that both sets hold.
    #[must_use]
    pub const fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
