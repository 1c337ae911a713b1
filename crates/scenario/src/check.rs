//! What the types cannot say: ranges of numbers, names that must exist, a start that must fit.
//!
//! All complaints are collected, each with the path of the key it is about.

use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::GaussianClasses;

use crate::build;
use crate::document::{Step, place};
use crate::file::{
    CharacteristicsKeys, Data, FiniteNetworkKeys, FiniteVolumeKeys, InitialKind, LimitName, ScenarioFile, SystemKind,
};
use crate::problem::{Mistakes, Problem, suggestion};

/// Most steps of SGD: beyond, k is no longer exact in a double.
const MOST_STEPS: f64 = 9e15;
/// Most cells or atoms of a system.
const MOST: usize = 1_000_000;

/// Names that the results folder uses for itself.
const RESERVED: [&str; 2] = ["comparison", "sweep"];

/// Complaints, each about the key at a path.
#[derive(Default)]
pub(crate) struct Complaints {
    found: Vec<(Vec<Step>, String, Option<String>)>,
}

impl Complaints {
    /// Notes a complaint with what to write instead.
    fn add(&mut self, path: impl IntoIterator<Item = impl Into<Step>>, message: impl Into<String>, help: &str) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.found.push((path.into_iter().map(Into::into).collect(), message.into(), help));
    }

    /// Notes a complaint unless `holds`.
    fn unless(&mut self, holds: bool, path: &[&str], message: impl Into<String>, help: &str) {
        if !holds {
            self.add(path.iter().copied(), message, help);
        }
    }

    /// The complaints with their places in a text.
    pub(crate) fn located(self, name: &str, text: &str) -> Mistakes {
        let problem = |(path, message, help): (Vec<Step>, String, Option<String>)| Problem::at(place(text, &path), message, help);
        Mistakes::new(name, text, self.found.into_iter().map(problem).collect())
    }
}

/// Everything that is checked before anything runs.
pub(crate) fn check(file: &ScenarioFile, quantities: &[String]) -> Result<(), Complaints> {
    let mut complaints = Complaints::default();
    model(file, &mut complaints);
    dynamics(file, &mut complaints);
    observe(file, &mut complaints);
    if complaints.found.is_empty() {
        systems(file, &mut complaints);
    }
    compare(file, quantities, &mut complaints);
    if complaints.found.is_empty() { Ok(()) } else { Err(complaints) }
}

fn model(file: &ScenarioFile, complaints: &mut Complaints) {
    let Data::IsotropicGaussians(data) = &file.model.data;
    if let Err(error) = GaussianClasses::isotropic(data.dimension, data.separation) {
        let key = if data.dimension < 2 { "dimension" } else { "separation" };
        complaints.add(["model", "data", "isotropic-gaussians", key], error.to_string(), "MMN 2018, Fig. 1: dimension = 40, separation = 0.8");
    }
    let crate::file::ActivationKind::PiecewiseLinear(sigma) = &file.model.activation;
    if let Err(error) = PiecewiseLinear::new(sigma.knots.clone()) {
        let help = "MMN 2018: knots = [[0.5, -2.5], [1.5, 7.5]]";
        complaints.add(["model", "activation", "piecewise-linear", "knots"], error.to_string(), help);
    }
    let InitialKind::Gaussian(start) = &file.model.initial;
    let sensible = start.scale > 0.0 && start.scale.is_finite();
    let message = format!("the start's scale κ must be positive; it is {}", start.scale);
    complaints.unless(sensible, &["model", "initial", "gaussian", "scale"], message, "MMN 2018, Fig. 1: scale = 0.8");
}

fn dynamics(file: &ScenarioFile, complaints: &mut Complaints) {
    let dynamics = &file.dynamics;
    let sensible = dynamics.end_time > 0.0 && dynamics.end_time.is_finite();
    let message = format!("the end time must be positive; it is {}", dynamics.end_time);
    complaints.unless(sensible, &["dynamics", "end-time"], message, "write e.g. end-time = 10.0");
    for (key, value) in [("temperature", dynamics.temperature), ("ridge", dynamics.ridge)] {
        let message = format!("`{key}` = {value}: only the noiseless dynamics without ridge can be run so far");
        complaints.unless(value == 0.0, &["dynamics", key], message, &format!("write {key} = 0.0, or leave it out"));
    }
}

