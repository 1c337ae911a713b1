//! Overrides: `[quick]` and `--set`, in this order, on top of the file.
//!
//! Tables merge key by key; lists and one-variant tables of another kind are replaced whole.

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::few::Few;
use crate::problem::{Mistakes, Problem};
use crate::schema::{Extent, Schema};
use crate::typed::{Source, Typed, source};
use crate::vary;

/// What is laid over a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Apply the file's `[quick]`.
    pub quick: bool,
    /// `key=value`, dotted keys.
    pub set: Vec<String>,
    /// Leave only the systems that have no dynamics; one with its defaults where there is none.
    pub landscape_only: bool,
    /// Only what is seen at the end counts, of very many points: no laws, no course over time.
    pub sweep: bool,
    /// The same if there are too many points for a run: for who only wants to know what the scenario is.
    pub either: bool,
}

/// The kind of systems that have no dynamics, and what they are called if the scenario has none: with noise; without.
const LANDSCAPE: &str = "landscape";
const GIBBS: &str = "gibbs";
const LEAST: &str = "least";
const ONE_MASS: &str = "one-mass";

/// A scenario with its overrides applied, its structure checked.
pub(crate) struct Resolved {
    /// As one text.
    pub text: String,
    /// Where its values come from.
    pub typed: Typed,
}

/// Applies the overrides to a text; the file and each override must be well-formed by itself.
pub(crate) fn resolve(
    schema: &Schema,
    name: &str,
    text: &str,
    overrides: &Overrides,
) -> Result<Resolved, Mistakes> {
    let wrong = |problem| Mistakes::of_text(name, text, vec![problem]);
    let file = source(name, text);
    let mut typed = Typed::file(file.clone());
    let mut problems = in_source(schema, &file, Extent::Whole);
    let assignments: Vec<_> = overrides.set.iter().map(|typed| assignment(schema, typed)).collect();
    assignments
        .iter()
        .filter_map(|read| read.as_ref().err())
        .for_each(|wrong| problems.append(wrong.clone()));
    if !problems.is_empty() {
        return Err(Mistakes::new(name, problems));
    }
    let mut table: Table = toml::from_str(text).map_err(|error| wrong(Problem::of_toml(&error)))?;
    let quick = table.remove("quick");
    if !overrides.quick && overrides.set.is_empty() && !overrides.landscape_only {
        return Ok(Resolved { text: text.to_owned(), typed });
    }
    if overrides.quick {
        let quick = quick.and_then(|quick| quick.try_into().ok()).ok_or_else(|| wrong(no_quick()))?;
        lay(schema, &mut table, quick);
        typed.lay(file, Some("quick"));
    }
    for (source, over) in assignments.into_iter().flatten() {
        lay(schema, &mut table, over);
        typed.lay(source, None);
    }
    if overrides.landscape_only {
        leave_landscapes(&mut table);
    }
    let text = toml::to_string(&table).map_err(|error| wrong(Problem::general(error.to_string(), None)))?;
    let problems = schema.problems(&text, Extent::Whole);
    match problems.is_empty() {
        true => Ok(Resolved { text, typed }),
        false => {
            let name = format!("{name} with its overrides");
            let text = source(&name, &text);
            Err(Mistakes::new(&name, problems.map(|problem| (text.clone(), problem))))
        }
    }
}

fn in_source(schema: &Schema, source: &Source, extent: Extent) -> Few<(Source, Problem)> {
    schema.problems(source.inner(), extent).map(|problem| (source.clone(), problem))
}

fn no_quick() -> Problem {
    let help = "run it without --quick, or add the section with smaller values";
    Problem::general("there is no [quick] section", Some(help.into()))
}

/// `key=value` as a table, and the text to show if something is wrong with it.
fn assignment(schema: &Schema, typed: &str) -> Result<(Source, Table), Few<(Source, Problem)>> {
    let wrong = |problem| Few::from_iter([(source("--set", typed), problem)]);
    let (text, table) = parse_assignment(typed).map_err(wrong)?;
    let source = source("--set", &text);
    let problems = in_source(schema, &source, Extent::Part);
    if problems.is_empty() { Ok((source, table)) } else { Err(problems) }
}

