//! Overrides: `[quick]` and `--set`, in this order, on top of the file; and for static problems
//! everything else taken out.

use std::path::PathBuf;

use meanfield_model::problem::Symmetry;
use meanfield_run::record::Nature;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::assignment::{Assignment, Flag};
use crate::dynamics::Dynamics;
use crate::few::Few;
use crate::from_record::RecordReader;
use crate::mistakes::{Mistake, Mistakes};
use crate::model::data::Data;
use crate::overlay::{drop_overridden, merge};
use crate::schema::Schema;
use crate::source::{Source, source};
use crate::structure::Extent;
use crate::systems::{SystemKind, landscape};
use crate::typed::Typed;

/// Overrides of a scenario file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Apply the file's `[quick]`.
    pub quick: bool,
    /// `key=value`, dotted keys.
    pub set: Vec<String>,
    /// `key=values`, dotted keys of `[vary]`: `1,2,3`, `0.1..0.9:9` or `log(0.1..10:20)`.
    pub vary: Vec<String>,
    /// Leave only the systems that have no dynamics; one with its defaults where there is none.
    pub landscape_only: bool,
    /// Very many points, of each of which only the end counts: no laws, no course over time.
    pub sweep: bool,
    /// The same if there are too many points for a run: to check a scenario of either kind.
    pub either: bool,
    /// All runs are finished, and only put together: what would train them need not be here.
    pub finished: bool,
    /// The scenario's folder, where files of data lie; the present one if there is none.
    pub folder: Option<PathBuf>,
    /// How records are read, from which runs begin; none where there is no way to.
    pub records: Option<RecordReader>,
}

/// A scenario with its overrides applied, its structure checked.
pub(crate) struct Resolved {
    /// The scenario as one text.
    pub text: String,
    /// The sources of its values.
    pub typed: Typed,
}

