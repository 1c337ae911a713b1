//! Expected cost of a scenario, before anything is allocated: CPU seconds and bytes, summed over points,
//! companions and seeds. The cost of one run of each kind is in `systems/`, with its constants.
//!
//! Constants were measured on one machine (`scripts/costs`, whose table is `docs/costs.md`); estimates are to
//! lie within a factor 2 of what shipped scenarios take. No result depends on them. `check` answers soon: of
//! many points a sample is looked at, features of a neuron are timed in a millisecond each, and atoms in
//! several coordinates run for a fifth of a second, a step and an observation at least. Costs by which work
//! is dealt out are the same on every machine.

mod results;

use std::collections::HashSet;

use meanfield_model::classification;
use meanfield_run::system::Cost;
use meanfield_solver::least_risk::separations::Family;

use crate::bound::Bound;
use crate::expense::{NOTHING, bytes, cores, plus, times};
use crate::point::Point;
use crate::setting::{Setting, Timing};
use crate::systems::kind::TwoLayerKind;

/// The process itself: code, BLAS and HDF5, the record, what figures are drawn with. Of a sweep, which draws
/// maps only, less.
const PROCESS: Cost = Cost { seconds: 0.05, bytes: 1.2e8 };
const PROCESS_OF_SWEEP: Cost = Cost { seconds: 0.3, bytes: 9.5e7 };
/// Cost of building one run; and of tables of the landscape, which the runs of a system share.
const BUILT: Cost = Cost { seconds: 1e-3, bytes: 3e4 };
const TABLES: Cost = Cost { seconds: 0.0, bytes: 4e5 };
/// Between which separations of the data one mass is optimal, found once for all of them.
const THRESHOLDS: Cost = Cost { seconds: 0.2, bytes: 0.0 };
/// CPU seconds of a row of what is observed, and of each of its numbers; the curves in it, and how often it
/// is held: by the run, the record, the comparison.
const PER_ROW: f64 = 5e-6;
const PER_NUMBER: f64 = 3e-7;
const CURVES: f64 = 10.0;
const COPIES: f64 = 4.0;
/// CPU seconds of a moment of a neuron, and of a cell of inputs, in the classification error.
const PER_MOMENT: f64 = 6e-9;
const PER_CELL_OF_INPUTS: f64 = 6e-8;
/// Points that are looked at.
const SAMPLE: usize = 24;
/// Most points each of which is looked at, to deal them out to several processes.
const LOOKED_AT: usize = 2000;

/// Expected cost of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs<'a> {
    /// (name, kind, cost) of each system, all its runs together.
    pub systems: Vec<(&'a str, &'static str, Cost)>,
    /// Comparison, figures, record, and the process itself.
    pub rest: Cost,
}

impl Costs<'_> {
    /// Cost of the whole process.
    pub fn altogether(&self) -> Cost {
        self.systems.iter().fold(self.rest, |sum, (.., cost)| plus(sum, *cost))
    }
}

/// Cost of the runs at these points, with their companions; of a sweep as many are held as there are cores.
/// Memory is the same whether or not this machine is timed.
pub(crate) fn costs(points: &[Point], swept: bool, timing: Timing) -> Costs<'_> {
    let systems = points.first().map(|first| &first.file.systems).into_iter().flatten();
    let systems = systems.map(|(name, system)| {
        let runs = SystemRuns::new(points, name);
        (name.as_str(), system.name(), runs.cost(swept, timing))
    });
    let process = if swept { PROCESS_OF_SWEEP } else { PROCESS };
    let systems = systems.collect();
    let rest = if swept { results::of_sweep(points.len()) } else { results::of_run(points) };
    Costs { systems, rest: plus(process, rest) }
}

/// Expected CPU seconds of the runs at each of these points of a sweep; all alike where they are many.
pub(crate) fn seconds_of_points(points: &[Point]) -> Vec<f64> {
    if points.len() > LOOKED_AT {
        return vec![1.0; points.len()];
    }
    points.iter().map(seconds_of_point).collect()
}

