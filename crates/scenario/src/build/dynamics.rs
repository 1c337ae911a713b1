//! Systems that solve the distributional dynamics, in whatever coordinates the model has. Solvers live in s = ∫ξ dt; the schedule
//! is laid over them here.

use meanfield_model::initial::CoordinateStart;
use meanfield_model::landscape::Landscape;
use meanfield_model::ridge::Ridged;
use meanfield_run::facts::{self, FactKind};
use meanfield_run::reclocked::Reclocked;
use meanfield_run::system::System;
use meanfield_solver::characteristics::Characteristics;
use meanfield_solver::finite_width::FiniteWidth;
use meanfield_solver::jko::Jko;
use meanfield_solver::panels::Panels;

use super::reduction::{self, Reduced, Reduction, reduce};
use super::{BuildError, Built, bias_start, schedule};
use crate::coarser;
use crate::file::{CharacteristicsKeys, JkoKeys, LimitName, ScenarioFile};

/// Characteristics from atoms that sample the start.
pub(super) fn characteristics(file: &ScenarioFile, keys: &CharacteristicsKeys) -> Result<Built, BuildError> {
    if keys.network_bias_until > 0.0 {
        return with_bias(file, keys);
    }
    reduce(file, keys.dimension_limit, keys.kernel_tolerance, OfAtoms { file, keys })
}

struct OfAtoms<'a> {
    file: &'a ScenarioFile,
    keys: &'a CharacteristicsKeys,
}

impl Reduced for OfAtoms<'_> {
    type Output = Built;

    fn with<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Result<Built, BuildError> {
        let reduction = at_its_start(self.keys, reduction);
        let facts = facts(self.keys, &reduction);
        Ok((in_time(self.file, atoms(self.keys, reduction)), facts))
    }
}

/// The reduction with the start at d or at its limit.
fn at_its_start<const D: usize, L>(
    keys: &CharacteristicsKeys,
    reduction: Reduction<D, L>,
) -> Reduction<D, L> {
    match keys.start_limit {
        LimitName::Finite => reduction,
        LimitName::Infinite => {
            let start = reduction.start.each_ref().map(CoordinateStart::at_infinite_dimension);
            Reduction { start, ..reduction }
        }
    }
}

fn facts<const D: usize, L>(
    keys: &CharacteristicsKeys,
    reduction: &Reduction<D, L>,
) -> Vec<(&'static FactKind, f64)> {
    let mut facts = vec![
        (facts::ATOMS, keys.atoms as f64),
        (facts::ATOMS_AT_START, panels(keys, &reduction.start).atoms() as f64),
        (facts::TOLERANCE, keys.tolerance),
        (facts::KERNEL_TERMS, reduction.terms as f64),
    ];
    facts.extend(at_infinite_dimension(keys.dimension_limit, keys.start_limit));
    facts
}

/// What of a system is taken to d = ∞.
pub(super) fn at_infinite_dimension(
    kernel: LimitName,
    start: LimitName,
) -> impl Iterator<Item = (&'static FactKind, f64)> {
    let all = [(facts::KERNEL_AT_INFINITE_DIMENSION, kernel), (facts::START_AT_INFINITE_DIMENSION, start)];
    all.into_iter().filter(|(_, limit)| *limit == LimitName::Infinite).map(|(flag, _)| (flag, 1.0))
}

/// The panels that sample a start, which has a direction for each coordinate that is not a point.
fn panels(keys: &CharacteristicsKeys, start: &[CoordinateStart]) -> Panels {
    let directions = start.iter().filter(|start| !start.is_point()).count();
    Panels::new(directions, keys.atoms, keys.sampling_tolerance, keys.most_atoms)
}

fn atoms<const D: usize, L: Landscape<D>>(
    keys: &CharacteristicsKeys,
    reduction: Reduction<D, L>,
) -> Characteristics<D, Ridged<L>> {
    let start = reduction.start;
    let spread: Vec<usize> = (0..D).filter(|c| !start[*c].is_point()).collect();
    let panels = panels(keys, &start);
    let at = |g: &[f64]| {
        let mut normals = [0.0; D];
        spread.iter().zip(g).for_each(|(c, g)| normals[*c] = *g);
        std::array::from_fn(|c| start[c].quantile_of_normal(normals[c]))
    };
    let lower = std::array::from_fn(|c| start[c].lower_end());
    Characteristics::sampling(reduction.landscape, panels, at, lower, keys.tolerance)
}

/// With the 1/N correction, which knows one radius.
fn with_bias(file: &ScenarioFile, keys: &CharacteristicsKeys) -> Result<Built, BuildError> {
    let reduction = reduction::radius(file, keys.dimension_limit, keys.kernel_tolerance)?;
    let (start, until) = (bias_start(file)?, schedule(file).clock(keys.network_bias_until));
    let facts = facts(keys, &reduction);
    Ok((in_time(file, FiniteWidth::new(atoms(keys, reduction), &start, until)), facts))
}

/// Minimising movements, which know one radius.
pub(super) fn jko(file: &ScenarioFile, keys: &JkoKeys) -> Result<Built, BuildError> {
    let Reduction { landscape, terms, start: [start], .. } =
        reduction::radius(file, keys.dimension_limit, keys.kernel_tolerance)?;
    let panels = Panels::new(1, keys.atoms, keys.sampling_tolerance, keys.most_atoms);
    let mut facts = vec![
        (facts::ATOMS, keys.atoms as f64),
        (facts::ATOMS_AT_START, panels.atoms() as f64),
        (facts::STEP, keys.step),
        (facts::REFINEMENT_FROM, coarser::STEP * keys.step),
        (facts::KERNEL_TERMS, terms as f64),
    ];
    facts.extend(at_infinite_dimension(keys.dimension_limit, LimitName::Finite));
    let at = |g: f64| start.quantile_of_normal(g);
    Ok((in_time(file, Jko::sampling(landscape, panels, at, start.lower_end(), keys.step)), facts))
}

/// A solver, which lives in s, as it is seen in t.
pub(super) fn in_time(file: &ScenarioFile, system: impl System + 'static) -> Box<dyn System> {
    Box::new(Reclocked::new(system, schedule(file)))
}