fn observe(file: &ScenarioFile, complaints: &mut Complaints) {
    let end = file.dynamics.end_time;
    for (key, values) in [("times", file.observe.times.values()), ("snapshots", file.observe.snapshots.values())] {
        let increasing = values.windows(2).all(|pair| pair[0] < pair[1]);
        complaints.unless(increasing, &["observe", key], format!("`{key}` must increase"), "sort them, each once");
        let inside = values.iter().all(|t| (0.0..=end).contains(t));
        let message = format!("`{key}` must lie between 0 and the end time {end}");
        complaints.unless(inside, &["observe", key], message, "shorten the list or raise dynamics.end-time");
    }
    let some = !file.observe.times.values().is_empty();
    complaints.unless(some, &["observe", "times"], "there is no time to observe", "write e.g. times = \"log(1e-3..10:61)\"");
    let levels = &file.observe.levels;
    let sensible = levels.iter().all(|level| *level > 0.0 && *level < 1.0) && levels.windows(2).all(|l| l[0] < l[1]);
    complaints.unless(sensible, &["observe", "levels"], "levels must increase and lie strictly between 0 and 1", "write e.g. levels = [0.1, 0.5, 0.9]");
}

fn systems(file: &ScenarioFile, complaints: &mut Complaints) {
    complaints.unless(!file.systems.is_empty(), &["systems"], "there is no system to run", "write e.g. [systems.pde.finite-volume]");
    for (name, system) in &file.systems {
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let message = format!("a system cannot be called \"{name}\"");
        let help = "use letters, digits, - and _; `comparison` and `sweep` are taken";
        complaints.unless(plain && !RESERVED.contains(&name.as_str()), &["systems", name], message, help);
        let before = complaints.found.len();
        match system {
            SystemKind::FiniteVolume(keys) => finite_volume(file, name, keys, complaints),
            SystemKind::Characteristics(keys) => {
                let path = ["systems", name, "characteristics"];
                count(keys.atoms, 1, &[&path[..], &["atoms"]].concat(), complaints);
                positive(keys.tolerance, &[&path[..], &["tolerance"]].concat(), complaints);
                network_bias(keys, &[&path[..], &["network-bias-until"]].concat(), complaints);
                positive(keys.kernel_tolerance, &[&path[..], &["kernel-tolerance"]].concat(), complaints);
            }
            SystemKind::FiniteNetwork(keys) => finite_network(file, name, keys, complaints),
        }
        if complaints.found.len() == before
            && let Err(error) = build::landscape(file, system)
        {
            let help = "raise kernel-tolerance, or take a larger dimension";
            complaints.add(["systems", name], error.to_string(), help);
        }
    }
    memory(file, complaints);
}

fn network_bias(keys: &CharacteristicsKeys, path: &[&str], complaints: &mut Complaints) {
    let until = keys.network_bias_until;
    let message = format!("`network-bias-until` is a time from 0 on; it is {until}");
    complaints.unless(until >= 0.0 && until.is_finite(), path, message, "write 0.0 for none");
    let finite = keys.dimension_limit == LimitName::Finite || until == 0.0;
    complaints.unless(finite, path, "the 1/N correction needs the kernel at finite dimension", "write 0.0, or leave out dimension-limit");
}

fn finite_volume(file: &ScenarioFile, name: &str, keys: &FiniteVolumeKeys, complaints: &mut Complaints) {
    let path = ["systems", name, "finite-volume"];
    let at = |key| [&path[..], &[key]].concat();
    positive(keys.kernel_tolerance, &at("kernel-tolerance"), complaints);
    if keys.cells.len() != 1 {
        let message = format!("the law has one coordinate, the radius, and `cells` has {} numbers", keys.cells.len());
        return complaints.add(at("cells"), message, "write e.g. cells = [1600]");
    }
    count(keys.cells[0], 3, &at("cells"), complaints);
    match keys.domain.as_deref() {
        None | Some([[0.0, _]]) => {}
        Some(_) => {
            return complaints.add(at("domain"), "the radius ranges from 0 upwards", "write e.g. domain = [[0.0, 8.0]]");
        }
    }
    let grid = (3..=MOST).contains(&keys.cells[0]).then(|| build::grid(file, keys));
    match grid {
        Some(Ok(grid)) => {
            if let Err(error) = build::start_on_grid(file, &grid) {
                complaints.add(at("domain"), error.to_string(), "widen it, e.g. domain = [[0.0, 8.0]]");
            }
        }
        Some(Err(error)) => complaints.add(at("domain"), error.to_string(), "write e.g. domain = [[0.0, 8.0]]"),
        None => {}
    }
}

