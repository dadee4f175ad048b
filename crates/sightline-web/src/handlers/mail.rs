//! Mail: what the visitor gets, summaries, questions to reporters, and what administrators write.

use crate::http::{Answer, Input, Visit, done, form, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::mail::{MailSettingsPage, SummaryPage, SummaryRow, WritePage};
use crate::pages::moment::Moment;
use crate::pages::wording::Choice;
use sightline_app::events::EventKey;
use sightline_app::mail::{self, Action, Notice, Period};
use sightline_app::organisations::{self, Scope};
use sightline_app::users::{self, User, UserIn};
use sightline_core::ids::{EventId, OrgId};
use sightline_core::{AppError, FieldErrors, Permission};
use sightline_misp::input::Loose;

const SETTINGS: &str = "/users/notificationSettings";

fn settings_page(visit: &Visit, user: &User, errors: Errors) -> MailSettingsPage {
    let standing = (!user.gpgkey.is_empty() && errors.is_empty())
        .then(|| mail::key_standing(&visit.ctx, user.id, &user.email, &user.gpgkey));
    MailSettingsPage {
        frame: visit.frame("Mail and encryption", Nav::Profile),
        autoalert: user.autoalert,
        contactalert: user.contactalert,
        notification_daily: user.notification_daily,
        notification_weekly: user.notification_weekly,
        notification_monthly: user.notification_monthly,
        gpgkey: user.gpgkey.clone(),
        fingerprint: standing.as_ref().and_then(|known| known.fingerprint.clone()),
        expires: standing.as_ref().and_then(|known| known.expires).map(Moment),
        problem: standing.and_then(|known| known.problem),
        errors,
    }
}

pub(super) async fn settings(visit: Visit, _: Input) -> Answer {
    let own = users::view(&visit.ctx, visit.ctx.caller.user_id).await?;
    page(&settings_page(&visit, &own.user, Errors::default()))
}

pub(super) async fn save_settings(visit: Visit, input: Input) -> Answer {
    let ticked = |name: &str| Loose::Bool(input.form.ticked(name));
    let body = UserIn {
        autoalert: ticked("autoalert"),
        contactalert: ticked("contactalert"),
        notification_daily: ticked("notification_daily"),
        notification_weekly: ticked("notification_weekly"),
        notification_monthly: ticked("notification_monthly"),
        gpgkey: Loose::Text(input.form.get("gpgkey").to_owned()),
        ..UserIn::default()
    };
    match users::edit_own(&visit.ctx, body).await {
        Ok(_) => done(&visit, SETTINGS, "Saved."),
        Err(AppError::Invalid(errors)) => {
            let typed = User {
                autoalert: input.form.ticked("autoalert"),
                contactalert: input.form.ticked("contactalert"),
                notification_daily: input.form.ticked("notification_daily"),
                notification_weekly: input.form.ticked("notification_weekly"),
                notification_monthly: input.form.ticked("notification_monthly"),
                gpgkey: input.form.get("gpgkey").to_owned(),
                ..User::default()
            };
            let errors = Errors::from(&errors);
            let shown = settings_page(&visit, &typed, errors);
            form(&shown, &shown.errors)
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn summary(visit: Visit, input: Input) -> Answer {
    let period =
        Period::parse(input.arg(0)).ok_or_else(|| AppError::not_found("There is no such summary."))?;
    let found = mail::summary(&visit.ctx, period).await?;
    page(&SummaryPage {
        frame: visit.frame("Summary", Nav::Profile),
        periods: Period::ALL.map(|known| (known.name(), known == period)).into(),
        from: Moment(found.from),
        total: found.total,
        events: found
            .events
            .into_iter()
            .map(|(event, org)| SummaryRow {
                id: event.id.0,
                date: event.date,
                info: event.info,
                org,
                published: Moment(event.publish_timestamp),
            })
            .collect(),
        trends: found
            .trends
            .into_iter()
            .map(|trend| (trend.name, trend.now, trend.before))
            .collect(),
    })
}

pub(super) async fn contact(visit: Visit, input: Input) -> Answer {
    let id = EventId(input.id(0)?);
    let message = input.form.get("message").to_owned();
    mail::contact(&visit.ctx, EventKey::Id(id), message, input.form.ticked("person"))
        .await
        .map_err(|error| match error {
            AppError::NotAllowed(words) => AppError::Refused(words),
            other => other,
        })?;
    done(
        &visit,
        &format!("/events/view/{id}"),
        "Your question is on its way.",
    )
}

pub(super) async fn write_form(visit: Visit, _: Input) -> Answer {
    show_write(&visit, WritePage::default(), "all").await
}

async fn show_write(visit: &Visit, mut shown: WritePage, chosen: &str) -> Answer {
    visit.ctx.require(Permission::Admin)?;
    let mut choices = vec![("all".to_owned(), "Everybody".to_owned())];
    if visit.ctx.caller.is_site_admin() {
        let (orgs, _) = organisations::index(&visit.ctx, Scope::Local, None, None, 0).await?;
        choices.extend(orgs.into_iter().map(|known| {
            (
                format!("org-{}", known.org.id),
                format!("Organisation {}", known.org.name),
            )
        }));
    }
    let roles = users::assignable_roles(&visit.ctx).await?;
    choices.extend(
        roles
            .into_iter()
            .map(|role| (format!("role-{}", role.id), format!("Role {}", role.name))),
    );
    shown.recipients = Choice::list(choices, chosen);
    shown.is_off = !mail::is_on(&visit.ctx);
    shown.frame = visit.frame("Write to users", Nav::Users);
    form(&shown, &shown.errors)
}

pub(super) async fn write(visit: Visit, input: Input) -> Answer {
    let chosen = input.form.get("recipient").to_owned();
    let id = |prefix: &str| chosen.strip_prefix(prefix).and_then(|id| id.parse::<i64>().ok());
    let notice = Notice {
        user: None,
        org: id("org-").map(OrgId),
        role: id("role-"),
        action: Action::Message {
            subject: input.form.get("subject").to_owned(),
            body: input.form.get("body").to_owned(),
        },
    };
    let sent = if chosen == "all" || notice.org.is_some() || notice.role.is_some() {
        mail::notify(&visit.ctx, notice).await
    } else {
        Err(AppError::Invalid(FieldErrors::one(
            "recipient",
            "Please choose who gets it.",
        )))
    };
    match sent {
        Ok(count) => done(&visit, "/admin/users/index", &format!("{count} mail(s) queued.")),
        Err(AppError::Invalid(errors)) => {
            let shown = WritePage {
                subject: input.form.get("subject").to_owned(),
                body: input.form.get("body").to_owned(),
                errors: Errors::from(&errors),
                ..WritePage::default()
            };
            show_write(&visit, shown, &chosen).await
        }
        Err(error) => Err(error),
    }
}
