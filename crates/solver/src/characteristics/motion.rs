//! The velocity field of atoms and tracers, −2 f ∇Ψ. No step is made here.

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::Flow;

/// The velocity field of the atoms.
pub(super) struct Motion<const D: usize, L> {
    pub landscape: L,
    pub weights: Vec<f64>,
    /// Number of tracers, whose positions follow those of the atoms.
    pub tracers: usize,
    /// Lower end of each coordinate's range.
    pub lower: [f64; D],
    /// ∇φ_k at the atoms and the tracers, one by one, of the last evaluation.
    pub gradients: Vec<[f64; D]>,
}

impl<const D: usize, L> Motion<D, L> {
    /// The atoms at these positions, moved into the range: position and weight of each.
    pub fn atoms(&self, positions: &[f64]) -> impl Iterator<Item = ([f64; D], f64)> {
        self.points(positions).take(self.weights.len())
    }

    /// The atoms, and after them the tracers, whose weight is 0.
    pub fn points(&self, positions: &[f64]) -> impl Iterator<Item = ([f64; D], f64)> {
        (0..self.count()).map(move |i: usize| {
            let position = std::array::from_fn(|c| positions[i * D + c].max(self.lower[c]));
            (position, self.weight(i))
        })
    }

    /// Number of atoms and tracers.
    pub fn count(&self) -> usize {
        self.weights.len() + self.tracers
    }

    fn weight(&self, point: usize) -> f64 {
        self.weights.get(point).copied().unwrap_or(0.0)
    }
}

impl<const D: usize, L: Landscape<D>> Motion<D, L> {
    /// Evaluates the gradients at all atoms and tracers; returns the moments.
    fn evaluate(&mut self, positions: &[f64]) -> Vec<f64> {
        let mut gradients = std::mem::take(&mut self.gradients);
        gradients.clear();
        let moments = self
            .landscape
            .moments_and_gradients(&mut self.points(positions), &mut |of_atom: &[[f64; D]]| {
                gradients.extend_from_slice(of_atom)
            });
        self.gradients = gradients;
        moments
    }
}

impl<const D: usize, L: Landscape<D>> Flow for Motion<D, L> {
    fn rate(&mut self, _: f64, positions: &[f64], rate: &mut [f64]) -> f64 {
        let moments = self.evaluate(positions);
        let mut coefficients = vec![0.0; moments.len()];
        self.landscape.potential_coefficients(&moments, &mut coefficients);
        let mobility = self.landscape.structure().mobility;
        let mut dissipation = 0.0;
        for (i, gradients) in self.gradients.chunks_exact(moments.len()).enumerate() {
            for c in 0..D {
                let slope: f64 =
                    coefficients.iter().zip(gradients).map(|(k, gradient)| k * gradient[c]).sum();
                let held = positions[i * D + c] <= self.lower[c] && slope > 0.0;
                rate[i * D + c] = if held { 0.0 } else { -2.0 * mobility[c] * slope };
                dissipation -= 2.0 * self.weight(i) * rate[i * D + c] * slope;
            }
        }
        rate[D * self.count()] = dissipation;
        f64::INFINITY
    }

    fn controlled(&self, length: usize) -> usize {
        length - 1
    }

    fn project(&self, state: &mut [f64]) {
        for (i, z) in state[..D * self.count()].iter_mut().enumerate() {
            *z = z.max(self.lower[i % D]);
        }
    }
}
