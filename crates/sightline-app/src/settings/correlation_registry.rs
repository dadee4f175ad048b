//! The settings of correlation.

use super::registry::{Definition, Kind, setting};

pub(super) const ALL: &[Definition] = &[
    setting(
        "MISP.completely_disable_correlation",
        "correlations.disabled",
        Kind::Flag,
        0,
        "Nothing correlates.",
    ),
    setting(
        "MISP.allow_disabling_correlation",
        "correlations.may_be_disabled",
        Kind::Flag,
        0,
        "Who may change an event may switch off its correlation and that of its attributes.",
    ),
    setting(
        "MISP.correlation_limit",
        "correlations.limit",
        Kind::Number(1, 10_000),
        0,
        "A value that is met in more attributes of other events than this is too common to correlate.",
    ),
    setting(
        "MISP.enable_advanced_correlations",
        "correlations.advanced",
        Kind::Flag,
        0,
        "Addresses correlate with the networks that hold them.",
    ),
    setting(
        "MISP.showCorrelationsOnIndex",
        "correlations.on_index",
        Kind::Flag,
        1,
        "The list of events says how many others each shares values with.",
    ),
];
