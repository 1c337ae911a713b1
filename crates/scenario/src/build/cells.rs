//! The system `finite-volume`: its grid, and the start on it.

use meanfield_model::axis::{Axis, AxisError};
use meanfield_run::stepper::strong_stability::Method;
use meanfield_run::system::System;
use meanfield_solver::diffusion::Diffusion;
use meanfield_solver::diffusion::operator::Operator;
use meanfield_solver::finite_volume::limiter::Limiter;
use meanfield_solver::finite_volume::{FiniteVolume, Options};
use meanfield_solver::grid::{Grid, StartError};

use super::dynamics::in_time;
use super::reduction::{self, Reduction};
use super::{BuildError, Built, activation, initial};
use crate::file::{FiniteVolumeKeys, LimiterName, ScenarioFile, StepperName};

/// The default grid goes so many times as far as the start, of which 1e-12 lies beyond Φ⁻¹ = this.
const ROOM: f64 = 1.5;
const FARTHEST: f64 = 7.0;
/// Share of the first cell in which mass at rest is reported.
const RESTING: f64 = 1e-3;

/// Cells, with noise or without.
pub(super) fn finite_volume(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Result<Built, BuildError> {
    let Reduction { landscape, terms, elements, .. } =
        reduction::radius(file, keys.dimension_limit, keys.kernel_tolerance)?;
    let grid = grid(file, keys)?;
    let mass = start_on_grid(file, &grid)?;
    let facts = vec![("cells", keys.cells.iter().product::<usize>() as f64), ("kernel_terms", terms as f64)];
    let system: Box<dyn System> = if file.dynamics.temperature > 0.0 {
        let operator = Operator::new(landscape, grid, elements, file.dynamics.temperature);
        in_time(file, Diffusion::new(operator, mass, keys.tolerance))
    } else {
        let options = Options { limiter: limiter(keys.limiter), method: method(keys.stepper) };
        in_time(file, FiniteVolume::new(landscape, grid, mass, options))
    };
    Ok((system, facts))
}

/// Where the grid of the radius ends at the start if a scenario does not say.
pub(crate) fn default_upper(file: &ScenarioFile) -> f64 {
    ROOM * initial(file).radial_quantile_of_normal(file.model.data.dimension(), FARTHEST)
}

/// Where the grid of the radius ends at the start.
fn upper(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> f64 {
    let range = keys.domain.as_deref().and_then(<[_]>::first);
    range.map_or_else(|| default_upper(file), |range| range[1])
}

/// The grid that the keys ask for, with a place for mass that rests at r = 0 if σ has a kink there and there is no noise.
pub(crate) fn grid(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Result<Grid<1>, AxisError> {
    let cells = keys.cells.first().copied().unwrap_or(0);
    let axis = Axis::graded(upper(file, keys), cells, keys.grading)?;
    // Noise lets nothing rest.
    let rests = file.dynamics.temperature == 0.0 && activation(file).is_ok_and(|sigma| sigma.bends_at_zero());
    Ok(Grid { axes: [if rests { axis.cut_at_lower_end(RESTING)? } else { axis }] })
}

/// The start's masses on a grid.
pub(crate) fn start_on_grid(file: &ScenarioFile, grid: &Grid<1>) -> Result<Vec<f64>, StartError> {
    let dimension = file.model.data.dimension();
    grid.masses(|radius| initial(file).radial_distribution(dimension, radius))
}

fn limiter(name: LimiterName) -> Limiter {
    match name {
        LimiterName::Flat => Limiter::Flat,
        LimiterName::Minmod => Limiter::Minmod,
        LimiterName::VanLeer => Limiter::VanLeer,
        LimiterName::MonotonizedCentral => Limiter::MonotonizedCentral,
    }
}

fn method(name: StepperName) -> Method {
    match name {
        StepperName::Ssp2 => Method::Ssp2,
        StepperName::Ssp3 => Method::Ssp3,
    }
}
