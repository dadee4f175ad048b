//! Encodings, archives, limits and progress.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;

use super::*;

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        if name.ends_with('/') {
            writer.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

async fn spooled(url: &str, limit: u64) -> Result<Vec<u8>, RemoteError> {
    let directory = tempfile::tempdir().unwrap();
    let response = remote().get(Request::new(url)).await?;
    let result = response.into_tempfile(directory.path(), limit, |_| ()).await;
    if result.is_err() {
        assert_eq!(
            std::fs::read_dir(directory.path()).unwrap().count(),
            0,
            "nothing is left behind"
        );
    }
    let mut content = Vec::new();
    result?.read_to_end(&mut content)?;
    Ok(content)
}

#[tokio::test]
async fn gzip_is_decoded_and_counted_decompressed() {
    let content = vec![b'a'; 300_000];
    let body = gzipped(&content);
    assert!(body.len() < 1_000);
    let broken = body[..body.len() / 2].to_vec();
    let server = TestServer::start("127.0.0.1", move |path| {
        Answer::new(
            200,
            "Content-Encoding: gzip\r\n",
            if path == "/broken" { &broken } else { &body },
        )
    })
    .await;
    assert_eq!(bytes(&remote(), &server.url("/")).await.unwrap(), content);
    assert_eq!(spooled(&server.url("/"), 300_000).await.unwrap(), content);
    let error = spooled(&server.url("/"), 299_999).await;
    assert!(
        matches!(error, Err(RemoteError::TooLarge { limit: 299_999 })),
        "{error:?}"
    );
    let error = spooled(&server.url("/broken"), LIMIT).await;
    assert!(matches!(error, Err(RemoteError::Transfer { .. })), "{error:?}");
}

#[tokio::test]
async fn a_zip_with_one_file_is_replaced_by_that_file() {
    let content = vec![b'z'; 200_000];
    let one = zipped(&[("feed.csv", &content)]);
    let server = TestServer::start("127.0.0.1", move |path| match path {
        "/declared" => Answer::ok("application/zip; x=y", &one),
        "/list.ZIP?x" => Answer::ok("application/octet-stream", &one),
        "/two" => Answer::ok("application/zip", &zipped(&[("a", b"1"), ("b", b"2")])),
        "/none" => Answer::ok("application/zip", &zipped(&[])),
        "/directory" => Answer::ok("application/zip", &zipped(&[("a/", b"")])),
        "/broken" => Answer::ok("application/zip", b"PK\x03\x04 and then nothing"),
        _ => Answer::ok("application/octet-stream", &one),
    })
    .await;
    for path in ["/declared", "/list.ZIP?x"] {
        assert_eq!(
            spooled(&server.url(path), LIMIT).await.unwrap(),
            content,
            "{path}"
        );
        assert_eq!(
            bytes(&remote(), &server.url(path)).await.unwrap(),
            content,
            "{path}"
        );
        let error = spooled(&server.url(path), 100_000).await;
        assert!(
            matches!(error, Err(RemoteError::TooLarge { limit: 100_000 })),
            "{path}: {error:?}"
        );
    }
    assert!(
        spooled(&server.url("/neither"), LIMIT)
            .await
            .unwrap()
            .starts_with(b"PK")
    );
    for path in ["/two", "/none", "/directory", "/broken"] {
        let error = spooled(&server.url(path), LIMIT).await;
        assert!(matches!(error, Err(RemoteError::Zip(_))), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_with_and_without_a_length() {
    let server = TestServer::start("127.0.0.1", |path| match path {
        "/length" => Answer::ok("text/plain", &[b'x'; 1_000]),
        _ => Answer::raw(
            [
                &b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"[..],
                &[b'x'; 1_000],
            ]
            .concat(),
        ),
    })
    .await;
    for path in ["/length", "/endless"] {
        assert_eq!(
            spooled(&server.url(path), 1_000).await.unwrap().len(),
            1_000,
            "{path}"
        );
        let error = spooled(&server.url(path), 999).await;
        assert!(
            matches!(error, Err(RemoteError::TooLarge { limit: 999 })),
            "{path}: {error:?}"
        );
    }
    let small = Remote::new(&RemoteConfig {
        max_body_bytes: 500,
        ..open()
    })
    .unwrap();
    let error = bytes(&small, &server.url("/length")).await;
    assert!(
        matches!(error, Err(RemoteError::TooLarge { limit: 500 })),
        "{error:?}"
    );
}

#[tokio::test]
async fn progress_grows_to_the_size_of_the_body() {
    let server = TestServer::start("127.0.0.1", |_| Answer::ok("text/plain", &[b'x'; 600_000])).await;
    let directory = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    let response = remote().get(Request::new(server.url("/"))).await.unwrap();
    let file = response
        .into_tempfile(directory.path(), LIMIT, |received| seen.push(received))
        .await
        .unwrap();
    assert_eq!(file.path().parent(), Some(directory.path()));
    assert!(seen.is_sorted());
    assert_eq!(seen.last(), Some(&600_000));
}
