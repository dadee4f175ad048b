//! The words for the fixed scales of the data: threat level, analysis, distribution.

/// How bad the creator says it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threat {
    /// Sophisticated, targeted.
    High,
    /// Targeted with known means.
    Medium,
    /// Mass malware.
    Low,
    /// Not said.
    #[default]
    Undefined,
}

impl Threat {
    /// From `threat_level_id`: 1 high, 2 medium, 3 low, else undefined.
    pub fn from_id(id: i64) -> Self {
        match id {
            1 => Self::High,
            2 => Self::Medium,
            3 => Self::Low,
            _ => Self::Undefined,
        }
    }

    /// The word.
    pub fn label(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
            Self::Undefined => "Undefined",
        }
    }

    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Undefined => "undefined",
        }
    }
}

/// The word for `analysis`: 0 initial, 1 ongoing, 2 completed.
pub fn analysis_label(analysis: i64) -> &'static str {
    match analysis {
        0 => "Initial",
        1 => "Ongoing",
        _ => "Completed",
    }
}

/// Who can see something, in short and as a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// The distribution's number, 0 to 5.
    pub level: i64,
    /// For a table cell: "This community".
    pub short: String,
    /// For a person: "Everyone on this instance. It is not passed on to others."
    pub sentence: String,
}

impl Audience {
    /// From a distribution, the organisation that owns the copy here, and the sharing group's name for level 4.
    pub fn of(level: i64, owner_org: &str, sharing_group: Option<&str>) -> Self {
        let group = sharing_group.unwrap_or("unknown group");
        let (short, sentence) = match level {
            0 => (
                "Own organisation".into(),
                format!("Only people of {owner_org} on this instance."),
            ),
            1 => (
                "This community".into(),
                "Everyone on this instance. It is not passed on to others.".into(),
            ),
            2 => (
                "Connected communities".into(),
                "Everyone on this instance and on the instances it pushes to; those do not pass it on."
                    .into(),
            ),
            3 => (
                "All communities".into(),
                "Everyone, here and on every instance that it reaches by being passed on.".into(),
            ),
            4 => (
                format!("Group: {group}"),
                format!("Members of the sharing group {group}, here and on their instances."),
            ),
            _ => ("Inherit".into(), "Whoever can see the event.".into()),
        };
        Self {
            level,
            short,
            sentence,
        }
    }
}

/// One entry of a select.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Chosen now.
    pub selected: bool,
}

impl Choice {
    /// Choices from `(value, label)` pairs, the one equal to `current` selected.
    pub fn list<V: ToString, L: ToString>(
        pairs: impl IntoIterator<Item = (V, L)>,
        current: &str,
    ) -> Vec<Self> {
        pairs
            .into_iter()
            .map(|(value, label)| {
                let value = value.to_string();
                Self {
                    selected: value == current,
                    label: label.to_string(),
                    value,
                }
            })
            .collect()
    }

    /// The four threat levels.
    pub fn threat_levels(current: &str) -> Vec<Self> {
        Self::list((1..=4).map(|id| (id, Threat::from_id(id).label())), current)
    }

    /// The three states of analysis.
    pub fn analyses(current: &str) -> Vec<Self> {
        Self::list((0..=2).map(|id| (id, analysis_label(id))), current)
    }

    /// The distributions of an event, with sharing groups where there are any, and of its parts (5, inherit).
    pub fn distributions(current: &str, with_groups: bool, with_inherit: bool) -> Vec<Self> {
        let mut pairs = vec![
            (5, "Inherit from the event"),
            (0, "Your organisation only"),
            (1, "This community only"),
            (2, "Connected communities"),
            (3, "All communities"),
            (4, "Sharing group"),
        ];
        pairs.retain(|(level, _)| match level {
            4 => with_groups,
            5 => with_inherit,
            _ => true,
        });
        Self::list(pairs, current)
    }
}
