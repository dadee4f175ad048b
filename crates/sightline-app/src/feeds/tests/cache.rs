//! Knowing what a feed holds without importing it.

use super::*;
use crate::feeds::cache::{self, Scope};
use serde_json::json;
use sightline_formats::feed_hashes::push_hash_lines;

const A: &str = "5f1b2c3d-0000-4000-8000-00000000000a";
const B: &str = "5f1b2c3d-0000-4000-8000-00000000000b";

/// Caches a feed with a worker of its own; the ended job.
async fn run(instance: &Instance, id: FeedId) -> Job {
    let jobs = cache::request(&instance.admin, Scope::One(id)).await.unwrap();
    assert_eq!(jobs.len(), 1);
    instance.work_until(jobs[0], |job| !job.state.is_alive()).await
}

async fn text_feed(instance: &Instance, server: &Server, name: &str, visible: bool) -> FeedId {
    let body = json!({"name": name, "provider": "P", "url": format!("{}/{name}", server.url),
        "caching_enabled": true, "lookup_visible": visible});
    instance.add(body).await
}

async fn misp_feed(instance: &Instance, server: &Server) -> FeedId {
    let body = json!({"name": "M", "provider": "P", "url": server.url, "source_format": "misp",
        "caching_enabled": true, "lookup_visible": true});
    instance.add(body).await
}

/// Name and events of the feeds that know a value.
async fn known(ctx: &Ctx, value: &str) -> Vec<(String, Vec<String>)> {
    let found = cache::search(ctx, vec![value.to_owned()]).await.unwrap();
    let known = found.into_iter().flat_map(|(_, known)| known);
    known
        .map(|known| {
            (
                known.feed.name,
                known.events.iter().map(Uuid::to_string).collect(),
            )
        })
        .collect()
}

fn of(name: &str, events: &[&str]) -> Vec<(String, Vec<String>)> {
    vec![(name.to_owned(), events.iter().map(|e| (*e).to_owned()).collect())]
}

#[test]
fn a_text_feeds_values_are_found_as_they_are_and_in_lower_case_until_they_are_gone() {
    on_each(|instance| async move {
        let server = Server::new();
        server.put(
            "T",
            "# comment\n203.0.113.1\nhttp://evil.example.com/Path\nEVIL.example.com\n",
        );
        let id = text_feed(&instance, &server, "T", true).await;
        assert_eq!(known(&instance.admin, "203.0.113.1").await, []);
        let job = run(&instance, id).await;
        assert_eq!(job.state, State::Done, "{}", job.message);
        for value in [
            "203.0.113.1",
            " 203.0.113.1 ",
            "evil.example.com",
            "http://evil.example.com/Path",
        ] {
            assert_eq!(known(&instance.admin, value).await, of("T", &[]), "{value}");
        }
        assert_eq!(known(&instance.admin, "203.0.113.2").await, []);
        assert_eq!(
            instance.count("SELECT COUNT(*) FROM attributes").await,
            0,
            "nothing is imported"
        );

        server.put("T", "203.0.113.2\n");
        run(&instance, id).await;
        assert_eq!(known(&instance.admin, "203.0.113.1").await, []);
        assert_eq!(known(&instance.admin, "203.0.113.2").await, of("T", &[]));
        let states = cache::states(&instance.admin).await.unwrap();
        assert_eq!(
            states
                .iter()
                .map(|state| (state.feed, state.hashes))
                .collect::<Vec<_>>(),
            [(id, 1)]
        );

        assert_eq!(run(&instance, id).await.message, "The feed has not changed.");
        instance.edit(id, json!({"headers": "X-Other: 1"})).await;
        assert!(run(&instance, id).await.message.contains("successfully"));
    });
}

#[test]
fn an_empty_download_is_a_fault_and_leaves_the_cache_as_it_was() {
    on_each(|instance| async move {
        let server = Server::new();
        server.put("T", "203.0.113.1\n");
        let id = text_feed(&instance, &server, "T", true).await;
        run(&instance, id).await;
        server.put("T", "");
        assert_eq!(run(&instance, id).await.state, State::Failed);
        assert_eq!(known(&instance.admin, "203.0.113.1").await, of("T", &[]));
    });
}

#[test]
fn a_misp_feed_is_known_by_its_checksums() {
    on_each(|instance| async move {
        let server = Server::new();
        let mut lines = String::from("no checksum\n");
        push_hash_lines(A, "domain", "a.example", &mut lines);
        push_hash_lines(A, "domain|ip", "both.example|203.0.113.1", &mut lines);
        push_hash_lines(B, "domain", "a.example", &mut lines);
        server.put("hashes.csv", &lines);
        let id = misp_feed(&instance, &server).await;
        let job = run(&instance, id).await;
        assert!(
            job.message.starts_with("1 line(s)") && job.message.ends_with("3 values."),
            "{}",
            job.message
        );
        assert_eq!(known(&instance.admin, "a.example").await, of("M", &[A, B]));
        assert_eq!(known(&instance.admin, "203.0.113.1").await, of("M", &[A]));
        assert_eq!(server.served("manifest.json"), 0);
    });
}

