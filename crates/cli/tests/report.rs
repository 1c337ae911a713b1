//! The page of a record: what is in it, what it may replace, and that nothing of a record is obeyed. In a
//! browser: `report_browser.rs`.

use crate::support;

use support::Place;

/// The text between two others.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from}")).1;
    rest.split_once(to).unwrap_or_else(|| panic!("no {to}")).0
}

fn page(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path(name)).expect("a page")
}

#[test]
fn the_page_holds_what_the_record_does() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml", "--report"]).status(0);
    let page = page(&place, "output/small/report.html");
    assert!(page.starts_with("<!doctype html>"), "a page");
    for words in [
        "Every claim holds.",
        "risk of sgd within 10 (t in [0, 0.5], 6 times)",
        "✓ holds",
        "✓ ok",
        "sgd: 1, 2",
        "meanfield run small.toml --report",
        "neurons = 30",
    ] {
        assert!(page.contains(words), "no {words}");
    }
    for address in ["http://", "https://", "<link", "src="] {
        let own = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!own.contains(address), "{address}: the page is to be by itself");
    }
    let json = between(&page, "id=\"numbers\">", "</script>");
    let numbers: serde_json::Value = serde_json::from_str(json).expect("valid JSON");
    let risk = &numbers["charts"][0];
    assert_eq!(risk["name"], "risk");
    let records = place.records("output/small");
    for record in records.iter().filter(|record| record.system != "sgd") {
        let label = format!("{} ({})", record.system, record.kind);
        let lines = risk["lines"].as_array().expect("lines");
        let line = lines.iter().find(|line| line["label"] == label.as_str()).expect("a line");
        let own = record.row("risk", 0).expect("a risk");
        for (i, value) in own.iter().enumerate() {
            let shown = line["y"][i].as_f64().expect("a number");
            assert!((shown - value).abs() <= 1e-5 * value.abs(), "{label}: {shown} for {value}");
        }
    }
    let law = &numbers["laws"][0];
    assert_eq!((law["name"].as_str(), law["t"].as_array().map(Vec::len)), (Some("radius"), Some(2)));
    let mean = law["systems"][0]["moments"][1]["mean"].as_f64().expect("a mean");
    let own = records[0].law(0, 1).expect("a law").marginal(0).mean();
    assert!((mean - own).abs() <= 1e-5 * own, "{mean} for {own}");
}

#[test]
fn nothing_in_a_record_is_markup() {
    let place = Place::new();
    let title = "</title><script>alert(1)</script> & \\\"b\\\"";
    place.edit("A small scenario", title);
    place.meanfield(&["run", "small.toml"]).status(0);
    place.meanfield(&["report", "output/small/record.h5", "--output", "pages/one.html"]).status(0);
    let page = page(&place, "pages/one.html");
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert(1)"), "escaped");
}

#[test]
fn a_report_replaces_a_report_and_nothing_else() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let record = "output/small/record.h5";
    place.meanfield(&["report", record]).status(0);
    let first = page(&place, "output/small/report.html");
    place.meanfield(&["report", record]).status(0);
    assert_eq!(first, page(&place, "output/small/report.html"));
    place.write("mine.html", "mine");
    place.meanfield(&["report", record, "--output", "mine.html"]).status(2).says("is no report of meanfield");
    assert_eq!(page(&place, "mine.html"), "mine");
    place.meanfield(&["report", record, "--output", "mine.html", "--overwrite"]).status(0);
    assert_eq!(page(&place, "mine.html"), first);
    let whole = std::fs::read(place.path(record)).expect("there");
    place.meanfield(&["report", record, "--output", record, "--overwrite"]).status(2).says("record");
    assert_eq!(whole, std::fs::read(place.path(record)).expect("there"));
    place.meanfield(&["report", record, "--output", "output"]).status(2).says("directory");
    place.meanfield(&["report", "mine.html"]).status(2);
    place.meanfield(&["report", "missing.h5"]).status(2);
}

#[test]
fn a_claim_that_fails_says_where_at_every_point() {
    let place = Place::new();
    place.edit("within = 10.0", "within = 1e-6\n[vary]\nmodel.initial.gaussian.scale = [0.4, 0.8]");
    place.meanfield(&["run", "small.toml", "--report"]).status(1);
    let page = page(&place, "output/small/report.html");
    assert!(page.contains("Not every claim holds.") && page.contains("✗ does not hold"), "it fails");
    let failing = between(&page, "It fails at:", "</ul>");
    for point in ["scale = 0.4", "scale = 0.8"] {
        assert!(failing.contains(point), "{point}: {failing}");
    }
}

#[test]
fn results_of_quick_are_marked_everywhere() {
    let place = Place::new();
    let said = place.meanfield(&["run", "small.toml", "--quick", "--report"]).status(0);
    assert!(said.out.contains("--quick: the scenario was reduced"), "{}", said.out);
    assert_eq!(place.summary("output/small")["quick"], true);
    assert!(page(&place, "output/small/report.html").contains("<b>--quick:</b>"), "the page");
    let (header, _) = meanfield_store::read(&place.path("output/small/record.h5")).expect("a record");
    assert!(header.quick, "the record");
    let whole = Place::new();
    let said = whole.meanfield(&["run", "small.toml"]).status(0);
    assert!(!said.out.contains("--quick") && whole.summary("output/small").get("quick").is_none());
}
