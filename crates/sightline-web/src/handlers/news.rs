//! News.

use crate::http::{Answer, Input, Visit, done, form, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::news::{NewsFormPage, NewsItem, NewsPage};
use sightline_app::news::{self, NewsIn};
use sightline_core::ids::NewsId;
use sightline_core::{AppError, Permission};
use sightline_misp::input::Loose;

const INDEX: &str = "/news/index";
/// Items on a page: they are read, not looked up.
const ITEMS: u32 = 20;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let (found, total) = news::index(&visit.ctx, input.page(), ITEMS).await?;
    news::mark_read(&visit.ctx).await?;
    page(&NewsPage {
        frame: visit.frame("News", Nav::News),
        pager: Pager::of(ListUrl::new(INDEX, &[]), input.page(), ITEMS, total),
        items: found
            .into_iter()
            .map(|item| NewsItem {
                id: item.id.0,
                title: item.title,
                message: item.message,
                written: Moment(item.date_created),
            })
            .collect(),
        can_manage: visit.ctx.caller.is_site_admin(),
    })
}

fn show_form(visit: &Visit, mut shown: NewsFormPage) -> Answer {
    visit.ctx.require(Permission::SiteAdmin)?;
    let title = if shown.id.is_some() {
        "Edit news"
    } else {
        "Write news"
    };
    shown.frame = visit.frame(title, Nav::News);
    form(&shown, &shown.errors)
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    show_form(&visit, NewsFormPage::default())
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let item = news::view(&visit.ctx, NewsId(input.id(0)?)).await?;
    show_form(
        &visit,
        NewsFormPage {
            id: Some(item.id.0),
            title: item.title,
            message: item.message,
            anonymise: item.user_id.0 == 0,
            ..NewsFormPage::default()
        },
    )
}

fn typed(input: &Input, id: Option<i64>, errors: Errors) -> NewsFormPage {
    NewsFormPage {
        id,
        title: input.form.get("title").to_owned(),
        message: input.form.get("message").to_owned(),
        anonymise: input.form.ticked("anonymise"),
        errors,
        ..NewsFormPage::default()
    }
}

fn body_of(input: &Input) -> NewsIn {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    NewsIn {
        title: text("title"),
        message: text("message"),
        anonymise: Loose::Bool(input.form.ticked("anonymise")),
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    match news::add(&visit.ctx, body_of(&input)).await {
        Ok(_) => done(&visit, INDEX, "News published."),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, None, Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    match news::edit(&visit.ctx, NewsId(id), body_of(&input)).await {
        Ok(_) => done(&visit, INDEX, "News saved."),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, Some(id), Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    news::delete(&visit.ctx, NewsId(input.id(0)?)).await?;
    done(&visit, INDEX, "News deleted.")
}
