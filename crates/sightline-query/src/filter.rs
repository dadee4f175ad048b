//! The query tree. Its constructors keep it normalised, so the storage layer never meets a trivial node inside.

/// A condition on one row of the kind that `P` speaks about.
///
/// `All(vec![])` is true for every row and `Any(vec![])` for none; below the root neither occurs.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter<P> {
    /// Every part holds.
    All(Vec<Self>),
    /// At least one part holds.
    Any(Vec<Self>),
    /// The part does not hold.
    Not(Box<Self>),
    /// The predicate holds.
    Is(P),
}

impl<P> Filter<P> {
    /// True for every row.
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// True for no row.
    pub const fn nothing() -> Self {
        Self::Any(Vec::new())
    }

    /// Whether this is [`Filter::everything`].
    pub const fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Whether this is [`Filter::nothing`]: the answer is known without asking the database.
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Any(parts) if parts.is_empty())
    }

    /// Every one of `parts`: nested conjunctions are merged, one `nothing` makes all of it nothing.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                part if part.is_nothing() => return part,
                Self::All(inner) => flat.extend(inner),
                part => flat.push(part),
            }
        }
        single(flat).unwrap_or_else(Self::All)
    }

    /// At least one of `parts`: nested disjunctions are merged, one `everything` makes all of it everything.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                part if part.is_everything() => return part,
                Self::Any(inner) => flat.extend(inner),
                part => flat.push(part),
            }
        }
        single(flat).unwrap_or_else(Self::Any)
    }

    /// The opposite of `part`.
    pub fn negate(part: Self) -> Self {
        match part {
            Self::Not(inner) => *inner,
            part if part.is_nothing() => Self::everything(),
            part if part.is_everything() => Self::nothing(),
            part => Self::Not(Box::new(part)),
        }
    }

    /// A related row that satisfies this filter must exist: `wrap` says which relation.
    pub(crate) fn through<Q>(self, wrap: impl FnOnce(Box<Self>) -> Q) -> Filter<Q> {
        if self.is_nothing() {
            Filter::nothing()
        } else {
            Filter::Is(wrap(Box::new(self)))
        }
    }
}

fn single<P>(mut parts: Vec<Filter<P>>) -> Result<Filter<P>, Vec<Filter<P>>> {
    match parts.pop() {
        Some(only) if parts.is_empty() => Ok(only),
        Some(last) => {
            parts.push(last);
            Err(parts)
        }
        None => Err(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    type F = Filter<u8>;

    #[test]
    fn conjunctions_are_normalised() {
        assert_eq!(F::all([]), F::everything());
        assert_eq!(F::all([F::Is(1)]), F::Is(1));
        assert_eq!(F::all([F::everything(), F::Is(1)]), F::Is(1));
        assert_eq!(F::all([F::Is(1), F::nothing()]), F::nothing());
        assert_eq!(
            F::all([F::All(vec![F::Is(1), F::Is(2)]), F::Is(3)]),
            F::All(vec![F::Is(1), F::Is(2), F::Is(3)])
        );
    }

    #[test]
    fn disjunctions_are_normalised() {
        assert_eq!(F::any([]), F::nothing());
        assert_eq!(F::any([F::nothing(), F::Is(1)]), F::Is(1));
        assert_eq!(F::any([F::Is(1), F::everything()]), F::everything());
        assert_eq!(
            F::any([F::Is(1), F::Any(vec![F::Is(2), F::Is(3)])]),
            F::Any(vec![F::Is(1), F::Is(2), F::Is(3)])
        );
    }

    #[test]
    fn negation_is_normalised() {
        assert_eq!(F::negate(F::negate(F::Is(1))), F::Is(1));
        assert_eq!(F::negate(F::nothing()), F::everything());
        assert_eq!(F::negate(F::everything()), F::nothing());
    }
}
