//! The systems: what each kind's keys must satisfy, and whether what they ask for can be built. Grids and static problems have files
//! of their own.

use std::collections::HashMap;

use meanfield_model::coordinates::Coordinates;
use meanfield_model::loss::Loss;

use super::{Complaints, LARGEST};
use crate::build::{self, BuildError};
use crate::file::{CharacteristicsKeys, FiniteNetworkKeys, JkoKeys, LimitName, ScenarioFile, SystemKind};
use crate::{coarser, model};

/// Most steps of SGD: k, and k · 2²⁰ (which numbers the streams of Monte Carlo samples), are then exact.
const MOST_STEPS: f64 = 1e13;
/// Atoms of a panel of characteristics: fewer than two panels cannot be halved.
const PANEL: usize = 8;
/// Most minimising movements.
const MOST_MOVEMENTS: f64 = 1e9;
/// Most cells, atoms or neurons of a system.
pub(super) const MOST: usize = 1_000_000;
/// Most samples of one Monte Carlo estimate.
const MOST_SAMPLES: usize = 10_000_000;
/// Largest tolerance that still means something.
pub(super) const LOOSEST: f64 = 0.1;
/// Largest seed: the record's axis of seeds is of doubles.
const LARGEST_SEED: u64 = (1 << 53) - 1;
/// Longest name of a system: files are called after it.
const LONGEST_NAME: usize = 60;
/// Most systems: figures tell far fewer apart.
const MOST_SYSTEMS: usize = 100;
/// Most seeds of a network.
const MOST_SEEDS: usize = 10_000;
/// Names that the record uses for itself.
const RESERVED: [&str; 2] = ["comparison", "sweep"];

/// Checks all systems; `model` and `times` say whether these sections are in order.
pub(super) fn check(file: &ScenarioFile, model: bool, times: bool, complaints: &mut Complaints) {
    let help = "write e.g. [systems.pde.finite-volume]";
    complaints.unless(!file.systems.is_empty(), &["systems"], "there is no system to run", help);
    let count = file.systems.len();
    if count > MOST_SYSTEMS {
        let message = format!("there are {count} systems, more than {MOST_SYSTEMS}");
        return complaints.add(["systems"], message, "make several scenarios of it, or use [vary]");
    }
    names_differ(file, complaints);
    for (name, system) in &file.systems {
        let mut keys = Keys { name, kind: system.kind(), complaints };
        keys.name();
        keys.bath(file, system);
        let right = keys.are_right(file, system, model, times);
        if let Some(coarse) = coarser::halved(file, system).filter(|_| right && file.refinement) {
            keys.coarse_are_right(file, &coarse, model, times);
        }
    }
}

/// Checkpoints are called after systems, and some disks do not tell `pde` from `PDE`.
fn names_differ(file: &ScenarioFile, complaints: &mut Complaints) {
    let mut known = HashMap::new();
    for name in file.systems.keys() {
        if let Some(other) = known.insert(name.to_lowercase(), name) {
            let message =
                format!("the names \"{other}\" and \"{name}\" differ in nothing but upper and lower case");
            let help = "their files would be one on many disks: call one of them otherwise";
            complaints.add(["systems", name], message, help);
        }
    }
}

/// The keys of one system.
pub(super) struct Keys<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'static str,
    pub(super) complaints: &'a mut Complaints,
}

