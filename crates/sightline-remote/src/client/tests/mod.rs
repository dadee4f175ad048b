//! Redirects, the guard at work, headers, statuses, proxy and configuration.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use reqwest::dns::{Addrs, Name, Resolving};

use super::*;
use crate::headers::feed_headers;
use crate::test_server::{Answer, TestServer};

mod bodies;
mod failures;

const LIMIT: u64 = 1 << 20;

fn open() -> RemoteConfig {
    RemoteConfig {
        allow_private: true,
        ..RemoteConfig::default()
    }
}

/// Refuses loopback but for 127.0.0.2, where the "public" test server listens.
fn guarded() -> RemoteConfig {
    RemoteConfig {
        allow_networks: vec!["127.0.0.2/32".parse().unwrap()],
        ..RemoteConfig::default()
    }
}

fn remote() -> Remote {
    Remote::new(&open()).unwrap()
}

async fn bytes(remote: &Remote, url: &str) -> Result<Vec<u8>, RemoteError> {
    remote.get(Request::new(url)).await?.into_bytes(LIMIT).await
}

/// Answers from a list per name: each look-up takes the next address, the last one stays.
struct ScriptedResolver(Mutex<HashMap<&'static str, Vec<Vec<&'static str>>>>);

impl ScriptedResolver {
    fn new(names: &[(&'static str, Vec<Vec<&'static str>>)]) -> Self {
        Self(Mutex::new(names.iter().cloned().collect()))
    }
}

