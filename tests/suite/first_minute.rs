//! The first minute of the README: the quickstart, and what it leaves.

use crate::cli::{Dir, code, gristmill, printed, said};

#[test]
fn the_quickstart_shows_every_stage_doing_something() {
    let dir = Dir::new();
    let out = dir.path("quickstart");
    let run = gristmill(&["run", "configs/quickstart.toml", "--out", &out]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let stats: serde_json::Value =
        serde_json::from_str(&printed(&gristmill(&["stats", &out, "--format", "json"]))).unwrap();
    let plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.path("quickstart/plan.json")).unwrap()).unwrap();
    for (step, tally) in plan["steps"].as_array().unwrap().iter().zip(stats["tally"]["steps"].as_array().unwrap()) {
        let kind = step["kind"].as_str().unwrap();
        let dropped: u64 =
            tally["dropped"].as_object().unwrap().values().map(|flow| flow["documents"].as_u64().unwrap()).sum();
        if kind != "pii" && kind != "tokenize" {
            assert!(dropped > 0, "step {} drops nothing", step["name"]);
        }
    }
    assert!(!stats["tally"]["pii"].as_object().unwrap().is_empty());
    assert!(stats["tally"]["languages"].as_object().unwrap().len() >= 8);
    assert!(stats["totals"]["kept"].as_u64().unwrap() > 100);
    assert!(stats["totals"]["shards"].as_u64().unwrap() >= 2);
    assert!(stats["tally"]["faults"].as_object().unwrap().len() >= 6, "{}", stats["tally"]["faults"]);
    assert_eq!(code(&gristmill(&["verify", &out])), 0);
    let report = std::fs::read_to_string(dir.path("quickstart/report.html")).unwrap();
    assert!(report.contains("<svg") && !report.contains("<script>alert"));
    // The report names documents that `why` knows.
    let examples = stats["tally"]["examples"].as_object().unwrap();
    let id = examples.values().next().unwrap()[0]["id"].as_str().unwrap();
    let why = gristmill(&["why", &out, id]);
    assert!(printed(&why).contains("Not kept"), "{}{}", printed(&why), said(&why));
}
