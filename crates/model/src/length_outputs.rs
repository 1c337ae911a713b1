//! The landscape of Gaussian classes with blocks for any loss, by a quadrature over the lengths of an input's
//! blocks: the moments are the mean outputs there, which are linear in the features of the [block
//! series](crate::block_series).
//!
//! ```text
//!   R = Σ_c π_c Σ_j w_j ℓ(y_c, m_cj)      Ψ = Σ_cj ½ π_c w_j ∂₂ℓ(y_c, m_cj) φ_cj
//! ```
//! With d → ∞ lengths are fixed, and one node a class remains. For the squared loss this is the series itself
//! in another form. It does not know how many blocks there are.

#[cfg(test)]
mod tests;

use crate::block_series::BlockSeriesError;
use crate::block_series::lengths::{LengthRule, LengthSeries};
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure};
use crate::judging::{Judged, largest_gap, spread_points};
use crate::loss::Loss;
use crate::quadrature::NotConverged;

/// Numbers of nodes of a length that are tried; each is judged by the one after it. A length that no term
/// depends on has the first.
const SIZES: [usize; 13] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];
/// Most nodes of all classes that are tried.
const MOST_NODES: usize = 20_000;
/// Most numbers, terms times nodes, of a class.
const MOST_FACTORS: usize = 4_000_000;
/// Lengths are refined together whose error is at least this share of the largest.
const TOGETHER: f64 = 0.25;
/// The series of the finer rule leaves so many times less, where it can.
const FINER: f64 = 4.0;
/// The risk of a loss whose curvature jumps converges slowly in the nodes: it may err by this.
const ROUGH: f64 = 1e-5;

/// A series and a quadrature over lengths.
#[derive(Clone, Debug)]
struct RuledSeries<S> {
    series: S,
    rule: LengthRule,
}

/// The landscape of classes with blocks for any loss, over the series of the squared one.
#[derive(Clone, Debug)]
pub struct LengthOutputs<S> {
    used: RuledSeries<S>,
    /// More terms and more nodes, by which the ones in use are judged.
    finer: RuledSeries<S>,
    truncation: f64,
}

/// Why there is no rule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LengthsError {
    /// The series misses its tolerance.
    #[error(transparent)]
    Series(#[from] BlockSeriesError),
    /// The largest rule does.
    #[error(
        "the quadrature over the lengths of blocks errs by {truncation:.1e} with {nodes} nodes; \
         {tolerance:.1e} was asked for"
    )]
    TooFew {
        /// Nodes of all classes.
        nodes: usize,
        /// Error of the largest rule.
        truncation: f64,
        /// Requested tolerance.
        tolerance: f64,
    },
    /// No rule at all.
    #[error(transparent)]
    Nodes(#[from] NotConverged),
}

impl LengthsError {
    /// A tolerance that can be reached, where that is the matter.
    pub fn reachable(&self) -> Option<f64> {
        match self {
            Self::Series(error) => Some(error.reachable()),
            Self::TooFew { truncation, .. } => Some(1.1 * truncation),
            Self::Nodes(_) => None,
        }
    }
}

impl<S> RuledSeries<S> {
    /// Outputs at all nodes.
    fn outputs<const D: usize>(&self, z: [f64; D]) -> Vec<f64>
    where
        S: LengthSeries<D>,
    {
        let mut outputs = vec![0.0; self.rule.rank()];
        self.write_outputs(z, &mut outputs);
        outputs
    }

    fn write_outputs<const D: usize>(&self, z: [f64; D], outputs: &mut [f64])
    where
        S: LengthSeries<D>,
    {
        let mut terms = vec![0.0; self.rule.terms()];
        self.series.values(z, &mut terms);
        self.rule.mix(&terms, outputs, 0.0, plus);
    }
}

/// sum + factor · term.
fn plus(sum: f64, factor: f64, term: f64) -> f64 {
    sum + factor * term
}

/// The same of gradients.
fn plus_gradient<const D: usize>(mut sum: [f64; D], factor: f64, term: [f64; D]) -> [f64; D] {
    sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += factor * term);
    sum
}

impl<S> LengthOutputs<S> {
    /// The landscape that leaves less than `tolerance` (or `ROUGH`, if that is more and the loss's curvature
    /// jumps) in the risks of laws of one and two neurons of a box with these sides, over the series that
    /// leaves no more than it is told to. What terms and nodes leave is estimated by the next larger ones.
    ///
    /// # Errors
    /// Where the series or the largest rule leaves more, or nodes are not found.
    pub fn new<const D: usize>(
        loss: Loss,
        sides: [[f64; 2]; D],
        tolerance: f64,
        series: impl Fn(f64) -> Result<S, BlockSeriesError>,
    ) -> Result<Self, LengthsError>
    where
        S: LengthSeries<D>,
    {
        let coarse = series(0.5 * tolerance)?;
        let fine = series(0.5 * tolerance / FINER).unwrap_or_else(|_| coarse.clone());
        let probes: Vec<[f64; D]> = spread_points(&sides).iter().map(|point| corner(point)).collect();
        let allowed = if loss.is_smooth() { tolerance } else { tolerance.max(ROUGH) };
        let search = Search { loss, probes, coarse, fine };
        let mut places: Vec<usize> =
            search.fine.of_blocks().blocks_that_vary().into_iter().map(usize::from).collect();
        let mut truncation = f64::INFINITY;
        while let Some(next) = search.next(&places) {
            let (used, finer) = (search.ruled(&search.coarse, &places)?, search.ruled(&search.fine, &next)?);
            truncation = gap(&used, &finer, &search.probes);
            if truncation <= allowed {
                return Ok(Self { used, finer, truncation });
            }
            places = search.refined(&places, &used)?;
        }
        Err(LengthsError::TooFew { nodes: search.nodes(&places), truncation, tolerance })
    }

