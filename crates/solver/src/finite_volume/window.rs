//! A grid that follows the mass: along every axis a window [lower, upper] whose two ends move, and faces at
//! fixed shares between them. Faces move with a velocity that is affine in the coordinate, so a law that only
//! travels and spreads flows through none of them: a start of a few hundredths and a later spread of several
//! units are resolved equally well.
//!
//! Ends go as a point of the law would that travels with its mean and spreads with its deviation. Where that
//! is not enough, they are led slowly to where all but a small share of the mass lies, and a margin of a few
//! cells. What moving faces do to the scheme is in [`super::scheme`].
//!
//! No fixed grid resolves both a start of hundredths and an end of ten units. The end of the mass (a share of
//! n⁻³ lies beyond it) must not be followed at once: it jumps when the share falls into a gap, and a speed
//! taken from a jump shortens the steps, which raises the speed. Walls are closed: mass that reaches one
//! stays there, and `edge_mass` reports it. Where the energy on moving cells rises, the step is repeated on a
//! fixed grid, whose semi-discrete energy cannot rise.

use meanfield_model::axis::{Axis, AxisError};

/// An end is to stay so many cells away from the mass, at least and at most.
const MARGIN: (f64, f64) = (1.5, 2.0);
/// An end that is too near or too far makes up for it in so many steps,
const CORRECTION: f64 = 4.0;
/// but inwards and outwards by no more than such shares of a cell in a step: mass that stands still must not
/// flow through faces so fast that steps become shorter, and the ends faster for it.
const LED: (f64, f64) = (0.1, 0.3);
/// A step so much shorter than those of late changes nothing: what moves in it is rounding.
const SHORT: f64 = 1e-3;
/// A window becomes no narrower than this share of what it was at first: what is far off in the other
/// coordinates still crosses its cells, and steps would become as short.
const NARROWEST: f64 = 0.1;
/// An end that is so close to its wall, in widths of the window, is there: rounding.
const TOUCHES: f64 = 1e-12;
/// In one step an end moves by no more than so many cells: errors of the step then fall with the cells.
const MOST: f64 = 1.5;

/// The window of one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Relative position of each face between the ends, from 0 to 1.
    shares: Vec<f64>,
    /// Lower bound of the coordinate: 0 for a radius.
    wall: f64,
    /// Whether the lower end stays where it is: mass may come to rest there.
    pinned: bool,
    /// No narrower than this.
    narrowest: f64,
    /// Lower and upper end.
    ends: [f64; 2],
    /// Their velocities.
    speeds: [f64; 2],
    /// Mean and standard deviation of the law when it was steered last.
    law: [f64; 2],
    /// Length of recent steps; one that an observation cuts short counts little.
    pace: f64,
}

/// Numbers in a saved window.
pub const SAVED: usize = 7;

impl Window {
    /// The window with the faces of this axis; its lower end does not move if it is `pinned`.
    pub fn new(axis: &Axis, wall: f64, pinned: bool) -> Self {
        let faces = axis.faces();
        let ends = [faces[0], faces[axis.cells()]];
        let shares = faces.iter().map(|x| (x - ends[0]) / (ends[1] - ends[0])).collect();
        let narrowest = NARROWEST * (ends[1] - ends[0]);
        Self { shares, wall, pinned, narrowest, ends, speeds: [0.0; 2], law: [f64::NAN; 2], pace: 0.0 }
    }

    /// The small share: it falls faster than the error of the cells, which is of second order.
    pub fn tail(cells: usize) -> f64 {
        (cells as f64).powi(-3)
    }

    /// The ends of a window of so many cells around mass that lies between these coordinates.
    pub fn around([lower, upper]: [f64; 2], wall: f64, cells: usize) -> [f64; 2] {
        let margin = MARGIN.0 * (upper - lower) / (cells as f64 - 2.0 * MARGIN.0).max(1.0);
        [(lower - margin).max(wall), upper + margin]
    }

    /// The axis after a time at the present speeds.
    ///
    /// # Errors
    /// If its faces are no longer distinct numbers.
    pub fn axis_after(&self, time: f64) -> Result<Axis, AxisError> {
        let [lower, upper] = self.ends_after(time);
        Axis::from_faces(self.shares.iter().map(|share| lower + (upper - lower) * share).collect())
    }

    fn ends_after(&self, time: f64) -> [f64; 2] {
        let [lower, upper] = [0, 1].map(|end| self.ends[end] + time * self.speeds[end]);
        let touches = lower - self.wall < TOUCHES * (upper - lower);
        [if touches { self.wall } else { lower }, upper]
    }

    /// The velocities of the faces between two cells.
    pub fn face_velocities(&self) -> Vec<f64> {
        let [lower, upper] = self.speeds;
        let inner = &self.shares[1..self.shares.len() - 1];
        inner.iter().map(|share| lower + (upper - lower) * share).collect()
    }

