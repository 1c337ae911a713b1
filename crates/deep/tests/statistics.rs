//! Statistics of hidden layers: spreads, spectra, essential suprema.
#![allow(clippy::print_stderr)] // what is measured is worth seeing

mod problems;

use meanfield_deep::atoms::Atoms;
use meanfield_deep::latents::LatentSeries;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::limit::Limit;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::start::Start;
use meanfield_deep::statistics::{
    LargestSpeed, diversity_spectrum, essential_suprema, last_layer_speeds, pre_activations, spread,
};
use meanfield_model::loss::Loss;
use ndarray::{Array2, array};

use problems::{STANDARD, independent, problem};

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
    // H_1 is linear in x, of two coordinates.
    assert!(spectrum[1] > 1e-2 && spectrum[2] < 1e-12, "{spectrum:?}");
    // Σ_x w_x |x|², for standard normal weights.
    let size: f64 = problem.data.inputs().rows().into_iter().map(|x| x.dot(&x) / 40.0).sum();
    assert!((square - size).abs() < 1e-4 * size, "{square} {size}");
    // Layer 2 begins without spread.
    assert!(spread(&h[1], &atoms.shares[1], weights) < 1e-12);
}

#[test]
fn suprema_are_over_atoms_and_probes() {
    let problem = problem(3, Loss::Squared);
    let probes = [array![[0.0, 9.0], [0.0, -9.0], [20.0, 0.0]], Array2::zeros((0, 1))];
    let mut limit = Limit::with_probes(problem.clone(), &independent(3), &Resolution::default(), &probes)
        .expect("converges");
    let found = essential_suprema(&mut limit);
    assert_eq!(found.len(), 2);
    let gradients = limit.flow_mut().gradients();
    let shares = limit.flow().shares().to_vec();
    let acting = limit.acting()[0];
    let by_hand = (0..acting)
        .map(|c| gradients[1].row(c).iter().zip(&shares[1]).map(|(g, q)| q * g.abs()).sum::<f64>());
    let expected = by_hand.fold(0.0, f64::max);
    assert!((found[0].support - expected).abs() < 1e-13);
    assert!(found[0].probes > 0.0);
    assert_eq!(found[1].probes, 0.0);
    limit.advance(20.0).expect("smooth");
    let later = essential_suprema(&mut limit);
    assert!(later[0].support < 0.2 * found[0].support, "{later:?} {found:?}");
    let LargestSpeed { support, .. } = later[1];
    let (speeds, h) = last_layer_speeds(&mut limit, problem.data.inputs().view());
    let largest = speeds.iter().fold(0.0_f64, |largest, speed| largest.max(speed.abs()));
    assert!((largest - support).abs() < 1e-13);
    assert_eq!(h.dim(), (40, speeds.len()));
}
