//! Activations σ and what the mean-field potentials need of them.
//!
//! A neuron of weight w has the input z = ⟨w,x⟩ + b ~ N(b, S²). Its Hermite coefficients
//! q_n(b, S) = E[σ(SG + b) h_n(G)], G ~ N(0,1), h_n orthonormal, carry everything about σ into the
//! potentials; the second moment E σ² closes the series where it converges slowly.
//! No data model, no network here.

mod cosine;
mod hinges;
mod input;
mod interpolated;
mod noisy;
mod panels;
mod piecewise_linear;
mod placement;
mod polynomial;
mod shape;
mod smooth;
mod together;

pub use hinges::{Hinged, LEAST_COSINE};
pub use input::Input;
pub use interpolated::{Interpolated, InterpolationError, ScalarFunction};
pub use noisy::NoisyPairs;
pub use piecewise_linear::{KnotError, PiecewiseLinear};
pub use placement::Placement;
pub use polynomial::{HIGHEST, Polynomial, PolynomialError};
pub use shape::Shape;
pub use smooth::Smooth;

/// The activations that exist. To add a smooth one: a variant of [`Shape`]; another form: a file beside
/// these, a variant, an arm in each method.
///
/// ```
/// use meanfield_model::activation::{Activation, PiecewiseLinear};
///
/// // Straight lines through (0.5, −2.5) and (1.5, 7.5), level outside.
/// let sigma = Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?);
/// assert_eq!([0.0, 1.0, 2.0].map(|z| sigma.value(z)), [-2.5, 2.5, 7.5]);
/// // Its mean over inputs N(1, 2²) is 2.5 by symmetry.
/// assert!((sigma.mean(1.0, 2.0) - 2.5).abs() < 1e-12);
/// # Ok::<(), meanfield_model::activation::KnotError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Activation {
    /// Straight pieces between knots and outside of them.
    PiecewiseLinear(PiecewiseLinear),
    /// An analytic shape.
    Smooth(Smooth),
    /// Powers of z.
    Polynomial(Polynomial),
    /// Any function, by pieces of polynomials.
    Interpolated(Interpolated),
}

