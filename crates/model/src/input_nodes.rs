//! Nodes of the directions that matter: a quadrature over the first k coordinates z of the inputs, class by
//! class, with the label at each. What is across these directions is left as it is.
//!
//! Along each direction there are Gauss–Hermite nodes or panels of Gauss–Legendre nodes, which are split
//! where the target bends; a class that does not spread along any (a point of a table) is one node. Nothing
//! is known of neurons here.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use gauss_quad::GaussLegendre;

use crate::directed::{DirectedClass, DirectedClasses, Label, MOST_GIVEN};
use crate::normal;
use crate::quadrature::{NotConverged, gauss};

/// |G| beyond this has probability below 2e-17.
const REACH: f64 = 8.5;
/// Nodes in each panel.
const NODES: NonZeroUsize = NonZeroUsize::new(8).expect("positive");

static RULE: LazyLock<Vec<(f64, f64)>> =
    LazyLock::new(|| GaussLegendre::new(NODES).as_node_weight_pairs().to_vec());

/// The rule along each direction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LineRule {
    /// Gauss–Hermite nodes of N(0, 1) with their weights: exact for polynomials of degree below twice their
    /// number, slow across kinks.
    Hermite(Vec<(f64, f64)>),
    /// So many panels of eight Gauss–Legendre nodes, split where the target bends.
    Panels(usize),
}

impl LineRule {
    /// So many Gauss–Hermite nodes.
    ///
    /// # Errors
    /// Where they are not found.
    pub fn hermite(nodes: usize) -> Result<Self, NotConverged> {
        gauss(nodes, |_| 0.0, |k| (k as f64).sqrt()).map(Self::Hermite)
    }

    /// Nodes along a direction, kinks of the target left aside.
    fn nodes(&self) -> usize {
        match self {
            Self::Hermite(nodes) => nodes.len(),
            Self::Panels(panels) => NODES.get() * panels,
        }
    }

    /// Nodes and weights (summing to 1) of N(mean, scale²).
    fn of_normal(&self, mean: f64, scale: f64, breaks: &[f64]) -> Vec<(f64, f64)> {
        match self {
            _ if scale == 0.0 => vec![(mean, 1.0)],
            Self::Hermite(nodes) => nodes.iter().map(|(g, weight)| (mean + scale * g, *weight)).collect(),
            Self::Panels(panels) => on_panels(mean, scale, breaks, *panels),
        }
    }
}

/// Inputs of one class with the same z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputNode {
    /// z; 0 beyond the directions that there are.
    pub z: [f64; MOST_GIVEN],
    /// τ_⊥ of the class.
    pub across: f64,
    /// The label.
    pub label: f64,
    /// Probability.
    pub share: f64,
}

/// How many nodes there are, kinks of targets left aside.
pub fn count(data: &DirectedClasses, rule: &LineRule) -> usize {
    let spread = data.classes.iter().filter(|class| spreads(class)).count();
    let each = rule.nodes().saturating_pow(data.directions as u32);
    spread.saturating_mul(each) + data.classes.len() - spread
}

/// The nodes.
pub fn input_nodes(data: &DirectedClasses, rule: &LineRule) -> Vec<InputNode> {
    data.classes.iter().flat_map(|class| nodes_of_class(class, rule)).collect()
}

/// Whether there is anything to integrate over.
fn spreads(class: &DirectedClass) -> bool {
    class.along.iter().any(|scale| *scale > 0.0)
}

fn nodes_of_class(class: &DirectedClass, rule: &LineRule) -> Vec<InputNode> {
    let mut nodes = vec![([0.0; MOST_GIVEN], class.weight)];
    let breaks = match &class.label {
        Label::Number(_) => Vec::new(),
        Label::Teacher(teacher) => teacher.breaks(),
    };
    for (direction, (mean, scale)) in class.means.iter().zip(&class.along).enumerate() {
        let line = rule.of_normal(*mean, *scale, &breaks);
        nodes = product(&nodes, direction, &line);
    }
    let node = |(z, share): ([f64; MOST_GIVEN], f64)| InputNode {
        z,
        across: class.across,
        label: class.label.value(&z),
        share,
    };
    nodes.into_iter().map(node).collect()
}