/// `key=value` as TOML; a value that is not TOML is a string.
fn parse_assignment(assignment: &str) -> Result<(String, Table), Problem> {
    let help = || Some("write --set key=value, e.g. --set model.initial.gaussian.scale=0.4".to_owned());
    let Some((key, value)) = assignment.split_once('=') else {
        return Err(Problem::general(format!("--set {assignment} has no `=`"), help()));
    };
    let (key, value) = (key.trim(), value.trim());
    let quoted = format!("{key} = {}", Value::String(value.to_owned()));
    let texts = [format!("{key} = {value}"), quoted];
    let read = texts.into_iter().find_map(|text| Some((toml::from_str::<Table>(&text).ok()?, text)));
    match read {
        Some((table, _)) if table.contains_key("quick") => {
            let help = "set the key itself: --set wins over [quick]";
            Err(Problem::general("[quick] cannot be set", Some(help.into())))
        }
        Some((table, text)) => Ok((text, table)),
        None => Err(Problem::general(format!("--set {assignment}: `{key}` is no dotted key"), help())),
    }
}

/// Lays an override on a scenario. A key that it sets is no longer varied, unless it varies it itself.
fn lay(schema: &Schema, table: &mut Table, over: Table) {
    if let Some(Value::Table(vary)) = table.get_mut("vary") {
        vary::give_way(vary, &over);
    }
    merge(schema, &schema.root, table, over);
    if table.get("vary").and_then(Value::as_table).is_some_and(Table::is_empty) {
        table.remove("vary");
    }
}

/// Takes every other system out of a scenario, with what is said of it.
fn leave_landscapes(table: &mut Table) {
    table.remove("compare");
    if let Some(Value::Table(figure)) = table.get_mut("figure") {
        figure.remove("over");
    }
    let holds = |path: [&str; 2], key: &str| {
        let inner = table.get(path[0]).and_then(|outer| outer.get(path[1]));
        inner.is_some_and(|value| value.get(key).is_some())
    };
    let one_radius = holds(["model", "data"], "isotropic-gaussians");
    let temperature = table.get("dynamics").and_then(|dynamics| dynamics.get("temperature"));
    let noisy = temperature.is_some_and(|t| t.as_float() != Some(0.0) && t.as_integer() != Some(0));
    let is_one = |system: &Value| system.as_table().is_some_and(|kinds| kinds.contains_key(LANDSCAPE));
    let Some(Value::Table(systems)) = table.get_mut("systems") else { return };
    systems.retain(|_, system| is_one(system));
    if systems.is_empty() {
        systems.extend(landscapes(noisy, one_radius));
    }
    let left: Vec<String> = systems.keys().cloned().collect();
    let Some(Value::Table(vary)) = table.get_mut("vary") else { return };
    if let Some(Value::Table(systems)) = vary.get_mut("systems") {
        systems.retain(|name, _| left.iter().any(|kept| kept == name));
    }
    vary.retain(|_, value| value.as_table().is_none_or(|table| !table.is_empty()));
    if vary.is_empty() {
        table.remove("vary");
    }
}

/// The static problems that a scenario without any has: its Gibbs state, or its least risk and that of one mass.
fn landscapes(noisy: bool, one_radius: bool) -> Vec<(String, Value)> {
    let landscape = |name: &str, keys: Table| {
        (name.to_owned(), Value::Table(Table::from_iter([(LANDSCAPE.to_owned(), Value::Table(keys))])))
    };
    let one = Table::from_iter([("masses".to_owned(), Value::Integer(1))]);
    match (noisy, one_radius) {
        (true, _) => vec![landscape(GIBBS, Table::new())],
        (false, false) => vec![landscape(LEAST, Table::new())],
        (false, true) => vec![landscape(LEAST, Table::new()), landscape(ONE_MASS, one)],
    }
}

