//! The examples of docs/own-problem.md are scenarios: each block, laid over the first, is valid.

use meanfield_scenario::{load, overrides::Overrides};
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

#[test]
fn every_example_is_a_scenario() {
    let blocks = blocks();
    assert!(blocks.len() > 25, "{}", blocks.len());
    for block in &blocks {
        let text = toml::to_string(&laid_over(&blocks[0], block)).expect("TOML");
        if let Err(mistakes) = load("example.toml", &text, &Overrides::default()) {
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