fn finite_network(file: &ScenarioFile, name: &str, keys: &FiniteNetworkKeys, complaints: &mut Complaints) {
    let path = ["systems", name, "finite-network"];
    let at = |key| [&path[..], &[key]].concat();
    complaints.unless(keys.neurons > 0, &at("neurons"), "a network needs at least one neuron", "write e.g. neurons = 800");
    positive(keys.step_size, &at("step-size"), complaints);
    let steps = file.dynamics.end_time / keys.step_size;
    let message = format!("end-time / step-size = {steps:.1e} steps are more than can be counted exactly");
    complaints.unless(steps <= MOST_STEPS || keys.step_size <= 0.0, &at("step-size"), message, "write a larger step-size, e.g. 1e-6");
    let mut seeds = keys.seeds.clone();
    seeds.sort_unstable();
    seeds.dedup();
    let distinct = !seeds.is_empty() && seeds.len() == keys.seeds.len();
    complaints.unless(distinct, &at("seeds"), "one run for each seed: at least one, all different", "write e.g. seeds = [1, 2]");
    let enough = keys.monte_carlo != 1;
    complaints.unless(enough, &at("monte-carlo"), "one sample has no standard error", "write 0 for none, or e.g. 10000");
}

fn positive(value: f64, path: &[&str], complaints: &mut Complaints) {
    let key = path.last().copied().unwrap_or("");
    let message = format!("`{key}` must be a positive number; it is {value}");
    complaints.unless(value > 0.0 && value.is_finite(), path, message, "");
}

fn count(value: usize, least: usize, path: &[&str], complaints: &mut Complaints) {
    let key = path.last().copied().unwrap_or("");
    let message = format!("`{key}` must be between {least} and {MOST}; it is {value}");
    complaints.unless((least..=MOST).contains(&value), path, message, "");
}

/// Refuses what would not fit into memory before anything is allocated.
fn memory(file: &ScenarioFile, complaints: &mut Complaints) {
    let Some(available) = available_memory() else { return };
    let needed: f64 = file.systems.values().map(|system| build::cost(file, system).bytes).sum();
    let message = format!("about {:.1} GB of memory would be needed, and {:.1} GB are free", needed * 1e-9, available * 1e-9);
    complaints.unless(needed <= available, &["systems"], message, "take fewer neurons, seeds, cells or snapshots");
}

/// Free memory in bytes, where the system tells.
fn available_memory() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kilobytes| 1024.0 * kilobytes)
}

fn compare(file: &ScenarioFile, quantities: &[String], complaints: &mut Complaints) {
    let Some(compare) = &file.compare else { return };
    let names = || file.systems.keys().map(String::as_str);
    let known = |name: &str| file.systems.contains_key(name);
    if !known(&compare.reference) {
        let message = format!("the reference \"{}\" is no system of this scenario", compare.reference);
        complaints.add(["compare", "reference"], message, &suggestion(&compare.reference, names()));
    }
    for (i, claim) in compare.claims.iter().enumerate() {
        let path = |key: &str| [Step::from("compare"), "claim".into(), i.into(), key.into()];
        if claim.system == compare.reference {
            let message = "the reference cannot be compared with itself";
            complaints.add(path("system"), message, &suggestion("", names().filter(|name| *name != compare.reference)));
        } else if !known(&claim.system) {
            let message = format!("the claim is about \"{}\", which is no system of this scenario", claim.system);
            complaints.add(path("system"), message, &suggestion(&claim.system, names()));
        }
        if !quantities.contains(&claim.quantity) {
            let message = format!("nothing is called \"{}\"", claim.quantity);
            complaints.add(path("quantity"), message, &suggestion(&claim.quantity, quantities.iter().map(String::as_str)));
        }
        if !(claim.within > 0.0 && claim.within.is_finite()) {
            complaints.add(path("within"), "`within` must be a positive number", "write e.g. within = 0.03");
        }
        let (from, until) = (claim.from.unwrap_or(0.0), claim.until.unwrap_or(file.dynamics.end_time));
        if !(from >= 0.0 && from <= until && until <= file.dynamics.end_time) {
            let message = format!("the claim's span from {from} until {until} does not lie within 0 and the end time");
            complaints.add(path(if claim.from.is_some() { "from" } else { "until" }), message, "");
        }
    }
}
