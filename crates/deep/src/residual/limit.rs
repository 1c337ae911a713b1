//! The limit of residual networks that Algorithm 2 starts (A.1)–(A.3): neural feature flow of drawn paths in
//! antithetic pairs ±Θ, with shares calibrated to Σ q h₁h₁ᵀ = K_ℓ. Paths are R^{d + N(L−1)}: no quadrature is
//! affordable there.
//!
//! What M paths leave is a bias b/M and a scatter ~ M^{−1/2}. Paths are drawn in G groups, each of which flows
//! by itself as well, with M/G paths: the extrapolated (G L_M − mean L_{M/G})/(G − 1) has no bias of first
//! order and the same scatter, which the groups' losses tell. Networks are not known here.

use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, generator};
use meanfield_run::system::{RunError, State};
use ndarray::{Array1, Array2, Axis, concatenate, s};
use thiserror::Error;

use super::architecture::ResidualProblem;
use super::calibration::{CalibrationError, calibrated_shares};
use super::flow::FeatureFlow;
use super::gram::{LimitGrams, PathFunction, square_root};
use super::start::{ResidualStart, ResidualStartError, SkipPaths};

/// Gram matrices of layers beyond this are no quadratures any more, and are not calibrated to.
const CALIBRATED: usize = 4;
/// Pairs of paths of a group for each mean that shares are calibrated to.
const PAIRS_PER_MEAN: usize = 4;
/// Two-sided 95 % quantiles of Student's law with 1, 2, … degrees of freedom.
const STUDENT: [f64; 15] =
    [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131];

/// A limit that cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ResidualLimitError {
    /// It does not exist.
    #[error(transparent)]
    Start(#[from] ResidualStartError),
    /// Its shares do not.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// Groups.
    #[error("{paths} paths in {groups} groups: a multiple of twice the groups is needed, and 2 to 16 groups")]
    Groups {
        /// M.
        paths: usize,
        /// G.
        groups: usize,
    },
}

/// How finely the limit is resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ResidualResolution {
    /// M, a multiple of twice the groups.
    pub paths: usize,
    /// G, from 2 to 16.
    pub groups: usize,
    /// Of the paths.
    pub seed: u64,
    /// Largest error of v_1, v_{L+1} or α_ℓ in a step in time.
    pub tolerance: f64,
    /// Whether shares are calibrated; equal ones otherwise.
    pub is_calibrated: bool,
}

impl Default for ResidualResolution {
    fn default() -> Self {
        Self { paths: 16_384, groups: 4, seed: 0, tolerance: 1e-4, is_calibrated: true }
    }
}

/// The limit, and tagged paths in its field.
pub struct ResidualLimit {
    /// All paths, tagged ones after the others.
    whole: FeatureFlow,
    groups: Vec<FeatureFlow>,
    grams: LimitGrams,
}

impl ResidualLimit {
    /// The limit at t = 0.
    ///
    /// # Errors
    /// Where there is none, or its paths cannot be calibrated.
    pub fn new(
        problem: ResidualProblem,
        start: &ResidualStart,
        resolution: &ResidualResolution,
    ) -> Result<Self, ResidualLimitError> {
        let points = problem.data.points();
        let none = SkipPaths {
            first: Array2::zeros((problem.data.dimension(), 0)),
            residuals: vec![Array2::zeros((points, 0)); problem.architecture.depth() - 1],
        };
        let layers = problem.architecture.depth().min(CALIBRATED);
        let inputs = problem.data.inputs().view();
        let grams = LimitGrams::new(&problem.architecture, inputs, start.deviation(), layers);
        Self::with_tagged(problem, start, resolution, grams, &none)
    }

