//! The system `finite-volume`: its grid, and the start on it.

use meanfield_model::axis::{Axis, AxisError};
use meanfield_model::initial::{CoordinateStart, Initial, Normal};
use meanfield_model::landscape::Landscape;
use meanfield_run::facts;
use meanfield_run::stepper::strong_stability::Method;
use meanfield_run::system::System;
use meanfield_solver::diffusion::Diffusion;
use meanfield_solver::diffusion::operator::Operator;
use meanfield_solver::finite_volume::limiter::Limiter;
use meanfield_solver::finite_volume::window::Window;
use meanfield_solver::finite_volume::{CHANGE, FiniteVolume, Options};
use meanfield_solver::grid::{Grid, masses_along, start_along};
use meanfield_solver::room::{MOST_GROWTH, axis_grown_to};

use super::dynamics::{at_infinite_dimension, in_time};
use super::reduction::{Reduced, Reduction, reduce, starts};
use super::{BuildError, Built, activation, schedule};
use crate::file::{FiniteVolumeKeys, LimitName, LimiterName, ScenarioFile, StepperName, UnitKind};

/// A grid that stays goes so many times as far as the start, of which 1e-12 lies beyond Φ⁻¹ = this.
const ROOM: f64 = 1.5;
const FARTHEST: f64 = 7.0;
/// With noise it holds so many deviations of neurons that do not see the data, too.
const HELD: f64 = 8.0;
/// An end of a grid with noise grows where mass comes that lies beyond so many deviations: some 1e-8.
const GROWS: f64 = 5.6;
/// Share of the first cell in which mass at rest is reported.
const RESTING: f64 = 1e-3;

/// Cells, with noise or without.
pub(super) fn finite_volume(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Result<Built, BuildError> {
    reduce(file, keys.dimension_limit, keys.kernel_tolerance, OfCells { file, keys })
}

struct OfCells<'a> {
    file: &'a ScenarioFile,
    keys: &'a FiniteVolumeKeys,
}

impl Reduced for OfCells<'_> {
    type Output = Built;

    fn with<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Result<Built, BuildError> {
        let Self { file, keys } = self;
        let Reduction { landscape, terms, elements, start, .. } = reduction;
        let on_axes = start_on_axes(file, keys)?;
        let axes = std::array::from_fn(|c| on_axes[c].0.clone());
        let mass = Grid::<D>::product(std::array::from_fn(|c| &on_axes[c].1[..]));
        let mut facts = vec![(facts::CELLS, mass.len() as f64), (facts::KERNEL_TERMS, terms as f64)];
        facts.extend(at_infinite_dimension(keys.dimension_limit, LimitName::Finite));
        let options = Options { limiter: limiter(keys.limiter), method: method(keys.stepper) };
        let (grid, temperature) = (Grid { axes }, file.dynamics.temperature);
        let system: Box<dyn System> = if temperature > 0.0 {
            let operator = Operator::new(landscape, grid, elements, temperature);
            in_time(file, Diffusion::new(operator, mass, keys.tolerance))
        } else if follows(file, keys) {
            let walls = start.map(|start| start.lower_end());
            let cells = FiniteVolume::following(landscape, grid, mass, walls, options);
            in_time(file, cells.with_change(keys.change.unwrap_or(CHANGE)))
        } else {
            let cells = FiniteVolume::new(landscape, grid, mass, options);
            in_time(file, cells.with_change(keys.change.unwrap_or(CHANGE)))
        };
        Ok((system, facts))
    }
}

/// Whether the grid follows the mass: by default, where there are several coordinates and no noise.
pub(crate) fn follows(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> bool {
    keys.follow.unwrap_or(keys.cells.len() > 1 && file.dynamics.temperature == 0.0)
}

/// The axes at the start, and the masses along each. Points get a width.
pub(crate) fn start_on_axes(
    file: &ScenarioFile,
    keys: &FiniteVolumeKeys,
) -> Result<Vec<(Axis, Vec<f64>)>, BuildError> {
    let on_axis = |(c, start): (usize, CoordinateStart)| {
        let start = match start {
            CoordinateStart::Number(law) => {
                CoordinateStart::Number(Normal { deviation: law.deviation.max(keys.start_width), ..law })
            }
            radius => radius,
        };
        let cells = keys.cells.get(c).copied().unwrap_or(0);
        if follows(file, keys) {
            let axis = axis_around(&start, cells, rests(file))?;
            let masses = masses_along(&axis, |z| start.distribution(z));
            return Ok((axis, masses));
        }
        let axis = axis_that_stays(file, keys, c, &start)?;
        let masses = start_along(&axis, |z| start.distribution(z))?;
        Ok((axis, masses))
    };
    starts(file)?.into_iter().enumerate().map(on_axis).collect()
}

/// The cells of a window around a start; from r = 0 on if mass may come to rest there.
fn axis_around(start: &CoordinateStart, cells: usize, rests: bool) -> Result<Axis, AxisError> {
    let tail = deviate(Window::tail(cells));
    let bulk = [start.quantile_of_normal(-tail), start.quantile_of_normal(tail)];
    let [lower, upper] = Window::around(bulk, start.lower_end(), cells);
    Axis::uniform(if rests { 0.0 } else { lower }, upper, cells)
}

/// g with Φ(−g) = share, by bisection.
fn deviate(share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        *(if meanfield_model::normal::distribution(-middle) > share { &mut low } else { &mut high }) = middle;
    }
    low
}

