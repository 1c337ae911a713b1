//! A network of few neurons that says what moves each of them: the field of the data −∇V(θ_i), and the
//! repulsion −(1/N) Σ_j ∇₁U(θ_i, θ_j) of all neurons, itself among them. Their sum is −∇Ψ(θ_i; ρ_N): a step
//! of SGD moves a neuron by 2 s_k of it on average. Both are a further law, with the neurons' places.
//!
//! It trains nothing by itself, and knows the squared loss alone: other losses have no such parts.

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::record::FORCES;
use meanfield_run::system::{FurtherLaw, Observation, RunError, State, Stride, System};
use ndarray::{Array1, Array2};

use crate::finite_network::FiniteNetwork;

/// A network, and the landscape on which its neurons move: their reduced coordinates are all parameters.
pub struct DrivenNetwork<const D: usize, L> {
    network: FiniteNetwork,
    landscape: L,
}

impl<const D: usize, L: Landscape<D>> DrivenNetwork<D, L> {
    /// A network at k = 0 whose neurons have D parameters.
    pub fn new(network: FiniteNetwork, landscape: L) -> Self {
        Self { network, landscape }
    }

    /// θ_i, −∇V(θ_i) and −(1/N) Σ_j ∇₁U(θ_i, θ_j) of every neuron.
    pub fn forces(&self) -> Vec<[[f64; D]; 3]> {
        let weights = self.network.weights();
        let share = 1.0 / weights.nrows() as f64;
        let neurons: Vec<[f64; D]> =
            weights.rows().into_iter().map(|row| std::array::from_fn(|c| row[c])).collect();
        let mut gradients = Vec::new();
        let moments = self.landscape.moments_and_gradients(
            &mut neurons.iter().map(|neuron| (*neuron, share)),
            &mut |own: &[[f64; D]]| gradients.push(own.to_vec()),
        );
        let [without, with] = [vec![0.0; moments.len()], moments].map(|moments: Vec<f64>| {
            let mut coefficients = vec![0.0; moments.len()];
            self.landscape.potential_coefficients(&moments, &mut coefficients);
            coefficients
        });
        let of_neurons: Vec<f64> = with.iter().zip(&without).map(|(with, without)| with - without).collect();
        let pairs = neurons.iter().zip(&gradients);
        pairs.map(|(neuron, own)| [*neuron, descent(&without, own), descent(&of_neurons, own)]).collect()
    }
}

/// −Σ_k c_k ∇φ_k.
fn descent<const D: usize>(coefficients: &[f64], gradients: &[[f64; D]]) -> [f64; D] {
    std::array::from_fn(|c| {
        -coefficients.iter().zip(gradients).map(|(own, slope)| own * slope[c]).sum::<f64>()
    })
}

impl<const D: usize, L: Landscape<D>> System for DrivenNetwork<D, L> {
    fn time(&self) -> f64 {
        self.network.time()
    }

    fn step(&self) -> Option<u64> {
        self.network.step()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.network.advance(until)
    }

    fn observe(&self) -> Observation {
        self.network.observe()
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let forces = self.forces();
        let names = self.network.setup().coordinates.names();
        let parts = ["", "field_", "repulsion_"];
        let coordinates = parts.iter().flat_map(|part| names.iter().map(move |name| format!("{part}{name}")));
        let points = Array2::from_shape_fn((forces.len(), 3 * D), |(i, c)| forces[i][c / D][c % D]);
        let weights = Array1::from_elem(forces.len(), 1.0 / forces.len() as f64);
        let measure = Measure::Atoms { points, weights };
        let coordinates = coordinates.collect();
        let own = FurtherLaw { name: FORCES.to_owned(), coordinates, inputs: None, measure };
        self.network.further_laws().into_iter().chain([own]).collect()
    }

    fn work(&self) -> u64 {
        self.network.work()
    }

    fn use_threads(&mut self, threads: usize) {
        self.network.use_threads(threads);
    }

    fn save(&self) -> State {
        self.network.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.network.restore(state)
    }
}
