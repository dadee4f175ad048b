//! Asking those who wrote an event (spec 10 part E).

use super::{About, Subscription, queue, require_on};
use crate::Ctx;
use crate::events::{self, EventKey};
use serde_json::json;
use sightline_core::ids::{EventId, UserId};
use sightline_core::{AppError, AppResult};
use sightline_db::audit::Change;
use sightline_db::mail::{self, Message, Readers};
use sightline_db::users;

/// Longest message, in characters: a page or two of text.
const MESSAGE_CHARS: usize = 10_000;
/// Most people of an organisation who are asked at once.
const PEOPLE: u32 = 100;

/// Sends a question to whoever created an event, or to those of the creating organisation who take questions. The answer
/// does not tell whether there is anybody.
pub async fn contact(ctx: &Ctx, key: EventKey, message: String, person: bool) -> AppResult<EventId> {
    let message = message.trim().to_owned();
    if message.is_empty() {
        return Err(AppError::NotAllowed("You must specify a message.".into()));
    }
    if message.chars().count() > MESSAGE_CHARS {
        return Err(AppError::field(
            "message",
            format!("The message has more than {MESSAGE_CHARS} characters."),
        ));
    }
    ctx.require_writing()?;
    ctx.write(move |ctx, tx| {
        let event = events::find(ctx, tx, &key)?;
        require_on(ctx)?;
        let kept = Message {
            user_id: ctx.caller.user_id,
            subject: String::new(),
            body: message,
            created: ctx.now(),
        };
        let message = mail::add_message(tx, &kept)?;
        // Who has left the creating organisation is not asked about its events any more.
        let author =
            users::by_id(tx, event.user_id)?.filter(|user| user.org_id == event.orgc_id && !user.disabled);
        let readers = match author {
            Some(author) if person => vec![author.id],
            _ => {
                let wanted = Readers {
                    subscription: Some(Subscription::Contact),
                    org: Some(event.orgc_id),
                    ..Readers::default()
                };
                mail::readers(tx, &wanted, UserId(0), PEOPLE)?
            }
        };
        for reader in &readers {
            queue(
                ctx,
                tx,
                *reader,
                About::Contact {
                    event: event.id,
                    message,
                },
            )?;
        }
        let change = Change {
            action: "email",
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields: json!({"person": person}),
        };
        ctx.audit(tx, &change)?;
        Ok(event.id)
    })
    .await
}
