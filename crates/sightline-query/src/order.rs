//! Paging and ordering of answers.

use crate::params::{Params, Request};
use serde_json::{Map, Value};
use sightline_core::{AppError, AppResult};

/// Which part of the answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Rows per page; `None` for all rows.
    pub limit: Option<u32>,
    /// The page, from 1; always 1 without a limit.
    pub page: u32,
}

impl Paging {
    /// Rows to pass over.
    pub fn offset(self) -> u64 {
        u64::from(self.limit.unwrap_or(0)) * u64::from(self.page.saturating_sub(1))
    }

    /// The page of a list that takes nothing else from `sightline-query`; the whole list unless asked.
    pub fn of_list(named: &[(String, String)], body: &Map<String, Value>) -> AppResult<Self> {
        let body = Value::Object(body.clone());
        Self::parse(&Params::harvest_index(
            &[],
            Request {
                named,
                body: Some(&body),
                ..Request::default()
            },
        )?)
    }

    pub(crate) fn parse(params: &Params) -> AppResult<Self> {
        Self::with_default(params, None)
    }

    /// The page, of `rows` rows when the caller gives no limit.
    pub(crate) fn with_default(params: &Params, rows: Option<u32>) -> AppResult<Self> {
        let limit = positive(params, "limit")?.or(rows);
        let page = positive(params, "page")?;
        Ok(Self {
            limit,
            page: limit.and(page).unwrap_or(1),
        })
    }
}

/// A whole number above 0; `None` when not given or 0. What no page can be is refused, not ignored: a lost limit is an
/// unlimited answer.
fn positive(params: &Params, name: &str) -> AppResult<Option<u32>> {
    let Some(text) = params.text(name)? else {
        return Ok(None);
    };
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    match whole.parse::<u64>() {
        Ok(number) => Ok(Some(u32::try_from(number).unwrap_or(u32::MAX)).filter(|number| *number > 0)),
        Err(_) if text.eq_ignore_ascii_case("null") => Ok(None),
        Err(_) => Err(AppError::BadRequest(format!(
            "Invalid value for `{name}`, must be a positive number."
        ))),
    }
}