    /// The limit with these paths as tagged ones, by Gram matrices K_0, K_1, … made for this problem and start.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_tagged(
        problem: ResidualProblem,
        start: &ResidualStart,
        resolution: &ResidualResolution,
        grams: LimitGrams,
        tagged: &SkipPaths,
    ) -> Result<Self, ResidualLimitError> {
        let ResidualResolution { paths, groups: count, tolerance, .. } = *resolution;
        if !(2..=16).contains(&count) || paths == 0 || paths % (2 * count) != 0 {
            return Err(ResidualLimitError::Groups { paths, groups: count });
        }
        let sampler = PathSampler::new(&problem, start, &grams, resolution);
        let drawn: Vec<SkipPaths> = (0..count).map(|group| sampler.group(group)).collect();
        let mut groups = Vec::with_capacity(count);
        for group in &drawn {
            let shares = sampler.shares(std::slice::from_ref(group))?;
            let paths = start.limit_paths(&problem, &grams, group, shares)?;
            groups.push(FeatureFlow::new(problem.clone(), paths, tolerance));
        }
        let shares = concatenate![Axis(0), sampler.shares(&drawn)?, Array1::zeros(tagged.count())];
        let all: Vec<&SkipPaths> = drawn.iter().chain([tagged]).collect();
        let paths = start.limit_paths(&problem, &grams, &SkipPaths::joined(&all), shares)?;
        let whole = FeatureFlow::new(problem, paths, tolerance);
        Ok(Self { whole, groups, grams })
    }

    /// t that all flows have reached.
    pub fn time(&self) -> f64 {
        self.groups.iter().map(FeatureFlow::time).fold(self.whole.time(), f64::min)
    }

    /// K_0, K_1, … of the start.
    pub fn grams(&self) -> &LimitGrams {
        &self.grams
    }

    /// The flow of all paths, tagged ones after the others.
    pub fn flow(&self) -> &FeatureFlow {
        &self.whole
    }

    /// The flows of the groups.
    pub fn groups(&self) -> &[FeatureFlow] {
        &self.groups
    }

    /// E_Z φ(f, y) now, and by how much it may err.
    pub fn loss(&self) -> LimitLoss {
        let groups: Vec<f64> = self.groups.iter().map(FeatureFlow::loss).collect();
        LimitLoss::new(self.whole.loss(), &groups)
    }

    /// What the loss of all paths fell by less than it must have.
    pub fn energy_residual(&self) -> f64 {
        self.whole.energy_residual()
    }

    /// One accepted step of a flow that has not reached `until`.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn step(&mut self, until: f64) -> Result<(), RunError> {
        let mut flows = self.groups.iter_mut().chain([&mut self.whole]);
        flows.find(|flow| flow.time() < until).map_or(Ok(()), |flow| flow.step(until))
    }

    /// Steps until `until`.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.time() < until {
            self.step(until)?;
        }
        Ok(())
    }

    /// Evaluations of right-hand sides so far, those of groups by their share of the paths.
    pub fn evaluations(&self) -> u64 {
        let groups: u64 = self.groups.iter().map(FeatureFlow::evaluations).sum();
        self.whole.evaluations() + groups / self.groups.len() as u64
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let flows = self.groups.iter().chain([&self.whole]);
        State::join(&flows.map(FeatureFlow::state).collect::<Vec<State>>())
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this limit.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().unwrap_or_default();
        if parts.len() != self.groups.len() + 1 {
            return Err(RunError::Checkpoint("it is not of a limit with as many groups".to_owned()));
        }
        let mut flows = self.groups.iter_mut().chain([&mut self.whole]).zip(&parts);
        flows.try_for_each(|(flow, part)| flow.restore(part))
    }
}

/// The loss of the limit at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitLoss {
    /// Extrapolated to infinitely many paths.
    pub value: f64,
    /// Half the width of a 95 % interval about it.
    pub error: f64,
    /// That of all paths, before extrapolation.
    pub of_paths: f64,
}

impl LimitLoss {
    /// From the losses of all paths and of the groups.
    fn new(whole: f64, groups: &[f64]) -> Self {
        let count = groups.len() as f64;
        let mean = groups.iter().sum::<f64>() / count;
        let variance = groups.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let value = (count * whole - mean) / (count - 1.0);
        let error = STUDENT[groups.len() - 2] * (variance / count).sqrt();
        Self { value, error, of_paths: whole }
    }
}

/// Draws paths, and gives them shares.
struct PathSampler<'a> {
    problem: &'a ResidualProblem,
    start: &'a ResidualStart,
    resolution: &'a ResidualResolution,
    /// K_0^½ … K_{L−1}^½ times σ₁: what deviates are multiplied by; of v_1, σ₁ √d alone.
    roots: Vec<Array2<f64>>,
    /// Functions of paths, up to which layer, and the means of their products at pairs of points.
    means: Vec<(PathFunction, usize, Array2<f64>)>,
}

impl<'a> PathSampler<'a> {
    fn new(
        problem: &'a ResidualProblem,
        start: &'a ResidualStart,
        grams: &LimitGrams,
        resolution: &'a ResidualResolution,
    ) -> Self {
        let depth = problem.architecture.depth();
        let dimension = problem.data.dimension();
        let first = Array2::eye(dimension) * (start.deviation() * (dimension as f64).sqrt());
        let others = (1..depth).map(|layer| square_root(grams.matrix(layer)) * start.deviation());
        let roots = [first].into_iter().chain(others).collect();
        let pairs = resolution.paths / (2 * resolution.groups);
        let means = if resolution.is_calibrated { calibrated(problem, grams, pairs) } else { Vec::new() };
        Self { problem, start, resolution, roots, means }
    }

