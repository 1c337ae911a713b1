//! Copies of the limit that single steps displace at the nodes of time, and what steps do by their losses.

use meanfield_run::system::RunError;
use ndarray::{Array1, Array2};

use super::nodes::integration_weights;
use super::probes::{flow, losses};
use crate::engine::Points;
use crate::fluctuations::StepEffect;
use crate::residual::architecture::ResidualProblem;
use crate::residual::effect_resolution::EffectResolution;
use crate::residual::engine::{PathWeights, ResidualEngine};
use crate::residual::flow::FeatureFlow;
use crate::residual::pair_weights::Correction;
use crate::residual::paths::Paths;

/// Displacement along the flow by which the second derivative of the loss is found.
const ALONG: f64 = 1e-4;

/// Losses after a displacement at one node: at it and all later ones, displaced both ways.
type Pair = [Vec<f64>; 2];

/// Copies displaced by steps, node after node: at each first by the mean step, then by that of each point.
pub(super) struct Kicks {
    nodes: usize,
    resolution: EffectResolution,
    /// The flow that nothing displaces, at the node that is looked at.
    base: FeatureFlow,
    /// Where it is.
    node: usize,
    /// Its losses and their second derivatives at the nodes so far.
    losses: Vec<[f64; 2]>,
    pairs: Vec<Pair>,
}

impl Kicks {
    pub fn new(base: FeatureFlow, nodes: usize, resolution: EffectResolution) -> Self {
        let losses = vec![[base.loss(), second_derivative(&base)]];
        Self { nodes, resolution, base, node: 0, losses, pairs: Vec::new() }
    }

    /// Displacements at a node.
    fn directions(&self) -> usize {
        self.base.problem().data.points() + 1
    }

    /// Pairs of copies, in all.
    pub fn count(&self) -> usize {
        (self.nodes + 1) * self.directions()
    }

    /// Pairs that are there.
    pub fn done(&self) -> usize {
        self.pairs.len()
    }

    /// Takes the base to a node.
    fn go_to(&mut self, node: usize) -> Result<(), RunError> {
        while self.node < node {
            losses(&mut self.base, 1, self.resolution.spacing)?;
            self.node += 1;
            self.losses.push([self.base.loss(), second_derivative(&self.base)]);
        }
        Ok(())
    }

    /// One more pair of copies.
    pub fn advance(&mut self) -> Result<(), RunError> {
        let node = self.pairs.len() / self.directions();
        let direction = self.pairs.len() % self.directions();
        self.go_to(node)?;
        let problem = self.base.problem();
        let h = self.resolution.step;
        let mut pair = [Vec::new(), Vec::new()];
        for (sign, losses_of_copy) in [1.0, -1.0].into_iter().zip(&mut pair) {
            let moved = stepped(problem, self.base.paths(), direction.checked_sub(1), sign * h);
            let mut copy = flow(problem, moved);
            *losses_of_copy = losses(&mut copy, self.nodes - node, self.resolution.spacing)?;
        }
        self.pairs.push(pair);
        Ok(())
    }

    /// All losses of pairs, flat.
    pub fn numbers(&self) -> Vec<f64> {
        self.pairs.iter().flatten().flatten().copied().collect()
    }

    /// Goes to where so many pairs are there; None where numbers do not fit.
    pub fn read(&mut self, count: usize, numbers: &[f64]) -> Option<()> {
        let mut rest = numbers;
        let mut pairs = Vec::new();
        for index in 0..Some(count).filter(|count| *count <= self.count())? {
            let length = self.nodes - index / self.directions() + 1;
            let (up, later) = rest.split_at_checked(length)?;
            let (down, later) = later.split_at_checked(length)?;
            rest = later;
            pairs.push([up.to_vec(), down.to_vec()]);
        }
        let last = count.saturating_sub(1) / self.directions();
        // The base cannot go back.
        if !rest.is_empty() || self.node > last {
            return None;
        }
        self.pairs = pairs;
        self.go_to(last).ok()
    }

    /// What steps do, at all nodes.
    pub fn effects(&self) -> Vec<StepEffect> {
        let nodes = self.losses.iter().enumerate();
        nodes.map(|(node, [loss, second])| self.effect(node, *loss, *second)).collect()
    }

    fn effect(&self, node: usize, loss: f64, second: f64) -> StepEffect {
        let spacing = self.resolution.spacing;
        let time = node as f64 * spacing;
        let mut effect = StepEffect { time, loss, descent: -0.5 * time * second, ..StepEffect::default() };
        for (from, weight) in integration_weights(node).into_iter().enumerate() {
            self.add(from, node, weight * spacing, loss, &mut effect);
        }
        effect
    }

    /// First and second derivative of the loss so many nodes later, `middle` without displacement.
    fn derivatives(&self, [ups, downs]: &Pair, later: usize, middle: f64) -> [f64; 2] {
        let h = self.resolution.step;
        let up = ups[later];
        let down = downs[later];
        [(up - down) / (2.0 * h), (up - 2.0 * middle + down) / (h * h)]
    }

    /// Adds what steps made for a while about the node `from` do at a later one.
    fn add(&self, from: usize, node: usize, duration: f64, middle: f64, effect: &mut StepEffect) {
        let all = &self.pairs[from * self.directions()..(from + 1) * self.directions()];
        let [mean_first, mean_second] = self.derivatives(&all[0], node - from, middle);
        effect.descent += 0.5 * duration * mean_second;
        for (pair, weight) in all[1..].iter().zip(self.base.problem().data.weights()) {
            let [first, second] = self.derivatives(pair, node - from, middle);
            effect.noise += 0.5 * duration * weight * (second - mean_second);
            effect.variance += duration * weight * (first - mean_first).powi(2);
        }
    }
}

/// Paths moved by −h G, of all points or of one.
fn stepped(problem: &ResidualProblem, paths: &Paths, point: Option<usize>, h: f64) -> Paths {
    let data = &*problem.data;
    let one = Array1::ones(1);
    let points = point.map_or(Points::from(data), |point| Points::single(data, point, one.view()));
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    engine.drift(PathWeights::from(paths), points);
    let mut moved = paths.clone();
    let mut first = Array2::zeros(paths.first.dim());
    engine.first_drift(points.inputs, &mut first);
    moved.first.scaled_add(-h, &first);
    moved.last.scaled_add(-h, &engine.last_drift());
    let factors = Array1::from_elem(points.labels.len(), -h);
    for (index, pairs) in moved.pairs.iter_mut().enumerate() {
        let [left, right] = engine.pair_drift(index + 2);
        pairs.add(Correction { left: left.view(), right: right.view(), factors: factors.view() });
    }
    moved
}

/// d²L/dt² along the flow, from the slope of −dL/dt.
fn second_derivative(flow: &FeatureFlow) -> f64 {
    let problem = flow.problem();
    let points = Points::from(&*problem.data);
    let [later, earlier] = [ALONG, -ALONG].map(|h| {
        let moved = stepped(problem, flow.paths(), None, h);
        let mut engine = ResidualEngine::new(problem.architecture.clone());
        engine.drift(PathWeights::from(&moved), points);
        engine.dissipation(moved.shares.view(), points.inputs)
    });
    (earlier - later) / (2.0 * ALONG)
}
