//! Those who wait for changes on this node: how they are woken, and how many there may be.

use crate::{Ctx, Platform};
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_db::change_feed;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Streams and waiting requests of one user at a time: a page or two, and a consumer or two.
const PER_USER: usize = 8;
/// Of all users together: each asks the database about once a second.
const ALL: usize = 256;

/// Woken after every change that this node makes; those of other nodes are found by looking.
#[derive(Debug)]
pub struct Followers {
    /// `true` when the server goes away.
    bell: watch::Sender<bool>,
    places: Mutex<HashMap<UserId, usize>>,
    /// Up to where everything was settled when it was asked last: asked once for all who want to know at the same time.
    settled: tokio::sync::Mutex<i64>,
}

impl Default for Followers {
    fn default() -> Self {
        Self {
            bell: watch::Sender::new(false),
            places: Mutex::default(),
            settled: tokio::sync::Mutex::default(),
        }
    }
}

impl Followers {
    /// Something may have changed.
    pub(crate) fn wake(&self) {
        self.bell.send_if_modified(|closed| !*closed);
    }

    /// The server goes away: whoever waits gets an answer.
    pub fn close(&self) {
        self.bell.send_replace(true);
    }

    /// Up to where nothing can come in between any more.
    pub(crate) async fn settled(&self, ctx: &Ctx) -> AppResult<i64> {
        let mut settled = self.settled.lock().await;
        let known = *settled;
        *settled = ctx
            .read(move |_, tx| Ok(change_feed::settled(tx, known)?))
            .await?;
        Ok(*settled)
    }

    pub(crate) fn bell(&self) -> watch::Receiver<bool> {
        self.bell.subscribe()
    }
}

/// A place among those who wait; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    platform: Arc<Platform>,
    user: UserId,
}

impl Place {
    /// `RateLimited` when there are too many already.
    pub(super) fn take(platform: &Arc<Platform>, user: UserId) -> AppResult<Self> {
        let mut places = lock(&platform.followers.places);
        let all: usize = places.values().sum();
        let own = places.entry(user).or_default();
        if *own >= PER_USER || all >= ALL {
            return Err(AppError::RateLimited {
                message: format!(
                    "Too many requests wait for changes already: a user may have {PER_USER} at a time. Close one."
                ),
                retry_after: 5,
            });
        }
        *own += 1;
        Ok(Self {
            platform: Arc::clone(platform),
            user,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = lock(&self.platform.followers.places);
        if let Some(own) = places.get_mut(&self.user) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                places.remove(&self.user);
            }
        }
    }
}

fn lock(places: &Mutex<HashMap<UserId, usize>>) -> std::sync::MutexGuard<'_, HashMap<UserId, usize>> {
    places.lock().unwrap_or_else(PoisonError::into_inner)
}
