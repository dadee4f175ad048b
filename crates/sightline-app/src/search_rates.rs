//! How many searches a role allows in a quarter of an hour (spec 10 part I.3). Counted per user, in the memory of
//! this process.

use crate::Caller;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Seconds from the first search of a window to its end.
pub const WINDOW: i64 = 900;
/// Users kept before those whose window is over are forgotten.
const KEPT: usize = 1_000;

/// The searches of the present windows.
#[derive(Debug, Default)]
pub struct SearchRates(Mutex<HashMap<UserId, Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    began: i64,
    searches: i64,
}

/// Where a user stands after a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Searches that the role allows in a window.
    pub limit: i64,
    /// Those that are left.
    pub remaining: i64,
    /// Seconds until the window ends.
    pub reset: i64,
    exceeded: bool,
}

impl Rate {
    /// `RateLimited` when this search was one too many; `NotAllowed` when the role allows none.
    pub fn check(&self) -> AppResult<()> {
        if self.limit == 0 {
            return Err(AppError::NotAllowed(
                "API searches are not allowed for this user role.".into(),
            ));
        }
        if self.exceeded {
            return Err(AppError::RateLimited {
                message: "Rate limit exceeded.".into(),
                retry_after: u64::try_from(self.reset).unwrap_or(0),
            });
        }
        Ok(())
    }
}

impl SearchRates {
    /// Counts a search of the caller; `None` when its role has no limit.
    pub fn count(&self, caller: &Caller, now: i64) -> Option<Rate> {
        let limit = caller.searches?;
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= KEPT {
            windows.retain(|_, window| now - window.began < WINDOW);
        }
        let window = windows
            .entry(caller.user_id)
            .and_modify(|window| {
                if now - window.began >= WINDOW {
                    *window = Window {
                        began: now,
                        searches: 0,
                    };
                }
            })
            .or_insert(Window {
                began: now,
                searches: 0,
            });
        let exceeded = window.searches >= limit;
        if !exceeded {
            window.searches += 1;
        }
        Some(Rate {
            limit,
            // The role may have been narrowed since the window began.
            remaining: (limit - window.searches).max(0),
            reset: window.began + WINDOW - now,
            exceeded,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(user: i64, searches: Option<i64>) -> Caller {
        Caller {
            user_id: UserId(user),
            searches,
            ..Caller::default()
        }
    }

    #[test]
    fn a_window_begins_with_the_first_search_and_ends_after_a_quarter_of_an_hour() {
        let rates = SearchRates::default();
        let user = caller(1, Some(2));
        let at = |now| rates.count(&user, now).unwrap();
        assert_eq!((at(100).remaining, at(200).remaining), (1, 0));
        let refused = at(300);
        assert_eq!((refused.remaining, refused.reset), (0, 700));
        assert!(matches!(
            refused.check(),
            Err(AppError::RateLimited { retry_after: 700, .. })
        ));
        assert!(
            rates.count(&caller(2, Some(2)), 300).unwrap().check().is_ok(),
            "another user"
        );
        let again = at(1_000);
        assert_eq!((again.remaining, again.reset), (1, 900));
        assert!(again.check().is_ok());
    }

    #[test]
    fn a_limit_of_nothing_allows_nothing_and_no_limit_allows_all() {
        let rates = SearchRates::default();
        let none = rates.count(&caller(1, Some(0)), 0).unwrap();
        assert!(matches!(none.check(), Err(AppError::NotAllowed(_))));
        assert_eq!(rates.count(&caller(1, None), 0), None);
    }
}
