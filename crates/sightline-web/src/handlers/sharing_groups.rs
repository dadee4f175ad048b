//! Sharing groups: the list, a group with its members, the form.

use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::sharing_groups::{
    MemberRow, SharingGroupFormPage, SharingGroupIndexPage, SharingGroupPage, SharingGroupRow,
};
use sightline_app::organisations::{self, Scope};
use sightline_app::sharing_groups::{self, Filter, Shown};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::{Loose, LooseList, SharingGroupIn, SharingGroupOrgIn, SharingGroupServerIn};
use sightline_misp::records::SharingGroup;

/// Organisations that the field for a new member offers while one types; others are named in full.
const OFFERS: u32 = 500;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("searchall").to_owned();
    let active = input.query.get("scope") != "inactive";
    let scope = if active { "active" } else { "inactive" };
    let filter = Filter {
        active: Some(active),
        search: (!query.is_empty()).then(|| query.clone()),
        org: None,
    };
    let offset = (input.page() - 1).saturating_mul(PAGE_ROWS);
    let (found, total) = sharing_groups::index(&visit.ctx, filter, PAGE_ROWS, offset).await?;
    let url = ListUrl::new(
        "/sharing_groups/index",
        &[("scope", scope), ("searchall", &query)],
    );
    page(&SharingGroupIndexPage {
        frame: visit.frame("Sharing groups", Nav::SharingGroups),
        scope: scope.into(),
        query,
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total: u64::try_from(total).unwrap_or(0),
        },
        rows: found.iter().map(|listed| row(&listed.group)).collect(),
        can_add: visit.may(Permission::SharingGroup),
    })
}

/// A group in the words of the pages.
pub(super) fn row(group: &SharingGroup) -> SharingGroupRow {
    SharingGroupRow {
        id: group.id.0,
        uuid: group.uuid.to_string(),
        name: group.name.clone(),
        releasability: group.releasability.clone(),
        description: group.description.clone(),
        creator: group.creator.name.clone(),
        creator_id: group.org_id.0,
        members: Count(u64::try_from(group.org_count).unwrap_or(0)),
        concealed: group.concealed,
        active: group.active,
        roaming: group.roaming,
        everyone_here: everyone_here(group),
        hides_members: group.hide_members,
    }
}

fn everyone_here(group: &SharingGroup) -> bool {
    group
        .servers
        .iter()
        .any(|server| server.server_id == 0 && server.all_orgs)
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let shown = sharing_groups::view(&visit.ctx, input.arg(0)).await?;
    show(&visit, &shown, String::new(), Errors::default()).await
}

