//! The forward equations of `blocks`, dates in s: atoms by the mean field; of the N part and of the ε part
//! the covariances by pairs of degrees (`effects`), and the means.

use std::sync::Arc;

use meanfield_run::flow::Flow;

use super::effects::{BlockEffects, PairAt};
use super::features::{BlockFeatures, Relaxation};
use super::layout::{AtomRow, BlockLayout};
use super::setup::BlockSetup;

/// The forward equations of one problem.
pub(super) struct BlockForward {
    pub setup: Arc<BlockSetup>,
    pub layout: BlockLayout,
    pub features: BlockFeatures,
    /// The ε part is kept in units of this.
    pub unit: f64,
}

/// One of the two parts at one state.
pub(super) struct BlockPart<'a> {
    /// Mean shift.
    pub shift: &'a [f64],
    /// Covariance of the coordinates.
    pub covariance: &'a [f64],
    /// E ν δz; none of the ε part.
    pub label: Option<&'a [f64]>,
    pub effects: BlockEffects,
}

/// What one step does to each atom, in units of its squared length.
pub(super) struct AtomKick {
    /// Mean shift beyond the drift.
    pub shift: Vec<f64>,
    /// Covariance.
    pub covariance: Vec<f64>,
}

impl BlockForward {
    /// The equations, and the state at s = 0.
    pub fn new(setup: Arc<BlockSetup>) -> (Self, Vec<f64>) {
        let dimension = setup.dimension();
        let components = setup.pairs.iter().map(|pair| dimension + pair.across.len()).collect();
        let layout = BlockLayout { atoms: setup.atoms(), dimension, components };
        let features = BlockFeatures::new(&setup);
        let mut state = vec![0.0; layout.length()];
        layout.row_mut(&mut state, AtomRow::Position).copy_from_slice(&setup.start);
        let mut forward = Self { setup, layout, features, unit: 1.0 };
        forward.look(&state);
        let squares = forward.features.squared_residuals(&forward.setup);
        let noise = forward.features.noise(&forward.setup, &squares).in_all(&forward.setup);
        forward.unit = noise.into_iter().fold(1e-12, f64::max);
        (forward, state)
    }

    /// Updates the features to a state; false where a radius has reached 0, where there are none.
    pub fn look(&mut self, state: &[f64]) -> bool {
        let positions = self.layout.row(state, AtomRow::Position);
        let radii = &positions[self.setup.radius(0) * self.setup.atoms()..];
        let is_inside = radii.iter().all(|radius| *radius > 0.0) && positions.iter().all(|z| z.is_finite());
        if is_inside && self.features.positions != positions {
            self.features.update(&self.setup, positions);
        }
        is_inside
    }

    /// The pairs at the present features.
    pub fn pairs<'b>(&'b self, relaxation: &'b Relaxation) -> impl Iterator<Item = PairAt<'b>> {
        let features = self.setup.pairs.iter().zip(&self.features.pairs);
        features.map(move |(pair, own)| PairAt { setup: &self.setup, pair, own, relaxation })
    }

    /// Writes the rates of all covariances but for the samples' source; returns what the N part and the ε
    /// part do to the means.
    pub fn covariance_rates(
        &self,
        state: &[f64],
        rate: &mut [f64],
        relaxation: &Relaxation,
    ) -> [BlockEffects; 2] {
        let mut start = BlockEffects::none(&self.setup);
        let mut steps = start.clone();
        for (l, pair) in self.pairs(relaxation).enumerate() {
            let (response, of_start) = pair.of_start(self.layout.response(state, l));
            let (covariance, of_steps) = pair.of_steps(self.layout.covariance(state, l));
            self.layout.response_mut(rate, l).assign(&response);
            self.layout.covariance_mut(rate, l).assign(&covariance);
            start.add(&of_start);
            steps.add(&of_steps);
        }
        [start, steps]
    }

