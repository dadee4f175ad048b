//! Distribution, threat level and analysis: the three small scales of an event (spec 01 sections 2 and 3).

macro_rules! scale {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every level, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The number on the wire and in the database.
            pub const fn number(self) -> i64 {
                match self { $(Self::$variant => $number),+ }
            }

            /// The level of a number.
            pub const fn from_number(number: i64) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }

            /// The words a person reads.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

scale! {
    /// Who may receive a record.
    Distribution {
        /// Only the owner.
        OrganisationOnly = 0, "Your organisation only";
        /// Everybody on this instance.
        CommunityOnly = 1, "This community only";
        /// Also instances connected to this one.
        ConnectedCommunities = 2, "Connected communities";
        /// No limit.
        AllCommunities = 3, "All communities";
        /// The members of one sharing group.
        SharingGroup = 4, "Sharing group";
        /// As the event; not for events.
        Inherit = 5, "Inherit event";
    }
}

scale! {
    /// How bad.
    ThreatLevel {
        /// Sophisticated or mass malware, 0-day.
        High = 1, "High";
        /// Advanced persistent threat malware.
        Medium = 2, "Medium";
        /// Mass malware.
        Low = 3, "Low";
        /// Not judged.
        Undefined = 4, "Undefined";
    }
}

scale! {
    /// How far the analysis has come.
    Analysis {
        /// Just begun.
        Initial = 0, "Initial";
        /// Going on.
        Ongoing = 1, "Ongoing";
        /// Done.
        Completed = 2, "Completed";
    }
}