impl Activation {
    /// σ(z).
    pub fn value(&self, z: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.value(z),
            Self::Smooth(sigma) => sigma.value(z),
            Self::Polynomial(sigma) => sigma.value(z),
            Self::Interpolated(sigma) => sigma.value(z),
        }
    }

    /// σ'(z); at a kink, from the right.
    pub fn slope(&self, z: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.slope(z),
            Self::Smooth(sigma) => sigma.slope(z),
            Self::Polynomial(sigma) => sigma.slope(z),
            Self::Interpolated(sigma) => sigma.slope(z),
        }
    }

    /// Where σ bends most, and over which length: sampling of offsets is dense there.
    pub fn bends(&self) -> (Vec<f64>, f64) {
        match self {
            Self::PiecewiseLinear(sigma) => (sigma.kinks(), 0.0),
            Self::Smooth(sigma) => (vec![-sigma.place.offset / sigma.place.gain], 1.0 / sigma.place.gain),
            Self::Polynomial(_) => (vec![0.0], 1.0),
            Self::Interpolated(sigma) => (sigma.breaks().into_iter().chain([0.0]).collect(), 1.0),
        }
    }

    /// Whether |σ| grows faster than |z|: steps of SGD that are too long then diverge.
    pub fn outgrows_lines(&self) -> bool {
        match self {
            Self::PiecewiseLinear(_) | Self::Smooth(_) => false,
            Self::Polynomial(sigma) => sigma.degree() > 1,
            Self::Interpolated(sigma) => sigma.outgrows_lines(),
        }
    }

    /// σ and σ' of many inputs at once: the inner loop of training, inlined where it is called.
    #[inline(always)]
    pub fn evaluate(&self, z: &[f64], value: &mut [f64], slope: &mut [f64]) {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.evaluate(z, value, slope),
            Self::Smooth(sigma) => sigma.evaluate(z, value, slope),
            Self::Polynomial(sigma) => sigma.evaluate(z, value, slope),
            Self::Interpolated(sigma) => sigma.evaluate(z, value, slope),
        }
    }

    /// q_n(b, S) and ∂q_n/∂S for n = 0 … len − 1, with `offset` b and `scale` S ≥ 0.
    pub fn hermite_coefficients(&self, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.hermite_coefficients(offset, scale, q, dq),
            Self::Smooth(sigma) => sigma.hermite_coefficients(offset, scale, q, dq),
            Self::Polynomial(sigma) => sigma.hermite_coefficients(offset, scale, q, dq),
            Self::Interpolated(sigma) => sigma.hermite_coefficients(offset, scale, q, dq),
        }
    }

    /// E σ(SG + b)².
    pub fn second_moment(&self, offset: f64, scale: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.second_moment(offset, scale),
            Self::Smooth(sigma) => sigma.second_moment(offset, scale),
            Self::Polynomial(sigma) => sigma.second_moment(offset, scale),
            Self::Interpolated(sigma) => sigma.second_moment(offset, scale),
        }
    }

    /// E σ(SG + b) = q_0(b, S).
    pub fn mean(&self, offset: f64, scale: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => {
                let mut q = [0.0];
                let mut dq = [0.0];
                sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
                q[0]
            }
            Self::Smooth(sigma) => sigma.mean(offset, scale),
            Self::Polynomial(sigma) => sigma.mean(offset, scale),
            Self::Interpolated(sigma) => sigma.mean(offset, scale),
        }
    }

    /// E σ'(SG + b) = ∂q_0/∂b = q_1/S, without the division.
    pub fn mean_slope(&self, offset: f64, scale: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.mean_slope(offset, scale),
            Self::Smooth(sigma) => sigma.mean_slope(offset, scale),
            Self::Polynomial(sigma) => sigma.mean_slope(offset, scale),
            Self::Interpolated(sigma) => sigma.mean_slope(offset, scale),
        }
    }

    /// E σ(xζ)^`power` for power 1 or 2 and its derivative, ζ one coordinate of a uniform point of S^{d−1},
    /// where σ oscillates so often that a closed form must take the place of quadrature.
    pub fn power_on_sphere(&self, power: i32, x: f64, dimension: usize) -> Option<(f64, f64)> {
        match self {
            Self::Smooth(Smooth { shape: Shape::Cosine, place }) => {
                cosine::power_on_sphere(*place, power, x, dimension)
            }
            Self::Polynomial(sigma) => Some(sigma.power_on_sphere(power, x, dimension)),
            Self::PiecewiseLinear(_) | Self::Smooth(_) | Self::Interpolated(_) => None,
        }
    }

    /// Whether Gaussian means of σ are closed forms, which need no table.
    pub fn has_closed_means(&self) -> bool {
        match self {
            Self::PiecewiseLinear(_) | Self::Polynomial(_) => true,
            Self::Smooth(sigma) => sigma.shape == Shape::Cosine,
            Self::Interpolated(_) => false,
        }
    }

    /// Where σ' or a higher derivative jumps: quadrature must be split there.
    pub fn kinks(&self) -> Vec<f64> {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.kinks(),
            Self::Smooth(_) | Self::Polynomial(_) => Vec::new(),
            Self::Interpolated(sigma) => sigma.breaks(),
        }
    }

    /// Where quadrature is split beside what [`bandwidth`](Self::bandwidth) asks for: at kinks; of a function
    /// that was read into pieces, at the ends of all.
    pub fn panel_ends(&self) -> Vec<f64> {
        match self {
            Self::PiecewiseLinear(_) | Self::Smooth(_) | Self::Polynomial(_) => self.kinks(),
            Self::Interpolated(sigma) => sigma.panel_ends(),
        }
    }

    /// Whether σ' jumps at z = 0: the potential of a centred law then does not level off at w = 0, and
    /// neurons come to rest there.
    pub fn bends_at_zero(&self) -> bool {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.bends_at_zero(),
            Self::Smooth(_) | Self::Polynomial(_) => false,
            Self::Interpolated(sigma) => sigma.bends_at_zero(),
        }
    }

    /// Whether σ(cz) = c σ(z) for every c ≥ 0, as of ReLU.
    pub fn is_homogeneous(&self) -> bool {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.is_homogeneous(),
            Self::Smooth(_) | Self::Polynomial(_) | Self::Interpolated(_) => false,
        }
    }

    /// Whether σ stays between two numbers.
    pub fn is_bounded(&self) -> bool {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.is_bounded(),
            Self::Smooth(sigma) => sigma.shape.is_bounded(),
            Self::Polynomial(sigma) => sigma.degree() == 0,
            Self::Interpolated(sigma) => sigma.is_bounded(),
        }
    }

    /// Whether σ' is continuous.
    pub fn is_smooth(&self) -> bool {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.is_straight(),
            Self::Smooth(_) | Self::Polynomial(_) => true,
            Self::Interpolated(sigma) => sigma.is_smooth(),
        }
    }

    /// Whether σ' is 0 somewhere. (That of tanh is only by rounding.)
    pub fn has_stationary_points(&self) -> bool {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.has_level_pieces(),
            Self::Smooth(sigma) => sigma.place.height == 0.0 || sigma.shape.has_stationary_points(),
            Self::Polynomial(sigma) => sigma.has_stationary_points(),
            Self::Interpolated(sigma) => sigma.has_stationary_points(),
        }
    }

    /// Frequency beyond which the smooth part of σ has nothing: quadrature must resolve it. 0 for straight
    /// pieces and for powers, which any panel resolves, and where [panels](Self::panel_ends) do.
    pub fn bandwidth(&self) -> f64 {
        match self {
            Self::PiecewiseLinear(_) | Self::Polynomial(_) | Self::Interpolated(_) => 0.0,
            Self::Smooth(sigma) => sigma.place.gain * sigma.shape.bandwidth(),
        }
    }

    /// The interval of |z| in which σ bends between its [panels](Self::panel_ends); elsewhere it consists of
    /// straight lines, to rounding, or panels resolve it.
    pub fn bend(&self) -> [f64; 2] {
        match self {
            Self::PiecewiseLinear(_) | Self::Interpolated(_) => [0.0; 2],
            Self::Smooth(sigma) => sigma.bend(),
            Self::Polynomial(_) => [0.0, f64::INFINITY],
        }
    }

    /// Size of the terms that make up σ(z) for |z| up to `scale`, which may cancel: rounding is relative to
    /// it.
    pub fn terms(&self, scale: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.terms(scale),
            Self::Smooth(sigma) => {
                sigma.place.height.abs() * (1.0 + sigma.place.offset.abs()) + sigma.place.constant.abs()
            }
            Self::Polynomial(sigma) => sigma.terms(scale),
            Self::Interpolated(sigma) => sigma.terms(scale),
        }
    }
}