async fn show(visit: &Visit, shown: &Shown, typed: String, errors: Errors) -> Answer {
    let group = &shown.listed.group;
    let refused = !errors.0.is_empty();
    let offers = if shown.listed.editable {
        offers(visit, group).await?
    } else {
        Vec::new()
    };
    let members = group.orgs.iter().map(|member| MemberRow {
        id: member.org.id.0,
        name: member.org.name.clone(),
        local: member.org.local,
        extend: member.extend,
    });
    let brought_by = match &shown.sync_org {
        Some(org) if !group.local => org.name.clone(),
        _ => String::new(),
    };
    let mut response = page(&SharingGroupPage {
        frame: visit.frame(group.name.clone(), Nav::SharingGroups),
        group: row(group),
        members: members.collect(),
        brought_by,
        created: Moment(group.created),
        modified: Moment(group.modified),
        offers,
        typed,
        errors,
        can_edit: shown.listed.editable,
        can_delete: shown.listed.deletable,
    })?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The names of organisations that are not in the group yet.
async fn offers(visit: &Visit, group: &SharingGroup) -> AppResult<Vec<String>> {
    let (known, _) = organisations::index(&visit.ctx, Scope::All, None, Some(OFFERS), 0).await?;
    let is_in = |id| group.orgs.iter().any(|member| member.org.id == id);
    Ok(known
        .into_iter()
        .filter(|described| !is_in(described.org.id))
        .map(|described| described.org.name)
        .collect())
}

fn show_form(visit: &Visit, mut form: SharingGroupFormPage) -> Answer {
    visit.ctx.require(Permission::SharingGroup)?;
    let refused = !form.errors.0.is_empty();
    let title = if form.id.is_some() {
        "Edit sharing group"
    } else {
        "Add sharing group"
    };
    form.frame = visit.frame(title, Nav::SharingGroups);
    form.own_org.clone_from(&visit.badge.org);
    let mut response = page(&form)?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    show_form(
        &visit,
        SharingGroupFormPage {
            active: true,
            can_hide: true,
            join: true,
            ..SharingGroupFormPage::default()
        },
    )
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let listed = sharing_groups::view(&visit.ctx, input.arg(0)).await?.listed;
    if !listed.editable {
        return Err(AppError::no_permission());
    }
    let group = listed.group;
    show_form(
        &visit,
        SharingGroupFormPage {
            id: Some(group.id.0),
            all_orgs: everyone_here(&group),
            name: group.name,
            releasability: group.releasability,
            description: group.description,
            active: group.active,
            roaming: group.roaming,
            hide_members: group.hide_members,
            can_hide: listed.deletable,
            ..SharingGroupFormPage::default()
        },
    )
}

fn typed(input: &Input, id: Option<i64>, can_hide: bool, errors: Errors) -> SharingGroupFormPage {
    let text = |name: &str| input.form.get(name).to_owned();
    SharingGroupFormPage {
        id,
        name: text("name"),
        releasability: text("releasability"),
        description: text("description"),
        active: input.form.ticked("active"),
        roaming: input.form.ticked("roaming"),
        all_orgs: input.form.ticked("all_orgs"),
        hide_members: input.form.ticked("hide_members"),
        can_hide,
        join: input.form.ticked("join"),
        errors,
        ..SharingGroupFormPage::default()
    }
}

/// The form as a body. Who may not decide whether members see each other is not asked, and says nothing of it.
fn body_of(visit: &Visit, input: &Input, can_hide: bool) -> SharingGroupIn {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    let ticked = |name: &str| Loose::Bool(input.form.ticked(name));
    let own = SharingGroupOrgIn {
        org_id: Loose::Int(visit.ctx.caller.org_id.0),
        extend: Loose::Bool(true),
        ..SharingGroupOrgIn::default()
    };
    SharingGroupIn {
        name: text("name"),
        releasability: text("releasability"),
        description: text("description"),
        active: ticked("active"),
        roaming: ticked("roaming"),
        hide_members: if can_hide {
            ticked("hide_members")
        } else {
            Loose::Absent
        },
        orgs: LooseList(input.form.ticked("join").then_some(own).into_iter().collect()),
        servers: LooseList(vec![SharingGroupServerIn {
            server_id: Loose::Int(0),
            all_orgs: ticked("all_orgs"),
            ..SharingGroupServerIn::default()
        }]),
        ..SharingGroupIn::default()
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    match sharing_groups::add(&visit.ctx, body_of(&visit, &input, true)).await {
        Ok(group) => done(
            &visit,
            &format!("/sharing_groups/view/{}", group.id),
            "Sharing group added. Now add its members.",
        ),
        Err(AppError::Invalid(errors)) => show_form(&visit, typed(&input, None, true, Errors::from(&errors))),
        Err(error) => Err(error),
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    let can_hide = sharing_groups::view(&visit.ctx, input.arg(0))
        .await?
        .listed
        .deletable;
    match sharing_groups::edit(&visit.ctx, input.arg(0), body_of(&visit, &input, can_hide)).await {
        Ok(_) => done(&visit, &address(id), "Sharing group saved."),
        Err(AppError::Invalid(errors)) => {
            show_form(&visit, typed(&input, Some(id), can_hide, Errors::from(&errors)))
        }
        Err(error) => Err(error),
    }
}

fn address(id: i64) -> String {
    format!("/sharing_groups/view/{id}")
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    sharing_groups::delete(&visit.ctx, input.arg(0)).await?;
    done(&visit, "/sharing_groups/index", "Sharing group deleted.")
}

pub(super) async fn add_org(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    let (org, extend) = (input.form.get("org").to_owned(), input.form.ticked("extend"));
    match sharing_groups::add_org(&visit.ctx, input.arg(0), &org, extend).await {
        Ok(()) => done(&visit, &address(id), "Member added."),
        Err(AppError::NotAllowed(words) | AppError::Refused(words)) => {
            // Whoever may not see the group gets no further than this.
            let shown = sharing_groups::view(&visit.ctx, input.arg(0)).await?;
            if !shown.listed.editable {
                return Err(AppError::no_permission());
            }
            show(&visit, &shown, org, Errors([("org".into(), words)].into())).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn remove_org(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    sharing_groups::remove_org(&visit.ctx, input.arg(0), input.arg(1)).await?;
    // Whoever takes out the own organisation may not see the group any more.
    let path = match sharing_groups::view(&visit.ctx, input.arg(0)).await {
        Ok(_) => address(id),
        Err(_) => "/sharing_groups/index".into(),
    };
    done(&visit, &path, "Member removed.")
}

pub(super) async fn extend(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    let extend = input.form.ticked("extend");
    sharing_groups::set_extend(&visit.ctx, input.arg(0), input.arg(1), extend).await?;
    let words = if extend {
        "The member may extend the group now."
    } else {
        "The member may not extend the group any more."
    };
    done(&visit, &address(id), words)
}
