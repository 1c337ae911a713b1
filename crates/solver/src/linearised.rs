//! The system `linearised`: the limit α → ∞ of the lazy scaling ŷ = α (f − f_0) with steps ε/α². Neurons stay
//! where they start, and outputs are linear in displacements that vanish:
//!
//! ```text
//!   ∂_t ŷ = −2ξ K (ŷ − y),   K(x, x') = ∫ ∇σ_*(x; θ)·∇σ_*(x'; θ) dρ_0,   in moments M = α (m − m(0)):
//!   dM_k/ds = −2 Σ_l G_kl ½ ∂E/∂M_l,   G_kl = ∫ ∇φ_k·f∇φ_l dρ_0,   M(0) = 0,   s = ∫ξ dt
//! ```
//! The residual of a network of symmetric data moves neurons within their reduced coordinates alone, so that
//! gradients there are all of K that acts; f is the mobility of each coordinate (1 for most). For the squared
//! loss a mode of K with eigenvalue λ leaves the risk as e^{−4λs}: ŷ − y decays at 2λ, and the risk is its
//! square. G is a quadrature over the start (atoms on panels), the modes are those of the landscape's own
//! quadrature or series; any loss and any coordinates.
//! It knows no finite α: see [`crate::characteristics`].

use meanfield_model::energy::Energy;
use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::flow::Flow;
use meanfield_run::stepper::adaptive::{AdaptiveStepper, Controller};
use meanfield_run::system::{Observation, RunError, State, Stride, System, stride};
use ndarray::{Array2, ArrayView2, aview1};

use crate::characteristics::Characteristics;
use crate::scalars;

/// Steps in one stride, of so many multiplications that it takes a tenth of a second at most.
const STEPS: usize = 64;
const MULTIPLICATIONS: usize = 10_000_000;
/// First step tried.
const FIRST_STEP: f64 = 1e-4;
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-12;
/// Rows of gradients that are multiplied at a time.
const HELD: usize = 512;

/// Moments that move in the metric of the start.
pub struct Linearised<const D: usize, L> {
    motion: Gradients<L>,
    law: Measure,
    weights: Vec<f64>,
    /// What the kernel leaves out at the outermost atom.
    truncation: f64,
    stepper: AdaptiveStepper,
    controller: Controller,
    /// M, and what has been dissipated: ∫ 4 ⟨½ ∂E/∂M, G ½ ∂E/∂M⟩ ds.
    state: Vec<f64>,
    time: f64,
    first_energy: f64,
}

/// The velocity of the moments.
struct Gradients<L> {
    landscape: L,
    /// G.
    gram: Array2<f64>,
}

impl<L> Gradients<L> {
    /// M.
    fn moments<'a>(&self, state: &'a [f64]) -> &'a [f64] {
        &state[..self.gram.nrows()]
    }
}

impl<L: Energy> Flow for Gradients<L> {
    fn rate(&mut self, _: f64, state: &[f64], rate: &mut [f64]) -> f64 {
        let count = self.gram.nrows();
        let mut coefficients = vec![0.0; count];
        self.landscape.potential_coefficients(self.moments(state), &mut coefficients);
        let coefficients = aview1(&coefficients);
        let pull = self.gram.dot(&coefficients);
        rate.iter_mut().zip(&pull).for_each(|(rate, pull)| *rate = -2.0 * pull);
        rate[count] = 4.0 * coefficients.dot(&pull);
        f64::INFINITY
    }

    fn controlled(&self, length: usize) -> usize {
        length - 1
    }
}

/// ∫ ∇φ_k·f∇φ_l dρ over the points (z, mass).
fn gram<const D: usize, L: Landscape<D>>(
    landscape: &L,
    points: impl Iterator<Item = ([f64; D], f64)>,
) -> Array2<f64> {
    let rank = landscape.rank();
    let mut gram = Array2::zeros((rank, rank));
    let mut values = vec![0.0; rank];
    let mut slopes = vec![[0.0; D]; rank];
    let mut rows = Vec::with_capacity(HELD * rank);
    let mobility = landscape.structure().mobility;
    for (z, mass) in points {
        landscape.features(z, &mut values, &mut slopes);
        for (c, mobility) in mobility.iter().enumerate() {
            let root = (mass * mobility).sqrt();
            rows.extend(slopes.iter().map(|slope| root * slope[c]));
        }
        if rows.len() >= HELD * rank {
            add_products(&mut gram, &mut rows);
        }
    }
    add_products(&mut gram, &mut rows);
    gram
}

