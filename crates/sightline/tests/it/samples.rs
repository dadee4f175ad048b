//! Uploading a malware sample and getting it back sealed.

use crate::harness::{ADMIN, Instance};
use axum::http::{Method, StatusCode};
use serde_json::json;
use sightline_app::attributes::from_base64;

#[test]
fn a_sample_becomes_a_file_object_with_its_hashes() {
    for database in sightline_testkit::databases() {
        let engine = database.engine();
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let file = json!({"filename": "note.txt", "data": "aGVsbG8="});
            let answer = instance
                .post(
                    ADMIN,
                    "/events/upload_sample",
                    json!({"request": {"files": [file], "info": "Samples"}}),
                )
                .await;
            assert_eq!(answer["message"], "Success, saved all attributes.", "{engine}");
            let path = format!("/events/view/{}", answer["id"].as_str().unwrap());
            let (_, event) = instance.call(ADMIN, Method::GET, &path, None).await;
            let parts = event["Event"]["Object"][0]["Attribute"].as_array().unwrap();
            let value = |relation: &str| {
                let part = parts
                    .iter()
                    .find(|part| part["object_relation"] == relation)
                    .unwrap();
                part["value"].as_str().unwrap().to_owned()
            };
            let md5 = "5d41402abc4b2a76b9719d911017c592";
            assert_eq!(value("md5"), md5, "{engine}");
            assert_eq!(value("malware-sample"), format!("note.txt|{md5}"), "{engine}");
            assert_eq!(value("size-in-bytes"), "5", "{engine}");
            let sealed = parts
                .iter()
                .find(|part| part["type"] == "malware-sample")
                .unwrap();
            let zip = from_base64(sealed["data"].as_str().unwrap()).unwrap();
            assert!(zip.starts_with(b"PK"), "{engine}: an archive");
            assert!(
                !zip.windows(5).any(|window| window == b"hello"),
                "{engine}: the sample is not in the clear"
            );
        });
    }
}

#[test]
fn an_upload_without_files_changes_nothing() {
    let instance = Instance::start(sightline_testkit::databases().swap_remove(0));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let body = Some(json!({"request": {"files": [{"filename": "x"}], "info": "Samples"}}));
        let (status, answer) = instance
            .call(ADMIN, Method::POST, "/events/upload_sample", body)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        let (_, index) = instance.call(ADMIN, Method::GET, "/events/index", None).await;
        assert_eq!(index, json!([]));
    });
}
