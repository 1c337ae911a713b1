//! Statistics of hidden layers: spreads, spectra, largest gradients.

use meanfield_deep::atoms::Atoms;
use meanfield_deep::data::DataPoints;
use meanfield_deep::engine::{Engine, Neurons, Points};
use meanfield_deep::latents::LatentSeries;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::limit::Limit;
use meanfield_deep::optimality::{largest_gradient_anywhere, largest_gradients};
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::start::Start;
use meanfield_deep::statistics::{diversity_spectrum, effective_dimension, pre_activations, spread};
use meanfield_model::loss::Loss;
use ndarray::{Array2, array};

use crate::problems::{STANDARD, independent, problem, problem_on};

/// Root mean square over seeds of the spread of a layer in networks at t = 0.
fn spread_of_networks(start: &Start, width: usize, layer: usize) -> f64 {
    let problem = problem(4, Loss::Squared);
    let mut square = 0.0;
    for seed in 0..12 {
        let atoms = Atoms::network(start.network(&[width; 3], seed).weights).expect("fits");
        let h = pre_activations(&problem.architecture, &atoms, problem.data.inputs().view());
        let weights = problem.data.weights().view();
        square += spread(&h[layer - 1], &atoms.shares[layer - 1], weights).powi(2) / 12.0;
    }
    square.sqrt()
}

#[test]
fn layers_collapse_under_independent_starts_and_not_under_correlated_ones() {
    let series = LatentSeries { terms: 4, scale: 1.0, decay: 1.0 };
    let last = EntryLaw::Normal { mean: 0.5, deviation: 0.5 };
    let correlated = Start::correlated(vec![STANDARD; 2], vec![series; 2], last).expect("valid");
    // First-layer weights with a mean: H_2 does not vanish, and layer 3 has a spread of first order, too.
    let first = EntryLaw::Normal { mean: 0.7, deviation: 1.0 };
    let shifted = Start::independent(vec![first; 2], vec![first; 3]).expect("valid");
    for layer in [2, 3] {
        let slope = |start: &Start| {
            let [narrow, wide] = [100, 400].map(|width| spread_of_networks(start, width, layer));
            (wide / narrow).ln() / 4_f64.ln()
        };
        let found = [slope(&shifted), slope(&correlated)];
        eprintln!("layer {layer}: {found:?}");
        assert!((found[0] + 0.5).abs() < 0.05, "layer {layer}: {found:?}");
        // What finite widths add to it falls.
        assert!(found[1].abs() < 0.2, "layer {layer}: {found:?}");
    }
}

#[test]
fn the_spectrum_adds_up_to_the_spread() {
    let problem = problem(3, Loss::Squared);
    let limit = Limit::new(problem.clone(), &independent(3), &Resolution::default()).expect("converges");
    let atoms = limit.atoms();
    let h = pre_activations(&problem.architecture, &atoms, problem.data.inputs().view());
    let weights = problem.data.weights().view();
    let spectrum = diversity_spectrum(&h[0], &atoms.shares[0], weights);
    let square = spread(&h[0], &atoms.shares[0], weights).powi(2);
    assert!((spectrum.iter().sum::<f64>() - square).abs() < 1e-12);
    let trace = spectrum.iter().sum::<f64>();
    let dimension = trace * trace / spectrum.iter().map(|x| x * x).sum::<f64>();
    let found = effective_dimension(&h[0], &atoms.shares[0], weights);
    assert!((found - dimension).abs() < 1e-9, "{found} {dimension}");
    // H_1 is linear in x, of two coordinates.
    assert!(spectrum[1] > 1e-2 && spectrum[2] < 1e-12, "{spectrum:?}");
    // Σ_x w_x |x|², for standard normal weights.
    let size: f64 = problem.data.inputs().rows().into_iter().map(|x| x.dot(&x) / 40.0).sum();
    assert!((square - size).abs() < 1e-4 * size, "{square} {size}");
    // Layer 2 begins without spread.
    assert!(spread(&h[1], &atoms.shares[1], weights) < 1e-12);
}

/// G_1 … G_L of a limit now, and the engine that has computed them.
fn gradients(limit: &Limit) -> (Engine, Vec<Array2<f64>>) {
    let problem = limit.flow().problem().clone();
    let mut engine = Engine::new(problem.architecture.clone());
    let weights = limit.flow().weights();
    let mut gradients: Vec<Array2<f64>> = weights.iter().map(|w| Array2::zeros(w.dim())).collect();
    let mut views: Vec<_> = gradients.iter_mut().map(|gradient| gradient.view_mut()).collect();
    let neurons = Neurons { weights: &weights, shares: limit.flow().shares() };
    engine.gradient(neurons, Points::from(&*problem.data), &mut views);
    (engine, gradients)
}

#[test]
fn largest_gradients_are_over_acting_neurons() {
    let problem = problem(3, Loss::Squared);
    let probes = [array![[0.0, 9.0], [0.0, -9.0], [20.0, 0.0]], Array2::zeros((0, 1))];
    let limit = Limit::with_probes(problem, &independent(3), &Resolution::default(), &probes);
    let mut limit = limit.expect("converges");
    let (_, gradients_at_start) = gradients(&limit);
    let shares = limit.flow().shares().to_vec();
    let found = largest_gradients(&gradients_at_start, &shares);
    let acting = limit.acting()[0];
    let by_hand = (0..acting)
        .map(|c| gradients_at_start[1].row(c).iter().zip(&shares[1]).map(|(g, q)| q * g.abs()).sum::<f64>());
    assert!((found[0] - by_hand.fold(0.0, f64::max)).abs() < 1e-13);
    assert_eq!(found.len(), 2);
    limit.advance(20.0).expect("smooth");
    let later = largest_gradients(&gradients(&limit).1, &shares);
    assert!(later[0] < 0.2 * found[0], "{later:?} {found:?}");
}

/// y = x_1 + x_2² on a symmetric grid: a first layer that sees x_1 alone keeps to it.
#[test]
fn a_gradient_off_the_support_shows_what_the_first_layer_does_not_see() {
    let axis = [-1.0, -0.5, 0.0, 0.5, 1.0];
    let inputs = Array2::from_shape_fn((25, 3), |(i, k)| [axis[i / 5], axis[i % 5], 1.0][k]);
    let labels = inputs.rows().into_iter().map(|x| x[0] + x[1] * x[1]).collect();
    let problem = problem_on(DataPoints::uniform(inputs, labels).expect("valid"), 3, Loss::Squared);
    let blind = EntryLaw::Constant { value: 0.0 };
    let start = |second: EntryLaw| {
        let first = vec![STANDARD, second, STANDARD];
        Start::independent(first, vec![EntryLaw::Normal { mean: 0.5, deviation: 1.0 }; 2]).expect("valid")
    };
    let mut ratios = Vec::new();
    for second in [blind, STANDARD] {
        let mut resolution = Resolution::default();
        (resolution.nodes, resolution.tolerance) = (9, 1e-7);
        let mut limit = Limit::new(problem.clone(), &start(second), &resolution).expect("converges");
        limit.advance(30.0).expect("smooth");
        let (engine, gradients) = gradients(&limit);
        let shares = limit.flow().shares();
        let on_support = largest_gradients(&gradients, shares)[0];
        let anywhere = largest_gradient_anywhere(&engine, &problem.data, shares);
        eprintln!("loss {:.2e}, support {on_support:.2e}, anywhere {anywhere:.2e}", limit.loss());
        ratios.push(anywhere / on_support);
    }
    assert!(ratios[0] > 10.0 && ratios[1] < 5.0, "{ratios:?}");
}
