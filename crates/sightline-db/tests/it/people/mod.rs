//! Organisations, users, roles, keys, sessions and settings: what every engine keeps, finds and forgets.

mod access;
mod directory;
mod external_logins;

use crate::data;
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{Permission, Permissions};
use sightline_db::roles::{self, Role};
use sightline_db::users::{self, User};
use sightline_db::{Db, DbError, Tx};

/// Runs `test` in a transaction of a fresh database on every engine.
fn in_each(test: impl Fn(&mut Tx<'_>) + Send + Clone + 'static) {
    crate::engines::on_each(move |db: &Db| {
        let test = test.clone();
        data::write(db, move |tx| {
            test(tx);
            Ok(())
        });
    });
}

/// Writes that a unique index must refuse, in a transaction of its own: PostgreSQL ends one at its first failure.
fn refused(
    first: impl Fn(&mut Tx<'_>) -> Result<(), DbError> + Send + Clone + 'static,
    second: impl Fn(&mut Tx<'_>) -> Result<(), DbError> + Send + Clone + 'static,
) {
    crate::engines::on_each(move |db: &Db| {
        data::write(db, first.clone());
        let outcome = db.run_blocking(sightline_db::Access::Write, second.clone());
        assert!(matches!(outcome, Err(DbError::NotUnique(_))), "{outcome:?}");
    });
}

fn role(tx: &mut Tx<'_>, name: &str, permissions: &[Permission]) -> RoleId {
    let role = Role {
        name: name.into(),
        permissions: Permissions::of(permissions),
        ..Role::default()
    };
    roles::insert(tx, &role).unwrap()
}

fn user(tx: &mut Tx<'_>, email: &str, org_id: OrgId, role_id: RoleId) -> UserId {
    let user = User {
        email: email.into(),
        org_id,
        role_id,
        ..User::default()
    };
    users::insert(tx, &user).unwrap()
}