/// Expected CPU seconds of the runs at a point that no point before has.
fn seconds_of_point(point: &Point) -> f64 {
    let names = point.file.systems.keys().filter(|name| point.has_own(name));
    let bounds = names.filter_map(|name| Bound::new(point.file.systems.get(name)?.kind(), &point.setting));
    let seconds = bounds.map(|bound| {
        let cost = at_point(bound, Timing::Constants);
        bound.forget_kernels();
        cost.seconds
    });
    seconds.sum()
}

/// The runs of one system: where it has one of its own.
struct SystemRuns<'a> {
    at: Vec<Bound<'a>>,
}

impl<'a> SystemRuns<'a> {
    fn new(points: &'a [Point], name: &str) -> Self {
        let own = points.iter().filter(|point| point.has_own(name));
        let at = own.filter_map(|point| Bound::new(point.file.systems.get(name)?.kind(), &point.setting));
        Self { at: at.collect() }
    }

    fn cost(&self, swept: bool, timing: Timing) -> Cost {
        let count = self.at.len();
        let sample: Vec<_> = self.at.iter().step_by(count.div_ceil(SAMPLE).max(1)).collect();
        let sum = sample.iter().fold(NOTHING, |sum, bound| plus(sum, at_point(**bound, timing)));
        if swept {
            sample.iter().for_each(|bound| bound.forget_kernels());
        }
        let mean = times(sum, (sample.len().max(1) as f64).recip());
        let held = if swept { cores().min(count) } else { count };
        let once = plus(self.at_work(), self.thresholds());
        Cost {
            seconds: mean.seconds * count as f64 + once.seconds,
            bytes: mean.bytes * held as f64 + once.bytes,
        }
    }

    /// Memory that runs need while they are computed, as many at once as there are cores.
    fn at_work(&self) -> Cost {
        let largest = self.at.iter().map(|bound| bound.bytes_at_work()).fold(0.0, f64::max);
        let runs: usize = self.at.iter().map(|bound| bound.kind().run_count()).sum();
        Cost { seconds: 0.0, bytes: largest * cores().min(runs) as f64 }
    }

    /// Results that are computed once and serve several points.
    fn thresholds(&self) -> Cost {
        let families = self.at.iter().filter_map(|bound| bound.family());
        times(THRESHOLDS, families.collect::<HashSet<Family>>().len() as f64)
    }
}

/// The runs of a system at one point.
fn at_point(bound: Bound, timing: Timing) -> Cost {
    let own = of_runs(bound, timing);
    bound.with_companion(|coarse| of_runs(coarse, timing)).map_or(own, |companion| plus(own, companion))
}

/// Expected cost of a system, the runs of all its seeds together.
pub(crate) fn of_runs(bound: Bound, timing: Timing) -> Cost {
    let built = bound.kind().run_count() as f64;
    let observed = times(observed(bound), built);
    let shared = plus(bound.cost(timing), TABLES);
    plus(plus(shared, observed), times(BUILT, built))
}

/// The rows of a run's curves and quantiles, until they are in the record.
fn observed(bound: Bound) -> Cost {
    let rows = bound.observed().observations();
    let levels = bound.observed().levels * bound.coordinates().len();
    let numbers = rows * (CURVES + levels as f64);
    let seconds = rows * (PER_ROW + of_classification(bound)) + numbers * PER_NUMBER;
    Cost { seconds, bytes: bytes(numbers * COPIES) }
}

/// CPU seconds of the classification error of one law.
fn of_classification(bound: Bound) -> f64 {
    let Bound::TwoLayer(kind, setting) = bound else { return 0.0 };
    if setting.observed.classification_error { seconds_of_classification(kind, setting) } else { 0.0 }
}

/// The same of a kind of system whose law would have it.
pub(crate) fn seconds_of_classification(kind: &dyn TwoLayerKind, setting: &Setting) -> f64 {
    let size = kind.law_size(setting);
    if size == 0.0 {
        return 0.0;
    }
    let work = classification::work(&setting.problem);
    PER_MOMENT * work.moments * size + PER_CELL_OF_INPUTS * work.cells
}
