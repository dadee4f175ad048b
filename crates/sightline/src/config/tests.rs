//! The layers and their complaints.

use super::*;
use std::fs;

/// A data directory with a file, and variables; the outcome as text when it is a complaint.
fn load_with(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("sightline.toml"), file).unwrap();
    let environment = environment
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    let sources = Sources {
        data: data.path().into(),
        environment,
        ..Sources::default()
    };
    load(&sources).map_err(|e| format!("{e:#}").replace(&data.path().display().to_string(), "DIR"))
}

#[test]
fn without_file_and_variables_the_defaults_are_in_force() {
    let data = tempfile::tempdir().unwrap();
    let sources = Sources {
        data: data.path().into(),
        ..Sources::default()
    };
    assert_eq!(load(&sources).unwrap(), Config::default());
}

#[test]
fn mistakes_in_the_file_are_named_with_their_line() {
    for (file, complaint) in [
        (
            "[server]\nlisten = \"127.0.0.1:1\"\nlisen = \"x\"\n",
            "DIR/sightline.toml:3: unknown field `lisen`",
        ),
        (
            "\n[sever]\nlisten = \"x\"\n",
            "DIR/sightline.toml:2: unknown field `sever`",
        ),
        (
            "[events]\n\nunpublished_private = 3\n",
            "DIR/sightline.toml:3: invalid type: integer `3`",
        ),
        (
            "[log]\nformat = \"xml\"\n",
            "DIR/sightline.toml:2: unknown variant `xml`",
        ),
        ("[log]\nlevel = \n", "DIR/sightline.toml:2: "),
        (
            "[security]\ntrusted_proxies = [\"nonsense\"]\n",
            "security.trusted_proxies: nonsense",
        ),
        (
            "[server]\ntls_key = \"k.pem\"\n",
            "server.tls_certificate and server.tls_key need each other",
        ),
        (
            "[database]\nurl = \"mysql://h/d\"\n",
            "database.url: must begin with postgres://",
        ),
    ] {
        let error = load_with(file, &[]).unwrap_err();
        assert!(error.starts_with(complaint), "{file}: {error}");
    }
}

#[test]
fn a_file_that_is_named_must_exist() {
    let sources = Sources {
        file: Some("/nonexistent/sightline.toml".into()),
        ..Sources::default()
    };
    assert!(format!("{:#}", load(&sources).unwrap_err()).contains("/nonexistent/sightline.toml"));
}

#[test]
fn flags_win_over_variables_which_win_over_the_file() {
    let data = tempfile::tempdir().unwrap();
    fs::write(
        data.path().join("sightline.toml"),
        "[server]\nlisten = \"127.0.0.1:1\"\nurl = \"http://file/\"\n[log]\nlevel = \"debug\"\n",
    )
    .unwrap();
    let sources = Sources {
        data: data.path().into(),
        environment: vec![
            ("SIGHTLINE__SERVER__LISTEN".into(), "127.0.0.1:2".into()),
            ("SIGHTLINE__SERVER__URL".into(), "https://variable".into()),
        ],
        listen: Some("127.0.0.1:3".into()),
        ..Sources::default()
    };
    let config = load(&sources).unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:3");
    assert_eq!(config.server.url, "https://variable");
    assert_eq!(config.log.level, "debug");
}

#[test]
fn variables_are_read_as_toml_where_that_fits() {
    let config = load_with(
        "",
        &[
            ("SIGHTLINE__REMOTE__ALLOW_PRIVATE", "true"),
            ("SIGHTLINE__REMOTE__ALLOW_NETWORKS", "[\"10.0.0.0/8\"]"),
            ("SIGHTLINE__FEEDS__LOCAL_ROOTS", "[\"/srv/feeds\"]"),
            ("SIGHTLINE__SECURITY__PASSWORD_LENGTH", "16"),
            ("SIGHTLINE__DATABASE__URL", "postgres://u:p@h/d"),
            ("SIGHTLINE__LOG__LEVEL", "0"),
            ("SIGHTLINE__SERVER__URL", ""),
            ("SIGHTLINE_ADMIN_EMAIL", "admin@example.org"),
        ],
    )
    .unwrap();
    assert!(config.remote.allow_private);
    assert_eq!(config.remote.allow_networks.len(), 1);
    assert_eq!(config.feeds.local_roots, [PathBuf::from("/srv/feeds")]);
    assert_eq!(config.security.password_length, 16);
    assert_eq!(config.database.url, "postgres://u:p@h/d");
    assert_eq!(config.log.level, "0");
}

#[test]
fn mistakes_in_variables_are_named_with_the_variable() {
    for (name, value, complaint) in [
        ("SIGHTLINE__SERVER__LISEN", "x", "unknown field `lisen`"),
        ("SIGHTLINE__SEVER__LISTEN", "x", "unknown field `sever`"),
        ("SIGHTLINE__LISTEN", "x", "expected SIGHTLINE__SECTION__KEY"),
        (
            "SIGHTLINE__REMOTE__ALLOW_PRIVATE",
            "yes",
            "invalid type: string \"yes\", expected a boolean",
        ),
    ] {
        let error = load_with("", &[(name, value)]).unwrap_err();
        assert!(
            error.starts_with(&format!("environment variable {name}: {complaint}")),
            "{error}"
        );
    }
}

#[test]
fn what_is_shown_can_be_read_again_and_holds_no_secret() {
    let config = load_with(
        "[database]\nurl = \"postgres://u:geheim@h/d\"\n[remote]\nproxy = \"http://u:geheim@p:1\"\n",
        &[],
    )
    .unwrap();
    let shown = toml::to_string(&masked(&config)).unwrap();
    assert!(!shown.contains("geheim"), "{shown}");
    let mut again = load_with(&shown, &[]).unwrap();
    assert!(
        again.named.contains("events.unpublished_private"),
        "a key that is there is named"
    );
    again.named.clone_from(&config.named);
    assert_eq!(again, masked(&config));
}
