//! The effects as the losses of the copies state them.

use super::probes::{LAW_PROBES, WEIGHT_DISPLACEMENT, WEIGHT_PROBES};
use super::{Displacement, FirstOrder, FirstOrderEffects, UNDISPLACED};
use crate::flow::GradientFlow;
use crate::fluctuations::{StepEffect, second_derivative};
use crate::width_effects::WidthEffect;

/// A time this near to the end of a cell, in cells, is its end.
const ROUNDING: f64 = 1e-9;

/// What steps made in a unit of time add to c and v.
#[derive(Clone, Copy, Debug, Default)]
struct Density {
    descent: f64,
    noise: f64,
    variance: f64,
}

impl Density {
    /// (1 − share) self + share other.
    fn mixed(self, other: Self, share: f64) -> Self {
        Self {
            descent: self.descent + share * (other.descent - self.descent),
            noise: self.noise + share * (other.noise - self.noise),
            variance: self.variance + share * (other.variance - self.variance),
        }
    }
}

impl StepEffect {
    fn add(&mut self, density: Density, duration: f64) {
        self.descent += duration * density.descent;
        self.noise += duration * density.noise;
        self.variance += duration * density.variance;
    }
}

impl FirstOrderEffects {
    /// The effects now.
    pub fn effects(&self) -> FirstOrder {
        let mut found = FirstOrder {
            step: self.step_effect(),
            widths: vec![WidthEffect::default(); self.base.atoms.shares.len()],
            variance_of_pairs: 0.0,
        };
        self.read_widths(&mut found);
        found
    }

    /// What the copies displaced at t = 0 say.
    fn read_widths(&self, found: &mut FirstOrder) {
        let h = self.differences.displacement;
        let effects = &mut found.widths;
        let mut moments = [0.0; 2];
        let middle = self.copies.all()[UNDISPLACED].loss;
        let mut losses = self.copies.all()[UNDISPLACED + 1..self.at_start].iter().map(|copy| copy.loss);
        let mut next = || losses.next().expect("a copy for each");
        for displacement in &self.displacements {
            match *displacement {
                Displacement::Sampling { layer, share } => {
                    let up = next();
                    let down = next();
                    effects[layer].bias += 0.5 * share * (up - 2.0 * middle + down) / (h * h);
                    effects[layer].variance += share * ((up - down) / (2.0 * h)).powi(2);
                }
                Displacement::Scatter { layer, variance } => {
                    effects[layer].bias += variance * (next() - middle) / (h * h);
                }
                Displacement::Laws => {
                    let second = 0.5 * (next() - 2.0 * middle + next()) / (h * h);
                    moments[0] += second / LAW_PROBES as f64;
                    moments[1] += second * second / LAW_PROBES as f64;
                }
                Displacement::Weights { variance } => {
                    let first = (next() - next()) / (2.0 * WEIGHT_DISPLACEMENT);
                    found.variance_of_pairs += variance * first * first / WEIGHT_PROBES as f64;
                }
            }
        }
        found.variance_of_pairs += moments[1] - moments[0] * moments[0];
    }

    /// Midpoints of full cells; of the last one what is in its middle, between the last midpoint and now.
    fn step_effect(&self) -> StepEffect {
        let time = self.time;
        let spacing = self.differences.spacing;
        let full = ((time / spacing + ROUNDING).floor() as usize).min(self.cells());
        let descent = -0.5 * time * second_derivative(&self.problem, &self.base.atoms);
        let mut effect = StepEffect { time, loss: self.base.loss, descent, ..StepEffect::default() };
        for cell in 0..full {
            effect.add(self.density(&self.losses_of_cell(cell)), spacing);
        }
        let rest = time - full as f64 * spacing;
        if rest > ROUNDING * spacing {
            effect.add(self.density_of_rest(rest), rest);
        }
        effect
    }

    fn density_of_rest(&self, rest: f64) -> Density {
        let now = self.density(&self.losses_now());
        match self.cells().checked_sub(1) {
            None => now,
            Some(last) => {
                let share = 0.5 * rest / (self.time - self.midpoint(last));
                now.mixed(self.density(&self.losses_of_cell(last)), share.min(1.0))
            }
        }
    }

    fn losses_of_cell(&self, cell: usize) -> Vec<f64> {
        let from = self.at_start + cell * self.copies_of_cell();
        self.copies.all()[from..from + self.copies_of_cell()].iter().map(|copy| copy.loss).collect()
    }

    /// Losses of copies displaced at this very moment.
    fn losses_now(&self) -> Vec<f64> {
        let moved = self.displaced_by_steps().into_iter();
        let losses = moved.map(|atoms| GradientFlow::new(self.problem.clone(), atoms, 1.0).loss());
        [self.base.loss].into_iter().chain(losses).collect()
    }

    /// From the losses undisplaced, of the mean step up and down, of each point's step up and down.
    fn density(&self, losses: &[f64]) -> Density {
        let h = self.differences.displacement;
        let middle = losses[0];
        let mut pairs = losses[1..].chunks_exact(2).map(|pair| {
            let first = (pair[0] - pair[1]) / (2.0 * h);
            [first, (pair[0] - 2.0 * middle + pair[1]) / (h * h)]
        });
        let [mean_first, mean_second] = pairs.next().expect("the mean step");
        let mut density = Density { descent: 0.5 * mean_second, ..Density::default() };
        for ([first, second], weight) in pairs.zip(self.problem.data.weights()) {
            density.noise += 0.5 * weight * (second - mean_second);
            density.variance += weight * (first - mean_first).powi(2);
        }
        density
    }
}
