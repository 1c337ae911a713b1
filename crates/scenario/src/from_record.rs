//! Reads what `initial.from` names, "record.h5:system@t": the law of a system of another run at one of its
//! snapshots, or its networks. The law takes the form of `initial.recorded` from then on.
//!
//! It knows records, and no file format: whoever reads a scenario hands in how a record is read.

use std::path::Path;

use meanfield_model::measure::Measure;
use meanfield_particle::finite_network::steps_of_stream;
use meanfield_run::facts;
use meanfield_run::record::{Nature, Record, WEIGHTS};

use crate::complaints::Complaints;
use crate::file::{self, ScenarioFile};
use crate::mistakes::suggestion;
use crate::model::initial::InitialKind;
use crate::model::initial::recorded::{MOST_NUMBERS, NetworkState, RecordedKeys};
use crate::systems::SystemKind;

/// Times are equal up to this, as a share.
const SLACK: f64 = 1e-9;
/// What to write, in general.
const HELP: &str =
    "write from = \"record.h5:system@t\": a finished record, a system in it, a snapshot's time";

/// A record that was read: the scenario that it is of, and what its systems reported.
#[derive(Clone, Debug)]
pub struct RecordFile {
    /// The resolved scenario, as TOML.
    pub scenario: String,
    /// One record a system.
    pub records: Vec<Record>,
}

/// How a record is read; an error says in words why it cannot be.
#[derive(Clone, Copy, Debug)]
pub struct RecordReader(pub fn(&Path) -> Result<RecordFile, String>);

impl PartialEq for RecordReader {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

/// What is wrong with an address, and what to write instead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FromMistake {
    /// The message.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl FromMistake {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// "record.h5:system@t", taken apart.
struct Address<'a> {
    path: &'a str,
    system: &'a str,
    /// None for the end.
    time: Option<f64>,
}

impl<'a> Address<'a> {
    fn parse(text: &'a str) -> Result<Self, FromMistake> {
        let wrong =
            || FromMistake::new(format!("\"{}\" names no law of a record", text.escape_debug()), HELP);
        let (path, rest) = text.rsplit_once(':').ok_or_else(wrong)?;
        let (system, time) = match rest.split_once('@') {
            Some((system, time)) => {
                let time = time.trim().parse().ok().filter(|time: &f64| time.is_finite());
                (system, Some(time.ok_or_else(wrong)?))
            }
            None => (rest, None),
        };
        let (path, system) = (path.trim(), system.trim());
        if path.is_empty() || system.is_empty() { Err(wrong()) } else { Ok(Self { path, system, time }) }
    }
}

/// The start that an address names, for the model and the systems of a scenario.
pub(crate) fn read(
    text: &str,
    folder: &Path,
    reader: Option<RecordReader>,
    file: &ScenarioFile,
) -> Result<RecordedKeys, FromMistake> {
    let address = Address::parse(text)?;
    let RecordReader(reader) =
        reader.ok_or_else(|| FromMistake::new("no records can be read here", "use the program"))?;
    let read = reader(&folder.join(address.path)).map_err(|error| FromMistake::new(error, HELP))?;
    let known = read.records.iter().map(|record| record.system.as_str());
    let record = read.records.iter().find(|record| record.system == address.system).ok_or_else(|| {
        let system = address.system.escape_debug();
        FromMistake::new(format!("the record has no system \"{system}\""), suggestion(address.system, known))
    })?;
    check_runs(record)?;
    let source: ScenarioFile = file::read(&read.scenario).map_err(|_| {
        let message = "the record is of a scenario that this version cannot read";
        FromMistake::new(message, "run that scenario again, with this version")
    })?;
    check_model(&source, file)?;
    let snapshot = snapshot(record, &address)?;
    let keys = match record.nature == Nature::Network && has_networks(file) {
        true => of_networks(text, record, snapshot, &source)?,
        false => of_law(text, record, snapshot)?,
    };
    match keys.numbers() {
        few if few <= MOST_NUMBERS => Ok(keys),
        many => Err(FromMistake::new(
            format!("it has {many} numbers, and {MOST_NUMBERS} are room for at most"),
            "begin from fewer seeds, neurons, atoms or cells",
        )),
    }
}

/// Whether a scenario trains networks.
fn has_networks(file: &ScenarioFile) -> bool {
    file.systems.values().any(|system| matches!(system, SystemKind::FiniteNetwork(_)))
}

/// Refuses records of several points, and of runs that stopped.
fn check_runs(record: &Record) -> Result<(), FromMistake> {
    let varied: Vec<&str> = record.varied().map(|axis| axis.name.as_str()).collect();
    if !varied.is_empty() {
        let message =
            format!("the record has several values of {}, and a run begins from one", varied.join(", "));
        return Err(FromMistake::new(message, "run that scenario without [vary] and begin from its record"));
    }
    match &record.failures[..] {
        [] => Ok(()),
        [first, ..] => Err(FromMistake::new(
            format!("\"{}\" stopped before its end: {}", record.system, first.reason),
            "resume that run first, or begin from another system",
        )),
    }
}

