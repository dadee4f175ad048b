//! Registrations (spec 10 part H): strangers ask for an account, site administrators answer.

mod answer;
mod ask;

pub use answer::{AcceptIn, accept, discard, index};
pub use ask::{RegistrationIn, ask, is_open};
pub use sightline_db::inbox::Message as Registration;

use crate::Ctx;
use serde_json::{Value, json};
use sightline_core::AppResult;
use sightline_db::Tx;
use sightline_db::audit::Change;

/// The kind of message that a registration is.
const KIND: &str = "registration";

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, registration: &Registration) -> AppResult<()> {
    let email = registration.data.get("email").and_then(Value::as_str);
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Inbox",
            id: registration.id,
            title: &registration.title,
            event: None,
            fields: json!({"email": email}),
        },
    )
}
