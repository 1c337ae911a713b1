//! The way back along a history, whatever the coordinates: how R(t) depends on the neurons at s, stepped
//! from t to 0. Rates, start and end of the way are those of the equations (`adjoint` in one radius,
//! `blocks`).

use ndarray::{Array1, Array2};

use super::history::{BackwardStep, History};

/// What the backward equations find for one time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Backward {
    /// b, c, v_N, v_ε.
    pub first: [f64; 4],
    /// v_NN, v_Nε, v_εε: the second chaos is v_NN/N² + v_Nε ε/N + v_εε ε².
    pub second: [f64; 3],
}

impl Backward {
    /// Not a number, everywhere.
    pub const UNKNOWN: Self = Self { first: [f64::NAN; 4], second: [f64::NAN; 3] };
}

/// The dependence of R(t) on the neurons at s, and the integrals so far.
#[derive(Clone, Debug)]
pub(super) struct Adjoint {
    /// μ, λ, and the part of P_αα that is the same for all high degrees, of each neuron.
    pub rows: [Array1<f64>; 3],
    /// P of each degree, on (ν/√D, α, β).
    pub quadratic: Vec<Array2<f64>>,
    /// Integrals over s.
    pub integrals: Integrals,
}

/// Integrals over s.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Integrals {
    /// c and v_ε.
    pub steps: [f64; 2],
    /// What the degrees that are left out add to b.
    pub left_out: f64,
    /// v_Nε and v_εε.
    pub second: [f64; 2],
}

/// Equations that are gone back along.
pub(super) trait BackwardEquations {
    /// ξ at the start, in the middle and at the end of a stretch.
    fn noise_in(&self, stretch: &BackwardStep) -> [f64; 3];

    /// At t itself, where R is quadratic in the law; None where there is no first order.
    fn at_the_end(&mut self, state: &[f64]) -> Option<Adjoint>;

    /// The rate backwards in s at a state of the law, where samples count `noise`.
    fn rate_backwards(&mut self, adjoint: &Adjoint, state: &[f64], noise: f64) -> Option<Adjoint>;

    /// What degrees that are left out add to b at the law that was last looked at.
    fn left_out(&self) -> f64;

    /// What was found, at s = 0, with what is left out of b.
    fn found(&mut self, adjoint: &Adjoint, start: &[f64], left_out: f64) -> Backward;
}

/// Goes back from s to the `start`; None beyond the history.
pub(super) fn go_back<S>(
    history: &History<S>,
    equations: &mut impl BackwardEquations,
    start: &[f64],
    clock: f64,
) -> Option<Backward> {
    let stretches = history.back_from(clock);
    let last = stretches.first().map_or(start, |stretch| &stretch.states[2]);
    let mut adjoint = equations.at_the_end(last).filter(|_| clock <= history.end())?;
    let left_out = equations.left_out();
    for stretch in &stretches {
        adjoint = adjoint.across(equations, stretch)?;
    }
    Some(equations.found(&adjoint, start, left_out + adjoint.integrals.left_out))
}

impl Adjoint {
    /// Back over one stretch, by the classical Runge–Kutta method.
    fn across(self, equations: &mut impl BackwardEquations, stretch: &BackwardStep) -> Option<Self> {
        let length = stretch.ends[1] - stretch.ends[0];
        let [before, between, after] = equations.noise_in(stretch);
        let [start, middle, end] = &stretch.states;
        let first = equations.rate_backwards(&self, end, after)?;
        let second = equations.rate_backwards(&self.plus(0.5 * length, &first), middle, between)?;
        let third = equations.rate_backwards(&self.plus(0.5 * length, &second), middle, between)?;
        let fourth = equations.rate_backwards(&self.plus(length, &third), start, before)?;
        let mut sum = self;
        for (share, rate) in [(1.0, first), (2.0, second), (2.0, third), (1.0, fourth)] {
            sum = sum.plus(length * share / 6.0, &rate);
        }
        Some(sum)
    }

    /// This plus `share` times a rate.
    fn plus(&self, share: f64, rate: &Self) -> Self {
        let mut sum = self.clone();
        sum.rows.iter_mut().zip(&rate.rows).for_each(|(row, rate)| row.scaled_add(share, rate));
        sum.quadratic.iter_mut().zip(&rate.quadratic).for_each(|(form, rate)| form.scaled_add(share, rate));
        let integrals = &mut sum.integrals;
        for i in 0..2 {
            integrals.steps[i] += share * rate.integrals.steps[i];
            integrals.second[i] += share * rate.integrals.second[i];
        }
        integrals.left_out += share * rate.integrals.left_out;
        sum
    }
}

impl Integrals {
    /// The same where samples count so much: what the start alone does stays.
    pub fn with_noise(mut self, noise: f64) -> Self {
        self.steps = self.steps.map(|integral| noise * integral);
        self.second = self.second.map(|integral| noise * integral);
        self
    }
}
