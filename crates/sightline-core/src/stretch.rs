//! A list that is read in chunks, each after the last id of the one before: where it goes on, and how much is wanted.

/// Where a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch<I> {
    /// After this id.
    pub after: I,
    /// Rows that are passed over first.
    pub skip: i64,
    /// Rows that are still wanted.
    pub left: usize,
}

impl<I: Default> Stretch<I> {
    /// A page, from 1.
    pub fn page(page: u32, limit: u32) -> Self {
        Self {
            after: I::default(),
            skip: i64::from(page.saturating_sub(1)) * i64::from(limit),
            left: usize::try_from(limit).unwrap_or(usize::MAX),
        }
    }
}

impl<I> Stretch<I> {
    /// Rows of the next chunk, at most `most`.
    pub fn rows(&self, most: usize) -> i64 {
        i64::try_from(self.left.min(most)).unwrap_or(i64::MAX)
    }

    /// Where it goes on after a chunk of `read` rows that ends with `last`, when there may be more.
    pub fn following(&self, last: Option<I>, read: usize, most: usize) -> Option<Self> {
        let left = self.left.saturating_sub(read);
        if left == 0 || read < most {
            return None;
        }
        last.map(|after| Self { after, skip: 0, left })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_where_it_is_full_and_where_the_list_does() {
        let page = Stretch::<i64>::page(3, 5);
        assert_eq!((page.after, page.skip, page.rows(2)), (0, 10, 2));
        let next = page.following(Some(12), 2, 2).unwrap();
        assert_eq!((next.after, next.skip, next.left), (12, 0, 3));
        let last = next.following(Some(14), 2, 2).unwrap();
        assert_eq!(last.rows(2), 1);
        assert_eq!(last.following(Some(15), 1, 2), None, "full");
        assert_eq!(next.following(Some(13), 1, 2), None, "nothing more is there");
    }
}
