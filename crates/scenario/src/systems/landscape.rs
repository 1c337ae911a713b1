//! The kind `landscape`: the Gibbs state in whatever coordinates the model has; without noise the law of
//! least risk, of any number of masses or of one; or the least risk of polynomials of a degree.

mod check;
mod cost;
pub mod keys;
mod layered;
mod polynomials;

use meanfield_model::landscape::Landscape;
use meanfield_model::problem::{Bath, Problem};
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::reduction::{Reduced, Reduction, ReductionError, Resolution, Visitor};
use meanfield_model::unit::Unit;
use meanfield_model::volume::VolumeElement;
use meanfield_run::facts;
use meanfield_run::record::Nature;
use meanfield_run::system::Cost;
use meanfield_solver::gibbs::GibbsOfHomogeneous;
use meanfield_solver::gibbs::GibbsOnBox;
use meanfield_solver::gibbs::GibbsWithOuterWeight;
use meanfield_solver::gibbs::{Amplitude, Bath as GibbsBath};
use meanfield_solver::least_risk::separations::Family;
use meanfield_solver::least_risk::{LeastRisk, LeastRiskOfOneMass};
use meanfield_solver::static_system::Static;
use toml::{Table, Value};

use super::complaints::SystemComplaints;
use super::kernel_keys::of_kernel;
use super::kind::{BuildError, Kind, NetworkKind, Run, TwoLayerKind};
use crate::setting::{Draft, LayeredDraft, LayeredProblem, LayeredSetting, Setting, Timing};
use keys::LandscapeKeys;

/// Cells on which a Gibbs state is reported, along each of one to four coordinates; and where an output
/// weight is one of them, when masses of pairs of coordinates are found without those of all.
const REPORTED: [usize; 4] = [1600, 240, 40, 12];
const REPORTED_OF_PAIRS: usize = 160;

/// Those that a scenario without static systems asks of its landscape, as they are written in a file: the
/// Gibbs state where there is noise, or the law of least risk; of one radius, that of one mass beside it.
pub(crate) fn asked_of(is_noisy: bool, is_radial: bool) -> Vec<(String, Value)> {
    let mut asked = vec![written(if is_noisy { "gibbs" } else { "least" }, Table::new())];
    if is_radial && !is_noisy {
        asked.push(written("one-mass", Table::from_iter([("masses".to_owned(), Value::Integer(1))])));
    }
    asked
}

/// A system of this kind as it is written in a file.
fn written(name: &str, keys: Table) -> (String, Value) {
    let kind = Table::from_iter([("landscape".to_owned(), Value::Table(keys))]);
    (name.to_owned(), Value::Table(kind))
}

impl LandscapeKeys {
    /// The law of least risk, or of the best single mass.
    fn least(&self, setting: &Setting, reduced: &Reduced) -> Result<Vec<Run>, BuildError> {
        match (reduced, self.masses) {
            (Reduced::Radius(reduction), Some(_)) => {
                let thresholds = setting.thresholds.finding(self.family(setting));
                let landscape = reduction.landscape.clone();
                let problem = LeastRiskOfOneMass { landscape, largest: self.largest(), thresholds };
                Run::only(Box::new(Static::new(problem)), of_kernel(reduction).collect())
            }
            (_, Some(_)) => Err(BuildError::Coordinates),
            _ if setting.problem.unit() == Unit::Affine => Err(ReductionError::Unbounded.into()),
            _ => reduced.clone().visit(LeastRiskOfAnyLaw { largest: self.largest() }),
        }
    }

    /// The Gibbs state; where an output weight and a homogeneous σ leave it directions alone, on these.
    fn gibbs(&self, problem: &Problem, reduced: &Reduced) -> Result<Vec<Run>, BuildError> {
        if let Reduced::AffineRadii(reduction) = reduced
            && problem.activation().is_homogeneous()
            && let [.., VolumeElement::Radius(first), VolumeElement::Radius(second)] = reduction.elements
        {
            let bath = [problem.bath().temperature, problem.bath().ridge];
            let landscape = reduction.landscape.inner().clone();
            let cells = self.reported_cells(REPORTED_OF_PAIRS);
            let found = GibbsOfHomogeneous::new(landscape, [first, second], bath, cells);
            return Run::only(Box::new(Static::new(found)), of_kernel(reduction).collect());
        }
        reduced.clone().visit(GibbsOfProblem { keys: self, problem })
    }

    /// Cells of the reported law: those that are asked for, or so many along each coordinate.
    fn reported_cells<const D: usize>(&self, enough: usize) -> [usize; D] {
        self.cells.as_deref().and_then(|cells| cells.try_into().ok()).unwrap_or([enough; D])
    }
}

/// The law of least risk in however many coordinates.
struct LeastRiskOfAnyLaw {
    largest: f64,
}

