//! What width and step size do to the loss of residual networks to first order, beside their limit: mean
//! L + b/m + c η, variance v_m/m + v_η η + v_mm/m², at each time of a grid.
//!
//! A network of width m is the start of `tilted_start` at the law of m drawn deviates, followed by the flow:
//! a function 𝓛_t of this law. With ξ over the paths of the limit, of shares q, the law moves by
//! m^(−½) Σ √q ξ (δ − q), and over drawn signs ξ
//!
//! ```text
//!   b = ½ E D²𝓛[ξ, ξ],     v_m = E (D𝓛[ξ])²,     v_mm = Var ½ D²𝓛[ξ, ξ]
//! ```
//! of which much is known without sampling: see `controls`. A step at time s moves the paths by −η G_z, and
//!
//! ```text
//!   c(t) = ½ ∫₀ᵗ E_z D²V_s[G_z, G_z] ds − ½ t L''(t),     v_η(t) = ∫₀ᵗ Var_z DV_s[G_z] ds,
//! ```
//! V_s the loss at t of the flow from s on. All are central differences of copies that take steps of equal
//! length. Products of widths and steps, and of steps with steps, are not found.

mod controls;
mod kicks;
mod nodes;
mod probes;

use meanfield_run::system::{RunError, State};

use self::controls::{Controls, StartEffect};
use self::kicks::Kicks;
use self::nodes::interpolation_weights;
use self::probes::{Probe, TiltedCopies};
use super::architecture::ResidualProblem;
use super::effect_resolution::EffectResolution;
use super::gram::LimitGrams;
use super::limit_paths::ResidualLimitError;
use super::path_sampler::CALIBRATED;
use super::start::ResidualStart;
use crate::fluctuations::StepEffect;
use crate::width_effects::WidthEffect;

/// What width and step size do to the loss at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResidualEffect {
    /// b and v_m.
    pub width: WidthEffect,
    /// v_mm.
    pub variance_of_pairs: f64,
    /// t, L of the copies, c and v_η.
    pub step: StepEffect,
}

impl ResidualEffect {
    /// Adds so much of another one.
    fn add(&mut self, other: &Self, weight: f64) {
        self.width.bias += weight * other.width.bias;
        self.width.variance += weight * other.width.variance;
        self.variance_of_pairs += weight * other.variance_of_pairs;
        self.step.loss += weight * other.step.loss;
        self.step.descent += weight * other.step.descent;
        self.step.noise += weight * other.step.noise;
        self.step.variance += weight * other.step.variance;
    }
}

/// The effects from t = 0 until a time, found one copy after the other.
pub struct ResidualEffects {
    copies: TiltedCopies,
    kicks: Kicks,
    controls: Controls,
    probes: Vec<Probe>,
    resolution: EffectResolution,
    /// All of them, once all copies are there.
    found: Vec<ResidualEffect>,
}

impl ResidualEffects {
    /// The effects on networks of this start until a time > 0. The effects at t = 0 are found at once.
    ///
    /// # Errors
    /// Where paths cannot be calibrated.
    pub fn new(
        problem: &ResidualProblem,
        start: &ResidualStart,
        until: f64,
        resolution: EffectResolution,
    ) -> Result<Self, ResidualLimitError> {
        let depth = problem.architecture.depth();
        let inputs = problem.data.inputs().view();
        let grams = LimitGrams::new(&problem.architecture, inputs, start.deviation(), depth.min(CALIBRATED));
        let nodes = (until / resolution.spacing - 1e-9).ceil().max(1.0) as usize;
        let copies = TiltedCopies::new(problem, start, grams, nodes, resolution)?;
        let controls = Controls::new(&copies, start.regression());
        let kicks = Kicks::new(copies.undisplaced(), nodes, resolution);
        Ok(Self { copies, kicks, controls, probes: Vec::new(), resolution, found: Vec::new() })
    }

    /// Copies that are there, and how many there will be.
    pub fn progress(&self) -> (usize, usize) {
        let all = self.resolution.probes + self.kicks.count();
        (self.probes.len() + self.kicks.done(), all)
    }

    /// Whether all copies are there.
    pub fn is_complete(&self) -> bool {
        !self.found.is_empty()
    }

    /// A few more copies.
    ///
    /// # Errors
    /// Where a flow runs away.
    pub fn advance(&mut self) -> Result<(), RunError> {
        if self.probes.len() < self.resolution.probes {
            let probe = self.copies.probe(self.probes.len())?;
            self.probes.push(probe);
        } else if self.kicks.done() < self.kicks.count() {
            self.kicks.advance()?;
        }
        let (done, all) = self.progress();
        if done == all && self.found.is_empty() {
            self.found = self.effects();
        }
        Ok(())
    }

    /// The effects at all nodes.
    fn effects(&self) -> Vec<ResidualEffect> {
        let steps = self.kicks.effects();
        let starts = (0..steps.len()).map(|node| self.controls.effect(&self.probes, node));
        let both = steps.iter().zip(starts);
        let all = both.map(|(step, start)| {
            let StartEffect { width, variance_of_pairs } = start;
            ResidualEffect { width, variance_of_pairs, step: *step }
        });
        all.collect()
    }

    /// The effects at a time, between nodes by cubic polynomials; None until all copies are there, and later
    /// than until they reach.
    pub fn effect(&self, time: f64) -> Option<ResidualEffect> {
        let last = self.found.last()?.step.time;
        if time > last * (1.0 + 1e-9) {
            return None;
        }
        let mut effect = ResidualEffect::default();
        for (node, weight) in interpolation_weights(self.found.len(), time / self.resolution.spacing) {
            effect.add(&self.found[node], weight);
        }
        effect.step.time = time;
        // Between nodes a polynomial may pass below 0.
        for variance in [&mut effect.width.variance, &mut effect.variance_of_pairs, &mut effect.step.variance]
        {
            *variance = variance.max(0.0);
        }
        Some(effect)
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let mut reals = Vec::new();
        self.probes.iter().for_each(|probe| probe.write(&mut reals));
        reals.extend(self.kicks.numbers());
        State { integers: vec![self.probes.len() as u64, self.kicks.done() as u64], reals }
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of these effects.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.read(state).ok_or_else(|| {
            let what = format!("{} numbers are no losses of copies of this limit", state.reals.len());
            RunError::Checkpoint(what)
        })
    }

    fn read(&mut self, state: &State) -> Option<()> {
        let &[probes, kicks] = &state.integers[..] else { return None };
        let probes = usize::try_from(probes).ok().filter(|count| *count <= self.resolution.probes)?;
        let mut rest = &state.reals[..];
        let blank = self.copies.blank_probe();
        let mut read = Vec::with_capacity(probes);
        for _ in 0..probes {
            read.push(blank.read(&mut rest)?);
        }
        self.kicks.read(usize::try_from(kicks).ok()?, rest)?;
        self.probes = read;
        self.found = Vec::new();
        let (done, all) = self.progress();
        if done == all {
            self.found = self.effects();
        }
        Some(())
    }
}
