//! An example of what to write for a key, from the schema alone. `…` stands for what only the author of a
//! scenario knows: the schema knows types and names, no sensible numbers.

use serde_json::Value as Json;
use toml::de::DeValue;

use crate::schema::{Schema, open, properties, required};

/// The place of a number or text in an example.
const UNKNOWN: &str = "…";

impl Schema {
    /// A line that gives a key a value of the right shape: a table, one of several kinds, or a list. What was
    /// `typed` is kept where it has its place there. None for a single number or text, of which the type says
    /// everything.
    pub(crate) fn example(&self, key: &str, schema: &Json, typed: Option<&DeValue>) -> Option<String> {
        let resolved = self.resolve(schema);
        if let Some(variants) = self.variants(resolved) {
            let named = |name: &str| typed.and_then(DeValue::as_str) == Some(name);
            let (name, content, _) =
                variants.iter().find(|(name, ..)| named(name)).or_else(|| variants.first())?;
            return Some(format!("{key}.{name} = {}", self.sample(content)));
        }
        if self.is_of_type(resolved, "array") {
            let entry = typed.and_then(|typed| self.kept(resolved.get("items")?, typed));
            let list = entry.map_or_else(|| self.sample(resolved), |entry| format!("[{entry}]"));
            return Some(format!("{key} = {list}"));
        }
        match open(resolved) {
            Some(inner) => self.example(&format!("{key}.<name>"), inner, None),
            None if self.is_table(resolved) => Some(format!("{key} = {}", self.sample(resolved))),
            None => None,
        }
    }

    /// The text of a number that may be an entry of a list.
    fn kept(&self, items: &Json, typed: &DeValue) -> Option<String> {
        match typed {
            DeValue::Integer(number) if self.is_number(items) => Some(number.as_str().to_owned()),
            DeValue::Float(number) if self.is_of_type(items, "number") => Some(number.as_str().to_owned()),
            _ => None,
        }
    }

    /// A value of a schema: required keys only.
    fn sample(&self, schema: &Json) -> String {
        let resolved = self.resolve(schema);
        if let Some((name, content, _)) =
            self.variants(resolved).and_then(|variants| variants.into_iter().next())
        {
            return format!("{{ {name} = {} }}", self.sample(content));
        }
        if self.is_of_type(resolved, "array") {
            let count = resolved.get("minItems").and_then(Json::as_u64).unwrap_or(1).max(1);
            let entry = resolved.get("items").map_or(UNKNOWN.to_owned(), |items| self.sample(items));
            return format!("[{}]", vec![entry; count as usize].join(", "));
        }
        if self.is_table(resolved) {
            return self.sample_table(resolved);
        }
        match self.names(resolved).first() {
            Some(name) => format!("\"{name}\""),
            None if self.is_of_type(resolved, "boolean") => "true".to_owned(),
            None => UNKNOWN.to_owned(),
        }
    }

    /// A table with its required keys.
    fn sample_table(&self, schema: &Json) -> String {
        let needed: Vec<&str> = required(schema).collect();
        let keys = properties(schema).filter(|(key, _)| needed.contains(key));
        let keys: Vec<String> = keys.map(|(key, inner)| format!("{key} = {}", self.sample(inner))).collect();
        if keys.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", keys.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example for the key at a path, something having been typed there.
    fn example(path: &[&str], typed: Option<&str>) -> Option<String> {
        let schema = Schema::of_scenarios();
        let inner = path.iter().try_fold(&schema.root, |inner, key| schema.property(inner, key));
        let typed = typed.map(|typed| DeValue::parse(typed).expect("a value"));
        let typed = typed.as_ref().map(|typed| typed.get_ref());
        schema.example(path.last().expect("a key"), inner.expect("a known key"), typed)
    }

    #[test]
    fn examples_have_the_shape_that_the_schema_asks_for() {
        let schedule = ["dynamics", "schedule"];
        assert_eq!(example(&schedule, None).as_deref(), Some("schedule.constant = {}"));
        assert_eq!(
            example(&schedule, Some("\"power\"")).as_deref(),
            Some("schedule.power = { exponent = … }")
        );
        let activation = ["model", "activation"];
        assert_eq!(example(&activation, Some("\"relu\"")).as_deref(), Some("activation.relu = {}"));
        assert_eq!(
            example(&activation, Some("3")).as_deref(),
            Some("activation.piecewise-linear = { knots = [[…, …]] }")
        );
        let seeds = ["systems", "sgd", "finite-network", "seeds"];
        assert_eq!(example(&seeds, Some("2")).as_deref(), Some("seeds = [2]"));
        assert_eq!(example(&seeds, Some("true")).as_deref(), Some("seeds = […]"));
        assert_eq!(
            example(&["systems"], None).as_deref(),
            Some("systems.<name>.finite-volume = { cells = […] }")
        );
        assert_eq!(example(&["dynamics", "end-time"], None), None);
    }
}
