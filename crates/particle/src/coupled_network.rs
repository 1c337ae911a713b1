//! A finite network coupled to its limit, as in the proof of MMN's Theorem 3: beside each neuron θ_i^k goes a
//! copy θ̄_i that begins at the same θ_i^0 and follows the limit's own velocity field,
//! dθ̄_i/dt = −2ξ ∇Ψ(θ̄_i; ρ_t). How far neurons are from their copies is reported.
//!
//! By the symmetry of the data each block of a copy keeps its direction, and its length is a reduced
//! coordinate: copies are tracers of the limit, whose time is s = ∫ξ dt. The limit is solved elsewhere.
//! Neurons are σ(⟨w, x⟩).

use meanfield_run::quantities::{DISTANCE, LARGEST_DISTANCE};
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};
use meanfield_run::traced::TracedLimit;
use ndarray::{Array2, ArrayView1, s};

use crate::finite_network::FiniteNetwork;

/// A network and the copies of its neurons.
pub struct CoupledNetwork {
    network: FiniteNetwork,
    /// Neurons at k = 0, each block divided by its length.
    directions: Array2<f64>,
    limit: Box<dyn TracedLimit>,
}

impl CoupledNetwork {
    /// A network at k = 0, and the limit at s = 0 that `limit` makes with tracers at the given lengths of the
    /// neurons' blocks, neuron by neuron.
    pub fn new(network: FiniteNetwork, limit: impl FnOnce(&[f64]) -> Box<dyn TracedLimit>) -> Self {
        let mut directions = network.weights();
        let mut lengths = Vec::new();
        for mut row in directions.rows_mut() {
            for block in network.setup().data.blocks() {
                let mut part = row.slice_mut(s![block]);
                let length = part.dot(&part).sqrt();
                part.mapv_inplace(|w| if length > 0.0 { w / length } else { 0.0 });
                lengths.push(length);
            }
        }
        Self { limit: limit(&lengths), network, directions }
    }

    /// The copies θ̄_i at the time that the limit has reached, shape (neuron, D).
    pub fn copies(&self) -> Array2<f64> {
        let mut copies = self.directions.clone();
        let mut lengths = self.limit.tracers().iter();
        for mut row in copies.rows_mut() {
            for (block, length) in self.network.setup().data.blocks().zip(&mut lengths) {
                row.slice_mut(s![block]).mapv_inplace(|direction| length * direction);
            }
        }
        copies
    }

    /// (1/N Σ |θ_i − θ̄_i|²)^½ and max_i |θ_i − θ̄_i|.
    fn distances(&self) -> (f64, f64) {
        let apart = self.network.weights() - self.copies();
        let squares: Vec<f64> = apart.rows().into_iter().map(|row: ArrayView1<f64>| row.dot(&row)).collect();
        let mean = squares.iter().sum::<f64>() / squares.len() as f64;
        // NaN where a weight is none.
        let largest = squares.iter().fold(0.0, |a: f64, b: &f64| if *b > a || b.is_nan() { *b } else { a });
        (mean.sqrt(), largest.sqrt())
    }

    /// Takes the copies towards the time of the network.
    fn follow(&mut self) -> Result<Stride, RunError> {
        let time = self.network.time();
        let clock = self.network.setup().schedule.clock(time);
        self.limit.advance(clock).map_err(|error: RunError| match error {
            RunError::Failed { what, .. } => RunError::Failed { time, what },
            other => other,
        })
    }
}

impl System for CoupledNetwork {
    fn time(&self) -> f64 {
        self.network.time()
    }

    fn step(&self) -> Option<u64> {
        self.network.step()
    }

    /// The network first, then the copies.
    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        match self.network.advance(until)? {
            Stride::Underway => Ok(Stride::Underway),
            Stride::Reached => self.follow(),
        }
    }

    fn observe(&self) -> Observation {
        let mut observation = self.network.observe();
        let (distance, largest) = self.distances();
        observation.scalars.push(Scalar::new(DISTANCE, distance));
        observation.scalars.push(Scalar::new(LARGEST_DISTANCE, largest));
        observation
    }

    fn work(&self) -> u64 {
        self.network.work()
    }

    fn use_threads(&mut self, threads: usize) {
        self.network.use_threads(threads);
    }

    fn save(&self) -> State {
        State::join(&[self.network.save(), self.limit.save()])
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().unwrap_or_default();
        let [network, limit] = &parts[..] else {
            let what = format!("{} states for a network and its limit", parts.len());
            return Err(RunError::Checkpoint(what));
        };
        self.limit.restore(limit)?;
        self.network.restore(network)
    }
}
