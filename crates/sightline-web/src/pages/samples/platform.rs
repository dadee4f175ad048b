//! Samples of the log, statistics and the REST client.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::logs::{AuditLogPage, EventHistoryPage, LogFilters, LogRow, LogTable};
use crate::pages::moment::{Count, Moment};
use crate::pages::rest_client::{AutomationPage, RestClientPage};
use crate::pages::settings::{SettingField, SettingRow, SettingsPage};
use crate::pages::statistics::{Bar, OrgStatistics, StatisticsPage};
use crate::pages::wording::Choice;

fn table() -> LogTable {
    let row = LogRow {
        at: Moment(1_763_970_000),
        who: "ada@example.org".into(),
        org: "Example CERT".into(),
        through: "API",
        action: "edit".into(),
        record: "Attribute 14".into(),
        title: HOSTILE.into(),
        url: "/events/view/7".into(),
        changes: vec![
            ("value".into(), "old.example".into(), HOSTILE.into()),
            ("to_ids".into(), String::new(), "true".into()),
        ],
        ip: "192.0.2.7".into(),
        key: "3".into(),
        agent: HOSTILE.into(),
    };
    let other = LogRow {
        who: String::new(),
        org: HOSTILE.into(),
        url: String::new(),
        changes: Vec::new(),
        ip: String::new(),
        key: String::new(),
        ..row.clone()
    };
    LogTable {
        rows: vec![row, other],
        traces: true,
    }
}

impl AuditLogPage {
    pub(crate) fn sample() -> Self {
        let url = ListUrl::new("/admin/audit_logs/index", &[("email", HOSTILE)]);
        Self {
            frame: frame("Audit log", Nav::Logs),
            scope: "everybody's".into(),
            filters: LogFilters {
                email: HOSTILE.into(),
                actions: Choice::list([("", "Any"), ("edit", "edit")], "edit"),
                models: Choice::list([("", "Any"), ("Event", "Event")], ""),
                event: "7".into(),
                from: "2026-01-01".into(),
                to: String::new(),
            },
            chips: vec![FilterChip::new(&url, "email", "User", HOSTILE)],
            pager: Pager {
                url,
                page: 2,
                per_page: 60,
                total: 300,
            },
            table: table(),
        }
    }
}

impl EventHistoryPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("History of event 7", Nav::Events),
            id: 7,
            info: HOSTILE.into(),
            older: Some(ListUrl::new("/audit_logs/eventIndex/7", &[("page", "2")])),
            table: LogTable {
                traces: false,
                ..table()
            },
        }
    }
}

impl StatisticsPage {
    pub(crate) fn sample() -> Self {
        let counts = || [(HOSTILE.to_owned(), 12_345), ("domain".to_owned(), 7)];
        Self {
            frame: frame("Statistics", Nav::Statistics),
            scope: "The whole instance".into(),
            facts: vec![("Events", Count(312)), ("Attributes", Count(12_352))],
            types: Bar::list(counts(), 10),
            categories: Bar::list([], 10),
            tags: Bar::list(counts(), 1),
            orgs: vec![OrgStatistics {
                id: 1,
                name: HOSTILE.into(),
                users: Count(7),
                events: Count(312),
                attributes: Count(12_352),
            }],
        }
    }
}

impl RestClientPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("REST client", Nav::RestClient),
        }
    }
}

impl AutomationPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Automation", Nav::RestClient),
            base_url: "https://threats.example.org".into(),
        }
    }
}

impl SettingsPage {
    pub(crate) fn sample() -> Self {
        let row = |name: &str, field, source: &str| SettingRow {
            name: name.into(),
            description: "What it does.".into(),
            shown: HOSTILE.into(),
            source: source.into(),
            field,
            resettable: source == "changed here",
        };
        let choices = Choice::list([("1", "yes"), ("0", HOSTILE)], "1");
        Self {
            frame: frame("Settings", Nav::Settings),
            refusal: HOSTILE.into(),
            groups: vec![(
                "MISP".into(),
                vec![
                    row("MISP.live", SettingField::Choice(choices), "changed here"),
                    row("MISP.maintenance_message", SettingField::Text(1000), ""),
                    row("MISP.max_correlations_per_event", SettingField::Number(1, 10), ""),
                    row("MISP.baseurl", SettingField::Fixed, "fixed"),
                ],
            )],
        }
    }
}
