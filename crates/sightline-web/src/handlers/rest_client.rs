//! The REST client's page, and the one about automation.

use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::rest_client::{AutomationPage, RestClientPage};
use sightline_core::Permission;

pub(super) async fn show(visit: Visit, _: Input) -> Answer {
    visit.ctx.require(Permission::Auth)?;
    page(&RestClientPage {
        frame: visit.frame("REST client", Nav::RestClient),
    })
}

pub(super) async fn automation(visit: Visit, _: Input) -> Answer {
    visit.ctx.require(Permission::Auth)?;
    page(&AutomationPage {
        frame: visit.frame("Automation", Nav::RestClient),
        base_url: visit.ctx.platform.base_url.clone(),
    })
}