    /// Rates of the N part's means.
    fn start_part(&self, state: &[f64], rate: &mut [f64], relaxation: &Relaxation, effects: BlockEffects) {
        let layout = &self.layout;
        let label = layout.row(state, AtomRow::StartLabel);
        let part = BlockPart {
            shift: layout.row(state, AtomRow::StartShift),
            covariance: layout.row(state, AtomRow::StartCovariance),
            label: Some(label),
            effects,
        };
        let shift = self.shift_rate(&part, relaxation);
        layout.row_mut(rate, AtomRow::StartShift).copy_from_slice(&shift);
        let covariance = self.covariance_rate(&part, relaxation);
        layout.row_mut(rate, AtomRow::StartCovariance).copy_from_slice(&covariance);
        let label = self.label_rate(label, &part.effects, relaxation);
        layout.row_mut(rate, AtomRow::StartLabel).copy_from_slice(&label);
    }

    /// Rates of the ε part's means and its source, where samples count `noise` = ξ.
    pub fn step_part(
        &self,
        state: &[f64],
        rate: &mut [f64],
        relaxation: &Relaxation,
        effects: BlockEffects,
        noise: f64,
    ) {
        let layout = &self.layout;
        let squares = self.features.squared_residuals(&self.setup);
        let source = noise / self.unit;
        for (l, pair) in self.pairs(relaxation).enumerate() {
            layout.covariance_mut(rate, l).scaled_add(source, &pair.source(&self.features, &squares));
        }
        let part = BlockPart {
            shift: layout.row(state, AtomRow::StepShift),
            covariance: layout.row(state, AtomRow::StepCovariance),
            label: None,
            effects,
        };
        let mut shift = self.shift_rate(&part, relaxation);
        let mut covariance = self.covariance_rate(&part, relaxation);
        let kick = self.kick(&squares, relaxation);
        shift.iter_mut().zip(kick.shift).for_each(|(rate, kick)| *rate += source * kick);
        covariance.iter_mut().zip(kick.covariance).for_each(|(rate, kick)| *rate += source * kick);
        layout.row_mut(rate, AtomRow::StepShift).copy_from_slice(&shift);
        layout.row_mut(rate, AtomRow::StepCovariance).copy_from_slice(&covariance);
    }

    /// What one step does to each atom beyond its drift: D^⊥_t/(2 r_t) − ½ z̈, and D.
    pub fn kick(&self, squares: &[Vec<f64>], relaxation: &Relaxation) -> AtomKick {
        let count = self.setup.atoms();
        let dimension = self.setup.dimension();
        let noise = self.features.noise(&self.setup, squares);
        let mut shift: Vec<f64> = self.acceleration(relaxation).into_iter().map(|a| -0.5 * a).collect();
        for (block, across) in noise.across.iter().enumerate() {
            for (i, square) in across.iter().enumerate() {
                let place = self.setup.radius(block) * count + i;
                shift[place] += 0.5 * square / self.features.positions[place];
            }
        }
        let slopes = &self.features.potential[1];
        let mut covariance = noise.along;
        for (place, square) in covariance.iter_mut().enumerate() {
            let [which, i] = [place / count, place % count];
            *square -= 4.0 * slopes[which / dimension * count + i] * slopes[which % dimension * count + i];
        }
        AtomKick { shift, covariance }
    }

    /// z̈ along the mean field.
    fn acceleration(&self, relaxation: &Relaxation) -> Vec<f64> {
        let drift = self.features.drift(&self.setup);
        let outputs = self.features.output_of_shift(&self.setup, &drift);
        let force = self.features.force_of(&self.setup, &outputs);
        let own = self.along(relaxation, &drift);
        own.iter().zip(force).map(|(own, force)| own - 2.0 * force).collect()
    }

