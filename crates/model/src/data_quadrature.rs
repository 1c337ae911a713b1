//! The landscape of isotropic Gaussian classes in r = |w| for any loss, by quadrature over the data.
//!
//! A law without preferred direction gives the output ŷ(x) = ∫ k(r|x|) dρ, k the mean over directions
//! ([`mean_output`](crate::mean_output)): it depends on the input's length alone. Given the class, that is a chi
//! variable times τ_c, for which there is a Gauss rule with nodes s_cj and weights w_cj:
//!
//! ```text
//!   φ_cj(r) = k(r s_cj)      R = Σ_c π_c Σ_j w_cj ℓ(y_c, m_cj)      Ψ = Σ_cj ½ π_c w_cj ∂₂ℓ(y_c, m_cj) φ_cj
//! ```
//! For the squared loss this is another low-rank form of the [series](crate::radial_series). As d → ∞ the length
//! is fixed, and one node a class remains.

use crate::activation::Activation;
use crate::data::{Class, GaussianClasses};
use crate::landscape::Landscape;
use crate::loss::Loss;
use crate::mean_output::{MeanOutput, Power};
use crate::quadrature::NotConverged;
use crate::radial_series::DimensionLimit;
use crate::sphere;
use crate::tabulated::Tabulated;

/// Numbers of nodes a class that are tried; each is judged by the one after it.
const SIZES: [usize; 13] = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
/// Radii at which two rules are compared: this many, over so many decades below the largest.
const RADII: usize = 24;
const DECADES: f64 = 2.5;
/// What converges slowly may err by this many times the tolerance on U: the risk of a loss whose curvature jumps, and
/// U(θ, θ), which the bias alone asks for.
const ROUGH: f64 = 1e4;

/// A node of the data: inputs of one class and one length.
#[derive(Clone, Copy, Debug)]
struct Node {
    label: f64,
    /// π_c w_cj.
    share: f64,
    /// s_cj; 1 stands for √d as d → ∞.
    length: f64,
}

/// See the module's head.
#[derive(Clone, Debug)]
pub struct DataQuadrature {
    loss: Loss,
    activation: Activation,
    classes: Vec<Class>,
    nodes: Vec<Node>,
    /// The next larger rule, by which this one is judged.
    finer: Vec<Node>,
    /// k.
    outputs: Tabulated<MeanOutput>,
    /// E σ(xζ)².
    squares: Tabulated<MeanOutput>,
    truncation: f64,
}

/// Why there is no rule.
#[derive(Debug, thiserror::Error)]
pub enum NodesError {
    /// The largest rule misses the tolerance.
    #[error(
        "the data quadrature at dimension {dimension} errs by {truncation:.1e} with {nodes} nodes a class; {tolerance:.1e} was asked for"
    )]
    TooFew {
        /// d.
        dimension: usize,
        /// Nodes a class.
        nodes: usize,
        /// What it leaves.
        truncation: f64,
        /// What was asked for.
        tolerance: f64,
    },
    /// No rule at all.
    #[error(transparent)]
    Linear(#[from] NotConverged),
}

impl DataQuadrature {
    /// The rule with as many nodes as leave less than `tolerance` in U(r, r') and in the risk of a point mass, for
    /// radii up to `largest_radius` (and [`ROUGH`] times that in the risk of a loss whose curvature jumps). What a rule leaves
    /// is estimated by the next larger one.
    pub fn new(
        data: &GaussianClasses,
        activation: &Activation,
        loss: Loss,
        limit: DimensionLimit,
        largest_radius: f64,
        tolerance: f64,
    ) -> Result<Self, NodesError> {
        let dimension = (limit == DimensionLimit::Finite).then_some(data.dimension);
        let mut rule = Self {
            loss,
            activation: activation.clone(),
            classes: data.classes.clone(),
            nodes: Vec::new(),
            finer: at_once(data),
            outputs: MeanOutput::table(activation, dimension, Power::Mean),
            squares: MeanOutput::table(activation, dimension, Power::Square),
            truncation: 0.0,
        };
        if limit == DimensionLimit::Infinite {
            rule.nodes = at_once(data);
            return Ok(rule);
        }
        rule.finer = on_lengths(data, SIZES[0])?;
        for size in &SIZES[1..] {
            rule.nodes = std::mem::replace(&mut rule.finer, on_lengths(data, *size)?);
            rule.truncation = rule.left_out(largest_radius, 1.0);
            if rule.left_out(largest_radius, ROUGH) <= tolerance {
                return Ok(rule);
            }
        }
        let (nodes, truncation) = (rule.terms(), rule.truncation);
        Err(NodesError::TooFew { dimension: data.dimension, nodes, truncation, tolerance })
    }