    /// An estimate of what the rule leaves out of the risks of laws of one and two neurons.
    pub fn truncation(&self) -> f64 {
        self.truncation
    }

    /// Nodes of all classes.
    pub fn terms(&self) -> usize {
        self.used.rule.rank()
    }
}

/// The search for as few nodes as meet a tolerance; places are those of each length's number of nodes in
/// [`SIZES`].
struct Search<const D: usize, S> {
    loss: Loss,
    probes: Vec<[f64; D]>,
    coarse: S,
    fine: S,
}

impl<const D: usize, S: LengthSeries<D>> Search<D, S> {
    fn ruled(&self, series: &S, places: &[usize]) -> Result<RuledSeries<S>, NotConverged> {
        let counts: Vec<usize> = places.iter().map(|place| SIZES[*place]).collect();
        let rule = series.of_blocks().length_rule(self.loss, &counts)?;
        Ok(RuledSeries { series: series.clone(), rule })
    }

    /// Nodes of all classes.
    fn nodes(&self, places: &[usize]) -> usize {
        places.iter().map(|place| SIZES[*place]).product::<usize>() * self.coarse.of_blocks().classes()
    }

    /// More nodes of every length that varies; None where there would be too many.
    fn next(&self, places: &[usize]) -> Option<Vec<usize>> {
        let next: Vec<usize> = places.iter().map(|place| place + usize::from(*place > 0)).collect();
        let exist = next.iter().all(|place| *place < SIZES.len());
        let fine = self.fine.of_blocks();
        let fits = |nodes: usize| {
            nodes <= MOST_NODES && nodes / fine.classes() * fine.terms_of_class() <= MOST_FACTORS
        };
        (exist && fits(self.nodes(&next))).then_some(next)
    }

    /// More nodes of the lengths that need them most.
    fn refined(&self, places: &[usize], used: &RuledSeries<S>) -> Result<Vec<usize>, NotConverged> {
        let mut gaps = vec![0.0; places.len()];
        for block in (0..places.len()).filter(|block| places[*block] > 0) {
            let mut more = places.to_vec();
            more[block] += 1;
            gaps[block] = gap(used, &self.ruled(&self.coarse, &more)?, &self.probes);
        }
        let largest = gaps.iter().copied().fold(0.0, f64::max);
        let raised = places
            .iter()
            .zip(&gaps)
            .map(|(place, gap)| place + usize::from(*place > 0 && *gap >= TOGETHER * largest));
        Ok(raised.collect())
    }
}

/// The point of a box with D sides.
fn corner<const D: usize>(point: &[f64]) -> [f64; D] {
    std::array::from_fn(|c| point[c])
}

/// The largest difference in the risk of a law of one or two neurons.
fn gap<const D: usize, S: LengthSeries<D>>(
    used: &RuledSeries<S>,
    finer: &RuledSeries<S>,
    neurons: &[[f64; D]],
) -> f64 {
    let [coarse, fine] =
        [used, finer].map(|ruled| neurons.iter().map(|z| ruled.outputs(*z)).collect::<Vec<_>>());
    largest_gap(
        Judged { energy: &used.rule.loss, features: &coarse },
        Judged { energy: &finer.rule.loss, features: &fine },
    )
}

impl<S: Send + Sync> AsEnergy for LengthOutputs<S> {
    fn as_energy(&self) -> &dyn Energy {
        &self.used.rule.loss
    }
}

impl<const D: usize, S: LengthSeries<D>> Features<D> for LengthOutputs<S> {
    fn rank(&self) -> usize {
        self.used.rule.rank()
    }

    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]) {
        let rule = &self.used.rule;
        let mut terms = vec![0.0; rule.terms()];
        let mut slopes = vec![[0.0; D]; rule.terms()];
        self.used.series.features(z, &mut terms, &mut slopes);
        rule.mix(&terms, values, 0.0, plus);
        rule.mix(&slopes, gradients, [0.0; D], plus_gradient);
    }

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        self.used.write_outputs(z, values);
    }

    fn self_interaction(&self, z: [f64; D]) -> f64 {
        self.used.series.self_interaction(z)
    }

    fn squared_outputs(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        let rule = &self.used.rule;
        let [mut sum, mut terms] = [0; 2].map(|_| vec![0.0; rule.terms()]);
        for (z, mass) in points {
            self.used.series.squares(z, &mut terms);
            sum.iter_mut().zip(&terms).for_each(|(sum, term)| *sum += mass * term);
        }
        let mut squares = vec![0.0; rule.rank()];
        rule.mix(&sum, &mut squares, 0.0, plus);
        Some(squares)
    }

    fn truncation(&self, z: [f64; D]) -> f64 {
        gap(&self.used, &self.finer, &[z])
    }

    fn structure(&self) -> Structure<D> {
        self.used.series.structure()
    }
}