impl Visitor for LeastRiskOfAnyLaw {
    type Output = Result<Vec<Run>, BuildError>;

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        let facts = of_kernel(&reduction).collect();
        let lower = reduction.elements.map(|element| match element {
            VolumeElement::Line => -self.largest,
            _ => 0.0,
        });
        let problem = LeastRisk { landscape: reduction.landscape, lower, upper: [self.largest; D] };
        Run::only(Box::new(Static::new(problem)), facts)
    }
}

/// The Gibbs state in however many coordinates.
struct GibbsOfProblem<'a> {
    keys: &'a LandscapeKeys,
    problem: &'a Problem,
}

impl Visitor for GibbsOfProblem<'_> {
    type Output = Result<Vec<Run>, BuildError>;

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        let mut facts: Vec<_> = of_kernel(&reduction).collect();
        let bath = self.problem.bath();
        if self.problem.unit() == Unit::Inner {
            let cells: [usize; D] = self.keys.reported_cells(REPORTED[D - 1]);
            facts.insert(0, (facts::CELLS, cells.iter().map(|along| *along as f64).product()));
            return Run::only(Box::new(Static::new(equilibrium(bath, &reduction, cells))), facts);
        }
        let cells = self.keys.reported_cells(REPORTED_OF_PAIRS);
        let landscape = reduction.landscape.inner().clone();
        let bath = [bath.temperature, bath.ridge];
        let problem = GibbsWithOuterWeight::new(landscape, reduction.elements, bath, reduction.extent, cells);
        Run::only(Box::new(Static::new(problem)), facts)
    }
}

/// The Gibbs state of neurons without an outer weight, whose landscape does not have the ridge:
/// the bath has it.
fn equilibrium<const D: usize, L: Landscape<D> + Clone>(
    bath: Bath,
    reduction: &Reduction<D, L>,
    cells: [usize; D],
) -> GibbsOnBox<D, L> {
    let Bath { temperature, ridge } = bath;
    let bath = GibbsBath { temperature, ridge, amplitude: Amplitude::One };
    GibbsOnBox::new(reduction.landscape.inner().clone(), reduction.elements, bath, reduction.extent, cells)
}

impl Kind for LandscapeKeys {
    fn records_joint_law(&self, coordinates: usize) -> bool {
        coordinates <= 2
    }

    fn has_law(&self, has_layers: bool) -> bool {
        !has_layers && self.degree.is_none()
    }

    fn nature(&self) -> Nature {
        Nature::Static
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        Some(self)
    }

    fn of_layers(&self) -> Option<&dyn NetworkKind<LayeredProblem>> {
        Some(self)
    }
}

impl NetworkKind<LayeredProblem> for LandscapeKeys {
    fn check(&self, _: &LayeredDraft, complaints: &mut SystemComplaints) {
        layered::check(self, complaints);
    }

    fn cost(&self, setting: &LayeredSetting) -> Cost {
        layered::cost(setting)
    }

    fn runs(&self, setting: &LayeredSetting) -> Result<Vec<Run>, BuildError> {
        layered::runs(setting)
    }
}

impl TwoLayerKind for LandscapeKeys {
    /// Where training ends does not depend on where it began.
    fn check_recorded(&self, _: &RecordedStart, _: &Setting, _: &mut SystemComplaints) {}

    fn kernel(&self, bath: Bath) -> Option<Resolution> {
        self.degree.is_none().then(|| self.resolution(bath))
    }

    fn check_bath(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        if self.degree.is_none() {
            check::check_bath(draft, complaints);
        }
    }

    fn check(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        match self.degree {
            Some(degree) => polynomials::check(self, degree, draft, complaints),
            None => check::check(self, draft, complaints),
        }
    }

    fn check_built(&self, setting: &Setting, complaints: &mut SystemComplaints) {
        if self.degree.is_none() {
            check::check_built(self, setting, complaints);
        }
    }

    fn cost(&self, setting: &Setting, _: Timing) -> Cost {
        self.degree.map_or_else(|| cost::cost(self, setting), |_| polynomials::COST)
    }

    fn bytes_at_work(&self, setting: &Setting) -> f64 {
        self.degree.map_or_else(|| cost::at_work(self, setting), |_| polynomials::COST).bytes
    }

    /// The best single mass, where there is no noise.
    fn family(&self, setting: &Setting) -> Option<Family> {
        self.masses.filter(|_| setting.bath().temperature == 0.0)?;
        Family::new(&setting.problem, self.largest(), self.kernel_tolerance)
    }

    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError> {
        if let Some(degree) = self.degree {
            return polynomials::runs(setting, degree);
        }
        let reduced = setting.reduced(self.resolution(setting.bath()))?;
        match setting.bath().temperature {
            0.0 => self.least(setting, &reduced),
            _ => self.gibbs(&setting.problem, &reduced),
        }
    }

    /// A problem without time is solved in one stride.
    fn has_long_strides(&self, _: &Setting) -> bool {
        true
    }
}
