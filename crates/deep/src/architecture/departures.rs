//! Where an architecture leaves Assumption 1 (regularity) of Pham & Nguyen, in words. Nothing is refused.
//!
//! Three layers are those of their ICLR paper: it wants φ_2' ≠ 0 as well, and covers the squared loss where
//! labels are bounded, as those of finitely many points are. For any other depth the assumption is that of
//! the paper on any depth. A layer that is not trained is no exception in either. Data and starts are not
//! looked at: points are bounded, and all laws of starts have the moments that the paper on any depth wants.

use super::Architecture;

/// The depth of the paper on three layers.
const THREE: usize = 3;

impl Architecture {
    /// Where it leaves Assumption 1 of the paper on its depth, in words: a line for each way, of all layers
    /// concerned.
    pub fn departures(&self) -> Vec<String> {
        let ways = [
            (symbols("φ", "", self.unbounded_layers()), "unbounded"),
            (symbols("φ", "", self.kinked_layers()), "with kinks"),
            (symbols("φ", "′", self.stationary_layers()), "with zeros"),
            (self.unbounded_loss(), "unbounded"),
            (symbols("ξ", "", self.layers_with_infinite_rates()), "infinite at t = 0"),
        ];
        let found = ways.into_iter().filter(|(subject, _)| !subject.is_empty());
        found
            .map(|(subject, way)| format!("{subject} {way}: Assumption 1 of the paper does not hold"))
            .collect()
    }

    /// Layers but the last with φ unbounded, counted from 1.
    fn unbounded_layers(&self) -> Vec<usize> {
        (1..self.depth()).filter(|layer| !self.activations[layer - 1].is_bounded()).collect()
    }

    /// Layers where φ' jumps, so that it has no Lipschitz constant.
    fn kinked_layers(&self) -> Vec<usize> {
        (1..=self.depth()).filter(|layer| !self.activations[layer - 1].is_smooth()).collect()
    }

    /// Layers where φ' must not be 0 anywhere, and is: the last one, of three the second too.
    fn stationary_layers(&self) -> Vec<usize> {
        let first = if self.depth() == THREE { 2 } else { self.depth() };
        (first..=self.depth()).filter(|layer| self.activations[layer - 1].has_stationary_points()).collect()
    }

    /// What of the loss is unbounded and not covered; empty of the others.
    fn unbounded_loss(&self) -> String {
        let is_covered = self.loss.has_bounded_slope() || self.depth() == THREE;
        if is_covered { String::new() } else { "∂₂ℓ of the squared loss".to_owned() }
    }

    /// Layers with ξ unbounded.
    fn layers_with_infinite_rates(&self) -> Vec<usize> {
        (1..=self.depth()).filter(|layer| self.schedules[layer - 1].exponent() < 0.0).collect()
    }
}

/// "φ₁′, φ₂′"; nothing of no layer.
fn symbols(letter: &str, mark: &str, layers: Vec<usize>) -> String {
    let named: Vec<String> =
        layers.into_iter().map(|layer| format!("{letter}{}{mark}", lowered(layer))).collect();
    named.join(", ")
}

/// A number in subscript digits.
fn lowered(number: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    number.to_string().chars().filter_map(|digit| DIGITS.get(digit.to_digit(10)? as usize)).collect()
}

#[cfg(test)]
mod tests {
    use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
    use meanfield_model::loss::Loss;
    use meanfield_run::schedule::Schedule;

    use super::*;
    use crate::activation::LayerActivation;
    use crate::architecture::LayerSchedule;

    const HUBER: Loss = Loss::Huber { threshold: 1.0 };

    fn smooth(shape: Shape) -> LayerActivation {
        Activation::Smooth(Smooth { shape, place: Placement::default() }).into()
    }

    fn relu() -> LayerActivation {
        Activation::PiecewiseLinear(PiecewiseLinear::relu()).into()
    }

    /// What is said of these activations, before the words that all have in common.
    fn said(activations: Vec<LayerActivation>, loss: Loss) -> Vec<String> {
        let schedules = vec![LayerSchedule::PLAIN; activations.len()];
        let words = Architecture::new(activations, loss, schedules).expect("valid").departures();
        let fault = words.iter().map(|words| words.strip_suffix(": Assumption 1 of the paper does not hold"));
        fault.map(|fault| fault.expect("the same words").to_owned()).collect()
    }

    #[test]
    fn the_papers_own_example_departs_nowhere() {
        for depth in [2, 3, 4, 12] {
            let mut activations = vec![smooth(Shape::Tanh); depth];
            activations[depth - 1] = LayerActivation::Identity;
            for loss in [HUBER, Loss::Logistic, Loss::Welsch { scale: 1.0 }] {
                assert!(said(activations.clone(), loss).is_empty(), "{depth} {loss:?}");
            }
            let squared = said(activations, Loss::Squared);
            assert_eq!(squared.len(), usize::from(depth != 3), "{squared:?}");
        }
    }

    #[test]
    fn a_straight_line_has_no_kinks() {
        let place = Placement { height: 2.0, gain: 3.0, offset: 0.5, constant: 0.0 };
        let line = PiecewiseLinear::identity().placed(&place).expect("a line");
        let last: LayerActivation = Activation::PiecewiseLinear(line).into();
        assert!(said(vec![smooth(Shape::Tanh), smooth(Shape::Erf), last], HUBER).is_empty());
    }

    #[test]
    fn layers_are_named_by_what_is_wrong_with_them() {
        let tanh = smooth(Shape::Tanh);
        let first = vec![relu(), tanh.clone(), LayerActivation::Identity];
        assert_eq!(said(first, HUBER), ["φ₁ unbounded", "φ₁ with kinks"]);
        let all = vec![relu(), relu(), relu()];
        assert_eq!(said(all, HUBER), ["φ₁, φ₂ unbounded", "φ₁, φ₂, φ₃ with kinks", "φ₂′, φ₃′ with zeros"]);
        let softplus = vec![tanh.clone(), smooth(Shape::Softplus), smooth(Shape::Softplus)];
        assert_eq!(said(softplus, HUBER), ["φ₂ unbounded"]);
    }

    #[test]
    fn slopes_may_vanish_but_in_the_last_layer_and_the_second_of_three() {
        let cosine = smooth(Shape::Cosine);
        let last = LayerActivation::Identity;
        assert_eq!(said(vec![cosine.clone(), cosine.clone(), last.clone()], HUBER), ["φ₂′ with zeros"]);
        assert!(said(vec![cosine.clone(), cosine.clone(), cosine.clone(), last], HUBER).is_empty());
        assert_eq!(said(vec![cosine.clone(), cosine], HUBER), ["φ₂′ with zeros"]);
    }

    #[test]
    fn a_rate_must_be_bounded_where_a_layer_is_trained() {
        let steep = Schedule::Power { exponent: -0.25 };
        let trained = LayerSchedule::Trained { factor: 1.0, schedule: steep };
        let activations = vec![smooth(Shape::Tanh), smooth(Shape::Tanh), LayerActivation::Identity];
        let schedules = vec![LayerSchedule::Frozen, trained, trained];
        let found = Architecture::new(activations, HUBER, schedules).expect("valid").departures();
        assert_eq!(found, ["ξ₂, ξ₃ infinite at t = 0: Assumption 1 of the paper does not hold"]);
    }
}
