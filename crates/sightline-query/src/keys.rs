//! References to rows the way callers write them: an id, a uuid or a name in the same list.

use crate::filter::Filter;
use crate::terms::Term;
use uuid::Uuid;

/// Rows meant by id, by uuid or by name: any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Row ids.
    pub ids: Vec<i64>,
    /// Uuids.
    pub uuids: Vec<Uuid>,
    /// Names; empty where rows have none.
    pub names: Vec<Term>,
}

impl Keys {
    /// Sorts terms by what they look like.
    pub(crate) fn parse(terms: &[Term]) -> Self {
        let mut keys = Self::default();
        for term in terms {
            if let Some(id) = id(&term.text) {
                keys.ids.push(id);
            } else if let Ok(uuid) = term.text.parse() {
                keys.uuids.push(uuid);
            } else {
                keys.names.push(term.clone());
            }
        }
        keys
    }

    /// Ids and uuids; a name is nobody's.
    pub(crate) fn nameless(terms: &[Term]) -> Self {
        Self {
            names: Vec::new(),
            ..Self::parse(terms)
        }
    }

    /// Uuids only.
    pub(crate) fn uuids(terms: &[Term]) -> Self {
        Self {
            uuids: Self::parse(terms).uuids,
            ..Self::default()
        }
    }

    /// Tags: ids and names, which are patterns wherever a `%` stands. An underscore alone is literal, as it is in
    /// most tags that have one.
    pub(crate) fn tags(terms: &[Term]) -> Self {
        let mut keys = Self::default();
        for term in terms {
            match id(&term.text) {
                Some(id) => keys.ids.push(id),
                None if term.text.contains('%') && !term.wildcard => {
                    keys.names.push(Term::pattern(&term.text));
                }
                None => keys.names.push(term.clone()),
            }
        }
        keys
    }

    /// Whether no row is meant.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.uuids.is_empty() && self.names.is_empty()
    }

    /// The predicate that `wrap` makes of these keys; nothing when they mean no row.
    pub(crate) fn filter<P>(self, wrap: impl FnOnce(Self) -> P) -> Filter<P> {
        if self.is_empty() {
            Filter::nothing()
        } else {
            Filter::Is(wrap(self))
        }
    }
}

/// The terms that are whole numbers, made a predicate by `wrap`; nothing when none is.
pub(crate) fn numbers<P>(terms: &[Term], wrap: impl FnOnce(Vec<i64>) -> P) -> Filter<P> {
    let numbers: Vec<i64> = terms.iter().filter_map(|term| id(&term.text)).collect();
    if numbers.is_empty() {
        Filter::nothing()
    } else {
        Filter::Is(wrap(numbers))
    }
}

/// Digits only: `+1` or `-1` is nobody's id.
fn id(text: &str) -> Option<i64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::terms::Term;

    const UUID: &str = "5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e5f";

    #[test]
    fn terms_are_sorted_by_their_looks() {
        let terms = [
            Term::exact("12"),
            Term::exact(UUID),
            Term::exact("ACME"),
            Term::exact("-3"),
        ];
        let keys = Keys::parse(&terms);
        assert_eq!((keys.ids, keys.uuids.len()), (vec![12], 1));
        assert_eq!(keys.names, [Term::exact("ACME"), Term::exact("-3")]);
        assert!(Keys::nameless(&[Term::exact("ACME")]).is_empty());
        assert!(Keys::uuids(&[Term::exact("12")]).is_empty());
    }

    #[test]
    fn an_id_too_large_for_a_row_is_a_name() {
        assert_eq!(
            Keys::parse(&[Term::exact("99999999999999999999")]).ids,
            Vec::<i64>::new()
        );
    }

    #[test]
    fn tags_are_patterns_wherever_a_percent_sign_stands() {
        let keys = Keys::tags(&[Term::exact("tlp:%:x"), Term::exact("my_tag"), Term::exact(UUID)]);
        assert_eq!(
            keys.names.iter().map(|name| name.wildcard).collect::<Vec<_>>(),
            [true, false, false]
        );
    }
}