/// Applies the overrides to a text; the file and each override must be well-formed by itself.
pub(crate) fn resolve(
    schema: &Schema,
    name: &str,
    text: &str,
    overrides: &Overrides,
) -> Result<Resolved, Mistakes> {
    let file = source(name, text);
    let mut typed = Typed::file(file.clone());
    let mut problems = in_source(schema, &file, Extent::Whole);
    let set = overrides.set.iter().map(|typed| assignment(schema, typed, Flag::Set));
    let vary = overrides.vary.iter().map(|typed| assignment(schema, typed, Flag::Vary));
    let assignments: Vec<_> = set.chain(vary).collect();
    assignments
        .iter()
        .filter_map(|read| read.as_ref().err())
        .for_each(|wrong| problems.append(wrong.clone()));
    if !problems.is_empty() {
        return Err(Mistakes::new(name, problems));
    }
    let mut table: Table =
        toml::from_str(text).map_err(|error| Mistakes::of_text(name, text, [Mistake::of_toml(&error)]))?;
    let quick = table.remove("quick");
    if !overrides.quick && assignments.is_empty() && !overrides.landscape_only {
        return Ok(Resolved { text: text.to_owned(), typed });
    }
    if overrides.quick {
        let quick = quick
            .and_then(|quick| quick.try_into().ok())
            .ok_or_else(|| Mistakes::of_text(name, text, [no_quick()]))?;
        apply(schema, &mut table, quick);
        typed.push_section(file, "quick");
    }
    for (assignment, over) in assignments.into_iter().flatten() {
        apply(schema, &mut table, over);
        typed.push_assignment(assignment);
    }
    if overrides.landscape_only {
        keep_static_systems(&mut table);
    }
    let text = toml::to_string(&table)
        .map_err(|error| Mistakes::of_text(name, text, [Mistake::general(error.to_string(), None)]))?;
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

fn in_source(schema: &Schema, source: &Source, extent: Extent) -> Few<(Source, Mistake)> {
    schema.problems(source.inner(), extent).map(|problem| (source.clone(), problem))
}

fn no_quick() -> Mistake {
    let help = "run it without --quick, or add the section with smaller values";
    Mistake::general("there is no [quick] section", Some(help.into()))
}

/// An assignment and its table, which has the structure of a scenario in part.
fn assignment(
    schema: &Schema,
    typed: &str,
    flag: Flag,
) -> Result<(Assignment, Table), Few<(Source, Mistake)>> {
    let read = Assignment::read(typed, flag);
    let (own, table) = read.map_err(|problem| Few::from_iter([(source(flag.name(), typed), problem)]))?;
    let problems = schema.problems(&own.toml, Extent::Part);
    if problems.is_empty() {
        return Ok((own, table));
    }
    Err(problems.map(|problem| {
        let span = problem.span.as_ref().map(|span| own.typed(span));
        (own.source.clone(), Mistake { span, ..problem })
    }))
}

/// Applies an override to a scenario. A key that it sets is no longer varied, unless it varies it itself.
fn apply(schema: &Schema, table: &mut Table, over: Table) {
    if let Some(Value::Table(vary)) = table.get_mut("vary") {
        drop_overridden(vary, &over);
    }
    merge(schema, &schema.root, table, over);
    if table.get("vary").and_then(Value::as_table).is_some_and(Table::is_empty) {
        table.remove("vary");
    }
}

/// Takes every system that moves out of a scenario, with what is said of it; where none is left, those that
/// the scenario asks of its landscape take their place.
fn keep_static_systems(table: &mut Table) {
    table.remove("compare");
    if let Some(Value::Table(figure)) = table.get_mut("figure") {
        figure.remove("over");
    }
    let asked = asked_of_landscape(table);
    let Some(Value::Table(systems)) = table.get_mut("systems") else { return };
    systems.retain(|_, system| is_static(system));
    if systems.is_empty() {
        systems.extend(asked);
    }
    let left: Vec<String> = systems.keys().cloned().collect();
    let Some(Value::Table(vary)) = table.get_mut("vary") else { return };
    if let Some(Value::Table(systems)) = vary.get_mut("systems") {
        systems.retain(|name, _| left.iter().any(|system| system == name));
    }
    vary.retain(|_, value| value.as_table().is_none_or(|table| !table.is_empty()));
    if vary.is_empty() {
        table.remove("vary");
    }
}

/// Whether a system has no dynamics. (One that is not complete is reported elsewhere.)
fn is_static(system: &Value) -> bool {
    let system: Result<SystemKind, _> = system.clone().try_into();
    system.is_ok_and(|system| system.nature() == Nature::Static)
}

/// The static systems of a scenario that has none.
fn asked_of_landscape(table: &Table) -> Vec<(String, Value)> {
    let dynamics: Option<Dynamics> = section(table.get("dynamics"));
    let data: Option<Data> = section(table.get("model").and_then(|model| model.get("data")));
    let noisy = dynamics.is_some_and(|dynamics| dynamics.temperature != 0.0);
    let radial = data.is_some_and(|data| data.symmetry() == Some(Symmetry::OneBlock));
    landscape::asked_of(noisy, radial)
}

/// A section, where it is complete.
fn section<T: DeserializeOwned>(value: Option<&Value>) -> Option<T> {
    value?.clone().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, set: &[&str]) -> Table {
        let schema = Schema::of_scenarios();
        let mut table = toml::from_str(base).expect("valid TOML");
        for typed in set {
            merge(&schema, &schema.root, &mut table, Assignment::read(typed, Flag::Set).expect("valid").1);
        }
        table
    }

    #[test]
    fn tables_merge_and_lists_and_kinds_are_replaced() {
        let base = "[systems.pde.finite-volume]\ncells = [400]\nkernel-tolerance = 1e-6\n\
                    [observe]\nsnapshots = [1.0, 2.0]";
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
        let base = "title = \"x\"\n[systems.pde.finite-volume]\ncells = [4]\n\
                    [vary]\nsystems.pde.finite-volume.tolerance = [1.0]\ndynamics.ridge = [1.0]\n\
                    [compare]\nreference = \"pde\"\n[figure]\nover = \"step\"\ninset = \"mean_radius\"";
        let mut table: Table = toml::from_str(base).expect("valid TOML");
        keep_static_systems(&mut table);
        let left = "title = \"x\"\n[systems.least.landscape]\n[vary]\ndynamics.ridge = [1.0]\n\
                    [figure]\ninset = \"mean_radius\"";
        assert_eq!(table, toml::from_str(left).expect("valid TOML"));
        let only = |base: &str| {
            let mut table: Table = toml::from_str(base).expect("valid TOML");
            keep_static_systems(&mut table);
            table["systems"].as_table().expect("systems").keys().cloned().collect::<Vec<_>>()
        };
        let pde = "[systems.pde.finite-volume]\ncells = [4]\n";
        assert_eq!(
            only(&format!("{pde}[dynamics]\nend-time = 1.0\nschedule.constant = {{}}\ntemperature = 0.1")),
            ["gibbs"]
        );
        assert_eq!(
            only(&format!("{pde}[model.data.isotropic-gaussians]\ndimension = 9\nseparation = 0.5")),
            ["least", "one-mass"]
        );
        let own = "[systems.end.landscape]\ncells = [9]\n[systems.pde.finite-volume]\ncells = [4]\n[vary]\n\
                   systems.pde.finite-volume.tolerance = [1.0]";
        let mut table: Table = toml::from_str(own).expect("valid TOML");
        keep_static_systems(&mut table);
        assert_eq!(table, toml::from_str("[systems.end.landscape]\ncells = [9]").expect("valid TOML"));
    }

    #[test]
    fn a_value_that_is_not_toml_is_a_string() {
        assert_eq!(merged("", &["title=Two classes"])["title"], Value::String("Two classes".into()));
        let times = merged("", &["observe.times=log(1e-3..1:5)"]);
        assert_eq!(times["observe"]["times"].as_str(), Some("log(1e-3..1:5)"));
        assert_eq!(merged("", &["a=1", "a=2"])["a"], Value::Integer(2));
    }
}