/// Every node with every one of a line along the next direction.
fn product(
    nodes: &[([f64; MOST_GIVEN], f64)],
    direction: usize,
    line: &[(f64, f64)],
) -> Vec<([f64; MOST_GIVEN], f64)> {
    let mut all = Vec::with_capacity(nodes.len() * line.len());
    for (z, share) in nodes {
        for (place, weight) in line {
            let mut z = *z;
            z[direction] = *place;
            all.push((z, share * weight));
        }
    }
    all
}

/// Nodes and weights (summing to 1) of N(mean, scale²) on panels.
fn on_panels(mean: f64, scale: f64, breaks: &[f64], panels: usize) -> Vec<(f64, f64)> {
    let even = (0..=panels).map(|i| REACH * (2.0 * i as f64 / panels as f64 - 1.0));
    let split = breaks.iter().map(|place| (place - mean) / scale).filter(|g| g.abs() < REACH);
    let mut ends: Vec<f64> = even.chain(split).collect();
    ends.sort_by(f64::total_cmp);
    let mut line = Vec::with_capacity(ends.len() * NODES.get());
    for ends in ends.windows(2) {
        let middle = 0.5 * (ends[0] + ends[1]);
        let half = 0.5 * (ends[1] - ends[0]);
        let places = RULE.iter().map(|(node, weight)| (middle + half * node, half * weight));
        line.extend(places.map(|(g, weight)| (mean + scale * g, weight * normal::density(g))));
    }
    let total: f64 = line.iter().map(|(_, weight)| weight).sum();
    line.iter_mut().for_each(|(_, weight)| *weight /= total);
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Activation, PiecewiseLinear};
    use crate::teacher::Teacher;

    #[test]
    fn labels_are_integrated_across_their_kinks() {
        let teacher = Teacher::single_index(Activation::PiecewiseLinear(PiecewiseLinear::relu()));
        let mut data = DirectedClasses::with_teacher(10, 1, teacher);
        data.classes[0].means = vec![0.7];
        data.classes[0].along = vec![0.5];
        let mean: f64 =
            input_nodes(&data, &LineRule::Panels(12)).iter().map(|node| node.share * node.label).sum();
        // E (μ + τG)₊ = μ Φ(μ/τ) + τ φ(μ/τ).
        let exact = 0.7 * normal::distribution(1.4) + 0.5 * normal::density(1.4);
        assert!((mean - exact).abs() < 1e-12, "{mean} {exact}");
    }

    #[test]
    fn points_are_nodes_and_products_have_all_moments() {
        let points = DirectedClasses::points(&[vec![1.0, 2.0], vec![-3.0, 0.5]], &[1.0, -1.0], &[0.25, 0.75]);
        let nodes = input_nodes(&points, &LineRule::Panels(8));
        assert_eq!((nodes.len(), count(&points, &LineRule::Panels(8))), (2, 2));
        assert_eq!((nodes[1].z, nodes[1].label, nodes[1].share), ([-3.0, 0.5, 0.0, 0.0], -1.0, 0.75));
        let teacher = Teacher { units: Vec::new() };
        let plane = DirectedClasses::with_teacher(10, 2, teacher);
        for rule in [LineRule::Panels(12), LineRule::hermite(3).expect("converges")] {
            let nodes = input_nodes(&plane, &rule);
            assert_eq!(nodes.len(), count(&plane, &rule));
            let squares = nodes.iter().map(|node| node.share * (node.z[0] * node.z[1].powi(2)).powi(2));
            let moment: f64 = squares.sum(); // E G² E G⁴
            assert!((moment - 3.0).abs() < 1e-10, "{moment}");
        }
    }
}
