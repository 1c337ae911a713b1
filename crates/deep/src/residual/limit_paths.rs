//! Paths of the limit, drawn in groups, with their shares: made once, whatever follows them. How they move is
//! in `flow`.

use ndarray::{Array1, Axis, concatenate};
use thiserror::Error;

use super::architecture::ResidualProblem;
use super::calibration::CalibrationError;
use super::flow::FeatureFlow;
use super::gram::LimitGrams;
use super::path_sampler::PathSampler;
use super::resolution::ResidualResolution;
use super::skip_paths::SkipPaths;
use super::start::{ResidualStart, ResidualStartError};

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

/// Drawn groups of paths of a problem and a start.
pub(crate) struct LimitPaths {
    problem: ResidualProblem,
    start: ResidualStart,
    grams: LimitGrams,
    drawn: Vec<SkipPaths>,
    /// Of each group by itself, and of all together.
    group_shares: Vec<Array1<f64>>,
    shares: Array1<f64>,
    tolerance: f64,
}

impl LimitPaths {
    /// Paths by K_0, K_1, … of this problem and start.
    pub fn new(
        problem: ResidualProblem,
        start: &ResidualStart,
        resolution: &ResidualResolution,
        grams: LimitGrams,
    ) -> Result<Self, ResidualLimitError> {
        let ResidualResolution { paths, groups: count, tolerance, .. } = *resolution;
        if !(2..=16).contains(&count) || paths == 0 || paths % (2 * count) != 0 {
            return Err(ResidualLimitError::Groups { paths, groups: count });
        }
        let sampler = PathSampler::new(&problem, start, &grams, resolution);
        let drawn: Vec<SkipPaths> = (0..count).map(|group| sampler.group(group)).collect();
        let each = drawn.iter().map(|group| sampler.shares(std::slice::from_ref(group)));
        let group_shares = each.collect::<Result<_, _>>()?;
        let shares = sampler.shares(&drawn)?;
        Ok(Self { problem, start: *start, grams, drawn, group_shares, shares, tolerance })
    }

    /// K_0, K_1, ….
    pub fn grams(&self) -> &LimitGrams {
        &self.grams
    }

    /// The same, without the rest.
    pub fn into_grams(self) -> LimitGrams {
        self.grams
    }

    /// The groups at t = 0, each by itself.
    pub fn groups(&self) -> Result<Vec<FeatureFlow>, ResidualStartError> {
        let both = self.drawn.iter().zip(&self.group_shares);
        both.map(|(group, shares)| self.flow(group, shares.clone())).collect()
    }

    /// All paths at t = 0, and these as tagged ones after them.
    pub fn whole(&self, tagged: Option<&SkipPaths>) -> Result<FeatureFlow, ResidualStartError> {
        let none = Array1::zeros(tagged.map_or(0, SkipPaths::count));
        let shares = concatenate![Axis(0), self.shares, none];
        let all: Vec<&SkipPaths> = self.drawn.iter().chain(tagged).collect();
        self.flow(&SkipPaths::joined(&all), shares)
    }

    fn flow(&self, paths: &SkipPaths, shares: Array1<f64>) -> Result<FeatureFlow, ResidualStartError> {
        let paths = self.start.limit_paths(&self.problem, &self.grams, paths, shares)?;
        Ok(FeatureFlow::new(self.problem.clone(), paths, self.tolerance))
    }
}