/// Adds AᵀA of the rows of A, which are used up.
fn add_products(gram: &mut Array2<f64>, rows: &mut Vec<f64>) {
    let rank = gram.nrows();
    if let Ok(a) = ArrayView2::from_shape((rows.len() / rank.max(1), rank), &rows[..]) {
        ndarray::linalg::general_mat_mul(1.0, &a.t(), &a, 1.0, gram);
    }
    rows.clear();
}

impl<const D: usize, L: Landscape<D> + Clone> Linearised<D, L> {
    /// The linearisation about the present law of atoms; `tolerance` is the largest error of any moment in
    /// one step.
    pub fn new(landscape: &L, atoms: &Characteristics<D, L>, tolerance: f64) -> Self {
        let landscape = landscape.clone();
        let gram = gram(&landscape, atoms.atoms());
        let outermost: [f64; D] =
            std::array::from_fn(|c| atoms.atoms().map(|(z, _)| z[c].abs()).fold(0.0, f64::max));
        let state = vec![0.0; gram.nrows() + 1];
        Self {
            law: atoms.observe().law,
            weights: atoms.atoms().map(|(_, weight)| weight).collect(),
            truncation: landscape.truncation(outermost),
            stepper: AdaptiveStepper::new(state.len()),
            controller: Controller { next_step: FIRST_STEP, tolerance },
            first_energy: landscape.energy(&state[..gram.nrows()]),
            state,
            time: 0.0,
            motion: Gradients { landscape, gram },
        }
    }

    /// One accepted step.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        let longest = until - self.time;
        let shortest = SHORTEST * self.time.max(1.0);
        let Self { stepper, motion, state, controller, time, .. } = self;
        let taken = stepper.step(motion, *time, state, controller, longest, shortest).ok_or_else(|| {
            let what = "the outputs cannot be followed to the tolerance; loosen `tolerance`";
            RunError::Failed { time: *time, what: what.into() }
        })?;
        *time = if taken == longest { until } else { *time + taken };
        Ok(())
    }

    /// R at present.
    pub fn risk(&self) -> f64 {
        self.motion.landscape.risk(self.motion.moments(&self.state))
    }
}

impl<const D: usize, L: Landscape<D> + Clone> System for Linearised<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let steps = (MULTIPLICATIONS / self.motion.gram.len().max(1)).clamp(1, STEPS);
        stride(self, until, steps, |moments| moments.step(until))
    }

    fn next_step(&self) -> Option<f64> {
        Some(self.time + self.controller.next_step)
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.step(until)
    }

    fn observe(&self) -> Observation {
        let energy = self.motion.landscape.energy(self.motion.moments(&self.state));
        let dissipated = self.state[self.motion.gram.nrows()];
        let scalars = vec![
            scalars::free_energy(0.5 * energy),
            scalars::mass_error(&self.weights),
            scalars::energy_residual((energy - self.first_energy + dissipated).abs()),
            scalars::kernel_truncation(self.truncation),
        ];
        Observation { risk: self.risk(), scalars, law: self.law.clone() }
    }

    fn work(&self) -> u64 {
        self.stepper.evaluations
    }

    fn save(&self) -> State {
        let mut reals = vec![self.time, self.controller.next_step];
        reals.extend(&self.state);
        State { integers: Vec::new(), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        match state.reals.split_first_chunk::<2>() {
            Some((&[time, next_step], rest))
                if rest.len() == self.state.len() && rest.iter().all(|number| number.is_finite()) =>
            {
                self.state.copy_from_slice(rest);
                (self.time, self.controller.next_step) = (time, next_step);
                Ok(())
            }
            _ => {
                let moments = self.motion.gram.nrows();
                let found = state.reals.len();
                Err(RunError::Checkpoint(format!("{found} numbers for {moments} moments")))
            }
        }
    }
}
