//! The name of a varied key's axis in the record: the shortest end of the key that is no name of anything
//! else.

use meanfield_model::coordinates;
use meanfield_run::quantities;
use meanfield_run::record::reserved;
use toml::{Table, Value};

/// Whether a record uses a name for itself: for a dimension, a quantity or a coordinate.
fn is_taken(name: &str) -> bool {
    reserved::VARIABLES.contains(&name)
        || quantities::known(name).is_some()
        || coordinates::known(name).is_some()
}

/// A name for each varied key, in snake case: `scale`, or `gaussian_scale` where another key of the scenario
/// ends in `scale` too.
pub(super) fn axes<'a>(varied: impl Iterator<Item = &'a [String]>, resolved: &Table) -> Vec<String> {
    let mut keys = Vec::new();
    let mut scenario = resolved.clone();
    scenario.remove("vary");
    scenario.remove("quick");
    collect(&scenario, &mut Vec::new(), &mut keys);
    varied.map(|path| shortest(path, &keys)).collect()
}

/// The paths of all values.
fn collect(table: &Table, path: &mut Vec<String>, keys: &mut Vec<Vec<String>>) {
    for (key, value) in table {
        path.push(key.clone());
        match value {
            Value::Table(table) => collect(table, path, keys),
            _ => keys.push(path.clone()),
        }
        path.pop();
    }
}

/// The last `length` keys of a path in snake case.
fn end(path: &[String], length: usize) -> String {
    path[path.len() - length..].join("_").replace('-', "_")
}

fn shortest(path: &[String], keys: &[Vec<String>]) -> String {
    let length = (1..=path.len())
        .find(|length: &usize| {
            let name = end(path, *length);
            let others = keys.iter().filter(|key| *key != path && key.len() >= *length);
            !is_taken(&name) && others.into_iter().all(|key| end(key, *length) != name)
        })
        .unwrap_or(path.len());
    end(path, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(key: &str) -> Vec<String> {
        key.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn a_name_is_as_long_as_it_must_be() {
        let keys = [
            "model.initial.gaussian.scale",
            "systems.a.x.step-size",
            "systems.b.x.step-size",
            "systems.c.y.atoms",
        ]
        .map(path);
        let name = |key: &str| shortest(&path(key), &keys);
        assert_eq!(name("model.initial.gaussian.scale"), "scale");
        assert_eq!(name("systems.a.x.step-size"), "a_x_step_size");
        assert_eq!(name("systems.c.y.atoms"), "y_atoms");
        for taken in ["planned_snapshot_time", "observed_snapshot_time", "panel", "risk", "radius"] {
            let key = path(&format!("systems.c.y.{}", taken.replace('_', "-")));
            assert_eq!(shortest(&key, std::slice::from_ref(&key)), format!("y_{taken}"));
        }
        let other = [keys.to_vec(), vec![path("model.data.other.scale")]].concat();
        assert_eq!(shortest(&keys[0], &other), "gaussian_scale");
    }
}
