//! The table of endpoints: controller, action, who may call it, the handler. Nothing is reachable that has no row,
//! and no row can be written without its rule.

use crate::envelope::Failure;
use crate::request::Request;
use crate::response::Response;
use axum::http::Method;
use sightline_app::Ctx;
use sightline_core::{AppError, AppResult, Permission};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

/// Who may call an endpoint (spec 05 section 8). Site administrators pass every rule but `NotReadOnly`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Anybody, without a key.
    Public,
    /// Every authenticated user.
    Everyone,
    /// Users who hold all of these.
    All(&'static [Permission]),
    /// Users who hold one of these.
    Any(&'static [Permission]),
    /// Users of the organisation that runs this instance who hold all of these.
    HostOrg(&'static [Permission]),
    /// Site administrators.
    SiteAdmin,
    /// Users who hold all of these and do not use a read-only key.
    NotReadOnly(&'static [Permission]),
}

impl Allow {
    /// `Forbidden` unless the caller of `ctx` may.
    pub fn check(self, ctx: &Ctx) -> AppResult<()> {
        let caller = &ctx.caller;
        let allowed = match self {
            Self::Public | Self::Everyone => true,
            Self::All(permissions) => permissions.iter().all(|p| caller.may(*p)),
            Self::Any(permissions) => permissions.iter().any(|p| caller.may(*p)),
            Self::HostOrg(permissions) => {
                caller.is_site_admin() || ctx.is_host_org() && permissions.iter().all(|p| caller.may(*p))
            }
            Self::SiteAdmin => caller.is_site_admin(),
            Self::NotReadOnly(permissions) => !caller.read_only && permissions.iter().all(|p| caller.may(*p)),
        };
        if allowed {
            Ok(())
        } else {
            Err(AppError::no_permission())
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = AppResult<Response>> + Send>>;

/// One endpoint.
pub struct Route {
    /// Lower case, without `_`.
    pub controller: &'static str,
    /// As the reference spells it; compared without regard to case.
    pub action: &'static str,
    /// Which methods it takes.
    pub methods: Methods,
    /// Who may call it.
    pub allow: Allow,
    handler: Box<dyn Fn(Ctx, Request) -> Answer + Send + Sync>,
}

/// Which methods an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Methods {
    /// GET and HEAD.
    Get,
    /// GET, HEAD and POST.
    GetPost,
    /// POST and PUT.
    Post,
    /// POST, PUT and DELETE.
    PostDelete,
    /// Whatever comes.
    AnyMethod,
}

impl Methods {
    fn take(self, method: &Method) -> bool {
        let get = matches!(*method, Method::GET | Method::HEAD);
        let post = matches!(*method, Method::POST | Method::PUT);
        match self {
            Self::Get => get,
            Self::GetPost => get || post,
            Self::Post => post,
            Self::PostDelete => post || *method == Method::DELETE,
            Self::AnyMethod => get || post || *method == Method::DELETE,
        }
    }
}

impl Route {
    /// Runs the handler.
    pub async fn call(&self, ctx: Ctx, request: Request) -> AppResult<Response> {
        (self.handler)(ctx, request).await
    }

    /// `/admin/users/add`, without parameters.
    pub fn path(&self) -> String {
        match self.action.strip_prefix("admin_") {
            Some(action) => format!("/admin/{}/{action}", self.controller),
            None => format!("/{}/{}", self.controller, self.action),
        }
    }

    /// How failures of this endpoint are told (spec 03 section 1.2).
    pub fn failure(&self, request: &Request) -> Failure {
        let (prefix, action) = match self.action.strip_prefix("admin_") {
            Some(action) => ("/admin", action),
            None => ("", self.action),
        };
        let named = matches!((self.controller, action), ("events", "edit") | ("taxonomies", _));
        Failure {
            name: format!("Could not {action} {}", model_of(self.controller)),
            url: format!("{prefix}/{}/{action}", spelled(self.controller)),
            id: request.arg(0).filter(|_| named).map(str::to_owned),
        }
    }
}

/// A controller's name as it stands in answers.
fn spelled(controller: &str) -> &str {
    match controller {
        "analystdata" => "analyst_data",
        "analystdatablocklists" => "analyst_data_blocklists",
        "authkeys" => "auth_keys",
        "collectionelements" => "collection_elements",
        "eventblocklists" => "event_blocklists",
        "eventdelegations" => "event_delegations",
        "eventreports" => "event_reports",
        "favouritetags" => "favourite_tags",
        "galaxyclusters" => "galaxy_clusters",
        "objectreferences" => "object_references",
        "orgblocklists" => "org_blocklists",
        "shadowattributes" => "shadow_attributes",
        "sharinggroups" => "sharing_groups",
        "tagcollections" => "tag_collections",
        "usersettings" => "user_settings",
        other => other,
    }
}

/// How the reference calls a controller's record in failures.
fn model_of(controller: &str) -> &str {
    match controller {
        "analystdata" => "AnalystData",
        "analystdatablocklists" => "AnalystDataBlocklist",
        "correlationexclusions" => "CorrelationExclusion",
        "correlationrules" => "CorrelationRule",
        "eventreports" => "EventReport",
        "events" => "Event",
        "eventdelegations" => "EventDelegation",
        "attributes" => "Attribute",
        "objects" => "object",
        "objectreferences" => "Object",
        "organisations" => "Organisation",
        "users" => "User",
        "roles" => "role",
        "authkeys" => "auth_key",
        "feeds" => "feed",
        "galaxies" => "Galaxy",
        "galaxyclusters" => "GalaxyCluster",
        "sharinggroups" => "SharingGroup",
        "shadowattributes" => "ShadowAttribute",
        "sightings" => "Sighting",
        "tags" => "Tag",
        "taxonomies" => "Taxonomy",
        "warninglists" => "Warninglist",
        "threads" => "Thread",
        "posts" => "Post",
        "usersettings" => "User Setting",
        "servers" => "Server",
        "eventblocklists" => "EventBlocklist",
        "orgblocklists" => "OrgBlocklist",
        "tagcollections" => "TagCollection",
        "collections" => "Collection",
        "collectionelements" => "CollectionElement",
        "bookmarks" => "Bookmark",
        "news" => "News",
        "favouritetags" => "FavouriteTag",
        other => other,
    }
}

/// Builds a row; used by the tables below.
pub(crate) fn route<F, R>(
    controller: &'static str,
    action: &'static str,
    methods: Methods,
    allow: Allow,
    handler: F,
) -> Route
where
    F: Fn(Ctx, Request) -> R + Send + Sync + 'static,
    R: Future<Output = AppResult<Response>> + Send + 'static,
{
    Route {
        controller,
        action,
        methods,
        allow,
        handler: Box::new(move |ctx, request| Box::pin(handler(ctx, request))),
    }
}

static TABLE: LazyLock<HashMap<(String, String), Route>> = LazyLock::new(|| {
    all()
        .into_iter()
        .map(|route| {
            (
                (route.controller.to_owned(), route.action.to_ascii_lowercase()),
                route,
            )
        })
        .collect()
});

/// Every endpoint, one feature after the other; each feature keeps its rows beside its handlers.
pub fn all() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(crate::acl::routes());
    routes.extend(crate::analyst_data::routes());
    routes.extend(crate::attributes::routes());
    routes.extend(crate::attributes_bulk::routes());
    routes.extend(crate::auth_keys::routes());
    routes.extend(crate::change_feed::routes());
    routes.extend(crate::correlation_exclusions::routes());
    routes.extend(crate::correlation_graph::routes());
    routes.extend(crate::correlation_rules::routes());
    routes.extend(crate::correlations::routes());
    routes.extend(crate::diagnostics::routes());
    routes.extend(crate::event_delegations::routes());
    routes.extend(crate::event_reports::routes());
    routes.extend(crate::events::routes());
    routes.extend(crate::feeds::routes());
    routes.extend(crate::galaxies::routes());
    routes.extend(crate::jobs::routes());
    routes.extend(crate::knowledge::routes());
    routes.extend(crate::logs::routes());
    routes.extend(crate::mail::routes());
    routes.extend(crate::blocklists::routes());
    routes.extend(crate::bookmarks::routes());
    routes.extend(crate::collections::routes());
    routes.extend(crate::news::routes());
    routes.extend(crate::objects::routes());
    routes.extend(crate::openapi::routes());
    routes.extend(crate::organisations::routes());
    routes.extend(crate::proposals::routes());
    routes.extend(crate::registrations::routes());
    routes.extend(crate::roles::routes());
    routes.extend(crate::samples::routes());
    routes.extend(crate::search::routes());
    routes.extend(crate::servers::routes());
    routes.extend(crate::settings::routes());
    routes.extend(crate::sharing_groups::routes());
    routes.extend(crate::sightings::routes());
    routes.extend(crate::statistics::routes());
    routes.extend(crate::tag_collections::routes());
    routes.extend(crate::tags::routes());
    routes.extend(crate::taxonomies::routes());
    routes.extend(crate::threads::routes());
    routes.extend(crate::user_settings::routes());
    routes.extend(crate::users::routes());
    routes.extend(crate::warninglists::routes());
    routes
}

/// The route of a request, or why there is none.
pub fn find(request: &Request) -> AppResult<&'static Route> {
    let not_found = || AppError::not_found("Not Found");
    if request.action == "restsearch"
        && !TABLE.contains_key(&(request.controller.clone(), "restsearch".into()))
    {
        return Err(AppError::not_found(
            "RestSearch is not implemented (yet) for this scope.",
        ));
    }
    // Every controller of the reference answers this one.
    let controller = match request.action.as_str() {
        "queryacl" => "servers",
        _ => request.controller.as_str(),
    };
    let route = TABLE
        .get(&(controller.to_owned(), request.action.clone()))
        .ok_or_else(not_found)?;
    if route.methods.take(&request.method) {
        Ok(route)
    } else {
        Err(AppError::NotAllowed(
            "This function is only accessible via POST requests.".into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_endpoint_stands_twice() {
        let mut seen = HashSet::new();
        for route in all() {
            assert!(seen.insert(route.path().to_lowercase()), "{}", route.path());
            assert_eq!(route.controller, route.controller.to_lowercase().replace('_', ""));
        }
    }
}