    /// An estimate of what the rule leaves out, for all radii up to the largest it was made for.
    pub fn truncation(&self) -> f64 {
        self.truncation
    }

    /// Nodes a class.
    pub fn terms(&self) -> usize {
        self.nodes.len() / self.classes.len()
    }

    /// The largest difference to the finer rule in U(r, r') and in the risk of a point mass, and to the exact U(θ, θ); what
    /// converges slowly counts `patience` times less (the exact U(θ, θ) always [`ROUGH`] times: only the bias asks for it).
    fn left_out(&self, largest_radius: f64, patience: f64) -> f64 {
        let radius = |i: usize| largest_radius * 10f64.powf(-DECADES * i as f64 / (RADII - 1) as f64);
        let outputs = |nodes: &[Node]| -> Vec<Vec<f64>> {
            (0..RADII)
                .map(|i| nodes.iter().map(|node| self.output(radius(i) * node.length).0).collect())
                .collect()
        };
        let (coarse, fine) = (outputs(&self.nodes), outputs(&self.finer));
        let rough = if self.loss.is_smooth() { 1.0 } else { patience };
        let mut worst = 0.0_f64;
        for i in 0..RADII {
            let risk = self.risk_on(&self.nodes, &coarse[i]) - self.risk_on(&self.finer, &fine[i]);
            let square = |node: &Node| node.share * self.mean_square(&[(radius(i), 1.0)], node.length);
            let own = self.nodes.iter().map(square).sum::<f64>() - self.self_interaction([radius(i)]);
            worst = worst.max(risk.abs() / rough).max(own.abs() / ROUGH);
            for j in 0..=i {
                let gap = pair(&self.nodes, &coarse[i], &coarse[j]) - pair(&self.finer, &fine[i], &fine[j]);
                worst = worst.max(gap.abs());
            }
        }
        worst
    }

    /// k and k' at x.
    fn output(&self, x: f64) -> (f64, f64) {
        let (mut value, mut slope) = ([0.0], [0.0]);
        self.outputs.evaluate(x, &mut value, &mut slope);
        (value[0], slope[0])
    }

    fn risk_on(&self, nodes: &[Node], outputs: &[f64]) -> f64 {
        nodes.iter().zip(outputs).map(|(node, m)| node.share * self.loss.value(node.label, *m)).sum()
    }

    /// ∫ E σ(r s ζ)² dρ at one node's length.
    fn mean_square(&self, points: &[(f64, f64)], length: f64) -> f64 {
        let (mut value, mut slope) = ([0.0], [0.0]);
        let mut square = |(radius, mass): &(f64, f64)| {
            self.squares.evaluate(radius * length, &mut value, &mut slope);
            mass * value[0]
        };
        points.iter().map(&mut square).sum()
    }
}

/// One node a class: all inputs have length √d, the unit of k's argument.
fn at_once(data: &GaussianClasses) -> Vec<Node> {
    let node = |class: &Class| Node { label: class.label, share: class.weight, length: class.scale };
    data.classes.iter().map(node).collect()
}

/// `size` nodes a class.
fn on_lengths(data: &GaussianClasses, size: usize) -> Result<Vec<Node>, NotConverged> {
    let rule = sphere::lengths(data.dimension, size)?;
    let nodes = |class: &Class| {
        let Class { weight, label, scale } = *class;
        let node =
            |(length, share): &(f64, f64)| Node { label, share: weight * share, length: scale * length };
        rule.iter().map(node).collect::<Vec<_>>()
    };
    Ok(data.classes.iter().flat_map(nodes).collect())
}

/// U between two neurons with these outputs at the nodes.
fn pair(nodes: &[Node], a: &[f64], b: &[f64]) -> f64 {
    nodes.iter().zip(a.iter().zip(b)).map(|(node, (a, b))| node.share * a * b).sum()
}

impl Landscape<1> for DataQuadrature {
    fn rank(&self) -> usize {
        self.nodes.len()
    }