impl Keys<'_> {
    /// Whether there is nothing to complain about.
    fn are_right(&mut self, file: &ScenarioFile, system: &SystemKind, model: bool, times: bool) -> bool {
        let before = self.complaints.found.count();
        self.coordinates(file, system);
        match system {
            SystemKind::FiniteVolume(values) => self.finite_volume(file, values),
            SystemKind::Characteristics(values) => self.characteristics(values),
            SystemKind::Jko(values) => self.jko(values, file.dynamics.end_time),
            SystemKind::FiniteNetwork(values) => self.finite_network(values, times.then_some(file)),
            SystemKind::Landscape(values) => self.landscape(file, values),
        }
        if model && self.complaints.found.count() == before {
            self.can_be_built(file, system);
        }
        self.complaints.found.count() == before
    }

    /// What noise and ridge ask of a system.
    fn bath(&mut self, file: &ScenarioFile, system: &SystemKind) {
        let noisy = file.dynamics.temperature > 0.0;
        match system {
            SystemKind::FiniteNetwork(keys) => {
                let schedule = build::schedule(file);
                self.ridge_of_steps(file.dynamics.ridge, keys.step_size, schedule.rate(keys.step_size));
            }
            SystemKind::Characteristics(_) | SystemKind::Jko(_) => {
                let message = format!("`{}` moves atoms, and noise spreads every one of them", self.kind);
                let help =
                    "take finite-volume for the PDE with noise, or write temperature = 0.0 in [dynamics]";
                self.complaints.unless(!noisy, &["systems", self.name, self.kind], message, help);
            }
            SystemKind::FiniteVolume(keys) => {
                let finite = !noisy || keys.dimension_limit == LimitName::Finite;
                let message =
                    "noise in infinitely many dimensions would carry every neuron to infinity at once";
                self.unless(finite, "dimension-limit", message, "leave it out: d is then the data's");
            }
            SystemKind::Landscape(_) => self.gibbs(file, noisy),
        }
    }

    /// Steps of a network with a ridge must leave a share of the weights; the first, of length ε ξ(ε), is the longest.
    fn ridge_of_steps(&mut self, ridge: f64, step_size: f64, rate: f64) {
        // A ridge or a step size that is no sensible number is told elsewhere.
        let share = 1.0 - 2.0 * ridge * step_size * rate;
        if share <= 0.0 && ridge <= LARGEST && step_size.is_finite() {
            let message = format!(
                "the ridge {ridge:?} leaves 1 − 2λ ε ξ(ε) = {share:.3e} of the weights at the first step: nothing"
            );
            let (step, ridge) = (below(0.49 / ridge / rate), below(0.49 / step_size / rate));
            let help = format!("write a step-size of at most {step:.0e}, or a ridge of at most {ridge:.0e}");
            self.unless(false, "step-size", message, &help);
        }
    }

    /// Which coordinates a system knows.
    fn coordinates(&mut self, file: &ScenarioFile, system: &SystemKind) {
        let path = ["systems", self.name, self.kind];
        let one = match build::coordinates(file) {
            Ok(coordinates) => coordinates == Coordinates::Radius,
            Err(error) => {
                let help = "leave out model.unit, or write model.data.anisotropic-gaussians";
                return self.complaints.add(path, error.to_string(), help);
            }
        };
        let squared = model::loss(&file.model.loss) == Loss::Squared;
        let message = "more than one radius is known for the squared loss alone so far";
        let help = "leave out model.loss, or write model.data.isotropic-gaussians";
        self.complaints.unless(one || squared || system.kernel().is_none(), &path, message, help);
        let moves = matches!(system, SystemKind::Jko(_));
        let message = "minimising movements are known for neurons σ(⟨w, x⟩) and isotropic data alone";
        let help = "take characteristics or finite-volume for the PDE in these coordinates";
        self.complaints.unless(one || !moves, &path, message, help);
        if let SystemKind::Characteristics(keys) = system {
            let message = "the 1/N correction is known for neurons σ(⟨w, x⟩) and isotropic data alone";
            self.unless(one || keys.network_bias_until == 0.0, "network-bias-until", message, "leave it out");
        }
    }

    /// The same for the companion at half the resolution.
    fn coarse_are_right(&mut self, file: &ScenarioFile, coarse: &SystemKind, model: bool, times: bool) {
        let before = self.complaints.found.count();
        self.are_right(file, coarse, model, times);
        for (_, problem) in self.complaints.found.iter_mut().skip(before) {
            problem.message =
                format!("at half the resolution, which refinement runs too: {}", problem.message);
        }
    }

    /// Notes a complaint about a key unless `holds`.
    pub(super) fn unless(&mut self, holds: bool, key: &str, message: impl Into<String>, help: &str) {
        self.complaints.unless(holds, &["systems", self.name, self.kind, key], message, help);
    }

    fn name(&mut self) {
        let name = self.name;
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        let goes_on = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let fits = begins && goes_on && name.len() <= LONGEST_NAME && !RESERVED.contains(&name);
        let message = format!("a system cannot be called \"{}\"", name.escape_debug());
        let help = format!(
            "begin with a letter or digit, go on with these, - or _, up to {LONGEST_NAME}; {} are taken",
            RESERVED.join(" and ")
        );
        self.complaints.unless(fits, &["systems", name], message, &help);
    }

    /// A number above 0, up to `most`.
    pub(super) fn tolerance(&mut self, key: &str, value: f64, most: f64) {
        let message = format!("`{key}` must be a positive number, at most {most}; it is {value:?}");
        self.unless(value > 0.0 && value <= most, key, message, "leave it out for the default");
    }

    /// An integer from `least` to `most`.
    pub(super) fn count(&mut self, key: &str, value: usize, least: usize, most: usize, help: &str) {
        let message = format!("`{key}` must be between {least} and {most}; it is {value}");
        self.unless((least..=most).contains(&value), key, message, help);
    }

    fn characteristics(&mut self, keys: &CharacteristicsKeys) {
        self.count("atoms", keys.atoms, PANEL + 1, MOST, "eight atoms make a panel: write e.g. atoms = 80");
        self.count("most-atoms", keys.most_atoms, 1, MOST, "leave it out for the default");
        self.tolerance("sampling-tolerance", keys.sampling_tolerance, LOOSEST);
        self.tolerance("tolerance", keys.tolerance, LOOSEST);
        self.tolerance("kernel-tolerance", keys.kernel_tolerance, LOOSEST);
        let (key, until) = ("network-bias-until", keys.network_bias_until);
        let message = format!("`{key}` is a time from 0 on; it is {until:?}");
        self.unless(until >= 0.0 && until.is_finite(), key, message, "write 0.0 for none");
        let finite = keys.dimension_limit == LimitName::Finite || until == 0.0;
        let message = "the 1/N correction needs the kernel at finite dimension";
        self.unless(finite, key, message, "write 0.0, or leave out dimension-limit");
    }

    fn jko(&mut self, keys: &JkoKeys, end: f64) {
        self.count("atoms", keys.atoms, 1, MOST, "write e.g. atoms = 400");
        self.count("most-atoms", keys.most_atoms, 1, MOST, "leave it out for the default");
        self.tolerance("sampling-tolerance", keys.sampling_tolerance, LOOSEST);
        let message = format!("`step` must be a positive number, at most {LARGEST:e}; it is {:?}", keys.step);
        self.unless(keys.step > 0.0 && keys.step <= LARGEST, "step", message, "write e.g. step = 0.01");
        let message = format!("end-time / step is {:.1e}, more than {MOST_MOVEMENTS:e}", end / keys.step);
        self.unless(end / keys.step <= MOST_MOVEMENTS, "step", message, "write a longer step, e.g. 0.01");
        self.tolerance("kernel-tolerance", keys.kernel_tolerance, LOOSEST);
    }

    /// `file` is there if its times are in order.
    fn finite_network(&mut self, keys: &FiniteNetworkKeys, file: Option<&ScenarioFile>) {
        self.count("neurons", keys.neurons, 1, MOST, "write e.g. neurons = 800");
        let positive = keys.step_size > 0.0 && keys.step_size.is_finite();
        let message = format!("`step-size` must be a positive number; it is {:?}", keys.step_size);
        self.unless(positive, "step-size", message, "MMN 2018, Fig. 1: step-size = 1e-6");
        if let Some(file) = file.filter(|_| positive) {
            self.steps(keys.step_size, file);
        }
        let (key, factor) = ("noise-factor", keys.noise_factor);
        let message = format!("`{key}` must lie between 0 and 100; it is {factor:?}");
        self.unless((0.0..=100.0).contains(&factor), key, message, "leave it out for the PDE's, 4.0");
        let count = keys.seeds.len();
        if count > MOST_SEEDS {
            let message = format!("`seeds` has {count} numbers, more than {MOST_SEEDS}: each is a run");
            return self.unless(false, "seeds", message, "write e.g. seeds = [1, 2]");
        }
        let mut seeds = keys.seeds.clone();
        seeds.sort_unstable();
        seeds.dedup();
        let distinct = !seeds.is_empty() && seeds.len() == keys.seeds.len();
        let message = "there is one run for each seed: write at least one, all different";
        self.unless(distinct, "seeds", message, "write e.g. seeds = [1, 2]");
        let small = seeds.iter().all(|seed| *seed <= LARGEST_SEED);
        self.unless(small, "seeds", format!("a seed is at most {LARGEST_SEED}"), "write e.g. seeds = [1, 2]");
        let help = "write 0 for none, or e.g. 10000";
        self.unless(keys.monte_carlo != 1, "monte-carlo", "one sample has no standard error", help);
        self.count("monte-carlo", keys.monte_carlo, 0, MOST_SAMPLES, help);
    }

    /// Steps that can be counted, and a step of its own for each time observed.
    fn steps(&mut self, step_size: f64, file: &ScenarioFile) {
        let (key, end) = ("step-size", file.dynamics.end_time);
        let message = format!(
            "end-time / step-size is {:.1e}, more than the {MOST_STEPS:e} steps that are counted",
            end / step_size
        );
        self.unless(end / step_size <= MOST_STEPS, key, message, "write a larger step-size, e.g. 1e-6");
        let message = format!("one step of {step_size:?} is longer than the whole run, until {end:?}");
        let help = format!("write a step-size of at most {:.0e}", below(0.1 * end));
        self.unless(step_size <= end, key, message, &help);
        let step = |time: f64| (time / step_size).round();
        for (list, times) in file.observe.lists() {
            let same = times.windows(2).find(|pair| step(pair[0]) == step(pair[1]));
            if let Some([before, after]) = same.filter(|_| step_size <= end) {
                let (before, after, step) = (rounded(*before), rounded(*after), step(*before));
                let message = format!(
                    "steps of {step_size:?} are too long for `{list}`: {before:?} and {after:?} fall on the \
                     same step, k = {step}"
                );
                let spacing = times.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
                let help =
                    format!("write a step-size of at most {:.0e}, or `{list}` further apart", below(spacing));
                self.unless(false, key, message, &help);
            }
        }
    }

    /// The landscape and the start, which a run would begin with.
    fn can_be_built(&mut self, file: &ScenarioFile, system: &SystemKind) {
        if let Err(error) = build::landscape(file, system) {
            let help = match &error {
                BuildError::Landscape(landscape) => match landscape.reachable() {
                    Some(reachable) => {
                        format!("write kernel-tolerance = {reachable:.1e}, or take a larger dimension")
                    }
                    None => "write a smaller `gain`, or a narrower `domain` or start".to_owned(),
                },
                BuildError::Blocks(blocks) => {
                    let blocks_help = "take blocks of more dimensions, four at least: both relevant-dimension and what it leaves";
                    match blocks.reachable() {
                        reachable if reachable <= LOOSEST => {
                            format!("write kernel-tolerance = {reachable:.1e}, or {blocks_help}")
                        }
                        _ => format!("{blocks_help}; or start a and b less widely"),
                    }
                }
                _ => "check [model]".to_owned(),
            };
            return self.unless(false, "kernel-tolerance", error.to_string(), &help);
        }
        match system {
            SystemKind::FiniteVolume(keys) => self.start(file, keys),
            SystemKind::Characteristics(keys) if keys.network_bias_until > 0.0 => {
                if let Err(error) = build::bias_start(file) {
                    self.unless(false, "network-bias-until", error.to_string(), "write 0.0, or leave it out");
                }
            }
            _ => {}
        }
    }
}

/// A time to six digits, as people write it.
fn rounded(time: f64) -> f64 {
    format!("{time:.5e}").parse().unwrap_or(time)
}

/// A number of one digit that is not above `x` > 0.
fn below(x: f64) -> f64 {
    let unit = 10_f64.powf(x.log10().floor());
    let digit = (x / unit).floor();
    if digit < 1.0 { 0.9 * unit } else { digit * unit }
}
