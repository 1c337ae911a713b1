//! The equations backwards from one time t, as `adjoint` has them in one radius: how R(t) depends on where
//! neurons were at s, to second order. They give the second chaos, and b, c, v_N, v_ε once more,
//! independently of the forward equations.
//!
//! Of a sample of class c and lengths X the step in a pair L is 2 e(X) Σ_m B_m R_m(X); what it does to R
//! through the present fluctuation is k(X) = Σ_m (e(X) K_m + H(X) J_m) R_m(X), of which only the second
//! moments E e² R R, E e H R R and E H² R R enter.
//!
//! Here are the end, the start and the order of what is added on the way; the rates at one moment are in
//! `moment`, what the degrees at hand leave out in `left_out`.

use std::sync::Arc;

use ndarray::{Array1, s};

use super::super::backward::{Adjoint, Backward, BackwardEquations, Integrals, go_back};
use super::super::evolution::Evolution;
use super::super::history::{BackwardStep, History};
use super::forward::BlockForward;
use super::left_out::self_interaction_left_out;
use super::moment::{BlockMoment, by_mode};
use super::setup::BlockSetup;

/// The forward equations of a problem as they went until s.
pub fn history(setup: BlockSetup, until: f64) -> History<BlockSetup> {
    let evolution = Evolution::of_blocks(setup);
    let setup: Arc<BlockSetup> = evolution.equations.setup.clone();
    History::of_evolution(setup, evolution, until)
}

/// Goes back from s; None beyond the history.
pub fn block_backward(history: &History<BlockSetup>, clock: f64) -> Option<Backward> {
    let (mut forward, start) = BlockForward::new(history.setup.clone());
    go_back(history, &mut forward, &start, clock)
}

impl BackwardEquations for BlockForward {
    fn noise_in(&self, stretch: &BackwardStep) -> [f64; 3] {
        stretch.noise(|clock| self.setup.rate_at(clock), |clock| self.setup.noise_until(clock))
    }

    fn at_the_end(&mut self, state: &[f64]) -> Option<Adjoint> {
        if !self.look(state) {
            return None;
        }
        let [value, slope] = [0, 1].map(|order: usize| Array1::from(self.features.potential[order].clone()));
        let relaxation = self.features.relaxation(&self.setup);
        let own = self.by_weight(&self.features.potential[2]);
        let crossed = self.by_weight(&self.features.potential[1]);
        let quadratic = self.pairs(&relaxation).map(|pair| {
            let outputs = pair.outputs();
            let mut form = outputs.t().dot(&by_mode(&self.setup, &outputs));
            pair.add_atoms(&mut form, &own, &(&crossed * pair.pair.root));
            form
        });
        let quadratic = quadratic.collect();
        Some(Adjoint { quadratic, rows: [2.0 * value, 2.0 * slope, own], integrals: Integrals::default() })
    }

    fn rate_backwards(&mut self, adjoint: &Adjoint, state: &[f64], noise: f64) -> Option<Adjoint> {
        if !self.look(state) {
            return None;
        }
        let here = BlockMoment::new(self, state, &adjoint.rows[1]);
        let squares = self.features.squared_residuals(&self.setup);
        let kick = self.kick(&squares, &here.relaxation);
        let mut integrals = here.integrals_of_neurons(&adjoint.rows, &kick);
        let mut quadratic = Vec::with_capacity(adjoint.quadratic.len());
        for ((l, pair), form) in self.pairs(&here.relaxation).enumerate().zip(&adjoint.quadratic) {
            quadratic.push(here.quadratic_rate(&pair, form));
            here.add_steps(&pair, form, &adjoint.rows[2], &squares, &mut integrals);
            here.add_second(&pair, l, form, &mut integrals);
        }
        let integrals = integrals.with_noise(noise);
        Some(Adjoint { rows: here.rows_rate(&adjoint.rows), quadratic, integrals })
    }

    fn left_out(&self) -> f64 {
        self_interaction_left_out(self).0
    }

    fn found(&mut self, adjoint: &Adjoint, start: &[f64], left_out: f64) -> Backward {
        self.look(start);
        let gradient = self.by_weight(&adjoint.rows[0].to_vec());
        let mean = gradient.sum();
        let relaxation = self.features.relaxation(&self.setup);
        let count = self.setup.atoms();
        let mut bias = left_out;
        let mut second = 0.0;
        for (pair, form) in self.pairs(&relaxation).zip(&adjoint.quadratic) {
            let product = pair.times_start(&form.slice(s![..count, ..count]).to_owned());
            bias += product.diag().sum();
            second += 2.0 / pair.pair.root.powi(2) * (&product * &product.t()).sum();
        }
        let [of_steps, spread_of_steps] = adjoint.integrals.steps;
        let spread = (&gradient * &adjoint.rows[0]).sum() - mean * mean;
        let [crossed, of_samples] = adjoint.integrals.second;
        Backward { first: [bias, of_steps, spread, spread_of_steps], second: [second, crossed, of_samples] }
    }
}
