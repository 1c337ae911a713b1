//! The cost of atoms: characteristics with or without the 1/N correction, minimising movements.

use meanfield_run::system::Cost;

use super::{bytes, clock, coordinates, observations, rank, snapshots};
use crate::file::{CharacteristicsKeys, InitialKind, JkoKeys, LimitName, ScenarioFile, SystemKind};

/// Rate evaluations of characteristics at a tolerance of [`TOLERANCE`] a step: in one coordinate, from a start of
/// this scale (smaller ones move faster), so many times the root of s = ∫ξ dt once the law has split, which it does
/// about [`LATE`]; in several so many at once and per unit of s. An observation cuts a step.
const EVALUATIONS: f64 = 800.0;
const LATE: f64 = 3.0;
const EVALUATIONS_OF_SEVERAL: (f64, f64) = (200.0, 50.0);
const CUT: f64 = 7.0;
const TOLERANCE: f64 = 1e-8;
const ORDER: f64 = 5.0;
const SCALE: f64 = 0.8;
/// Atoms that panels add when the law splits, in one coordinate.
const SPLIT: f64 = 300.0;
/// CPU seconds of an atom in one evaluation: at least, and for each term of the kernel; in one, two, and four
/// coordinates.
const PER_ATOM: [(f64, f64); 3] = [(6e-8, 1.1e-8), (1e-7, 1e-8), (8e-7, 7e-8)];
/// CPU seconds of the 1/N correction per unit of s.
const BIAS: f64 = 0.25;
/// Objectives of a minimising movement, and CPU seconds of an atom in one: at least, and for each term of the
/// kernel.
const OBJECTIVES: f64 = 8.5;
const PER_OBJECTIVE: (f64, f64) = (5e-8, 2e-8);
/// Numbers for each atom, besides those for each term and coordinate.
const ATOM: f64 = 40.0;

/// Deterministic atoms.
pub(super) fn characteristics(file: &ScenarioFile, keys: &CharacteristicsKeys) -> Cost {
    let (s, terms) = (clock(file), rank(file, &SystemKind::Characteristics(keys.clone())));
    let coordinates = coordinates(file);
    let (first, most) = match starts_at_a_point(file, keys) {
        true => (1.0, 1.0),
        false => (keys.atoms as f64, keys.atoms.max(keys.most_atoms) as f64),
    };
    let late = s / (s + LATE);
    let (evaluations, atoms) = match coordinates {
        1 => (EVALUATIONS * speed(file) * s.sqrt() * late, (first + SPLIT * late).min(most)),
        _ => (EVALUATIONS_OF_SEVERAL.0 + EVALUATIONS_OF_SEVERAL.1 * s, (first + 2.0 * most) / 3.0),
    };
    let finer = (TOLERANCE / keys.tolerance).powf(ORDER.recip());
    // Observations closer than steps cut none: they are read between their ends.
    let evaluations = evaluations * finer + CUT * observations(file).min(evaluations * finer);
    let (least, per_term) = PER_ATOM[coordinates / 2];
    let bias = BIAS * keys.network_bias_until.min(file.dynamics.end_time);
    let numbers = most * (ATOM + (2 + coordinates) as f64 * terms + (snapshots(file) * coordinates) as f64);
    Cost { seconds: evaluations * atoms * (least + per_term * terms) + bias, bytes: bytes(numbers) }
}

/// Whether all neurons start alike: one atom is then all of them, for ever.
fn starts_at_a_point(file: &ScenarioFile, keys: &CharacteristicsKeys) -> bool {
    let InitialKind::Gaussian(start) = &file.model.initial;
    let spread = [&start.a, &start.b].into_iter().flatten().any(|law| law.deviation > 0.0);
    keys.start_limit == LimitName::Infinite && !spread
}

/// How much faster than a start of the usual scale this one moves: velocities do not vanish with it,
/// distances do.
fn speed(file: &ScenarioFile) -> f64 {
    let InitialKind::Gaussian(start) = &file.model.initial;
    (SCALE / start.scale).sqrt()
}

/// Minimising movements.
pub(super) fn jko(file: &ScenarioFile, keys: &JkoKeys) -> Cost {
    let (atoms, terms) = (keys.atoms as f64, rank(file, &SystemKind::Jko(keys.clone())));
    let movements = clock(file) / keys.step + observations(file);
    let (least, per_term) = PER_OBJECTIVE;
    let numbers = atoms * (ATOM + 4.0 * terms + snapshots(file) as f64);
    Cost { seconds: movements * OBJECTIVES * atoms * (least + per_term * terms), bytes: bytes(numbers) }
}
