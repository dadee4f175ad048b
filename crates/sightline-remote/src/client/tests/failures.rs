//! Timeouts, cancellation and broken connections.

use std::time::Duration;

use super::*;

#[tokio::test]
async fn silence_and_dripping_end_in_a_timeout() {
    let second = Duration::from_secs(1);
    let server = TestServer::start("127.0.0.1", move |path| match path {
        "/silent" => Answer::ok("text/plain", b"x").dripping(60 * second),
        "/head" => Answer::ok("text/plain", b"x").dripping(second / 10),
        _ => Answer::raw([&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[b'x'; 100]].concat()).dripping(second / 20),
    })
    .await;
    let impatient = Remote::new(&RemoteConfig {
        read_timeout_seconds: 1,
        ..open()
    })
    .unwrap();
    let error = bytes(&impatient, &server.url("/silent")).await.unwrap_err();
    assert!(matches!(error, RemoteError::Timeout { .. }), "{error:?}");
    assert!(error.is_retryable());

    let bounded = RemoteConfig {
        read_timeout_seconds: 10,
        total_timeout_seconds: 2,
        ..open()
    };
    let bounded = Remote::new(&bounded).unwrap();
    for path in ["/head", "/body"] {
        let start = Instant::now();
        let error = bytes(&bounded, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, RemoteError::Timeout { .. }), "{path}: {error:?}");
        assert!(start.elapsed() < 4 * second, "{path}");
    }
}

#[tokio::test]
async fn dropping_the_future_closes_the_connection_and_removes_the_file() {
    let pause = Duration::from_millis(5);
    let server = TestServer::start("127.0.0.1", move |_| {
        Answer::ok("text/plain", &[b'x'; 9_000]).dripping(pause)
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let remote = remote();
    let download = async {
        let response = remote.get(Request::new(server.url("/"))).await.unwrap();
        response.into_tempfile(directory.path(), LIMIT, |_| ()).await
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(1), download)
            .await
            .is_err()
    );
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    for _ in 0..100 {
        if server.given_up() == 1 {
            return;
        }
        tokio::time::sleep(pause).await;
    }
    panic!("the server still sends");
}

#[tokio::test]
async fn failures_to_connect_are_told_apart() {
    let server = TestServer::start("127.0.0.1", |_| Answer::raw("this is not HTTP\r\n\r\n")).await;
    let error = bytes(&remote(), &server.url("/")).await.unwrap_err();
    assert!(matches!(error, RemoteError::Transfer { .. }), "{error:?}");

    // The server reads a TLS hello as a request that never ends, so answer one by hand.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
    });
    let error = bytes(&remote(), &format!("https://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(matches!(error, RemoteError::Tls { .. }), "{error:?}");

    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = bytes(&remote(), &format!("http://127.0.0.1:{closed}/?key=s3cret"))
        .await
        .unwrap_err();
    assert!(matches!(error, RemoteError::Connect { .. }), "{error:?}");
    assert!(!error.to_string().contains("s3cret"));
}