/// Lays `over` on `base`, both of schema `schema`.
pub(crate) fn merge(schemas: &Schema, schema: &Json, base: &mut Table, over: Table) {
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

    fn merged(base: &str, set: &[&str]) -> Table {
        let schema = Schema::of_scenarios();
        let mut table = toml::from_str(base).expect("valid TOML");
        for typed in set {
            merge(&schema, &schema.root, &mut table, parse_assignment(typed).expect("valid").1);
        }
        table
    }

    #[test]
    fn tables_merge_and_lists_and_kinds_are_replaced() {
        let base = "[systems.pde.finite-volume]\ncells = [400]\nkernel-tolerance = 1e-6\n[observe]\nsnapshots = [1.0, 2.0]";
        let table = merged(base, &["systems.pde.finite-volume.cells=[50]", "observe.snapshots=[3.0]"]);
        let pde = &table["systems"]["pde"]["finite-volume"];
        assert_eq!((&pde["cells"][0], &pde["kernel-tolerance"]), (&Value::Integer(50), &Value::Float(1e-6)));
        assert_eq!(table["observe"]["snapshots"].as_array().map(Vec::len), Some(1));
        let other = merged(base, &["systems.pde.characteristics={atoms=9}"]);
        assert!(other["systems"]["pde"].get("finite-volume").is_none());
        assert_eq!(other["systems"]["pde"]["characteristics"]["atoms"], Value::Integer(9));
    }

    #[test]
    fn systems_with_dynamics_go_with_what_is_said_of_them() {
        let base = "title = \"x\"\n[systems.pde.finite-volume]\ncells = [4]\n[vary]\nsystems.pde.finite-volume.tolerance = \
                    [1.0]\ndynamics.ridge = [1.0]\n[compare]\nreference = \"pde\"\n[figure]\nover = \"step\"\ninset = \"mean_radius\"";
        let mut table: Table = toml::from_str(base).expect("valid TOML");
        leave_landscapes(&mut table);
        let left = "title = \"x\"\n[systems.least.landscape]\n[vary]\ndynamics.ridge = [1.0]\n[figure]\ninset = \
                    \"mean_radius\"";
        assert_eq!(table, toml::from_str(left).expect("valid TOML"));
        let only = |base: &str| {
            let mut table: Table = toml::from_str(base).expect("valid TOML");
            leave_landscapes(&mut table);
            table["systems"].as_table().expect("systems").keys().cloned().collect::<Vec<_>>()
        };
        let pde = "[systems.pde.finite-volume]\ncells = [4]\n";
        assert_eq!(only(&format!("{pde}[dynamics]\ntemperature = 0.1")), ["gibbs"]);
        assert_eq!(
            only(&format!("{pde}[model.data.isotropic-gaussians]\ndimension = 9")),
            ["least", "one-mass"]
        );
        let own = "[systems.end.landscape]\ncells = [9]\n[systems.pde.finite-volume]\ncells = [4]\n[vary]\n\
                   systems.pde.finite-volume.tolerance = [1.0]";
        let mut table: Table = toml::from_str(own).expect("valid TOML");
        leave_landscapes(&mut table);
        assert_eq!(table, toml::from_str("[systems.end.landscape]\ncells = [9]").expect("valid TOML"));
    }

    #[test]
    fn a_value_that_is_not_toml_is_a_string() {
        assert_eq!(merged("", &["title=Two classes"])["title"], Value::String("Two classes".into()));
        let times = merged("", &["observe.times=log(1e-3..1:5)"]);
        assert_eq!(times["observe"]["times"].as_str(), Some("log(1e-3..1:5)"));
        assert_eq!(merged("", &["a=1", "a=2"])["a"], Value::Integer(2));
        for wrong in ["no sign", "a..b=1", "=1", "quick.title=x"] {
            assert!(parse_assignment(wrong).is_err(), "{wrong}");
        }
    }
}
