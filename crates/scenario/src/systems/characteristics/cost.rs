//! The cost of characteristics, with or without the fluctuations of networks.

use meanfield_run::system::Cost;

use super::keys::CharacteristicsKeys;
use super::pilot::{self, PilotRun};
use crate::expense::{bytes, plus};
use crate::setting::{Setting, Timing};
use crate::systems::atoms::NUMBERS;
use crate::systems::kernel_keys::LimitName;

/// Rate evaluations of characteristics at a tolerance of [`TOLERANCE`] a step: in one coordinate, from
/// a start of this scale (smaller ones move faster), so many times the root of s = ∫ξ dt once the law
/// has split, which it does about [`LATE`]; in several so many at once and per unit of s. An
/// observation cuts a step. Targets and means of inputs turn more sharply.
const EVALUATIONS: f64 = 800.0;
const LATE: f64 = 3.0;
const EVALUATIONS_OF_SEVERAL: (f64, f64) = (200.0, 50.0);
const EVALUATIONS_ON_INPUTS: (f64, f64) = (200.0, 150.0);
const CUT: f64 = 7.0;
const TOLERANCE: f64 = 1e-8;
const ORDER: f64 = 5.0;
const SCALE: f64 = 0.8;
/// Beyond so many times the first, atoms have begun to split.
const FIRST_SPLIT: f64 = 2.0;
/// On points, which part them sharply, what follows a pilot run takes so many times as long.
const ON_POINTS: f64 = 1.5;
/// So many times as many are to be expected in the mean where a pilot run has seen none split.
const UNSPLIT: f64 = 1.3;
/// In the lazy scaling they split to so many times the first.
const LAZY_SPLIT: f64 = 4.0;
/// Atoms that panels add when the law splits, in one coordinate.
const SPLIT: f64 = 300.0;
/// CPU seconds of an atom in one evaluation: at least, and for each term of the kernel; in one, two, and four
/// coordinates.
const PER_ATOM: [(f64, f64); 3] = [(6e-8, 1.1e-8), (1e-7, 1e-8), (8e-7, 7e-8)];
/// CPU seconds of the fluctuations of networks: per root of s, and of the second chaos at each time.
const FLUCTUATIONS: f64 = 0.3;
const SECOND_CHAOS: f64 = 0.02;
/// The same in several coordinates: per multiplication in one evaluation of the rates and root of s; and at
/// each time.
const PER_MULTIPLICATION: f64 = 4e-7;
const SECOND_CHAOS_OF_SEVERAL: f64 = 0.3;
/// Evaluations of the rates in a step; CPU seconds of a feature of an atom in one, in any coordinates, and of
/// a multiplication of the fluctuations.
const EVALUATIONS_OF_STEP: f64 = 7.0;
const PER_FEATURE: f64 = 2e-8;
const PER_MULTIPLICATION_OF_STEP: f64 = 4e-9;
/// Cost of sampling the start by panels.
const SAMPLED: Cost = Cost { seconds: 5e-3, bytes: 0.0 };

/// Deterministic atoms.
pub(in crate::systems) fn cost(keys: &CharacteristicsKeys, setting: &Setting, timing: Timing) -> Cost {
    let resolution = keys.dimension_limit.resolution(keys.kernel_tolerance);
    let terms = setting.rank(resolution);
    let measured = setting.feature_time(resolution, timing);
    let coordinates = setting.coordinates();
    let atoms = Atoms::new(keys, setting);
    let own = keys.evaluations(setting, measured.is_some());
    // Observations closer than steps cut none: they are read between their ends.
    let evaluations = own + CUT * setting.observations().min(own);
    let (least, per_term) = PER_ATOM[coordinates / 2];
    let each = least + measured.map_or(per_term * terms, |time| time.gradients);
    let moving = match pilot::run(keys, setting, timing) {
        Some(pilot) => {
            let observing = pilot.observation * setting.observations() * atoms.growth(pilot);
            atoms.seconds_after(pilot, setting) * evaluations / own + observing
        }
        None => evaluations * atoms.at_work(setting) * each,
    };
    let fluctuations = fluctuations(keys, setting);
    let held = atoms.first * bytes_of_atom(keys, setting);
    plus(Cost { seconds: moving + fluctuations, bytes: held }, SAMPLED)
}

/// Memory of the atoms that a run may have beside its first ones.
pub(in crate::systems) fn bytes_at_work(keys: &CharacteristicsKeys, setting: &Setting) -> f64 {
    let atoms = Atoms::new(keys, setting);
    (atoms.most - atoms.first).max(0.0) * bytes_of_atom(keys, setting)
}

fn bytes_of_atom(keys: &CharacteristicsKeys, setting: &Setting) -> f64 {
    let terms = setting.rank(keys.dimension_limit.resolution(keys.kernel_tolerance));
    let coordinates = setting.coordinates();
    let snapshots = (setting.observed.snapshots * coordinates) as f64;
    bytes(NUMBERS + (2 + coordinates) as f64 * terms + snapshots)
}

