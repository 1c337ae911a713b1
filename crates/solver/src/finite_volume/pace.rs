//! The pace of the flow: how long a step may be that changes the dissipation by no more than a share. Near
//! rest the positivity bound alone would allow steps longer than the flow takes to get there.

/// Default of the share by which the dissipation may change in a step. A mode that decays at the rate
/// λ has steps τ of λτ = 0.025 then, which err by (λτ)³/6.
pub const CHANGE: f64 = 0.05;
/// A fall of the energy in a step by less than this, relative to the energy (or 1), is rounding and says
/// nothing of the pace.
const TELLING: f64 = 1e-12;
/// Nor does a step so many times shorter than the last that did.
const TOO_SHORT: f64 = 1e-3;

/// The longest step that the last steps allow.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// By which share the dissipation may change in a step.
    change: f64,
    /// The longest step that changes it by no more.
    pub longest_step: f64,
}

/// The dissipation before a step and after it, and the energy after it.
pub struct Change {
    pub before: f64,
    pub after: f64,
    pub energy: f64,
}

impl Pace {
    /// Nothing is known yet.
    pub fn new(change: f64) -> Self {
        Self { change, longest_step: f64::INFINITY }
    }

    /// Learns from a step that took so long.
    pub fn learn(&mut self, taken: f64, Change { before, after, energy }: Change) {
        let is_telling = before * taken > TELLING * energy.abs().max(1.0);
        let is_long = !self.longest_step.is_finite() || taken > TOO_SHORT * self.longest_step;
        if is_telling && is_long {
            let change = (after - before).abs() / before.max(after);
            self.longest_step = taken * self.change / change;
        }
    }
}