#[test]
fn without_checksums_the_events_are_read() {
    on_each(|instance| async move {
        let server = Server::new();
        let event = json!({"Event": {"uuid": A, "info": "x", "timestamp": "100", "date": "2026-01-02",
            "Attribute": [{"type": "domain", "value": "a.example"}],
            "Object": [{"name": "file", "Attribute": [
                {"type": "filename|md5", "value": "x.exe|d41d8cd98f00b204e9800998ecf8427e"}]}]}});
        let entry = json!({"info": "x", "timestamp": "100", "Orgc": {"name": "O"}, "Tag": []});
        server.put("manifest.json", &json!({A: entry, B: entry}).to_string());
        server.put(&format!("{A}.json"), &event.to_string());
        let id = misp_feed(&instance, &server).await;
        let job = run(&instance, id).await;
        assert!(
            job.message.starts_with("1 line(s)") && job.message.ends_with("3 values."),
            "{}",
            job.message
        );
        for value in ["a.example", "x.exe", "d41d8cd98f00b204e9800998ecf8427e"] {
            assert_eq!(known(&instance.admin, value).await, of("M", &[A]), "{value}");
        }
        assert!(
            instance
                .log(job.id)
                .await
                .iter()
                .any(|line| line.message.contains(B))
        );

        // What could not be read this time is still known from the last.
        let other = event.to_string().replace(A, B).replace("a.example", "b.example");
        server.put(&format!("{B}.json"), &other);
        server.remove(&format!("{A}.json"));
        run(&instance, id).await;
        for (value, uuid) in [("a.example", A), ("b.example", B)] {
            assert_eq!(known(&instance.admin, value).await, of("M", &[uuid]), "{value}");
        }
    });
}

#[test]
fn strangers_look_up_only_in_feeds_that_are_shown_to_them_and_cache_none() {
    on_each(|instance| async move {
        let server = Server::new();
        server.put("shown", "203.0.113.1\n203.0.113.2\n");
        server.put("hidden", "203.0.113.1\n203.0.113.3\n203.0.113.4\n203.0.113.5\n");
        let shown = text_feed(&instance, &server, "shown", true).await;
        let hidden = text_feed(&instance, &server, "hidden", false).await;
        for job in cache::request(&instance.admin, Scope::Text).await.unwrap() {
            instance.work_until(job, |job| !job.state.is_alive()).await;
        }
        let stranger = instance.stranger();
        assert_eq!(known(&instance.admin, "203.0.113.1").await.len(), 2);
        assert_eq!(known(&stranger, "203.0.113.1").await, of("shown", &[]));
        assert_eq!(known(&stranger, "203.0.113.3").await, []);
        let all = cache::search_all(&stranger).await.unwrap();
        assert_eq!(all.iter().map(|known| known.feed.id).collect::<Vec<_>>(), [shown]);
        for refused in [
            cache::request(&stranger, Scope::All).await.map(drop),
            cache::compare(&stranger).await.map(drop),
            cache::coverage(&stranger, shown, vec![]).await.map(drop),
        ] {
            assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
        }

        let compared = cache::compare(&instance.admin).await.unwrap();
        let rows: Vec<_> = compared
            .iter()
            .map(|row| {
                (
                    row.feed.id,
                    row.values,
                    row.others[0].count,
                    row.others[0].percentage,
                )
            })
            .collect();
        assert_eq!(rows, [(shown, 2, 1, 50), (hidden, 4, 1, 25)]);
        // Once more, now that the other one is there for certain.
        instance.edit(hidden, json!({"headers": "X-Again: 1"})).await;
        run(&instance, hidden).await;
        assert_eq!(
            cache::statistics(&instance.admin, hidden).await.unwrap(),
            (4, 250)
        );
        assert_eq!(
            cache::coverage(&instance.admin, shown, vec![hidden.0])
                .await
                .unwrap(),
            500
        );
        assert_eq!(cache::coverage(&instance.admin, shown, vec![]).await.unwrap(), 0);

        delete(&instance.admin, hidden).await.unwrap();
        assert_eq!(known(&instance.admin, "203.0.113.3").await, []);
        let swept = instance.count("SELECT MAX(id) FROM jobs").await;
        instance
            .work_until(JobId(swept), |job| !job.state.is_alive())
            .await;
        assert_eq!(instance.count("SELECT COUNT(*) FROM feed_cache_values").await, 2);
    });
}

#[test]
fn feeds_are_cached_only_where_it_is_enabled() {
    on_each(|instance| async move {
        let server = Server::new();
        let id = text_feed(&instance, &server, "T", true).await;
        instance.edit(id, json!({"caching_enabled": false})).await;
        let job = run(&instance, id).await;
        assert_eq!(job.state, State::Failed);
        assert!(job.message.contains("not enabled"), "{}", job.message);
        assert_eq!(cache::request(&instance.admin, Scope::All).await.unwrap(), []);
        assert!(matches!(
            cache::request(&instance.admin, Scope::One(FeedId(999))).await,
            Err(AppError::NotFound(_))
        ));
        assert!(Scope::parse("nonsense").is_err());
    });
}