/// Atoms of the law, once it has split: in several coordinates half-way between the fewest and the most.
pub(in crate::systems) fn law_size(keys: &CharacteristicsKeys, setting: &Setting) -> f64 {
    let atoms = Atoms::new(keys, setting);
    if setting.coordinates() == 1 { atoms.at_work(setting) } else { (atoms.first * atoms.most).sqrt() }
}

/// CPU seconds of a step of as many atoms as there may be, and of the fluctuations beside it.
pub(super) fn longest_step(keys: &CharacteristicsKeys, setting: &Setting) -> f64 {
    let features = setting.features(keys.resolution());
    let of_atoms = Atoms::new(keys, setting).most * features * PER_FEATURE;
    let effects = multiplications(keys, setting).unwrap_or(0.0) * PER_MULTIPLICATION_OF_STEP;
    EVALUATIONS_OF_STEP * (of_atoms + effects)
}

/// Multiplications of the fluctuations in one evaluation, where they are asked for in several coordinates.
fn multiplications(keys: &CharacteristicsKeys, setting: &Setting) -> Option<f64> {
    keys.fluctuations(setting).ok()??.multiplications()
}

/// CPU seconds of the fluctuations.
fn fluctuations(keys: &CharacteristicsKeys, setting: &Setting) -> f64 {
    let until = keys.fluctuations_until.min(setting.end_time);
    if until <= 0.0 {
        return 0.0;
    }
    let root = setting.schedule.clock(until).sqrt();
    match multiplications(keys, setting) {
        Some(count) => count * PER_MULTIPLICATION * root + SECOND_CHAOS_OF_SEVERAL * setting.observations(),
        None => FLUCTUATIONS * root + SECOND_CHAOS * setting.observations(),
    }
}

/// How many atoms there are.
struct Atoms {
    first: f64,
    most: f64,
}

impl Atoms {
    /// Where all neurons start alike one atom is all of them, for ever.
    fn new(keys: &CharacteristicsKeys, setting: &Setting) -> Self {
        if keys.start_limit == LimitName::Infinite && setting.spread().widest == 0.0 {
            return Self { first: 1.0, most: 1.0 };
        }
        let first = keys.atoms as f64;
        // In the lazy scaling neurons hardly move.
        let most = if keys.scaling().lazy().is_some() { LAZY_SPLIT * first } else { keys.most_atoms as f64 };
        Self { first, most: first.max(most) }
    }

    /// So many move, on average.
    fn at_work(&self, setting: &Setting) -> f64 {
        match setting.coordinates() {
            1 => (self.first + SPLIT * late_splitting(setting)).min(self.most),
            _ => (self.first + 2.0 * self.most) / 3.0,
        }
    }

    /// How many times as many atoms there will be as in a pilot run: those that have begun to split go on to,
    /// perhaps half-way to as many as there may be; others may still begin.
    fn growth(&self, pilot: PilotRun) -> f64 {
        match pilot.atoms > FIRST_SPLIT * self.first {
            true => (self.most / pilot.atoms).max(1.0).sqrt(),
            false => UNSPLIT,
        }
    }

    /// CPU seconds of a whole run, from those of its beginning.
    fn seconds_after(&self, pilot: PilotRun, setting: &Setting) -> f64 {
        // A pilot run may have seen the first short steps alone: between rates by the constants, of which
        // many are taken at once, and rates as the root of s.
        let rates = |clock: f64| EVALUATIONS_ON_INPUTS.0 + EVALUATIONS_ON_INPUTS.1 * clock;
        let at_once = rates(setting.clock()) / rates(pilot.clock);
        let remaining = (at_once * (setting.clock() / pilot.clock).sqrt()).sqrt() - 1.0;
        let data = setting.problem.data().mixture();
        let sharper = if data.dimension() == data.directions() { ON_POINTS } else { 1.0 };
        pilot.seconds * (1.0 + remaining.max(0.0) * self.growth(pilot) * sharper)
    }
}

impl CharacteristicsKeys {
    /// Rates that are taken, at its tolerance.
    fn evaluations(&self, setting: &Setting, on_inputs: bool) -> f64 {
        let s = setting.clock();
        let (at_once, per_unit) = if on_inputs { EVALUATIONS_ON_INPUTS } else { EVALUATIONS_OF_SEVERAL };
        let usual = match setting.coordinates() {
            1 => EVALUATIONS * speed(setting) * s.sqrt() * late_splitting(setting),
            _ => at_once + per_unit * s,
        };
        usual * (TOLERANCE / self.tolerance).powf(ORDER.recip())
    }
}

/// How far the law has split at the end.
fn late_splitting(setting: &Setting) -> f64 {
    let s = setting.clock();
    s / (s + LATE)
}

/// How much faster than a start of the usual scale this one moves: velocities do not vanish with
/// it, distances do.
fn speed(setting: &Setting) -> f64 {
    (SCALE / setting.problem.start().weights().size()).sqrt()
}
