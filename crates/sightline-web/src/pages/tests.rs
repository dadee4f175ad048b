//! Every page, rendered with hostile text in it, keeps the rules that all pages share. With `SIGHTLINE_SAMPLES` set to
//! a directory the rendered samples are also written there, to be looked at.

use super::account::{KeyPage, LeftPage, LoginPage, PasswordPage, ProfilePage};
use super::analyst_data::{Thread, ThreadPage};
use super::analyst_list::AnalystListPage;
use super::attributes::{
    AttributeIndexPage, AttributeRowEdit, AttributeRowFragment, AttributeTable, AttributeTableFragment,
    BulkPage, TagPicker,
};
use super::blocklists::{BlocklistFormPage, BlocklistPage};
use super::bookmarks::{BookmarkFormPage, BookmarkIndexPage};
use super::collections::{CollectionFormPage, CollectionIndexPage, CollectionPage};
use super::correlations::{ExclusionFormPage, ExclusionIndexPage, RankingPage, RuleFormPage, RuleIndexPage};
use super::errors::ErrorPage;
use super::event_delegations::{DelegationFormPage, DelegationIndexPage, DelegationPage};
use super::event_reports::{ExtractPage, ReportFormPage, ReportIndexPage, ReportPage, ReportTargets};
use super::events::{EventFormPage, EventGraphPage, EventIndexPage, EventPage};
use super::exports::ExportPage;
use super::feeds::{FeedFormPage, FeedIndexPage, FeedOverlapPage, FeedPreviewPage};
use super::jobs::{JobIndexPage, JobPage};
use super::logs::{AuditLogPage, EventHistoryPage};
use super::news::{NewsFormPage, NewsPage};
use super::organisations::{
    OrganisationFormPage, OrganisationIndexPage, OrganisationMergePage, OrganisationPage,
};
use super::otp::{OtpPage, OtpPaperPage, OtpSetUpPage, TermsPage};
use super::proposals::ProposalIndexPage;
use super::registrations::{RegisterPage, RegistrationsPage};
use super::rest_client::{AutomationPage, RestClientPage};
use super::roles::RoleIndexPage;
use super::samples::{HOSTILE, attributes, proposals};
use super::search::{SearchPage, Suggestions};
use super::sessions::{LoginHistoryPage, SessionsPage};
use super::settings::SettingsPage;
use super::sharing_groups::{SharingGroupFormPage, SharingGroupIndexPage, SharingGroupPage};
use super::sightings::SightingListPage;
use super::statistics::StatisticsPage;
use super::tag_collections::{TagCollectionFormPage, TagCollectionIndexPage};
use super::tags::TagIndexPage;
use super::taxonomies::{TaxonomyIndexPage, TaxonomyPage};
use super::threads::{DiscussionIndexPage, DiscussionPage, PostFormPage};
use super::user_settings::UserSettingsPage;
use super::users::{UserFormPage, UserIndexPage, UserPage};
use askama::Template;

fn html(page: &impl Template) -> String {
    page.render().unwrap()
}

fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("login", html(&LoginPage::sample())),
        ("left", html(&LeftPage::sample())),
        ("password", html(&PasswordPage::sample())),
        ("error", html(&ErrorPage::sample())),
        ("otp", html(&OtpPage::sample())),
        ("otp-set-up", html(&OtpSetUpPage::sample())),
        ("otp-paper", html(&OtpPaperPage::sample())),
        ("terms", html(&TermsPage::sample())),
        ("sessions", html(&SessionsPage::sample())),
        ("logins", html(&LoginHistoryPage::sample())),
        ("profile", html(&ProfilePage::sample())),
        ("key", html(&KeyPage::sample())),
        ("user-settings", html(&UserSettingsPage::sample())),
        ("tags", html(&TagIndexPage::sample())),
        ("events", html(&EventIndexPage::sample())),
        ("events-empty", html(&EventIndexPage::sample_empty())),
        ("event-graph", html(&EventGraphPage::sample())),
        ("event-form", html(&EventFormPage::sample())),
        ("event", html(&EventPage::sample())),
        ("attributes", html(&AttributeIndexPage::sample())),
        ("bulk", html(&BulkPage::sample())),
        ("delegations", html(&DelegationIndexPage::sample())),
        ("delegation", html(&DelegationPage::sample())),
        ("delegation-form", html(&DelegationFormPage::sample())),
        ("discussions", html(&DiscussionIndexPage::sample())),
        ("discussion", html(&DiscussionPage::sample())),
        ("post-form", html(&PostFormPage::sample())),
        ("analyst-data", html(&AnalystListPage::sample())),
        ("correlations", html(&RankingPage::sample())),
        ("exclusions", html(&ExclusionIndexPage::sample())),
        ("exclusion-form", html(&ExclusionFormPage::sample())),
        ("correlation-rules", html(&RuleIndexPage::sample())),
        ("correlation-rule-form", html(&RuleFormPage::sample())),
        ("feeds", html(&FeedIndexPage::sample())),
        ("feed-overlap", html(&FeedOverlapPage::sample())),
        ("feed-form", html(&FeedFormPage::sample())),
        ("feed-preview", html(&FeedPreviewPage::sample())),
        ("feed-values", html(&FeedPreviewPage::sample_values())),
        ("feed-failed", html(&FeedPreviewPage::sample_failed())),
        ("jobs", html(&JobIndexPage::sample())),
        ("job", html(&JobPage::sample())),
        ("organisations", html(&OrganisationIndexPage::sample())),
        ("organisation", html(&OrganisationPage::sample())),
        ("organisation-form", html(&OrganisationFormPage::sample())),
        ("organisation-merge", html(&OrganisationMergePage::sample())),
        ("sharing-groups", html(&SharingGroupIndexPage::sample())),
        ("sharing-group", html(&SharingGroupPage::sample())),
        (
            "sharing-group-concealed",
            html(&SharingGroupPage::sample_concealed()),
        ),
        ("sharing-group-form", html(&SharingGroupFormPage::sample())),
        ("users", html(&UserIndexPage::sample())),
        ("user", html(&UserPage::sample())),
        ("user-form", html(&UserFormPage::sample())),
        ("roles", html(&RoleIndexPage::sample())),
        ("log", html(&AuditLogPage::sample())),
        ("event-history", html(&EventHistoryPage::sample())),
        ("settings", html(&SettingsPage::sample())),
        ("statistics", html(&StatisticsPage::sample())),
        ("rest-client", html(&RestClientPage::sample())),
        ("automation", html(&AutomationPage::sample())),
        ("blocked-events", html(&BlocklistPage::sample(true))),
        ("blocked-organisations", html(&BlocklistPage::sample(false))),
        ("blocklist-form", html(&BlocklistFormPage::sample(None))),
        ("blocklist-entry", html(&BlocklistFormPage::sample(Some(1)))),
        ("tag-collections", html(&TagCollectionIndexPage::sample())),
        ("tag-collection-form", html(&TagCollectionFormPage::sample())),
        ("taxonomies", html(&TaxonomyIndexPage::sample())),
        ("taxonomy", html(&TaxonomyPage::sample())),
        ("collections", html(&CollectionIndexPage::sample())),
        ("collection", html(&CollectionPage::sample())),
        ("collection-form", html(&CollectionFormPage::sample())),
        ("bookmarks", html(&BookmarkIndexPage::sample())),
        ("bookmark-form", html(&BookmarkFormPage::sample())),
        ("exports", html(&ExportPage::sample())),
        ("search", html(&SearchPage::sample())),
        ("register", html(&RegisterPage::sample())),
        ("registrations", html(&RegistrationsPage::sample())),
        ("news", html(&NewsPage::sample())),
        ("news-form", html(&NewsFormPage::sample())),
        ("proposals", html(&ProposalIndexPage::sample())),
        ("sighting-list", html(&SightingListPage::sample())),
        ("reports", html(&ReportIndexPage::sample())),
        ("report", html(&ReportPage::sample())),
        ("report-form", html(&ReportFormPage::sample())),
        ("report-extract", html(&ExtractPage::sample())),
        ("thread-page", html(&ThreadPage::sample())),
    ]
}

fn fragments() -> Vec<(&'static str, String)> {
    vec![
        (
            "attribute-row",
            html(&AttributeRowFragment {
                row: attributes::attribute(14),
            }),
        ),
        ("attribute-edit", html(&AttributeRowEdit::sample())),
        ("proposed-change", html(&proposals::change(true))),
        ("attribute-form", html(&attributes::form())),
        (
            "attribute-body",
            html(&AttributeTableFragment {
                table: AttributeTable::sample(),
            }),
        ),
        ("attribute-window", html(&AttributeTable::sample().window)),
        ("tags", html(&attributes::tags())),
        ("tag-picker", html(&TagPicker::sample())),
        ("suggestions", html(&Suggestions::sample())),
        ("sightings", html(&attributes::attribute(14).sightings)),
        ("thread", html(&Thread::sample())),
        ("report-targets", html(&ReportTargets::sample())),
        ("report-preview", html(&ReportFormPage::sample().preview)),
        ("job-live", html(&JobPage::sample().live)),
        ("job-progress", html(&JobPage::sample().live.job.progress)),
    ]
}

fn write_samples() {
    let Some(directory) = std::env::var_os("SIGHTLINE_SAMPLES") else {
        return;
    };
    for (name, html) in pages().into_iter().chain(fragments()) {
        std::fs::write(
            std::path::Path::new(&directory).join(format!("{name}.html")),
            html,
        )
        .unwrap();
    }
}

/// The opening tags of a document, as `(name, attributes)`.
fn opening_tags(html: &str) -> Vec<(String, String)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = rest.split_at(at + 1).1;
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        // An attribute's value may hold ">".
        let mut quote = None;
        let end = rest.find(|c: char| match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(c);
                false
            }
            (Some(open), _) if open == c => {
                quote = None;
                false
            }
            (None, '>') => true,
            _ => false,
        });
        let tag = rest.split_at(end.unwrap()).0;
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        tags.push((name.to_owned(), attributes.to_owned()));
    }
    tags
}

