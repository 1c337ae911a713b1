//! The cost of atoms: characteristics with or without the 1/N correction, minimising movements.

use meanfield_run::system::Cost;

use super::{bytes, clock, coordinates, observations, rank, snapshots};
use crate::file::{CharacteristicsKeys, InitialKind, JkoKeys, ScenarioFile, SystemKind};

/// Rate evaluations of characteristics up to s = ∫ξ dt = 1 at a tolerance of [`TOLERANCE`] a step, in one coordinate and in several;
/// they grow as the root of s. In one coordinate a start of this scale is meant: smaller ones move faster.
const EVALUATIONS: [f64; 2] = [650.0, 400.0];
const TOLERANCE: f64 = 1e-8;
const ORDER: f64 = 5.0;
const SCALE: f64 = 0.8;
/// Atoms that panels add on the way, in one coordinate.
const SPLIT: f64 = 300.0;
/// CPU seconds of an atom in one evaluation: at least, and for each term of the kernel; in one, two, and four coordinates.
const PER_ATOM: [(f64, f64); 3] = [(6e-8, 1.1e-8), (2e-7, 2e-8), (8e-7, 7e-8)];
/// CPU seconds of the 1/N correction per unit of s.
const BIAS: f64 = 0.25;
/// Objectives of a minimising movement, and CPU seconds of an atom in one: at least, and for each term of the kernel.
const OBJECTIVES: f64 = 8.5;
const PER_OBJECTIVE: (f64, f64) = (5e-8, 2e-8);
/// Numbers for each atom, besides those for each term and coordinate.
const ATOM: f64 = 40.0;

/// Deterministic atoms.
pub(super) fn characteristics(file: &ScenarioFile, keys: &CharacteristicsKeys) -> Cost {
    let (s, terms) = (clock(file), rank(file, &SystemKind::Characteristics(keys.clone())));
    let coordinates = coordinates(file);
    let (first, most) = (keys.atoms as f64, keys.atoms.max(keys.most_atoms) as f64);
    let (evaluations, atoms) = match coordinates {
        1 => (EVALUATIONS[0] * speed(file), (first + SPLIT).min(most)),
        _ => (EVALUATIONS[1], (first * most).sqrt()),
    };
    let evaluations =
        evaluations * s.sqrt() * (TOLERANCE / keys.tolerance).powf(ORDER.recip()) + 7.0 * observations(file);
    let (least, per_term) = PER_ATOM[coordinates / 2];
    let bias = BIAS * keys.network_bias_until.min(file.dynamics.end_time);
    let numbers = most * (ATOM + (2 + coordinates) as f64 * terms + (snapshots(file) * coordinates) as f64);
    Cost { seconds: evaluations * atoms * (least + per_term * terms) + bias, bytes: bytes(numbers) }
}

/// How much faster than a start of the usual scale this one moves: velocities do not vanish with it, distances do.
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
