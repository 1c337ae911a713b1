//! The address of a run: a digest of all that its result depends on, but for when it is observed. Runs of two
//! scenarios with one address are the same run, as far as both go.
//!
//! Not part of it is what says something of results only (title, claims, figures), nor the other systems, the
//! other seeds and the values of varied keys at other points. The end is part of it where a run knows it
//! beforehand: with fluctuations of networks, and with copies that follow the limit.

use meanfield_files::digest;
use meanfield_run::side_by_side::Job;
use toml::{Table, Value};

use crate::file::ScenarioFile;
use crate::systems::kind::Kind;

/// Sections that say something of results only, or have been applied.
const OF_RESULTS: [&str; 6] = ["title", "refinement", "compare", "figure", "vary", "quick"];

/// The part of the address that all runs of a system share; empty where there is none.
pub(crate) fn of_system(file: &ScenarioFile, name: &str, kind: &dyn Kind) -> String {
    let Ok(mut table) = Table::try_from(file) else { return String::new() };
    table.retain(|key, _| !OF_RESULTS.contains(&key));
    let knows_its_end = kind.fluctuations_until() > 0.0 || kind.is_coupled();
    if let Some(Value::Table(dynamics)) = table.get_mut("dynamics").filter(|_| !knows_its_end) {
        dynamics.remove("end-time");
    }
    if let Some(Value::Table(observe)) = table.get_mut("observe") {
        observe.remove("times");
        observe.remove("snapshots");
    }
    let systems = table.remove("systems").and_then(|systems| systems.get(name).cloned());
    if let Some(Value::Table(mut system)) = systems {
        system.iter_mut().filter_map(|(_, keys)| keys.as_table_mut()).for_each(|keys| {
            keys.remove("seeds");
        });
        table.insert("system".to_owned(), Value::Table(system));
    }
    toml::to_string(&table).map_or(String::new(), |text| digest::sha256(text.as_bytes()))
}

/// The address of one of its runs, whose places are the system's own: its seed.
pub(crate) fn of_run(of_system: &str, job: &Job) -> String {
    if of_system.is_empty() {
        return String::new();
    }
    let seed: String = job.run.iter().map(|place| format!("{} {:?}\n", place.axis, place.value)).collect();
    let coarse = if job.coarse { "coarse\n" } else { "" };
    digest::sha256(format!("{coarse}{seed}{of_system}").as_bytes())
}