/// The names of attributes in the text of a tag.
fn attribute_names(attributes: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        names.push(name.to_owned());
        rest = after;
        if let Some(value) = rest.strip_prefix('=') {
            rest = match value.chars().next().unwrap() {
                quote @ ('"' | '\'') => value.splitn(3, quote).nth(2).unwrap(),
                _ => value
                    .find(char::is_whitespace)
                    .map_or("", |at| value.split_at(at).1),
            };
        }
        rest = rest.trim_start();
    }
    names
}

fn count(html: &str, name: &str) -> usize {
    opening_tags(html).iter().filter(|(tag, _)| tag == name).count()
}

#[test]
fn a_page_has_one_main_one_heading_and_its_frame() {
    write_samples();
    for (name, html) in pages() {
        for element in ["html", "main", "h1", "title", "footer"] {
            // Parts of a drawing have titles of their own.
            let html = if element == "title" {
                html.split_once("</head>").map_or("", |(head, _)| head)
            } else {
                &html
            };
            assert_eq!(count(html, element), 1, "<{element}> in {name}");
            assert_eq!(
                html.matches(&format!("</{element}>")).count(),
                1,
                "</{element}> in {name}"
            );
        }
        assert!(html.trim_start().starts_with("<!doctype html>"), "{name}");
    }
}

#[test]
fn elements_are_closed() {
    for (name, html) in pages().into_iter().chain(fragments()) {
        for element in [
            "div", "section", "form", "table", "tbody", "tr", "td", "span", "ul", "li", "dl", "dialog", "a",
        ] {
            assert_eq!(
                count(&html, element),
                html.matches(&format!("</{element}>")).count(),
                "<{element}> in {name}"
            );
        }
    }
}

#[test]
fn the_reader_of_tags_sees_through_quotes() {
    let tags = opening_tags(r#"<p title="a > b" onclick='x()' hidden><b style=red>"#);
    let names: Vec<_> = tags
        .iter()
        .map(|(_, attributes)| attribute_names(attributes))
        .collect();
    assert_eq!(names, [vec!["title", "onclick", "hidden"], vec!["style"]]);
}

#[test]
fn nothing_needs_inline_script_or_style() {
    for (name, html) in pages().into_iter().chain(fragments()) {
        for (tag, attributes) in opening_tags(&html) {
            let names = attribute_names(&attributes);
            assert!(tag != "style", "<style> in {name}");
            assert!(
                tag != "script" || attributes.contains("nonce=\"nonce-of-the-sample\""),
                "<script> in {name}"
            );
            for attribute in names {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "<{tag} {attribute}> in {name}"
                );
                assert!(!attribute.starts_with("hx-on"), "<{tag} {attribute}> in {name}");
            }
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    for (name, html) in pages().into_iter().chain(fragments()) {
        assert!(!html.contains(HOSTILE), "{name}");
        assert!(!html.contains("<script>"), "{name}");
        assert!(!html.contains("<img src=x"), "{name}");
    }
}

#[test]
fn forms_show_again_what_was_typed() {
    let typed = HOSTILE.chars().fold(String::new(), |escaped, c| match c {
        '<' | '>' | '"' | '\'' | '&' => format!("{escaped}&#{};", u32::from(c)),
        _ => format!("{escaped}{c}"),
    });
    for (page, field) in [
        ("feed-form", "name"),
        ("organisation-form", "name"),
        ("organisation-merge", "target"),
        ("sharing-group-form", "name"),
        ("sharing-group", "org"),
        ("user-form", "email"),
        ("event-form", "extends_uuid"),
        ("blocklist-form", "event_info"),
        ("tag-collection-form", "name"),
        ("collection-form", "name"),
        ("bookmark-form", "url"),
        ("news-form", "title"),
    ] {
        let (_, html) = pages().into_iter().find(|(name, _)| *name == page).unwrap();
        let input = html
            .split(&format!("id=\"{field}\""))
            .nth(1)
            .unwrap()
            .split('\n')
            .next()
            .unwrap();
        assert!(
            input.contains(&format!("value=\"{typed}\"")),
            "{field} of {page}: {input}"
        );
    }
}

#[test]
fn every_posting_form_of_a_page_carries_the_token() {
    for (name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            if form.split('>').next().unwrap().contains("method=\"post\"") {
                assert!(
                    form.contains(r#"name="_csrf" value="token-of-the-sample""#),
                    "{name}: {form}"
                );
            }
        }
    }
}

#[test]
fn ids_are_unique_and_labels_and_descriptions_lead_somewhere() {
    for (name, html) in pages() {
        let values = |attribute: &str| -> Vec<String> {
            let mark = format!(" {attribute}=\"");
            html.split(&mark)
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned())
                .collect()
        };
        let mut ids = values("id");
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "ids of {name}");
        for attribute in [
            "for",
            "aria-describedby",
            "aria-labelledby",
            "data-dialog",
            "popovertarget",
            "list",
        ] {
            for value in values(attribute) {
                for id in value.split(' ') {
                    assert!(
                        ids.binary_search(&id.to_owned()).is_ok(),
                        "{attribute}={id} in {name}"
                    );
                }
            }
        }
    }
}
