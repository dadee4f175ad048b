//! `/attributes/index`: live attributes in pages.

use crate::filter::Filter;
use crate::order::{AttributeColumn, Order, Paging, attribute_index};
use crate::params::{Params, Request};
use crate::predicate::AttributePredicate as A;
use crate::search::value;
use sightline_core::AppResult;
use sightline_core::limits::{PAGE_ROWS, PAGE_ROWS_MAX};

/// A page of attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeIndex {
    /// Which attributes.
    pub filter: Filter<A>,
    /// The page; always limited.
    pub paging: Paging,
    /// How it is sorted.
    pub order: Vec<Order<AttributeColumn>>,
}

impl AttributeIndex {
    /// Parses a request for the index.
    pub fn parse(request: Request<'_>) -> AppResult<Self> {
        let params = Params::harvest_index(&["value", "sort", "direction"], request)?;
        let mut paging = Paging::with_default(&params, Some(PAGE_ROWS))?;
        paging.limit = paging.limit.map(|rows| rows.min(PAGE_ROWS_MAX));
        let mut order = attribute_index(&params)?;
        if order.is_empty() {
            order.push(Order {
                column: AttributeColumn::Event,
                descending: true,
            });
        }
        Ok(Self {
            filter: Filter::all([Filter::Is(A::Deleted(false)), params.filter("value", value)?]),
            paging,
            order,
        })
    }
}