impl Resolve for ScriptedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let mut names = self.0.lock().unwrap();
        let Some(script) = names.get_mut(name.as_str()) else {
            return Box::pin(async { Err("no such name".into()) });
        };
        let addresses = if script.len() > 1 {
            script.remove(0)
        } else {
            script[0].clone()
        };
        let addresses: Vec<SocketAddr> = addresses
            .iter()
            .map(|text| SocketAddr::new(text.parse().unwrap(), 0))
            .collect();
        Box::pin(async move {
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// `/hops/N` redirects N times.
async fn hopping_server() -> TestServer {
    TestServer::start("127.0.0.1", |path| {
        match path.strip_prefix("/hops/").unwrap().parse::<u32>().unwrap() {
            0 => Answer::ok("text/plain", b"arrived"),
            n => Answer::redirect(&format!("/hops/{}", n - 1)),
        }
    })
    .await
}

#[tokio::test]
async fn five_redirects_are_followed_and_six_are_not() {
    let server = hopping_server().await;
    let response = remote().get(Request::new(server.url("/hops/5"))).await.unwrap();
    assert_eq!(response.final_url.path(), "/hops/0");
    assert_eq!(response.into_bytes(LIMIT).await.unwrap(), b"arrived");
    assert_eq!(server.seen().len(), 6);

    let error = bytes(&remote(), &server.url("/hops/6")).await.unwrap_err();
    assert!(matches!(error, RemoteError::TooManyRedirects { .. }), "{error:?}");
}

#[tokio::test]
async fn redirects_to_what_the_guard_refuses_are_not_followed() {
    let inner = TestServer::start("127.0.0.1", |_| Answer::ok("text/plain", b"secret")).await;
    let port = inner.port();
    let outer = TestServer::start("127.0.0.2", move |path| match path {
        "/literal" => Answer::redirect(&format!("http://127.0.0.1:{port}/")),
        "/name" => Answer::redirect(&format!("http://inner.test:{port}/")),
        "/mapped" => Answer::redirect(&format!("http://[::ffff:127.0.0.1]:{port}/")),
        "/local" => Answer::redirect(&format!("//localhost:{port}/")),
        "/twice" => Answer::redirect("/literal"),
        "/file" => Answer::redirect("file:///etc/passwd"),
        "/user" => Answer::redirect("http://user:password@example.org/"),
        _ => Answer::ok("text/plain", b"public"),
    })
    .await;
    let resolver = ScriptedResolver::new(&[("inner.test", vec![vec!["127.0.0.1"]])]);
    let remote = Remote::with_resolver(&guarded(), resolver).unwrap();
    assert_eq!(bytes(&remote, &outer.url("/")).await.unwrap(), b"public");
    for path in ["/literal", "/name", "/mapped", "/local", "/twice"] {
        let error = bytes(&remote, &outer.url(path)).await.unwrap_err();
        assert!(matches!(error, RemoteError::Blocked { .. }), "{path}: {error:?}");
        assert!(!error.is_retryable());
    }
    for path in ["/file", "/user"] {
        let error = bytes(&remote, &outer.url(path)).await.unwrap_err();
        assert!(matches!(error, RemoteError::InvalidUrl(_)), "{path}: {error:?}");
    }
    assert!(inner.seen().is_empty());
}

#[tokio::test]
async fn names_are_judged_by_the_address_that_is_connected_to() {
    let inner = TestServer::start("127.0.0.1", |_| Answer::ok("text/plain", b"secret")).await;
    let outer = TestServer::start("127.0.0.2", |_| Answer::ok("text/plain", b"public")).await;
    let resolver = ScriptedResolver::new(&[
        ("rebinding.test", vec![vec!["127.0.0.2"], vec!["127.0.0.1"]]),
        ("mixed.test", vec![vec!["127.0.0.1", "127.0.0.2", "::1"]]),
        (
            "inner.test",
            vec![vec!["127.0.0.1", "10.9.8.7", "::ffff:127.0.0.1"]],
        ),
    ]);
    let remote = Remote::with_resolver(&guarded(), resolver).unwrap();
    let (outer_port, inner_port) = (outer.port(), inner.port());

    let url = format!("http://rebinding.test:{outer_port}/");
    assert_eq!(bytes(&remote, &url).await.unwrap(), b"public");
    let url = format!("http://rebinding.test:{inner_port}/");
    assert!(matches!(
        bytes(&remote, &url).await,
        Err(RemoteError::Blocked { .. })
    ));

    let url = format!("http://mixed.test:{outer_port}/");
    assert_eq!(bytes(&remote, &url).await.unwrap(), b"public");
    let url = format!("http://mixed.test:{inner_port}/");
    assert!(matches!(
        bytes(&remote, &url).await,
        Err(RemoteError::Connect { .. })
    ));

    let error = bytes(&remote, &format!("http://inner.test:{inner_port}/x?key=s3cret"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, RemoteError::Blocked { host, .. } if host == "inner.test"),
        "{error:?}"
    );
    for hint in ["127.", "10.9", "loopback", "s3cret"] {
        assert!(
            !error.public_message().contains(hint),
            "{}",
            error.public_message()
        );
    }
    assert!(inner.seen().is_empty());

    let error = bytes(&remote, "http://unknown.test/").await.unwrap_err();
    assert!(matches!(error, RemoteError::Dns { .. }), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn feed_headers_are_sent_and_stay_with_their_origin() {
    let other = TestServer::start("127.0.0.1", |_| Answer::ok("text/plain", b"x")).await;
    let target = other.url("/");
    let first = TestServer::start("127.0.0.1", move |path| match path {
        "/same" => Answer::redirect("/away"),
        _ => Answer::redirect(&target),
    })
    .await;
    let headers = feed_headers("Authorization: k3y\nX-Tier: gold", "2.5.0", "some-uuid").unwrap();
    let request = Request::new(first.url("/same"))
        .headers(headers)
        .if_none_match(Some("\"v1\"".into()));
    remote().get(request).await.unwrap();

    let seen = first.seen();
    assert_eq!(seen.len(), 2);
    for head in &seen {
        for line in [
            "accept: application/json, text/plain, text/*\r\n",
            "misp-version: 2.5.0\r\n",
            "misp-uuid: some-uuid\r\n",
            "user-agent: sightline/",
            "authorization: k3y\r\n",
            "x-tier: gold\r\n",
            "if-none-match: \"v1\"\r\n",
        ] {
            assert!(head.contains(line), "{line} in {head}");
        }
        let encodings = head
            .lines()
            .find(|line| line.starts_with("accept-encoding: "))
            .unwrap();
        assert!(
            ["gzip", "br", "zstd"].iter().all(|name| encodings.contains(name)),
            "{encodings}"
        );
    }
    let head = &other.seen()[0];
    assert!(head.contains("accept: application/json, text/plain, text/*\r\n"));
    assert!(head.contains("if-none-match: \"v1\"\r\n"));
    for name in ["authorization", "x-tier", "misp-uuid", "referer"] {
        assert!(!head.contains(name), "{name} in {head}");
    }
}

#[tokio::test]
async fn an_etag_comes_back_as_not_modified() {
    let server = TestServer::start("127.0.0.1", |path| match path {
        "/fresh" => Answer::new(
            200,
            "ETag: \"v2\"\r\nContent-Type: application/json; charset=utf-8\r\n",
            b"{}",
        ),
        _ => Answer::new(304, "", b""),
    })
    .await;
    let response = remote().get(Request::new(server.url("/fresh"))).await.unwrap();
    assert_eq!(response.etag.as_deref(), Some("\"v2\""));
    assert_eq!(
        response.content_type.as_deref(),
        Some("application/json; charset=utf-8")
    );

    let request = Request::new(server.url("/")).if_none_match(response.etag);
    assert!(matches!(
        remote().get(request).await.err(),
        Some(RemoteError::NotModified)
    ));
    let unasked = remote().get(Request::new(server.url("/"))).await.err();
    assert!(matches!(unasked, Some(RemoteError::Status { status: 304, .. })));
}

#[tokio::test]
async fn other_statuses_are_errors_that_name_the_url_without_its_secrets() {
    let server = TestServer::start("127.0.0.1", |path| {
        Answer::new(path.get(1..4).unwrap().parse().unwrap(), "", b"body")
    })
    .await;
    for (status, retryable) in [
        (201, false),
        (204, false),
        (206, false),
        (302, false),
        (403, false),
        (404, false),
        (429, true),
        (503, true),
    ] {
        let error = bytes(
            &remote(),
            &server.url(&format!("/{status}/manifest.json?key=s3cret")),
        )
        .await
        .unwrap_err();
        assert!(
            matches!(error, RemoteError::Status { status: got, .. } if got == status),
            "{error:?}"
        );
        assert_eq!(error.is_retryable(), retryable, "{status}");
        let message = error.public_message();
        assert!(
            message.contains("/manifest.json?…") && message.contains(&status.to_string()),
            "{message}"
        );
        assert!(!message.contains("s3cret") && !error.to_string().contains("s3cret"));
    }
}

#[tokio::test]
async fn a_configured_proxy_is_used_but_does_not_open_literals() {
    let proxy = TestServer::start("127.0.0.1", |_| Answer::ok("text/plain", b"by proxy")).await;
    let config = RemoteConfig {
        proxy: Some(proxy.url("")),
        ..RemoteConfig::default()
    };
    let remote = Remote::new(&config).unwrap();
    assert_eq!(
        bytes(&remote, "http://feed.example/list").await.unwrap(),
        b"by proxy"
    );
    assert!(
        proxy.seen()[0].starts_with("get http://feed.example/list http/1.1"),
        "{:?}",
        proxy.seen()
    );
    for url in [
        "http://10.0.0.1/",
        "http://localhost/",
        "http://metadata.google.internal/",
    ] {
        assert!(
            matches!(bytes(&remote, url).await, Err(RemoteError::Blocked { .. })),
            "{url}"
        );
    }
    assert_eq!(proxy.seen().len(), 1);
}

#[test]
fn the_configuration_is_checked_and_defaults_are_complete() {
    let config: RemoteConfig = serde_json::from_str("{}").unwrap();
    assert_eq!(config, RemoteConfig::default());
    assert!(!config.allow_private);
    assert!(serde_json::from_str::<RemoteConfig>(r#"{"allow_privat": true}"#).is_err());
    let parsed: RemoteConfig =
        serde_json::from_str(r#"{"allow_networks": ["10.0.0.0/8", "fd00::/8"]}"#).unwrap();
    assert_eq!(parsed.allow_networks.len(), 2);
    for broken in [
        RemoteConfig {
            connect_timeout_seconds: 0,
            ..RemoteConfig::default()
        },
        RemoteConfig {
            read_timeout_seconds: 0,
            ..RemoteConfig::default()
        },
        RemoteConfig {
            total_timeout_seconds: 0,
            ..RemoteConfig::default()
        },
        RemoteConfig {
            user_agent: "a\r\nb".into(),
            ..RemoteConfig::default()
        },
        RemoteConfig {
            proxy: Some("http://user:s3cret@".into()),
            ..RemoteConfig::default()
        },
    ] {
        let error = Remote::new(&broken).err().unwrap();
        assert!(matches!(error, RemoteError::Config(_)), "{error:?}");
        assert!(!error.to_string().contains("s3cret"));
    }
}