/// Whether mass may come to rest at r = 0: σ has a kink there. Noise lets nothing rest, and b drifts off the kink.
fn rests(file: &ScenarioFile) -> bool {
    let inner = matches!(file.model.unit, UnitKind::Inner(_));
    inner && file.dynamics.temperature == 0.0 && activation(file).is_ok_and(|sigma| sigma.bends_at_zero())
}

/// Where a grid that stays ends at the start: as the scenario says, or far enough.
pub(crate) fn ends(
    file: &ScenarioFile,
    keys: &FiniteVolumeKeys,
    c: usize,
    start: &CoordinateStart,
) -> [f64; 2] {
    if let Some(range) = keys.domain.as_deref().and_then(|domain| domain.get(c)) {
        return *range;
    }
    let held = (file.dynamics.temperature / file.dynamics.ridge).sqrt();
    let held = if held.is_finite() { held } else { 0.0 };
    match start {
        CoordinateStart::Number(law) => {
            let reach = ROOM * FARTHEST * law.deviation;
            [(law.mean - reach).min(-HELD * held), (law.mean + reach).max(HELD * held)]
        }
        CoordinateStart::Length(length) => [0.0, ROOM * length],
        // One radius has a line of cells, which grows at no cost worth the name.
        CoordinateStart::Radius { dimension, .. } => {
            let held = if keys.cells.len() > 1 { held * ((*dimension as f64).sqrt() + HELD) } else { 0.0 };
            [0.0, (ROOM * start.quantile_of_normal(FARTHEST)).max(held)]
        }
    }
}

/// Cells along each coordinate of a grid with noise at the end of the run: as many as hold the start and what neurons that do not
/// see the data have become by then, the Ornstein–Uhlenbeck law. What the data add is not known before the run, so this is a
/// lower estimate; a grid never grows to more than [`MOST_GROWTH`] times its cells.
pub(crate) fn cells_at_end(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Result<Vec<f64>, BuildError> {
    let s = schedule(file).clock(file.dynamics.end_time);
    let mut cells = Vec::new();
    for (c, start) in starts(file)?.into_iter().enumerate() {
        let axis = axis_that_stays(file, keys, c, &start)?;
        let (after, below) = (without_data(file, &start, s), start.lower_end() < 0.0);
        let reach = |side: f64| [&start, &after].map(|law| law.quantile_of_normal(side * GROWS));
        let ([l, m], [u, v]) = (reach(-1.0), reach(1.0));
        let grown = axis_grown_to(&axis, [l.min(m), u.max(v)], below, keys.cells.len())?;
        cells.push(grown.cells() as f64);
    }
    let first: f64 = keys.cells.iter().map(|cells| *cells as f64).product();
    let growth = cells.iter().product::<f64>() / first;
    let excess = (growth / MOST_GROWTH as f64).max(1.0).powf((cells.len() as f64).recip());
    Ok(cells.into_iter().map(|cells| cells / excess).collect())
}

/// The law that a coordinate has after s = ∫ξ dt where the data exert no force: v' = 4/β − 4λv, mean' = −2λ mean.
fn without_data(file: &ScenarioFile, start: &CoordinateStart, s: f64) -> CoordinateStart {
    let (temperature, rate) = (file.dynamics.temperature, 4.0 * file.dynamics.ridge);
    let gained = if rate > 0.0 { -(-rate * s).exp_m1() / rate } else { s };
    let (decay, noise) = ((-rate * s).exp(), 4.0 * temperature * gained);
    match start {
        CoordinateStart::Number(law) => CoordinateStart::Number(Normal {
            mean: law.mean * decay.sqrt(),
            deviation: (law.deviation * law.deviation * decay + noise).sqrt(),
        }),
        CoordinateStart::Radius { initial: Initial::Gaussian { scale }, dimension } => {
            let scale = (scale * scale * decay + *dimension as f64 * noise).sqrt();
            CoordinateStart::Radius { initial: Initial::Gaussian { scale }, dimension: *dimension }
        }
        // Noise in infinitely many dimensions is refused.
        CoordinateStart::Length(length) => CoordinateStart::Length(length * decay.sqrt()),
    }
}

/// The cells of a coordinate on a grid that stays, with a place for mass that rests at r = 0 if σ has a kink there and there is no
/// noise.
fn axis_that_stays(
    file: &ScenarioFile,
    keys: &FiniteVolumeKeys,
    c: usize,
    start: &CoordinateStart,
) -> Result<Axis, AxisError> {
    let ([lower, upper], cells) = (ends(file, keys, c, start), keys.cells.get(c).copied().unwrap_or(0));
    if lower != 0.0 || matches!(start, CoordinateStart::Number(_)) {
        return Axis::uniform(lower, upper, cells);
    }
    let axis = Axis::graded(upper, cells, keys.grading)?;
    if rests(file) { axis.cut_at_lower_end(RESTING) } else { Ok(axis) }
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