    fn features(&self, [radius]: [f64; 1], values: &mut [f64], gradients: &mut [[f64; 1]]) {
        for ((node, value), gradient) in self.nodes.iter().zip(values).zip(gradients) {
            let (output, slope) = self.output(radius * node.length);
            (*value, *gradient) = (output, [node.length * slope]);
        }
    }

    fn risk(&self, moments: &[f64]) -> f64 {
        self.risk_on(&self.nodes, moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        for ((node, m), coefficient) in self.nodes.iter().zip(moments).zip(coefficients) {
            *coefficient = 0.5 * node.share * self.loss.slope(node.label, *m);
        }
    }

    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]) {
        for ((node, m), curvature) in self.nodes.iter().zip(moments).zip(curvatures) {
            *curvature = 0.5 * node.share * self.loss.curvature(node.label, *m);
        }
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        pair(&self.nodes, moments, moments)
    }

    fn self_interaction(&self, [radius]: [f64; 1]) -> f64 {
        let moment = |class: &Class| class.weight * self.activation.second_moment(0.0, class.scale * radius);
        self.classes.iter().map(moment).sum()
    }

    fn rests_at_lower_end(&self, _: usize) -> bool {
        self.activation.bends_at_zero()
    }

    fn truncation(&self, [radius]: [f64; 1]) -> f64 {
        self.left_out(radius, 1.0)
    }

    fn bias_is_exact(&self) -> bool {
        false
    }

    /// b = Σ ½ π w ∂₂²ℓ Var σ: the output of N independent neurons scatters with variance Var σ/N about its mean, and
    /// the loss feels that by its curvature. Exact for the squared loss, else the first term in 1/N.
    fn independent_bias(&self, points: &mut dyn Iterator<Item = ([f64; 1], f64)>, moments: &[f64]) -> f64 {
        let points: Vec<(f64, f64)> = points.map(|([radius], mass)| (radius, mass)).collect();
        let mut curvatures = vec![0.0; self.rank()];
        self.curvatures(moments, &mut curvatures);
        let variance = |node: &Node, m: f64| self.mean_square(&points, node.length) - m * m;
        let nodes = self.nodes.iter().zip(moments).zip(curvatures);
        nodes.map(|((node, m), curvature)| curvature * variance(node, *m)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;
    use crate::radial_series::RadialSeries;

    const RADIUS: f64 = 4.0;

    fn rule(dimension: usize, sigma: &Activation, loss: Loss, tolerance: f64) -> DataQuadrature {
        let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
        DataQuadrature::new(&data, sigma, loss, DimensionLimit::Finite, RADIUS, tolerance).expect("converges")
    }

    fn moments(landscape: &impl Landscape<1>, atoms: &[(f64, f64)]) -> Vec<f64> {
        landscape.moments(&mut atoms.iter().map(|(radius, mass)| ([*radius], *mass)))
    }

    /// Laws of 1 to 5 atoms between 0 and RADIUS, from a small generator.
    fn laws() -> Vec<Vec<(f64, f64)>> {
        let mut state = 1_u32;
        let mut uniform = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 24)
        };
        let mut law = |count: u32| (0..count).map(|_| (RADIUS * uniform(), 1.0 / f64::from(count))).collect();
        (1..=5).map(&mut law).collect()
    }

    /// (Ψ, Ψ') at a radius under a law.
    fn potential(landscape: &impl Landscape<1>, moments: &[f64], radius: f64) -> (f64, f64) {
        let rank = landscape.rank();
        let (mut values, mut gradients, mut c) = (vec![0.0; rank], vec![[0.0]; rank], vec![0.0; rank]);
        landscape.potential_coefficients(moments, &mut c);
        landscape.features([radius], &mut values, &mut gradients);
        let sum = |terms: &mut dyn Iterator<Item = f64>| c.iter().zip(terms).map(|(c, t)| c * t).sum::<f64>();
        (sum(&mut values.into_iter()), sum(&mut gradients.into_iter().map(|[slope]| slope)))
    }

    #[test]
    fn the_squared_loss_is_the_series() {
        for sigma in examples::all() {
            for (dimension, tolerance) in [(6, 1e-5), (40, 1e-11), (320, 1e-11)] {
                let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
                let series = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, RADIUS, tolerance);
                let (series, rule) =
                    (series.expect("converges"), rule(dimension, &sigma, Loss::Squared, tolerance));
                for law in laws() {
                    let (exact, found) = (moments(&series, &law), moments(&rule, &law));
                    // Each may leave its tolerance in U, whose size here reaches 200; the slope of what is left out
                    // is larger by the steepest feature's, ten at most.
                    let gap = (series.risk(&exact) - rule.risk(&found)).abs();
                    assert!(gap < 10.0 * tolerance, "{sigma:?} d={dimension} R: {gap:.1e}");
                    for radius in [0.0, 0.03, 0.2, 0.6, 1.1, 2.3, 3.9] {
                        let (a, b) = (potential(&series, &exact, radius), potential(&rule, &found, radius));
                        let (gap, slope_gap) = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
                        assert!(gap < 10.0 * tolerance, "{sigma:?} d={dimension} r={radius}: {gap:.1e}");
                        assert!(
                            slope_gap < 100.0 * tolerance,
                            "{sigma:?} d={dimension} r={radius} ': {slope_gap:.1e}"
                        );
                    }
                    let bias = |landscape: &dyn Landscape<1>, m: &[f64]| {
                        landscape.independent_bias(&mut law.iter().map(|(r, mass)| ([*r], *mass)), m)
                    };
                    let gap = (bias(&series, &exact) - bias(&rule, &found)).abs();
                    assert!(gap < 2.0 * ROUGH * tolerance, "{sigma:?} d={dimension} b: {gap:.1e}");
                }
            }
        }
    }

    #[test]
    fn potential_and_curvature_are_variations_of_the_risk() {
        for loss in Loss::ALL {
            let rule = rule(40, &examples::figure_1(), loss, 1e-9);
            let m = moments(&rule, &[(0.7, 0.6), (1.6, 0.4)]);
            let rank = rule.rank();
            let (mut coefficients, mut curvatures) = (vec![0.0; rank], vec![0.0; rank]);
            rule.potential_coefficients(&m, &mut coefficients);
            rule.curvatures(&m, &mut curvatures);
            for k in 0..rank {
                let at = |shift: f64| {
                    let mut moved = m.clone();
                    moved[k] += shift;
                    moved
                };
                let (above, below) = (at(1e-4), at(-1e-4));
                let slope = 0.5 * (rule.risk(&above) - rule.risk(&below)) / 2e-4;
                // Truncation 1e-8/6 times the third derivative, below 10; no output lies at Huber's threshold.
                assert!((slope - coefficients[k]).abs() < 2e-8, "{loss:?} {k}");
                let (mut up, mut down) = (vec![0.0; rank], vec![0.0; rank]);
                rule.potential_coefficients(&above, &mut up);
                rule.potential_coefficients(&below, &mut down);
                assert!(((up[k] - down[k]) / 2e-4 - curvatures[k]).abs() < 2e-8, "{loss:?} {k}");
            }
        }
    }

    #[test]
    fn gradients_meet_central_differences() {
        for sigma in examples::all() {
            let rule = rule(40, &sigma, Loss::Logistic, 1e-9);
            for radius in [0.05, 0.4, 1.3, 3.0] {
                let (above, below) =
                    (moments(&rule, &[(radius + 1e-5, 1.0)]), moments(&rule, &[(radius - 1e-5, 1.0)]));
                let (mut values, mut gradients) = (vec![0.0; rule.rank()], vec![[0.0]; rule.rank()]);
                rule.features([radius], &mut values, &mut gradients);
                for k in 0..rule.rank() {
                    // Truncation 1e-10/6 times a third derivative below 1e4, rounding 1e-13/1e-5.
                    let difference = (above[k] - below[k]) / 2e-5;
                    assert!((difference - gradients[k][0]).abs() < 1e-6, "{sigma:?} r={radius} k={k}");
                }
            }
        }
    }

    #[test]
    fn the_normal_limit_has_one_node_a_class() {
        let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
        for loss in Loss::ALL {
            let sigma = examples::figure_1();
            let limit = DataQuadrature::new(&data, &sigma, loss, DimensionLimit::Infinite, RADIUS, 1e-9);
            let limit = limit.expect("exact");
            let value = |label: f64| 0.5 * loss.value(label, sigma.mean(0.0, (1.0 + 0.8 * label) * 0.9));
            let found = limit.risk(&moments(&limit, &[(0.9, 1.0)]));
            // The table's tolerance; values up to 10².
            assert!((found - value(1.0) - value(-1.0)).abs() < 1e-11, "{loss:?}");
        }
    }
}
