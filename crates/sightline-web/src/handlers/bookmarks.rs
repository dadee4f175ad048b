//! Bookmarks.

use crate::http::{Answer, Input, Visit, done, form, page};
use crate::layout::Nav;
use crate::pages::bookmarks::{BookmarkFormPage, BookmarkIndexPage, BookmarkRow};
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use sightline_app::bookmarks::{self, BookmarkIn, Scope};
use sightline_core::AppError;
use sightline_core::ids::BookmarkId;
use sightline_core::limits::PAGE_ROWS;
use sightline_misp::input::Loose;

const INDEX: &str = "/bookmarks/index";

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let (found, total) = bookmarks::index(&visit.ctx, Scope::All, None, input.page(), PAGE_ROWS).await?;
    let own = visit.ctx.caller.user_id;
    page(&BookmarkIndexPage {
        frame: visit.frame("Bookmarks", Nav::Bookmarks),
        pager: Pager::of(ListUrl::new(INDEX, &[]), input.page(), PAGE_ROWS, total),
        rows: found
            .into_iter()
            .map(|bookmark| BookmarkRow {
                id: bookmark.id.0,
                name: bookmark.name,
                url: bookmark.url,
                comment: bookmark.comment,
                own: bookmark.user_id == own,
                exposed: bookmark.exposed_to_org,
            })
            .collect(),
    })
}

fn show_form(visit: &Visit, mut shown: BookmarkFormPage) -> Answer {
    let title = if shown.id.is_some() {
        "Edit bookmark"
    } else {
        "Add bookmark"
    };
    shown.frame = visit.frame(title, Nav::Bookmarks);
    form(&shown, &shown.errors)
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    show_form(&visit, BookmarkFormPage::default())
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let bookmark = bookmarks::view(&visit.ctx, BookmarkId(input.id(0)?)).await?;
    if bookmark.user_id != visit.ctx.caller.user_id {
        return Err(AppError::no_permission());
    }
    show_form(
        &visit,
        BookmarkFormPage {
            id: Some(bookmark.id.0),
            name: bookmark.name,
            url: bookmark.url,
            comment: bookmark.comment,
            exposed: bookmark.exposed_to_org,
            ..BookmarkFormPage::default()
        },
    )
}

fn typed(input: &Input, id: Option<i64>, errors: Errors) -> BookmarkFormPage {
    let text = |name: &str| input.form.get(name).to_owned();
    BookmarkFormPage {
        id,
        name: text("name"),
        url: text("url"),
        comment: text("comment"),
        exposed: input.form.ticked("exposed_to_org"),
        errors,
        ..BookmarkFormPage::default()
    }
}

fn body_of(input: &Input) -> BookmarkIn {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    BookmarkIn {
        name: text("name"),
        url: text("url"),
        comment: text("comment"),
        exposed_to_org: Loose::Bool(input.form.ticked("exposed_to_org")),
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    match bookmarks::add(&visit.ctx, body_of(&input)).await {
        Ok(_) => done(&visit, INDEX, "Bookmark added."),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, None, Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    match bookmarks::edit(&visit.ctx, BookmarkId(id), body_of(&input)).await {
        Ok(_) => done(&visit, INDEX, "Bookmark saved."),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, Some(id), Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    bookmarks::delete(&visit.ctx, BookmarkId(input.id(0)?)).await?;
    done(&visit, INDEX, "Bookmark deleted.")
}
