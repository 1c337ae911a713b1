//! The pages of docs/ as a book (scripts/book): none is forgotten in its summary, every kind of system has a
//! page, and the scenarios that these pages show are scenarios. What the built book's links lead to,
//! scripts/book_links.py sees.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn text(page: &str) -> String {
    fs::read_to_string(docs().join(page)).unwrap_or_else(|error| panic!("docs/{page}: {error}"))
}

/// The pages in a folder of docs/, by their paths from there.
fn pages(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(docs().join(folder)).expect("a folder").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}{name}")).collect()
}

/// The kinds of systems, as the schema of scenario files has them.
fn kinds() -> Vec<String> {
    let output = cargo_bin_cmd!("meanfield").arg("schema").output().expect("run");
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let kinds = schema["$defs"]["SystemKind"]["oneOf"].as_array().expect("kinds");
    kinds.iter().map(|kind| kind["required"][0].as_str().expect("a name").to_owned()).collect()
}

/// The scenarios that a page shows.
fn scenarios(page: &str) -> Vec<String> {
    let text = text(page);
    let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(str::to_owned).collect()
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = text("SUMMARY.md");
    let folders = ["", "systems/", "figures/", "decisions/"];
    let pages: Vec<String> = folders.iter().flat_map(|folder| pages(folder)).collect();
    assert!(pages.len() > 60, "the pages were not found");
    let is_missing = |page: &&String| *page != "SUMMARY.md" && !summary.contains(&format!("]({page})"));
    let missing: Vec<_> = pages.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "pages in no line of docs/SUMMARY.md: {missing:?}");
}

#[test]
fn every_kind_of_system_has_a_page() {
    let kinds = kinds();
    assert!(kinds.len() > 5, "the schema was not read");
    let overview = text("systems/README.md");
    for kind in kinds {
        assert!(text(&format!("systems/{kind}.md")).starts_with(&format!("# `{kind}`")), "{kind}: its title");
        assert!(overview.contains(&format!("]({kind}.md)")), "{kind} is not in docs/systems/README.md");
        let shown = scenarios(&format!("systems/{kind}.md"));
        assert!(shown.iter().any(|scenario| scenario.contains(&format!(".{kind}]"))), "{kind}: no example");
    }
}

#[test]
fn the_scenarios_of_its_pages_are_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shown.toml");
    for page in pages("systems/") {
        for scenario in scenarios(&page) {
            fs::write(&path, scenario).expect("written");
            let output = cargo_bin_cmd!("meanfield").arg("check").arg(&path).output().expect("run");
            assert!(output.status.success(), "docs/{page}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
