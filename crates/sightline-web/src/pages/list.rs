//! What lists have in common: addresses with changed parameters, pages, sorted columns, chips of active filters.

use super::moment::Count;

/// The address of a list: a path and its parameters in order.
#[derive(Clone, Debug, Default)]
pub struct ListUrl {
    /// For example `/events/index`.
    pub path: String,
    /// Parameters with a value.
    pub params: Vec<(String, String)>,
}

impl ListUrl {
    /// A list's address; parameters without a value are left out.
    pub fn new(path: &str, params: &[(&str, &str)]) -> Self {
        let params = params.iter().filter(|(_, value)| !value.is_empty());
        Self {
            path: path.into(),
            params: params.map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        }
    }

    /// The address with `name` set to `value` (in place of its old value), or taken away when `value` is empty.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut params: Vec<_> = self
            .params
            .iter()
            .filter(|(key, _)| key != name)
            .cloned()
            .collect();
        if !value.is_empty() {
            params.push((name.into(), value.into()));
        }
        Self {
            path: self.path.clone(),
            params,
        }
    }

    /// The value of a parameter, empty when absent.
    pub fn get(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }
}

impl std::fmt::Display for ListUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        if !self.params.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&self.params)
                .finish();
            write!(f, "?{query}")?;
        }
        Ok(())
    }
}

/// Which rows of how many, and the way to the others.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// The list's address.
    pub url: ListUrl,
    /// This page, from 1.
    pub page: u64,
    /// Rows per page.
    pub per_page: u64,
    /// Rows in all, with the filters.
    pub total: u64,
}

impl Pager {
    /// The pager of a list that counts in the database's numbers.
    pub fn of(url: ListUrl, page: u32, per_page: u32, total: i64) -> Self {
        Self {
            url,
            page: u64::from(page),
            per_page: u64::from(per_page),
            total: u64::try_from(total).unwrap_or(0),
        }
    }

    pub(crate) fn count(&self) -> Count {
        Count(self.total)
    }

    pub(crate) fn first(&self) -> Count {
        Count(if self.total == 0 {
            0
        } else {
            self.page.saturating_sub(1) * self.per_page + 1
        })
    }

    pub(crate) fn last(&self) -> Count {
        Count((self.page * self.per_page).min(self.total))
    }

    pub(crate) fn pages(&self) -> u64 {
        self.total.div_ceil(self.per_page.max(1)).max(1)
    }

    pub(crate) fn to(&self, page: u64) -> ListUrl {
        self.url.with(
            "page",
            &if page <= 1 {
                String::new()
            } else {
                page.to_string()
            },
        )
    }

    pub(crate) fn previous(&self) -> Option<ListUrl> {
        (self.page > 1).then(|| self.to(self.page - 1))
    }

    pub(crate) fn next(&self) -> Option<ListUrl> {
        (self.page < self.pages()).then(|| self.to(self.page + 1))
    }

    /// The pages to offer: first, last and two around this one; `None` is a gap.
    pub(crate) fn offered(&self) -> Vec<Option<u64>> {
        let mut offered = Vec::new();
        let mut previous = 0;
        for page in (1..=self.pages())
            .filter(|page| *page == 1 || *page == self.pages() || page.abs_diff(self.page) <= 2)
        {
            if page > previous + 1 {
                offered.push(None);
            }
            offered.push(Some(page));
            previous = page;
        }
        offered
    }
}

/// A column that sorts the list.
#[derive(Clone, Debug, Default)]
pub struct SortColumn {
    /// The column's heading.
    pub label: String,
    /// Where a click leads.
    pub url: ListUrl,
    /// `ascending`, `descending` or empty when the list is not sorted by it.
    pub direction: &'static str,
    /// Right aligned.
    pub numeric: bool,
}

impl SortColumn {
    /// A column named `field` of the list at `url`, which keeps its order in the parameters `sort` and `direction`.
    pub fn new(url: &ListUrl, field: &str, label: &str, numeric: bool) -> Self {
        let active = url.get("sort") == field;
        let descending = active && url.get("direction") == "desc";
        // Numbers and times are wanted largest first; text from A.
        let next = match (active, descending, numeric) {
            (true, true, _) => "asc",
            (true, false, _) | (false, _, true) => "desc",
            (false, _, false) => "asc",
        };
        let direction = match (active, descending) {
            (false, _) => "",
            (true, true) => "descending",
            (true, false) => "ascending",
        };
        let url = url.with("page", "").with("sort", field).with("direction", next);
        Self {
            label: label.into(),
            url,
            direction,
            numeric,
        }
    }
}

/// One active filter, with the address that goes without it.
#[derive(Clone, Debug, Default)]
pub struct FilterChip {
    /// For example `Published`.
    pub name: String,
    /// For example `yes`.
    pub value: String,
    /// The list without this filter.
    pub without: ListUrl,
}

impl FilterChip {
    /// A chip for the parameter `param` of `url`, shown as `name: value`.
    pub fn new(url: &ListUrl, param: &str, name: &str, value: &str) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            without: url.with("page", "").with(param, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pager(page: u64, total: u64) -> Pager {
        Pager {
            url: ListUrl::new("/events/index", &[("org", "A & B")]),
            page,
            per_page: 60,
            total,
        }
    }

    #[test]
    fn addresses_are_encoded_and_changed_in_place() {
        let url = ListUrl::new("/events/index", &[("org", "A & B"), ("tag", "")]);
        assert_eq!(url.to_string(), "/events/index?org=A+%26+B");
        assert_eq!(
            url.with("page", "2").with("org", "").to_string(),
            "/events/index?page=2"
        );
    }

    #[test]
    fn pagers_count_from_one_and_stop_at_the_total() {
        let last = pager(206, 12_345);
        assert_eq!(
            (last.first().0, last.last().0, last.pages()),
            (12_301, 12_345, 206)
        );
        assert!(last.next().is_none());
        assert_eq!(
            last.previous().unwrap().to_string(),
            "/events/index?org=A+%26+B&page=205"
        );
        assert_eq!(
            pager(5, 12_345).offered(),
            [
                Some(1),
                None,
                Some(3),
                Some(4),
                Some(5),
                Some(6),
                Some(7),
                None,
                Some(206)
            ]
        );
        let empty = pager(1, 0);
        assert_eq!(
            (empty.first().0, empty.last().0, empty.offered()),
            (0, 0, vec![Some(1)])
        );
    }

    #[test]
    fn sorting_again_turns_the_order() {
        let url = ListUrl::new(
            "/events/index",
            &[("sort", "date"), ("direction", "desc"), ("page", "4")],
        );
        let date = SortColumn::new(&url, "date", "Date", true);
        assert_eq!(date.direction, "descending");
        assert_eq!(date.url.to_string(), "/events/index?sort=date&direction=asc");
        assert_eq!(
            SortColumn::new(&url, "info", "Info", false).url.get("direction"),
            "asc"
        );
    }
}
