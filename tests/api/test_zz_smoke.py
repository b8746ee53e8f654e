def test_smoke(county, teacher, case_id, task, database_kind):
    import json
    print(task)
    r = teacher.get(f"/tasks/{task['id']}")
    print(r.status, r.body[:300]); d=r.json
    print(d['outcomes'], d['next'], d['law'], d['guidance'], d['values'])
    print(teacher.get(f"/cases/{case_id}").json)
    print(teacher.get(f"/cases/{case_id}/history").json)
    print(str(teacher.get(f"/cases/{case_id}/diagram?process=SP10_detection").json['nodes']))
    for p in ("/students?count=true&limit=3", f"/students/{county.students['刘一']}", "/processes", "/processes/SP10_detection", "/profiles/qs_b","/openapi.json","/metrics","/health/ready","/health/live","/nix","/sandbox/clock","/cases?count=true"):
        r=teacher.get(p); print(p, r.status, r.body[:400].decode())
    print(county.move_to("2026-03-17T10:00:00+08:00").json)
    print(teacher.get("/tasks?view=team&count=true").json)
