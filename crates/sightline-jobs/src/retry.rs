//! When a job that failed for a passing reason is tried again.

/// Runs of a job that asks for a retry each time, the first one included.
pub const ATTEMPTS: u32 = 5;
/// Pause after the first failure, in seconds: long enough for a restarting peer.
const FIRST_PAUSE: i64 = 30;
/// Each pause is so many times the one before.
const FACTOR: i64 = 5;
/// Longest pause, in seconds.
const LONGEST_PAUSE: i64 = 3_600;

/// Seconds to wait after attempt number `attempts` failed; `None` when that was the last one.
pub fn backoff(attempts: u32) -> Option<i64> {
    if attempts >= ATTEMPTS {
        return None;
    }
    Some(
        FACTOR
            .saturating_pow(attempts.saturating_sub(1))
            .saturating_mul(FIRST_PAUSE)
            .min(LONGEST_PAUSE),
    )
}

#[cfg(test)]
mod tests {
    use super::backoff;

    #[test]
    fn pauses_grow_to_an_hour_and_then_end() {
        let pauses: Vec<_> = (1..=6).map(backoff).collect();
        assert_eq!(pauses, [Some(30), Some(150), Some(750), Some(3_600), None, None]);
    }
}
