//! What every request passes through, in process on a fresh SQLite instance.

use super::*;
use crate::platform::{self, Place};
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use futures_util::StreamExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;

/// The folder lives as long as the instance.
struct Instance {
    edge: Arc<Edge>,
    router: Router,
    _folder: TempDir,
}

fn instance(change: impl FnOnce(&mut Config)) -> Instance {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    change(&mut config);
    let started = platform::start(&config, &Place::new(folder.path(), "")).unwrap();
    let recorder = PrometheusBuilder::new().build_recorder();
    let edge = Edge::new(started.platform, &config, recorder.handle()).unwrap();
    let router = edge
        .router()
        .layer(MockConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))));
    Instance {
        edge,
        router,
        _folder: folder,
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn ask(instance: &Instance, request: Request<Body>) -> Answer {
    let (parts, body) = instance
        .router
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .into_parts();
    let body = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post_json(path: &str) -> Builder {
    Request::post(path)
        .header("accept", "application/json")
        .header("authorization", "k".repeat(40))
}

#[tokio::test]
async fn the_probes_answer_and_say_when_the_server_stops() {
    let instance = instance(|_| {});
    assert_eq!(ask(&instance, get("/healthz")).await.status, StatusCode::OK);
    assert_eq!(ask(&instance, get("/readyz")).await.status, StatusCode::OK);
    assert_eq!(ask(&instance, get("/metrics")).await.status, StatusCode::OK);
    instance.edge.stop();
    assert_eq!(ask(&instance, get("/healthz")).await.status, StatusCode::OK);
    let stopping = ask(&instance, get("/readyz")).await;
    assert_eq!(
        (stopping.status, stopping.body.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    );
}

#[tokio::test]
async fn metrics_can_be_switched_off() {
    let instance = instance(|config| config.server.metrics = false);
    assert_eq!(
        ask(&instance, get("/metrics")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn programs_get_the_envelope_and_people_get_a_page() {
    let instance = instance(|_| {});
    let program = ask(
        &instance,
        Request::get("/events")
            .header("accept", "application/json")
            .body(Body::empty())
            .unwrap(),
    )
    .await;
    assert_eq!(program.status, StatusCode::FORBIDDEN);
    assert!(program.body.starts_with("{\"name\":"), "{}", program.body);
    let person = ask(&instance, get("/events")).await;
    assert_eq!(person.status, StatusCode::FOUND);
    assert!(
        person.headers["location"]
            .to_str()
            .unwrap()
            .starts_with("/users/login")
    );
}

#[tokio::test]
async fn every_answer_carries_the_request_id_and_the_careful_headers() {
    let instance = instance(|config| config.server.url = "https://threats.example.org".into());
    let request = Request::get("/healthz")
        .header("x-request-id", "trace-7")
        .body(Body::empty())
        .unwrap();
    let answer = ask(&instance, request).await;
    assert_eq!(answer.headers["x-request-id"], "trace-7");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(
        answer.headers["content-security-policy"],
        "default-src 'none'; frame-ancestors 'none'"
    );
    assert!(answer.headers.contains_key("strict-transport-security"));
    let page = ask(&instance, get("/users/login")).await;
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("'nonce-"),
        "a page's own policy stays"
    );
    assert_eq!(page.headers["x-request-id"].len(), 32);
}

#[tokio::test]
async fn bodies_are_bounded_announced_or_not_and_after_decompression() {
    let instance = instance(|config| config.server.max_body_bytes = 1_000);
    let large = "x".repeat(1_001);
    let announced = post_json("/users/heartbeat")
        .header("content-length", "1001")
        .body(Body::from(large.clone()))
        .unwrap();
    let chunks = futures_util::stream::iter(vec![Ok::<_, std::io::Error>(large)]);
    let unannounced = post_json("/users/heartbeat")
        .body(Body::from_stream(chunks))
        .unwrap();
    let bomb = post_json("/users/heartbeat")
        .header("content-encoding", "gzip")
        .body(Body::from(gzip(&[b'x'; 100_000])))
        .unwrap();
    for request in [announced, unannounced, bomb] {
        let answer = ask(&instance, request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
        assert!(answer.body.contains("larger than 1000 bytes"), "{}", answer.body);
    }
    let person = Request::post("/events/add")
        .header("content-length", "1001")
        .body(Body::from("x".repeat(1_001)))
        .unwrap();
    let page = ask(&instance, person).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.body.contains("<!doctype html>"), "{}", page.body);
}

#[tokio::test]
async fn compressed_requests_are_read_and_broken_ones_refused() {
    let instance = instance(|_| {});
    let fine = post_json("/users/heartbeat")
        .header("content-encoding", "gzip")
        .body(Body::from(gzip(b"{}")))
        .unwrap();
    assert_eq!(ask(&instance, fine).await.status, StatusCode::OK);
    let broken = post_json("/users/heartbeat")
        .header("content-encoding", "gzip")
        .body(Body::from("no gzip"))
        .unwrap();
    assert_eq!(ask(&instance, broken).await.status, StatusCode::BAD_REQUEST);
    let unknown = post_json("/users/heartbeat")
        .header("content-encoding", "lzma")
        .body(Body::from("x"))
        .unwrap();
    assert_eq!(
        ask(&instance, unknown).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
}

#[tokio::test]
async fn a_strangers_body_is_not_collected() {
    let instance = instance(|_| {});
    let made = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&made);
    let chunks = futures_util::stream::iter(0..90).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, std::io::Error>(vec![b' '; 1024 * 1024])
    });
    let request = post_json("/events/add").body(Body::from_stream(chunks)).unwrap();
    assert_eq!(ask(&instance, request).await.status, StatusCode::FORBIDDEN);
    let made = made.load(Ordering::SeqCst);
    assert!(
        made <= 2,
        "{made} megabytes were read of a request without a valid key"
    );
}

#[tokio::test]
async fn who_asks_too_often_waits_and_others_do_not() {
    let instance = instance(|config| config.security.requests_per_minute = 2);
    let of = |cookie: &str| {
        Request::get("/users/login")
            .header("cookie", cookie)
            .body(Body::empty())
            .unwrap()
    };
    for _ in 0..2 {
        assert_eq!(
            ask(&instance, of("other=1; sightline_session=a")).await.status,
            StatusCode::OK
        );
    }
    // A cookie beside the session's does not make another user.
    let refused = ask(&instance, of("other=2; sightline_session=a")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        refused.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u32>()
            .unwrap()
            >= 1
    );
    assert_eq!(
        ask(&instance, of("sightline_session=b")).await.status,
        StatusCode::OK
    );
}

async fn defect() -> StatusCode {
    panic!("a defect")
}

#[tokio::test]
async fn a_defect_is_an_answer_and_not_the_end() {
    let instance = instance(|_| {});
    let broken = Router::new()
        .route("/broken", axum::routing::get(defect))
        .layer(from_fn_with_state(Arc::clone(&instance.edge), observe::observe))
        .layer(MockConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))));
    let instance = Instance {
        router: broken,
        ..instance
    };
    let request = Request::get("/broken")
        .header("accept", "application/json")
        .body(Body::empty())
        .unwrap();
    let answer = ask(&instance, request).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.body.contains("a defect"), "{}", answer.body);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_given_up() {
    let instance = instance(|config| config.server.request_timeout = 30);
    let hanging = Router::new()
        .route("/hanging", axum::routing::get(std::future::pending::<()>))
        .layer(from_fn_with_state(Arc::clone(&instance.edge), observe::observe))
        .layer(MockConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))));
    let instance = Instance {
        router: hanging,
        ..instance
    };
    let request = Request::get("/hanging")
        .header("accept", "application/json")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        ask(&instance, request).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