impl From<PiecewiseLinear> for Activation {
    fn from(pieces: PiecewiseLinear) -> Self {
        Self::PiecewiseLinear(pieces)
    }
}

impl From<Smooth> for Activation {
    fn from(smooth: Smooth) -> Self {
        Self::Smooth(smooth)
    }
}

#[cfg(test)]
pub(crate) mod examples {
    use super::*;

    /// MMN's activation of Fig. 1.
    pub fn figure_1() -> Activation {
        Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"))
    }

    /// Every form and shape there is: MMN's two, those with a name, one with σ(0) = 0 by cancellation, and
    /// each smooth one (placed so that V does not vanish).
    pub fn all() -> Vec<Activation> {
        let kinked = [
            PiecewiseLinear::new(vec![[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]]).expect("valid"),
            PiecewiseLinear::new(vec![[-0.3, -0.3], [1.0, 1.0]]).expect("valid"),
            PiecewiseLinear::relu(),
            PiecewiseLinear::leaky_relu(0.1),
            PiecewiseLinear::hard_tanh(),
        ];
        let place = Placement { height: 5.0, gain: 1.3, offset: 1.0, constant: -1.5 };
        let smooth = Shape::ALL.into_iter().map(|shape| Activation::Smooth(Smooth { shape, place }));
        let kinked = kinked.into_iter().map(Activation::PiecewiseLinear);
        let polynomial = Polynomial::new(&[0.4, -1.0, 0.3, 0.2]).expect("valid");
        let others = [Activation::Polynomial(polynomial), interpolated()];
        std::iter::once(figure_1()).chain(kinked).chain(smooth).chain(others).collect()
    }

    /// tanh, a line and a kink.
    struct Bent;

    impl ScalarFunction for Bent {
        fn text(&self) -> &str {
            "2*tanh(1.2*z - 0.3) + 0.1*z + max(z - 0.4, 0)"
        }

        fn value_and_slope(&self, z: f64) -> (f64, f64) {
            let tanh = (1.2 * z - 0.3).tanh();
            let kink = if z >= 0.4 { 1.0 } else { 0.0 };
            (2.0 * tanh + 0.1 * z + kink * (z - 0.4), 2.4 * (1.0 - tanh * tanh) + 0.1 + kink)
        }
    }

    /// A smooth one that never ends to bend.
    struct Wave;

    impl ScalarFunction for Wave {
        fn text(&self) -> &str {
            "tanh(z) + 0.2*sin(3*z)"
        }

        fn value_and_slope(&self, z: f64) -> (f64, f64) {
            let tanh = z.tanh();
            (tanh + 0.2 * (3.0 * z).sin(), 1.0 - tanh * tanh + 0.6 * (3.0 * z).cos())
        }
    }

    /// One that was read from a function without kinks.
    pub fn read_smooth() -> Activation {
        Activation::Interpolated(Interpolated::new(std::sync::Arc::new(Wave)).expect("smooth enough"))
    }

    /// One that was read from a function.
    pub fn interpolated() -> Activation {
        Activation::Interpolated(Interpolated::new(std::sync::Arc::new(Bent)).expect("smooth enough"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_slope_is_the_slope_of_the_mean() {
        let step = 1e-5;
        for sigma in examples::all() {
            for (offset, scale) in [(0.3, 0.15), (-1.1, 0.8), (0.7, 12.0)] {
                let exact = sigma.mean_slope(offset, scale);
                let rise = sigma.mean(offset + step, scale) - sigma.mean(offset - step, scale);
                // Truncation step²/6 · |∂³q_0| ≲ 2e-11 · 10⁴, rounding 1e-14/step.
                assert!((exact - rise / (2.0 * step)).abs() < 1e-6, "{sigma:?} ({offset}, {scale})");
                let mut q = [0.0; 2];
                let mut dq = [0.0; 2];
                sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
                assert!((exact - q[1] / scale).abs() < 1e-12, "{sigma:?} ({offset}, {scale})");
            }
            // No spread: the slope itself.
            let error = sigma.mean_slope(0.7, 0.0) - sigma.slope(0.7);
            assert!(error.abs() < 1e-13, "{sigma:?} {error:.1e}");
        }
    }
}