/// Refuses a run of other inputs or other neurons.
fn check_model(source: &ScenarioFile, file: &ScenarioFile) -> Result<(), FromMistake> {
    let help = "begin from a run with the same kind of data, dimension and unit";
    let facts = [source, file].map(|file| {
        let mut unnoted = Complaints::default();
        let data = file.model.data.parse(&mut unnoted);
        let coordinates = file.model.data.symmetry().map(|own| own.coordinates(file.model.unit.unit()));
        let names = coordinates.and_then(Result::ok).map(|own| own.names());
        (names, data.map(|data| data.dimension()))
    });
    let [(theirs, their_dimension), (own, own_dimension)] = facts;
    if theirs != own {
        let [theirs, own] = [theirs, own].map(|names| names.unwrap_or_default().join(", "));
        let message = format!("the law of that run is of {theirs}, and neurons of this model have {own}");
        return Err(FromMistake::new(message, help));
    }
    match (their_dimension, own_dimension) {
        (Some(theirs), Some(own)) if theirs != own => {
            let message =
                format!("inputs of that run have {theirs} coordinates, and those of this model {own}");
            Err(FromMistake::new(message, help))
        }
        _ => Ok(()),
    }
}

/// The number of the snapshot at the time of an address.
fn snapshot(record: &Record, address: &Address) -> Result<usize, FromMistake> {
    let times = record.planned_snapshot_time();
    let end = record.planned_time().last().copied().unwrap_or_default();
    let time = address.time.unwrap_or(end);
    let found = times.iter().position(|own| (own - time).abs() <= SLACK * time.abs());
    found.ok_or_else(|| {
        let message = format!("the record has no law of \"{}\" at t = {time}", record.system);
        let known: Vec<String> = times.iter().map(f64::to_string).collect();
        let help = match known.len() {
            0 => "that run kept no laws: write snapshots = [...] in its [observe], with that time".to_owned(),
            _ => format!(
                "it has those at t = {}: write one of them behind @, or add the time to snapshots in the \
                 [observe] of that run",
                known.join(", ")
            ),
        };
        FromMistake::new(message, help)
    })
}

/// The law of a system at a snapshot, with equal shares of all seeds.
fn of_law(text: &str, record: &Record, snapshot: usize) -> Result<RecordedKeys, FromMistake> {
    let laws: Vec<&Measure> = (0..record.runs()).filter_map(|run| record.law(run, snapshot)).collect();
    let keys = match laws[..] {
        [law] => RecordedKeys::of_law(text, record.coordinates(), law),
        _ => pooled(text, record, &laws),
    };
    keys.ok_or_else(|| {
        let message = format!(
            "\"{}\" keeps the laws of pairs of coordinates alone, and a start is of all together",
            record.system
        );
        FromMistake::new(message, "begin from the characteristics of that run, in place of its cells")
    })
}

/// The atoms of several runs, each with an equal share.
fn pooled(text: &str, record: &Record, laws: &[&Measure]) -> Option<RecordedKeys> {
    let share = 1.0 / laws.len() as f64;
    let mut all = RecordedKeys {
        from: text.to_owned(),
        coordinates: record.coordinates().to_vec(),
        ..RecordedKeys::default()
    };
    for law in laws {
        let (points, weights) = law.atoms()?;
        all.atoms.extend(points);
        all.masses.extend(weights.iter().map(|weight| share * weight));
    }
    (!laws.is_empty()).then_some(all)
}

/// The networks of a system at a snapshot.
fn of_networks(
    text: &str,
    record: &Record,
    snapshot: usize,
    source: &ScenarioFile,
) -> Result<RecordedKeys, FromMistake> {
    // On points of few coordinates the reduced coordinates are all parameters.
    let is_whole = record.coordinates().iter().all(|name| is_parameter(name));
    let law = record.named_law(WEIGHTS).or(record.neurons().filter(|_| is_whole));
    let law = law.ok_or_else(|| {
        let message = format!("the record has the lengths of the weights of \"{}\" alone", record.system);
        FromMistake::new(message, "write weights = true in the [observe] of that run")
    })?;
    let count = record.snapshot_time.len();
    let seeds = record.axes.first().map_or(&[][..], |axis| &axis.values);
    let networks = seeds.iter().enumerate().filter_map(|(run, seed)| {
        let (points, _) = law.measures.get(run * count + snapshot)?.atoms()?;
        let seed = *seed as u64;
        let samples = samples(record, run, snapshot, source, seed);
        Some(NetworkState { seed, samples, parameters: points.iter().copied().collect() })
    });
    Ok(RecordedKeys {
        from: text.to_owned(),
        coordinates: record.coordinates().to_vec(),
        networks: networks.collect(),
        ..RecordedKeys::default()
    })
}

/// Whether a coordinate is one of a neuron's parameters.
fn is_parameter(name: &str) -> bool {
    ["a", "b"].contains(&name) || name.starts_with("weight_")
}

/// Samples of its stream that a network has seen by a snapshot, those before its own start included.
fn samples(record: &Record, run: usize, snapshot: usize, source: &ScenarioFile, seed: u64) -> u64 {
    let batch = record.fact_of_run(facts::FRESH_BATCH, run).unwrap_or(1.0) as usize;
    let step_size = record.fact_of_run(facts::STEP_SIZE, run).unwrap_or(f64::INFINITY);
    let steps = (record.snapshot_time[snapshot] / step_size).round() as u64;
    let before = match &source.model.initial {
        Some(InitialKind::Recorded(keys)) => keys.networks.iter().find(|network| network.seed == seed),
        _ => None,
    };
    let before = before.map_or(0, |network| steps_of_stream(network.samples, batch));
    (before + steps) * batch as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_path_a_system_and_a_time() {
        let parts = |text: &'static str| {
            let Address { path, system, time } = Address::parse(text).expect("an address");
            (path, system, time)
        };
        assert_eq!(parts("record.h5:pde@2.5"), ("record.h5", "pde", Some(2.5)));
        assert_eq!(parts("../a:b/record.h5:sgd"), ("../a:b/record.h5", "sgd", None));
        for wrong in ["record.h5", "record.h5:", ":pde", "record.h5:pde@", "record.h5:pde@soon", "r:p@nan"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