/// One sort criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<C> {
    /// What to sort by.
    pub column: C,
    /// Largest first.
    pub descending: bool,
}

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $wire:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            fn parse(wire: &str) -> Option<Self> {
                match wire { $($wire => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

columns! {
    /// What events can be sorted by.
    EventColumn {
        /// `id`
        Id => "id",
        /// `info`
        Info => "info",
        /// `analysis`
        Analysis => "analysis",
        /// `threat_level_id`
        ThreatLevel => "threat_level_id",
        /// `distribution`
        Distribution => "distribution",
        /// `timestamp`
        Timestamp => "timestamp",
        /// `publish_timestamp`
        PublishTimestamp => "publish_timestamp",
        /// `date`
        Date => "date",
        /// `uuid`
        Uuid => "uuid",
        /// `published`
        Published => "published",
        /// `attribute_count`
        AttributeCount => "attribute_count",
        /// `orgc_id`
        Creator => "orgc_id",
        /// `org_id`
        Owner => "org_id",
        /// `user_id`
        User => "user_id",
        /// `sharing_group_id`
        SharingGroup => "sharing_group_id",
        /// `sighting_timestamp`
        SightingTimestamp => "sighting_timestamp",
    }
}

impl EventColumn {
    /// The columns that restSearch sorts by; the index sorts by all.
    const fn in_search(self) -> bool {
        matches!(
            self,
            Self::Id
                | Self::Info
                | Self::Analysis
                | Self::ThreatLevel
                | Self::Distribution
                | Self::Timestamp
                | Self::PublishTimestamp
        )
    }
}

columns! {
    /// What attributes can be sorted by.
    AttributeColumn {
        /// `id`
        Id => "id",
        /// `event_id`
        Event => "event_id",
        /// `object_id`
        Object => "object_id",
        /// `type`
        Type => "type",
        /// `category`
        Category => "category",
        /// `value`
        Value => "value",
        /// `distribution`
        Distribution => "distribution",
        /// `timestamp`
        Timestamp => "timestamp",
        /// `object_relation`
        ObjectRelation => "object_relation",
        /// `publish_timestamp` of the event
        EventPublishTimestamp => "Event.publish_timestamp",
    }
}

columns! {
    /// What proposals can be sorted by.
    ProposalColumn {
        /// `id`
        Id => "id",
        /// `event_id`
        Event => "event_id",
        /// `old_id`
        Attribute => "old_id",
        /// `org_id`
        Org => "org_id",
        /// `type`
        Type => "type",
        /// `category`
        Category => "category",
        /// `value`
        Value => "value",
        /// `timestamp`
        Timestamp => "timestamp",
    }
}

/// The order of an event search.
pub(crate) fn event_search(params: &Params) -> Vec<Order<EventColumn>> {
    orders(params.get("order"), |name| {
        EventColumn::parse(name.strip_prefix("Event.").unwrap_or(name)).filter(|column| column.in_search())
    })
}

/// The order of an attribute search.
pub(crate) fn attribute_search(params: &Params) -> Vec<Order<AttributeColumn>> {
    orders(params.get("order"), attribute_column)
}

/// The order of the event index.
pub(crate) fn event_index(params: &Params) -> AppResult<Vec<Order<EventColumn>>> {
    by_sort(params, |name| {
        EventColumn::parse(name.strip_prefix("Event.").unwrap_or(name))
    })
}

/// The order of the attribute index.
pub(crate) fn attribute_index(params: &Params) -> AppResult<Vec<Order<AttributeColumn>>> {
    by_sort(params, attribute_column)
}

/// The order of the index of proposals.
pub(crate) fn proposal_index(params: &Params) -> AppResult<Vec<Order<ProposalColumn>>> {
    by_sort(params, |name| {
        ProposalColumn::parse(name.strip_prefix("ShadowAttribute.").unwrap_or(name))
    })
}

fn attribute_column(name: &str) -> Option<AttributeColumn> {
    AttributeColumn::parse(name.strip_prefix("Attribute.").unwrap_or(name))
}

/// `sort` and `direction` of the indexes; an unknown column is no order.
fn by_sort<C>(params: &Params, column: impl Fn(&str) -> Option<C>) -> AppResult<Vec<Order<C>>> {
    let descending = params
        .text("direction")?
        .is_some_and(|direction| direction.eq_ignore_ascii_case("desc"));
    let column = params.text("sort")?.and_then(|name| column(&name));
    Ok(column
        .map(|column| Order { column, descending })
        .into_iter()
        .collect())
}

/// `field`, `field desc`, `Model.field asc`, a list of these or a text with commas; what is unknown is left out.
fn orders<C>(value: Option<&Value>, column: impl Fn(&str) -> Option<C>) -> Vec<Order<C>> {
    let texts: Vec<&str> = match value {
        Some(Value::String(text)) => text.split(',').collect(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let one = |text: &str| {
        let mut words = text.split_ascii_whitespace();
        let column = column(words.next()?)?;
        match words.next().map(str::to_ascii_lowercase).as_deref() {
            None | Some("asc") => Some(Order {
                column,
                descending: false,
            }),
            Some("desc") => Some(Order {
                column,
                descending: true,
            }),
            Some(_) => None,
        }
    };
    texts.into_iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{AttributeColumn, EventColumn, Order, Paging, orders};
    use crate::params::{Params, Request};
    use crate::scope::Scope;
    use serde_json::{Value, json};
    use sightline_core::AppResult;

    fn paging(body: &Value) -> AppResult<Paging> {
        Paging::parse(&Params::harvest(
            Scope::Event,
            Request {
                body: Some(body),
                ..Request::default()
            },
        )?)
    }

    #[test]
    fn pages() {
        for (body, limit, page, offset) in [
            (json!({"limit": 10, "page": 3}), Some(10), 3, 20),
            (json!({"limit": "10", "page": "2"}), Some(10), 2, 10),
            (json!({"limit": 10.0}), Some(10), 1, 0),
            (json!({"limit": 10, "page": 0}), Some(10), 1, 0),
            (json!({"page": 7}), None, 1, 0),
            (json!({"limit": 0, "page": 7}), None, 1, 0),
            (json!({"limit": false, "page": ""}), None, 1, 0),
            (
                json!({"limit": 99_999_999_999_u64, "page": 2}),
                Some(u32::MAX),
                2,
                u64::from(u32::MAX),
            ),
        ] {
            let paging = paging(&body).expect("accepted");
            assert_eq!(
                (paging.limit, paging.page, paging.offset()),
                (limit, page, offset),
                "{body}"
            );
        }
    }

    #[test]
    fn a_limit_that_is_no_number_is_refused() {
        for body in [
            json!({"limit": "ten"}),
            json!({"limit": -1}),
            json!({"limit": 5, "page": 1.5}),
        ] {
            let error = paging(&body).expect_err("refused").to_string();
            assert!(error.ends_with("must be a positive number."), "{body}: {error}");
        }
    }

    #[test]
    fn order_forms() {
        let parse = |value| orders(Some(&value), super::attribute_column);
        let order = |column, descending| Order { column, descending };
        assert_eq!(
            parse(json!("timestamp")),
            [order(AttributeColumn::Timestamp, false)]
        );
        assert_eq!(
            parse(json!("Attribute.type DESC")),
            [order(AttributeColumn::Type, true)]
        );
        assert_eq!(
            parse(json!("event_id asc, Event.publish_timestamp desc")),
            [
                order(AttributeColumn::Event, false),
                order(AttributeColumn::EventPublishTimestamp, true)
            ]
        );
        assert_eq!(
            parse(json!(["value desc", "nonsense", "id sideways"])),
            [order(AttributeColumn::Value, true)]
        );
        assert_eq!(parse(json!({"id": "desc"})), []);
    }

    #[test]
    fn an_event_search_sorts_by_fewer_columns_than_the_index() {
        let body = json!({"order": ["date desc", "Event.info"], "sort": "date"});
        let params = Params::harvest(
            Scope::Event,
            Request {
                body: Some(&body),
                ..Request::default()
            },
        );
        assert_eq!(
            super::event_search(&params.expect("accepted")),
            [Order {
                column: EventColumn::Info,
                descending: false
            }]
        );
    }
}
