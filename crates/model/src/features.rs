//! The features φ_k of a neuron: the functions of its reduced coordinates through which it meets the data.
//!
//! The kernel U and the external potential V of a neuron are low-rank forms in them; which form is the
//! [`Energy`](crate::energy::Energy)'s. No law and no loss here.

/// The features of a neuron in D reduced coordinates.
///
/// No method has a default: a wrapper that forgets one does not compile.
pub trait Features<const D: usize>: Send + Sync {
    /// Number of features.
    fn rank(&self) -> usize;

    /// φ_k(z) and ∇φ_k(z) for every k; both slices have length `rank`.
    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]);

    /// φ_k(z) alone: what a grid asks for at every cell, whenever it has moved.
    fn values(&self, z: [f64; D], values: &mut [f64]);

    /// U(θ, θ) for a neuron θ at z.
    fn self_interaction(&self, z: [f64; D]) -> f64;

    /// ∫ E[σ_*² | k] dρ for every k over the points (z, mass) of a law, where φ_k is the mean output at a
    /// node k of the data; None (and no point taken) where features are no outputs. Losses that are not
    /// quadratic ask for it.
    fn squared_outputs(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>>;

    /// The truncation error of U(θ, θ') for neurons up to z, a bound or an estimate; 0 where they are
    /// exact.
    fn truncation(&self, z: [f64; D]) -> f64;

    /// Properties that solvers may rely on.
    fn structure(&self) -> Structure<D>;
}

/// Properties that solvers may rely on beyond the values of the features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Structure<const D: usize> {
    /// Whether every feature is the first coordinate times a function of the others: an outer weight.
    pub has_outer_weight: bool,
    /// Whether mass may come to rest at the lower end of each coordinate: Ψ need not level off there.
    pub rests_at_lower_end: [bool; D],
    /// How readily each coordinate follows: dz/ds = −2 · mobility · ∂Ψ, and so its noise.
    pub mobility: [f64; D],
    /// Whether moments are seen less those at the start ([`crate::lazy`]): the bias of independent neurons
    /// then depends on where each began, which a law does not know.
    pub is_less_its_start: bool,
}

impl<const D: usize> Structure<D> {
    /// Nothing in particular: no outer weight, no mass at rest at an end, a mobility of 1, moments as they
    /// are.
    pub const PLAIN: Self = Self {
        has_outer_weight: false,
        rests_at_lower_end: [false; D],
        mobility: [1.0; D],
        is_less_its_start: false,
    };
}

/// [`Features::values`] by way of the gradients, for features that have no shorter way.
pub fn values_with_gradients<const D: usize>(
    features: &(impl Features<D> + ?Sized),
    z: [f64; D],
    values: &mut [f64],
) {
    features.features(z, values, &mut vec![[0.0; D]; features.rank()]);
}

/// A type that has the features of a part of itself; it implements [`Features`] by that alone.
pub trait AsFeatures<const D: usize> {
    /// The part.
    fn as_features(&self) -> &dyn Features<D>;
}

impl<const D: usize, T: AsFeatures<D> + Send + Sync> Features<D> for T {
    fn rank(&self) -> usize {
        self.as_features().rank()
    }

    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]) {
        self.as_features().features(z, values, gradients);
    }

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        self.as_features().values(z, values);
    }

    fn self_interaction(&self, z: [f64; D]) -> f64 {
        self.as_features().self_interaction(z)
    }

    fn squared_outputs(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        self.as_features().squared_outputs(points)
    }

    fn truncation(&self, z: [f64; D]) -> f64 {
        self.as_features().truncation(z)
    }

    fn structure(&self) -> Structure<D> {
        self.as_features().structure()
    }
}
