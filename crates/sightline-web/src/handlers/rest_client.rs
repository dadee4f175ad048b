//! The REST client's page.

use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::rest_client::RestClientPage;
use sightline_core::Permission;

pub(super) async fn show(visit: Visit, _: Input) -> Answer {
    visit.ctx.require(Permission::Auth)?;
    page(&RestClientPage {
        frame: visit.frame("REST client", Nav::RestClient),
    })
}