    /// H along the coordinates times a vector of each atom.
    pub fn along(&self, relaxation: &Relaxation, vector: &[f64]) -> Vec<f64> {
        let count = self.setup.atoms();
        let dimension = self.setup.dimension();
        let mut product = vec![0.0; vector.len()];
        for (place, share) in relaxation.along.iter().enumerate() {
            let [which, i] = [place / count, place % count];
            product[which / dimension * count + i] += share * vector[which % dimension * count + i];
        }
        product
    }

    /// ṁ without the kicks of samples.
    fn shift_rate(&self, part: &BlockPart, relaxation: &Relaxation) -> Vec<f64> {
        let count = self.setup.atoms();
        let squared = count * self.setup.dimension().pow(2);
        let force = self.features.force_of(&self.setup, &self.output_shift(part));
        let mut rate = self.along(relaxation, part.shift);
        for (place, rate) in rate.iter_mut().enumerate() {
            let [k, i] = [place / count, place % count];
            let third = &self.features.potential[3][k * squared..(k + 1) * squared];
            let bent = (i..squared).step_by(count).map(|p| third[p] * part.covariance[p]).sum::<f64>();
            *rate -= 2.0 * (force[place] + part.effects.shift[place]) + bent;
        }
        rate
    }

    /// Ċ without the kicks of samples.
    fn covariance_rate(&self, part: &BlockPart, relaxation: &Relaxation) -> Vec<f64> {
        let count = self.setup.atoms();
        let dimension = self.setup.dimension();
        let place = |k: usize, l: usize, i: usize| (k * dimension + l) * count + i;
        let mut half = vec![0.0; part.covariance.len()];
        for (at, rate) in half.iter_mut().enumerate() {
            let [k, l, i] = [at / count / dimension, at / count % dimension, at % count];
            let relaxed =
                (0..dimension).map(|n| relaxation.along[place(k, n, i)] * part.covariance[place(n, l, i)]);
            *rate = relaxed.sum::<f64>() - 2.0 * part.effects.along[at];
        }
        let transposed = |at: usize| place(at / count % dimension, at / count / dimension, at % count);
        (0..half.len()).map(|at| half[at] + half[transposed(at)]).collect()
    }

    /// κ̇.
    fn label_rate(&self, label: &[f64], effects: &BlockEffects, relaxation: &Relaxation) -> Vec<f64> {
        let shared = self.features.force_of(&self.setup, &self.features.outputs);
        let own = &self.features.own[1];
        let mut rate = self.along(relaxation, label);
        for (place, rate) in rate.iter_mut().enumerate() {
            *rate -= 2.0 * (own[place] - shared[place] + effects.label[place]);
        }
        rate
    }

    /// Δŷ = Σ_j w_j [∂_kF (m + κ)_k + ½ ∂_k∂_lF C_kl].
    fn output_shift(&self, part: &BlockPart) -> Vec<f64> {
        let moved = part.moved();
        let first = self.features.output_of_shift(&self.setup, &moved);
        let second = self.features.output_of_covariance(&self.setup, part.covariance);
        first.iter().zip(second).map(|(a, b)| a + 0.5 * b).collect()
    }
}

impl BlockPart<'_> {
    /// m + κ.
    pub fn moved(&self) -> Vec<f64> {
        let label = |place: usize| self.label.map_or(0.0, |label| label[place]);
        self.shift.iter().enumerate().map(|(place, shift)| shift + label(place)).collect()
    }
}

impl Flow for BlockForward {
    fn rate(&mut self, clock: f64, state: &[f64], rate: &mut [f64]) -> f64 {
        if !self.look(state) {
            rate.fill(f64::NAN);
            return f64::INFINITY;
        }
        let relaxation = self.features.relaxation(&self.setup);
        let drift = self.features.drift(&self.setup);
        self.layout.row_mut(rate, AtomRow::Position).copy_from_slice(&drift);
        let [start, steps] = self.covariance_rates(state, rate, &relaxation);
        self.start_part(state, rate, &relaxation, start);
        self.step_part(state, rate, &relaxation, steps, self.setup.rate_at(clock));
        f64::INFINITY
    }
}