    /// Pairs of one group: Θ, then −Θ.
    fn group(&self, group: usize) -> SkipPaths {
        let pairs = self.resolution.paths / (2 * self.resolution.groups);
        let mut blocks = self.roots.iter().enumerate().map(|(index, root)| {
            let block = (group * 8 + index) as u64;
            let mut random = generator(self.resolution.seed, Purpose::Atoms, block);
            // Path by path: of more paths the first are the same.
            let numbers = Array2::from_shape_simple_fn((pairs, root.ncols()), || normal(&mut random));
            let half = root.dot(&numbers.t());
            concatenate![Axis(1), half, -&half]
        });
        let first = blocks.next().expect("v_1");
        SkipPaths { first, residuals: blocks.collect() }
    }

    /// Shares of all paths of some groups.
    fn shares(&self, groups: &[SkipPaths]) -> Result<Array1<f64>, CalibrationError> {
        let count: usize = groups.iter().map(SkipPaths::count).sum();
        if self.means.is_empty() {
            return Ok(Array1::from_elem(count, (count as f64).recip()));
        }
        let functions: Vec<Array2<f64>> = groups.iter().map(|group| self.products(group)).collect();
        let views: Vec<_> = functions.iter().map(|functions| functions.view()).collect();
        let all = concatenate(Axis(1), &views).expect("of one problem");
        let pairs = calibrated_shares(&all, &self.wanted())? * 0.5;
        let each = groups[0].count() / 2;
        let parts = (0..groups.len()).map(|group| pairs.slice(s![group * each..(group + 1) * each]));
        let twice: Vec<_> = parts.flat_map(|part| [part, part]).collect();
        Ok(concatenate(Axis(0), &twice).expect("rows"))
    }

    /// The upper triangles of the means.
    fn wanted(&self) -> Array1<f64> {
        let matrices = self.means.iter().map(|(_, _, matrix)| matrix);
        matrices.flat_map(|matrix| upper_triangle(matrix.nrows()).map(|(n, other)| matrix[[n, other]])).collect()
    }

    /// The upper triangles of F Fᵀ for the functions F, the mean over each pair, shape (entries, pairs).
    fn products(&self, paths: &SkipPaths) -> Array2<f64> {
        let pairs = paths.count() / 2;
        let features = paths.features(self.problem);
        let mut rows = Vec::new();
        for (function, layer, _) in &self.means {
            let values = self.values(*function, &features[layer - 1], &paths.residuals);
            for (n, other) in upper_triangle(values.nrows()) {
                let products = &values.row(n) * &values.row(other);
                let mean = (&products.slice(s![..pairs]) + &products.slice(s![pairs..])) * 0.5;
                rows.extend(mean);
            }
        }
        Array2::from_shape_vec((rows.len() / pairs, pairs), rows).expect("whole rows")
    }

    /// F at all points and paths.
    fn values(&self, function: PathFunction, features: &Array2<f64>, residuals: &[Array2<f64>]) -> Array2<f64> {
        let activation = self.problem.architecture.activation();
        let skip = self.problem.architecture.residual_activation();
        match function {
            PathFunction::Value => features.mapv(|beta| activation.value(beta)),
            PathFunction::Slope => features.mapv(|beta| activation.slope(beta)),
            PathFunction::SlopeThrough { layer } => {
                let slopes = features.mapv(|beta| activation.slope(beta));
                slopes * residuals[layer - 2].mapv(|alpha| skip.slope(alpha))
            }
        }
    }
}

/// What so many pairs of paths are calibrated to: first K_1 … K_L, then what the kernel of ∂_t f at t = 0 is
/// made of beside it, as far as there are several pairs for each mean.
fn calibrated(
    problem: &ResidualProblem,
    grams: &LimitGrams,
    pairs: usize,
) -> Vec<(PathFunction, usize, Array2<f64>)> {
    let depth = problem.architecture.depth();
    let values = grams.matrices().iter().enumerate().skip(1);
    let values = values.map(|(layer, matrix)| (PathFunction::Value, layer, matrix.clone()));
    let slopes = if depth <= CALIBRATED { grams.slopes(&problem.architecture) } else { Vec::new() };
    let slopes = slopes.into_iter().map(|(function, matrix)| (function, depth, matrix));
    let points = problem.data.points();
    let most = pairs / (PAIRS_PER_MEAN * (points * (points + 1) / 2));
    values.chain(slopes).take(most).collect()
}

/// Indices (n, n') with n ≤ n'.
fn upper_triangle(size: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..size).flat_map(move |n| (n..size).map(move |other| (n, other)))
}
