//! Notes and reports over the wire: shapes as recorded.

use crate::test_client::on_each;
use serde_json::{Value, json};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_note_has_the_recorded_shape() {
    on_each(|client| async move {
        let (event, _) = client.event().await;
        let path = format!("/analyst_data/add/Note/{event}/Event");
        let (status, made) = client
            .post(
                &path,
                json!({"note": "a note", "language": "en", "distribution": 1}),
            )
            .await;
        let note = &made["Note"];
        let org = json!({
            "id": "1", "name": note["Org"]["name"], "uuid": note["org_uuid"], "type": note["Org"]["type"], "sector": "",
            "nationality": "", "local": true,
        });
        let wanted = json!({
            "id": "1", "uuid": note["uuid"], "object_uuid": event, "object_type": "Event", "authors": "admin@admin.test",
            "org_uuid": note["org_uuid"], "orgc_uuid": note["org_uuid"], "created": "2023-11-14 22:13:20",
            "modified": "2023-11-14 22:13:20", "distribution": "1", "sharing_group_id": null, "locked": false,
            "note": "a note", "language": "en", "note_type": 0, "note_type_name": "Note", "Orgc": org, "Org": org,
            "_canEdit": true,
        });
        assert_eq!((status, note), (200, &wanted));
        let (_, list) = client.ask("GET", "/analystData/index/note", Value::Null).await;
        assert_eq!(list, json!([{"Note": wanted}]));
        let (_, gone) = client.post("/analyst_data/delete/Note/1", Value::Null).await;
        assert_eq!(
            gone,
            json!({"saved": true, "success": true, "name": "Note deleted.", "message": "Note deleted.", "url": "/notes/delete/1", "id": 1})
        );
    });
}

#[test]
fn a_report_has_the_recorded_shape() {
    on_each(|client| async move {
        client.event().await;
        let body = json!({"name": "Report", "content": "# md", "distribution": "5"});
        let (status, made) = client.post("/event_reports/add/1", body).await;
        let org = json!({"id": "1", "name": made["Event"]["Org"]["name"]});
        let mut wanted = json!({
            "EventReport": {
                "id": "1", "uuid": made["EventReport"]["uuid"], "event_id": "1", "name": "Report", "content": "# md",
                "distribution": "5", "sharing_group_id": "0", "timestamp": "1700000000", "deleted": false,
            },
            "Event": {
                "id": "1", "orgc_id": "1", "org_id": "1", "info": "an event", "user_id": "1", "date": "2023-11-14",
                "Org": org, "Orgc": org,
            },
            "SharingGroup": {"id": null, "name": null, "uuid": null},
        });
        assert_eq!((status, &made), (200, &wanted));
        let (_, edited) = client
            .post(
                "/eventReports/edit/1",
                json!({"EventReport": {"content": "# md"}}),
            )
            .await;
        assert_eq!(keys(&edited), keys(&wanted));
        wanted["RelationshipInbound"] = json!([]);
        let (_, seen) = client.ask("GET", "/eventReports/view/1", Value::Null).await;
        assert_eq!(seen, wanted);
        let (_, list) = client
            .ask("GET", "/event_reports/index/event_id:1", Value::Null)
            .await;
        assert_eq!(list, json!([wanted]));
        let (status, headers, text) = client.raw("GET", "/eventReports/download/1", "").await;
        assert_eq!((status, text.as_str()), (200, "# md"));
        assert_eq!(
            headers["content-disposition"],
            "attachment; filename=\"report-1.md\""
        );
        let (status, refused) = client
            .post("/eventReports/restSearch", json!({"eventid": "1"}))
            .await;
        assert_eq!(
            (status, &refused["message"]),
            (404, &json!("RestSearch is not implemented (yet) for this scope."))
        );
    });
}
