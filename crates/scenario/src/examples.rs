//! Examples of keys, for `meanfield list`: those of the page `docs/own-problem.md`, which a test loads one by
//! one. They stand nowhere else.

use std::collections::BTreeSet;

use toml::{Table, Value};

/// The page.
const PAGE: &str = include_str!("../../../docs/own-problem.md");
/// Stands in a place for the name of a system.
const ANY_NAME: &str = "<name>";

/// The blocks of the page.
pub(crate) struct Examples {
    blocks: Vec<Table>,
}

impl Examples {
    /// Those of the page, the block that all others change last.
    pub fn of_page() -> Self {
        let texts = PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
        let mut blocks: Vec<Table> = texts.filter_map(|text| text.parse().ok()).collect();
        let first = 1.min(blocks.len());
        blocks.rotate_left(first);
        Self { blocks }
    }

    /// What the page has at a place, e.g. `model.data.table`: the first.
    pub fn at_place(&self, place: &str) -> Option<Value> {
        let steps: Vec<&str> = place.split('.').filter(|step| !step.is_empty()).collect();
        self.blocks.iter().find_map(|block| found_below(&Value::Table(block.clone()), &steps))
    }
}

/// What stands at the end of these steps, the first of it where lists or names leave a choice.
fn found_below(value: &Value, steps: &[&str]) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value.clone()) };
    match value {
        Value::Array(items) => items.iter().find_map(|item| found_below(item, steps)),
        Value::Table(table) if *step == ANY_NAME => table.values().find_map(|inner| found_below(inner, rest)),
        Value::Table(table) => found_below(table.get(*step)?, rest),
        _ => None,
    }
}

/// The keys of a value, its own and those of tables in it.
pub(crate) fn keys_within(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(keys_within).collect(),
        Value::Table(table) => {
            let inner = table.values().flat_map(keys_within);
            table.keys().cloned().chain(inner).collect()
        }
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_tables_lists_and_under_any_name() {
        let examples = Examples::of_page();
        let found = |place: &str| examples.at_place(place).map(|value| value.to_string());
        assert_eq!(found("model.label-noise").as_deref(), Some("0.3"));
        assert_eq!(found("systems.<name>.finite-network.batch").as_deref(), Some("8"));
        assert_eq!(found("model.data.multi-index.teacher.factor").as_deref(), Some("-0.5"));
        assert_eq!(found("model.data.multi-index.neither"), None);
    }
}
