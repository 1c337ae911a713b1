//! The kind `finite-volume`: the PDE on a grid, without noise and with it.

mod check;
mod cost;
mod fluctuations;
pub mod keys;

use meanfield_model::axis::Axis;
use meanfield_model::landscape::Landscape;
use meanfield_model::problem::Bath;
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::reduction::{Reduced, Reduction, Resolution, Visitor};
use meanfield_run::facts::{self, FactKind};
use meanfield_run::record::Nature;
use meanfield_run::system::{Cost, System};
use meanfield_solver::diffusion::Diffusion;
use meanfield_solver::diffusion::operator::Operator;
use meanfield_solver::finite_volume::{CHANGE, FiniteVolume, Options};
use meanfield_solver::grid::Grid;

use super::atoms::in_time;
use super::complaints::SystemComplaints;
use super::kernel_keys::{LimitName, at_infinite_dimension, of_kernel};
use super::kind::{BuildError, Kind, Run, TwoLayerKind};
use crate::setting::{Draft, Setting, Spread, Timing};
use keys::FiniteVolumeKeys;

/// A companion's steps with noise, of second order, are twice as long; without noise they change twice as
/// much.
const NOISE_TOLERANCE: f64 = 4.0;
const CHANGE_FACTOR: f64 = 2.0;
/// Its starts at a point are twice as wide.
const WIDER: f64 = 2.0;

impl FiniteVolumeKeys {
    fn at_half_the_resolution(&self, spread: &Spread) -> Self {
        Self {
            cells: self.cells.iter().map(|cells| cells / 2).collect(),
            start_width: self.start_width * if self.is_widened(spread) { WIDER } else { 1.0 },
            fluctuations_until: 0.0,
            ..self.clone()
        }
    }

    fn facts<const D: usize, L>(
        &self,
        cells: usize,
        reduction: &Reduction<D, L>,
    ) -> Vec<(&'static FactKind, f64)> {
        let mut facts = vec![(facts::CELLS, cells as f64)];
        facts.extend(of_kernel(reduction));
        facts.extend(at_infinite_dimension(self.dimension_limit, LimitName::Finite));
        facts
    }

    /// Whether a coordinate starts more narrowly than cells can hold, so that `start-width`
    /// decides how widely.
    fn is_widened(&self, spread: &Spread) -> bool {
        self.cells.len() > 1 && spread.narrowest < self.start_width
    }
}

/// Builds the grid and the scheme in however many coordinates.
struct GridBuilder<'a> {
    keys: &'a FiniteVolumeKeys,
    setting: &'a Setting,
    /// The axes at the start, and the mass of each cell, the first coordinate running fastest.
    start: (Vec<Axis>, Vec<f64>),
}

impl Visitor for GridBuilder<'_> {
    type Output = (Box<dyn System>, Vec<(&'static FactKind, f64)>);

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        let (axes, mass) = self.start.clone();
        let grid = Grid { axes: std::array::from_fn(|c| axes[c].clone()) };
        let facts = self.keys.facts(mass.len(), &reduction);
        (self.scheme(reduction, grid, mass), facts)
    }
}

impl GridBuilder<'_> {
    fn scheme<const D: usize, L: Landscape<D> + Clone + 'static>(
        &self,
        reduction: Reduction<D, L>,
        grid: Grid<D>,
        mass: Vec<f64>,
    ) -> Box<dyn System> {
        let Self { keys, setting, .. } = self;
        let walls = reduction.lower_ends();
        let Reduction { landscape, elements, .. } = reduction;
        let bath = setting.bath();
        if bath.is_noisy() {
            let operator = Operator::new(landscape, grid, elements, bath.temperature);
            let cells = Diffusion::new(operator, mass, keys.tolerance).with_cooling(setting.cooling());
            return in_time(setting, cells);
        }
        let options = Options::default()
            .with_limiter(keys.limiter.limiter())
            .with_method(keys.stepper.method())
            .with_change(keys.change.unwrap_or(CHANGE));
        let cells = if keys.grid().follows(bath) {
            FiniteVolume::following(landscape, grid, mass, walls, options)
        } else {
            FiniteVolume::new(landscape, grid, mass, options)
        };
        in_time(setting, cells)
    }
}

impl Kind for FiniteVolumeKeys {
    fn records_joint_law(&self, coordinates: usize) -> bool {
        coordinates <= 2
    }

    fn knows_joint_law(&self, _coordinates: usize) -> bool {
        true
    }

    fn nature(&self) -> Nature {
        Nature::Limit
    }

    fn fluctuations_until(&self) -> f64 {
        self.fluctuations_until
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        Some(self)
    }
}

impl TwoLayerKind for FiniteVolumeKeys {
    fn law_size(&self, _: &Setting) -> f64 {
        self.cells.iter().map(|cells| *cells as f64).product()
    }

    fn kernel(&self, _: Bath) -> Option<Resolution> {
        Some(self.resolution())
    }

    fn check_bath(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        let finite = !draft.bath.is_noisy() || self.dimension_limit == LimitName::Finite;
        let message = "noise in infinitely many dimensions would carry every neuron to infinity at once";
        complaints.unless(finite, "dimension-limit", message, "leave it out: d is then the data's");
    }

    fn check(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        check::check(self, draft, complaints);
        fluctuations::check(self, complaints);
    }

    fn check_recorded(&self, recorded: &RecordedStart, setting: &Setting, complaints: &mut SystemComplaints) {
        check::check_recorded(self, &setting.problem, recorded.law(), complaints);
    }

    fn check_built(&self, setting: &Setting, complaints: &mut SystemComplaints) {
        if setting.problem.recorded_start().is_none() {
            check::check_start(self, &setting.problem, complaints);
        }
        fluctuations::check_built(self, setting, complaints);
    }

    fn cost(&self, setting: &Setting, timing: Timing) -> Cost {
        cost::cost(self, setting, timing)
    }

    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError> {
        if self.fluctuations_until > 0.0 {
            return fluctuations::runs(self, setting);
        }
        let reduced = setting.reduced(self.resolution())?;
        let problem = &setting.problem;
        let start = match problem.recorded_start() {
            Some(recorded) => {
                let (axes, mass) = self.grid().of_law(problem, recorded.law())?;
                (axes, mass.t().iter().copied().collect())
            }
            None => self.grid().laid_out(problem)?,
        };
        let (system, facts) = Reduced::clone(&reduced).visit(GridBuilder { keys: self, setting, start });
        Run::only(system, facts)
    }

    /// One step with noise on cells in several coordinates takes seconds.
    fn has_long_strides(&self, setting: &Setting) -> bool {
        setting.bath().is_noisy() && self.cells.len() > 1
    }

    fn halved(&self, spread: &Spread) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(self.at_half_the_resolution(spread)))
    }

    fn companion(&self, spread: &Spread, kernel_tolerance: Option<f64>) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(Self {
            tolerance: NOISE_TOLERANCE * self.tolerance,
            change: Some(CHANGE_FACTOR * self.change.unwrap_or(CHANGE)),
            kernel_tolerance: kernel_tolerance.unwrap_or(self.kernel_tolerance),
            ..self.at_half_the_resolution(spread)
        }))
    }
}