    /// Whether the ends move.
    pub fn moves(&self) -> bool {
        self.speeds != [0.0; 2]
    }

    /// Makes the state after a time the present one.
    pub fn advance(&mut self, time: f64) {
        self.ends = self.ends_after(time);
    }

    /// Stands still until it is steered again, and forgets how the mass has moved: rounding over a step cut
    /// short would be a speed.
    pub fn hold(&mut self) {
        self.speeds = [0.0; 2];
        self.law = [f64::NAN; 2];
    }

    /// The longest step in which it moves by no more than a few cells, and not through its wall.
    pub fn longest_step(&self) -> f64 {
        let fastest = self.speeds[0].abs().max(self.speeds[1].abs());
        let to_wall = (self.wall - self.ends[0]) / self.speeds[0].min(0.0);
        let cell = (self.ends[1] - self.ends[0]) / (self.shares.len() - 1) as f64;
        let moved = MOST * cell / fastest;
        if to_wall > 0.0 { moved.min(to_wall) } else { moved }
    }

    /// Chooses the speeds from the masses along the axis, after a step of this length (0: none yet): those at
    /// which its ends would have moved with mean and deviation, and what brings the margin back.
    pub fn steer(&mut self, axis: &Axis, marginal: &[f64], step: f64) {
        if step < SHORT * self.pace {
            return;
        }
        self.pace = step.max(0.5 * self.pace);
        let [mean, deviation] = mean_and_deviation(axis, marginal);
        let before = std::mem::replace(&mut self.law, [mean, deviation]);
        if self.pace == 0.0 {
            return;
        }
        let [drift, stretch] = [(mean - before[0]) / step, (deviation - before[1]) / (deviation * step)];
        let bulk = bulk(axis, marginal, Self::tail(marginal.len()));
        let cell = (self.ends[1] - self.ends[0]) / marginal.len() as f64;
        for (end, outwards) in [(0, -1.0), (1, 1.0)] {
            let follow = drift + stretch * (self.ends[end] - mean);
            let margin = outwards * (self.ends[end] - bulk[end]) / cell;
            let missing = (margin.clamp(MARGIN.0, MARGIN.1) - margin) / CORRECTION;
            let led = outwards * missing.clamp(-LED.0, LED.1) * cell / self.pace;
            self.speeds[end] = led + if follow.is_finite() { follow } else { 0.0 };
        }
        let is_near = bulk[0] - MARGIN.1 * cell <= self.wall;
        if self.pinned || (self.ends[0] <= self.wall && (is_near || self.speeds[0] < 0.0)) {
            self.speeds[0] = 0.0;
        }
        if self.ends[1] - self.ends[0] < self.narrowest && self.speeds[1] < self.speeds[0] {
            self.speeds = match self.speeds[0] == 0.0 {
                true => [0.0; 2],
                false => [0.5 * (self.speeds[0] + self.speeds[1]); 2],
            };
        }
    }

    /// As plain numbers.
    pub fn save(&self) -> [f64; SAVED] {
        let [a, b] = self.ends;
        let [c, d] = self.speeds;
        let [e, f] = self.law;
        [a, b, c, d, e, f, self.pace]
    }

    /// This window in the state of a saved one.
    pub fn restored(&self, [a, b, c, d, e, f, pace]: [f64; SAVED]) -> Self {
        Self { ends: [a, b], speeds: [c, d], law: [e, f], pace, ..self.clone() }
    }
}

/// Mean and standard deviation of masses at the centres of their cells.
fn mean_and_deviation(axis: &Axis, marginal: &[f64]) -> [f64; 2] {
    let total: f64 = marginal.iter().sum();
    let centres = axis.centres();
    let cells = marginal.iter().zip(&centres);
    let mean = cells.clone().map(|(mass, x)| mass * x).sum::<f64>() / total;
    let variance = cells.map(|(mass, x)| mass * (x - mean).powi(2)).sum::<f64>() / total;
    [mean, variance.sqrt()]
}

/// Between which coordinates the masses lie, all but a share on each side; linear inside a cell.
fn bulk(axis: &Axis, marginal: &[f64], tail: f64) -> [f64; 2] {
    let wanted = tail * marginal.iter().sum::<f64>();
    let mut below = 0.0;
    let mut first = 0;
    while first + 1 < marginal.len() && below + marginal[first] < wanted {
        below += marginal[first];
        first += 1;
    }
    let mut above = 0.0;
    let mut last = marginal.len() - 1;
    while last > 0 && above + marginal[last] < wanted {
        above += marginal[last];
        last -= 1;
    }
    let faces = axis.faces();
    [
        faces[first] + (wanted - below) / marginal[first] * axis.width(first),
        faces[last + 1] - (wanted - above) / marginal[last] * axis.width(last),
    ]
}
