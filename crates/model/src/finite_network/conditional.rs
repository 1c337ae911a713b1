//! The exact risk on data with directions that matter: given the coordinates z along them, neurons see normal
//! inputs N(b + ⟨m, z⟩, τ² |w_⊥|²), whose correlations are those of w_⊥. So the risk is a sum over nodes of
//! z of what it is on one class. On points it is the mean of (y − ŷ)² itself.

use ndarray::{ArrayView2, Axis, aview1};

use super::seen::{ClassNeurons, Seen, risk_of_seen};
use super::view::{self, View};
use crate::activation::{Activation, Input};
use crate::directed::{DirectedClasses, Label};
use crate::input_nodes::{InputNode, LineRule, input_nodes};
use crate::mixture::{Component, Mixture};
use crate::unit::Neurons;

/// Panels of nodes along the direction, at least and at most.
const PANELS: [f64; 2] = [8.0, 32.0];
/// Panels that resolve neurons with r = |m|, in standard deviations of the inputs.
const PANELS_OF_EQUALS: f64 = 5.0;
/// Nodes whose coefficients are held at a time.
const HELD: usize = 32;

/// R_N of these neurons: with one direction, or on points.
pub fn risk(data: &Mixture, activation: &Activation, neurons: &Neurons) -> f64 {
    let data = data.directed();
    let (along, across) = neurons.weights.split_at(Axis(1), data.directions);
    if data.across == 0 {
        return risk_on_points(&data, activation, neurons, along);
    }
    let rest = only_across(&data);
    let views = view::views(&rest, across);
    views.iter().map(|view| risk_of_nodes(view, &data, activation, neurons, along)).sum()
}

/// Σ_z over nodes, some at a time.
fn risk_of_nodes(
    view: &View,
    data: &DirectedClasses,
    activation: &Activation,
    neurons: &Neurons,
    along: ArrayView2<f64>,
) -> f64 {
    let nodes = input_nodes(data, &LineRule::Panels(panels(data, view, along)));
    let largest = view.largest_cosine();
    let of_nodes = nodes.chunks(HELD).map(|nodes| {
        let seen = nodes.iter().map(|node| Seen {
            weight: node.share,
            label: node.label,
            neurons: ClassNeurons::new(
                activation,
                &neurons.outer,
                inputs(node, view, &neurons.offsets, along),
                largest,
            ),
        });
        risk_of_seen(view, &seen.collect::<Vec<_>>())
    });
    of_nodes.sum()
}

/// The laws of the neurons' inputs at a node.
fn inputs<'a>(
    node: &'a InputNode,
    view: &'a View,
    offsets: &'a [f64],
    along: ArrayView2<'a, f64>,
) -> impl Iterator<Item = Input> + 'a {
    let rows = (0..offsets.len()).map(move |i| {
        let shift: f64 = along.row(i).iter().zip(&node.z).map(|(m, z)| m * z).sum();
        offsets[i] + shift
    });
    rows.zip(view.lengths()).map(|(offset, length)| Input { offset, scale: node.across * length })
}

/// As many panels as the neuron that lies closest to a direction asks for.
fn panels(data: &DirectedClasses, view: &View, along: ArrayView2<f64>) -> usize {
    let across = data.classes.iter().map(|class| class.across).fold(f64::INFINITY, f64::min);
    let spread = data.classes.iter().flat_map(|class| class.along.iter().copied()).fold(0.0, f64::max);
    let ratios = along.column(0).into_iter().zip(view.lengths());
    let steepest = ratios.map(|(m, length)| (spread * m / (across * length)).abs()).fold(0.0, f64::max);
    (PANELS_OF_EQUALS * steepest).clamp(PANELS[0], PANELS[1]) as usize
}

/// Σ_i w_i (y_i − ŷ(x_i))².
fn risk_on_points(
    data: &DirectedClasses,
    activation: &Activation,
    neurons: &Neurons,
    weights: ArrayView2<f64>,
) -> f64 {
    let count = neurons.outer.len() as f64;
    let of_points = data.classes.iter().map(|point| {
        let z = weights.dot(&aview1(&point.means));
        let outputs = z.iter().zip(&neurons.outer).zip(&neurons.offsets);
        let output: f64 = outputs.map(|((z, a), b)| a * activation.value(z + b)).sum();
        point.weight * (point.label.value(&point.means) - output / count).powi(2)
    });
    of_points.sum()
}

/// Standard normal inputs across the directions, which every class sees stretched.
fn only_across(data: &DirectedClasses) -> Mixture {
    let label = Label::Number(0.0);
    let unit = Component { weight: 1.0, label, scales: vec![1.0], means: Vec::new() };
    Mixture { dimensions: vec![data.across], components: vec![unit] }
}
