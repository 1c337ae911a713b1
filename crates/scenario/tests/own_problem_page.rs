//! The examples of docs/own-problem.md are scenarios: each block, laid over the first, is valid.

use crate::support;

use std::path::Path;

use meanfield_scenario::from_record::{RecordFile, RecordReader};
use meanfield_scenario::{kinds, load, overrides::Overrides};
use toml::Table;

const PAGE: &str = include_str!("../../../docs/own-problem.md");

/// The blocks of the page.
fn blocks() -> Vec<Table> {
    let texts = PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    texts.map(|text| text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"))).collect()
}

/// `base` with the sections of a block; within `[model]` and the like its keys take the place of those there.
fn laid_over(base: &Table, block: &Table) -> Table {
    let mut whole = base.clone();
    for (section, content) in block {
        match (whole.get_mut(section), content) {
            (Some(toml::Value::Table(there)), toml::Value::Table(content)) => {
                there.extend(content.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            _ => {
                whole.insert(section.clone(), content.clone());
            }
        }
    }
    whole
}

/// The record of the page's first run: that of the first block, with the laws that a later one keeps.
fn first_run(_: &Path) -> Result<RecordFile, String> {
    let blocks = blocks();
    let keeps = |block: &&Table| block.get("observe").is_some_and(|observe| observe.get("weights").is_some());
    let whole = laid_over(&blocks[0], blocks.iter().find(keeps).expect("a block that keeps weights"));
    let text = toml::to_string(&whole).expect("TOML");
    let first = load("first.toml", &text, &Overrides::default()).map_err(|error| error.to_string())?;
    let records = support::records(&first).into_values().collect();
    Ok(RecordFile { scenario: first.resolved, records })
}

#[test]
fn every_example_is_a_scenario() {
    let blocks = blocks();
    assert!(blocks.len() > 25, "{}", blocks.len());
    for block in &blocks {
        let text = toml::to_string(&laid_over(&blocks[0], block)).expect("TOML");
        let folder = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support"));
        let records = Some(RecordReader(first_run));
        let overrides = Overrides { records, folder, ..Overrides::default() };
        if let Err(mistakes) = load("example.toml", &text, &overrides) {
            panic!("{mistakes}\n{block}");
        }
    }
}

#[test]
fn a_wrong_example_would_be_found() {
    let blocks = blocks();
    let wrong: Table = "dynamics.factors = { a = -1.0 }".parse().expect("TOML");
    let text = toml::to_string(&laid_over(&blocks[0], &wrong)).expect("TOML");
    assert!(load("example.toml", &text, &Overrides::default()).is_err());
}

#[test]
fn the_list_shows_an_example_of_every_kind_and_key_of_the_page() {
    let kinds = kinds();
    // A file beside the scenario, and what the program writes.
    let without = ["csv", "recorded"];
    for kind in kinds.iter().filter(|kind| !without.contains(&kind.name.as_str())) {
        if ["model.data", "model.initial", "dynamics.schedule"].contains(&kind.place.as_str()) {
            assert!(kind.example.is_some(), "{}.{}", kind.place, kind.name);
        }
    }
    let of_kinds =
        [("model.loss", "huber"), ("model.activation", "formula"), ("systems.<name>", "linearised")];
    for (place, name) in of_kinds {
        let kind = kinds.iter().find(|kind| (kind.place.as_str(), kind.name.as_str()) == (place, name));
        assert!(kind.is_some_and(|kind| kind.example.is_some()), "{place}.{name}");
    }
    let keys = "mean overlap label-noise ridge-on temperature classification-error weights forces batch \
                scaling alpha";
    for key in keys.split(' ') {
        let shows = |text: &str| text.contains(&format!("{key} = "));
        let is_shown = kinds.iter().any(|kind| {
            kind.key_examples.iter().any(|(name, _)| name == key)
                || kind.example.as_deref().is_some_and(shows)
        });
        assert!(is_shown, "{key}");
    }
}
