//! Paths Θ of the limit's start in antithetic pairs, and their shares, calibrated to means over paths known
//! by quadrature. How paths move is not known here.

use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, generator};
use ndarray::{Array1, Array2, Axis, concatenate, s};

use super::architecture::ResidualProblem;
use super::calibration::{CalibrationError, calibrated_shares};
use super::gram::{LimitGrams, PathFunction};
use super::resolution::ResidualResolution;
use super::skip_paths::SkipPaths;
use super::start::ResidualStart;
use crate::spectral::square_root;

/// Gram matrices of layers beyond this are no quadratures any more, and are not calibrated to.
pub(crate) const CALIBRATED: usize = 4;
/// Pairs of paths of a group for each mean that shares are calibrated to.
const PAIRS_PER_MEAN: usize = 4;

/// Draws paths of a start, and gives them shares.
pub(crate) struct PathSampler<'a> {
    problem: &'a ResidualProblem,
    resolution: &'a ResidualResolution,
    /// K_0^½ … K_{L−1}^½ times σ₁: what deviates are multiplied by; of v_1, σ₁ √d alone.
    roots: Vec<Array2<f64>>,
    /// Functions of paths, up to which layer, and the means of their products at pairs of points.
    means: Vec<(PathFunction, usize, Array2<f64>)>,
}

impl<'a> PathSampler<'a> {
    pub fn new(
        problem: &'a ResidualProblem,
        start: &ResidualStart,
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
        Self { problem, resolution, roots, means }
    }

    /// Pairs of one group: Θ, then −Θ.
    pub fn group(&self, group: usize) -> SkipPaths {
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
    pub fn shares(&self, groups: &[SkipPaths]) -> Result<Array1<f64>, CalibrationError> {
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
        matrices
            .flat_map(|matrix| upper_triangle(matrix.nrows()).map(|(n, other)| matrix[[n, other]]))
            .collect()
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
    fn values(
        &self,
        function: PathFunction,
        features: &Array2<f64>,
        residuals: &[Array2<f64>],
    ) -> Array2<f64> {
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

/// Paths of a group that are enough to calibrate it to all means.
pub(crate) fn enough_paths(problem: &ResidualProblem) -> usize {
    let points = problem.data.points();
    2 * PAIRS_PER_MEAN * (points * (points + 1) / 2) * 2 * problem.architecture.depth()
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
