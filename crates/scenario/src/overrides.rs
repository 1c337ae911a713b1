//! Overrides: `[quick]` and `--set`, in this order, on top of the file.
//!
//! Tables merge key by key; lists and one-variant tables of another kind are replaced whole.

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::problem::{Mistakes, Problem};
use crate::schema::Schema;

/// What is laid over a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Apply the file's `[quick]`.
    pub quick: bool,
    /// `key=value`, dotted keys.
    pub set: Vec<String>,
}

/// The text with its overrides applied, or `None` where there are none.
pub(crate) fn apply(schema: &Schema, name: &str, text: &str, overrides: &Overrides) -> Result<Option<String>, Mistakes> {
    let wrong = |problem| Mistakes::new(name, text, vec![problem]);
    let mut file: Table = toml::from_str(text).map_err(|error| wrong(Problem::of_toml(&error)))?;
    let quick = file.remove("quick");
    if !overrides.quick && overrides.set.is_empty() {
        return Ok(None);
    }
    if overrides.quick {
        let help = "run without --quick, or add the section with smaller values";
        let missing = || wrong(Problem { message: "there is no [quick] section".into(), span: None, help: Some(help.into()) });
        let quick = quick.and_then(|quick| quick.try_into().ok()).ok_or_else(missing)?;
        merge(schema, &schema.root, &mut file, quick);
    }
    for assignment in &overrides.set {
        merge(schema, &schema.root, &mut file, parse_assignment(assignment).map_err(wrong)?);
    }
    let text = toml::to_string(&file).map_err(|error| wrong(Problem::general(error.to_string())))?;
    Ok(Some(text))
}

/// `key=value` as a table; a value that is not TOML is a string.
fn parse_assignment(assignment: &str) -> Result<Table, Problem> {
    let help = || Some("write --set key=value, e.g. --set dynamics.end-time=2.0".to_owned());
    let Some((key, value)) = assignment.split_once('=') else {
        return Err(Problem { message: format!("--set {assignment} has no `=`"), span: None, help: help() });
    };
    let key = key.trim();
    let typed = toml::from_str::<Table>(&format!("{key} = {value}"));
    typed.or_else(|_| {
        let quoted = Value::String(value.trim().to_owned());
        toml::from_str::<Table>(&format!("{key} = {quoted}")).map_err(|_| Problem {
            message: format!("--set {assignment}: `{key}` is no dotted key"),
            span: None,
            help: help(),
        })
    })
}

/// Lays `over` on `base`, both of schema `schema`.
fn merge(schemas: &Schema, schema: &Json, base: &mut Table, over: Table) {
    if schemas.variants(schema).is_some() && over.keys().ne(base.keys()) {
        *base = over;
        return;
    }
    let nothing = Json::Null;
    for (key, value) in over {
        let inner = schemas.property(schema, &key).unwrap_or(&nothing);
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(over)) => merge(schemas, inner, base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(base: &str, set: &[&str]) -> Table {
        let overrides = Overrides { quick: false, set: set.iter().map(|s| (*s).to_owned()).collect() };
        let text = apply(&Schema::of_scenarios(), "test", base, &overrides).expect("valid").expect("overridden");
        toml::from_str(&text).expect("valid TOML")
    }

    #[test]
    fn tables_merge_and_lists_and_kinds_are_replaced() {
        let base = "[systems.pde.finite-volume]\ncells = [400]\nkernel-tolerance = 1e-6\n[observe]\nsnapshots = [1.0, 2.0]";
        let table = resolved(base, &["systems.pde.finite-volume.cells=[50]", "observe.snapshots=[3.0]"]);
        let pde = &table["systems"]["pde"]["finite-volume"];
        assert_eq!((&pde["cells"][0], &pde["kernel-tolerance"]), (&Value::Integer(50), &Value::Float(1e-6)));
        assert_eq!(table["observe"]["snapshots"].as_array().map(Vec::len), Some(1));
        let other = resolved(base, &["systems.pde.characteristics={atoms=9}"]);
        assert!(other["systems"]["pde"].get("finite-volume").is_none());
        assert_eq!(other["systems"]["pde"]["characteristics"]["atoms"], Value::Integer(9));
    }

    #[test]
    fn a_value_that_is_not_toml_is_a_string() {
        assert_eq!(resolved("", &["title=Two classes"])["title"], Value::String("Two classes".into()));
        assert_eq!(resolved("", &["observe.times=log(1e-3..1:5)"])["observe"]["times"].as_str(), Some("log(1e-3..1:5)"));
        assert_eq!(resolved("", &["a=1", "a=2"])["a"], Value::Integer(2));
        assert!(parse_assignment("no sign").is_err() && parse_assignment("a..b=1").is_err());
    }
}
